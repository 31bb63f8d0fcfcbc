import type { LogNode } from "../log/index.ts";
import type { Selector } from "../spiffe/index.ts";
import type {
  AuditRecord,
  AuthorityRecord,
  BanRecord,
  BotKind,
  BotRecord,
  BotState,
  CampaignRecord,
  ChangeData,
  ChangeKind,
  ChangeRecord,
  DeliveryRecord,
  DenialKind,
  DenialRecord,
  EntryRecord,
  FindingRecord,
  IdTokenUse,
  InstanceRecord,
  InstanceState,
  IssuanceRecord,
  LogCheckpointRecord,
  LogHandoverRecord,
  OperatorRecord,
  SightingRecord,
  StagingRecord,
  TokenRecord,
  TokenUse,
  UseRecord,
} from "./records.ts";

/** Which page of a list. */
export interface PageRequest {
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
  /** `next` of the page before; absent: from the start. REQUEST_INVALID when it is not one. */
  readonly after?: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where to go on; null: no more. */
  readonly next: string | null;
}

/** A bot whose passport says whom it may call. */
export interface Caller {
  readonly name: string;
  readonly spiffeId: string;
}

export interface BotFilter {
  readonly state?: BotState;
  readonly kind?: BotKind;
  readonly owner?: string;
  readonly environment?: string;
}

export interface InstanceFilter {
  readonly bot?: string;
  readonly state?: InstanceState;
  readonly entryId?: string;
  readonly evidenceKey?: string;
  /** Only processes that this node bot spoke for. */
  readonly nodeBot?: string;
  readonly nodeInstance?: string;
}

export interface FindingFilter {
  readonly bot?: string;
  readonly detector?: string;
  /** Only those that nobody has acknowledged. */
  readonly open?: boolean;
}

export interface IssuanceFilter {
  readonly bot?: string;
  readonly instanceId?: string;
  /** Issuances minted for the bot, without an instance. */
  readonly entryId?: string;
  /** Asked for without bot, instance and entry, this reads all issuances that are kept. */
  readonly authorityId?: string;
}

export interface AuditFilter {
  readonly bot?: string;
  /** Serial or jti. */
  readonly serial?: string;
  readonly instanceId?: string;
  readonly type?: string;
  /** Only what was decided about this bot: not its issuances, statements, attestations, and comings of its instances. */
  readonly decidedAbout?: string;
  /** Inclusive. */
  readonly since?: Date;
  /** Exclusive. */
  readonly until?: Date;
  /** Default 0: from the oldest that is kept. */
  readonly afterSequence?: number;
  /** Exclusive. Given: the newest come first. */
  readonly beforeSequence?: number;
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
}

/** An instant window: after (exclusive) to until (inclusive). */
export interface Window {
  readonly after: Date;
  readonly until: Date;
}

/** What a commit has changed. */
export interface ChangedKey {
  readonly kind: ChangeKind;
  /** As `ChangeRecord.key`. */
  readonly key: string;
}

/** What a watcher reads from the change feed. */
export interface Changes {
  readonly changes: readonly ChangeRecord[];
  /** Changes after the asked position were pruned (or the store was rolled back): start from a snapshot. */
  readonly pruned: boolean;
}

/** An instance, and the serial of its newest X509-SVID. */
export interface SignedInstance {
  readonly instanceId: string;
  readonly serial: string;
}

/** A denied X509-SVID, as a list of its authority names it. */
export interface RevokedSerialRecord {
  readonly serialHex: string;
  readonly authorityId: string;
  readonly revokedAt: Date;
  /** When the denial ends. */
  readonly expiresAt: Date;
}

export interface DenialSnapshot {
  /** The feed position that the snapshot holds; follow the feed from here. */
  readonly sequence: number;
  readonly denials: readonly DenialRecord[];
}

/** An audit record to append: its bytes are made when its sequence is known. */
export interface AuditDraft {
  readonly at: Date;
  readonly type: string;
  readonly bot: string | null;
  readonly serial: string | null;
  readonly instanceId: string | null;
  readonly requestId: string | null;
  /** Canonical JSON of the whole record. */
  readonly bytes: (sequence: number) => string;
  /** Its details and by which attestor, for who looks at it before it is read from the store: made without the bytes. */
  readonly details?: () => Readonly<Record<string, string>>;
}

/** An audit record that was committed. */
export interface AppendedAudit {
  readonly sequence: number;
  readonly draft: AuditDraft;
}

/** Which records the log holds. Leaf 0 is record `before` + 1. */
export interface LogExtent {
  /** The newest record that was pruned before there was a log; 0: none. */
  readonly before: number;
  readonly size: number;
  /** Sequence of the oldest record that is kept; when none is, of the next one. */
  readonly keptFrom: number;
}

export interface AuditSize {
  /** Records that are kept. */
  readonly records: number;
  /** Sequence of the newest ever appended. */
  readonly newest: number;
  readonly bytes: number;
}

export type New<T extends { readonly revision: number }> = Omit<T, "revision">;

/** What may go, by age. Each is optional: absent, nothing of the kind goes. */
export interface PruneRequest {
  /** Issuances that expired before; always the oldest ones: one that lives long keeps those recorded after it. */
  readonly issuancesExpiredBefore?: Date;
  /** Denials that expired before. Not put into the change feed: each carries its expiry. */
  readonly denialsExpiredBefore?: Date;
  /** Tokens that expired before. */
  readonly tokensExpiredBefore?: Date;
  /** Uses of platforms' tokens that expired before. */
  readonly idTokenUsesExpiredBefore?: Date;
  /** Instances no longer active, last seen before, and without an issuance that is kept. */
  readonly instancesEndedBefore?: Date;
  /** Changes made before. */
  readonly changesBefore?: Date;
  /**
   * Audit records made before, and checkpoints; always the oldest ones, so that what is kept has no gap. Their leaf hashes
   * stay.
   */
  readonly auditBefore?: Date;
  /** Audit records up to this sequence, as well. Without `auditBefore` nothing goes. */
  readonly auditUpTo?: number;
  /** Uses of days before (YYYY-MM-DD), and sightings of SVIDs that ended before `denialsExpiredBefore`. */
  readonly usesBefore?: string;
  /** At most so many rows of each; default 10,000. Call again while anything went. */
  readonly limit?: number;
}

/** How many rows went. */
export interface PruneResult {
  readonly issuances: number;
  readonly denials: number;
  readonly tokens: number;
  readonly idTokenUses: number;
  readonly instances: number;
  readonly changes: number;
  readonly audit: number;
  readonly uses: number;
  readonly sightings: number;
  /** Sequence of the newest audit record that went; 0: none did. */
  readonly auditUpTo: number;
}

/**
 * What can be read, inside a transaction or outside of one. Outside, each call sees what is committed;
 * several calls may see several states.
 * @throws IssuerError STORE_UNAVAILABLE (with retryAfterMs) on all, when the disk or the database fails.
 */
export interface StoreReader {
  // settings of the store itself: trust domain, bundle sequence …
  getMeta(key: string): Promise<string | undefined>;

  // bots
  getBot(name: string): Promise<BotRecord | undefined>;
  getBotBySpiffeId(spiffeId: string): Promise<BotRecord | undefined>;
  /** By name. */
  listBots(filter?: BotFilter, page?: PageRequest): Promise<Page<BotRecord>>;
  /**
   * Bots not retired whose `mayCall` names exactly this, by name.
   * @param target a bot's name, a SPIFFE ID, or `spiffe://…/*`.
   */
  callersOf(target: string, page?: PageRequest): Promise<Page<Caller>>;
  /** Bots not retired whose end date falls into the window, by end date; at most 1,000. */
  botsEnding(window: Window): Promise<readonly BotRecord[]>;
  /** The earliest end date after `after` of a bot not retired. */
  nextBotEnd(after: Date): Promise<Date | undefined>;
  /** Bots for which the next step that time makes is due, those due first first; at most 1,000. */
  botsDue(until: Date): Promise<readonly BotRecord[]>;
  /** When the next such step is due, past or to come. */
  nextBotDue(): Promise<Date | undefined>;

  // entries
  getEntry(id: string): Promise<EntryRecord | undefined>;
  /** By id. */
  listEntries(filter?: { readonly bot?: string }, page?: PageRequest): Promise<Page<EntryRecord>>;
  /** All entries of a bot, by id. */
  entriesOfBot(bot: string): Promise<readonly EntryRecord[]>;
  /**
   * The entries that could match one who proved `selectors`: every entry whose selectors are all among
   * them, and few others. Each entry is filed under its rarest selector, so this never scans.
   * The caller still compares all selectors, expiry and the bot's state.
   */
  candidateEntries(selectors: readonly Selector[]): Promise<readonly EntryRecord[]>;
  /**
   * For explaining: entries closest to what was proven, those that miss least first; then, when there is
   * room, entries with a selector of the same type.
   * @param limit 1 to 1,000.
   */
  nearEntries(selectors: readonly Selector[], limit: number): Promise<readonly EntryRecord[]>;
  /** Entries whose expiry falls into the window, by expiry; at most 1,000. */
  entriesExpiring(window: Window): Promise<readonly EntryRecord[]>;
  /** The earliest expiry of an entry after `after`. */
  nextEntryExpiry(after: Date): Promise<Date | undefined>;

  // stagings
  /** Those that are neither dropped nor told of in full. */
  listStagings(): Promise<readonly StagingRecord[]>;

  // tokens
  getToken(id: string): Promise<TokenRecord | undefined>;
  /** By id. */
  listTokens(filter?: { readonly bot?: string }, page?: PageRequest): Promise<Page<TokenRecord>>;

  // tokens of platforms
  getIdTokenUse(id: string): Promise<IdTokenUse | undefined>;

  // instances
  getInstance(id: string): Promise<InstanceRecord | undefined>;
  /** The instance for which the X509-SVID with this serial was recorded. */
  getInstanceBySerial(serialHex: string): Promise<InstanceRecord | undefined>;
  /** By id. */
  listInstances(filter?: InstanceFilter, page?: PageRequest): Promise<Page<InstanceRecord>>;

  // issuances
  getIssuance(id: string): Promise<IssuanceRecord | undefined>;
  /** What was issued and has not expired at `now`: all of it, by expiry. */
  liveIssuances(filter: IssuanceFilter, now: Date): Promise<readonly IssuanceRecord[]>;
  /** The latest expiry of anything that the authority signed. */
  latestNotAfter(authorityId: string): Promise<Date | undefined>;
  /** How many SVIDs of each authority have not expired, by its id. */
  liveByAuthority(now: Date): Promise<ReadonlyMap<string, number>>;
  /** Instances that may go on and whose newest X509-SVID, not expired, is signed by the authority: id and serial. */
  instancesSignedBy(authorityId: string, now: Date): Promise<readonly SignedInstance[]>;

  // denials
  getDenial(kind: DenialKind, value: string): Promise<DenialRecord | undefined>;
  /** X509-SVIDs that are denied and not expired at `now`, by serial, with who signed them and since when they are denied. */
  revokedSerials(now: Date): Promise<readonly RevokedSerialRecord[]>;
  /** All denials not expired at `now`, by sequence, with the feed position they stand for. */
  denialSnapshot(now: Date): Promise<DenialSnapshot>;
  /** How many that is. */
  countDenials(now: Date): Promise<number>;

  // authorities
  getAuthority(id: string): Promise<AuthorityRecord | undefined>;
  /** By kind, then activation. */
  listAuthorities(kind?: "x509" | "jwt"): Promise<readonly AuthorityRecord[]>;

  // bans
  getBan(evidenceKey: string): Promise<BanRecord | undefined>;
  /** By evidence key. */
  listBans(page?: PageRequest): Promise<Page<BanRecord>>;

  // operators
  getOperator(name: string): Promise<OperatorRecord | undefined>;
  /** The operator, not removed, who is this user of the server's machine. */
  getOperatorByUid(uid: number): Promise<OperatorRecord | undefined>;
  /** By name, those removed too. */
  listOperators(page?: PageRequest): Promise<Page<OperatorRecord>>;

  /** Live issuances minted for the bot, of no instance. */
  mintedIssuances(bot: string, now: Date): Promise<readonly IssuanceRecord[]>;

  // findings
  getFinding(id: number): Promise<FindingRecord | undefined>;
  /** Newest first. */
  listFindings(filter?: FindingFilter, page?: PageRequest): Promise<Page<FindingRecord>>;
  /** The webhook's deliveries by when they are due; at most `limit`, whether due or not. */
  nextDeliveries(webhook: string, limit: number): Promise<readonly DeliveryRecord[]>;
  /** How many wait, of all webhooks. */
  countDeliveries(): Promise<number>;

  // campaigns of reviews
  getCampaign(name: string): Promise<CampaignRecord | undefined>;
  /** The newest first; at most 1,000. */
  listCampaigns(): Promise<readonly CampaignRecord[]>;
  /** Names of its bots after one, by name. */
  campaignBots(campaign: string, after: string, limit: number): Promise<readonly string[]>;
  /** Campaigns whose date has passed, and whose late bots the audit does not all name yet. */
  lateCampaigns(now: Date): Promise<readonly CampaignRecord[]>;

  // audit
  /** By sequence. */
  listAudit(filter?: AuditFilter): Promise<readonly AuditRecord[]>;
  /**
   * Refused attestations of one caller, the newest first; looks at the newest 20,000 of all callers.
   * @param caller an audit's `actor`, an address, or the id of an instance.
   */
  lastRefusals(
    caller:
      | { readonly actor: string }
      | { readonly address: string }
      | { readonly instance: string },
    limit: number,
  ): Promise<readonly AuditRecord[]>;
  /** Sequence of the newest audit record ever appended; 0: none. */
  auditSequence(): Promise<number>;
  /** How much of the database the audit takes: counted up to 1,000 records, else estimated from as many. */
  auditSize(): Promise<AuditSize>;

  // the audit as a Merkle log
  logExtent(): Promise<LogExtent>;
  /**
   * Hashes of full subtrees of 2^level leaves, from `index` on; level 0: of leaves, pruned ones too. Fewer than `count` where
   * they are not known.
   * @param level 0, or one that `addLogNodes` has filled.
   */
  logHashes(level: number, index: number, count: number): Promise<readonly Buffer[]>;
  /** The checkpoint that covers most; undefined: none was made. */
  newestLogCheckpoint(): Promise<LogCheckpointRecord | undefined>;
  /** All of them, the oldest first; they are never pruned. */
  logHandovers(): Promise<readonly LogHandoverRecord[]>;

  // what services report
  /** Of a bot since a day (YYYY-MM-DD), summed up over the days; `day` is the newest. The last used first. */
  usesOf(bot: string, sinceDay: string): Promise<readonly UseRecord[]>;
  /** What a bot's own service reports of its callers since a day, as `usesOf`: `bot` is who called. */
  usesAt(service: string, sinceDay: string): Promise<readonly UseRecord[]>;
  /** Bots whose services have reported anybody since a day, by name. */
  reportingServices(sinceDay: string): Promise<readonly string[]>;
  /** When a service reported last that it accepted the bot; undefined: never, or that was pruned. */
  lastUseOf(bot: string): Promise<Date | undefined>;
  /** By entry: when an instance of the bot came by it last, or was last seen; those that ended long ago are not known. */
  entriesSeen(bot: string): Promise<ReadonlyMap<string, Date>>;
  /** Of SVIDs, by service. */
  sightingsOf(svids: readonly string[]): Promise<readonly SightingRecord[]>;

  // change feed
  /**
   * Changes after `sequence`, oldest first.
   * @param limit 1 to 10,000.
   */
  changesAfter(sequence: number, limit: number): Promise<Changes>;
  /** Sequence of the newest change ever appended; 0: none. */
  feedSequence(): Promise<number>;
}

/**
 * Reads and writes of one transaction. Every write of governed state appends to the change feed by itself.
 * Creating answers with the record at revision 1. Updating takes a whole record with the revision that the
 * caller saw, and answers with the record at the next revision.
 * @throws IssuerError ALREADY_EXISTS when created twice, NOT_FOUND when what is updated or referred to is
 * not there, STALE_REVISION when it has changed since, WRONG_STATE when the change is never allowed.
 */
export interface StoreTransaction extends StoreReader {
  // settings
  /** @param value undefined removes the key. */
  setMeta(key: string, value: string | undefined): Promise<void>;

  // bots
  /** @throws IssuerError ALREADY_EXISTS when name or SPIFFE ID was ever given before. */
  createBot(bot: New<BotRecord>): Promise<BotRecord>;
  /** @throws IssuerError WRONG_STATE when kind, environment or SPIFFE ID differ, or the bot is retired. */
  updateBot(bot: BotRecord): Promise<BotRecord>;

  // entries
  /**
   * Writes all of it or, when it is refused, nothing: that needs no savepoint.
   * @throws IssuerError ALREADY_EXISTS when the bot has an entry with the same selectors.
   */
  createEntry(entry: New<EntryRecord>): Promise<EntryRecord>;
  /** @throws IssuerError WRONG_STATE when the bot differs. */
  updateEntry(entry: EntryRecord): Promise<EntryRecord>;
  /** Answers with what was deleted. */
  deleteEntry(id: string): Promise<EntryRecord>;

  // stagings: what they hold is there for nobody until `goLive` is committed, and for everybody from then on
  openStaging(staging: Omit<StagingRecord, "live">): Promise<void>;
  /** As `createBot`, and not in the change feed yet. */
  stageBot(stagingId: string, bot: New<BotRecord>): Promise<BotRecord>;
  /** As `createEntry`, for a bot that is there or of the same staging; and not in the change feed yet. */
  stageEntry(stagingId: string, entry: New<EntryRecord>): Promise<EntryRecord>;
  goLive(stagingId: string): Promise<void>;
  /**
   * Tells the change feed of up to `limit` bots and entries of a live staging; when none is left, the staging is over.
   * @returns whether there is more.
   */
  announceStaged(stagingId: string, limit: number): Promise<boolean>;
  /**
   * Takes back up to `limit` bots and entries of a staging that is not live; when none is left, the staging is over.
   * @returns whether there is more.
   */
  dropStaged(stagingId: string, limit: number): Promise<boolean>;

  // tokens
  createToken(token: TokenRecord): Promise<TokenRecord>;
  /**
   * Binds one more key.
   * @throws IssuerError ALREADY_EXISTS when the key has used it; LIMIT_EXCEEDED when all uses are taken.
   */
  addTokenUse(id: string, use: TokenUse): Promise<TokenRecord>;
  /** Names the instance that holds a use. */
  setTokenUseInstance(id: string, keyFingerprint: string, instanceId: string): Promise<TokenRecord>;
  /** Counts an attempt by a further key. */
  countTokenRefusal(id: string): Promise<TokenRecord>;
  /** A token that was revoked before keeps its instant. */
  revokeToken(id: string, at: Date): Promise<TokenRecord>;
  /** A token that was void before keeps its instant. */
  voidToken(id: string, at: Date): Promise<TokenRecord>;
  /** Voids all tokens of a bot that are neither void, revoked nor expired; answers with how many. */
  voidTokensOfBot(bot: string, at: Date): Promise<number>;

  // tokens of platforms; not in the feed
  /** Notes that a token is used. @returns what is noted of it: the first use, whichever key it was of. */
  useIdToken(use: IdTokenUse): Promise<IdTokenUse>;
  /** @throws IssuerError NOT_FOUND. */
  addIdTokenInstance(id: string, instanceId: string): Promise<IdTokenUse>;

  // instances
  createInstance(instance: New<InstanceRecord>): Promise<InstanceRecord>;
  /** In the change feed only when its state or its entry changes. WRONG_STATE when the bot differs. */
  updateInstance(instance: InstanceRecord): Promise<InstanceRecord>;
  /** Notes that the instance was seen, without a new revision; not in the feed. */
  touchInstance(id: string, at: Date, remoteAddress: string): Promise<void>;

  // issuances
  /**
   * Records SVIDs, in order. An X509-SVID becomes the newest of its instance, unused yet; the newest before it becomes
   * the previous. Not in the feed.
   * @throws IssuerError ALREADY_EXISTS.
   */
  appendIssuances(issuances: readonly IssuanceRecord[]): Promise<void>;

  // denials
  /**
   * Denies; each goes into the feed. One that is there already keeps the later expiry, and takes the new reason.
   */
  addDenials(denials: readonly Omit<DenialRecord, "sequence">[]): Promise<readonly DenialRecord[]>;
  /** Lifts a denial; false when there was none. */
  liftDenial(kind: DenialKind, value: string): Promise<boolean>;

  // authorities
  createAuthority(authority: New<AuthorityRecord>): Promise<AuthorityRecord>;
  /** @throws IssuerError WRONG_STATE when kind or public key differ. */
  updateAuthority(authority: AuthorityRecord): Promise<AuthorityRecord>;
  deleteAuthority(id: string): Promise<AuthorityRecord>;

  // bans
  /** Bans; false when the evidence was banned before. */
  addBan(ban: BanRecord): Promise<boolean>;
  /** Lifts a ban; false when there was none. */
  removeBan(evidenceKey: string): Promise<boolean>;

  // operators
  /** @throws IssuerError ALREADY_EXISTS when the name was ever given, or another operator is that user. */
  createOperator(operator: New<OperatorRecord>): Promise<OperatorRecord>;
  /** @throws IssuerError WRONG_STATE when removed; ALREADY_EXISTS as `createOperator`. */
  updateOperator(operator: OperatorRecord): Promise<OperatorRecord>;

  // findings; not in the feed
  /** Answers with the record and its id. */
  addFinding(finding: Omit<FindingRecord, "id" | "acked">): Promise<FindingRecord>;
  /** One that was acknowledged before stays as it is. @throws IssuerError NOT_FOUND. */
  ackFinding(id: number, acked: NonNullable<FindingRecord["acked"]>): Promise<FindingRecord>;
  /**
   * Queues a delivery.
   * @param most when the webhook has so many already, the oldest goes.
   * @returns whether one went.
   */
  addDelivery(delivery: Omit<DeliveryRecord, "id" | "attempts">, most: number): Promise<boolean>;
  /** Notes a failed attempt. */
  postponeDelivery(id: number, dueAt: Date): Promise<void>;
  removeDelivery(id: number): Promise<void>;
  /**
   * Lets go of findings from before, and of the oldest when there are more than `most`, with their deliveries; at most
   * `limit` at once. @returns how many.
   */
  pruneFindings(due: { before: Date; most: number; limit: number }): Promise<number>;

  // campaigns of reviews; not in the feed
  /** @throws IssuerError ALREADY_EXISTS when there was ever one of the name. */
  createCampaign(campaign: CampaignRecord, bots: readonly string[]): Promise<void>;
  /** Notes up to which bot the audit names those that are late; null: all of them. */
  remindCampaign(name: string, upTo: string | null): Promise<void>;

  // audit
  /** Appends in order and answers with the sequence of each: dense, assigned here. */
  appendAudit(drafts: readonly AuditDraft[]): Promise<readonly number[]>;

  // the audit as a Merkle log
  /** Keeps hashes over full subtrees; they can be made again from the leaves at any time. */
  addLogNodes(nodes: readonly LogNode[]): Promise<void>;
  /** Keeps a checkpoint; one of the same size is replaced. */
  addLogCheckpoint(checkpoint: LogCheckpointRecord): Promise<void>;
  addLogHandover(handover: LogHandoverRecord): Promise<void>;

  // what services report
  /**
   * Adds to what is there; not in the change feed. A service has so many rows a day: above that only what it has reported on that
   * day already grows.
   * @returns how many of the uses were not taken.
   */
  addUses(
    uses: readonly UseRecord[],
    sightings: readonly SightingRecord[],
    rowsOfServiceAndDay: number,
  ): Promise<number>;

  // change feed
  /** Appends a change that no other method makes (a bundle's, above all); answers with its sequence. */
  appendChange<K extends ChangeKind>(change: {
    readonly kind: K;
    readonly key: string;
    readonly data: ChangeData[K];
  }): Promise<number>;

  /**
   * Moves the feed ahead to `upTo`, after a restore: a watcher whose position is from before starts from a snapshot,
   * rather than taking new changes for ones that it has seen.
   */
  skipChanges(upTo: number): Promise<void>;

  // housekeeping
  prune(request: PruneRequest): Promise<PruneResult>;

  /**
   * Runs `work` so that its writes can be undone alone: when it rejects, they are, and so does this.
   * Calls may nest but not overlap.
   */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

export interface BackupResult {
  readonly bytes: number;
  /** The feed position that the copy holds. */
  readonly feedSequence: number;
}

/**
 * Durable state. What a resolved transaction wrote survives the loss of power.
 */
export interface Store extends StoreReader {
  /**
   * Runs `work` in one serializable transaction: all of its writes or none. Transactions run one after the
   * other in the order of these calls; the next one waits while `work` does, so `work` must wait for nothing
   * but `tx`. `tx` must not be used after `work`. The next one may run, and reads may see what this one wrote, a little
   * before it is durable; this resolves after that.
   * @throws what `work` rejects with; STORE_UNAVAILABLE when it cannot be made durable; CLOSED.
   */
  transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;

  /**
   * Calls `listener` soon after each commit that changed the feed, with the newest sequence; never inside a
   * transaction. It is only a hint that there is something to read; it must not throw.
   * @returns stops the calls.
   */
  watch(listener: (upTo: number) => void): () => void;

  /**
   * Calls `listener` with each commit, before anything else can run or read: for caches, which must never know less
   * than a read of the store. It may be told of changes that were undone. It must not throw.
   * @returns stops the calls.
   */
  onCommit(listener: (changed: readonly ChangedKey[]) => void): () => void;

  /**
   * Calls `listener` with the audit records of each commit, by sequence and without gaps, before they are on disk. It must
   * not throw.
   * @returns stops the calls.
   */
  onAppended(listener: (records: readonly AppendedAudit[]) => void): () => void;

  /**
   * Writes a consistent copy to `file` (0600) while work goes on, and flushes it.
   * @throws IssuerError ALREADY_EXISTS when there is a file already.
   */
  backup(file: string): Promise<BackupResult>;

  /** What the database says of its own durability, e.g. `{ journal_mode: "wal", synchronous: "2" }`. */
  pragmas(): Promise<Readonly<Record<string, string>>>;

  /** Waits for the running transactions, then closes. Safe to call twice. */
  close(): Promise<void>;
}
