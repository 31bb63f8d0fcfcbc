import { IssuerError } from "../../errors.ts";
import type {
  BotGovernance,
  BotKind,
  BotRecord,
  BotState,
  PassportContent,
  PassportTerms,
} from "../records.ts";
import type { BotFilter, New, Page, PageRequest, Window } from "../store.ts";
import { isDuplicate } from "./failure.ts";
import { pageOf, readPage } from "./paging.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { dateOrNull, ms, msOrNull } from "./values.ts";

const MAX_ENDING = 1000;

const BY_NAME = query((p: { name: string }) =>
  db.selectFrom("live_bots").selectAll().where("name", "=", p.name),
);
const BY_SPIFFE_ID = query((p: { spiffeId: string }) =>
  db.selectFrom("live_bots").selectAll().where("spiffe_id", "=", p.spiffeId),
);
const ENDING = query((p: { after: number; until: number }) =>
  db
    .selectFrom("live_bots")
    .selectAll()
    .where("ends_at", ">", p.after)
    .where("ends_at", "<=", p.until)
    .where("state", "!=", "retired")
    .orderBy("ends_at")
    .orderBy("name")
    .limit(MAX_ENDING),
);
const NEXT_END = query((p: { after: number }) =>
  db
    .selectFrom("live_bots")
    .select("ends_at")
    .where("ends_at", ">", p.after)
    .where("state", "!=", "retired")
    .orderBy("ends_at")
    .limit(1),
);
const DUE = query((p: { until: number }) =>
  db
    .selectFrom("live_bots")
    .selectAll()
    .where("due_at", "<=", p.until)
    .orderBy("due_at")
    .orderBy("name")
    .limit(MAX_ENDING),
);
const NEXT_DUE = query((_: Record<string, never>) =>
  db
    .selectFrom("live_bots")
    .select("due_at")
    .where("due_at", "is not", null)
    .orderBy("due_at")
    .limit(1),
);
const INSERT = query((p: Row<"bots">) =>
  db.insertInto("bots").values({
    name: p.name,
    kind: p.kind,
    owner: p.owner,
    purpose: p.purpose,
    environment: p.environment,
    ends_at: p.ends_at,
    state: p.state,
    spiffe_id: p.spiffe_id,
    created_at: p.created_at,
    updated_at: p.updated_at,
    revision: p.revision,
    terms: p.terms,
    governance: p.governance,
    due_at: p.due_at,
    staged_in: p.staged_in,
  }),
);
const UPDATE = query((p: Row<"bots">) =>
  db
    .updateTable("bots")
    .set({
      owner: p.owner,
      purpose: p.purpose,
      ends_at: p.ends_at,
      state: p.state,
      updated_at: p.updated_at,
      revision: p.revision,
      terms: p.terms,
      governance: p.governance,
      due_at: p.due_at,
    })
    .where("name", "=", p.name),
);

export function getBot(session: ReadSession, name: string): BotRecord | undefined {
  return decodeMaybe(session.get(BY_NAME, { name }));
}

export function getBotBySpiffeId(session: ReadSession, spiffeId: string): BotRecord | undefined {
  return decodeMaybe(session.get(BY_SPIFFE_ID, { spiffeId }));
}

export function listBots(
  session: ReadSession,
  filter: BotFilter = {},
  page?: PageRequest,
): Page<BotRecord> {
  const cursor = readPage(page);
  let rows = db.selectFrom("live_bots").selectAll().where("name", ">", cursor.after);
  if (filter.state !== undefined) rows = rows.where("state", "=", filter.state);
  if (filter.kind !== undefined) rows = rows.where("kind", "=", filter.kind);
  if (filter.owner !== undefined) rows = rows.where("owner", "=", filter.owner);
  if (filter.environment !== undefined) {
    rows = rows.where("environment", "=", filter.environment);
  }
  const found = session.list(rows.orderBy("name").limit(cursor.limit + 1));
  return pageOf(found, cursor, (row) => row.name, decode);
}

export function botsEnding(session: ReadSession, { after, until }: Window): readonly BotRecord[] {
  return session.all(ENDING, { after: ms(after), until: ms(until) }).map(decode);
}

export function nextBotEnd(session: ReadSession, after: Date): Date | undefined {
  const at = session.get(NEXT_END, { after: ms(after) })?.ends_at ?? null;
  return dateOrNull(at) ?? undefined;
}

/** Bots whose next timed step is due, those due first first; at most 1,000. */
export function botsDue(session: ReadSession, until: Date): readonly BotRecord[] {
  return session.all(DUE, { until: ms(until) }).map(decode);
}

export function nextBotDue(session: ReadSession): Date | undefined {
  return dateOrNull(session.get(NEXT_DUE, {})?.due_at ?? null) ?? undefined;
}

export function createBot(session: WriteSession, bot: New<BotRecord>): BotRecord {
  const created = stageBot(session, bot, null);
  session.change("bot", bot.name, { state: bot.state });
  return created;
}

/** Writes a new bot without a word in the change feed. */
export function stageBot(
  session: WriteSession,
  bot: New<BotRecord>,
  staging: string | null,
): BotRecord {
  const row = { ...encode({ ...bot, revision: 1 }), staged_in: staging };
  try {
    session.run(INSERT, row);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const message = `a bot has, or had, the name ${bot.name} or the SPIFFE ID ${bot.spiffeId}`;
    throw new IssuerError("ALREADY_EXISTS", message, { cause: error });
  }
  return decode(row);
}

export function updateBot(session: WriteSession, bot: BotRecord): BotRecord {
  const stored = session.get(BY_NAME, { name: bot.name });
  if (stored === undefined) throw new IssuerError("NOT_FOUND", `bot ${bot.name} does not exist`);
  if (stored.revision !== bot.revision) {
    const message = `bot ${bot.name} is at revision ${stored.revision}, not ${bot.revision}`;
    throw new IssuerError("STALE_REVISION", message);
  }
  if (stored.state === "retired") {
    throw new IssuerError("WRONG_STATE", `bot ${bot.name} is retired for good`);
  }
  if (
    stored.kind !== bot.kind ||
    stored.environment !== bot.environment ||
    stored.spiffe_id !== bot.spiffeId
  ) {
    const message = `bot ${bot.name} keeps its kind, environment and SPIFFE ID for life`;
    throw new IssuerError("WRONG_STATE", message);
  }
  const next = bot.revision + 1;
  const row = { ...encode(bot), created_at: stored.created_at, revision: next };
  session.run(UPDATE, row);
  session.change("bot", bot.name, { state: bot.state });
  return decode(row);
}

function encode(bot: BotRecord): Row<"bots"> {
  return {
    name: bot.name,
    kind: bot.kind,
    owner: bot.owner,
    purpose: bot.purpose,
    environment: bot.environment,
    ends_at: msOrNull(bot.endsAt),
    state: bot.state,
    spiffe_id: bot.spiffeId,
    created_at: ms(bot.createdAt),
    updated_at: ms(bot.updatedAt),
    revision: bot.revision,
    terms: bot.terms === undefined ? null : JSON.stringify(bot.terms),
    governance: bot.governance === undefined ? null : JSON.stringify(bot.governance),
    due_at: msOrNull(dueAt(bot)),
    staged_in: null,
  };
}

/** The next step that time makes: a warning, a restriction, a suspension, the end. */
function dueAt({ state, endsAt, governance }: BotRecord): Date | null {
  if (governance === undefined || state === "retired") return null;
  const { warned, warnAt, restrictAt, suspendAt } = governance;
  const goesOn = state === "active" || state === "restricted";
  const steps = [
    endsAt,
    goesOn && !warned ? warnAt : null,
    state === "active" ? restrictAt : null,
    goesOn ? suspendAt : null,
  ];
  const times = steps.flatMap((step) => (step === null ? [] : [step.getTime()]));
  return times.length === 0 ? null : new Date(Math.min(...times));
}

function decode(row: Row<"bots">): BotRecord {
  return {
    name: row.name,
    kind: row.kind as BotKind,
    owner: row.owner,
    purpose: row.purpose,
    environment: row.environment,
    endsAt: dateOrNull(row.ends_at),
    state: row.state as BotState,
    spiffeId: row.spiffe_id,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: row.revision,
    ...(row.terms === null ? {} : { terms: JSON.parse(row.terms) as PassportTerms }),
    ...(row.governance === null ? {} : { governance: decodeGovernance(row.governance) }),
  };
}

const INSTANTS = [
  "approvedAt",
  "reviewedAt",
  "ownerGoneAt",
  "warnAt",
  "restrictAt",
  "suspendAt",
] as const;

/** Instants are texts in JSON. */
function decodeGovernance(json: string): BotGovernance {
  const parsed = JSON.parse(json) as BotGovernance;
  const dated: Record<string, Date | null> = {};
  for (const name of INSTANTS) dated[name] = dateOf(parsed[name]);
  const { proposal } = parsed;
  if (proposal === null) return { ...parsed, ...dated };
  const { changes } = proposal;
  const ends: Partial<PassportContent> =
    changes.endsAt === undefined ? {} : { endsAt: dateOf(changes.endsAt) };
  return {
    ...parsed,
    ...dated,
    proposal: { changes: { ...changes, ...ends }, at: new Date(proposal.at) },
  };
}

function dateOf(text: Date | string | null): Date | null {
  return text === null ? null : new Date(text);
}

function decodeMaybe(row: Row<"bots"> | undefined): BotRecord | undefined {
  return row === undefined ? undefined : decode(row);
}
