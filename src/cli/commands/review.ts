import type { Command } from "commander";
import type { ResponseOf } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import { addGroup, checkBotName, checkLabel, checkText, example, parseInteger } from "../flags.ts";
import { allPages, PAGE_SIZE } from "../paging.ts";
import { type Column, renderRecord, renderTable, showInstant, showList } from "../table.ts";
import { parseDuration } from "../time.ts";
import { botView, instant, optionalInstant, present } from "../views.ts";
import { botFields } from "./bot-fields.ts";
import { addCampaignCommands } from "./review-campaign.ts";
import { commandsOf, differenceOf, type ProposalView } from "./review-commands.ts";
import { callerView, NOT_COUNTED } from "./usage.ts";

const MOST_DAYS = 400;
const DAY_SECONDS = 86_400;
const MOST_WITHIN = 10 * 365 * DAY_SECONDS;
const DIGEST = /^[0-9a-f]{64}$/;

/** `botpass review …`: which reviews are due, what a reviewer should look at, and the review itself. */
export function addReviewCommands(program: Command, context: CliContext): void {
  const group = addGroup(
    program,
    "review",
    "reviews: what bots were granted, against what they used",
  );
  addDue(group, context);
  addShow(group, context);
  addComplete(group, context);
  addCampaignCommands(group, context);
}

function addDue(group: Command, context: CliContext): void {
  const command = group
    .command("due")
    .description("list bots whose review is overdue, or due soon")
    .option("--within <DURATION>", "due so soon (default: 30d)")
    .option("--owner <OWNER>", "only the bots of this owner")
    .option(
      "--days <N>",
      `unused is what was not used for so many days, 1 to ${MOST_DAYS} (default: 90)`,
    )
    .action(async (flags: { within?: string; owner?: string; days?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const { owner, within } = flags;
      const wish = {
        withinSeconds:
          within === undefined
            ? 30 * DAY_SECONDS
            : within === "0"
              ? 0
              : parseDuration("--within", within, 1, MOST_WITHIN),
        days: daysOf(flags.days),
        ...(owner !== undefined && { owner: checkText("--owner", owner, 256) }),
      };
      const now = context.clock.now();
      await withServer(context, self, async (server) => {
        const found = await allPages(async (pageToken) => {
          const request = { ...wish, pageSize: PAGE_SIZE, pageToken };
          const answer = await server.call("ReviewService", "ListReviews", request);
          return { items: answer.reviews, next: answer.nextPageToken };
        });
        const reviews = found.map((each) => dueView(each, now));
        reviews.sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0));
        printer.list("reviews", reviews, DUE_COLUMNS);
      });
    });
  example(command, "botpass review due --within 30d --owner olga");
}

type Due = ResponseOf<"ReviewService", "ListReviews">["reviews"][number];

function dueView(answer: Due, now: Date) {
  return {
    bot: answer.bot,
    owner: answer.owner,
    environment: answer.environment,
    state: answer.state,
    revision: answer.revision,
    due: instant(answer.dueMs),
    /** Negative: overdue. */
    days: Math.floor((answer.dueMs - now.getTime()) / (DAY_SECONDS * 1000)),
    restrictAt: optionalInstant(answer.restrictAtMs),
    suspendAt: optionalInstant(answer.suspendAtMs),
    reviewedBy: answer.reviewedBy || null,
    reviewedAt: optionalInstant(answer.reviewedAtMs),
    use: answer.use,
    lastUsedAt: optionalInstant(answer.lastUsedMs),
    unused: answer.unused,
  };
}

type DueView = ReturnType<typeof dueView>;

const DUE_COLUMNS: readonly Column<DueView>[] = [
  { heading: "BOT", cell: (each) => each.bot },
  { heading: "OWNER", cell: (each) => each.owner },
  { heading: "REVISION", cell: (each) => String(each.revision) },
  {
    heading: "DUE",
    cell: ({ days, due }) => (days < 0 ? `${-days}d overdue` : `${due.slice(0, 10)} (${days}d)`),
  },
  { heading: "EFFECT", cell: effectOf },
  {
    heading: "USE",
    cell: ({ use, lastUsedAt }) => (use === "used" ? `used ${showInstant(lastUsedAt)}` : use),
  },
  { heading: "UNUSED", cell: (each) => showList(each.unused) },
];

function effectOf({ state, restrictAt, suspendAt }: DueView): string {
  if (state === "suspended") return "suspended";
  if (state === "restricted") return `restricted, suspended ${showInstant(suspendAt)}`;
  return restrictAt === null ? "-" : `restricted ${showInstant(restrictAt)}`;
}

function addShow(group: Command, context: CliContext): void {
  const command = group
    .command("show <BOT>")
    .description(
      "show what a reviewer should look at: use, grants, instances, incidents, and what could go",
    )
    .option("--days <N>", `how many days back, 1 to ${MOST_DAYS} (default: 90)`)
    .action(async (name: string, flags: { days?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const request = { bot: checkBotName("BOT", name), days: daysOf(flags.days) };
      await withServer(context, self, async (server) => {
        const view = reviewView(await server.call("ReviewService", "GetReview", request));
        printer.result(view, () => reviewText(view, flags.days));
      });
    });
  example(command, "botpass review show invoice-poster");
}

function reviewView(answer: ResponseOf<"ReviewService", "GetReview">) {
  const bot = botView(present("bot", answer.bot));
  const proposals = answer.proposals.map(proposalView);
  return {
    bot,
    digest: answer.digest,
    since: answer.since,
    use: answer.use,
    lastUsedAt: optionalInstant(answer.lastUsedMs),
    lastIssuedAt: optionalInstant(answer.lastIssuedMs),
    used: answer.used.map(({ firstMs, lastMs, audience, refused, ...use }) => ({
      ...use,
      audience: audience || null,
      refused: refused || null,
      firstAt: instant(firstMs),
      lastAt: instant(lastMs),
    })),
    sources: answer.sources.map(({ lastMs, ...source }) => ({
      ...source,
      lastAt: instant(lastMs),
    })),
    callers: answer.callers.map(callerView),
    grants: answer.grants.map(({ lastMs, ...grant }) => ({
      ...grant,
      lastUsedAt: optionalInstant(lastMs),
    })),
    instanceCount: answer.instanceCount,
    instances: answer.instances.map(({ attestedAtMs, lastSeenMs, ...each }) => ({
      ...each,
      attestedAt: instant(attestedAtMs),
      lastSeenAt: instant(lastSeenMs),
    })),
    incidents: answer.incidents.map(({ atMs, ...incident }) => ({
      ...incident,
      at: instant(atMs),
    })),
    proposals,
    commands: commandsOf(bot.name, bot.revision, proposals),
    advice: answer.advice,
    notCounted: NOT_COUNTED,
  };
}

function proposalView(
  answer: ResponseOf<"ReviewService", "GetReview">["proposals"][number],
): ProposalView {
  return { ...answer, entry: answer.entry || null };
}

type ReviewView = ReturnType<typeof reviewView>;

const USED_COLUMNS: readonly Column<ReviewView["used"][number]>[] = [
  { heading: "REPORTED BY", cell: ({ service }) => service },
  { heading: "BY", cell: ({ audience }) => (audience === null ? "x509" : `jwt ${audience}`) },
  {
    heading: "OPERATION",
    cell: ({ operation, audience }) => operation || (audience === null ? "connection" : "token"),
  },
  {
    heading: "OUTCOME",
    cell: ({ refused, granted, unbacked }) =>
      unbacked
        ? "cannot be: it held no SVID"
        : (refused ?? (granted ? "accepted" : "accepted, not granted today")),
  },
  { heading: "COUNT", cell: ({ count }) => String(count) },
  { heading: "LAST", cell: ({ lastAt }) => showInstant(lastAt) },
];

const GRANT_COLUMNS: readonly Column<ReviewView["grants"][number]>[] = [
  { heading: "GRANT", cell: ({ kind, name }) => `${kind} ${name}` },
  { heading: "STATE", cell: ({ state }) => state },
  { heading: "LAST USED", cell: ({ lastUsedAt }) => showInstant(lastUsedAt) },
  { heading: "REPORTED BY", cell: ({ reportedBy }) => showList(reportedBy) },
];

const CALLER_COLUMNS: readonly Column<ReviewView["callers"][number]>[] = [
  { heading: "CALLER", cell: ({ bot }) => bot },
  { heading: "BY", cell: ({ audience }) => (audience === null ? "x509" : `jwt ${audience}`) },
  { heading: "OUTCOME", cell: ({ refused }) => refused ?? "accepted" },
  { heading: "PASSPORTS", cell: ({ rule }) => rule },
  { heading: "COUNT", cell: ({ count }) => String(count) },
  { heading: "LAST", cell: ({ lastAt }) => showInstant(lastAt) },
];

const INCIDENT_COLUMNS: readonly Column<ReviewView["incidents"][number]>[] = [
  { heading: "INCIDENT", cell: ({ kind, id }) => `${kind} ${id}` },
  { heading: "AT", cell: ({ at }) => showInstant(at) },
  { heading: "OPEN", cell: ({ open }) => (open ? "yes" : "-") },
  { heading: "WHAT", cell: ({ summary }) => summary },
];

const INSTANCE_COLUMNS: readonly Column<ReviewView["instances"][number]>[] = [
  { heading: "INSTANCE", cell: ({ id }) => id },
  { heading: "ATTESTOR", cell: ({ attestor }) => attestor },
  { heading: "FROM", cell: ({ remoteAddress }) => remoteAddress || "unix" },
  { heading: "LAST SEEN", cell: ({ lastSeenAt }) => showInstant(lastSeenAt) },
  { heading: "CONNECTED", cell: ({ connected }) => (connected ? "yes" : "no") },
];

function reviewText(view: ReviewView, days: string | undefined): string {
  const { bot, proposals, commands, advice } = view;
  const table = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] =>
    rows.length === 0 ? [] : [renderTable(columns, rows)];
  const lines = (name: string, texts: readonly string[]) =>
    texts.map((text) => [name, text] as const);
  const record = renderRecord([
    ...botFields(bot),
    ["Digest", view.digest],
    ["Use since", view.since],
    ["Use", view.use],
    ["Last used", showInstant(view.lastUsedAt)],
    ["Last issued", showInstant(view.lastIssuedAt)],
    ...lines(
      "Source",
      view.sources.map(
        ({ service, count, lastAt, alone, unbacked }) =>
          `${service}: ${count} calls, last ${showInstant(lastAt)}${alone ? ", nobody else reports any" : ""}${unbacked ? ", some cannot have been" : ""}`,
      ),
    ),
    ["Not counted", view.notCounted],
    ["Instances", String(view.instanceCount)],
  ]);
  const whole = ["botpass review complete", bot.name, "--revision", bot.revision, "--note TEXT"];
  const daysFlag = days === undefined ? [] : ["--days", days];
  const end = renderRecord([
    ...lines("Proposed", proposals.map(differenceOf)),
    ...lines("To do so", commands),
    ...lines("Advice", advice),
    [
      "To complete",
      [
        ...whole,
        "--digest",
        view.digest,
        ...daysFlag,
        ...(proposals.length > 0 ? ["[--narrow]"] : []),
      ].join(" "),
    ],
  ]);
  return [
    record,
    ...table(USED_COLUMNS, view.used),
    ...table(CALLER_COLUMNS, view.callers),
    ...table(GRANT_COLUMNS, view.grants),
    ...table(INSTANCE_COLUMNS, view.instances),
    ...table(INCIDENT_COLUMNS, view.incidents),
    end,
  ].join("\n");
}

interface CompleteFlags {
  readonly revision: string;
  readonly note: string;
  readonly narrow?: true;
  readonly days?: string;
  readonly digest?: string;
}

function addComplete(group: Command, context: CliContext): void {
  const command = group
    .command("complete <BOT>")
    .description("say that a bot was reviewed and may go on")
    .requiredOption("--revision <N>", "the revision that you have seen, as review show tells it")
    .requiredOption("--note <TEXT>", "what was found, for the audit")
    .option("--narrow", "take away what review show proposes, in the same transaction")
    .option("--days <N>", `as for review show: what is proposed depends on it (default: 90)`)
    .option("--digest <HEX>", "refuse if anything that review show told is another by now")
    .action(async (name: string, flags: CompleteFlags, self: Command) => {
      const printer = printerOf(context, self);
      const { revision, note, digest } = flags;
      if (digest !== undefined && !DIGEST.test(digest)) {
        throw usageError(`--digest ${JSON.stringify(digest.slice(0, 80))} is not 64 hex digits`);
      }
      const request = {
        bot: checkLabel("BOT", name),
        revision: parseInteger("--revision", revision, 1, Number.MAX_SAFE_INTEGER),
        note: checkText("--note", note, 1024),
        narrow: flags.narrow === true,
        days: daysOf(flags.days),
        ...(digest !== undefined && { digest }),
      };
      await withServer(context, self, async (server) => {
        const answer = await server.call("ReviewService", "CompleteReview", request);
        const bot = botView(present("bot", answer.bot));
        const narrowed = answer.narrowed.map(proposalView);
        const view = { bot, digest: answer.digest, narrowed, denied: answer.denied };
        printer.record(view, () => [
          ...botFields(bot),
          ["Digest", answer.digest],
          ...narrowed.map((each) => ["Narrowed", differenceOf(each)] as const),
          ["Denied", String(answer.denied)],
        ]);
      });
    });
  example(
    command,
    'botpass review complete invoice-poster --revision 4 --note "still posts invoices" --narrow',
  );
}

function daysOf(text: string | undefined): number {
  return text === undefined ? 0 : parseInteger("--days", text, 1, MOST_DAYS);
}
