import { IssuerError } from "../../errors.ts";
import type { BotState, StagingRecord } from "../records.ts";
import { changeOf, dropCalls, storedCalls } from "./bots.ts";
import { unstageEntry } from "./entries.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { ms } from "./values.ts";

type Part = { staging: string; limit: number };

const ALL = query((_: Record<string, never>) =>
  db.selectFrom("stagings").selectAll().orderBy("created_at").orderBy("id"),
);
const BY_ID = query((p: { id: string }) =>
  db.selectFrom("stagings").selectAll().where("id", "=", p.id),
);
const INSERT = query((p: Row<"stagings">) =>
  db
    .insertInto("stagings")
    .values({ id: p.id, actor: p.actor, created_at: p.created_at, live: p.live }),
);
const SET_LIVE = query((p: { id: string }) =>
  db.updateTable("stagings").set({ live: 1 }).where("id", "=", p.id).where("live", "=", 0),
);
const DELETE = query((p: { id: string }) => db.deleteFrom("stagings").where("id", "=", p.id));
const BOTS_OF = query((p: Part) =>
  db
    .selectFrom("bots")
    .selectAll()
    .where("staged_in", "=", p.staging)
    .orderBy("name")
    .limit(p.limit),
);
const ENTRIES_OF = query((p: Part) =>
  db
    .selectFrom("entries")
    .selectAll()
    .where("staged_in", "=", p.staging)
    .orderBy("id")
    .limit(p.limit),
);
const SETTLE_BOT = query((p: { name: string }) =>
  db.updateTable("bots").set({ staged_in: null }).where("name", "=", p.name),
);
const SETTLE_ENTRY = query((p: { id: string }) =>
  db.updateTable("entries").set({ staged_in: null }).where("id", "=", p.id),
);
const DELETE_BOT = query((p: { name: string }) => db.deleteFrom("bots").where("name", "=", p.name));

export function listStagings(session: ReadSession): readonly StagingRecord[] {
  return session.all(ALL, {}).map((row) => ({
    id: row.id,
    actor: row.actor,
    createdAt: new Date(row.created_at),
    live: row.live === 1,
  }));
}

export function openStaging(session: WriteSession, staging: Omit<StagingRecord, "live">): void {
  const { id, actor, createdAt } = staging;
  session.run(INSERT, { id, actor, created_at: ms(createdAt), live: 0 });
}

export function goLive(session: WriteSession, id: string): void {
  if (session.run(SET_LIVE, { id }) === 1) return;
  throw new IssuerError("WRONG_STATE", `staging ${id} does not exist, or is live already`);
}

export function announceStaged(session: WriteSession, id: string, limit: number): boolean {
  requireLive(session, id, 1);
  // bots first: whoever hears of an entry finds its bot settled
  const bots = session.all(BOTS_OF, { staging: id, limit });
  for (const bot of bots) {
    const { name, state } = bot;
    session.run(SETTLE_BOT, { name });
    session.change("bot", name, changeOf(state as BotState, storedCalls(bot)));
  }
  if (bots.length === limit) return true;
  const left = limit - bots.length;
  const entries = session.all(ENTRIES_OF, { staging: id, limit: left });
  for (const entry of entries) {
    session.run(SETTLE_ENTRY, { id: entry.id });
    session.change("entry", entry.id, { bot: entry.bot });
  }
  if (entries.length === left) return true;
  session.run(DELETE, { id });
  return false;
}

export function dropStaged(session: WriteSession, id: string, limit: number): boolean {
  requireLive(session, id, 0);
  const entries = session.all(ENTRIES_OF, { staging: id, limit });
  for (const entry of entries) unstageEntry(session, entry);
  if (entries.length === limit) return true;
  const left = limit - entries.length;
  const bots = session.all(BOTS_OF, { staging: id, limit: left });
  for (const bot of bots) {
    dropCalls(session, bot);
    session.run(DELETE_BOT, { name: bot.name });
  }
  if (bots.length === left) return true;
  session.run(DELETE, { id });
  return false;
}

function requireLive(session: WriteSession, id: string, live: 0 | 1): void {
  if (session.get(BY_ID, { id })?.live === live) return;
  const state = live === 1 ? "live" : "waiting";
  throw new IssuerError("WRONG_STATE", `there is no staging ${id} that is ${state}`);
}
