import { makeReport, REPORT_NAMES, readFacts } from "../../reports/index.ts";
import type { GetReportRequest__Output } from "../../wire/index.ts";
import type { AdminServices } from "./context.ts";
import { choiceOf, requiredOf } from "./fields.ts";

/** The methods of ReportService. */
export function reportMethods(services: AdminServices) {
  return {
    async getReport(request: GetReportRequest__Output) {
      const name = choiceOf("name", requiredOf("name", request.name), REPORT_NAMES);
      const { store, settings, clock, trustDomain } = services;
      const facts = await readFacts(store, settings, clock.now());
      const report = makeReport(name ?? REPORT_NAMES[0], trustDomain.name, facts);
      return {
        name: report.name,
        title: report.title,
        trustDomain: report.trustDomain,
        madeAtMs: report.madeAt.getTime(),
        lines: report.lines.map((each) => ({ ...each, evidence: [...each.evidence] })),
      };
    },
  };
}
