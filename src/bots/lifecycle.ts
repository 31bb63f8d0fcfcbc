import { IssuerError } from "../errors.ts";
import type {
  BotRecord,
  DenialRecord,
  EntryRecord,
  InstanceRecord,
  InstanceState,
  IssuanceFilter,
  IssuanceRecord,
  StoreReader,
  StoreTransaction,
} from "../store/index.ts";
import { instancesWith, tokenOfEvidence } from "./instances.ts";
import { missingSelectors } from "./matching.ts";
import { cellOf } from "./states.ts";

/** What a change of a passport did to what the bot holds. */
export interface StateChange {
  readonly bot: BotRecord;
  /** Live SVIDs that are denied now. */
  readonly denied: number;
  /** Instances that ended. */
  readonly instances: readonly InstanceRecord[];
  /** Join tokens that are void now. */
  readonly tokensVoided: number;
  /** False: the bot was in that state before, and nothing was done. */
  readonly changed: boolean;
}

/** When the denial of a SPIFFE ID needs no renewing: it is lifted, or stays for ever. */
const FOR_EVER = new Date("9999-12-31T23:59:59.000Z");

/**
 * Suspends: no issuance, all that the bot holds denied, its instances ended, its tokens void.
 * @throws IssuerError NOT_FOUND; WRONG_STATE when retired.
 */
export function suspendBot(tx: StoreTransaction, name: string, now: Date): Promise<StateChange> {
  return stopBot(tx, name, "suspended", now);
}

/**
 * Retires for good, as suspending does. Name and SPIFFE ID are never given again.
 * @throws IssuerError NOT_FOUND.
 */
export function retireBot(tx: StoreTransaction, name: string, now: Date): Promise<StateChange> {
  return stopBot(tx, name, "retired", now);
}

/**
 * Lets a suspended bot attest again. What it held before stays denied, by serial and jti.
 * @throws IssuerError NOT_FOUND; WRONG_STATE when retired.
 */
export async function resumeBot(
  tx: StoreTransaction,
  name: string,
  now: Date,
): Promise<StateChange> {
  const bot = await existingBot(tx, name);
  if (bot.state === "retired") {
    throw new IssuerError("WRONG_STATE", `bot ${name} is retired and cannot resume`);
  }
  const unchanged = { bot, denied: 0, instances: [], tokensVoided: 0, changed: false };
  if (bot.state === "active") return unchanged;
  cellOf(bot, "resume");
  await tx.liftDenial("spiffe_id", bot.spiffeId);
  const resumed = await tx.updateBot({ ...bot, state: "active", updatedAt: now });
  return { ...unchanged, bot: resumed, changed: true };
}

/** The end date has come: as suspending, but the passport itself stays as it is. */
export async function endBot(
  tx: StoreTransaction,
  bot: BotRecord,
  now: Date,
): Promise<StateChange> {
  return { bot, ...(await cutBot(tx, bot, "ended", now)), changed: true };
}

/** Lifts what an end date denied, once a later one is given. */
export async function liftEnd(tx: StoreTransaction, bot: BotRecord): Promise<void> {
  if (bot.state === "active") await tx.liftDenial("spiffe_id", bot.spiffeId);
}

/** An instance's end, with the number of live SVIDs that are denied now. */
export interface InstanceEnd {
  readonly instance: InstanceRecord;
  readonly denied: number;
}

/**
 * Evicts: denies what the instance holds, voids the token that made it. Its evidence may attest again.
 * @throws IssuerError NOT_FOUND; WRONG_STATE when it has ended already.
 */
export async function evictInstance(
  tx: StoreTransaction,
  id: string,
  now: Date,
): Promise<InstanceEnd> {
  return endInstance(tx, await existingInstance(tx, id), "evicted", now);
}

/**
 * Evicts, and refuses the same evidence from now on.
 * @throws IssuerError NOT_FOUND.
 */
export async function banInstance(
  tx: StoreTransaction,
  id: string,
  reason: string,
  now: Date,
): Promise<InstanceEnd> {
  const instance = await tx.getInstance(id);
  if (instance === undefined) throw new IssuerError("NOT_FOUND", `instance ${id} does not exist`);
  const { evidenceKey, bot } = instance;
  await tx.addBan({ evidenceKey, bot, reason, createdAt: now });
  return endInstance(tx, instance, "banned", now);
}

/** Ends an instance: state, denials of what it holds, its token void when it was put out by somebody. */
export async function endInstance(
  tx: StoreTransaction,
  instance: InstanceRecord,
  state: Exclude<InstanceState, "active">,
  now: Date,
): Promise<InstanceEnd> {
  const own = await denyLive(tx, { instanceId: instance.id }, state, now);
  // A node that has only left says nothing against its processes.
  const behind =
    state === "ended" ? 0 : await endBehind(tx, { nodeInstance: instance.id }, state, now);
  const denied = own + behind;
  const token = tokenOfEvidence(instance.evidenceKey);
  if (token !== undefined && state !== "ended" && (await tx.getToken(token)) !== undefined) {
    await tx.voidToken(token, now);
  }
  return { instance: await tx.updateInstance({ ...instance, state, lastSeenAt: now }), denied };
}

/**
 * Ends what was issued through an entry that is no more.
 * @returns how many live SVIDs are denied now.
 */
export async function endEntry(tx: StoreTransaction, entryId: string, now: Date): Promise<number> {
  for (const instance of await activeInstances(tx, { entryId })) {
    await tx.updateInstance({ ...instance, state: "ended", lastSeenAt: now });
  }
  return denyLive(tx, { entryId }, "ended", now);
}

/** Deletes an entry, and ends what was issued through it. */
export async function removeEntry(
  tx: StoreTransaction,
  entryId: string,
  now: Date,
): Promise<{ readonly entry: EntryRecord; readonly denied: number }> {
  const denied = await endEntry(tx, entryId, now);
  return { entry: await tx.deleteEntry(entryId), denied };
}

/**
 * Ends what a narrower entry would not let in, or would not give any more: instances that have not proven all that it asks for now,
 * tokens for audiences and certificates with names that it has no more.
 * @returns how many live SVIDs are denied.
 */
export async function cutBeyondEntry(
  tx: StoreTransaction,
  before: EntryRecord,
  entry: EntryRecord,
  now: Date,
): Promise<number> {
  const lessNames = before.dnsNames.some((each) => !entry.dnsNames.includes(each));
  const lessAudiences = before.audiences.some((each) => !entry.audiences.includes(each));
  const asksMore = missingSelectors(entry, before.selectors).length > 0;
  if (!lessNames && !lessAudiences && !asksMore) return 0;
  let denied = 0;
  if (asksMore) {
    for (const instance of await activeInstances(tx, { entryId: entry.id })) {
      if (missingSelectors(entry, instance.selectors).length === 0) continue;
      denied += (await endInstance(tx, instance, "ended", now)).denied;
    }
  }
  const unproven = new Map<string, boolean>();
  const isUnproven = async (id: string): Promise<boolean> => {
    const known = unproven.get(id);
    if (known !== undefined) return known;
    const instance = await tx.getInstance(id);
    const missing = instance === undefined ? [] : missingSelectors(entry, instance.selectors);
    unproven.set(id, missing.length > 0);
    return missing.length > 0;
  };
  const beyond: IssuanceRecord[] = [];
  for (const issued of await tx.liveIssuances({ entryId: entry.id }, now)) {
    const { kind, instanceId, audiences } = issued;
    const outside =
      (kind === "x509" && lessNames) ||
      audiences.some((each) => !entry.audiences.includes(each)) ||
      (asksMore && instanceId !== null && (await isUnproven(instanceId)));
    if (outside) beyond.push(issued);
  }
  return denied + (await denyUndenied(tx, beyond));
}

/** Denies those of these that nobody has denied before. @returns how many that are. */
export async function denyUndenied(
  tx: StoreTransaction,
  issued: readonly IssuanceRecord[],
): Promise<number> {
  const denials: Denial[] = [];
  for (const each of issued) {
    const denial = denialOf(each, "revoked");
    if ((await tx.getDenial(denial.kind, denial.value)) === undefined) denials.push(denial);
  }
  if (denials.length > 0) await tx.addDenials(denials);
  return denials.length;
}

/** The bot, or NOT_FOUND. */
export async function existingBot(
  from: Pick<StoreReader, "getBot">,
  name: string,
): Promise<BotRecord> {
  const bot = await from.getBot(name);
  if (bot === undefined) throw new IssuerError("NOT_FOUND", `bot ${name} does not exist`);
  return bot;
}

async function existingInstance(tx: StoreTransaction, id: string): Promise<InstanceRecord> {
  const instance = await tx.getInstance(id);
  if (instance === undefined) throw new IssuerError("NOT_FOUND", `instance ${id} does not exist`);
  if (instance.state === "evicted" || instance.state === "banned") {
    throw new IssuerError("WRONG_STATE", `instance ${id} is ${instance.state} already`);
  }
  return instance;
}

async function stopBot(
  tx: StoreTransaction,
  name: string,
  state: "suspended" | "retired",
  now: Date,
): Promise<StateChange> {
  const bot = await existingBot(tx, name);
  if (bot.state === state) {
    return { bot, denied: 0, instances: [], tokensVoided: 0, changed: false };
  }
  if (bot.state === "retired") {
    throw new IssuerError("WRONG_STATE", `bot ${name} is retired for good`);
  }
  cellOf(bot, state === "suspended" ? "suspend" : "retire");
  const stopped = await tx.updateBot({ ...bot, state, updatedAt: now });
  return { bot: stopped, ...(await cutBot(tx, bot, state, now)), changed: true };
}

async function cutBot(
  tx: StoreTransaction,
  bot: BotRecord,
  reason: string,
  now: Date,
): Promise<Pick<StateChange, "denied" | "instances" | "tokensVoided">> {
  const own = await denyLive(tx, { bot: bot.name }, reason, now);
  const denied = own + (await endBehind(tx, { nodeBot: bot.name }, reason, now));
  const { spiffeId } = bot;
  await tx.addDenials([{ kind: "spiffe_id", value: spiffeId, reason, expiresAt: FOR_EVER }]);
  const instances = await activeInstances(tx, { bot: bot.name });
  for (const instance of instances) {
    await tx.updateInstance({ ...instance, state: "ended", lastSeenAt: now });
  }
  return { denied, instances, tokensVoided: await tx.voidTokensOfBot(bot.name, now) };
}

/** Ends the processes that a node spoke for: their keys were with it. @returns how many live SVIDs are denied now. */
async function endBehind(
  tx: StoreTransaction,
  filter: { readonly nodeBot: string } | { readonly nodeInstance: string },
  reason: string,
  now: Date,
): Promise<number> {
  let denied = 0;
  for (const instance of await instancesWith(tx, filter)) {
    denied += await denyLive(tx, { instanceId: instance.id }, reason, now);
    if (instance.state !== "active") continue;
    await tx.updateInstance({ ...instance, state: "ended", lastSeenAt: now });
  }
  return denied;
}

type Denial = Omit<DenialRecord, "sequence">;

function denialOf({ kind, id, notAfter }: IssuanceRecord, reason: string): Denial {
  return { kind: kind === "x509" ? "serial" : "jti", value: id, reason, expiresAt: notAfter };
}

async function denyLive(
  tx: StoreTransaction,
  filter: IssuanceFilter,
  reason: string,
  now: Date,
): Promise<number> {
  const live = await tx.liveIssuances(filter, now);
  const denials = live.map((each) => denialOf(each, reason));
  if (denials.length > 0) await tx.addDenials(denials);
  return denials.length;
}

function activeInstances(
  tx: StoreTransaction,
  filter: { readonly bot?: string; readonly entryId?: string },
): Promise<readonly InstanceRecord[]> {
  return instancesWith(tx, { ...filter, state: "active" });
}
