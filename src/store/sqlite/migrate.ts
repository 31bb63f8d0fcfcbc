import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { IssuerError, messageOf } from "../../errors.ts";
import { leafHash } from "../../log/index.ts";
import { flushPath } from "./backup.ts";
import type { Connection } from "./connection.ts";
import { unavailable } from "./failure.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/** The schema that this version reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the database to `SCHEMA_VERSION`, one transaction a step. One that is not new is copied first.
 * @throws IssuerError WRONG_STATE when it is another application's, or of a newer version of this one.
 */
export function migrate(connection: Connection, file: string): void {
  let version = checkSchema(connection, file);
  if (version > 0 && version < SCHEMA_VERSION) keepCopy(connection, file, version);
  connection.raw.function("botpass_leaf_hash", { deterministic: true }, (bytes) =>
    leafHash(String(bytes)),
  );
  for (; version < SCHEMA_VERSION; version++) {
    connection.raw.exec("begin immediate");
    try {
      // another process may have been faster
      if (Number(connection.pragma("user_version")) === version) {
        connection.raw.exec(MIGRATIONS[version] ?? "");
        connection.raw.pragma(`application_id = ${APPLICATION_ID}`);
        connection.raw.pragma(`user_version = ${version + 1}`);
      }
      connection.raw.exec("commit");
    } catch (error) {
      if (connection.inTransaction) connection.raw.exec("rollback");
      throw error;
    }
  }
}

/**
 * The version of the database's schema; 0: it is empty.
 * @throws IssuerError WRONG_STATE when it is another application's, or of a newer version of this one.
 */
export function checkSchema(connection: Connection, file: string): number {
  const version = Number(connection.pragma("user_version"));
  const application = Number(connection.pragma("application_id"));
  const foreign = "another application's database";
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0)) {
    throw new IssuerError("WRONG_STATE", `${file} is ${foreign}`);
  }
  if (version > SCHEMA_VERSION) {
    const message = `${file} has schema ${version}; this version of botpass knows none above ${SCHEMA_VERSION}`;
    throw new IssuerError("WRONG_STATE", message);
  }
  if (version === 0 && connection.pragma("schema_version") !== "0") {
    throw new IssuerError("WRONG_STATE", `${file} is ${foreign}`);
  }
  return version;
}

/**
 * Copies the database beside itself, as `<file>.schema-<version>`: what there was before a migration. One that a migration
 * which did not finish has left is replaced.
 */
function keepCopy(connection: Connection, file: string, version: number): void {
  const copy = `${file}.schema-${version}`;
  const temporary = `${copy}.tmp`;
  try {
    rmSync(temporary, { force: true });
    closeSync(openSync(temporary, "wx", 0o600));
    connection.raw.prepare("vacuum into ?").run(temporary);
    flushPath(temporary);
    renameSync(temporary, copy);
    flushPath(dirname(copy));
  } catch (error) {
    rmSync(temporary, { force: true });
    const why = `no copy of the database could be made before its migration: ${messageOf(error)}`;
    throw unavailable(`${copy}: ${why}`, error);
  }
}
