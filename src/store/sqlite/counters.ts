import { db, query } from "./query.ts";
import type { CounterName } from "./schema.ts";
import type { ReadSession } from "./session.ts";

const READ = query((p: { name: CounterName }) =>
  db.selectFrom("counters").select("value").where("name", "=", p.name),
);

/** Sets a counter; the statement of the session that hands out its numbers. */
export const SET_COUNTER = query((p: { name: CounterName; value: number }) =>
  db.updateTable("counters").set({ value: p.value }).where("name", "=", p.name),
);

export function readCounter(session: Pick<ReadSession, "get">, name: CounterName): number {
  return session.get(READ, { name })?.value ?? 0;
}
