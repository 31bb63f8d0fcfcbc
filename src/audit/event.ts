import type { AuditDraft } from "../store/index.ts";
import { canonicalJson } from "./canonical-json.ts";

/** Everything that is recorded. */
export const AUDIT_TYPES = [
  "attestation.accepted",
  "attestation.refused",
  "svid.issued",
  "svid.refused",
  "svid.revoked",
  "svid.lost",
  "statement.signed",
  "bot.registered",
  "bot.staged",
  "bot.updated",
  "bot.suspended",
  "bot.resumed",
  "bot.retired",
  "bot.ended",
  "bot.proposed",
  "bot.approved",
  "bot.rejected",
  "bot.reviewed",
  "bot.review_overdue",
  "bot.restricted",
  "bot.owner_lost",
  "bot.adopted",
  "entry.created",
  "entry.staged",
  "entry.updated",
  "entry.deleted",
  "entry.ended",
  "entry.proposed",
  "entry.approved",
  "entry.rejected",
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
  "authority.tainted",
  "authority.revoked",
  "authority.lost",
  "state.applied",
  "state.dropped",
  "server.started",
  "server.stopped",
  "server.key_rotated",
  "log.key_rotated",
  "backup.made",
  "backup.failed",
  "backup.removed",
  "backup.restored",
  "audit.pruned",
  "audit.filling",
  "audit.budget_narrowed",
  "disk.low",
  "disk.recovered",
  "operator.added",
  "operator.invited",
  "operator.roles_set",
  "operator.removed",
  "operator.refused",
  "detection.finding",
  "detection.acknowledged",
  "review.campaign_started",
] as const;

export type AuditType = (typeof AUDIT_TYPES)[number];

/** What was proven; never a secret. */
export interface AuditEvidence {
  readonly attestor: string;
  /** `type:value` */
  readonly selectors: readonly string[];
}

/** What any event may say. Absent and null mean the same. */
interface EventFacts {
  readonly outcome: "ok" | "refused" | "failed";
  /** Who did it: `operator:<name>`, `uid:0`, `bot:<name>`, a SPIFFE ID, `anonymous`; default: `botpass` itself. */
  readonly actor?: string | null;
  /** From where an operator did it: `unix`, or `tls ADDRESS`. */
  readonly source?: string;
  readonly requestId?: string | null;
  readonly bot?: string | null;
  readonly instance?: string | null;
  readonly entry?: string | null;
  readonly evidence?: AuditEvidence;
  /** Serial of an X509-SVID in hex, or jti of a JWT-SVID. */
  readonly serial?: string | null;
  /** A code of docs/errors.md. */
  readonly code?: string | null;
  /** Further facts by name; never a secret. */
  readonly details?: Readonly<Record<string, string>>;
}

type TypeOf<Subject extends string> = Extract<AuditType, `${Subject}.${string}`>;

interface AttestationEvent extends EventFacts {
  readonly type: TypeOf<"attestation">;
  readonly evidence: AuditEvidence;
}

interface SvidEvent extends EventFacts {
  readonly type: Exclude<TypeOf<"svid" | "statement">, "svid.refused">;
  readonly bot: string;
  readonly serial: string;
}

interface SvidRefusal extends EventFacts {
  readonly type: "svid.refused";
}

interface BotEvent extends EventFacts {
  readonly type: TypeOf<"bot">;
  readonly bot: string;
}

interface EntryEvent extends EventFacts {
  readonly type: TypeOf<"entry">;
  readonly bot: string;
  readonly entry: string;
}

interface InstanceEvent extends EventFacts {
  readonly type: TypeOf<"instance">;
  readonly bot: string;
  readonly instance: string;
}

/** `details.token`, `details.authority`, `details.operator`, `details.campaign` or `details.apply` names what it is about. */
interface OtherEvent extends EventFacts {
  readonly type: TypeOf<
    | "token"
    | "authority"
    | "server"
    | "backup"
    | "audit"
    | "disk"
    | "operator"
    | "state"
    | "detection"
    | "log"
    | "review"
  >;
}

/** One thing that happened; what it must say depends on its type. */
export type AuditEvent =
  | AttestationEvent
  | SvidEvent
  | SvidRefusal
  | BotEvent
  | EntryEvent
  | InstanceEvent
  | OtherEvent;

/** The event as the store takes it; its bytes are made when its sequence number is known. */
export function auditDraft(event: AuditEvent, at: Date): AuditDraft {
  const { bot = null, instance = null, entry = null, serial = null, details = {} } = event;
  const { requestId = null } = event;
  const actor = event.actor ?? "botpass";
  return {
    at,
    type: event.type,
    bot,
    serial,
    instanceId: instance,
    requestId,
    bytes: (sequence) =>
      // In the order of canonical JSON, which then has nothing to sort.
      canonicalJson({
        actor,
        bot,
        code: event.code ?? undefined,
        details: wellFormed(details),
        entry,
        evidence: event.evidence && { ...event.evidence },
        instance,
        outcome: event.outcome,
        requestId,
        sequence,
        serial,
        source: event.source,
        time: at.toISOString(),
        type: event.type,
      }),
    details: () => {
      const { attestor } = event.evidence ?? {};
      return { ...wellFormed(details), ...(attestor === undefined ? {} : { attestor }) };
    },
  };
}

/** Details may repeat what a stranger sent: half a surrogate pair must not keep a refusal from its record. */
function wellFormed(details: Readonly<Record<string, string>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in details) texts[name] = (details[name] ?? "").toWellFormed();
  return texts;
}
