import { IssuerError } from "../../errors.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { isUnavailable, sqliteCode, storeError } from "./failure.ts";

/** Keeps one connection open, and opens another after a failure that the old one may not get over. */
export class ConnectionSlot {
  readonly #options: ConnectionOptions;
  #connection: Connection | undefined;
  #closed = false;
  #dropped = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** How many connections were closed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @throws IssuerError CLOSED; STORE_UNAVAILABLE when it cannot be opened. */
  get connection(): Connection {
    if (this.#closed) throw new IssuerError("CLOSED", "the store is closed");
    this.#connection ??= new Connection(this.#options);
    return this.#connection;
  }

  /** @throws IssuerError as `connection` does, and STORE_UNAVAILABLE when `work` fails for the database. */
  use<T>(work: (connection: Connection) => T): T {
    const { connection } = this;
    try {
      return work(connection);
    } catch (error) {
      const mapped = storeError(error);
      this.failed(mapped);
      throw mapped;
    }
  }

  /** Notes a failure. A full disk or a held lock leaves the connection as good as it was. */
  failed(error: unknown): void {
    if (!isUnavailable(error)) return;
    const code = sqliteCode(error.cause) ?? "";
    if (code.startsWith("SQLITE_FULL") || code.startsWith("SQLITE_BUSY")) return;
    this.#drop();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#dropped += 1;
    connection?.close();
  }
}
