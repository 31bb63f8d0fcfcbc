import type { AuditFilter, AuditRecord, StoreReader } from "../store/index.ts";

/** Why a record is among the grounds. */
export type GroundRole =
  | "issued"
  | "instance"
  | "attested"
  | "resumed"
  | "token"
  | "entry"
  | "entry_changed"
  | "registered"
  | "passport"
  | "state"
  | "approved"
  | "since";

export interface Ground {
  readonly role: GroundRole;
  readonly record: AuditRecord;
}

/** An SVID as the audit has it. */
export interface IssuedFact {
  readonly id: string;
  readonly kind: string;
  readonly instance: string | null;
  readonly issuedAt: Date;
  readonly notAfter: Date;
  readonly audience: readonly string[];
}

/** What is to be explained, and as of when. */
export interface Explained {
  readonly bot: string;
  readonly at: Date;
  /** The SVID's own record. */
  readonly issued?: AuditRecord;
  readonly instances: readonly string[];
}

export interface Grounds {
  readonly grounds: readonly Ground[];
  /** What the instances received, by time. */
  readonly received: readonly IssuedFact[];
  /** Ids of the entries by which they came in. */
  readonly entries: readonly string[];
  readonly gaps: readonly string[];
}

/** What a record of the audit says, as far as it is needed here. */
interface Content {
  readonly outcome: string;
  readonly instance: string | null;
  readonly entry: string | null;
  readonly serial: string | null;
  readonly evidence?: { readonly selectors: readonly string[] };
  readonly details: Readonly<Record<string, string>>;
}

const PAGE = 1000;
/** Records that are read at most for one question, of each kind. */
export const MOST_READ = 20_000;
/** Records of what has happened since. */
const MOST_SINCE = 50;
/** Records that hold a passport in force, in full; what was only proposed is none. */
const PASSPORTS: ReadonlySet<string> = new Set([
  "bot.registered",
  "bot.staged",
  "bot.updated",
  "bot.approved",
]);
/** Decisions after which a bot is in the state that they are called by. Others say the state beside the passport. */
const STATES: ReadonlySet<string> = new Set([
  "bot.suspended",
  "bot.resumed",
  "bot.retired",
  "bot.ended",
  "bot.restricted",
]);

/**
 * Finds the records that say who this was and why it was let in: each is the newest of its role up to the instant asked
 * about, so that what they say is what was so then.
 */
export async function findGrounds(store: StoreReader, explained: Explained): Promise<Grounds> {
  const { bot, issued, instances } = explained;
  const isBy = byThen(explained);
  const gaps: string[] = [];
  const grounds = new Map<string, Ground>();
  const add = (role: GroundRole, record: AuditRecord | undefined): void => {
    if (record !== undefined) grounds.set(`${role} ${record.sequence}`, { role, record });
  };
  add("issued", issued);
  const entries = new Set<string>();
  const tokens = new Set<string>();
  const received: IssuedFact[] = [];
  const entryOfSvid = issued === undefined ? null : contentOf(issued).entry;
  if (entryOfSvid !== null) entries.add(entryOfSvid);
  for (const instance of instances) {
    const own = await readAll(store, { instanceId: instance });
    if (own.more) gaps.push(`instance ${instance} has more than ${MOST_READ} records`);
    const came = findCoverage(own.records, isBy);
    for (const [role, record] of came.roles) add(role, record);
    if (came.created === undefined)
      gaps.push(`the audit has no record of how instance ${instance} came`);
    if (entryOfSvid === null && came.entry !== null) entries.add(came.entry);
    for (const token of came.tokens) tokens.add(token);
    received.push(...came.received);
  }
  const decided = await readAll(store, { decidedAbout: bot });
  if (decided.more) gaps.push(`bot ${bot} has more than ${MOST_READ} records of decisions`);
  for (const [role, record] of passportGrounds(decided.records, isBy)) add(role, record);
  for (const entry of entries) {
    const found = entryGrounds(decided.records, entry, isBy);
    for (const [role, record] of found) add(role, record);
    if (!found.some(([role]) => role === "entry")) {
      gaps.push(`the audit has no record of how entry ${entry} was made`);
    } else if (!found.some(([, record]) => "selectors" in contentOf(record).details)) {
      gaps.push(`what entry ${entry} said was not recorded by the version that made it`);
    }
  }
  if (![...grounds.values()].some(({ role }) => role === "registered")) {
    gaps.push(`the audit has no record of how bot ${bot} was registered`);
  }
  for (const record of decided.records) {
    if (record.type === "token.created" && tokens.has(contentOf(record).details.token ?? "")) {
      add("token", record);
    }
  }
  for (const record of sinceThen(decided.records, explained, entries, isBy)) add("since", record);
  received.sort((a, b) => a.issuedAt.getTime() - b.issuedAt.getTime());
  return { grounds: [...grounds.values()], received, entries: [...entries], gaps };
}

/**
 * The X509-SVIDs and JWT-SVIDs of a bot that were valid at an instant, by their records, the newest first.
 * @returns more: there may be older ones: only the newest records were read.
 */
export async function issuedAround(
  store: StoreReader,
  bot: string,
  at: Date,
  longestSeconds: number,
): Promise<{ readonly issued: readonly IssuedFact[]; readonly more: boolean }> {
  const since = new Date(at.getTime() - longestSeconds * 1000);
  const until = new Date(at.getTime() + 1);
  const filter = { bot, type: "svid.issued", since, until };
  const { records, more } = await readAll(store, filter, "newest");
  return { issued: records.map(factOf).filter(({ notAfter }) => notAfter >= at), more };
}

async function readAll(
  store: StoreReader,
  filter: AuditFilter,
  first: "oldest" | "newest" = "oldest",
): Promise<{ readonly records: readonly AuditRecord[]; readonly more: boolean }> {
  const records: AuditRecord[] = [];
  let last = first === "oldest" ? 0 : Number.MAX_SAFE_INTEGER;
  while (records.length < MOST_READ) {
    const from = first === "oldest" ? { afterSequence: last } : { beforeSequence: last };
    const page = await store.listAudit({ ...filter, ...from, limit: PAGE });
    records.push(...page);
    if (page.length < PAGE) return { records, more: false };
    last = page.at(-1)?.sequence ?? last;
    // Others have their turn: the reads themselves do not wait for anything.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { records, more: true };
}

type Found = readonly [GroundRole, AuditRecord];

type IsBy = (record: AuditRecord) => boolean;

/** Whether a record is from up to then; within the millisecond of an SVID, from before it. */
function byThen({ at, issued }: Explained): IsBy {
  const then = at.getTime();
  const last = issued?.at.getTime() === then ? issued.sequence : Number.POSITIVE_INFINITY;
  return ({ at: when, sequence }) =>
    when.getTime() < then || (when.getTime() === then && sequence <= last);
}

/** How an instance came, what it proved, and what it was given. */
function findCoverage(records: readonly AuditRecord[], isBy: IsBy) {
  const before = records.filter(isBy);
  const created = before.find(({ type }) => type === "instance.created");
  const attested = before.findLast(({ type }) => type === "attestation.accepted");
  const resumed = before.findLast(({ type }) => type === "instance.resumed");
  const roles: Found[] = [];
  if (created !== undefined) roles.push(["instance", created]);
  if (attested !== undefined) roles.push(["attested", attested]);
  if (resumed !== undefined) roles.push(["resumed", resumed]);
  const newest = resumed ?? created;
  const proven = [created, attested].flatMap((record) =>
    record === undefined ? [] : (contentOf(record).evidence?.selectors ?? []),
  );
  const tokens = proven.flatMap((each) => /^join_token:id:(.+)$/.exec(each)?.[1] ?? []);
  const received = records.filter(({ type }) => type === "svid.issued").map(factOf);
  const entry = newest === undefined ? null : contentOf(newest).entry;
  return { created, roles, tokens, received, entry };
}

function passportGrounds(records: readonly AuditRecord[], isBy: IsBy): readonly Found[] {
  const before = records.filter((each) => isBy(each) && each.type.startsWith("bot."));
  const found: Found[] = [];
  const registered = before.find(({ type }) => type === "bot.registered" || type === "bot.staged");
  if (registered !== undefined) found.push(["registered", registered]);
  const passport = before.findLast((each) => PASSPORTS.has(each.type) && holdsPassport(each));
  if (passport !== undefined) found.push(["passport", passport]);
  const state = before.findLast((each) => STATES.has(each.type) || holdsPassport(each));
  if (state !== undefined) found.push(["state", state]);
  for (const record of before) if (isApproval(record)) found.push(["approved", record]);
  return found;
}

/** A passport in full. */
function holdsPassport(record: AuditRecord): boolean {
  const { outcome, details } = contentOf(record);
  return outcome === "ok" && "owner" in details && "purpose" in details && "spiffeId" in details;
}

function isApproval({ type }: AuditRecord): boolean {
  return /^(bot|entry)\.approved$/.test(type);
}

function entryGrounds(records: readonly AuditRecord[], id: string, isBy: IsBy): readonly Found[] {
  const own = records.filter((each) => contentOf(each).entry === id && isBy(each));
  const found: Found[] = [];
  const made = own.find(({ type }) => type === "entry.created" || type === "entry.staged");
  if (made !== undefined) found.push(["entry", made]);
  const changed = own.findLast(
    (each) =>
      each.type === "entry.updated" ||
      (each.type === "entry.approved" && "waited" in contentOf(each).details),
  );
  if (changed !== undefined) found.push(["entry_changed", changed]);
  for (const record of own) if (isApproval(record)) found.push(["approved", record]);
  return found;
}

/** What was decided later of the bot, the entries, the instances and the SVID. */
function sinceThen(
  records: readonly AuditRecord[],
  { issued, instances }: Explained,
  entries: ReadonlySet<string>,
  isBy: IsBy,
): readonly AuditRecord[] {
  const serial = issued?.serial ?? "";
  return records
    .filter((record) => {
      if (isBy(record)) return false;
      if (record.type.startsWith("bot.")) return true;
      const { entry } = contentOf(record);
      if (record.type.startsWith("entry.")) return entry !== null && entries.has(entry);
      if (record.type === "svid.revoked") return record.serial === serial;
      const { instanceId } = record;
      return record.type.startsWith("instance.") && instances.includes(instanceId ?? "");
    })
    .slice(0, MOST_SINCE);
}

function factOf(record: AuditRecord): IssuedFact {
  const { instance, details } = contentOf(record);
  const { kind = "", notAfter = "", audience = "" } = details;
  return {
    id: record.serial ?? "",
    kind,
    instance,
    issuedAt: record.at,
    notAfter: new Date(notAfter),
    audience: audience === "" ? [] : audience.split(" "),
  };
}

const contents = new WeakMap<AuditRecord, Content>();

function contentOf(record: AuditRecord): Content {
  let content = contents.get(record);
  if (content === undefined) {
    content = JSON.parse(record.bytes) as Content;
    contents.set(record, content);
  }
  return content;
}
