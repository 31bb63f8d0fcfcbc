import { sql } from "kysely";
import { leafHash } from "../../log/index.ts";
import type { AuditRecord } from "../records.ts";
import type { AuditDraft, AuditFilter } from "../store.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import { checkLimit, type ReadSession, type WriteSession } from "./session.ts";
import { ms } from "./values.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const INSERT = query((p: Row<"audit">) =>
  db.insertInto("audit").values({
    sequence: p.sequence,
    at: p.at,
    type: p.type,
    bot: p.bot,
    serial: p.serial,
    instance_id: p.instance_id,
    request_id: p.request_id,
    bytes: p.bytes,
    leaf: p.leaf,
  }),
);

/** How many records may be unindexed: a search by bot or instance reads them all. */
const INDEX_EVERY = 4096;

const INDEX = query((p: { after: number; upTo: number }) =>
  db
    .insertInto("audit_index")
    .columns(["subject", "sequence"])
    .expression(
      db
        .selectFrom("audit")
        .select([sql<string>`'bot:' || bot`.as("subject"), "sequence"])
        .where("sequence", ">", p.after)
        .where("sequence", "<=", p.upTo)
        .where("bot", "is not", null)
        .unionAll(
          db
            .selectFrom("audit")
            .select([sql<string>`'instance:' || instance_id`.as("subject"), "sequence"])
            .where("sequence", ">", p.after)
            .where("sequence", "<=", p.upTo)
            .where("instance_id", "is not", null),
        )
        // in the order of the index, so that each of its pages is written once
        .orderBy("subject")
        .orderBy("sequence"),
    ),
);

/** The rows of a subject: those that the index knows, and those that it has not reached. */
function ofSubject(column: "bot" | "instance_id", value: string) {
  const subject = `${column === "bot" ? "bot" : "instance"}:${value}`;
  const indexed = sql`(select value from counters where name = 'audit_index')`;
  return sql<boolean>`(sequence in (select sequence from audit_index where subject = ${subject})
    or (sequence > ${indexed} and ${sql.ref(column)} = ${value}))`;
}

/** As the partial index says it, word for word, so that SQLite uses it. */
const DECISIONS = sql<boolean>`type not in ('svid.issued', 'svid.refused', 'statement.signed', 'attestation.accepted', 'attestation.refused', 'instance.created', 'instance.resumed')`;

export function listAudit(session: ReadSession, filter: AuditFilter = {}): readonly AuditRecord[] {
  const limit = checkLimit(filter.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  let rows = db
    .selectFrom("audit")
    .selectAll()
    .where("sequence", ">", filter.afterSequence ?? 0);
  if (filter.bot !== undefined) rows = rows.where(ofSubject("bot", filter.bot));
  if (filter.serial !== undefined) rows = rows.where("serial", "=", filter.serial);
  if (filter.instanceId !== undefined) {
    rows = rows.where(ofSubject("instance_id", filter.instanceId));
  }
  if (filter.type !== undefined) rows = rows.where("type", "=", filter.type);
  if (filter.decidedAbout !== undefined) {
    rows = rows.where("bot", "=", filter.decidedAbout).where(DECISIONS);
  }
  if (filter.since !== undefined) rows = rows.where("at", ">=", ms(filter.since));
  if (filter.until !== undefined) rows = rows.where("at", "<", ms(filter.until));
  const { beforeSequence } = filter;
  if (beforeSequence !== undefined) rows = rows.where("sequence", "<", beforeSequence);
  const direction = beforeSequence === undefined ? "asc" : "desc";
  return session.list(rows.orderBy("sequence", direction).limit(limit)).map(decode);
}

const NEWEST_REFUSALS = 20_000;

export function lastRefusals(
  session: ReadSession,
  caller: { readonly actor: string } | { readonly address: string } | { readonly instance: string },
  limit: number,
): readonly AuditRecord[] {
  const [value = ""] = Object.values(caller);
  const column =
    "actor" in caller
      ? sql`json_extract(bytes, '$.actor')`
      : "address" in caller
        ? sql`json_extract(bytes, '$.details.remoteAddress')`
        : sql`instance_id`;
  const newest = db
    .selectFrom("audit")
    .selectAll()
    // the literal lets SQLite use the partial index
    .where(sql<boolean>`type in ('attestation.refused', 'svid.refused')`)
    .orderBy("sequence", "desc")
    .limit(NEWEST_REFUSALS);
  const rows = db
    .selectFrom(newest.as("audit"))
    .selectAll()
    .where(sql<boolean>`${column} = ${value}`)
    .orderBy("sequence", "desc")
    .limit(checkLimit(limit, MAX_LIMIT));
  return session.list(rows).map(decode);
}

export function appendAudit(
  session: WriteSession,
  drafts: readonly AuditDraft[],
): readonly number[] {
  const records = drafts.map((draft) => {
    const sequence = session.next("audit");
    return { sequence, draft, bytes: draft.bytes(sequence) };
  });
  // Each in a row of its own: the processor has the code of a hash, and of an insert, at hand after the first.
  const leaves = records.map(({ bytes }) => leafHash(bytes));
  for (const [index, { sequence, draft, bytes }] of records.entries()) {
    session.run(INSERT, {
      sequence,
      at: ms(draft.at),
      type: draft.type,
      bot: draft.bot,
      serial: draft.serial,
      instance_id: draft.instanceId,
      request_id: draft.requestId,
      bytes,
      leaf: leaves[index] ?? leafHash(bytes),
    });
    session.appended(sequence, draft);
  }
  indexAudit(session);
  return records.map(({ sequence }) => sequence);
}

function indexAudit(session: WriteSession): void {
  const upTo = session.counter("audit");
  const after = session.counter("audit_index");
  if (upTo - after < INDEX_EVERY) return;
  session.run(INDEX, { after, upTo });
  session.raise("audit_index", upTo);
}

function decode(row: Row<"audit">): AuditRecord {
  return {
    sequence: row.sequence,
    at: new Date(row.at),
    bytes: row.bytes,
    type: row.type,
    bot: row.bot,
    serial: row.serial,
    instanceId: row.instance_id,
    requestId: row.request_id,
    leaf: row.leaf,
  };
}
