import { resolve } from "node:path";
import type { Command } from "commander";
import type { SpireImport } from "../../state/index.ts";
import { type CliContext, printerOf } from "../context.ts";
import { readFlagFile } from "../files.ts";
import { addGroup, checkLabel, checkText, example } from "../flags.ts";
import { writeOut } from "./state.ts";

interface SpireFlags {
  readonly out?: string;
  readonly owner?: string;
  readonly environment?: string;
}

/** `botpass import …`: declared state from elsewhere. */
export function addImportCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "import", "declared state made from what others have");
  const command = group
    .command("spire <FILE>")
    .description("map what `spire-server entry show -output json` wrote; asks no server")
    .option("-o, --out <FILE>", "write to this file, 0600 (default: stdout)")
    .option("--owner <TEXT>", "owner of the bots (default: a gap, which apply refuses)")
    .option("--environment <NAME>", "environment of the bots (default: default)")
    .action((file: string, flags: SpireFlags, self: Command) =>
      runSpire(context, file, flags, self),
    );
  example(
    command,
    "spire-server entry show -output json > entries.json",
    "botpass import spire entries.json --owner platform-team -o state.yaml",
  );
}

async function runSpire(
  context: CliContext,
  file: string,
  flags: SpireFlags,
  self: Command,
): Promise<void> {
  const printer = printerOf(context, self);
  const { owner, environment } = flags;
  const options = {
    now: context.clock.now(),
    ...(owner !== undefined && { owner: checkText("--owner", owner, 256) }),
    ...(environment !== undefined && { environment: checkLabel("--environment", environment) }),
  };
  const text = await readFlagFile("FILE", resolve(context.cwd, file));
  const { importSpire, writeState } = await import("../../state/index.ts");
  const imported = importSpire({ name: file, text }, options);
  const { trustDomain, bots } = imported;
  const gap = ["Bots have no owner: name one for each, or import again with --owner.", ""];
  const comment = owner === undefined ? gap : [];
  await writeOut(
    context,
    printer,
    flags.out,
    writeState({ version: 1, trustDomain, bots }, comment),
  );
  // The state itself may be on stdout.
  if (printer.format === "json" && flags.out !== undefined) {
    const { bots: made, ...report } = imported;
    printer.result({ ...report, bots: made.length }, () => "");
    return;
  }
  for (const line of reportOf(imported)) printer.note(line);
}

function reportOf({ read, mapped, gaps, nodes, bots }: SpireImport): readonly string[] {
  const noOwner = bots.filter(({ owner }) => owner === undefined).length;
  const left = gaps.filter(({ what }) => what === "entry").length;
  return [
    ...nodes.map(({ spiffeId, bot }) => `node: ${spiffeId} is node bot ${bot}`),
    ...gaps.map(
      ({ entry, spiffeId, what, reason }) =>
        `not mapped: ${what} of ${spiffeId} (${entry}): ${reason}`,
    ),
    "not mapped: audiences: SPIRE grants JWT-SVIDs for any; here an entry lists them, and none is listed",
    ...(noOwner === 0 ? [] : [`gap: ${noOwner} bots have no owner`]),
    `${mapped} of ${read} entries mapped to ${bots.length} bots, ${left} not mapped`,
  ].map((line) => line.replace(/\p{Cc}+/gu, " "));
}
