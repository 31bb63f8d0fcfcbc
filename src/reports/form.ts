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
  /** How much was looked at, in numbers. */
  readonly lookedAt: string;
  /** What was found: the faults of a line that fails, at most 500 and a count of the rest. */
  readonly evidence: readonly string[];
  /** What to do about it; empty: nothing. */
  readonly remedy: string;
}

export interface Report {
  readonly name: ReportName;
  readonly title: string;
  readonly trustDomain: string;
  readonly madeAt: Date;
  /** Who asked for it, as the audit names actors. */
  readonly madeBy: string;
  /** Of the server. */
  readonly version: string;
  /** What was looked at, and what it rests on: a sentence each. */
  readonly scope: readonly string[];
  /** The newest signed checkpoint of the audit log when it was made; empty: there was none. */
  readonly checkpoint: string;
  readonly lines: readonly ReportLine[];
}

/** What no issuer can see; said in every report. */
export const LIMITS =
  "Looked at are the issuer's records, its open findings and its configuration, as they stood at that time. What happens elsewhere " +
  "(secrets in other systems, rights inside of services and clouds, disks) it cannot see: a pass is no certificate.";

/** What a check has seen. */
export interface Seen {
  /** What is wrong; none: the line passes. */
  readonly faults: readonly string[];
  /** How much was looked at, in numbers. */
  readonly lookedAt: string;
  /** What holds; told of a line that passes. */
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

/** So many faults of a line are listed. */
export const MOST_EVIDENCE = 500;

/** Runs a check. */
export function lineOf<Facts>(check: Check<Facts>, facts: Facts): ReportLine {
  const { id, title, look } = check;
  const { faults, good, lookedAt, notApplicable } = look(facts);
  const shared = { id, title, check: check.check, lookedAt };
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
