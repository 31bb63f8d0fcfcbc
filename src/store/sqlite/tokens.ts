import { sql } from "kysely";
import { IssuerError } from "../../errors.ts";
import type { TokenRecord, TokenUse } from "../records.ts";
import type { Page, PageRequest } from "../store.ts";
import { isDangling, isDuplicate } from "./failure.ts";
import { pageOf, readPage } from "./paging.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { dateOrNull, listText, ms, msOrNull } from "./values.ts";

const BY_ID = query((p: { id: string }) =>
  db.selectFrom("tokens").selectAll().where("id", "=", p.id),
);
const USES = query((p: { ids: string }) =>
  db
    .selectFrom("token_uses")
    .selectAll()
    .where("token_id", "in", sql<string>`(select value from json_each(${p.ids}))`)
    .orderBy("token_id")
    .orderBy("place"),
);
const INSERT = query((p: Row<"tokens">) =>
  db.insertInto("tokens").values({
    id: p.id,
    bot: p.bot,
    secret_hash: p.secret_hash,
    created_at: p.created_at,
    expires_at: p.expires_at,
    uses: p.uses,
    revoked_at: p.revoked_at,
    voided_at: p.voided_at,
    refused: p.refused,
  }),
);
const INSERT_USE = query((p: Row<"token_uses">) =>
  db.insertInto("token_uses").values({
    token_id: p.token_id,
    place: p.place,
    key_fingerprint: p.key_fingerprint,
    instance_id: p.instance_id,
    used_at: p.used_at,
  }),
);
const SET_INSTANCE = query((p: { id: string; key: string; instance: string }) =>
  db
    .updateTable("token_uses")
    .set({ instance_id: p.instance })
    .where("token_id", "=", p.id)
    .where("key_fingerprint", "=", p.key),
);
const REFUSE = query((p: { id: string }) =>
  db.updateTable("tokens").set({ refused: sql`refused + 1` }).where("id", "=", p.id),
);
const REVOKE = query((p: { id: string; at: number }) =>
  db
    .updateTable("tokens")
    .set({ revoked_at: p.at })
    .where("id", "=", p.id)
    .where("revoked_at", "is", null),
);
const VOID = query((p: { id: string; at: number }) =>
  db
    .updateTable("tokens")
    .set({ voided_at: p.at })
    .where("id", "=", p.id)
    .where("voided_at", "is", null),
);
const VOIDABLE = query((p: { bot: string; at: number }) =>
  db
    .selectFrom("tokens")
    .select("id")
    .where("bot", "=", p.bot)
    .where("voided_at", "is", null)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", p.at)
    .orderBy("id"),
);

export function getToken(session: ReadSession, id: string): TokenRecord | undefined {
  return session.atOnce(() => {
    const row = session.get(BY_ID, { id });
    return row === undefined ? undefined : decodeAll(session, [row])[0];
  });
}

export function listTokens(
  session: ReadSession,
  filter: { readonly bot?: string } = {},
  page?: PageRequest,
): Page<TokenRecord> {
  const cursor = readPage(page);
  let rows = db.selectFrom("tokens").selectAll().where("id", ">", cursor.after);
  if (filter.bot !== undefined) rows = rows.where("bot", "=", filter.bot);
  const wanted = rows.orderBy("id").limit(cursor.limit + 1);
  return session.atOnce(() => {
    const found = decodeAll(session, session.list(wanted));
    return pageOf(
      found,
      cursor,
      (token) => token.id,
      (token) => token,
    );
  });
}

export function createToken(session: WriteSession, token: TokenRecord): TokenRecord {
  try {
    session.run(INSERT, encode(token));
    token.usedBy.forEach((use, place) => {
      session.run(INSERT_USE, encodeUse(token.id, place, use));
    });
  } catch (error) {
    if (isDangling(error)) {
      throw new IssuerError("NOT_FOUND", `bot ${token.bot} does not exist`, { cause: error });
    }
    if (!isDuplicate(error)) throw error;
    throw new IssuerError("ALREADY_EXISTS", `there is a token ${token.id}`, { cause: error });
  }
  return changed(session, token.id);
}

export function addTokenUse(session: WriteSession, id: string, use: TokenUse): TokenRecord {
  const token = existing(session, id);
  if (token.usedBy.some((each) => each.keyFingerprint === use.keyFingerprint)) {
    throw new IssuerError("ALREADY_EXISTS", `the key has used token ${id} before`);
  }
  if (token.usedBy.length >= token.uses) {
    throw new IssuerError("LIMIT_EXCEEDED", `all ${token.uses} uses of token ${id} are taken`);
  }
  session.run(INSERT_USE, encodeUse(id, token.usedBy.length, use));
  return changed(session, id);
}

export function setTokenUseInstance(
  session: WriteSession,
  id: string,
  keyFingerprint: string,
  instance: string,
): TokenRecord {
  if (session.run(SET_INSTANCE, { id, key: keyFingerprint, instance }) === 0) {
    throw new IssuerError("NOT_FOUND", `token ${id} was not used by this key`);
  }
  return changed(session, id);
}

export function countTokenRefusal(session: WriteSession, id: string): TokenRecord {
  if (session.run(REFUSE, { id }) === 0) throw missing(id);
  return changed(session, id);
}

export function revokeToken(session: WriteSession, id: string, at: Date): TokenRecord {
  return session.run(REVOKE, { id, at: ms(at) }) === 0
    ? existing(session, id)
    : changed(session, id);
}

export function voidToken(session: WriteSession, id: string, at: Date): TokenRecord {
  return session.run(VOID, { id, at: ms(at) }) === 0 ? existing(session, id) : changed(session, id);
}

export function voidTokensOfBot(session: WriteSession, bot: string, at: Date): number {
  const found = session.all(VOIDABLE, { bot, at: ms(at) });
  for (const { id } of found) {
    session.run(VOID, { id, at: ms(at) });
    session.change("token", id, { bot });
  }
  return found.length;
}

function existing(session: ReadSession, id: string): TokenRecord {
  const token = getToken(session, id);
  if (token === undefined) throw missing(id);
  return token;
}

function missing(id: string): IssuerError {
  return new IssuerError("NOT_FOUND", `token ${id} does not exist`);
}

function changed(session: WriteSession, id: string): TokenRecord {
  const token = existing(session, id);
  session.change("token", id, { bot: token.bot });
  return token;
}

function encode(token: TokenRecord): Row<"tokens"> {
  return {
    id: token.id,
    bot: token.bot,
    secret_hash: token.secretHash,
    created_at: ms(token.createdAt),
    expires_at: ms(token.expiresAt),
    uses: token.uses,
    revoked_at: msOrNull(token.revokedAt),
    voided_at: msOrNull(token.voidedAt),
    refused: token.refused,
  };
}

function encodeUse(id: string, place: number, use: TokenUse): Row<"token_uses"> {
  return {
    token_id: id,
    place,
    key_fingerprint: use.keyFingerprint,
    instance_id: use.instanceId,
    used_at: ms(use.usedAt),
  };
}

function decodeAll(session: ReadSession, rows: readonly Row<"tokens">[]): TokenRecord[] {
  const uses = new Map<string, TokenUse[]>(rows.map((row) => [row.id, []]));
  for (const row of session.all(USES, { ids: listText([...uses.keys()]) })) {
    uses.get(row.token_id)?.push({
      keyFingerprint: row.key_fingerprint,
      instanceId: row.instance_id,
      usedAt: new Date(row.used_at),
    });
  }
  return rows.map((row) => ({
    id: row.id,
    bot: row.bot,
    secretHash: row.secret_hash,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    uses: row.uses,
    revokedAt: dateOrNull(row.revoked_at),
    voidedAt: dateOrNull(row.voided_at),
    refused: row.refused,
    usedBy: uses.get(row.id) ?? [],
  }));
}
