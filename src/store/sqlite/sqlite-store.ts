import { type Clock, systemClock } from "../../clock.ts";
import { IssuerError } from "../../errors.ts";
import type { AppendedAudit, BackupResult, ChangedKey, Store, StoreTransaction } from "../store.ts";
import { backupDatabase } from "./backup.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { Connection } from "./connection.ts";
import { ConnectionSlot } from "./connection-slot.ts";
import { unavailable } from "./failure.ts";
import { checkSchema, migrate } from "./migrate.ts";
import { CommittedReads } from "./read-session.ts";
import { SqliteReader } from "./reader.ts";
import { SqliteTransaction } from "./transaction.ts";
import { TransactionSession } from "./transaction-session.ts";
import { WalFlush } from "./wal-flush.ts";

export interface SqliteStoreOptions {
  /** Made, for its owner alone (0600), when it does not exist; its directory must. */
  readonly file: string;
  /** Dates the change feed; default: the machine's. */
  readonly clock?: Clock;
  /** Opens an existing database and refuses every write; default false. */
  readonly readonly?: boolean;
}

/** What makes a commit durable, and what else was set, as the database tells it. */
const PRAGMAS = [
  "journal_mode",
  "synchronous",
  "foreign_keys",
  "busy_timeout",
  "wal_autocheckpoint",
  "user_version",
  "application_id",
];

/**
 * Opens, makes or migrates a database.
 * @throws IssuerError STORE_UNAVAILABLE when it cannot be opened; WRONG_STATE when it is not ours, or of a
 * newer version.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { file, readonly = false, clock = systemClock } = options;
  if (!readonly) prepare(file);
  // Opened again after a failure: a file that has gone since must not be made anew, empty.
  const writer = new ConnectionSlot({ file, mode: readonly ? "readonly" : "write" });
  const reader = new ConnectionSlot({ file, mode: readonly ? "readonly" : "read" });
  try {
    writer.use((connection) => {
      if (checkSchema(connection, file) === 0) {
        throw new IssuerError("WRONG_STATE", `${file} is an empty database`);
      }
    });
    reader.use((connection) => connection.pragma("user_version"));
  } catch (error) {
    writer.close();
    reader.close();
    throw error;
  }
  return new SqliteStore(file, writer, reader, clock);
}

/** Makes or migrates the database. */
function prepare(file: string): void {
  const slot = new ConnectionSlot({ file, mode: "create" });
  try {
    slot.use((connection) => migrate(connection, file));
  } finally {
    slot.close();
  }
}

class SqliteStore extends SqliteReader implements Store {
  readonly #file: string;
  readonly #writer: ConnectionSlot;
  readonly #reader: ConnectionSlot;
  readonly #clock: Clock;
  readonly #watchers = new Set<(upTo: number) => void>();
  /** Resolves when the last transaction asked for is over. */
  #turn: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  readonly #backups = new Set<Promise<unknown>>();
  readonly #commitListeners = new Set<(changed: readonly ChangedKey[]) => void>();
  readonly #auditListeners = new Set<(records: readonly AppendedAudit[]) => void>();
  readonly #flush: WalFlush;
  readonly #checkpoints: Checkpoints;

  constructor(file: string, writer: ConnectionSlot, reader: ConnectionSlot, clock: Clock) {
    super(new CommittedReads(reader));
    this.#flush = new WalFlush(file, () => writer.dropped + reader.dropped);
    this.#checkpoints = new Checkpoints(file, (work) => this.#inTurn(work));
    this.#file = file;
    this.#writer = writer;
    this.#reader = reader;
    this.#clock = clock;
  }

  transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    return this.#inTurn(() => this.#run(work)).then(({ result, session }) =>
      session.wrote ? this.#makeDurable(session).then(() => result) : result,
    );
  }

  onCommit(listener: (changed: readonly ChangedKey[]) => void): () => void {
    const each = (changed: readonly ChangedKey[]): void => listener(changed);
    this.#commitListeners.add(each);
    return () => {
      this.#commitListeners.delete(each);
    };
  }

  onAppended(listener: (records: readonly AppendedAudit[]) => void): () => void {
    const each = (records: readonly AppendedAudit[]): void => listener(records);
    this.#auditListeners.add(each);
    return () => {
      this.#auditListeners.delete(each);
    };
  }

  watch(listener: (upTo: number) => void): () => void {
    // wrapped, so that one function can watch twice
    const watcher = (upTo: number): void => listener(upTo);
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  async backup(file: string): Promise<BackupResult> {
    if (this.#closing !== undefined) throw closedError();
    const copying = backupDatabase(this.#file, file);
    this.#backups.add(copying);
    try {
      return await copying;
    } finally {
      this.#backups.delete(copying);
    }
  }

  async pragmas(): Promise<Readonly<Record<string, string>>> {
    return this.#writer.use((connection) =>
      Object.fromEntries(PRAGMAS.map((name) => [name, connection.pragma(name)])),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** One after the other, in the order of the calls. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    const over = (): void => undefined;
    this.#turn = result.then(over, over);
    return result;
  }

  async #run<T>(
    work: (tx: StoreTransaction) => Promise<T>,
  ): Promise<{ readonly result: T; readonly session: TransactionSession }> {
    const session = this.#writer.use((connection) => {
      if (this.#flush.broken) this.#repair(connection);
      connection.execute("begin immediate");
      return new TransactionSession(connection, this.#clock);
    });
    let result: T;
    try {
      result = await work(new SqliteTransaction(session));
      session.commit();
    } catch (error) {
      this.#rollback(session);
      throw session.failure ?? error;
    }
    if (session.changed.length > 0) {
      for (const listener of this.#commitListeners) listener(session.changed);
    }
    if (session.audit.length > 0) {
      for (const listener of this.#auditListeners) listener(session.audit);
    }
    return { result, session };
  }

  async #makeDurable(session: TransactionSession): Promise<void> {
    await this.#flush.flush();
    this.#checkpoints.committed();
    this.#announce(session.newestChange);
  }

  /** After a flush that failed, only what is in the database itself, and flushed there, is known to be kept. */
  #repair(connection: Connection): void {
    const [row] = connection.raw.pragma("wal_checkpoint(truncate)") as { busy: number }[];
    if (row?.busy !== 0) throw unavailable("the database could not be repaired: it is busy");
    this.#flush.repaired();
  }

  #rollback(session: TransactionSession): void {
    // what the rollback itself fails with says less than what led to it; the connection is left either way
    this.#writer.failed(session.failure);
    try {
      session.rollback();
    } catch (error) {
      this.#writer.failed(error);
    }
  }

  #announce(upTo: number | undefined): void {
    if (upTo === undefined) return;
    for (const watcher of this.#watchers) queueMicrotask(() => watcher(upTo));
  }

  async #close(): Promise<void> {
    await this.#turn;
    await Promise.allSettled(this.#backups);
    await this.#checkpoints.close();
    await this.#flush.close();
    this.#reader.close();
    this.#writer.close();
  }
}

function closedError(): IssuerError {
  return new IssuerError("CLOSED", "the store is closed");
}
