import { Readable } from "node:stream";
import type { Command } from "commander";
import { buildProgram } from "../../src/cli/program.ts";
import { systemClock } from "../../src/clock.ts";

/** The tree of commands, connected to nothing. */
export function programTree(): Command {
  const nowhere = { write: () => true };
  return buildProgram(
    {
      stdout: nowhere,
      stderr: nowhere,
      stdin: Readable.from([]),
      env: {},
      cwd: "/",
      clock: systemClock,
      stopRequested: () => Promise.resolve("SIGTERM"),
      onSignal: () => () => undefined,
    },
    "0.0.0",
  );
}

/** The commands that do something, in the order of `--help`. */
export function leaves(program: Command): Command[] {
  return program.commands.flatMap((command) =>
    command.commands.length === 0 ? [command] : leaves(command),
  );
}
