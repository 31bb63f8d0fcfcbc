import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { type Clock, systemClock } from "../clock.ts";
import type { CliContext } from "./context.ts";
import { EXIT, reportFailure } from "./failure.ts";
import type { Sink } from "./output.ts";
import { buildProgram } from "./program.ts";

/** What the process around a command offers. */
export interface CliIo {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute; relative paths in flags start here. */
  readonly cwd: string;
  /** Default: empty. */
  readonly stdin?: CliContext["stdin"];
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** When `server run` is to stop. Default: never. */
  readonly stopRequested?: () => Promise<string>;
  /** What signals the process gets. Default: none. */
  readonly onSignal?: CliContext["onSignal"];
}

/**
 * Runs one command to its end.
 * @param argv what follows the program's name.
 * @returns the exit code: 0 done, 1 refused or failed, 2 wrong usage, 3 server not reachable; of `exec` its program's.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const context: CliContext = {
    stdout: io.stdout,
    stderr: io.stderr,
    stdin: io.stdin ?? Readable.from([]),
    env: io.env,
    cwd: io.cwd,
    clock: io.clock ?? systemClock,
    stopRequested: io.stopRequested ?? (() => new Promise(() => undefined)),
    onSignal: io.onSignal ?? (() => () => undefined),
  };
  try {
    await buildProgram(context, packageVersion()).parseAsync(argv, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    const { exitCode, lines } = reportFailure(error);
    for (const line of lines) context.stderr.write(`${line}\n`);
    return exitCode;
  }
}

/** The version in package.json, which stands two folders above both src/cli and dist/cli. */
function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
