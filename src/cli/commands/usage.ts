import type { Command } from "commander";
import type { ResponseOf } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import { checkBotName, checkText, example, parseInteger } from "../flags.ts";
import { allPages, PAGE_SIZE } from "../paging.ts";
import { type Column, renderRecord, renderTable, showInstant, showList } from "../table.ts";
import { instant } from "../views.ts";

const MOST_DAYS = 400;

interface UsageFlags {
  readonly days?: string;
  readonly owner?: string;
  readonly unused?: true;
}

/** `botpass usage`: what a bot was granted beside what services report that it used; without a bot, of all. */
export function addUsageCommand(program: Command, context: CliContext): void {
  const command = program
    .command("usage")
    .description("set what bots were granted against what services report that they used")
    .argument("[BOT]", "name of the bot (default: when each was used last)")
    .option("--days <N>", `how many days back, 1 to ${MOST_DAYS} (default: 90, of all bots 30)`)
    .option("--owner <OWNER>", "only the bots of this owner")
    .option("--unused", "only bots that are not used, or hold grants that are not")
    .action(async (bot: string | undefined, flags: UsageFlags, self: Command) => {
      const printer = printerOf(context, self);
      const { owner } = flags;
      const days = flags.days === undefined ? 0 : parseInteger("--days", flags.days, 1, MOST_DAYS);
      if (bot !== undefined) {
        checkBotName("BOT", bot);
        if (owner !== undefined || flags.unused) {
          throw usageError("--owner and --unused are about all bots: leave BOT out");
        }
        await withServer(context, self, async (server) => {
          const view = usageView(await server.call("ExplainService", "GetUsage", { bot, days }));
          printer.result(view, () => usageText(view));
        });
        return;
      }
      const wish = {
        days,
        unused: flags.unused === true,
        ...(owner !== undefined && { owner: checkText("--owner", owner, 256) }),
      };
      await withServer(context, self, async (server) => {
        const bots = await allPages(async (pageToken) => {
          const request = { ...wish, pageSize: PAGE_SIZE, pageToken };
          const answer = await server.call("ExplainService", "ListUsage", request);
          return { items: answer.bots, next: answer.nextPageToken };
        });
        printer.list("bots", bots.map(botUsageView), BOT_COLUMNS);
      });
    });
  example(command, "botpass usage invoice-poster", "botpass usage --unused --days 90");
}

/** Who calls and is called without a word to the issuer. */
export const NOT_COUNTED =
  "callers behind Envoy, another SPIFFE agent (SPIRE's), other libraries, and verifiers without countedBy";

type Usage = ResponseOf<"ExplainService", "GetUsage">;
type BotUsage = ResponseOf<"ExplainService", "ListUsage">["bots"][number];

/** Who has called a bot, beside who may. */
export function callerView({ lastMs, audience, refused, ...caller }: Usage["callers"][number]) {
  const { calledBy, mayCall } = caller;
  return {
    ...caller,
    audience: audience === "" ? null : audience,
    refused: refused === "" ? null : refused,
    lastAt: instant(lastMs),
    /** As `byPassport` would judge it. */
    rule: calledBy
      ? mayCall
        ? "allow it"
        : "may_call does not"
      : mayCall
        ? "called_by does not"
        : "neither names it",
  };
}

function usageView(answer: Usage) {
  return {
    bot: answer.bot,
    since: answer.since,
    state: answer.state,
    lastUsedAt: instantOrNull(answer.lastUsedMs),
    lastIssuedAt: instantOrNull(answer.lastIssuedMs),
    audiences: answer.audiences.map(({ audience, entries, lastUsedMs }) => ({
      audience,
      entries,
      lastUsedAt: instantOrNull(lastUsedMs),
    })),
    pendingAudiences: answer.pendingAudiences,
    entries: answer.entries.map(({ id, lastSeenMs, pending }) => ({
      id,
      lastSeenAt: instantOrNull(lastSeenMs),
      pending,
    })),
    peers: answer.peers.map(({ peer, lastUsedMs }) => ({
      peer,
      lastUsedAt: instantOrNull(lastUsedMs),
    })),
    calledBy: answer.calledBy.map(({ peer, lastUsedMs }) => ({
      peer,
      lastUsedAt: instantOrNull(lastUsedMs),
    })),
    reportsCallers: answer.reportsCallers,
    callers: answer.callers.map(callerView),
    notCounted: NOT_COUNTED,
    usedCount: answer.usedCount,
    used: answer.used.map(({ firstMs, lastMs, refused, audience, ...use }) => ({
      ...use,
      audience: audience === "" ? null : audience,
      refused: refused === "" ? null : refused,
      firstAt: instant(firstMs),
      lastAt: instant(lastMs),
    })),
  };
}

type UsageView = ReturnType<typeof usageView>;
type UsedView = UsageView["used"][number];

const USED_COLUMNS: readonly Column<UsedView>[] = [
  { heading: "SERVICE", cell: (use) => use.service },
  { heading: "BY", cell: (use) => (use.audience === null ? "x509" : `jwt ${use.audience}`) },
  {
    heading: "OPERATION",
    cell: (use) => use.operation || (use.audience === null ? "connection" : "token"),
  },
  { heading: "OUTCOME", cell: outcomeOf },
  { heading: "COUNT", cell: (use) => String(use.count) },
  { heading: "FIRST", cell: (use) => showInstant(use.firstAt) },
  { heading: "LAST", cell: (use) => showInstant(use.lastAt) },
];

const CALLER_COLUMNS: readonly Column<UsageView["callers"][number]>[] = [
  { heading: "CALLER", cell: (caller) => caller.bot },
  { heading: "BY", cell: ({ audience }) => (audience === null ? "x509" : `jwt ${audience}`) },
  { heading: "OUTCOME", cell: ({ refused }) => refused ?? "accepted" },
  { heading: "PASSPORTS", cell: ({ rule }) => rule },
  { heading: "COUNT", cell: ({ count }) => String(count) },
  { heading: "LAST", cell: ({ lastAt }) => showInstant(lastAt) },
];

function outcomeOf({ refused, granted }: UsedView): string {
  return refused ?? (granted ? "accepted" : "accepted, not granted today");
}

function usageText(view: UsageView): string {
  const lines = (
    name: string,
    grants: readonly { readonly what: string; readonly at: string | null }[],
    never: string,
  ) =>
    grants.map(({ what, at }): readonly [string, string] => [
      name,
      `${what}: ${at === null ? never : showInstant(at)}`,
    ]);
  const audiences = view.audiences.map((each) => ({ what: each.audience, at: each.lastUsedAt }));
  const peers = view.peers.map((each) => ({ what: each.peer, at: each.lastUsedAt }));
  const calledBy = view.calledBy.map((each) => ({ what: each.peer, at: each.lastUsedAt }));
  const approved = view.entries.filter(({ pending }) => !pending);
  const entries = approved.map((each) => ({ what: each.id, at: each.lastSeenAt }));
  const pending = [
    ...view.pendingAudiences,
    ...view.entries.filter((each) => each.pending).map(({ id }) => id),
  ];
  // Of who may call it nothing is known where its own service reports nobody.
  const callers = view.reportsCallers ? calledBy : [];
  const unused = [...audiences, ...peers, ...callers, ...entries].filter(({ at }) => at === null);
  const summary = renderRecord([
    ["Bot", view.bot],
    ["Since", view.since],
    ["State", view.state],
    ["Last used", showInstant(view.lastUsedAt)],
    ["Last issued", showInstant(view.lastIssuedAt)],
    ...lines("Audience", audiences, "not used"),
    ...lines("May call", peers, "not used"),
    ...lines(
      "Called by",
      calledBy,
      view.reportsCallers ? "has not called" : "not known: its service reports no callers",
    ),
    ...lines("Entry", entries, "nobody came by it"),
    ...(pending.length === 0 ? [] : [["Pending", showList(pending)] as const]),
    ["Not used", showList(unused.map(({ what }) => what))],
    ["Not counted", view.notCounted],
  ]);
  return [
    summary,
    ...(view.used.length === 0 ? [] : [renderTable(USED_COLUMNS, view.used)]),
    ...(view.callers.length === 0 ? [] : [renderTable(CALLER_COLUMNS, view.callers)]),
  ].join("\n");
}

function botUsageView(answer: BotUsage) {
  const { bot, owner, state, unusedAudiences, unusedEntries, unusedPeers } = answer;
  return {
    bot,
    owner,
    state,
    lastUsedAt: instantOrNull(answer.lastUsedMs),
    lastIssuedAt: instantOrNull(answer.lastIssuedMs),
    unusedAudiences,
    unusedEntries,
    unusedPeers,
    unusedCallers: answer.unusedCallers,
  };
}

const BOT_COLUMNS: readonly Column<ReturnType<typeof botUsageView>>[] = [
  { heading: "BOT", cell: (bot) => bot.bot },
  { heading: "OWNER", cell: (bot) => bot.owner },
  { heading: "STATE", cell: (bot) => bot.state },
  { heading: "LAST USED", cell: (bot) => showInstant(bot.lastUsedAt) },
  { heading: "LAST ISSUED", cell: (bot) => showInstant(bot.lastIssuedAt) },
  { heading: "UNUSED AUDIENCES", cell: (bot) => showList(bot.unusedAudiences) },
  { heading: "UNUSED PEERS", cell: unusedPeersOf },
  { heading: "UNUSED ENTRIES", cell: (bot) => showList(bot.unusedEntries) },
];

/** In both directions. */
function unusedPeersOf({ unusedPeers, unusedCallers }: ReturnType<typeof botUsageView>): string {
  return showList([...unusedPeers, ...unusedCallers.map((each) => `by ${each}`)]);
}

function instantOrNull(ms: number): string | null {
  return ms === 0 ? null : instant(ms);
}
