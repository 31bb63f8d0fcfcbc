import { activeBots, counted, productionBots, type ReportFacts } from "./facts.ts";
import { lineOf, type Report, type ReportName } from "./form.ts";
import { OWASP_NHI } from "./owasp-nhi.ts";
import { ZERO_TRUST } from "./zero-trust.ts";

export { type ReportFacts, type ReportSettings, readFacts } from "./facts.ts";
export {
  LIMITS,
  type LineResult,
  REPORT_NAMES,
  type Report,
  type ReportLine,
  type ReportName,
} from "./form.ts";
export { reportHtml } from "./html.ts";

const REPORTS = {
  "owasp-nhi": { title: "OWASP Non-Human Identities Top 10 (2025)", checks: OWASP_NHI },
  "zero-trust": { title: "Zero trust: tenets of NIST SP 800-207", checks: ZERO_TRUST },
} as const;

/** Looks at the facts as the report says. */
export function makeReport(
  name: ReportName,
  about: Pick<Report, "trustDomain" | "madeBy" | "version" | "checkpoint">,
  facts: ReportFacts,
): Report {
  const { title, checks } = REPORTS[name];
  const lines = checks.map((check) => lineOf(check, facts));
  return { name, title, ...about, madeAt: facts.now, scope: scopeOf(facts), lines };
}

function scopeOf(facts: ReportFacts): readonly string[] {
  const { bots, entries, instances, operators, tokens, findings, settings } = facts;
  const serving = operators.filter(({ removedAt }) => removedAt === null).length;
  const names = new Set(bots.map(({ name }) => name));
  const active = instances.filter(({ bot, state }) => state === "active" && names.has(bot)).length;
  const production = [...new Set(productionBots(facts).map(({ environment }) => environment))];
  const states = [...Map.groupBy(bots, ({ state }) => state)].map(
    ([state, each]) => `${each.length} ${state}`,
  );
  const policies = [...settings.policies.keys()].sort();
  return [
    `${counted(bots.length, "bot")}${states.length === 0 ? "" : ` (${states.sort().join(", ")})`}, ${counted([...entries.values()].flat().length, "entry")}, ${counted(active, "active instance")}, ${counted(tokens.length, "token")}, ${counted(serving, "operator")}, ${counted(findings.length, "open finding")}`,
    `taken for production, as far as there are active bots: ${production.length === 0 ? "none" : production.sort().join(", ")}; environments with a policy: ${policies.length === 0 ? "none" : policies.join(", ")}`,
    `${counted(activeBots(facts).length, "bot")} may get SVIDs`,
  ];
}
