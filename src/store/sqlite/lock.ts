import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { IssuerError, messageOf } from "../../errors.ts";
import { sqliteCode, unavailable } from "./failure.ts";

/** A data directory that is this process's alone. */
export interface DirectoryLock {
  /** Safe to call twice. */
  release(): void;
}

const LOCK_FILE = "lock";

/**
 * Takes the data directory for this process. The lock is the operating system's, on a file that SQLite holds:
 * it ends with the process, however that ends, and nothing stale is left behind.
 * @throws IssuerError WRONG_STATE when another server has it; STORE_UNAVAILABLE when the directory cannot be used.
 */
export function lockDataDirectory(directory: string): DirectoryLock {
  const file = join(directory, LOCK_FILE);
  let database: Sqlite.Database | undefined;
  try {
    closeSync(openSync(file, "a", 0o600));
    database = new Sqlite(file, { fileMustExist: true, timeout: 0 });
    database.exec("begin exclusive");
  } catch (error) {
    database?.close();
    if (sqliteCode(error)?.startsWith("SQLITE_BUSY")) {
      const message = `data directory ${directory} is in use by another server`;
      throw new IssuerError("WRONG_STATE", message, { cause: error });
    }
    const message = `data directory ${directory} cannot be locked: ${messageOf(error)}`;
    throw unavailable(message, error);
  }
  const held = database;
  return { release: () => held.close() };
}
