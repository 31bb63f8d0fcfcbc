import { sql } from "kysely";
import { IssuerError } from "../../errors.ts";
import type { IssuanceRecord } from "../records.ts";
import type { IssuanceFilter, SignedInstance } from "../store.ts";
import { isDuplicate } from "./failure.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { listText, ms, readList } from "./values.ts";

type IssuanceRow = Omit<Row<"issuances">, "place" | "previous" | "live_until">;

const BY_ID = query((p: { id: string }) =>
  db.selectFrom("issuances").selectAll().where("id", "=", p.id),
);
const BY_PLACE = query((p: { place: number }) =>
  db.selectFrom("issuances").selectAll().where("place", "=", p.place),
);
const LATEST = query((p: { authority: string }) =>
  db.selectFrom("authorities").select("issued_until").where("id", "=", p.authority),
);
const LIVE_BY_AUTHORITY = query((p: { now: number }) =>
  db
    .selectFrom("issuances")
    .select((each) => ["authority_id", each.fn.countAll<number>().as("live")])
    .where("not_after", ">=", p.now)
    .groupBy("authority_id"),
);
const SIGNED_BY = query((p: { authority: string; now: number }) =>
  db
    .selectFrom("instances")
    .innerJoin("issuances", "issuances.id", "instances.newest_serial")
    .select(["instances.id", "instances.newest_serial"])
    .where("issuances.authority_id", "=", p.authority)
    .where("instances.newest_not_after", ">=", p.now)
    .where("instances.state", "=", "active"),
);
const CHAIN_OF = query((p: { instance: string }) =>
  db.selectFrom("instances").select("newest_issuance").where("id", "=", p.instance),
);
const CHAINS_OF_BOT = query((p: { bot: string; now: number }) =>
  db
    .selectFrom("instances")
    .select("newest_issuance")
    .where("bot", "=", p.bot)
    .where("issued_until", ">=", p.now),
);
const MINTED = query((p: { bot: string; now: number }) =>
  db
    .selectFrom("issuances")
    .selectAll()
    .where("bot", "=", p.bot)
    .where("instance_id", "is", null)
    .where("not_after", ">=", p.now),
);
const BOTS_OF_ENTRY = query((p: { entry: string }) =>
  db
    .selectFrom("entries")
    .select("bot")
    .where("id", "=", p.entry)
    .union(db.selectFrom("instances").select("bot").where("entry_id", "=", p.entry)),
);
/** The instance's chain grows by one link: what it was lies in the row of the instance. */
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
    previous: sql`(select newest_issuance from instances where id = ${p.instance_id})`,
    live_until: sql`max(${p.not_after}, coalesce((select issued_until from instances where id = ${p.instance_id}), 0))`,
  }),
);
const ADVANCE = query((p: { id: string; notAfter: number; at: number }) =>
  db
    .updateTable("instances")
    .set({
      newest_issuance: sql`last_insert_rowid()`,
      issued_until: sql`max(issued_until, ${p.notAfter})`,
      last_seen_at: p.at,
    })
    .where("id", "=", p.id),
);
const ADVANCE_X509 = query((p: { id: string; serial: string; notAfter: number; at: number }) =>
  db
    .updateTable("instances")
    .set({
      // One that nobody has used may never have arrived: its bot may still have the one before, however many were lost.
      previous_serial: sql`case when newest_used = 1 then newest_serial else coalesce(previous_serial, newest_serial) end`,
      newest_serial: p.serial,
      newest_not_after: p.notAfter,
      newest_used: 0,
      newest_issuance: sql`last_insert_rowid()`,
      issued_until: sql`max(issued_until, ${p.notAfter})`,
      last_seen_at: p.at,
      revision: sql`revision + 1`,
    })
    .where("id", "=", p.id),
);
const SIGNED = query((p: { id: string; until: number }) =>
  db
    .updateTable("authorities")
    .set({ issued_until: p.until })
    .where("id", "=", p.id)
    .where("issued_until", "<", p.until),
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
  const rows = session.atOnce(() => [...candidates(session, filter, ms(now))]);
  return rows
    .filter((row) => filter.bot === undefined || row.bot === filter.bot)
    .filter((row) => filter.instanceId === undefined || row.instance_id === filter.instanceId)
    .filter((row) => filter.entryId === undefined || row.entry_id === filter.entryId)
    .filter((row) => filter.authorityId === undefined || row.authority_id === filter.authorityId)
    .sort((a, b) => a.not_after - b.not_after || (a.id < b.id ? -1 : 1))
    .map(decode);
}

export function mintedIssuances(
  session: ReadSession,
  bot: string,
  now: Date,
): readonly IssuanceRecord[] {
  return session.all(MINTED, { bot, now: ms(now) }).map(decode);
}

function* candidates(
  session: ReadSession,
  filter: IssuanceFilter,
  now: number,
): Iterable<Row<"issuances">> {
  if (filter.instanceId !== undefined) {
    const chain = session.get(CHAIN_OF, { instance: filter.instanceId });
    yield* liveChain(session, chain?.newest_issuance ?? null, now);
    return;
  }
  const { bot, entryId } = filter;
  if (bot === undefined && entryId === undefined) {
    yield* session.list(db.selectFrom("issuances").selectAll().where("not_after", ">=", now));
    return;
  }
  // An instance may have come to another entry since, but never to another bot.
  const bots = bot === undefined ? session.all(BOTS_OF_ENTRY, { entry: entryId ?? "" }) : [{ bot }];
  for (const each of bots) {
    yield* session.all(MINTED, { bot: each.bot, now });
    for (const { newest_issuance } of session.all(CHAINS_OF_BOT, { bot: each.bot, now })) {
      yield* liveChain(session, newest_issuance, now);
    }
  }
}

function* liveChain(
  session: ReadSession,
  newest: number | null,
  now: number,
): Iterable<Row<"issuances">> {
  for (let place = newest; place !== null; ) {
    const row = session.get(BY_PLACE, { place });
    if (row === undefined || row.live_until < now) return;
    if (row.not_after >= now) yield row;
    // Places are given again when the newest rows were pruned: what is not older is not the one before.
    place = row.previous !== null && row.previous < place ? row.previous : null;
  }
}

export function liveByAuthority(session: ReadSession, now: Date): ReadonlyMap<string, number> {
  const rows = session.all(LIVE_BY_AUTHORITY, { now: ms(now) });
  return new Map(rows.map((row) => [row.authority_id, row.live]));
}

export function instancesSignedBy(
  session: ReadSession,
  authority: string,
  now: Date,
): readonly SignedInstance[] {
  return session
    .all(SIGNED_BY, { authority, now: ms(now) })
    .map((row) => ({ instanceId: row.id, serial: row.newest_serial ?? "" }));
}

export function latestNotAfter(session: ReadSession, authority: string): Date | undefined {
  const until = session.get(LATEST, { authority })?.issued_until ?? 0;
  return until === 0 ? undefined : new Date(until);
}

/** In SQLite, a prepared statement run again costs less than one statement for all. */
export function appendIssuances(session: WriteSession, issuances: readonly IssuanceRecord[]): void {
  const signedUntil = new Map<string, number>();
  for (const issuance of issuances) {
    append(session, issuance);
    const until = Math.max(ms(issuance.notAfter), signedUntil.get(issuance.authorityId) ?? 0);
    signedUntil.set(issuance.authorityId, until);
  }
  for (const [id, until] of signedUntil) session.run(SIGNED, { id, until });
}

function append(session: WriteSession, issuance: IssuanceRecord): void {
  try {
    session.run(INSERT, encode(issuance));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const message = `an SVID with serial or jti ${issuance.id} is recorded already`;
    throw new IssuerError("ALREADY_EXISTS", message, { cause: error });
  }
  const { instanceId: id } = issuance;
  if (id === null) return;
  const advance = { id, notAfter: ms(issuance.notAfter), at: ms(issuance.issuedAt) };
  if (issuance.kind === "x509") session.run(ADVANCE_X509, { ...advance, serial: issuance.id });
  else session.run(ADVANCE, advance);
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
  };
}
