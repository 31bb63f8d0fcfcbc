import { messageOf } from "../../errors.ts";
import { Connection } from "./connection.ts";
import { checkSchema, SCHEMA_VERSION } from "./migrate.ts";

/** What SQLite says of a database file. */
export interface DatabaseCheck {
  readonly schema: number;
  /** The schema that this version reads and writes; an older one is upgraded when it is opened. */
  readonly currentSchema: number;
  /** In SQLite's words; empty: every page, index and reference is sound. */
  readonly problems: readonly string[];
}

const MOST_PROBLEMS = 20;

/**
 * Reads every page of a database, without a change.
 * @throws IssuerError STORE_UNAVAILABLE when it cannot be opened; WRONG_STATE when it is not ours, or of a newer version.
 */
export function checkDatabase(file: string): DatabaseCheck {
  const connection = new Connection({ file, mode: "readonly" });
  try {
    const schema = checkSchema(connection, file);
    const found = connection.raw
      .prepare(`pragma integrity_check(${MOST_PROBLEMS})`)
      .pluck()
      .all() as string[];
    const dangling = connection.raw.pragma("foreign_key_check") as {
      table: string;
      parent: string;
    }[];
    const problems = found.filter((each) => each !== "ok");
    for (const { table, parent } of dangling.slice(0, MOST_PROBLEMS)) {
      problems.push(`a row of ${table} refers to a row of ${parent} that is not there`);
    }
    return { schema, currentSchema: SCHEMA_VERSION, problems };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "SQLITE_CORRUPT") {
      return { schema: 0, currentSchema: SCHEMA_VERSION, problems: [messageOf(error)] };
    }
    throw error;
  } finally {
    connection.close();
  }
}
