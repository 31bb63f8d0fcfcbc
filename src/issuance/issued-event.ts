import type { AuditEvent } from "../audit/index.ts";
import { formatSelector } from "../spiffe/index.ts";
import type { IssuanceRecord } from "../store/index.ts";
import type { RequestContext } from "./admission.ts";
import type { Subject } from "./subject.ts";

/** What the audit says of an SVID: who got it, on what proof, through which entry, and what limited its life. */
export function issuedEvent(
  { bot, entry, instance }: Subject,
  record: IssuanceRecord,
  limitedBy: string,
  context: RequestContext,
): AuditEvent {
  return {
    type: "svid.issued",
    outcome: "ok",
    requestId: context.requestId,
    actor: context.actor,
    ...(context.source === undefined ? {} : { source: context.source }),
    bot: bot.name,
    instance: instance?.id ?? null,
    entry: entry?.id ?? null,
    serial: record.id,
    evidence: {
      attestor: instance?.attestor ?? "operator",
      selectors: instance?.selectors.map(formatSelector) ?? [],
    },
    details: {
      kind: record.kind,
      spiffeId: bot.spiffeId,
      owner: bot.owner,
      authority: record.authorityId,
      notAfter: record.notAfter.toISOString(),
      limitedBy,
      ...(record.publicKeyHash === null ? {} : { publicKeySha256: record.publicKeyHash }),
      ...(record.audiences.length === 0 ? {} : { audience: record.audiences.join(" ") }),
      ...(entry?.dnsNames.length ? { dnsNames: entry.dnsNames.join(" ") } : {}),
    },
  };
}
