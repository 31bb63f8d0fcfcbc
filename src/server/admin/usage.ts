import { setImmediate as nextTurn } from "node:timers/promises";
import { callTargets, existingBot, mayCall, termsOf } from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import type { StoreReader } from "../../store/index.ts";
import type {
  BotUsage,
  CallerOfBot,
  GetUsageRequest__Output,
  GetUsageResponse,
  ListUsageRequest__Output,
  ListUsageResponse,
} from "../../wire/index.ts";
import type { AdminServices } from "./context.ts";
import { pageOf, requiredOf } from "./fields.ts";
import {
  audienceGrants,
  callerGrants,
  covers,
  dayOf,
  entryGrants,
  grantedAudiences,
  peerGrants,
  reportersOf,
  summaryOf,
  type UseFacts,
  unusedOf,
  useFactsOf,
} from "./grants.ts";

const MOST_DAYS = 400;
/** Uses, and callers, that an answer lists. */
export const MOST_USED = 1_000;
const DAY_MS = 86_400_000;

/** The methods of ExplainService that set what is granted against what is used. */
export function usageMethods({ store, clock, uses }: AdminServices) {
  return {
    async getUsage(request: GetUsageRequest__Output): Promise<GetUsageResponse> {
      const name = requiredOf("bot", request.bot);
      const since = sinceOf(clock.now(), request.days, 90);
      await uses.write();
      const bot = await existingBot(store, name);
      const facts = await useFactsOf(store, bot, since);
      const reporters = await reportersOf(store, clock.now());
      const granted = grantedAudiences(facts, facts.entries);
      const audiences = audienceGrants(facts);
      const seenMs = (id: string) => facts.seen.get(id)?.getTime() ?? 0;
      return {
        bot: name,
        since: dayOf(since),
        used: usedOperations(facts),
        usedCount: facts.used.length,
        audiences: audiences
          .filter(({ state }) => state !== "pending")
          .map(({ name: audience, lastMs }) => ({
            audience,
            entries: (granted.get(audience) ?? []).map(({ id }) => id),
            lastUsedMs: lastMs,
          })),
        entries: [
          ...facts.entries.map(({ id }) => ({ id, lastSeenMs: seenMs(id), pending: false })),
          ...facts.pending.map(({ id }) => ({ id, lastSeenMs: 0, pending: true })),
        ],
        peers: peerGrants(facts).map(({ name: peer, lastMs }) => ({ peer, lastUsedMs: lastMs })),
        calledBy: callerGrants(facts, true).map(({ name: peer, lastMs }) => ({
          peer,
          lastUsedMs: lastMs,
        })),
        callers: await callersOf(store, facts),
        pendingAudiences: audiences.flatMap(({ name: audience, state }) =>
          state === "pending" ? [audience] : [],
        ),
        reportsCallers: reporters.has(name),
        ...summaryOf(facts),
      };
    },

    async listUsage(request: ListUsageRequest__Output): Promise<ListUsageResponse> {
      const since = sinceOf(clock.now(), request.days, 30);
      const page = pageOf(request);
      await uses.write();
      const filter = request.owner === "" ? {} : { owner: request.owner };
      const { items, next } = await store.listBots(filter, page);
      const reporters = await reportersOf(store, clock.now());
      const bots: BotUsage[] = [];
      for (const [place, bot] of items.entries()) {
        // Reads wait for nothing: others must have their turn.
        if (place % 10 === 9) await nextTurn();
        if (bot.state === "retired") continue;
        const facts = await useFactsOf(store, bot, since);
        const usage = {
          bot: bot.name,
          owner: bot.owner,
          ...summaryOf(facts),
          unusedAudiences: unusedOf(audienceGrants(facts)),
          unusedEntries: unusedOf(entryGrants(facts)),
          unusedPeers: unusedOf(peerGrants(facts)),
          unusedCallers: unusedOf(callerGrants(facts, reporters.has(bot.name))),
        };
        const { state, unusedAudiences, unusedEntries, unusedPeers, unusedCallers } = usage;
        const unused = [...unusedAudiences, ...unusedEntries, ...unusedPeers, ...unusedCallers];
        // What is new has had no time to be used.
        const isUnused = state === "idle" || state === "issued";
        if (request.unused && !isUnused && unused.length === 0) continue;
        bots.push(usage);
      }
      return { bots, nextPageToken: next ?? "" };
    },
  };
}

/** What services report of the bot, and whether it is granted today; the last used first. */
export function usedOperations(facts: UseFacts) {
  const { bot, used, ids } = facts;
  const audiences = grantedAudiences(facts, facts.entries);
  const { mayCall: peers } = termsOf(bot);
  return used.slice(0, MOST_USED).map(({ firstAt, lastAt, ...use }) => ({
    service: use.service,
    audience: use.audience,
    operation: use.operation,
    refused: use.refused,
    count: use.count,
    firstMs: firstAt.getTime(),
    lastMs: lastAt.getTime(),
    granted:
      (use.audience === "" || audiences.has(use.audience)) &&
      (peers.length === 0 ||
        peers.some((peer) => covers(peer, use.service, ids.get(use.service) ?? ""))),
  }));
}

/** Who has called the bot, beside who may; the last first. */
export async function callersOf(store: StoreReader, facts: UseFacts): Promise<CallerOfBot[]> {
  const { bot, callers, ids } = facts;
  const added = new Map<string, CallerOfBot & { count: number; lastMs: number }>();
  const targets = new Set(callTargets(bot));
  for (const use of callers) {
    const key = JSON.stringify([use.bot, use.audience, use.refused]);
    const known = added.get(key);
    if (known !== undefined) {
      known.count += use.count;
      known.lastMs = Math.max(known.lastMs, use.lastAt.getTime());
      continue;
    }
    if (added.size >= MOST_USED) continue;
    const caller = await store.getBot(use.bot);
    added.set(key, {
      bot: use.bot,
      audience: use.audience,
      refused: use.refused,
      count: use.count,
      lastMs: use.lastAt.getTime(),
      calledBy: termsOf(bot).calledBy.some((peer) => covers(peer, use.bot, ids.get(use.bot) ?? "")),
      mayCall: caller !== undefined && mayCall(caller, targets),
    });
  }
  return [...added.values()];
}

/** The start of the first of so many days, today the last of them. @throws IssuerError REQUEST_INVALID naming days. */
export function sinceOf(now: Date, days: number, byDefault: number): Date {
  const wanted = days === 0 ? byDefault : days;
  if (wanted > MOST_DAYS) {
    throw new IssuerError("REQUEST_INVALID", `days ${wanted} is above ${MOST_DAYS}`);
  }
  return new Date(`${dayOf(new Date(now.getTime() - (wanted - 1) * DAY_MS))}T00:00:00Z`);
}
