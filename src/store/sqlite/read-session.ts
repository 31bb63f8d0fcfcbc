import type { Compilable } from "kysely";
import type { Connection } from "./connection.ts";
import type { ConnectionSlot } from "./connection-slot.ts";
import { readCounter } from "./counters.ts";
import type { Query, SqlParameters } from "./query.ts";
import type { CounterName } from "./schema.ts";
import type { ReadSession } from "./session.ts";

/** Reads outside of transactions, on a connection of their own: they see what is committed, nothing else. */
export class CommittedReads implements ReadSession {
  readonly #slot: ConnectionSlot;

  constructor(slot: ConnectionSlot) {
    this.#slot = slot;
  }

  get<P extends SqlParameters, R>(query: Query<P, R>, values: P): R | undefined {
    return this.#slot.use((connection) => connection.get(query, values));
  }

  all<P extends SqlParameters, R>(query: Query<P, R>, values: P): R[] {
    return this.#slot.use((connection) => connection.all(query, values));
  }

  list<R>(compilable: Compilable<R>): R[] {
    return this.#slot.use((connection) => connection.list(compilable));
  }

  counter(name: CounterName): number {
    return readCounter(this, name);
  }

  atOnce<T>(work: () => T): T {
    return this.#slot.use((connection) => snapshot(connection, work));
  }
}

function snapshot<T>(connection: Connection, work: () => T): T {
  if (connection.inTransaction) return work();
  connection.execute("begin");
  try {
    return work();
  } finally {
    if (connection.inTransaction) connection.execute("commit");
  }
}
