import { isPending, termsOf } from "../../bots/index.ts";
import type { BotRecord, EntryRecord, StoreReader, UseRecord } from "../../store/index.ts";
import { type HeldThroughout, heldThroughout } from "./passport-history.ts";

/** A service that has reported nobody for so long says nothing by saying nothing. */
const REPORTS_WITHIN_MS = 7 * 86_400_000;

/** What a bot is granted, and what services report of it. */
export interface UseFacts {
  readonly bot: BotRecord;
  readonly since: Date;
  /** Those that let somebody in. */
  readonly entries: readonly EntryRecord[];
  /** Those that nobody has approved yet. */
  readonly pending: readonly EntryRecord[];
  readonly used: readonly UseRecord[];
  /** Who called the bot, as its own service reports. */
  readonly callers: readonly UseRecord[];
  readonly lastUse: Date | undefined;
  /** When an instance came by an entry last, or was last seen. */
  readonly seen: ReadonlyMap<string, Date>;
  /** SPIFFE IDs of bots that are named in reports, by name. */
  readonly ids: ReadonlyMap<string, string>;
  /** Whom it may call and who may call it, as it stood all the time. */
  readonly held: HeldThroughout;
}

/** used; unused; new: not as old as the days; unknown: nobody who could report it reports anything; pending: not approved. */
export type GrantState = "used" | "unused" | "new" | "unknown" | "pending";

export interface Grant {
  readonly name: string;
  readonly state: GrantState;
  /** 0: not within the days. */
  readonly lastMs: number;
  /** Whose services report it. */
  readonly reportedBy: readonly string[];
}

export async function useFactsOf(
  store: StoreReader,
  bot: BotRecord,
  since: Date,
): Promise<UseFacts> {
  const { name } = bot;
  const day = dayOf(since);
  const [entries, used, callers, lastUse, seen, held] = await Promise.all([
    store.entriesOfBot(name),
    store.usesOf(name, day),
    store.usesAt(name, day),
    store.lastUseOf(name),
    store.entriesSeen(name),
    heldThroughout(store, bot, since),
  ]);
  const named = [...used.map(({ service }) => service), ...callers.map((use) => use.bot)];
  const bots = await Promise.all([...new Set(named)].map((each) => store.getBot(each)));
  return {
    bot,
    since,
    entries: entries.filter((entry) => !isPending(entry)),
    pending: entries.filter(isPending),
    used,
    callers,
    lastUse,
    seen,
    ids: new Map(bots.flatMap((each) => (each ? [[each.name, each.spiffeId]] : []))),
    held,
  };
}

/** Bots whose services report anybody at all these days, by name, with their SPIFFE IDs. */
export async function reportersOf(
  store: StoreReader,
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  const names = await store.reportingServices(dayOf(new Date(now.getTime() - REPORTS_WITHIN_MS)));
  const bots = await Promise.all(names.map((name) => store.getBot(name)));
  return new Map(bots.flatMap((each) => (each ? [[each.name, each.spiffeId]] : [])));
}

/** Whether a peer of a passport stands for the bot. */
export function covers(peer: string, name: string, spiffeId: string): boolean {
  if (peer.endsWith("/*")) return spiffeId.startsWith(peer.slice(0, -1));
  return peer === name || peer === spiffeId;
}

export function summaryOf({ bot: { createdAt }, lastUse, seen, since }: UseFacts) {
  const lastUsedMs = lastUse?.getTime() ?? 0;
  const lastIssuedMs = newest([...seen.values()]);
  const from = since.getTime();
  const state =
    lastUsedMs >= from
      ? "used"
      : lastIssuedMs >= from
        ? "issued"
        : createdAt >= since
          ? "new"
          : "idle";
  return { state, lastUsedMs, lastIssuedMs };
}

/** Audiences that entries grant within the passport, by name, with these entries. */
export function grantedAudiences(
  { bot }: UseFacts,
  entries: readonly EntryRecord[],
): ReadonlyMap<string, readonly EntryRecord[]> {
  const allowed = termsOf(bot).audiences;
  const found = new Map<string, EntryRecord[]>();
  for (const entry of entries) {
    for (const audience of entry.audiences) {
      if (allowed.length > 0 && !allowed.includes(audience)) continue;
      found.set(audience, [...(found.get(audience) ?? []), entry]);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What else speaks for or against what services report. */
export interface Doubts {
  /** Whether tokens for the audience are issued, as far as anybody can tell. */
  readonly isIssued: (audience: string) => boolean;
  /** Whether the bot could not have called then. */
  readonly wasWithout: (at: Date) => boolean;
}

const NO_DOUBTS: Doubts = { isIssued: () => false, wasWithout: () => false };

export function audienceGrants(facts: UseFacts, doubts: Doubts = NO_DOUBTS): readonly Grant[] {
  const granted = grantedAudiences(facts, facts.entries);
  const waits = [...grantedAudiences(facts, facts.pending).keys()].filter(
    (audience) => !granted.has(audience),
  );
  return [
    ...[...granted].map(([audience, entries]): Grant => {
      const uses = accepted(facts.used).filter((use) => use.audience === audience);
      const isOld = entries.some(isOlderThan(facts.since));
      const state = !isOld ? "new" : doubts.isIssued(audience) ? "unknown" : "unused";
      return grantOf(audience, uses, state, (use) => use.service, doubts);
    }),
    ...waits.map((name): Grant => ({ name, state: "pending", lastMs: 0, reportedBy: [] })),
  ];
}

/** @param reporters of `reportersOf`; absent: whoever is silent counts as a service that was not called. */
export function peerGrants(
  facts: UseFacts,
  reporters?: ReadonlyMap<string, string>,
  doubts: Doubts = NO_DOUBTS,
): readonly Grant[] {
  const { bot, used, ids, held } = facts;
  return termsOf(bot).mayCall.map((peer) => {
    const uses = accepted(used).filter(({ service }) =>
      covers(peer, service, ids.get(service) ?? ""),
    );
    const reports =
      reporters === undefined || [...reporters].some(([name, id]) => covers(peer, name, id));
    const state = !held.mayCall.has(peer) ? "new" : reports ? "unused" : "unknown";
    return grantOf(peer, uses, state, (use) => use.service, doubts);
  });
}

/** @param reports whether the bot's own service reports anybody these days. */
export function callerGrants(facts: UseFacts, reports: boolean): readonly Grant[] {
  const { bot, callers, ids, held } = facts;
  return termsOf(bot).calledBy.map((peer) => {
    const uses = accepted(callers).filter((use) => covers(peer, use.bot, ids.get(use.bot) ?? ""));
    const state = !held.calledBy.has(peer) ? "new" : reports ? "unused" : "unknown";
    return grantOf(peer, uses, state, () => bot.name);
  });
}

export function entryGrants({ entries, pending, seen, since }: UseFacts): readonly Grant[] {
  return [
    ...entries.map((entry): Grant => {
      const lastMs = seen.get(entry.id)?.getTime() ?? 0;
      const isUsed = lastMs >= since.getTime();
      const state = isUsed ? "used" : isOlderThan(since)(entry) ? "unused" : "new";
      return { name: entry.id, state, lastMs: isUsed ? lastMs : 0, reportedBy: [] };
    }),
    ...pending.map(({ id }): Grant => ({ name: id, state: "pending", lastMs: 0, reportedBy: [] })),
  ];
}

export function unusedOf(grants: readonly Grant[]): string[] {
  return grants.flatMap(({ name, state }) => (state === "unused" ? [name] : []));
}

/** The start of a day, UTC: YYYY-MM-DD. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function accepted(uses: readonly UseRecord[]): readonly UseRecord[] {
  return uses.filter(({ refused }) => refused === "");
}

function grantOf(
  name: string,
  uses: readonly UseRecord[],
  otherwise: GrantState,
  reporter: (use: UseRecord) => string,
  { wasWithout }: Doubts = NO_DOUBTS,
): Grant {
  // What cannot have been makes nothing used, and whoever says it makes nothing unused.
  const said = uses.every(({ lastAt }) => wasWithout(lastAt)) ? "unknown" : "used";
  return {
    name,
    state: uses.length > 0 ? said : otherwise,
    lastMs: newest(uses.map(({ lastAt }) => lastAt)),
    reportedBy: [...new Set(uses.map(reporter))].sort(),
  };
}

function newest(times: readonly Date[]): number {
  return times.reduce((last, at) => Math.max(last, at.getTime()), 0);
}

function isOlderThan(since: Date): (entry: EntryRecord) => boolean {
  return ({ createdAt }) => createdAt < since;
}
