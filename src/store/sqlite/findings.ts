import { IssuerError } from "../../errors.ts";
import type { DeliveryRecord, FindingRecord } from "../records.ts";
import type { FindingFilter, Page, PageRequest } from "../store.ts";
import { pageOf, readPage } from "./paging.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import { checkLimit, type ReadSession, type WriteSession } from "./session.ts";
import { ms } from "./values.ts";

const BY_ID = query((p: { id: number }) =>
  db.selectFrom("findings").selectAll().where("id", "=", p.id),
);
const NEWEST = query(() => db.selectFrom("findings").select("id").orderBy("id", "desc").limit(1));
const INSERT = query((p: Omit<Row<"findings">, "acked_at" | "acked_by" | "note">) =>
  db.insertInto("findings").values({
    id: p.id,
    at: p.at,
    detector: p.detector,
    severity: p.severity,
    bot: p.bot,
    instance_id: p.instance_id,
    subject: p.subject,
    summary: p.summary,
    facts: p.facts,
    evidence: p.evidence,
  }),
);
const ACK = query((p: { id: number; at: number; by: string; note: string }) =>
  db
    .updateTable("findings")
    .set({ acked_at: p.at, acked_by: p.by, note: p.note })
    .where("id", "=", p.id),
);
const PRUNE = query((p: { before: number; upTo: number; newest: number; limit: number }) =>
  db.deleteFrom("findings").where("id", "in", (from) =>
    from
      .selectFrom("findings")
      .select("id")
      .where((each) => each.or([each("at", "<", p.before), each("id", "<=", p.upTo)]))
      .where("id", "<", p.newest)
      .orderBy("id")
      .limit(p.limit),
  ),
);
const NEWEST_DELIVERY = query(() =>
  db.selectFrom("finding_deliveries").select("id").orderBy("id", "desc").limit(1),
);
const ALL_QUEUED = query(() =>
  db.selectFrom("finding_deliveries").select((from) => from.fn.countAll<number>().as("count")),
);
const QUEUED = query((p: { webhook: string }) =>
  db
    .selectFrom("finding_deliveries")
    .select([
      (from) => from.fn.countAll<number>().as("count"),
      (from) => from.fn.min("id").as("oldest"),
    ])
    .where("webhook", "=", p.webhook),
);
const INSERT_DELIVERY = query((p: Row<"finding_deliveries">) =>
  db.insertInto("finding_deliveries").values({
    id: p.id,
    finding_id: p.finding_id,
    webhook: p.webhook,
    attempts: p.attempts,
    created_at: p.created_at,
    due_at: p.due_at,
  }),
);
const POSTPONE = query((p: { id: number; due: number }) =>
  db
    .updateTable("finding_deliveries")
    .set((from) => ({ due_at: p.due, attempts: from("attempts", "+", 1) }))
    .where("id", "=", p.id),
);
const REMOVE_DELIVERY = query((p: { id: number }) =>
  db.deleteFrom("finding_deliveries").where("id", "=", p.id),
);

export function getFinding(session: ReadSession, id: number): FindingRecord | undefined {
  const row = session.get(BY_ID, { id });
  return row === undefined ? undefined : decode(row);
}

export function listFindings(
  session: ReadSession,
  filter: FindingFilter = {},
  page?: PageRequest,
): Page<FindingRecord> {
  const cursor = readPage(page);
  let rows = db.selectFrom("findings").selectAll();
  if (cursor.after !== "") rows = rows.where("id", "<", Number(cursor.after));
  if (filter.bot !== undefined) rows = rows.where("bot", "=", filter.bot);
  if (filter.detector !== undefined) rows = rows.where("detector", "=", filter.detector);
  if (filter.open === true) rows = rows.where("acked_at", "is", null);
  const found = session.list(rows.orderBy("id", "desc").limit(cursor.limit + 1));
  return pageOf(found, cursor, (row) => String(row.id), decode);
}

export function nextDeliveries(
  session: ReadSession,
  webhook: string,
  limit: number,
): readonly DeliveryRecord[] {
  const rows = db
    .selectFrom("finding_deliveries")
    .selectAll()
    .where("webhook", "=", webhook)
    .orderBy("due_at")
    .orderBy("id")
    .limit(checkLimit(limit, 1000));
  return session.list(rows).map((row) => ({
    id: row.id,
    findingId: row.finding_id,
    webhook: row.webhook,
    attempts: row.attempts,
    createdAt: new Date(row.created_at),
    dueAt: new Date(row.due_at),
  }));
}

export function countDeliveries(session: ReadSession): number {
  return session.get(ALL_QUEUED, {})?.count ?? 0;
}

export function addFinding(
  session: WriteSession,
  finding: Omit<FindingRecord, "id" | "acked">,
): FindingRecord {
  const row = {
    id: (session.get(NEWEST, {})?.id ?? 0) + 1,
    at: ms(finding.at),
    detector: finding.detector,
    severity: finding.severity,
    bot: finding.bot,
    instance_id: finding.instance,
    subject: finding.subject,
    summary: finding.summary,
    facts: JSON.stringify(finding.facts),
    evidence: JSON.stringify(finding.evidence),
  };
  session.run(INSERT, row);
  return decode({ ...row, acked_at: null, acked_by: null, note: null });
}

export function ackFinding(
  session: WriteSession,
  id: number,
  { at, by, note }: NonNullable<FindingRecord["acked"]>,
): FindingRecord {
  const row = session.get(BY_ID, { id });
  if (row === undefined) throw new IssuerError("NOT_FOUND", `finding ${id} does not exist`);
  if (row.acked_at !== null) return decode(row);
  session.run(ACK, { id, at: ms(at), by, note });
  return decode({ ...row, acked_at: ms(at), acked_by: by, note });
}

export function addDelivery(
  session: WriteSession,
  delivery: Omit<DeliveryRecord, "id" | "attempts">,
  most: number,
): boolean {
  const { webhook, findingId, createdAt, dueAt } = delivery;
  const queued = session.get(QUEUED, { webhook });
  const full = (queued?.count ?? 0) >= most;
  if (full && queued) session.run(REMOVE_DELIVERY, { id: Number(queued.oldest) });
  session.run(INSERT_DELIVERY, {
    id: (session.get(NEWEST_DELIVERY, {})?.id ?? 0) + 1,
    finding_id: findingId,
    webhook,
    attempts: 0,
    created_at: ms(createdAt),
    due_at: ms(dueAt),
  });
  return full;
}

export function postponeDelivery(session: WriteSession, id: number, dueAt: Date): void {
  session.run(POSTPONE, { id, due: ms(dueAt) });
}

export function removeDelivery(session: WriteSession, id: number): void {
  session.run(REMOVE_DELIVERY, { id });
}

/** The newest stays, however old it is: its number is not given again. */
export function pruneFindings(
  session: WriteSession,
  { before, most, limit }: { readonly before: Date; readonly most: number; readonly limit: number },
): number {
  const newest = session.get(NEWEST, {})?.id ?? 0;
  return session.run(PRUNE, { before: ms(before), upTo: newest - most, newest, limit });
}

function decode(row: Row<"findings">): FindingRecord {
  return {
    id: row.id,
    at: new Date(row.at),
    detector: row.detector,
    severity: row.severity as FindingRecord["severity"],
    bot: row.bot,
    instance: row.instance_id,
    subject: row.subject,
    summary: row.summary,
    facts: JSON.parse(row.facts) as Record<string, string>,
    evidence: JSON.parse(row.evidence) as number[],
    acked:
      row.acked_at === null
        ? null
        : { at: new Date(row.acked_at), by: row.acked_by ?? "", note: row.note ?? "" },
  };
}
