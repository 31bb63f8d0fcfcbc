import { type ReportFacts, type ReportSettings, readFacts } from "./facts.ts";
import { lineOf, type Report, type ReportName } from "./form.ts";
import { OWASP_NHI } from "./owasp-nhi.ts";
import { ZERO_TRUST } from "./zero-trust.ts";

export { type LineResult, REPORT_NAMES, type Report, type ReportLine } from "./form.ts";
export { reportHtml } from "./html.ts";
export { type ReportFacts, type ReportName, type ReportSettings, readFacts };

const REPORTS = {
  "owasp-nhi": { title: "OWASP Non-Human Identities Top 10 (2025)", checks: OWASP_NHI },
  "zero-trust": { title: "Zero trust: tenets of NIST SP 800-207", checks: ZERO_TRUST },
} as const;

/** Looks at the facts as the report says. */
export function makeReport(name: ReportName, trustDomain: string, facts: ReportFacts): Report {
  const { title, checks } = REPORTS[name];
  const lines = checks.map((check) => lineOf(check, facts));
  return { name, title, trustDomain, madeAt: facts.now, lines };
}
