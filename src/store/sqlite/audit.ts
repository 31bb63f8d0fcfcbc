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
  }),
);

export function listAudit(session: ReadSession, filter: AuditFilter = {}): readonly AuditRecord[] {
  const limit = checkLimit(filter.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  let rows = db
    .selectFrom("audit")
    .selectAll()
    .where("sequence", ">", filter.afterSequence ?? 0);
  if (filter.bot !== undefined) rows = rows.where("bot", "=", filter.bot);
  if (filter.serial !== undefined) rows = rows.where("serial", "=", filter.serial);
  if (filter.instanceId !== undefined) rows = rows.where("instance_id", "=", filter.instanceId);
  if (filter.type !== undefined) rows = rows.where("type", "=", filter.type);
  if (filter.since !== undefined) rows = rows.where("at", ">=", ms(filter.since));
  if (filter.until !== undefined) rows = rows.where("at", "<", ms(filter.until));
  return session.list(rows.orderBy("sequence").limit(limit)).map(decode);
}

export function appendAudit(
  session: WriteSession,
  drafts: readonly AuditDraft[],
): readonly number[] {
  return drafts.map((draft) => {
    const sequence = session.next("audit");
    session.run(INSERT, {
      sequence,
      at: ms(draft.at),
      type: draft.type,
      bot: draft.bot,
      serial: draft.serial,
      instance_id: draft.instanceId,
      request_id: draft.requestId,
      bytes: draft.bytes(sequence),
    });
    return sequence;
  });
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
  };
}
