import type { BanRecord } from "../records.ts";
import type { Page, PageRequest } from "../store.ts";
import { pageOf, readPage } from "./paging.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { ms } from "./values.ts";

const BY_KEY = query((p: { key: string }) =>
  db.selectFrom("bans").selectAll().where("evidence_key", "=", p.key),
);
const INSERT = query((p: Row<"bans">) =>
  db
    .insertInto("bans")
    .values({
      evidence_key: p.evidence_key,
      bot: p.bot,
      reason: p.reason,
      created_at: p.created_at,
    })
    .onConflict((conflict) => conflict.doNothing()),
);
const REMOVE = query((p: { key: string }) =>
  db.deleteFrom("bans").where("evidence_key", "=", p.key).returning("bot"),
);

export function getBan(session: ReadSession, key: string): BanRecord | undefined {
  const row = session.get(BY_KEY, { key });
  return row === undefined ? undefined : decode(row);
}

export function listBans(session: ReadSession, page?: PageRequest): Page<BanRecord> {
  const cursor = readPage(page);
  const rows = db
    .selectFrom("bans")
    .selectAll()
    .where("evidence_key", ">", cursor.after)
    .orderBy("evidence_key")
    .limit(cursor.limit + 1);
  return pageOf(session.list(rows), cursor, (row) => row.evidence_key, decode);
}

export function addBan(session: WriteSession, ban: BanRecord): boolean {
  const { evidenceKey, bot, reason } = ban;
  const row = { evidence_key: evidenceKey, bot, reason, created_at: ms(ban.createdAt) };
  if (session.run(INSERT, row) === 0) return false;
  session.change("ban", evidenceKey, { bot });
  return true;
}

export function removeBan(session: WriteSession, key: string): boolean {
  const row = session.get(REMOVE, { key });
  if (row === undefined) return false;
  session.change("ban", key, { bot: row.bot, lifted: true });
  return true;
}

function decode(row: Row<"bans">): BanRecord {
  return {
    evidenceKey: row.evidence_key,
    bot: row.bot,
    reason: row.reason,
    createdAt: new Date(row.created_at),
  };
}
