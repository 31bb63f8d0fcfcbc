import { sql } from "kysely";
import type { PruneRequest, PruneResult } from "../store.ts";
import { keepLeaves, pruneLogCheckpoints } from "./log.ts";
import { db, query } from "./query.ts";
import { checkLimit, type WriteSession } from "./session.ts";
import { pruneUses } from "./uses.ts";
import { ms } from "./values.ts";

const DEFAULT_LIMIT = 10_000;
const MAX_LIMIT = 1_000_000;

interface ByAge extends Record<string, number> {
  before: number;
  limit: number;
}

const DENIALS = query((p: ByAge) =>
  db
    .deleteFrom("denials")
    .where("sequence", "in", (from) =>
      from
        .selectFrom("denials")
        .select("sequence")
        .where("expires_at", "<", p.before)
        .orderBy("expires_at")
        .limit(p.limit),
    ),
);
const SIGHTINGS = query((p: ByAge) =>
  db.deleteFrom("sightings").where(
    sql<boolean>`(svid, service) in (select svid, service from sightings
      where expires_at < ${p.before} order by expires_at limit ${p.limit})`,
  ),
);
const TOKENS = query((p: ByAge) =>
  db
    .deleteFrom("tokens")
    .where("id", "in", (from) =>
      from
        .selectFrom("tokens")
        .select("id")
        .where("expires_at", "<", p.before)
        .orderBy("expires_at")
        .limit(p.limit),
    ),
);
const ID_TOKEN_USES = query((p: ByAge) =>
  db
    .deleteFrom("id_token_uses")
    .where("id", "in", (from) =>
      from
        .selectFrom("id_token_uses")
        .select("id")
        .where("expires_at", "<", p.before)
        .orderBy("expires_at")
        .limit(p.limit),
    ),
);
const INSTANCES = query((p: ByAge) =>
  db.deleteFrom("instances").where("id", "in", (from) =>
    from
      .selectFrom("instances")
      .select("id")
      .where("last_seen_at", "<", p.before)
      // the literal lets SQLite use the partial index
      .where(sql<boolean>`state <> 'active'`)
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom("issuances")
              .select("issuances.place")
              // rows go oldest first: while any of its own is there, the newest is
              .whereRef("issuances.place", "=", "instances.newest_issuance"),
          ),
        ),
      )
      .orderBy("last_seen_at")
      .limit(p.limit),
  ),
);
// Issuances, audit and feed lose their oldest rows only: those before the first one that is young enough.
const OLDEST_ISSUANCES = query((p: { limit: number }) =>
  db
    .selectFrom("issuances")
    .select(["place as sequence", "not_after as at"])
    .orderBy("place")
    .limit(p.limit),
);
const ISSUANCES = query((p: { upTo: number }) =>
  db.deleteFrom("issuances").where("place", "<=", p.upTo),
);
const OLDEST_AUDIT = query((p: { limit: number }) =>
  db.selectFrom("audit").select(["sequence", "at"]).orderBy("sequence").limit(p.limit),
);
const AUDIT = query((p: { upTo: number }) =>
  db.deleteFrom("audit").where("sequence", "<=", p.upTo),
);
const AUDIT_SUBJECTS = query((p: { upTo: number }) =>
  db.deleteFrom("audit_index").where(sql<boolean>`(subject, sequence) in (
      select 'bot:' || bot, sequence from audit where sequence <= ${p.upTo} and bot is not null
      union all
      select 'instance:' || instance_id, sequence from audit where sequence <= ${p.upTo} and instance_id is not null)`),
);
const OLDEST_CHANGES = query((p: { limit: number }) =>
  db.selectFrom("changes").select(["sequence", "at"]).orderBy("sequence").limit(p.limit),
);
const CHANGES = query((p: { upTo: number }) =>
  db.deleteFrom("changes").where("sequence", "<=", p.upTo),
);

export function prune(session: WriteSession, request: PruneRequest): PruneResult {
  const limit = checkLimit(request.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  const byAge = (statement: typeof DENIALS, before: Date | undefined): number =>
    before === undefined ? 0 : session.run(statement, { before: ms(before), limit });
  const { usesBefore } = request;
  const uses = usesBefore === undefined ? 0 : pruneUses(session, usesBefore, limit);
  return {
    uses,
    sightings: byAge(SIGHTINGS, request.denialsExpiredBefore),
    issuances: pruneIssuances(session, request.issuancesExpiredBefore, limit),
    denials: byAge(DENIALS, request.denialsExpiredBefore),
    tokens: byAge(TOKENS, request.tokensExpiredBefore),
    idTokenUses: byAge(ID_TOKEN_USES, request.idTokenUsesExpiredBefore),
    // after the issuances, which keep them
    instances: byAge(INSTANCES, request.instancesEndedBefore),
    changes: pruneChanges(session, request.changesBefore, limit),
    ...pruneAudit(session, request.auditBefore, request.auditUpTo ?? 0, limit),
  };
}

function pruneIssuances(session: WriteSession, before: Date | undefined, limit: number): number {
  if (before === undefined) return 0;
  const upTo = lastBefore(session.all(OLDEST_ISSUANCES, { limit }), before);
  return upTo === 0 ? 0 : session.run(ISSUANCES, { upTo });
}

function pruneChanges(session: WriteSession, before: Date | undefined, limit: number): number {
  if (before === undefined) return 0;
  const upTo = lastBefore(session.all(OLDEST_CHANGES, { limit }), before);
  if (upTo === 0) return 0;
  session.raise("feed_floor", upTo);
  return session.run(CHANGES, { upTo });
}

function pruneAudit(
  session: WriteSession,
  before: Date | undefined,
  upToSequence: number,
  limit: number,
): Pick<PruneResult, "audit" | "auditUpTo"> {
  if (before === undefined) return { audit: 0, auditUpTo: 0 };
  pruneLogCheckpoints(session, before);
  const oldest = session.all(OLDEST_AUDIT, { limit });
  const tooMany = oldest.findLast(({ sequence }) => sequence <= upToSequence)?.sequence ?? 0;
  const upTo = Math.max(lastBefore(oldest, before), tooMany);
  // where leaves are missing nothing goes: it is evidence
  if (upTo === 0 || !keepLeaves(session, upTo)) return { audit: 0, auditUpTo: 0 };
  session.run(AUDIT_SUBJECTS, { upTo });
  return { audit: session.run(AUDIT, { upTo }), auditUpTo: upTo };
}

/** The last of the leading rows that are all older; 0: none is. */
function lastBefore(
  oldest: readonly { readonly sequence: number; readonly at: number }[],
  before: Date,
): number {
  let last = 0;
  for (const { sequence, at } of oldest) {
    if (at >= ms(before)) break;
    last = sequence;
  }
  return last;
}
