import { resolve } from "node:path";
import type { NoteVerifier } from "../log/index.ts";
import type { CliContext } from "./context.ts";
import { readFlagFile } from "./files.ts";
import { rephrased } from "./flags.ts";

// `log` is loaded where it is needed: commands that are about other things start without it.

/** The log's key of `--key`. @throws a usage error. */
export async function logKeyOf(key: string): Promise<NoteVerifier> {
  const { parseVerifier } = await import("../log/index.ts");
  return rephrased("--key", key, () => parseVerifier(key), "`botpass audit key` prints it");
}

/** The hand-overs of the log's key in the file of `--handovers`, the oldest first. @throws a usage error. */
export async function handoversOf(file: string, context: CliContext): Promise<readonly string[]> {
  const { readHandover, splitCheckpoints } = await import("../log/index.ts");
  const text = await readFlagFile("--handovers", resolve(context.cwd, file));
  return rephrased(
    "--handovers",
    file,
    () => {
      const read = splitCheckpoints(text).map(readHandover);
      return read.sort((one, other) => one.size - other.size).map(({ note }) => note);
    },
    "`botpass audit handovers` prints them",
  );
}

/** The checkpoints in the file of `--against`. @throws a usage error. */
export async function checkpointsOf(file: string, context: CliContext): Promise<readonly string[]> {
  const { readCheckpoint, splitCheckpoints } = await import("../log/index.ts");
  const text = await readFlagFile("--against", resolve(context.cwd, file));
  return rephrased(
    "--against",
    file,
    () => {
      const notes = splitCheckpoints(text);
      for (const note of notes) readCheckpoint(note);
      return notes;
    },
    "`botpass audit checkpoint` prints one",
  );
}
