import { validateText } from "../../bots/index.ts";
import { DETECTORS } from "../../detection/index.ts";
import { IssuerError } from "../../errors.ts";
import type { FindingRecord } from "../../store/index.ts";
import type {
  AckFindingRequest__Output,
  FindingRecord as FindingMessage,
  GetFindingRequest__Output,
  ListFindingsRequest__Output,
} from "../../wire/index.ts";
import { type AdminCall, type AdminServices, changeState } from "./context.ts";
import { choiceOf, msOf, pageOf } from "./fields.ts";

/** The methods of FindingService. */
export function findingMethods(services: AdminServices) {
  return {
    async listFindings(request: ListFindingsRequest__Output) {
      const detector = choiceOf("detector", request.detector, DETECTORS);
      const filter = {
        open: request.open,
        ...(request.bot === "" ? {} : { bot: request.bot }),
        ...(detector === undefined ? {} : { detector }),
      };
      const { items, next } = await services.store.listFindings(filter, pageOf(request));
      return { findings: items.map(findingMessage), nextPageToken: next ?? "" };
    },

    async getFinding({ id }: GetFindingRequest__Output) {
      const found = await services.store.getFinding(id);
      if (found === undefined) throw new IssuerError("NOT_FOUND", `finding ${id} does not exist`);
      return findingMessage(found);
    },

    ackFinding(request: AckFindingRequest__Output, call: AdminCall) {
      const { id } = request;
      const text = request.note;
      if (text !== "") validateText("note", text, 1024);
      return changeState(services, call, async (tx, at) => {
        const before = await tx.getFinding(id);
        const finding = await tx.ackFinding(id, { at, by: call.caller.actor, note: text });
        const { bot, instance, detector } = finding;
        const details = { finding: String(id), detector, note: text };
        return {
          result: findingMessage(finding),
          events:
            before?.acked == null
              ? [{ type: "detection.acknowledged", bot, instance, details }]
              : [],
        };
      });
    },
  };
}

function findingMessage(finding: FindingRecord): FindingMessage {
  return {
    id: finding.id,
    atMs: finding.at.getTime(),
    detector: finding.detector,
    severity: finding.severity,
    bot: finding.bot ?? "",
    instanceId: finding.instance ?? "",
    subject: finding.subject,
    summary: finding.summary,
    facts: { ...finding.facts },
    evidence: [...finding.evidence],
    ackedAtMs: msOf(finding.acked?.at ?? null),
    ackedBy: finding.acked?.by ?? "",
    note: finding.acked?.note ?? "",
  };
}
