import { resolve } from "node:path";
import type { Command } from "commander";
import type { DrillCheck } from "../../server/index.ts";
import { type CliContext, printerOf } from "../context.ts";
import { CliFailure, usageError } from "../failure.ts";
import { addGroup, example } from "../flags.ts";
import { checkpointsOf } from "../log-flags.ts";

interface VerifyFlags {
  readonly against?: string;
  readonly scratch?: string;
}

/** `botpass backup …`: what was kept. */
export function addBackupCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "backup", "prove that backups would do");
  const command = group
    .command("verify")
    .description("restore a copy of a backup, look at all of it, and say what that proves")
    .argument("<DIR>", "directory of the backup")
    .option("--against <FILE>", "checkpoints that were kept elsewhere")
    .option("--scratch <DIR>", "where the copy is made (default: the system's temporary directory)")
    .action(async (named: string, flags: VerifyFlags, self: Command) => {
      const printer = printerOf(context, self);
      if (named === "") throw usageError('DIR "" names no directory');
      const directory = resolve(context.cwd, named);
      const against = flags.against && (await checkpointsOf(flags.against, context));
      const { verifyBackup } = await import("../../server/index.ts");
      const report = await verifyBackup({
        directory,
        ...(against && { against }),
        ...(flags.scratch !== undefined && { scratch: resolve(context.cwd, flags.scratch) }),
      });
      const madeAt = report.madeAt?.toISOString() ?? null;
      printer.result({ ...report, madeAt }, () => report.checks.map(show).join(""));
      if (report.ok) return;
      const failed = report.checks.find(({ outcome }) => outcome === "failed");
      const message = `the backup would not do: ${failed?.name}: ${failed?.says[0]}`;
      throw new CliFailure("WRONG_STATE", message);
    });
  example(command, "botpass backup verify /var/backups/botpass/botpass-20300131T120000Z");
}

function show({ name, outcome, says }: DrillCheck): string {
  const lines = says.length === 0 ? [""] : says;
  return lines
    .map((line) => `${outcome.padEnd(8)} ${name.padEnd(9)} ${line}`.trimEnd())
    .join("\n")
    .concat("\n");
}
