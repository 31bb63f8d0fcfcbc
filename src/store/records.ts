import type { Selector } from "../spiffe/index.ts";

// What the store keeps, as values. Instants have millisecond resolution. Records are never changed in
// place: a write takes a whole record and answers with the one that is now stored.

/** `operator`: the identity of a person, made by an invitation only. */
export type BotKind = "bot" | "service" | "node" | "operator";
/** `draft` and `proposed`: not approved yet; `restricted`: no new instance, short lifetimes. See bots/states.ts. */
export type BotState = "draft" | "proposed" | "active" | "restricted" | "suspended" | "retired";

/** What a passport limits, beside its end. A list that is empty and a null limit nothing, but for `mayCall` and `calledBy`. */
export interface PassportTerms {
  /** The operator who answers for it when the owner is gone. */
  readonly deputy: string | null;
  /** Where it was asked for; empty: nowhere. */
  readonly ticket: string;
  readonly reviewEverySeconds: number | null;
  readonly maxX509TtlSeconds: number | null;
  readonly maxJwtTtlSeconds: number | null;
  /** Of those that its entries allow. */
  readonly audiences: readonly string[];
  /** Bot names and patterns of SPIFFE IDs, for services that go by passports: both sides must name a call. Empty: nobody. */
  readonly mayCall: readonly string[];
  readonly calledBy: readonly string[];
  readonly attestors: readonly string[];
  /** Address ranges (CIDR). */
  readonly networks: readonly string[];
  readonly maxInstances: number | null;
  /** Whether an SVID of it may be handed to a person. */
  readonly personAllowed: boolean;
}

/** All of a passport that can change. */
export interface PassportContent extends PassportTerms {
  readonly owner: string;
  readonly purpose: string;
  readonly endsAt: Date | null;
}

/** How a passport that its environment governs came to hold, and until when. */
export interface BotGovernance {
  /** Who wrote what is not approved yet, as the audit names actors. */
  readonly authors: readonly string[];
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly reviewedBy: string | null;
  readonly reviewedAt: Date | null;
  /** Since when neither owner nor deputy is an operator. */
  readonly ownerGoneAt: Date | null;
  /** When its review is due, and when it is restricted and suspended unless somebody acts before. */
  readonly warnAt: Date | null;
  readonly restrictAt: Date | null;
  readonly suspendAt: Date | null;
  readonly warned: boolean;
  /** A wider version that waits for approval, while this one goes on. */
  readonly proposal: { readonly changes: Partial<PassportContent>; readonly at: Date } | null;
}

/** A bot's passport. Its name and its SPIFFE ID are unique for all time; a bot is never deleted. */
export interface BotRecord {
  readonly name: string;
  readonly kind: BotKind;
  readonly owner: string;
  readonly purpose: string;
  readonly environment: string;
  /** From this instant on the bot gets nothing; null: no end. */
  readonly endsAt: Date | null;
  readonly state: BotState;
  readonly spiffeId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** 1 when created; one more with every update. */
  readonly revision: number;
  /** Absent: nothing is limited. */
  readonly terms?: PassportTerms;
  /** Absent: its environment has no policy. */
  readonly governance?: BotGovernance;
}

/** All of an entry that can change. */
export interface EntryContent {
  /** At least one; sorted by text, each once, when read back. */
  readonly selectors: readonly Selector[];
  /** null: the server's default. */
  readonly x509TtlSeconds: number | null;
  /** null: the server's default. */
  readonly jwtTtlSeconds: number | null;
  readonly dnsNames: readonly string[];
  /** Audiences that JWT-SVIDs may be asked for; none listed: no JWT-SVID. */
  readonly audiences: readonly string[];
  readonly hint: string;
  readonly expiresAt: Date | null;
  /** Node bots through which processes may claim it. Neither these nor `nodeSelectors`: only what the server itself proved counts. */
  readonly nodes: readonly string[];
  /** Or any node that proved all of these. */
  readonly nodeSelectors: readonly Selector[];
}

/** How an entry of a bot whose environment asks for approval came to count. */
export interface EntryGovernance {
  /** Who wrote what is not approved yet, as the audit names actors. */
  readonly authors: readonly string[];
  /** Null: it was never approved, and lets nobody in. */
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  /** A wider version that waits for approval, while this one goes on. */
  readonly proposal: { readonly changes: Partial<EntryContent>; readonly at: Date } | null;
}

/** A registration entry: one way for a bot to prove itself. All of its selectors must be proven. */
export interface EntryRecord extends EntryContent {
  readonly id: string;
  readonly bot: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly revision: number;
  /** The operator, e.g. `uid:0`; null: the issuer itself. */
  readonly createdBy: string | null;
  /** Absent: nobody need approve it, or it was there before anybody had to. */
  readonly governance?: EntryGovernance;
}

/** One key that has used a join token. */
export interface TokenUse {
  /** SHA-256 of the key's SubjectPublicKeyInfo, hex. */
  readonly keyFingerprint: string;
  /** The instance that holds the use; null until it is known. */
  readonly instanceId: string | null;
  readonly usedAt: Date;
}

/** A join token. Its secret is not here: only a hash of it. */
export interface TokenRecord {
  readonly id: string;
  readonly bot: string;
  readonly secretHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** How many distinct keys may use it. */
  readonly uses: number;
  /** An operator revoked it. */
  readonly revokedAt: Date | null;
  /** A change of the bot or the instance made it void. */
  readonly voidedAt: Date | null;
  /** Attempts by further keys, refused. */
  readonly refused: number;
  /** In the order of their use. */
  readonly usedBy: readonly TokenUse[];
}

/** A platform's token that was brought: no other key may bring it while it is valid. */
export interface IdTokenUse {
  /** SHA-256 that stands for the token, hex. */
  readonly id: string;
  /** SHA-256 of the key's SubjectPublicKeyInfo, hex. */
  readonly keyFingerprint: string;
  /** Instances that it made. */
  readonly instanceIds: readonly string[];
  /** From this instant on the token is not accepted anyway, and what it proved counts no more. */
  readonly expiresAt: Date;
}

export type InstanceState = "active" | "evicted" | "banned" | "locked" | "ended";

/** One running copy of a bot, from its attestation to its end. */
export interface InstanceRecord {
  readonly id: string;
  readonly bot: string;
  readonly entryId: string;
  readonly attestor: string;
  /** What was proven: sorted by text, each once, when read back. */
  readonly selectors: readonly Selector[];
  /** What a ban names, e.g. `join_token:<id>`, `key:<sha256>`, `unix:uid:1001`. */
  readonly evidenceKey: string;
  readonly evidenceExpiresAt: Date | null;
  readonly state: InstanceState;
  readonly attestedAt: Date;
  readonly lastSeenAt: Date;
  /** From this instant on the instance cannot be resumed. */
  readonly lineageEndsAt: Date;
  /** Whether its SVIDs can resume it. */
  readonly resumable: boolean;
  /** Serial of the newest X509-SVID, hex. */
  readonly newestSerial: string | null;
  readonly newestNotAfter: Date | null;
  /** Whether the newest X509-SVID was seen in use; until then the previous one may resume too. */
  readonly newestUsed: boolean;
  /** The one that was used last before the newest. */
  readonly previousSerial: string | null;
  /** Empty on Unix sockets. */
  readonly remoteAddress: string;
  /** The node bot that spoke for the process, and that bot's instance; null: it proved itself. */
  readonly node: { readonly bot: string; readonly instanceId: string } | null;
  readonly revision: number;
}

/** One SVID, recorded before it leaves the server: what is recorded counts as issued. */
export interface IssuanceRecord {
  /** Serial in hex of an X509-SVID, or jti of a JWT-SVID. */
  readonly id: string;
  readonly kind: "x509" | "jwt";
  readonly bot: string;
  readonly spiffeId: string;
  /** null: minted by an operator. */
  readonly instanceId: string | null;
  readonly entryId: string | null;
  /** SHA-256 of the SubjectPublicKeyInfo, hex; null for JWT-SVIDs. */
  readonly publicKeyHash: string | null;
  readonly audiences: readonly string[];
  readonly authorityId: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuedAt: Date;
}

export type DenialKind = "serial" | "jti" | "spiffe_id";

/** An identity that services must refuse although its SVID is valid. */
export interface DenialRecord {
  readonly kind: DenialKind;
  readonly value: string;
  /** suspended, retired, ended, evicted, banned, locked, restored, revoked. */
  readonly reason: string;
  /** From this instant on nothing that is denied can still be valid. */
  readonly expiresAt: Date;
  /** Its place in the change feed. */
  readonly sequence: number;
}

/** `tainted`: its key is in doubt; it signs nothing more, and is trusted until what it signed is replaced. */
export type AuthorityState = "prepared" | "active" | "old" | "tainted";

/** A signing key of the trust domain. The private key is elsewhere, under `keyRef`. */
export interface AuthorityRecord {
  readonly id: string;
  readonly kind: "x509" | "jwt";
  readonly state: AuthorityState;
  readonly keyType: string;
  /** null for JWT authorities. */
  readonly certificateDer: Buffer | null;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
  readonly keyRef: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** When it is to become, or became, active. */
  readonly activateAt: Date;
  /** Since when it is in the bundle. */
  readonly publishedAt: Date;
  /** Of a tainted one: by when those who use it are to have been told to renew. */
  readonly renewBy: Date | null;
  readonly revision: number;
}

/** Bots and entries that were written in many transactions, to be there for everybody at once. */
export interface StagingRecord {
  readonly id: string;
  /** The operator, e.g. `uid:0`. */
  readonly actor: string;
  readonly createdAt: Date;
  /** What it holds is there for everybody, and the change feed is still being told. */
  readonly live: boolean;
}

/** Evidence that is refused from now on, whoever brings it. */
export interface BanRecord {
  readonly evidenceKey: string;
  /** The bot whose instance was banned. */
  readonly bot: string;
  readonly reason: string;
  readonly createdAt: Date;
}

/** One line of the audit, as stored. */
export interface AuditRecord {
  /** 1, 2, 3 … without a gap. */
  readonly sequence: number;
  readonly at: Date;
  /** Canonical JSON of the whole record, its sequence and time included. */
  readonly bytes: string;
  readonly type: string;
  readonly bot: string | null;
  /** Serial or jti. */
  readonly serial: string | null;
  readonly instanceId: string | null;
  readonly requestId: string | null;
  /** Its hash as a leaf of the log (RFC 9162), as it was when the record was made. */
  readonly leaf: Buffer;
}

/** A signed note that says how far the log had come. */
export interface LogCheckpointRecord {
  /** How many records it covers. */
  readonly size: number;
  readonly at: Date;
  readonly note: string;
}

/** A change of the log's key. */
export interface LogHandoverRecord {
  /** How many records the log had then, that of the change included. */
  readonly size: number;
  readonly at: Date;
  /** The key until then, and the one from then on: `name+hash+base64`. */
  readonly former: string;
  readonly verifier: string;
  /** A signed note that says so, by both. */
  readonly note: string;
}

export const OPERATOR_ROLES = ["registrar", "approver", "auditor", "admin"] as const;

export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** A person who looks after bots. The name is unique for all time; a record is never deleted. */
export interface OperatorRecord {
  readonly name: string;
  /** In the order of OPERATOR_ROLES, each once; none: only the bots that the person owns. */
  readonly roles: readonly OperatorRole[];
  /** The user of the server's machine as it was named, and its id; null: not known there. */
  readonly unixUser: string | null;
  /** Unique among those who are not removed. */
  readonly unixUid: number | null;
  /** The bot of kind `operator` that carries the person's identity; null: never invited. */
  readonly bot: string | null;
  readonly createdAt: Date;
  /** Who made it, as the audit names an actor. */
  readonly createdBy: string;
  readonly updatedAt: Date;
  /** From this instant on the person may do nothing, for good. */
  readonly removedAt: Date | null;
  readonly revision: number;
}

/** What a detector said: see docs/detection.md. */
export interface FindingRecord {
  /** 1, 2, 3 … */
  readonly id: number;
  readonly at: Date;
  readonly detector: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly bot: string | null;
  readonly instance: string | null;
  readonly subject: string;
  readonly summary: string;
  /** Never a secret. */
  readonly facts: Readonly<Record<string, string>>;
  /** Sequences of audit records. */
  readonly evidence: readonly number[];
  readonly acked: { readonly at: Date; readonly by: string; readonly note: string } | null;
}

/** A finding that a webhook is yet to be told. */
export interface DeliveryRecord {
  readonly id: number;
  readonly findingId: number;
  /** Name of the webhook. */
  readonly webhook: string;
  readonly attempts: number;
  readonly createdAt: Date;
  /** When to try next. */
  readonly dueAt: Date;
}

export const CHANGE_KINDS = [
  "bot",
  "entry",
  "authority",
  "bundle",
  "instance",
  "token",
  "denial",
  "denial_lifted",
  "ban",
  "operator",
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One change of governed state, in the order of commits. */
export interface ChangeRecord {
  /** Grows by one with every change. */
  readonly sequence: number;
  readonly at: Date;
  readonly kind: ChangeKind;
  /** What changed: bot name, entry id, authority id, instance id, token id, `kind:value` of a denial, evidence key, operator name. */
  readonly key: string;
  /** JSON; which, by kind, stands at `ChangeData`. */
  readonly data: string;
}

/** What `ChangeRecord.data` holds, by kind. */
export interface ChangeData {
  /** `calls`: what `mayCall` names now and did not before, or the other way round. */
  readonly bot: { readonly state: BotState; readonly calls?: readonly string[] };
  readonly entry: { readonly bot: string; readonly deleted?: true };
  readonly authority: { readonly kind: "x509" | "jwt"; readonly state: AuthorityState | "removed" };
  readonly bundle: { readonly sequence: number };
  readonly instance: { readonly bot: string; readonly state: InstanceState };
  readonly token: { readonly bot: string };
  readonly denial: DenialChange;
  readonly denial_lifted: { readonly kind: DenialKind; readonly value: string };
  readonly ban: { readonly bot: string; readonly lifted?: true };
  readonly operator: { readonly removed?: true };
}

/** A denial inside the change feed. */
export interface DenialChange {
  readonly kind: DenialKind;
  readonly value: string;
  readonly reason: string;
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
}

/** What a service reports of one caller and operation on one day: grows as reports come in. It is that service's word only. */
export interface UseRecord {
  /** UTC: YYYY-MM-DD. */
  readonly day: string;
  /** Who called. */
  readonly bot: string;
  /** The bot whose service was called. */
  readonly service: string;
  /** Of the JWT-SVID; empty: by X509-SVID. */
  readonly audience: string;
  /** Method and path or gRPC method; empty: a connection, or a token without a request. */
  readonly operation: string;
  /** Empty: it was accepted; else the code that refused it. */
  readonly refused: string;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** That a service has seen an SVID. */
export interface SightingRecord {
  /** Serial in hex, or jti. */
  readonly svid: string;
  readonly service: string;
  readonly lastAt: Date;
  /** When the SVID ends, and this may be forgotten. */
  readonly expiresAt: Date;
}

/** Bots that are to be reviewed until a date. */
export interface CampaignRecord {
  /** Unique for all time. */
  readonly name: string;
  readonly startedAt: Date;
  /** The operator, e.g. `uid:0`. */
  readonly startedBy: string;
  readonly until: Date;
  /** How its bots were chosen; null: any. */
  readonly environment: string | null;
  readonly owner: string | null;
  readonly kind: string | null;
  /** When its date has passed: up to which bot, by name, the audit says that it is late; null: all of them. */
  readonly remindedUpTo: string | null;
}
