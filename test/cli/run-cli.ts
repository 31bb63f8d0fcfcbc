import { Readable } from "node:stream";
import { runCli } from "../../src/cli/index.ts";
import type { Clock } from "../../src/clock.ts";
import type { FakeServer } from "./fake-server.ts";

/** How a command ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  /** As if nothing were piped into the command. */
  readonly terminal?: boolean;
  readonly clock?: Clock;
  readonly cwd?: string;
  readonly stopRequested?: () => Promise<string>;
}

/** Runs the CLI in this process with nothing of this process's environment. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const written = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
      return true;
    },
  });
  const stdin = Object.assign(Readable.from(options.stdin === undefined ? [] : [options.stdin]), {
    isTTY: options.terminal === true,
  });
  const code = await runCli(argv, {
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    stdin,
    env: options.env ?? {},
    cwd: options.cwd ?? "/nowhere",
    ...(options.clock && { clock: options.clock }),
    ...(options.stopRequested && { stopRequested: options.stopRequested }),
  });
  return { code, ...written };
}

/** Runs the CLI against a fake server. */
export function runAt(
  server: FakeServer,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  return run(["--admin-socket", server.socket, ...argv], { cwd: server.directory, ...options });
}

/** Runs the CLI against a fake server and reads its JSON. */
export async function jsonAt(
  server: FakeServer,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; value: unknown; stderr: string }> {
  const { code, stdout, stderr } = await runAt(server, [...argv, "--output", "json"], options);
  return { code, stderr, value: stdout === "" ? undefined : JSON.parse(stdout) };
}
