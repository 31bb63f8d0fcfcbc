import { closeSync, fsyncSync, openSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { IssuerError, messageOf } from "../../errors.ts";
import type { BackupResult } from "../store.ts";
import { Connection } from "./connection.ts";
import { readCounter } from "./counters.ts";
import { isUnavailable, storeError, unavailable } from "./failure.ts";

/** Pages that are copied between two turns of the event loop: 1 MB. */
const PAGES_AT_ONCE = 256;

/**
 * Copies the database as it is now to `file` while others go on writing: an open read transaction holds the
 * state, so that no page of a later one gets into the copy and the copy never has to start again.
 */
export async function backupDatabase(source: string, file: string): Promise<BackupResult> {
  makeFile(file);
  try {
    const feedSequence = await copy(source, file);
    flushPath(file);
    flushPath(dirname(file));
    return { bytes: statSync(file).size, feedSequence };
  } catch (error) {
    rmSync(file, { force: true });
    rmSync(`${file}-journal`, { force: true });
    const mapped = storeError(error);
    if (isUnavailable(mapped)) throw mapped;
    throw unavailable(`backup ${file} cannot be written: ${messageOf(error)}`, error);
  }
}

async function copy(source: string, file: string): Promise<number> {
  const connection = new Connection({ file: source, mode: "read" });
  try {
    connection.execute("begin");
    const feedSequence = readCounter(connection, "feed");
    await connection.raw.backup(file, { progress: () => PAGES_AT_ONCE });
    return feedSequence;
  } finally {
    connection.close();
  }
}

function makeFile(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (exists) throw new IssuerError("ALREADY_EXISTS", `${file} exists already`, { cause: error });
    throw unavailable(`backup ${file} cannot be made: ${messageOf(error)}`, error);
  }
}

/** Makes a file, or the names in a directory, survive the loss of power. */
export function flushPath(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
