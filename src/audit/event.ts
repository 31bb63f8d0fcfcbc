import type { AuditDraft } from "../store/index.ts";
import { canonicalJson } from "./canonical-json.ts";

/** Everything that is recorded. */
export const AUDIT_TYPES = [
  "attestation.accepted",
  "attestation.refused",
  "svid.intent",
  "svid.issued",
  "svid.failed",
  "bot.registered",
  "bot.updated",
  "bot.suspended",
  "bot.resumed",
  "bot.retired",
  "bot.ended",
  "entry.created",
  "entry.updated",
  "entry.deleted",
  "entry.ended",
  "token.created",
  "token.revoked",
  "token.refused",
  "token.used",
  "token.voided",
  "instance.created",
  "instance.resumed",
  "instance.replaced",
  "instance.evicted",
  "instance.banned",
  "instance.locked",
  "instance.ended",
  "authority.prepared",
  "authority.activated",
  "authority.retired",
  "authority.removed",
  "authority.lost",
  "server.started",
  "server.stopped",
  "backup.made",
  "backup.restored",
] as const;

export type AuditType = (typeof AUDIT_TYPES)[number];

/** What was proven; never a secret. */
export interface AuditEvidence {
  readonly attestor: string;
  /** `type:value` */
  readonly selectors: readonly string[];
}

/** One thing that happened. Absent and null mean the same. */
export interface AuditEvent {
  readonly type: AuditType;
  readonly outcome: "ok" | "refused" | "failed";
  /** Who did it: `uid:0`, `bot:<name>`, a SPIFFE ID, `anonymous`, or `botpass` itself. */
  readonly actor: string;
  readonly requestId: string | null;
  readonly bot?: string | null;
  readonly instance?: string | null;
  readonly entry?: string | null;
  readonly evidence?: AuditEvidence;
  /** Serial of an X509-SVID in hex, or jti of a JWT-SVID. */
  readonly serial?: string | null;
  /** A code of docs/errors.md. */
  readonly code?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** The event as the store takes it; its bytes are made when its sequence number is known. */
export function auditDraft(event: AuditEvent, at: Date): AuditDraft {
  const { bot = null, instance = null, entry = null, serial = null, details = {} } = event;
  return {
    at,
    type: event.type,
    bot,
    serial,
    instanceId: instance,
    requestId: event.requestId,
    bytes: (sequence) =>
      canonicalJson({
        sequence,
        time: at.toISOString(),
        type: event.type,
        outcome: event.outcome,
        actor: event.actor,
        requestId: event.requestId,
        bot,
        instance,
        entry,
        serial,
        details: wellFormed(details),
        ...(event.evidence === undefined ? {} : { evidence: { ...event.evidence } }),
        ...(event.code === undefined ? {} : { code: event.code }),
      }),
  };
}

/** Details may repeat what a stranger sent: half a surrogate pair must not keep a refusal from its record. */
function wellFormed(details: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(details);
  return Object.fromEntries(
    pairs.map(([name, text]) => [name, text.replace(/\p{Surrogate}/gu, "\ufffd")]),
  );
}
