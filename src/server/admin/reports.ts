import { makeReport, REPORT_NAMES, readFacts } from "../../reports/index.ts";
import type { GetReportRequest__Output } from "../../wire/index.ts";
import { VERSION } from "../version.ts";
import type { AdminCall, AdminServices } from "./context.ts";
import { choiceOf, requiredOf } from "./fields.ts";

/** The methods of ReportService. */
export function reportMethods(services: AdminServices) {
  return {
    async getReport(request: GetReportRequest__Output, call: AdminCall) {
      const name = choiceOf("name", requiredOf("name", request.name), REPORT_NAMES);
      const { store, settings, clock, trustDomain, log } = services;
      // Made before the facts are read: all that it covers was there for them.
      const checkpoint = (await log.checkpoint()).note;
      const facts = await readFacts(store, settings, clock.now());
      const about = {
        trustDomain: trustDomain.name,
        madeBy: call.caller.actor,
        version: VERSION,
        checkpoint,
      };
      const report = makeReport(name ?? REPORT_NAMES[0], about, facts);
      return {
        name: report.name,
        title: report.title,
        trustDomain: report.trustDomain,
        madeAtMs: report.madeAt.getTime(),
        madeBy: report.madeBy,
        version: report.version,
        scope: [...report.scope],
        checkpoint: report.checkpoint,
        lines: report.lines.map((each) => ({ ...each, evidence: [...each.evidence] })),
      };
    },
  };
}
