import type { Command } from "commander";
import { delay } from "../../clock.ts";
import type { ListActivityResponse__Output } from "../../wire/index.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import { checkChoice, example, parseInteger } from "../flags.ts";
import { type Column, renderTable, showInstant } from "../table.ts";
import { parseDuration } from "../time.ts";
import { type ActivityView, activityView } from "../views.ts";

const ORDERS = ["issued", "refused"] as const;
/** Clears the screen and goes to its corner. */
const CLEAR = "\x1b[H\x1b[2J";

const COLUMNS: readonly Column<ActivityView>[] = [
  { heading: "BOT", cell: (bot) => bot.bot },
  { heading: "STREAMS", cell: (bot) => String(bot.connections) },
  { heading: "ISSUES/S", cell: (bot) => bot.issuesPerSecond.toFixed(2) },
  { heading: "REFUSALS/S", cell: (bot) => bot.refusalsPerSecond.toFixed(2) },
  { heading: "ISSUED", cell: (bot) => String(bot.issued) },
  { heading: "REFUSED", cell: (bot) => String(bot.refused) },
  { heading: "LAST ISSUE", cell: (bot) => showInstant(bot.lastIssuedAt) },
];

interface TopFlags {
  readonly once?: true;
  readonly interval?: string;
  readonly limit?: string;
  readonly by?: string;
}

/** `botpass top`: the busiest bots. */
export function addTopCommand(program: Command, context: CliContext): void {
  const command = program
    .command("top")
    .description("show the busiest bots, again and again until you stop it")
    .option("--once", "show them once")
    .option("--interval <DURATION>", "how often, 1s to 1h (default: 2s)")
    .option("--limit <N>", "how many, 1 to 1000 (default: 20)")
    .option(
      "--by <WHAT>",
      `${ORDERS.join(" or ")}: what the busiest are found by (default: issued)`,
    )
    .action(async (flags: TopFlags, self: Command) => {
      const printer = printerOf(context, self);
      const order = checkChoice("--by", flags.by ?? "issued", ORDERS);
      const limit = parseInteger("--limit", flags.limit ?? "20", 1, 1000);
      const intervalMs = parseInterval(flags.interval ?? "2s");
      const live = flags.once !== true;
      if (live && (context.stdout.isTTY !== true || printer.format === "json")) {
        throw usageError("without a terminal, and as JSON, there is only `botpass top --once`");
      }
      await withServer(context, self, async (server) => {
        const read = () => server.call("StatusService", "ListActivity", { limit, order });
        if (live) await show(context, intervalMs, read);
        else {
          const view = activityView(await read());
          printer.result(view, () => renderTable(COLUMNS, view.bots));
        }
      });
    });
  example(command, "botpass top --once --by refused");
}

async function show(
  context: CliContext,
  intervalMs: number,
  read: () => Promise<ListActivityResponse__Output>,
): Promise<void> {
  const stop = new AbortController();
  const stopped = context.stopRequested().then(() => stop.abort());
  // The clock's timers do not keep a process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    while (!stop.signal.aborted) {
      const view = activityView(await read());
      const head = `${showInstant(view.now)}  ${view.botsKnown} bots  (stop: Ctrl-C)\n\n`;
      context.stdout.write(`${CLEAR}${head}${renderTable(COLUMNS, view.bots)}`);
      await Promise.race([delay(context.clock, intervalMs, stop.signal), stopped]);
    }
  } finally {
    clearInterval(alive);
  }
}

function parseInterval(text: string): number {
  return parseDuration("--interval", text, 1, 3600) * 1000;
}
