export const REPORT_NAMES = ["owasp-nhi", "zero-trust"] as const;

export type ReportName = (typeof REPORT_NAMES)[number];

export type LineResult = "pass" | "fail" | "not_applicable";

/** One line of a report. */
export interface ReportLine {
  /** Such as NHI1. */
  readonly id: string;
  readonly title: string;
  readonly result: LineResult;
  /** What was looked at, in one sentence. */
  readonly check: string;
  /** What was found: the faults of a line that fails, at most 20 and a count of the rest. */
  readonly evidence: readonly string[];
  /** What to do about it; empty: nothing. */
  readonly remedy: string;
}

export interface Report {
  readonly name: ReportName;
  readonly title: string;
  readonly trustDomain: string;
  readonly madeAt: Date;
  readonly lines: readonly ReportLine[];
}

/** What a check has seen. */
export interface Seen {
  /** What is wrong; none: the line passes. */
  readonly faults: readonly string[];
  /** What was looked at, with numbers; told of a line that passes. */
  readonly good: string;
  /** Nothing there that the line is about: why. */
  readonly notApplicable?: string;
}

/** A line, and how it is checked. */
export interface Check<Facts> {
  readonly id: string;
  readonly title: string;
  readonly check: string;
  readonly remedy: string;
  readonly look: (facts: Facts) => Seen;
}

const MOST_EVIDENCE = 20;

/** Runs a check. */
export function lineOf<Facts>(check: Check<Facts>, facts: Facts): ReportLine {
  const { id, title, look } = check;
  const { faults, good, notApplicable } = look(facts);
  const shared = { id, title, check: check.check };
  if (faults.length > 0) {
    const more = faults.length - MOST_EVIDENCE;
    const evidence = faults.slice(0, MOST_EVIDENCE);
    if (more > 0) evidence.push(`and ${more} more`);
    return { ...shared, result: "fail", evidence, remedy: check.remedy };
  }
  if (notApplicable !== undefined) {
    return { ...shared, result: "not_applicable", evidence: [notApplicable], remedy: "" };
  }
  return { ...shared, result: "pass", evidence: [good], remedy: "" };
}
