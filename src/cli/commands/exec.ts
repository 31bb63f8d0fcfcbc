import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { delay, holding } from "../../clock.ts";
import { messageOf } from "../../errors.ts";
import { addBotFlags, type BotFlags, connectBot, fileSourceOf, onBotEnd } from "../bot-flags.ts";
import { type CliContext, envValue, printerOf } from "../context.ts";
import { ProgramEnded, usageError } from "../failure.ts";
import { checkChoice, example, parseInteger } from "../flags.ts";

const ON_RETIRE = ["term", "kill", "none"] as const;
const LONGEST_GRACE_SECONDS = 3_600;
/** How a bot gets in is not for the program that it starts. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  "BOTPASS_TOKEN",
  "BOTPASS_TOKEN_FILE",
  "BOTPASS_STATE_DIR",
]);

interface ExecFlags extends BotFlags {
  readonly onRetire?: string;
  readonly grace?: string;
}

/** `botpass exec`: a program with the identity of a bot. */
export function addExecCommand(program: Command, context: CliContext): void {
  const command = program
    .command("exec")
    .description("run a program with a private Workload API socket and files of an identity")
    .argument("<CMD...>", "the program and what it takes, after --")
    .option(
      "--on-retire <WHAT>",
      `when the bot is retired, suspended, evicted or locked: ${ON_RETIRE.join(", ")} (default: term)`,
    )
    .option("--grace <SECONDS>", `from term to kill, 0 to ${LONGEST_GRACE_SECONDS} (default: 10)`);
  addBotFlags(command).action((argv: string[], flags: ExecFlags, self: Command) =>
    holding(() => runExec(context, argv, flags, self)),
  );
  example(command, "botpass exec --token-file poster.token -- ./poster --queue invoices");
}

async function runExec(
  context: CliContext,
  argv: readonly string[],
  flags: ExecFlags,
  self: Command,
): Promise<void> {
  const printer = printerOf(context, self);
  const onRetire = checkChoice("--on-retire", flags.onRetire ?? "term", ON_RETIRE);
  const grace = parseInteger("--grace", flags.grace ?? "10", 0, LONGEST_GRACE_SECONDS);
  const [file = ""] = argv;
  if (file === "") throw usageError("no program is named after --");
  const program = new Program(context);
  const bot = await connectBot(context, flags).catch((error: unknown) => {
    program.close();
    throw error;
  });
  const report = (error: unknown): void => printer.note(`exec: ${messageOf(error)}`);
  bot.on("error", report);
  onBotEnd(bot, ({ how, reason }) => {
    printer.note(`the bot's identity is no more: ${how}: ${reason}`);
    if (onRetire === "none") return;
    program.end(onRetire === "kill" ? 0 : grace).catch(report);
  });
  const directory = await mkdtemp(join(envValue(context, "TMPDIR") ?? tmpdir(), "botpass-"));
  const { BUNDLE_FILE, FileKeeper, FileSetDirectory, KEY_FILE, SVID_FILE } = await import(
    "../../files/index.ts"
  );
  const { serveChildren } = await import("../../host-agent/index.ts");
  const closing: (() => Promise<void>)[] = [() => bot.close()];
  try {
    const keeper = new FileKeeper(fileSourceOf(bot), {
      directory: await FileSetDirectory.open(directory),
      onError: report,
    });
    closing.push(() => keeper.close());
    await bot.crlsReady();
    await keeper.start();
    const door = await serveChildren(bot, { path: join(directory, "api.sock"), onFault: report });
    closing.push(() => door.close());
    throw new ProgramEnded(
      await program.run(argv, {
        SPIFFE_ENDPOINT_SOCKET: door.endpoint,
        BOTPASS_SVID_FILE: join(directory, SVID_FILE),
        BOTPASS_KEY_FILE: join(directory, KEY_FILE),
        BOTPASS_BUNDLE_FILE: join(directory, BUNDLE_FILE),
      }),
    );
  } finally {
    program.close();
    for (const close of closing.reverse()) await close().catch(report);
    await rm(directory, { recursive: true, force: true });
  }
}

/** The program that is run, and what it is told. */
class Program {
  readonly #context: CliContext;
  readonly #stopSignals: () => void;
  readonly #early: NodeJS.Signals[] = [];
  #child: ChildProcess | undefined;
  #ended = false;
  /** Aborts when the program has ended. */
  readonly #end = new AbortController();

  /** From now on signals are kept for the program. */
  constructor(context: CliContext) {
    this.#context = context;
    this.#stopSignals = context.onSignal((signal) => this.#signal(signal));
  }

  close(): void {
    this.#stopSignals();
  }

  /** Runs it to its end. @returns the exit code, as a shell would have it. */
  async run(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
    const [file = "", ...args] = argv;
    const early = this.#early.find(
      (signal) => signal === "SIGTERM" || signal === "SIGINT" || signal === "SIGKILL",
    );
    // Asked to stop before there was anything to stop.
    if (early !== undefined) return exitCodeOf(null, early);
    const inherited = Object.entries(this.#context.env).filter(
      ([name]) => !NOT_PASSED_ON.has(name),
    );
    const child = spawn(file, args, {
      cwd: this.#context.cwd,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: "inherit",
    });
    this.#child = child;
    return new Promise((resolve) => {
      child.once("error", (error: NodeJS.ErrnoException) => {
        if (child.pid !== undefined) return;
        this.#context.stderr.write(`botpass: ${file} cannot be run: ${error.code}\n`);
        resolve(error.code === "ENOENT" ? 127 : 126);
      });
      child.once("exit", (code, signal) => {
        this.#ended = true;
        this.#end.abort();
        resolve(exitCodeOf(code, signal));
      });
    });
  }

  /** Asks it to end, and ends it when it has not after `graceSeconds`; at once when they are 0. */
  async end(graceSeconds: number): Promise<void> {
    if (graceSeconds > 0) {
      this.#signal("SIGTERM");
      await delay(this.#context.clock, graceSeconds * 1000, this.#end.signal);
    }
    if (!this.#ended) this.#signal("SIGKILL");
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child === undefined) this.#early.push(signal);
    else if (!this.#ended) this.#child.kill(signal);
  }
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
