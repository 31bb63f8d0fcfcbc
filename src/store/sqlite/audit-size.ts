import { sql } from "kysely";
import type { AuditSize } from "../store.ts";
import { logExtent } from "./log.ts";
import { db, query } from "./query.ts";
import type { ReadSession } from "./session.ts";

/** So many records are measured: all when there are no more, else some from everywhere. */
const SAMPLE = 1000;
/** What a record takes beside its text: its row's other columns, its leaf, and its places in indexes. */
const BESIDE = 300;

const MEAN = query((p: { from: number; step: number }) =>
  db
    .selectFrom("audit")
    .select(sql<number | null>`avg(length(cast(bytes as blob)))`.as("mean"))
    .where(
      sql<boolean>`sequence in (
        with recursive places(place, left) as (
          select ${p.from}, ${sql.lit(SAMPLE)} union all select place + ${p.step}, left - 1 from places where left > 1
        ) select place from places)`,
    ),
);

/** Numbers are dense: how many records there are needs no count, and a sample by number is spread evenly. */
export function auditSize(session: ReadSession): AuditSize {
  return session.atOnce(() => {
    const { before, size, keptFrom } = logExtent(session);
    const newest = before + size;
    const records = newest - keptFrom + 1;
    if (records <= 0) return { records: 0, newest, bytes: 0 };
    const step = Math.max(Math.ceil(records / SAMPLE), 1);
    const mean = session.get(MEAN, { from: keptFrom, step })?.mean ?? 0;
    return { records, newest, bytes: Math.round(records * (mean + BESIDE)) };
  });
}
