import type { AuditDraft } from "../store/index.ts";
import { canonicalJson, type JsonValue } from "./canonical-json.ts";
import type { AuditEvent } from "./event.ts";

/**
 * The record of an event, ready for `tx.appendAudit`. Its bytes are canonical JSON with the members `sequence`,
 * `time` (RFC 3339, milliseconds, UTC), `type`, `outcome` and, where there is something to say, `requestId`, `actor`,
 * `bot`, `instance`, `entry`, `evidence` {`attestor`, `selectors`}, `serial`, `code`, `details`.
 */
export function auditDraft(event: AuditEvent, at: Date): AuditDraft {
  const { evidence, details } = event;
  const members: { readonly [name: string]: JsonValue | undefined } = {
    time: at.toISOString(),
    type: event.type,
    outcome: event.outcome,
    requestId: event.requestId ?? undefined,
    actor: event.actor ?? undefined,
    bot: event.bot ?? undefined,
    instance: event.instance ?? undefined,
    entry: event.entry ?? undefined,
    evidence: evidence && { attestor: evidence.attestor, selectors: [...evidence.selectors] },
    serial: event.serial ?? undefined,
    code: event.code ?? undefined,
    details: details && wellFormed(details),
  };
  return {
    at,
    type: event.type,
    bot: event.bot ?? null,
    serial: event.serial ?? null,
    instanceId: event.instance ?? null,
    requestId: event.requestId ?? null,
    bytes: (sequence) => canonicalJson({ ...members, sequence }),
  };
}

/** Details may repeat what a stranger sent: it must not keep the refusal from being recorded. */
function wellFormed(
  details: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(details);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.map(([name, text]) => [name, text.replace(/\p{Surrogate}/gu, "\ufffd")]),
  );
}
