import { IssuerError } from "../../errors.ts";
import { Connection } from "./connection.ts";
import { storeError } from "./failure.ts";

/** What a database that is given up knew, and the one restored in its place did not. */
export interface CarriedOver {
  /** Operators that were removed since. */
  readonly operators: readonly string[];
  /** Join tokens that were used, revoked or voided since. */
  readonly tokens: number;
  /** Platforms' tokens that were used since. */
  readonly idTokens: number;
  readonly bans: number;
  /** Instances that were evicted, banned, locked or ended since. */
  readonly instances: number;
  /** Join tokens that had ended, and are good again for the keys that they were used by. */
  readonly reopenedTokens: number;
  /** Bots that were suspended or retired since: they are as they were before. */
  readonly revivedBots: readonly string[];
  /** Entries that were deleted since, as `bot id`: they are there again. */
  readonly revivedEntries: readonly string[];
  /** Bots that were registered since: they are not there. */
  readonly missingBots: readonly string[];
}

/** Statements that carry over what must not be undone: refusals, and single uses. Each counts its rows. */
const CARRY = {
  tokenUses: `insert or ignore into token_uses
    select token_id, place, key_fingerprint, instance_id, used_at from lost.token_uses
    where token_id in (select id from tokens)`,
  tokens: `update tokens set
      revoked_at = coalesce(tokens.revoked_at, l.revoked_at),
      voided_at = coalesce(tokens.voided_at, l.voided_at)
    from lost.tokens l where l.id = tokens.id
      and (l.revoked_at is not null and tokens.revoked_at is null or l.voided_at is not null and tokens.voided_at is null)`,
  idTokens: "insert or ignore into id_token_uses select * from lost.id_token_uses",
  bans: "insert or ignore into bans select * from lost.bans",
  instances: `update instances set state = l.state, revision = instances.revision + 1
    from lost.instances l where l.id = instances.id and instances.state = 'active' and l.state <> 'active'`,
} as const;

const REMOVED_OPERATORS = `select o.name from operators o join lost.operators l using (name)
  where o.removed_at is null and l.removed_at is not null order by o.name`;
const END_OPERATOR_BOTS = `update bots set state = 'retired', revision = revision + 1 where state <> 'retired' and name in (
  select o.bot from operators o join lost.operators l using (name)
  where o.removed_at is null and l.removed_at is not null)`;
const REMOVE_OPERATORS = `update operators set removed_at = l.removed_at, roles = '[]', revision = operators.revision + 1
  from lost.operators l where l.name = operators.name and operators.removed_at is null and l.removed_at is not null`;
const REVIVED_BOTS = `select b.name from bots b join lost.bots l using (name)
  where b.kind <> 'operator' and l.state <> b.state and l.state <> 'active' order by b.name`;
const REVIVED_ENTRIES = `select e.bot || ' ' || e.id from live_entries e
  where not exists (select 1 from lost.entries l where l.id = e.id) order by e.bot, e.id`;
const MISSING_BOTS = `select l.name from lost.live_bots l
  where not exists (select 1 from bots b where b.name = l.name) order by l.name`;

/** Of tokens that have ended: those that a bot which is still in came by. No further key may use them. */
const reopened = (active: string): string => `update tokens set expires_at = @until,
    uses = (select count(*) from token_uses u where u.token_id = tokens.id)
  where expires_at < @until and expires_at < @now and revoked_at is null and voided_at is null
    and exists (select 1 from token_uses u where u.token_id = tokens.id and (${active}))`;
const ACTIVE = "u.instance_id in (select id from instances where state = 'active')";
const ACTIVE_IN_LOST = "u.instance_id in (select id from lost.instances where state = 'active')";

/** For which instants, and how long, tokens are to be opened again. */
export interface Reopening {
  readonly now: Date;
  readonly until: Date;
}

/**
 * Lets bots that came by a join token come by it again, with the same keys, although it has ended: their SVIDs are denied.
 * @returns how many tokens these are. @throws IssuerError STORE_UNAVAILABLE.
 */
export function reopenTokens(file: string, { now, until }: Reopening): number {
  const connection = new Connection({ file, mode: "create" });
  try {
    return connection.raw
      .prepare(reopened(ACTIVE))
      .run({ now: now.getTime(), until: until.getTime() }).changes;
  } catch (error) {
    throw storeError(error);
  } finally {
    connection.close();
  }
}

/**
 * Brings into a restored database what one that is given up knows of ends and uses; both of today's schema, neither open
 * elsewhere.
 * @throws IssuerError STORE_UNAVAILABLE.
 */
export function carryOver(file: string, lostFile: string, { now, until }: Reopening): CarriedOver {
  const connection = new Connection({ file, mode: "create" });
  const { raw } = connection;
  const names = (sql: string): string[] => raw.prepare(sql).pluck().all() as string[];
  const run = (sql: string): number => raw.prepare(sql).run().changes;
  try {
    raw.prepare("attach ? as lost").run(lostFile);
    raw.exec("begin immediate");
    const operators = names(REMOVED_OPERATORS);
    run(END_OPERATOR_BOTS);
    run(REMOVE_OPERATORS);
    const revivedBots = names(REVIVED_BOTS);
    const revivedEntries = names(REVIVED_ENTRIES);
    const missingBots = names(MISSING_BOTS);
    const tokens = run(CARRY.tokenUses) + run(CARRY.tokens);
    const idTokens = run(CARRY.idTokens);
    const bans = run(CARRY.bans);
    const instances = run(CARRY.instances);
    const reopenedTokens = raw
      .prepare(reopened(`${ACTIVE} or ${ACTIVE_IN_LOST}`))
      .run({ now: now.getTime(), until: until.getTime() }).changes;
    raw.exec("commit");
    return {
      operators,
      tokens,
      idTokens,
      bans,
      instances,
      reopenedTokens,
      revivedBots,
      revivedEntries,
      missingBots,
    };
  } catch (error) {
    const mapped = storeError(error);
    if (mapped instanceof IssuerError) throw mapped;
    throw new IssuerError("INTERNAL", `${lostFile} cannot be carried over`, { cause: error });
  } finally {
    connection.close();
  }
}
