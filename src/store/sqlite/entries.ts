import { hash } from "node:crypto";
import { sql } from "kysely";
import { IssuerError } from "../../errors.ts";
import type { Selector } from "../../spiffe/index.ts";
import type { EntryContent, EntryGovernance, EntryRecord } from "../records.ts";
import type { New, Page, PageRequest, Window } from "../store.ts";
import { isDangling, isDuplicate } from "./failure.ts";
import { pageOf, readPage } from "./paging.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import { checkLimit, type ReadSession, type WriteSession } from "./session.ts";
import {
  dateOrNull,
  listText,
  ms,
  msOrNull,
  readList,
  readSelectors,
  selectorTexts,
} from "./values.ts";

const MAX_EXPIRING = 1000;
const MAX_NEAR = 1000;

const BY_ID = query((p: { id: string }) =>
  db.selectFrom("live_entries").selectAll().where("id", "=", p.id),
);
const OF_BOT = query((p: { bot: string }) =>
  db.selectFrom("live_entries").selectAll().where("bot", "=", p.bot).orderBy("id"),
);
/** The hot one of attestation; a test holds its plan to the index. */
export const CANDIDATES = query((p: { selectors: string }) =>
  db
    .selectFrom("live_entries")
    .selectAll()
    .where("anchor", "in", sql<string>`(select value from json_each(${p.selectors}))`)
    .orderBy("id"),
);
const NEAR = query((p: { selectors: string; limit: number }) =>
  db
    .selectFrom("entry_selectors")
    .innerJoin("live_entries", "live_entries.id", "entry_selectors.entry_id")
    .selectAll("live_entries")
    .where(
      "entry_selectors.selector",
      "in",
      sql<string>`(select value from json_each(${p.selectors}))`,
    )
    .groupBy("live_entries.id")
    .orderBy(sql`live_entries.selector_count - count(*)`)
    .orderBy("live_entries.id")
    .limit(p.limit),
);
const OF_TYPE = query((p: { from: string; to: string; limit: number }) =>
  db
    .selectFrom("entry_selectors")
    .innerJoin("live_entries", "live_entries.id", "entry_selectors.entry_id")
    .selectAll("live_entries")
    .where("entry_selectors.selector", ">=", p.from)
    .where("entry_selectors.selector", "<", p.to)
    .orderBy("entry_selectors.selector")
    .orderBy("live_entries.id")
    .limit(p.limit),
);
const EXPIRING = query((p: { after: number; until: number }) =>
  db
    .selectFrom("live_entries")
    .selectAll()
    .where("expires_at", ">", p.after)
    .where("expires_at", "<=", p.until)
    .orderBy("expires_at")
    .orderBy("id")
    .limit(MAX_EXPIRING),
);
const NEXT_EXPIRY = query((p: { after: number }) =>
  db
    .selectFrom("live_entries")
    .select("expires_at")
    .where("expires_at", ">", p.after)
    .orderBy("expires_at")
    .limit(1),
);
const RARITY = query((p: { selector: string }) =>
  db.selectFrom("selectors").select("entries").where("selector", "=", p.selector),
);
const INSERT = query((p: Row<"entries">) =>
  db.insertInto("entries").values({
    id: p.id,
    bot: p.bot,
    selectors: p.selectors,
    selectors_hash: p.selectors_hash,
    selector_count: p.selector_count,
    anchor: p.anchor,
    x509_ttl_seconds: p.x509_ttl_seconds,
    jwt_ttl_seconds: p.jwt_ttl_seconds,
    dns_names: p.dns_names,
    audiences: p.audiences,
    hint: p.hint,
    expires_at: p.expires_at,
    created_at: p.created_at,
    updated_at: p.updated_at,
    revision: p.revision,
    created_by: p.created_by,
    nodes: p.nodes,
    node_selectors: p.node_selectors,
    governance: p.governance,
    staged_in: p.staged_in,
  }),
);
const UPDATE = query((p: Row<"entries">) =>
  db
    .updateTable("entries")
    .set({
      selectors: p.selectors,
      selectors_hash: p.selectors_hash,
      selector_count: p.selector_count,
      anchor: p.anchor,
      x509_ttl_seconds: p.x509_ttl_seconds,
      jwt_ttl_seconds: p.jwt_ttl_seconds,
      dns_names: p.dns_names,
      audiences: p.audiences,
      hint: p.hint,
      expires_at: p.expires_at,
      nodes: p.nodes,
      node_selectors: p.node_selectors,
      governance: p.governance,
      updated_at: p.updated_at,
      revision: p.revision,
    })
    .where("id", "=", p.id),
);
const DELETE = query((p: { id: string }) => db.deleteFrom("entries").where("id", "=", p.id));
const FILE = query((p: { id: string; selector: string }) =>
  db.insertInto("entry_selectors").values({ entry_id: p.id, selector: p.selector }),
);
const UNFILE = query((p: { id: string }) =>
  db.deleteFrom("entry_selectors").where("entry_id", "=", p.id),
);
const COUNT_UP = query((p: { selector: string }) =>
  db
    .insertInto("selectors")
    .values({ selector: p.selector, entries: 1 })
    .onConflict((conflict) =>
      conflict.column("selector").doUpdateSet({ entries: sql`selectors.entries + 1` }),
    ),
);
const COUNT_DOWN = query((p: { selector: string }) =>
  db.updateTable("selectors").set({ entries: sql`entries - 1` }).where("selector", "=", p.selector),
);
const DROP_UNUSED = query((p: { selector: string }) =>
  db.deleteFrom("selectors").where("selector", "=", p.selector).where("entries", "<=", 0),
);

export function getEntry(session: ReadSession, id: string): EntryRecord | undefined {
  const row = session.get(BY_ID, { id });
  return row === undefined ? undefined : decode(row);
}

export function listEntries(
  session: ReadSession,
  filter: { readonly bot?: string } = {},
  page?: PageRequest,
): Page<EntryRecord> {
  const cursor = readPage(page);
  let rows = db.selectFrom("live_entries").selectAll().where("id", ">", cursor.after);
  if (filter.bot !== undefined) rows = rows.where("bot", "=", filter.bot);
  const found = session.list(rows.orderBy("id").limit(cursor.limit + 1));
  return pageOf(found, cursor, (row) => row.id, decode);
}

export function entriesOfBot(session: ReadSession, bot: string): readonly EntryRecord[] {
  return session.all(OF_BOT, { bot }).map(decode);
}

export function candidateEntries(
  session: ReadSession,
  proven: readonly Selector[],
): readonly EntryRecord[] {
  if (proven.length === 0) return [];
  return session.all(CANDIDATES, { selectors: listText(selectorTexts(proven)) }).map(decode);
}

export function nearEntries(
  session: ReadSession,
  proven: readonly Selector[],
  limit: number,
): readonly EntryRecord[] {
  checkLimit(limit, MAX_NEAR);
  return session.atOnce(() => {
    const selectors = listText(selectorTexts(proven));
    const near = new Map(session.all(NEAR, { selectors, limit }).map((row) => [row.id, row]));
    for (const type of new Set(proven.map((each) => each.type))) {
      if (near.size >= limit) break;
      // ";" is the character after ":"
      for (const row of session.all(OF_TYPE, {
        from: `${type}:`,
        to: `${type};`,
        limit: 2 * limit,
      })) {
        if (near.size < limit && !near.has(row.id)) near.set(row.id, row);
      }
    }
    return [...near.values()].map(decode);
  });
}

export function entriesExpiring(
  session: ReadSession,
  { after, until }: Window,
): readonly EntryRecord[] {
  return session.all(EXPIRING, { after: ms(after), until: ms(until) }).map(decode);
}

export function nextEntryExpiry(session: ReadSession, after: Date): Date | undefined {
  const at = session.get(NEXT_EXPIRY, { after: ms(after) })?.expires_at ?? null;
  return dateOrNull(at) ?? undefined;
}

export function createEntry(session: WriteSession, entry: New<EntryRecord>): EntryRecord {
  const created = stageEntry(session, entry, null);
  session.change("entry", entry.id, { bot: entry.bot });
  return created;
}

/** Writes a new entry without a word in the change feed. */
export function stageEntry(
  session: WriteSession,
  entry: New<EntryRecord>,
  staging: string | null,
): EntryRecord {
  const texts = checkedTexts(entry);
  const encoded = encode({ ...entry, revision: 1 }, texts, rarest(session, texts));
  const row = { ...encoded, staged_in: staging };
  write(session, entry, INSERT, row);
  file(session, entry.id, texts);
  return decode(row);
}

/** Takes back an entry that was never there for anybody. */
export function unstageEntry(session: WriteSession, row: Row<"entries">): void {
  unfile(session, row.id, readList(row.selectors));
  session.run(DELETE, { id: row.id });
}

export function updateEntry(session: WriteSession, entry: EntryRecord): EntryRecord {
  const stored = existing(session, entry.id);
  if (stored.revision !== entry.revision) {
    const message = `entry ${entry.id} is at revision ${stored.revision}, not ${entry.revision}`;
    throw new IssuerError("STALE_REVISION", message);
  }
  if (stored.bot !== entry.bot) {
    const message = `entry ${entry.id} is of bot ${stored.bot} and stays so`;
    throw new IssuerError("WRONG_STATE", message);
  }
  const texts = checkedTexts(entry);
  const before = [...readList(stored.selectors)];
  const moved = stored.selectors !== listText(texts);
  if (moved) unfile(session, entry.id, before);
  const anchor = moved ? rarest(session, texts) : stored.anchor;
  const row = {
    ...encode(entry, texts, anchor),
    created_at: stored.created_at,
    created_by: stored.created_by,
    revision: entry.revision + 1,
  };
  write(session, entry, UPDATE, row);
  if (moved) file(session, entry.id, texts);
  session.change("entry", entry.id, { bot: entry.bot });
  return decode(row);
}

export function deleteEntry(session: WriteSession, id: string): EntryRecord {
  const stored = existing(session, id);
  unfile(session, id, readList(stored.selectors));
  session.run(DELETE, { id });
  session.change("entry", id, { bot: stored.bot, deleted: true });
  return decode(stored);
}

function existing(session: WriteSession, id: string): Row<"entries"> {
  const row = session.get(BY_ID, { id });
  if (row === undefined) throw new IssuerError("NOT_FOUND", `entry ${id} does not exist`);
  return row;
}

function checkedTexts({ id, selectors }: New<EntryRecord>): string[] {
  const texts = selectorTexts(selectors);
  if (texts.length === 0) {
    throw new IssuerError("REQUEST_INVALID", `entry ${id} has no selector`);
  }
  return texts;
}

/** The selector that the fewest entries have; the longest of equals, as it says the most. */
function rarest(session: WriteSession, texts: readonly string[]): string {
  let best = "";
  let fewest = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    const count = session.get(RARITY, { selector: text })?.entries ?? 0;
    if (count > fewest || (count === fewest && text.length <= best.length)) continue;
    best = text;
    fewest = count;
  }
  return best;
}

function file(session: WriteSession, id: string, texts: readonly string[]): void {
  for (const selector of texts) {
    session.run(FILE, { id, selector });
    session.run(COUNT_UP, { selector });
  }
}

function unfile(session: WriteSession, id: string, texts: readonly string[]): void {
  session.run(UNFILE, { id });
  for (const selector of texts) {
    session.run(COUNT_DOWN, { selector });
    session.run(DROP_UNUSED, { selector });
  }
}

function write(
  session: WriteSession,
  { id, bot }: New<EntryRecord>,
  statement: typeof INSERT | typeof UPDATE,
  row: Row<"entries">,
): void {
  try {
    session.run(statement, row);
  } catch (error) {
    if (isDangling(error)) {
      throw new IssuerError("NOT_FOUND", `bot ${bot} does not exist`, { cause: error });
    }
    if (!isDuplicate(error)) throw error;
    const message = `bot ${bot} has an entry with these selectors, or there is an entry ${id}`;
    throw new IssuerError("ALREADY_EXISTS", message, { cause: error });
  }
}

function encode(entry: EntryRecord, texts: readonly string[], anchor: string): Row<"entries"> {
  const selectors = listText(texts);
  return {
    id: entry.id,
    bot: entry.bot,
    selectors,
    selectors_hash: hash("sha256", selectors, "base64url"),
    selector_count: texts.length,
    anchor,
    x509_ttl_seconds: entry.x509TtlSeconds,
    jwt_ttl_seconds: entry.jwtTtlSeconds,
    dns_names: listText(entry.dnsNames),
    audiences: listText(entry.audiences),
    hint: entry.hint,
    expires_at: msOrNull(entry.expiresAt),
    created_at: ms(entry.createdAt),
    updated_at: ms(entry.updatedAt),
    revision: entry.revision,
    created_by: entry.createdBy,
    nodes: listText(entry.nodes),
    node_selectors: listText(selectorTexts(entry.nodeSelectors)),
    governance: entry.governance === undefined ? null : JSON.stringify(entry.governance),
    staged_in: null,
  };
}

function decode(row: Row<"entries">): EntryRecord {
  return {
    id: row.id,
    bot: row.bot,
    selectors: readSelectors(row.selectors),
    x509TtlSeconds: row.x509_ttl_seconds,
    jwtTtlSeconds: row.jwt_ttl_seconds,
    dnsNames: readList(row.dns_names),
    audiences: readList(row.audiences),
    hint: row.hint,
    expiresAt: dateOrNull(row.expires_at),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: row.revision,
    createdBy: row.created_by,
    nodes: readList(row.nodes),
    nodeSelectors: readSelectors(row.node_selectors),
    ...(row.governance === null ? {} : { governance: decodeGovernance(row.governance) }),
  };
}

/** Instants are texts in JSON. */
function decodeGovernance(json: string): EntryGovernance {
  const parsed = JSON.parse(json) as EntryGovernance;
  const { approvedAt, proposal } = parsed;
  const approved = { ...parsed, approvedAt: approvedAt === null ? null : new Date(approvedAt) };
  if (proposal === null) return approved;
  const { changes, at } = proposal;
  const { expiresAt } = changes;
  const expiry: Partial<EntryContent> =
    expiresAt === undefined || expiresAt === null ? {} : { expiresAt: new Date(expiresAt) };
  return { ...approved, proposal: { changes: { ...changes, ...expiry }, at: new Date(at) } };
}
