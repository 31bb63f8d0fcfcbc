import { termsOf } from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import type { BotRecord, EntryRecord, StoreReader, UseRecord } from "../../store/index.ts";
import type {
  BotUsage,
  GetUsageRequest__Output,
  GetUsageResponse,
  ListUsageRequest__Output,
  ListUsageResponse,
} from "../../wire/index.ts";
import type { AdminServices } from "./context.ts";
import { pageOf, requiredOf } from "./fields.ts";

const MOST_DAYS = 400;
const MOST_USED = 1_000;
const DAY_MS = 86_400_000;

/** The methods of ExplainService that set what is granted against what is used. */
export function usageMethods({ store, clock, uses }: AdminServices) {
  return {
    async getUsage(request: GetUsageRequest__Output): Promise<GetUsageResponse> {
      const name = requiredOf("bot", request.bot);
      const since = sinceOf(clock.now(), request.days, 90);
      await uses.write();
      const bot = await store.getBot(name);
      if (bot === undefined) throw new IssuerError("NOT_FOUND", `bot ${name} does not exist`);
      const facts = await factsOf(store, bot, since);
      const audiences = audiencesOf(bot, facts);
      const peers = peersOf(bot, facts);
      return {
        bot: name,
        since: dayOf(since),
        used: facts.used.slice(0, MOST_USED).map(({ firstAt, lastAt, ...use }) => ({
          service: use.service,
          audience: use.audience,
          operation: use.operation,
          refused: use.refused,
          count: use.count,
          firstMs: firstAt.getTime(),
          lastMs: lastAt.getTime(),
          granted:
            (use.audience === "" || audiences.has(use.audience)) &&
            (peers.length === 0 || peers.some(({ covers }) => covers(use.service))),
        })),
        usedCount: facts.used.length,
        audiences: [...audiences].map(([audience, { entries, lastMs }]) => ({
          audience,
          entries: entries.map(({ id }) => id),
          lastUsedMs: lastMs,
        })),
        entries: facts.entries.map(({ id }) => ({
          id,
          lastSeenMs: facts.seen.get(id)?.getTime() ?? 0,
        })),
        peers: peers.map(({ peer, lastMs }) => ({ peer, lastUsedMs: lastMs })),
        ...summaryOf(bot, facts, since),
      };
    },

    async listUsage(request: ListUsageRequest__Output): Promise<ListUsageResponse> {
      const since = sinceOf(clock.now(), request.days, 30);
      const page = pageOf(request);
      await uses.write();
      const filter = request.owner === "" ? {} : { owner: request.owner };
      const { items, next } = await store.listBots(filter, page);
      const bots: BotUsage[] = [];
      for (const [place, bot] of items.entries()) {
        // Reads wait for nothing: others must have their turn.
        if (place % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
        if (bot.state === "retired") continue;
        const facts = await factsOf(store, bot, since);
        const usage = {
          bot: bot.name,
          owner: bot.owner,
          ...summaryOf(bot, facts, since),
          unusedAudiences: unusedAudiencesOf(bot, facts, since),
          unusedEntries: unusedEntriesOf(facts, since),
          unusedPeers: unusedPeersOf(bot, facts, since),
        };
        const { state, unusedAudiences, unusedEntries, unusedPeers } = usage;
        const unused = [...unusedAudiences, ...unusedEntries, ...unusedPeers];
        // What is new has had no time to be used.
        const isUnused = state === "idle" || state === "issued";
        if (request.unused && !isUnused && unused.length === 0) continue;
        bots.push(usage);
      }
      return { bots, nextPageToken: next ?? "" };
    },
  };
}

/** What is known of a bot's grants and uses. */
interface Facts {
  readonly entries: readonly EntryRecord[];
  readonly used: readonly UseRecord[];
  readonly lastUse: Date | undefined;
  /** When an instance came by an entry last, or was last seen. */
  readonly seen: ReadonlyMap<string, Date>;
  /** SPIFFE IDs of the services that have reported it, by name. */
  readonly services: ReadonlyMap<string, string>;
}

async function factsOf(store: StoreReader, bot: BotRecord, since: Date): Promise<Facts> {
  const { name } = bot;
  const [entries, used, lastUse, seen] = await Promise.all([
    store.entriesOfBot(name),
    store.usesOf(name, dayOf(since)),
    store.lastUseOf(name),
    store.entriesSeen(name),
  ]);
  const names = [...new Set(used.map(({ service }) => service))];
  const services = await Promise.all(names.map((service) => store.getBot(service)));
  return {
    entries,
    used,
    lastUse,
    seen,
    services: new Map(services.flatMap((each) => (each ? [[each.name, each.spiffeId]] : []))),
  };
}

function summaryOf({ createdAt }: BotRecord, { lastUse, seen }: Facts, since: Date) {
  const lastUsedMs = lastUse?.getTime() ?? 0;
  const lastIssuedMs = Math.max(0, ...[...seen.values()].map((at) => at.getTime()));
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

/** Whom the passport lets the bot call, and when each has reported it last; 0: not since. */
function peersOf(bot: BotRecord, { used, services }: Facts) {
  const accepted = used.filter(({ refused }) => refused === "");
  return termsOf(bot).mayCall.map((peer) => {
    const covers = (service: string): boolean => {
      const spiffeId = services.get(service) ?? "";
      if (peer.endsWith("/*")) return spiffeId.startsWith(peer.slice(0, -1));
      return peer === service || peer === spiffeId;
    };
    const times = accepted.flatMap(({ service, lastAt }) =>
      covers(service) ? [lastAt.getTime()] : [],
    );
    return { peer, covers, lastMs: Math.max(0, ...times) };
  });
}

/** The audiences that entries grant within the passport, with these entries, and when each was used last; 0: not since. */
function audiencesOf(bot: BotRecord, { entries, used }: Facts) {
  const allowed = termsOf(bot).audiences;
  const found = new Map<string, { readonly entries: EntryRecord[]; lastMs: number }>();
  for (const entry of entries) {
    for (const audience of entry.audiences) {
      if (allowed.length > 0 && !allowed.includes(audience)) continue;
      const known = found.get(audience) ?? { entries: [], lastMs: 0 };
      known.entries.push(entry);
      found.set(audience, known);
    }
  }
  for (const { audience, refused, lastAt } of used) {
    const grant = found.get(audience);
    if (grant === undefined || refused !== "") continue;
    grant.lastMs = Math.max(grant.lastMs, lastAt.getTime());
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unusedPeersOf(bot: BotRecord, facts: Facts, since: Date): string[] {
  // A passport that was changed since may have been widened then.
  if (bot.updatedAt >= since) return [];
  return peersOf(bot, facts).flatMap(({ peer, lastMs }) => (lastMs === 0 ? [peer] : []));
}

function unusedAudiencesOf(bot: BotRecord, facts: Facts, since: Date): string[] {
  return [...audiencesOf(bot, facts)]
    .filter(([, { lastMs, entries }]) => lastMs === 0 && entries.some(isOlderThan(since)))
    .map(([audience]) => audience);
}

function unusedEntriesOf({ entries, seen }: Facts, since: Date): string[] {
  return entries
    .filter(isOlderThan(since))
    .filter(({ id }) => (seen.get(id)?.getTime() ?? 0) < since.getTime())
    .map(({ id }) => id);
}

function isOlderThan(since: Date): (entry: EntryRecord) => boolean {
  return ({ createdAt }) => createdAt < since;
}

/** The start of the first of so many days, today the last of them. */
function sinceOf(now: Date, days: number, byDefault: number): Date {
  const wanted = days === 0 ? byDefault : days;
  if (wanted > MOST_DAYS) {
    throw new IssuerError("REQUEST_INVALID", `days ${wanted} is above ${MOST_DAYS}`);
  }
  return new Date(`${dayOf(new Date(now.getTime() - (wanted - 1) * DAY_MS))}T00:00:00Z`);
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
