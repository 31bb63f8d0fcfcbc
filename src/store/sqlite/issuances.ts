import { IssuerError } from "../../errors.ts";
import type { IssuanceRecord, IssuanceResult } from "../records.ts";
import type { IssuanceFilter } from "../store.ts";
import { isDuplicate } from "./failure.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { listText, ms, readList } from "./values.ts";

type IssuanceRow = Omit<Row<"issuances">, "place">;

const BY_ID = query((p: { id: string }) =>
  db.selectFrom("issuances").selectAll().where("id", "=", p.id),
);
const LATEST = query((p: { authority: string }) =>
  db
    .selectFrom("issuances")
    .select("not_after")
    .where("authority_id", "=", p.authority)
    .where("result", "!=", "failed")
    .orderBy("not_after", "desc")
    .limit(1),
);
const INSERT = query((p: IssuanceRow) =>
  db.insertInto("issuances").values({
    id: p.id,
    kind: p.kind,
    bot: p.bot,
    spiffe_id: p.spiffe_id,
    instance_id: p.instance_id,
    entry_id: p.entry_id,
    public_key_hash: p.public_key_hash,
    audiences: p.audiences,
    authority_id: p.authority_id,
    not_before: p.not_before,
    not_after: p.not_after,
    issued_at: p.issued_at,
    result: p.result,
  }),
);
const SET_RESULT = query((p: { id: string; result: string }) =>
  db
    .updateTable("issuances")
    .set({ result: p.result })
    .where("id", "=", p.id)
    .where("result", "=", "intent"),
);

export function getIssuance(session: ReadSession, id: string): IssuanceRecord | undefined {
  const row = session.get(BY_ID, { id });
  return row === undefined ? undefined : decode(row);
}

/** An X509-SVID is still valid at the instant of its end (RFC 5280, 4.1.2.5): that counts as live. */
export function liveIssuances(
  session: ReadSession,
  filter: IssuanceFilter,
  now: Date,
): readonly IssuanceRecord[] {
  let rows = db
    .selectFrom("issuances")
    .selectAll()
    .where("not_after", ">=", ms(now))
    .where("result", "!=", "failed");
  if (filter.bot !== undefined) rows = rows.where("bot", "=", filter.bot);
  if (filter.instanceId !== undefined) rows = rows.where("instance_id", "=", filter.instanceId);
  if (filter.entryId !== undefined) rows = rows.where("entry_id", "=", filter.entryId);
  return session.list(rows.orderBy("not_after").orderBy("id")).map(decode);
}

export function latestNotAfter(session: ReadSession, authority: string): Date | undefined {
  const row = session.get(LATEST, { authority });
  return row === undefined ? undefined : new Date(row.not_after);
}

/** In SQLite, a prepared statement run again costs less than one statement for all. */
export function appendIssuances(session: WriteSession, issuances: readonly IssuanceRecord[]): void {
  for (const issuance of issuances) {
    try {
      session.run(INSERT, encode(issuance));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const message = `an SVID with serial or jti ${issuance.id} is recorded already`;
      throw new IssuerError("ALREADY_EXISTS", message, { cause: error });
    }
  }
}

export function setIssuanceResult(
  session: WriteSession,
  ids: readonly string[],
  result: Exclude<IssuanceResult, "intent">,
): void {
  for (const id of ids) session.run(SET_RESULT, { id, result });
}

function encode(issuance: IssuanceRecord): IssuanceRow {
  return {
    id: issuance.id,
    kind: issuance.kind,
    bot: issuance.bot,
    spiffe_id: issuance.spiffeId,
    instance_id: issuance.instanceId,
    entry_id: issuance.entryId,
    public_key_hash: issuance.publicKeyHash,
    audiences: listText(issuance.audiences),
    authority_id: issuance.authorityId,
    not_before: ms(issuance.notBefore),
    not_after: ms(issuance.notAfter),
    issued_at: ms(issuance.issuedAt),
    result: issuance.result,
  };
}

function decode(row: IssuanceRow): IssuanceRecord {
  return {
    id: row.id,
    kind: row.kind as IssuanceRecord["kind"],
    bot: row.bot,
    spiffeId: row.spiffe_id,
    instanceId: row.instance_id,
    entryId: row.entry_id,
    publicKeyHash: row.public_key_hash,
    audiences: readList(row.audiences),
    authorityId: row.authority_id,
    notBefore: new Date(row.not_before),
    notAfter: new Date(row.not_after),
    issuedAt: new Date(row.issued_at),
    result: row.result as IssuanceResult,
  };
}
