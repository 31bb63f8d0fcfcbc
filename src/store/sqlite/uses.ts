import { sql } from "kysely";
import type { SightingRecord, UseRecord } from "../records.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { ms } from "./values.ts";

/** Of one row: the sum over all days that are kept stays exact, whatever a service says. */
const MOST_COUNT = 2 ** 43;

const ADD = query((p: Row<"uses">) =>
  db
    .insertInto("uses")
    .values({
      bot: p.bot,
      day: p.day,
      service: p.service,
      audience: p.audience,
      operation: p.operation,
      refused: p.refused,
      count: p.count,
      first_at: p.first_at,
      last_at: p.last_at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["bot", "day", "service", "audience", "operation", "refused"])
        .doUpdateSet(GROWN),
    ),
);
const GROWN = {
  count: sql<number>`min(uses.count + excluded.count, ${sql.lit(MOST_COUNT)})`,
  first_at: sql<number>`min(uses.first_at, excluded.first_at)`,
  last_at: sql<number>`max(uses.last_at, excluded.last_at)`,
};
/** As above, where there is a row already. */
const GROW = query((p: Row<"uses">) =>
  db
    .updateTable("uses")
    .set({
      count: sql<number>`min(count + ${p.count}, ${sql.lit(MOST_COUNT)})`,
      first_at: sql<number>`min(first_at, ${p.first_at})`,
      last_at: sql<number>`max(last_at, ${p.last_at})`,
    })
    .where("bot", "=", p.bot)
    .where("day", "=", p.day)
    .where("service", "=", p.service)
    .where("audience", "=", p.audience)
    .where("operation", "=", p.operation)
    .where("refused", "=", p.refused),
);
const ROWS = query((p: { service: string; day: string }) =>
  db
    .selectFrom("uses")
    .select(sql<number>`count(*)`.as("rows"))
    .where("day", "=", p.day)
    .where("service", "=", p.service),
);
const SEE = query((p: Row<"sightings">) =>
  db
    .insertInto("sightings")
    .values({ svid: p.svid, service: p.service, last_at: p.last_at, expires_at: p.expires_at })
    .onConflict((conflict) =>
      conflict
        .columns(["svid", "service"])
        .doUpdateSet({ last_at: sql`max(sightings.last_at, excluded.last_at)` }),
    ),
);
/** Of all days of one use together. */
const SUMS = [
  sql<string>`max(day)`.as("day"),
  sql<number>`sum(count)`.as("count"),
  sql<number>`min(first_at)`.as("first_at"),
  sql<number>`max(last_at)`.as("last_at"),
] as const;
const OF_BOT = query((p: { bot: string; since: string }) =>
  db
    .selectFrom("uses")
    .select(["service", "audience", "operation", "refused", ...SUMS])
    .where("bot", "=", p.bot)
    .where("day", ">=", p.since)
    .groupBy(["service", "audience", "operation", "refused"])
    .orderBy(sql`max(last_at)`, "desc")
    .orderBy("service")
    .orderBy("audience")
    .orderBy("operation"),
);
/** Day by day: the index is by day, then service. */
const AT_SERVICE = query((p: { service: string; since: string }) =>
  db
    .selectFrom("uses")
    .select(["bot", "audience", "operation", "refused", ...SUMS])
    .where("service", "=", p.service)
    .where(
      sql<boolean>`day in (with recursive days (day) as (
        select ${p.since} union all
        select date(day, '+1 day') from days where day < (select max(day) from uses)
      ) select day from days)`,
    )
    .groupBy(["bot", "audience", "operation", "refused"])
    .orderBy(sql`max(last_at)`, "desc")
    .orderBy("bot")
    .orderBy("audience")
    .orderBy("operation"),
);
/** From one service of a day to the next one, past all rows between. */
const NEXT_REPORTER = query((p: { day: string; service: string }) =>
  db
    .selectFrom("uses")
    .select(["day", "service"])
    .where(sql<boolean>`(day, service) > (${p.day}, ${p.service})`)
    .orderBy("day")
    .orderBy("service")
    .limit(1),
);
/** The newest day has the newest use: a day's reports are of that day, or late. */
const LAST = query((p: { bot: string }) =>
  db
    .selectFrom("uses")
    .select(sql<number | null>`max(last_at)`.as("last_at"))
    .where("bot", "=", p.bot)
    .where("refused", "=", "")
    .where(
      "day",
      "=",
      db
        .selectFrom("uses")
        .select("day")
        .where("bot", "=", p.bot)
        .where("refused", "=", "")
        .orderBy("day", "desc")
        .limit(1),
    ),
);
const ENTRIES_SEEN = query((p: { bot: string }) =>
  db
    .selectFrom("instances")
    .select(["entry_id", sql<number>`max(last_seen_at)`.as("last_seen_at")])
    .where("bot", "=", p.bot)
    .groupBy("entry_id"),
);
const SEEN = query((p: { svid: string }) =>
  db.selectFrom("sightings").selectAll().where("svid", "=", p.svid),
);
const OLD = query((p: { before: string; limit: number }) =>
  db.deleteFrom("uses").where(
    sql<boolean>`(bot, day, service, audience, operation, refused) in
      (select bot, day, service, audience, operation, refused from uses
        where day < ${p.before} order by day limit ${p.limit})`,
  ),
);

export function usesOf(session: ReadSession, bot: string, since: string): readonly UseRecord[] {
  return session.all(OF_BOT, { bot, since }).map(({ first_at, last_at, ...row }) => ({
    ...row,
    bot,
    firstAt: new Date(first_at),
    lastAt: new Date(last_at),
  }));
}

export function usesAt(session: ReadSession, service: string, since: string): readonly UseRecord[] {
  return session.all(AT_SERVICE, { service, since }).map(({ first_at, last_at, ...row }) => ({
    ...row,
    service,
    firstAt: new Date(first_at),
    lastAt: new Date(last_at),
  }));
}

export function reportingServices(session: ReadSession, since: string): readonly string[] {
  const found = new Set<string>();
  let at = session.get(NEXT_REPORTER, { day: since, service: "" });
  while (at !== undefined) {
    found.add(at.service);
    at = session.get(NEXT_REPORTER, at);
  }
  return [...found].sort();
}

export function lastUseOf(session: ReadSession, bot: string): Date | undefined {
  const at = session.get(LAST, { bot })?.last_at ?? undefined;
  return at === undefined ? undefined : new Date(at);
}

export function entriesSeen(session: ReadSession, bot: string): ReadonlyMap<string, Date> {
  const rows = session.all(ENTRIES_SEEN, { bot });
  return new Map(rows.map((row) => [row.entry_id, new Date(row.last_seen_at)]));
}

export function sightingsOf(
  session: ReadSession,
  svids: readonly string[],
): readonly SightingRecord[] {
  return svids.flatMap((svid) =>
    session.all(SEEN, { svid }).map((row) => ({
      svid,
      service: row.service,
      lastAt: new Date(row.last_at),
      expiresAt: new Date(row.expires_at),
    })),
  );
}

/** @returns how many of the uses had no row, and found no room for one. */
export function addUses(
  session: WriteSession,
  uses: readonly UseRecord[],
  sightings: readonly SightingRecord[],
  mostRows: number,
): number {
  const room = new Map<string, number>();
  let left = 0;
  for (const { firstAt, lastAt, ...use } of uses) {
    const count = Math.min(use.count, MOST_COUNT);
    const row = { ...use, count, first_at: ms(firstAt), last_at: ms(lastAt) };
    const of = `${use.day} ${use.service}`;
    const rows = room.get(of) ?? session.get(ROWS, use)?.rows ?? 0;
    const isFull = rows >= mostRows;
    if (session.run(isFull ? GROW : ADD, row) === 0) left += 1;
    // Of those that grew only: the next batch counts anew.
    room.set(of, isFull ? rows : rows + 1);
  }
  for (const { svid, service, lastAt, expiresAt } of sightings) {
    session.run(SEE, { svid, service, last_at: ms(lastAt), expires_at: ms(expiresAt) });
  }
  return left;
}

export function pruneUses(session: WriteSession, before: string, limit: number): number {
  return session.run(OLD, { before, limit });
}
