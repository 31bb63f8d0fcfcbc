import type { ChangeKind, ChangeRecord } from "../records.ts";
import type { Changes } from "../store.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import { checkLimit, type ReadSession } from "./session.ts";

const MAX_CHANGES = 10_000;

const AFTER = query((p: { sequence: number; limit: number }) =>
  db
    .selectFrom("changes")
    .selectAll()
    .where("sequence", ">", p.sequence)
    .orderBy("sequence")
    .limit(p.limit),
);

/** Appends to the feed; the session hands out the sequence. */
export const INSERT_CHANGE = query((p: Row<"changes">) =>
  db.insertInto("changes").values({
    sequence: p.sequence,
    at: p.at,
    kind: p.kind,
    key: p.key,
    data: p.data,
  }),
);

export function feedSequence(session: ReadSession): number {
  return session.counter("feed");
}

export function changesAfter(session: ReadSession, sequence: number, limit: number): Changes {
  checkLimit(limit, MAX_CHANGES);
  return session.atOnce(() => {
    const pruned = sequence < session.counter("feed_floor") || sequence > session.counter("feed");
    const changes = pruned ? [] : session.all(AFTER, { sequence, limit }).map(decode);
    return { changes, pruned };
  });
}

function decode(row: Row<"changes">): ChangeRecord {
  return {
    sequence: row.sequence,
    at: new Date(row.at),
    kind: row.kind as ChangeKind,
    key: row.key,
    data: row.data,
  };
}
