import type { Command } from "commander";
import type { ResponseOf } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import { addGroup, checkChoice, checkLabel, checkText, example, repeatable } from "../flags.ts";
import type { Printer } from "../output.ts";
import { type Column, renderRecord, renderTable, showInstant, showList } from "../table.ts";
import { parseFutureInstant } from "../time.ts";
import { instant } from "../views.ts";

const KEYS = ["env", "kind"] as const;

interface StartFlags {
  readonly until: string;
  readonly owner?: string;
  readonly selector?: string[];
}

/** `botpass review campaign …`: bots that are to be reviewed until a date. */
export function addCampaignCommands(review: Command, context: CliContext): void {
  const group = addGroup(
    review,
    "campaign",
    "campaigns: bots that are to be reviewed until a date",
  );
  const start = group
    .command("start <NAME>")
    .description("name the bots that are to be reviewed until a date: those that are there now")
    .requiredOption("--until <WHEN>", "date or duration")
    .addOption(repeatable("--selector <KEY=VALUE>", "which bots: env=NAME, kind=KIND"))
    .option("--owner <OWNER>", "only the bots of this owner")
    .action(async (name: string, flags: StartFlags, self: Command) => {
      const printer = printerOf(context, self);
      const { owner, selector = [], until } = flags;
      const chosen = chosenBy(selector);
      if (selector.length === 0 && owner === undefined) {
        throw usageError("--selector or --owner is required: which bots are to be reviewed");
      }
      const request = {
        name: checkLabel("NAME", name),
        untilMs: parseFutureInstant("--until", until, context.clock.now()).getTime(),
        environment: chosen.get("env") ?? "",
        kind: chosen.get("kind") ?? "",
        ...(owner !== undefined && { owner: checkText("--owner", owner, 256) }),
      };
      await withServer(context, self, async (server) => {
        print(printer, campaignView(await server.call("ReviewService", "StartCampaign", request)));
      });
    });
  example(start, "botpass review campaign start q3 --selector env=prod --until 2030-09-30");
  const status = group
    .command("status <NAME>")
    .description("show how far a campaign is, by owner")
    .action(async (name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { name: checkLabel("NAME", name) };
      await withServer(context, self, async (server) => {
        print(printer, campaignView(await server.call("ReviewService", "GetCampaign", request)));
      });
    });
  example(status, "botpass review campaign status q3");
  const list = group
    .command("list")
    .description("list campaigns, the newest first")
    .action(async (_flags: object, self: Command) => {
      const printer = printerOf(context, self);
      await withServer(context, self, async (server) => {
        const { campaigns } = await server.call("ReviewService", "ListCampaigns", {});
        const views = campaigns.map(campaignView).map(({ owners, ...view }) => view);
        printer.list("campaigns", views, COLUMNS);
      });
    });
  example(list, "botpass review campaign list");
}

function chosenBy(selectors: readonly string[]): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  for (const each of selectors) {
    const at = each.indexOf("=");
    const key = checkChoice("--selector", at < 0 ? each : each.slice(0, at), KEYS);
    if (chosen.has(key)) throw usageError(`--selector ${key}= is given twice`);
    chosen.set(key, checkLabel(`--selector ${key}=`, at < 0 ? "" : each.slice(at + 1)));
  }
  return chosen;
}

function campaignView(answer: ResponseOf<"ReviewService", "GetCampaign">) {
  return {
    name: answer.name,
    state: answer.state,
    startedAt: instant(answer.startedAtMs),
    startedBy: answer.startedBy,
    until: instant(answer.untilMs),
    environment: answer.environment || null,
    owner: answer.owner || null,
    kind: answer.kind || null,
    total: answer.total,
    done: answer.done,
    owners: answer.owners,
  };
}

type CampaignView = ReturnType<typeof campaignView>;

const COLUMNS: readonly Column<Omit<CampaignView, "owners">>[] = [
  { heading: "NAME", cell: ({ name }) => name },
  { heading: "STATE", cell: ({ state }) => state },
  { heading: "DONE", cell: ({ done, total }) => `${done} of ${total}` },
  { heading: "UNTIL", cell: ({ until }) => showInstant(until) },
  { heading: "STARTED BY", cell: ({ startedBy }) => startedBy },
];

const OWNER_COLUMNS: readonly Column<CampaignView["owners"][number]>[] = [
  { heading: "OWNER", cell: ({ owner }) => owner },
  { heading: "DONE", cell: ({ done, total }) => `${done} of ${total}` },
  { heading: "LEFT", cell: ({ left }) => showList(left) },
];

function print(printer: Printer, view: CampaignView): void {
  printer.result(view, () =>
    [
      renderRecord([
        ["Name", view.name],
        ["State", view.state],
        ["Done", `${view.done} of ${view.total}`],
        ["Until", showInstant(view.until)],
        ["Started", `${showInstant(view.startedAt)} by ${view.startedBy}`],
        ["Environment", view.environment ?? "-"],
        ["Owner", view.owner ?? "-"],
        ["Kind", view.kind ?? "-"],
      ]),
      renderTable(OWNER_COLUMNS, view.owners),
    ].join("\n"),
  );
}
