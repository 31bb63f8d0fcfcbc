import type { AuditEvent, AuditEvidence } from "../audit/index.ts";
import { formatSelector } from "../spiffe/index.ts";
import type { BotRecord, EntryRecord, InstanceRecord, IssuanceRecord } from "../store/index.ts";
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
    evidence: instance === undefined ? BY_AN_OPERATOR : evidenceOf(instance),
    details: detailsOf(bot, entry, record, limitedBy),
  };
}

/** By their names, as they are written. */
function detailsOf(
  { owner, spiffeId }: BotRecord,
  entry: EntryRecord | undefined,
  { audiences, authorityId, kind, notAfter, publicKeyHash }: IssuanceRecord,
  limitedBy: string,
): Readonly<Record<string, string>> {
  const details: Record<string, string> = {};
  if (audiences.length > 0) details.audience = audiences.join(" ");
  details.authority = authorityId;
  if (entry?.dnsNames.length) details.dnsNames = entry.dnsNames.join(" ");
  details.kind = kind;
  details.limitedBy = limitedBy;
  details.notAfter = notAfter.toISOString();
  details.owner = owner;
  if (publicKeyHash !== null) details.publicKeySha256 = publicKeyHash;
  details.spiffeId = spiffeId;
  return details;
}

const BY_AN_OPERATOR: AuditEvidence = { attestor: "operator", selectors: [] };

const evidences = new WeakMap<InstanceRecord, AuditEvidence>();

/** The same for all SVIDs of one reading of the instance. */
function evidenceOf(instance: InstanceRecord): AuditEvidence {
  const known = evidences.get(instance);
  if (known !== undefined) return known;
  const { attestor, selectors } = instance;
  const made = { attestor, selectors: selectors.map(formatSelector) };
  evidences.set(instance, made);
  return made;
}
