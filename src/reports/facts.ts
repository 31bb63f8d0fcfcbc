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
}

/** What reports look at. */
export interface ReportFacts {
  readonly now: Date;
  readonly settings: ReportSettings;
  /** Bots of all kinds but people's own, active ones and others. */
  readonly bots: readonly BotRecord[];
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

/** Reads all of it; what changes meanwhile may be seen or not. */
export async function readFacts(
  store: StoreReader,
  settings: ReportSettings,
  now: Date,
): Promise<ReportFacts> {
  const bots = (await all((page) => store.listBots({}, page))).filter(
    ({ kind }) => kind !== "operator",
  );
  const names = new Set(bots.map(({ name }) => name));
  const entries = await all((page) => store.listEntries({}, page));
  const minted = (await store.liveIssuances({}, now)).filter(
    ({ instanceId, bot }) => instanceId === null && names.has(bot),
  );
  return {
    now,
    settings,
    bots,
    entries: Map.groupBy(entries, ({ bot }) => bot),
    tokens: (await all((page) => store.listTokens({}, page))).filter(({ bot }) => names.has(bot)),
    instances: await all((page) => store.listInstances({}, page)),
    operators: await all((page) => store.listOperators(page)),
    minted,
    findings: await all((page) => store.listFindings({ open: true }, page)),
  };
}

async function all<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await list({ limit: 1000, ...(after === undefined ? {} : { after }) });
    for (const item of page.items) items.push(item);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return items;
}

/** Bots that may get an identity. */
export function activeBots({ bots }: ReportFacts): readonly BotRecord[] {
  return bots.filter(({ state }) => state === "active");
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

export function isProduction({ environment }: BotRecord): boolean {
  return environment === "prod" || environment === "production";
}

/** Whether nothing but join tokens lets the bot in. */
export function isTokenOnly(entries: readonly EntryRecord[]): boolean {
  return (
    entries.length > 0 &&
    entries.every(({ selectors }) => selectors.every(({ type }) => type === "join_token"))
  );
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
