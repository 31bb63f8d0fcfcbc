import { IssuerError } from "../../errors.ts";
import { Connection } from "./connection.ts";
import { storeError } from "./failure.ts";
import { readList } from "./values.ts";

/** What a database that is given up knew, and the one restored in its place did not. */
export interface CarriedOver {
  /** Operators that were removed since. */
  readonly operators: readonly string[];
  /** Operators that had lost roles since: they have those that they had then and later. */
  readonly reducedOperators: readonly ReducedOperator[];
  /** Bots that were suspended or retired since. What that ends is for the caller to end. */
  readonly stoppedBots: readonly StoppedBot[];
  /** Names of bots, and entries as `bot id`, that were to end earlier, or to have SVIDs of shorter lives: they are. */
  readonly shortened: readonly string[];
  /** Join tokens that were used, revoked or voided since. */
  readonly tokens: number;
  /** Platforms' tokens that were used since. */
  readonly idTokens: number;
  readonly bans: number;
  /** Instances that were evicted, banned, locked or ended since. */
  readonly instances: number;
  /** Join tokens that had ended, and are good again for the keys that they were used by. */
  readonly reopenedTokens: number;
  /** Bots that were restricted since: they are active again, until time restricts them once more. */
  readonly revivedBots: readonly string[];
  /** Bots that say otherwise than since: they are as they were before. */
  readonly revertedBots: readonly string[];
  /** Entries that were deleted since, as `bot id`: they are there again. */
  readonly revivedEntries: readonly string[];
  /** Entries that say otherwise than since, as `bot id`: they are as they were before. */
  readonly revertedEntries: readonly string[];
  /** Authorities that were tainted, revoked or removed since, as `kind id`: they are trusted again. */
  readonly revivedAuthorities: readonly string[];
  /** Bots that were registered since: they are not there. */
  readonly missingBots: readonly string[];
}

/** An operator's roles before and after they were taken together. */
export interface ReducedOperator {
  readonly name: string;
  readonly before: readonly string[];
  readonly roles: readonly string[];
}

/** A bot that must not go on. */
export interface StoppedBot {
  readonly name: string;
  readonly state: "suspended" | "retired";
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
const REMOVE_OPERATORS = `update operators set removed_at = l.removed_at, roles = '[]', revision = operators.revision + 1
  from lost.operators l where l.name = operators.name and operators.removed_at is null and l.removed_at is not null`;
/** The roles that an operator has in both. */
const COMMON_ROLES = `(select json_group_array(value) from json_each(o.roles)
  where value in (select value from json_each(l.roles)))`;
const REDUCED_OPERATORS = `select o.name, o.roles as before, ${COMMON_ROLES} as roles
  from operators o join lost.operators l using (name)
  where o.removed_at is null and l.removed_at is null
    and exists (select value from json_each(o.roles) except select value from json_each(l.roles))
  order by o.name`;
const SET_ROLES = "update operators set roles = @roles, revision = revision + 1 where name = @name";
const STOPPED_BOTS = `select b.name, l.state from bots b join lost.bots l using (name)
  where l.state = 'retired' and b.state <> 'retired'
    or l.state = 'suspended' and b.state in ('active', 'restricted') order by b.name`;
const REVIVED_BOTS = `select b.name from bots b join lost.bots l using (name)
  where b.state = 'active' and l.state not in ('active', 'suspended', 'retired') order by b.name`;
const REVIVED_ENTRIES = `select e.bot || ' ' || e.id from live_entries e
  where not exists (select 1 from lost.entries l where l.id = e.id) order by e.bot, e.id`;
const REVIVED_AUTHORITIES = `select a.kind || ' ' || a.id from authorities a left join lost.authorities l using (id)
  where a.state <> 'tainted' and (l.id is null or l.state = 'tainted') order by a.kind, a.id`;
const MISSING_BOTS = `select l.name from lost.live_bots l
  where not exists (select 1 from bots b where b.name = l.name) order by l.name`;

/** Columns that say nothing of what a record allows, or are judged by themselves. */
const ASIDE = new Set([
  "revision",
  "created_at",
  "updated_at",
  "created_by",
  "state",
  "staged_in",
  "due_at",
]);

/** What has been changed since, by its revision: rows of both, `b` as it was and `l` as it is given up. */
const changedSince = (table: "bots" | "entries", key: string): string =>
  `from ${table} b join lost.${table} l on l.${key} = b.${key} where l.revision > b.revision`;

/** Earlier ends and shorter lives: they narrow what is allowed, whatever else has been changed. */
const SHORTER = {
  bots: ["ends_at"],
  entries: ["expires_at", "x509_ttl_seconds", "jwt_ttl_seconds"],
} as const;
/** Without one the server's lifetime counts, which may be shorter still; without an end there is none. */
const isShorter = (column: string): string =>
  column.endsWith("_at")
    ? `l.${column} is not null and (b.${column} is null or l.${column} < b.${column})`
    : `l.${column} < b.${column}`;

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
  /** Takes over what is shorter, and finds what else differs. */
  const compare = (table: "bots" | "entries", key: string, label: string) => {
    const columns = names(`select name from pragma_table_info('${table}')`);
    const changed = changedSince(table, key);
    const shorter = SHORTER[table];
    const shortened = names(
      `select ${label} ${changed} and (${shorter.map(isShorter).join(" or ")}) order by 1`,
    );
    const differs = columns
      .filter((column) => !ASIDE.has(column) && column !== key)
      .map((column) => {
        const taken = shorter.some((each) => each === column);
        return `(b.${column} is not l.${column}${taken ? ` and not coalesce(${isShorter(column)}, 0)` : ""})`;
      });
    const reverted = names(`select ${label} ${changed} and (${differs.join(" or ")}) order by 1`);
    for (const column of shorter) {
      run(`update ${table} as b set ${column} = l.${column} from lost.${table} l
        where l.${key} = b.${key} and l.revision > b.revision and ${isShorter(column)}`);
    }
    return { shortened, reverted };
  };
  try {
    raw.prepare("attach ? as lost").run(lostFile);
    raw.exec("begin immediate");
    const stoppedBots = raw.prepare(STOPPED_BOTS).all() as StoppedBot[];
    const operators = names(REMOVED_OPERATORS);
    run(REMOVE_OPERATORS);
    const reduced = raw.prepare(REDUCED_OPERATORS).all() as Record<
      "name" | "before" | "roles",
      string
    >[];
    for (const { name, roles } of reduced) raw.prepare(SET_ROLES).run({ name, roles });
    const revivedBots = names(REVIVED_BOTS);
    const revivedEntries = names(REVIVED_ENTRIES);
    const revivedAuthorities = names(REVIVED_AUTHORITIES);
    const bots = compare("bots", "name", "b.name");
    const entries = compare("entries", "id", "b.bot || ' ' || b.id");
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
      reducedOperators: reduced.map(({ name, before, roles }) => ({
        name,
        before: readList(before),
        roles: readList(roles),
      })),
      stoppedBots,
      shortened: [...bots.shortened, ...entries.shortened],
      tokens,
      idTokens,
      bans,
      instances,
      reopenedTokens,
      revivedBots,
      revertedBots: bots.reverted,
      revivedEntries,
      revertedEntries: entries.reverted,
      revivedAuthorities,
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
