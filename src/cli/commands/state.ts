import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { IssuerError, messageOf } from "../../errors.ts";
import type { Declared, Plan, ServerState, StateText } from "../../state/index.ts";
import type { StateChange } from "../../wire/index.ts";
import type { AdminClient } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { CliFailure, EXIT_DRIFT, ProgramEnded, usageError } from "../failure.ts";
import { readFlagFile, readLimited, writeFilesAtomically } from "../files.ts";
import { checkLabel, example, repeatable } from "../flags.ts";
import type { Printer } from "../output.ts";
import { allPages, PAGE_SIZE } from "../paging.ts";

const STATE_FILE = /\.(ya?ml|json)$/;
const MAX_STDIN_BYTES = 256 * 1024 * 1024;
/** Changes of one message: well below the megabyte that the server takes. */
const CHANGES_TOGETHER = 200;
const MAX_MESSAGE_BYTES = 256 * 1024;
/** What is left is told one by one, up to so many; `--output json` has them all. */
const MAX_LEFT_TOLD = 50;

interface ApplyFlags {
  readonly file: string;
  readonly dryRun?: true;
  readonly prune?: true;
}

/** `botpass apply`: brings the server to a declared state. */
export function addApplyCommand(program: Command, context: CliContext): void {
  const command = program
    .command("apply")
    .description("bring bots and entries to what YAML files declare, all of it or nothing")
    .requiredOption("-f, --file <PATH>", "file, directory of files, or - for stdin")
    .option("--dry-run", "show what differs and change nothing; exit code 2 when anything does")
    .option("--prune", "retire bots and delete entries that are not declared")
    .action((flags: ApplyFlags, self: Command) => runApply(context, flags, self));
  example(command, "botpass apply -f bots/ --dry-run");
}

async function runApply(context: CliContext, flags: ApplyFlags, self: Command): Promise<void> {
  const printer = printerOf(context, self);
  const { dryRun = false, prune = false } = flags;
  const texts = await textsOf(context, flags.file);
  // Loaded here, so that help need not wait for it.
  const state = await import("../../state/index.ts");
  const declared = state.readState(texts);
  if (prune && declared.bots.length === 0) {
    throw usageError("--prune with a state that declares no bot would retire every one of them", {
      hint: "retire bots one by one with `botpass bot retire`",
    });
  }
  await withServer(context, self, async (server) => {
    const { sequence, ...found } = await readServer(server);
    const plan = state.compareState(declared, found, { prune });
    refuse(plan, declared);
    const counts = state.countsOf(plan);
    const { differences, left, waiting: waits } = plan;
    const result = { dryRun, applied: "", ...counts, differences, left, waits };
    if (printer.format === "table") {
      tellLeft(printer, plan.left);
      tellWaits(printer, waits);
    }
    if (plan.changes.length === 0) {
      printer.result(result, () => "no change\n");
      return;
    }
    const shown = (): string => `${state.showPlan(plan)}${state.showCounts(counts)}\n`;
    if (dryRun) {
      printer.result(result, shown);
      throw new ProgramEnded(EXIT_DRIFT);
    }
    // Before it is done: whoever interrupts has seen what.
    if (printer.format === "table") printer.raw(shown());
    const messages = messagesOf(plan.changes, sequence);
    const answer = await server.upload("StateService", "ApplyState", messages);
    const { id, denied, waiting, waitingCount } = answer;
    printer.result({ ...result, applied: id, denied, waiting, waitingCount }, () =>
      [...waiting.map((each) => `waits for approval: ${each}`), `applied as ${id}`, ""].join("\n"),
    );
  });
}

function tellLeft(printer: Printer, left: readonly string[]): void {
  const told = left.slice(0, MAX_LEFT_TOLD);
  for (const each of told) printer.note(`not declared, left as it is: ${each}`);
  const more = left.length - told.length;
  if (more > 0) printer.note(`not declared, left as they are: ${more} more`);
}

function tellWaits(printer: Printer, waits: readonly string[]): void {
  const told = waits.slice(0, MAX_LEFT_TOLD);
  for (const each of told) printer.note(`waits for approval already: ${each}`);
  const more = waits.length - told.length;
  if (more > 0) printer.note(`waits for approval already: ${more} more`);
}

function refuse({ refusals }: Plan, { bots }: Declared): void {
  if (refusals.length === 0) return;
  const message = [`the declared state of ${bots.length} bots cannot be:`, ...refusals].join("\n");
  throw new IssuerError("CONFIG_INVALID", message);
}

/** What leads from begin to commit. */
function* messagesOf(changes: readonly StateChange[], feedSequence: number) {
  yield { begin: { feedSequence } };
  let some: StateChange[] = [];
  let bytes = 0;
  for (const change of changes) {
    const size = JSON.stringify(change).length;
    if (some.length >= CHANGES_TOGETHER || (some.length > 0 && bytes + size > MAX_MESSAGE_BYTES)) {
      yield { changes: { changes: some } };
      some = [];
      bytes = 0;
    }
    some.push(change);
    bytes += size;
  }
  if (some.length > 0) yield { changes: { changes: some } };
  yield { commit: { changes: changes.length } };
}

interface ExportFlags {
  readonly bot?: string[];
  readonly out?: string;
}

/** `botpass export`: the server's state in the form that `apply` reads. */
export function addExportCommand(program: Command, context: CliContext): void {
  const command = program
    .command("export")
    .description("write bots and entries as YAML that apply reads; retired bots are left out")
    .addOption(repeatable("--bot <NAME>", "only this bot"))
    .option("-o, --out <FILE>", "write to this file, 0600 (default: stdout)")
    .action((flags: ExportFlags, self: Command) => runExport(context, flags, self));
  example(command, "botpass export -o bots.yaml");
}

async function runExport(context: CliContext, flags: ExportFlags, self: Command): Promise<void> {
  const printer = printerOf(context, self);
  const wanted = new Set((flags.bot ?? []).map((name) => checkLabel("--bot", name)));
  const { declaredBot, writeState } = await import("../../state/index.ts");
  await withServer(context, self, async (server) => {
    const { trustDomain, bots, entries } = await readServer(server);
    const named = bots.filter(({ name }) => wanted.size === 0 || wanted.has(name));
    for (const name of wanted) {
      if (named.some((bot) => bot.name === name)) continue;
      throw new CliFailure("NOT_FOUND", `bot ${name} does not exist`);
    }
    const kept = named.filter(({ state }) => state !== "retired");
    const byBot = Map.groupBy(entries, ({ bot }) => bot);
    const state = {
      version: 1 as const,
      trustDomain,
      bots: kept.map((bot) => declaredBot(bot, byBot.get(bot.name) ?? [])),
    };
    for (const { name } of kept.filter((bot) => bot.state === "suspended")) {
      printer.note(`bot ${name} is suspended: the form says nothing of that`);
    }
    await writeOut(context, printer, flags.out, writeState(state));
  });
}

/** Writes a text where `--out` says, or to stdout. */
export async function writeOut(
  context: CliContext,
  printer: Printer,
  out: string | undefined,
  content: string,
): Promise<void> {
  if (out === undefined) {
    printer.raw(content);
    return;
  }
  const path = resolve(context.cwd, out);
  const file = { name: basename(path), content, mode: 0o600 };
  await writeFilesAtomically(dirname(path), [file]);
}

/** All bots but people's, all entries, and the newest change from before they were read. */
async function readServer(server: AdminClient): Promise<ServerState & { sequence: number }> {
  const info = await server.call("ServerService", "GetInfo", {});
  const bots = await allPages(async (pageToken) => {
    const page = await server.call("BotService", "ListBots", { pageSize: PAGE_SIZE, pageToken });
    const items = page.bots.filter(({ kind }) => kind !== "operator");
    return { items, next: page.nextPageToken };
  });
  const entries = await allPages(async (pageToken) => {
    const request = { pageSize: PAGE_SIZE, pageToken };
    const page = await server.call("EntryService", "ListEntries", request);
    return { items: page.entries, next: page.nextPageToken };
  });
  return { trustDomain: info.trustDomain, bots, entries, sequence: info.feedSequence };
}

async function textsOf(context: CliContext, file: string): Promise<readonly StateText[]> {
  if (file === "-") {
    return [{ name: "-", text: await readLimited("--file", "-", context.stdin, MAX_STDIN_BYTES) }];
  }
  const path = resolve(context.cwd, file);
  const names = await namesIn(file, path);
  return Promise.all(
    names.map(async (name) => ({
      name,
      text: await readFlagFile("--file", resolve(context.cwd, name)),
    })),
  );
}

/** The file itself, or the state files of a directory by name. */
async function namesIn(file: string, path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [file];
    const names = (await readdir(path)).filter((name) => STATE_FILE.test(name) && name[0] !== ".");
    if (names.length > 0) return names.sort().map((name) => join(file, name));
  } catch (cause) {
    const reason = messageOf(cause).replace(/, \w+ '.*$/, "");
    throw usageError(`--file ${JSON.stringify(file)} cannot be read: ${reason}`, { cause });
  }
  throw usageError(`--file ${JSON.stringify(file)} holds no .yaml, .yml or .json file`);
}
