/** What was proven: never a secret. */
export interface AuditEvidence {
  readonly attestor: string;
  /** `type:value` of each. */
  readonly selectors: readonly string[];
}

/** `failed`: it was allowed and did not come about. */
export type AuditOutcome = "ok" | "refused" | "failed";

/** What any event may say. What is absent, or null, is not in the record. */
interface EventFacts {
  readonly requestId?: string | null;
  readonly bot?: string | null;
  /** Instance id. */
  readonly instance?: string | null;
  /** Entry id. */
  readonly entry?: string | null;
  readonly evidence?: AuditEvidence;
  /** Serial in hex of an X509-SVID, or jti of a JWT-SVID. */
  readonly serial?: string | null;
  readonly outcome: AuditOutcome;
  /** Error code, when the outcome is not `ok`. */
  readonly code?: string | null;
  /** Who did it: `uid:0`, `bot:<name>`, `anonymous`; absent: the issuer itself. */
  readonly actor?: string | null;
  /** Further facts by name. Never a secret. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Somebody brought evidence. */
export interface AttestationEvent extends EventFacts {
  readonly type: "attestation.accepted" | "attestation.refused";
  readonly evidence: AuditEvidence;
}

/**
 * `svid.intent` is on disk before the SVID is signed; `svid.issued` or `svid.failed` follow. An intent without
 * them counts as issued.
 */
export interface SvidEvent extends EventFacts {
  readonly type: "svid.intent" | "svid.issued" | "svid.failed";
  readonly bot: string;
  readonly serial: string;
}

/** An SVID was asked for, and refused before there was an intent. */
export interface SvidRefusedEvent extends EventFacts {
  readonly type: "svid.refused";
}

/** A passport was written, or its end date came. */
export interface BotEvent extends EventFacts {
  readonly type:
    | "bot.registered"
    | "bot.updated"
    | "bot.suspended"
    | "bot.resumed"
    | "bot.retired"
    | "bot.ended";
  readonly bot: string;
}

export interface EntryEvent extends EventFacts {
  readonly type: "entry.created" | "entry.updated" | "entry.deleted" | "entry.ended";
  readonly bot: string;
  readonly entry: string;
}

/** `details.token` is the token's id. */
export interface TokenEvent extends EventFacts {
  readonly type:
    | "token.created"
    | "token.revoked"
    | "token.refused"
    | "token.used"
    | "token.voided";
}

export interface InstanceEvent extends EventFacts {
  readonly type:
    | "instance.created"
    | "instance.resumed"
    | "instance.replaced"
    | "instance.evicted"
    | "instance.banned"
    | "instance.locked"
    | "instance.ended";
  readonly bot: string;
  readonly instance: string;
}

/** `details.authority` is the authority's id. */
export interface AuthorityEvent extends EventFacts {
  readonly type:
    | "authority.prepared"
    | "authority.activated"
    | "authority.retired"
    | "authority.removed"
    | "authority.lost";
}

export interface BanEvent extends EventFacts {
  readonly type: "ban.lifted";
}

export interface ServerEvent extends EventFacts {
  readonly type: "server.started" | "server.stopped" | "backup.made" | "backup.restored";
}

/** Everything that the audit tells, by `type`. */
export type AuditEvent =
  | AttestationEvent
  | SvidEvent
  | SvidRefusedEvent
  | BotEvent
  | EntryEvent
  | TokenEvent
  | InstanceEvent
  | AuthorityEvent
  | BanEvent
  | ServerEvent;

export type AuditEventType = AuditEvent["type"];

/** Every type of event. */
export const AUDIT_EVENT_TYPES = Object.keys({
  "attestation.accepted": true,
  "attestation.refused": true,
  "svid.intent": true,
  "svid.issued": true,
  "svid.failed": true,
  "svid.refused": true,
  "bot.registered": true,
  "bot.updated": true,
  "bot.suspended": true,
  "bot.resumed": true,
  "bot.retired": true,
  "bot.ended": true,
  "entry.created": true,
  "entry.updated": true,
  "entry.deleted": true,
  "entry.ended": true,
  "token.created": true,
  "token.revoked": true,
  "token.refused": true,
  "token.used": true,
  "token.voided": true,
  "instance.created": true,
  "instance.resumed": true,
  "instance.replaced": true,
  "instance.evicted": true,
  "instance.banned": true,
  "instance.locked": true,
  "instance.ended": true,
  "authority.prepared": true,
  "authority.activated": true,
  "authority.retired": true,
  "authority.removed": true,
  "authority.lost": true,
  "ban.lifted": true,
  "server.started": true,
  "server.stopped": true,
  "backup.made": true,
  "backup.restored": true,
} satisfies Record<AuditEventType, true>) as readonly AuditEventType[];
