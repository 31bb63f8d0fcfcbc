import { chmodSync, closeSync, openSync } from "node:fs";
import Sqlite from "better-sqlite3";
import type { Compilable } from "kysely";
import { storeError, unavailable } from "./failure.ts";
import type { Query, SqlParameters, SqlValue } from "./query.ts";

/** How long a statement waits for another process that holds the file. It holds up everything: short. */
const BUSY_TIMEOUT_MS = 1000;
/** Statements of lists, whose text depends on the filter. */
const MAX_TEXTS = 256;

/** How one connection is opened. */
export interface ConnectionOptions {
  readonly file: string;
  /** `create` makes the file when there is none. */
  readonly mode: "create" | "write" | "read" | "readonly";
}

type Statement = Sqlite.Statement<SqlValue[], unknown>;

/** One SQLite connection with its prepared statements. All calls are synchronous and throw SQLite's errors. */
export class Connection {
  readonly #database: Sqlite.Database;
  readonly #prepared = new Map<object, Statement>();
  readonly #texts = new Map<string, Statement>();

  /** @throws IssuerError STORE_UNAVAILABLE when the file cannot be opened. */
  constructor({ file, mode }: ConnectionOptions) {
    try {
      if (mode === "create") ownFile(file);
      this.#database = new Sqlite(file, {
        timeout: BUSY_TIMEOUT_MS,
        fileMustExist: true,
        readonly: mode === "readonly",
      });
    } catch (error) {
      throw openError(file, error);
    }
    try {
      configure(this.#database, mode);
    } catch (error) {
      this.#database.close();
      throw openError(file, error);
    }
  }

  get raw(): Sqlite.Database {
    return this.#database;
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  get<P extends SqlParameters, R>(query: Query<P, R>, values: P): R | undefined {
    return this.#statement(query).get(...query.bind(values)) as R | undefined;
  }

  all<P extends SqlParameters, R>(query: Query<P, R>, values: P): R[] {
    return this.#statement(query).all(...query.bind(values)) as R[];
  }

  /** @returns how many rows changed. */
  run<P extends SqlParameters>(query: Query<P, unknown>, values: P): number {
    return this.#statement(query).run(...query.bind(values)).changes;
  }

  /** Runs a query whose text is made on the spot. */
  list<R>(compilable: Compilable<R>): R[] {
    const { sql, parameters } = compilable.compile();
    return this.#text(sql).all(...(parameters as SqlValue[])) as R[];
  }

  /** Runs a statement without parameters or rows. */
  execute(sql: string): void {
    this.#text(sql).run();
  }

  pragma(name: string): string {
    return String(this.#database.pragma(name, { simple: true }));
  }

  close(): void {
    this.#prepared.clear();
    this.#texts.clear();
    this.#database.close();
  }

  #statement<P extends SqlParameters>(query: Query<P, unknown>): Statement {
    let statement = this.#prepared.get(query);
    if (statement === undefined) {
      statement = this.#database.prepare<SqlValue[]>(query.sql);
      this.#prepared.set(query, statement);
    }
    return statement;
  }

  #text(sql: string): Statement {
    let statement = this.#texts.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare<SqlValue[]>(sql);
      if (this.#texts.size >= MAX_TEXTS) this.#texts.clear();
      this.#texts.set(sql, statement);
    }
    return statement;
  }
}

/** Makes the file, or makes it the owner's alone: SQLite gives its WAL the same mode. */
function ownFile(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}

function configure(database: Sqlite.Database, mode: ConnectionOptions["mode"]): void {
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  if (mode === "create" || mode === "write") {
    // A write-ahead log, flushed after every commit by `WalFlush` and written back by `Checkpoints`: neither may hold
    // up the event loop. Where there is no event loop to hold up, SQLite flushes by itself.
    database.pragma("journal_mode = wal");
    database.pragma(`synchronous = ${mode === "write" ? "normal" : "full"}`);
    database.pragma("foreign_keys = on");
    if (mode === "write") database.pragma("wal_autocheckpoint = 0");
    database.pragma("journal_size_limit = 67108864");
  }
  if (mode === "read") database.pragma("query_only = on");
  database.pragma("cache_size = -16384");
  database.pragma("temp_store = memory");
}

function openError(file: string, error: unknown): unknown {
  const mapped = storeError(error);
  if (mapped !== error) return mapped;
  const message = error instanceof Error ? error.message : String(error);
  return unavailable(`database ${file} cannot be opened: ${message}`, error);
}
