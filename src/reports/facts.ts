import { setImmediate as nextTurn } from "node:timers/promises";
import { type Policies, termsOf } from "../bots/index.ts";
import type {
  BotRecord,
  EntryRecord,
  FindingRecord,
  InstanceRecord,
  IssuanceRecord,
  OperatorRecord,
  Page,
  PageRequest,
  StoreReader,
  TokenRecord,
} from "../store/index.ts";

/** What the configuration says, as far as reports look at it. Times in seconds. */
export interface ReportSettings {
  readonly tlsMinVersion: "TLSv1.2" | "TLSv1.3";
  /** Host that metrics are served on, in plain HTTP; undefined: they are not. */
  readonly metricsHost: string | undefined;
  readonly x509DefaultSeconds: number;
  readonly jwtDefaultSeconds: number;
  readonly auditKeepSeconds: number;
  /** Whether checkpoints of the audit leave the server by themselves. */
  readonly isWitnessed: boolean;
  /** Names of the webhooks that are told of findings. */
  readonly webhooks: readonly string[];
  /** Policies by environment. */
  readonly policies: Policies;
}

/** What reports look at. */
export interface ReportFacts {
  readonly now: Date;
  readonly settings: ReportSettings;
  /** Bots of all kinds but people's own, active ones and others. */
  readonly bots: readonly BotRecord[];
  /** When each was last seen, as far as that is known; a bot that is missing was not seen since `since`. */
  readonly lastSeen: ReadonlyMap<string, Date>;
  readonly since: Date;
  /** By bot. */
  readonly entries: ReadonlyMap<string, readonly EntryRecord[]>;
  readonly tokens: readonly TokenRecord[];
  readonly instances: readonly InstanceRecord[];
  readonly operators: readonly OperatorRecord[];
  /** Live SVIDs that operators minted. */
  readonly minted: readonly IssuanceRecord[];
  /** Findings that nobody has acknowledged. */
  readonly findings: readonly FindingRecord[];
}

/** A bot that was not seen for so long is idle. */
export const IDLE_DAYS = 90;

/** Reads all of it, a page in each turn of the event loop; what changes meanwhile may be seen or not. */
export async function readFacts(
  store: StoreReader,
  settings: ReportSettings,
  now: Date,
): Promise<ReportFacts> {
  const bots = (await all((page) => store.listBots({}, page))).filter(
    ({ kind }) => kind !== "operator",
  );
  const names = new Set(bots.map(({ name }) => name));
  const entries = (await all((page) => store.listEntries({}, page))).filter(({ bot }) =>
    names.has(bot),
  );
  const instances = await all((page) => store.listInstances({}, page));
  const since = new Date(now.getTime() - IDLE_DAYS * 86_400_000);
  const minted: IssuanceRecord[] = [];
  for (const [index, { name }] of bots.entries()) {
    minted.push(...(await store.mintedIssuances(name, now)));
    if (index % PAGE === PAGE - 1) await nextTurn();
  }
  return {
    now,
    settings,
    bots,
    lastSeen: await lastSeenOf(store, bots, instances, since),
    since,
    entries: Map.groupBy(entries, ({ bot }) => bot),
    tokens: (await all((page) => store.listTokens({}, page))).filter(({ bot }) => names.has(bot)),
    instances,
    operators: await all((page) => store.listOperators(page)),
    minted,
    findings: await all((page) => store.listFindings({ open: true }, page)),
  };
}

/** By instances; those that ended long ago are gone, and the audit tells of issuances still. */
async function lastSeenOf(
  store: StoreReader,
  bots: readonly BotRecord[],
  instances: readonly InstanceRecord[],
  since: Date,
): Promise<ReadonlyMap<string, Date>> {
  const seen = new Map<string, Date>();
  const note = (bot: string, at: Date): void => {
    if (at > (seen.get(bot) ?? 0)) seen.set(bot, at);
  };
  for (const { bot, lastSeenAt } of instances) note(bot, lastSeenAt);
  for (const { name, state, createdAt } of bots) {
    if (createdAt > since) note(name, createdAt);
    if (seen.has(name) || !HOLDS.has(state)) continue;
    const filter = { bot: name, type: "svid.issued", since, limit: 1 };
    const [issued] = await store.listAudit(filter);
    if (issued !== undefined) note(name, issued.at);
    await nextTurn();
  }
  return seen;
}

const PAGE = 500;

async function all<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const item of page.items) items.push(item);
    after = page.next ?? undefined;
    await nextTurn();
  } while (after !== undefined);
  return items;
}

/** States in which a bot gets SVIDs. */
const HOLDS: ReadonlySet<string> = new Set(["active", "restricted"]);

/** Bots that may get an identity. */
export function activeBots({ bots }: ReportFacts): readonly BotRecord[] {
  return bots.filter(({ state }) => HOLDS.has(state));
}

/** Names of the bots that may get none. */
export function stoppedBots({ bots }: ReportFacts): ReadonlySet<string> {
  return new Set(bots.filter(({ state }) => !HOLDS.has(state)).map(({ name }) => name));
}

/** The entries of active bots that have not expired, with their bots. */
export function liveEntries(facts: ReportFacts): readonly { bot: BotRecord; entry: EntryRecord }[] {
  return activeBots(facts).flatMap((bot) =>
    (facts.entries.get(bot.name) ?? [])
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > facts.now)
      .map((entry) => ({ bot, entry })),
  );
}

/** Tokens that may still be used. */
export function liveTokens({ tokens, now }: ReportFacts): readonly TokenRecord[] {
  return tokens.filter(
    ({ revokedAt, voidedAt, expiresAt }) =>
      revokedAt === null && voidedAt === null && expiresAt > now,
  );
}

/** Environments by these names, and those whose policy asks for a second person. */
export function productionBots(facts: ReportFacts): readonly BotRecord[] {
  const { policies } = facts.settings;
  return activeBots(facts).filter(
    ({ environment }) =>
      environment === "prod" ||
      environment === "production" ||
      policies.get(environment)?.approval === "second_person",
  );
}

/** Production bots that a join token lets in by itself, whatever else does. */
export function byTokenAlone(facts: ReportFacts): readonly BotRecord[] {
  const production = new Set(productionBots(facts));
  const found = liveEntries(facts)
    .filter(({ bot, entry }) => {
      const { attestors } = termsOf(bot);
      const isAllowed = attestors.length === 0 || attestors.includes("join_token");
      const isToken = entry.selectors.every(({ type }) => type === "join_token");
      return production.has(bot) && isAllowed && isToken;
    })
    .map(({ bot }) => bot);
  return [...new Set(found)];
}

/** Environments whose policy lets nobody approve what they wrote. */
export function asksSecondPerson({ settings }: ReportFacts, environment: string): boolean {
  return settings.policies.get(environment)?.approval === "second_person";
}

/** What an entry asks for, as one text: entries of several bots with the same can be taken one for the other. */
export function askedBy({ selectors, nodes, nodeSelectors }: EntryRecord): string {
  const text = (each: EntryRecord["selectors"]): string[] =>
    each.map(({ type, value }) => `${type}:${value}`).sort();
  return [...text(selectors), ...nodes.map((each) => `node ${each}`), ...text(nodeSelectors)].join(
    ", ",
  );
}

/** Days, hours or minutes of a number of seconds. */
export function showSeconds(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** A number with its noun. */
export function counted(count: number, noun: string): string {
  const plural = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count} ${count === 1 ? noun : plural}`;
}
