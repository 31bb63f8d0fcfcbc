import type { Compilable } from "kysely";
import { IssuerError } from "../../errors.ts";
import type { ChangeData, ChangeKind } from "../records.ts";
import type { AuditDraft } from "../store.ts";
import type { Query, SqlParameters } from "./query.ts";
import type { CounterName } from "./schema.ts";

/** Where reads go. Throws IssuerErrors; refused constraints come through as SQLite's errors. */
export interface ReadSession {
  get<P extends SqlParameters, R>(query: Query<P, R>, values: P): R | undefined;
  all<P extends SqlParameters, R>(query: Query<P, R>, values: P): R[];
  list<R>(compilable: Compilable<R>): R[];
  counter(name: CounterName): number;
  /** Runs reads that must see one state. */
  atOnce<T>(work: () => T): T;
}

/** Where the writes of one transaction go. */
export interface WriteSession extends ReadSession {
  run<P extends SqlParameters>(query: Query<P, unknown>, values: P): number;
  /** The next number of a sequence that has no gaps. */
  next(counter: "audit" | "feed"): number;
  /** Tells, when it is committed, of an audit record. */
  appended(sequence: number, draft: AuditDraft): void;
  /** Sets a counter forward. */
  raise(counter: CounterName, value: number): void;
  /** Appends to the change feed and answers with the sequence. */
  change<K extends ChangeKind>(kind: K, key: string, data: ChangeData[K]): number;
}

/** @throws IssuerError REQUEST_INVALID when it is not a whole number within the bounds. */
export function checkLimit(limit: number, most: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    const message = `limit ${limit} is not a whole number from 1 to ${most}`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  return limit;
}
