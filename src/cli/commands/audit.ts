import type { Command } from "commander";
import { IssuerError } from "../../errors.ts";
import type { AdminClient } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import { addGroup, checkBotName, checkId, example, parseInteger } from "../flags.ts";
import type { Printer } from "../output.ts";
import { PAGE_SIZE } from "../paging.ts";
import { type Column, renderTable, showInstant } from "../table.ts";
import { parseInstant } from "../time.ts";
import { addLogCommands } from "./audit-log.ts";
import { serialOf } from "./serial.ts";

interface ListFlags {
  readonly bot?: string;
  readonly serial?: string;
  readonly since?: string;
  readonly until?: string;
  readonly type?: string;
  readonly instance?: string;
  readonly limit?: string;
}

type AuditRow = Readonly<Record<string, unknown>>;

const COLUMNS: readonly Column<AuditRow>[] = [
  { heading: "SEQ", cell: (row) => textOf(row.sequence) },
  { heading: "AT", cell: (row) => showInstant(textOf(row.time)) },
  { heading: "TYPE", cell: (row) => textOf(row.type) },
  { heading: "OUTCOME", cell: (row) => textOf(row.code ?? row.outcome) },
  { heading: "BOT", cell: (row) => textOf(row.bot) },
  { heading: "INSTANCE", cell: (row) => textOf(row.instance) },
  { heading: "SERIAL", cell: (row) => textOf(row.serial) },
  { heading: "BY", cell: byOf },
];

/** `botpass audit …`: what happened, and why it was allowed. */
export function addAuditCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "audit", "the audit: what happened, and why it was allowed");
  const command = group
    .command("list")
    .description("list audit records, oldest first")
    .option("--bot <NAME>", "only those of this bot")
    .option("--serial <HEX>", "only those of the SVID with this serial number or JWT ID")
    .option("--since <WHEN>", "from this date on, or this long ago")
    .option("--until <WHEN>", "up to this date, or this long ago")
    .option("--type <TYPE>", "only those of this type, like bot.retired")
    .option("--instance <ID>", "only those of this instance")
    .option("--limit <N>", "at most so many (default: all)")
    .action(async (flags: ListFlags, self: Command) => {
      const printer = printerOf(context, self);
      const filter = filterOf(flags, context.clock.now());
      const limit =
        flags.limit === undefined
          ? Number.POSITIVE_INFINITY
          : parseInteger("--limit", flags.limit, 1, Number.MAX_SAFE_INTEGER);
      await withServer(context, self, async (server) => {
        const pages = auditPages(server, filter, limit);
        await (printer.format === "json" ? printJson(printer, pages) : printTable(printer, pages));
      });
    });
  example(command, "botpass audit list --bot invoice-poster --since 12h");
  addLogCommands(group, context);
}

type Filter = ReturnType<typeof filterOf>;

function filterOf(flags: ListFlags, now: Date) {
  const since = flags.since && parseInstant("--since", flags.since, "before", now);
  const until = flags.until && parseInstant("--until", flags.until, "before", now);
  if (since && until && since > until) {
    throw usageError(
      `--since ${JSON.stringify(flags.since)} is after --until ${JSON.stringify(flags.until)}`,
    );
  }
  return {
    ...(flags.bot !== undefined && { bot: checkBotName("--bot", flags.bot) }),
    ...(flags.serial !== undefined && { serial: serialOf(flags.serial) }),
    ...(since && { sinceMs: since.getTime() }),
    ...(until && { untilMs: until.getTime() }),
    ...(flags.type !== undefined && { type: checkId("--type", flags.type) }),
    ...(flags.instance !== undefined && { instanceId: checkId("--instance", flags.instance) }),
  };
}

/** The records' canonical JSON, page by page, `limit` at most. */
async function* auditPages(
  server: AdminClient,
  filter: Filter,
  limit: number,
): AsyncGenerator<readonly string[]> {
  let afterSequence = 0;
  let left = limit;
  while (left > 0) {
    const pageSize = Math.min(PAGE_SIZE, left);
    const request = { ...filter, pageSize, afterSequence };
    const page = await server.call("AuditService", "ListAudit", request);
    const records = page.records.slice(0, left);
    left -= records.length;
    yield records;
    const next = page.nextAfterSequence;
    if (next === 0) return;
    if (next <= afterSequence) {
      throw new IssuerError("INTERNAL", "the server lists the same page twice");
    }
    afterSequence = next;
  }
}

/** Each record on a line of its own, byte for byte as it is stored. Printed page by page: an audit can be long. */
async function printJson(
  printer: Printer,
  pages: AsyncGenerator<readonly string[]>,
): Promise<void> {
  // Nothing is printed before the first page: a refusal leaves stdout empty.
  let separator = '{"records":[\n';
  for await (const records of pages) {
    if (records.length === 0) continue;
    for (const record of records) {
      printer.raw(`${separator}${record}`);
      separator = ",\n";
    }
  }
  printer.raw(separator === ",\n" ? "\n]}\n" : '{"records":[]}\n');
}

async function printTable(
  printer: Printer,
  pages: AsyncGenerator<readonly string[]>,
): Promise<void> {
  const rows: AuditRow[] = [];
  for await (const records of pages) {
    for (const record of records) rows.push(JSON.parse(record) as AuditRow);
  }
  printer.raw(renderTable(COLUMNS, rows));
  if (rows.length === 0) printer.note("no records");
}

/** Who did it, and from where when that is told. */
function byOf({ actor, source }: AuditRow): string {
  return source === undefined ? textOf(actor) : `${textOf(actor)} (${textOf(source)})`;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || value === "") return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
