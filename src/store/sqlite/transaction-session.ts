import type { Compilable } from "kysely";
import type { Clock } from "../../clock.ts";
import { IssuerError } from "../../errors.ts";
import type { ChangeData, ChangeKind } from "../records.ts";
import type { AppendedAudit, AuditDraft, ChangedKey } from "../store.ts";
import type { Connection } from "./connection.ts";
import { readCounter, SET_COUNTER } from "./counters.ts";
import { isUnavailable, storeError } from "./failure.ts";
import { INSERT_CHANGE } from "./feed.ts";
import type { Query, SqlParameters } from "./query.ts";
import type { CounterName } from "./schema.ts";
import type { WriteSession } from "./session.ts";

/** Counters as they will be when the transaction commits; only those that it moved. */
type Counters = Map<CounterName, number>;

/** An open savepoint: how deep it lies, and what there was when it began. */
export interface Savepoint {
  readonly depth: number;
  readonly counters: Counters;
  readonly appended: number;
}

/**
 * One transaction. After a failure of the database nothing of it can be kept (SQLite may have rolled back on
 * its own, and would commit each later write alone): every further call, and the commit, fail as the first did.
 */
export class TransactionSession implements WriteSession {
  readonly #connection: Connection;
  readonly #clock: Clock;
  #counters: Counters = new Map();
  #depth = 0;
  #failure: unknown;
  #over = false;
  #wrote = false;
  readonly #changed: ChangedKey[] = [];
  readonly #appended: AppendedAudit[] = [];

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Why nothing of this can be committed. */
  get failure(): unknown {
    return this.#failure;
  }

  /** The newest change, when this made one. */
  get newestChange(): number | undefined {
    return this.#counters.get("feed");
  }

  /** Whether there is anything to make durable. */
  get wrote(): boolean {
    return this.#wrote;
  }

  /** What was changed, in order; also what a savepoint has undone. */
  get changed(): readonly ChangedKey[] {
    return this.#changed;
  }

  /** Its audit records, in order. */
  get audit(): readonly AppendedAudit[] {
    return this.#appended;
  }

  get<P extends SqlParameters, R>(query: Query<P, R>, values: P): R | undefined {
    return this.#do(() => this.#connection.get(query, values));
  }

  all<P extends SqlParameters, R>(query: Query<P, R>, values: P): R[] {
    return this.#do(() => this.#connection.all(query, values));
  }

  list<R>(compilable: Compilable<R>): R[] {
    return this.#do(() => this.#connection.list(compilable));
  }

  run<P extends SqlParameters>(query: Query<P, unknown>, values: P): number {
    this.#wrote = true;
    return this.#do(() => this.#connection.run(query, values));
  }

  atOnce<T>(work: () => T): T {
    return work();
  }

  counter(name: CounterName): number {
    return this.#counters.get(name) ?? readCounter(this, name);
  }

  next(counter: "audit" | "feed"): number {
    const value = this.counter(counter) + 1;
    this.#counters.set(counter, value);
    return value;
  }

  appended(sequence: number, draft: AuditDraft): void {
    this.#appended.push({ sequence, draft });
  }

  raise(counter: CounterName, value: number): void {
    this.#counters.set(counter, Math.max(value, this.counter(counter)));
  }

  change<K extends ChangeKind>(kind: K, key: string, data: ChangeData[K]): number {
    const sequence = this.next("feed");
    const at = this.#clock.now().getTime();
    this.#changed.push({ kind, key });
    this.run(INSERT_CHANGE, { sequence, at, kind, key, data: JSON.stringify(data) });
    return sequence;
  }

  openSavepoint(): Savepoint {
    const depth = this.#depth + 1;
    this.#do(() => this.#connection.execute(`savepoint s${depth}`));
    this.#depth = depth;
    return { depth, counters: new Map(this.#counters), appended: this.#appended.length };
  }

  keepSavepoint({ depth }: Savepoint): void {
    this.#leave(depth);
    this.#do(() => this.#connection.execute(`release s${depth}`));
  }

  undoSavepoint({ depth, counters, appended }: Savepoint): void {
    if (this.#failure !== undefined) return;
    this.#leave(depth);
    this.#do(() => {
      this.#connection.execute(`rollback to s${depth}`);
      this.#connection.execute(`release s${depth}`);
    });
    this.#counters = counters;
    this.#appended.length = appended;
  }

  /** Commits. @throws IssuerError STORE_UNAVAILABLE when nothing, or perhaps nothing, was kept. */
  commit(): void {
    if (this.#depth > 0) throw new IssuerError("INTERNAL", "a savepoint is still open");
    for (const [name, value] of this.#counters) this.run(SET_COUNTER, { name, value });
    this.#do(() => this.#connection.execute("commit"));
    this.#over = true;
  }

  /** Ends what cannot, or shall not, be committed. */
  rollback(): void {
    this.#over = true;
    if (this.#connection.inTransaction) this.#connection.execute("rollback");
  }

  #leave(depth: number): void {
    if (depth !== this.#depth) {
      this.#failure ??= new IssuerError("INTERNAL", "savepoints of one transaction overlap");
      throw this.#failure;
    }
    this.#depth = depth - 1;
  }

  #do<T>(work: () => T): T {
    if (this.#over) throw new IssuerError("INTERNAL", "the transaction is over");
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return work();
    } catch (error) {
      const mapped = storeError(error);
      if (isUnavailable(mapped) || !this.#connection.inTransaction) this.#failure = mapped;
      throw mapped;
    }
  }
}
