import { formatDuration, tryDuration } from "../duration.ts";
import { formatSelector, parseSelector } from "../spiffe/index.ts";
import type {
  Bot__Output,
  Entry,
  Entry__Output,
  EntryProposal__Output,
  StateChange,
} from "../wire/index.ts";
import {
  type DeclaredBot,
  type DeclaredEntry,
  type DeclaredTerms,
  instantOfMs,
  msOfInstant,
} from "./form.ts";
import { type Declared, entryKey } from "./read.ts";
import { declaredTerms, namedTerms, termFields, termsMessage, termsSaid } from "./terms.ts";

/** What a server has: all bots, retired ones too, and all entries. */
export interface ServerState {
  readonly trustDomain: string;
  readonly bots: readonly Bot__Output[];
  readonly entries: readonly Entry__Output[];
}

/** A field that differs; null: absent. */
export interface FieldDifference {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface EntryDifference {
  readonly change: "create" | "update" | "delete";
  /** Its selectors. */
  readonly entry: string;
  readonly fields: readonly FieldDifference[];
}

/** What is to be done to a bot; `update` also when only its entries differ. */
export interface BotDifference {
  readonly change: "register" | "update" | "retire";
  readonly bot: string;
  readonly fields: readonly FieldDifference[];
  readonly entries: readonly EntryDifference[];
}

/** What leads from the server's state to the declared one. */
export interface Plan {
  /** By bot, those that retire last. */
  readonly differences: readonly BotDifference[];
  /** For the server, in the order of `differences`. */
  readonly changes: readonly StateChange[];
  /** On the server and not declared, and left as they are since nothing is to be pruned: `bot x`, `entry … of bot x`. */
  readonly left: readonly string[];
  /** What waits for approval on the server, with whether it is declared: `bot x: owner`. */
  readonly waiting: readonly string[];
  /** Declarations that can never come true, with their places. */
  readonly refusals: readonly string[];
}

/** Compares. With `prune`, bots that are not declared retire, and entries of declared bots that are not go. */
export function compareState(
  declared: Declared,
  server: ServerState,
  { prune }: { readonly prune: boolean },
): Plan {
  const plan = { differences: [], changes: [], left: [], waiting: [], refusals: [] } as {
    differences: BotDifference[];
    changes: StateChange[];
    left: string[];
    waiting: string[];
    refusals: string[];
  };
  const { trustDomain } = declared;
  if (trustDomain !== null && trustDomain.name !== server.trustDomain) {
    const own = `this server is of ${server.trustDomain}`;
    plan.refusals.push(`${trustDomain.place}: trustDomain is ${trustDomain.name}, and ${own}`);
    return plan;
  }
  const bots = new Map(server.bots.map((bot) => [bot.name, bot]));
  const entries = Map.groupBy(server.entries, ({ bot }) => bot);
  for (const { bot, place } of declared.bots) {
    const found = bots.get(bot.name);
    const wanted = wantedBot(bot, server.trustDomain);
    const kept = entries.get(bot.name) ?? [];
    const refusal = found === undefined ? undefined : refusalOf(wanted, found);
    if (refusal !== undefined) plan.refusals.push(`${place}: bot ${bot.name} ${refusal}`);
    else compareBot(plan, wanted, found, kept, prune);
  }
  const names = new Set(declared.bots.map(({ bot }) => bot.name));
  for (const bot of server.bots) {
    if (bot.state === "retired" || names.has(bot.name)) continue;
    if (!prune) {
      plan.left.push(`bot ${bot.name}`);
      continue;
    }
    plan.differences.push({ change: "retire", bot: bot.name, fields: [], entries: [] });
    plan.changes.push({ retireBot: { key: bot.name, revision: bot.revision } });
  }
  return plan;
}

interface WantedBot {
  readonly declared: DeclaredBot;
  readonly kind: string;
  readonly environment: string;
  readonly path: string;
  readonly spiffeId: string;
  readonly endsAtMs: number;
}

function wantedBot(declared: DeclaredBot, trustDomain: string): WantedBot {
  const { name, kind = "bot", environment = "default", ends } = declared;
  const path = declared.path ?? `/bot/${environment}/${name}`;
  const spiffeId = `spiffe://${trustDomain}${path}`;
  const endsAtMs = ends === undefined ? 0 : msOfInstant(ends);
  return { declared, kind, environment, path, spiffeId, endsAtMs };
}

/** Why the declaration can never come true for the bot that there is. */
function refusalOf(wanted: WantedBot, found: Bot__Output): string | undefined {
  if (found.state === "retired") return "is retired for good: its name is not given again";
  const life = [
    ["kind", wanted.kind, found.kind],
    ["environment", wanted.environment, found.environment],
    ["SPIFFE ID", wanted.spiffeId, found.spiffeId],
  ].find(([, one, other]) => one !== other);
  return life && `is declared with ${life[0]} ${life[1]}, and has ${life[2]} for life`;
}

function compareBot(
  plan: {
    differences: BotDifference[];
    changes: StateChange[];
    left: string[];
    waiting: string[];
  },
  wanted: WantedBot,
  found: Bot__Output | undefined,
  kept: readonly Entry__Output[],
  prune: boolean,
): void {
  const { declared } = wanted;
  const { name } = declared;
  const after = { ...botFields(wanted), ...saidTerms(declared.terms ?? {}) };
  const before = found === undefined ? {} : foundFields(found, declared.terms);
  const proposed = found && proposedFields(found, declared.terms);
  const fields = unsettled(differencesOf(after, before), proposed);
  plan.waiting.push(...waitingOf(`bot ${name}`, after, before, proposed));
  const changes: StateChange[] = [];
  if (found === undefined) {
    const { owner, purpose } = declared;
    const { kind, environment, path, endsAtMs } = wanted;
    changes.push({
      registerBot: {
        ...{ name, kind, owner, purpose, environment, path, endsAtMs, entry: null },
        ...(declared.terms && {
          terms: termsMessage(declared.terms, termsSaid(declared.terms)),
        }),
      },
    });
  } else if (fields.length > 0) {
    const of = (field: string) => fields.some((each) => each.field === field);
    changes.push({
      updateBot: {
        name,
        revision: found.revision,
        ...(of("owner") ? { owner: declared.owner } : {}),
        ...(of("purpose") ? { purpose: declared.purpose } : {}),
        ...(of("ends") ? { endsAtMs: wanted.endsAtMs } : {}),
        ...termsChange(declared, found, fields),
      },
    });
  }
  const entries: EntryDifference[] = [];
  const known = new Map(kept.map((entry) => [entryKey(declaredEntry(entry)), entry]));
  const offered = new Map(kept.flatMap((entry) => offeredKey(entry)));
  // A new bot of whose entries nothing is said comes in by join tokens, as one that is registered without selectors.
  const first = found === undefined ? [{ selectors: [`join_token:bot:${name}`] }] : undefined;
  for (const entry of declared.entries ?? first ?? []) {
    const key = entryKey(entry);
    const old = known.get(key) ?? offered.get(key);
    if (old !== undefined) known.delete(entryKey(declaredEntry(old)));
    const now = old === undefined ? {} : entryFields(declaredEntry(old));
    const next = old?.governance?.proposal ? entryFields(proposedEntry(old)) : undefined;
    const wish = entryFields(entry);
    const differences = unsettled(differencesOf(wish, now), next);
    plan.waiting.push(...waitingOf(`entry ${key} of bot ${name}`, wish, now, next));
    if (old?.governance?.pending) plan.waiting.push(`entry ${key} of bot ${name}`);
    if (old === undefined) {
      entries.push({ change: "create", entry: key, fields: differences });
      changes.push({ createEntry: entryMessage(name, entry) });
    } else if (differences.length > 0) {
      const { id, revision } = old;
      entries.push({ change: "update", entry: key, fields: differences });
      const settled = settledEntry(entry, old, differences);
      changes.push({ updateEntry: { ...entryMessage(name, settled), id, revision } });
    }
  }
  if (declared.entries !== undefined) {
    for (const [key, { id, revision }] of known) {
      if (!prune) {
        plan.left.push(`entry ${key} of bot ${name}`);
        continue;
      }
      entries.push({ change: "delete", entry: key, fields: [] });
      changes.push({ deleteEntry: { key: id, revision } });
    }
  }
  if (changes.length === 0) return;
  const change = found === undefined ? "register" : "update";
  plan.differences.push({ change, bot: name, fields, entries });
  for (const each of changes) plan.changes.push(each);
}

type Fields = Readonly<Record<string, string>>;

function differencesOf(after: Fields, before: Fields): FieldDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }))
    .filter((each) => each.before !== each.after);
}

function botFields({ declared, kind, environment, path, endsAtMs }: WantedBot): Fields {
  const { owner, purpose } = declared;
  return {
    kind,
    owner,
    purpose,
    environment,
    path,
    ...(endsAtMs === 0 ? {} : { ends: instantOfMs(endsAtMs) }),
  };
}

function foundFields(
  { kind, owner, purpose, environment, spiffeId, endsAtMs, terms }: Bot__Output,
  declared: DeclaredTerms | undefined,
): Fields {
  return {
    ...(terms === null ? {} : saidTerms(declaredTerms(terms), declared ?? {})),
    kind,
    owner,
    purpose,
    environment,
    path: pathOf(spiffeId),
    ...(endsAtMs === 0 ? {} : { ends: instantOfMs(endsAtMs) }),
  };
}

/** The fields as they will be once what waits is approved; undefined: nothing waits. */
function proposedFields(bot: Bot__Output, declared: DeclaredTerms | undefined): Fields | undefined {
  const proposal = bot.governance?.proposal ?? null;
  if (proposal === null) return undefined;
  const { owner, purpose, endsAtMs, terms } = proposal;
  return foundFields({ ...bot, owner, purpose, endsAtMs, terms }, declared);
}

/** Terms as fields, `terms.ticket`; of those alone that a declaration names. */
function saidTerms(terms: DeclaredTerms, declared: DeclaredTerms = terms): Fields {
  const fields = termFields(terms);
  return Object.fromEntries(
    termsSaid(declared).flatMap((name) => {
      const said = fields[name];
      return said === undefined ? [] : [[`terms.${name}`, said]];
    }),
  );
}

/** Without what is as it is wanted as soon as somebody approves it: to say it again changes nothing. */
function unsettled(
  differences: readonly FieldDifference[],
  proposed: Fields | undefined,
): readonly FieldDifference[] {
  if (proposed === undefined) return differences;
  return differences.filter(({ field, after }) => (proposed[field] ?? null) !== after);
}

/** What waits, and whether this is what is declared. */
function waitingOf(
  what: string,
  wanted: Fields,
  now: Fields,
  proposed: Fields | undefined,
): readonly string[] {
  if (proposed === undefined) return [];
  const waiting = differencesOf(proposed, now);
  if (waiting.length === 0) return [what];
  const named = (found: readonly FieldDifference[]): string =>
    found.map(({ field }) => field).join(", ");
  const [declared, other] = [true, false].map((same) =>
    waiting.filter(({ field, after }) => ((wanted[field] ?? null) === after) === same),
  );
  return [
    ...(declared?.length ? [`${what}: ${named(declared)}`] : []),
    ...(other?.length ? [`${what}: ${named(other)}, which is not declared so`] : []),
  ];
}

function termsChange(
  { terms = {} }: DeclaredBot,
  found: Bot__Output,
  fields: readonly FieldDifference[],
): Pick<NonNullable<StateChange["updateBot"]>, "terms"> {
  const names = termsSaid(terms).filter((name) =>
    fields.some(({ field }) => field === `terms.${name}`),
  );
  if (names.length === 0) return {};
  return { terms: termsMessage(terms, names, found.terms ?? undefined) };
}

/** Lists count as sets but for audiences and DNS names, whose order a program may see. */
function entryFields(entry: DeclaredEntry): Fields {
  const { x509Ttl, jwtTtl, dnsNames = [], audiences = [], hint, expires } = entry;
  const { nodes = [], nodeSelectors = [] } = entry;
  return {
    ...(x509Ttl === undefined ? {} : { x509Ttl: normal(x509Ttl) }),
    ...(jwtTtl === undefined ? {} : { jwtTtl: normal(jwtTtl) }),
    ...(dnsNames.length === 0 ? {} : { dnsNames: dnsNames.join(" ") }),
    ...(audiences.length === 0 ? {} : { audiences: JSON.stringify(audiences) }),
    ...(hint === undefined ? {} : { hint }),
    ...(expires === undefined ? {} : { expires: instantOfMs(msOfInstant(expires)) }),
    ...(nodes.length === 0 ? {} : { nodes: [...nodes].sort().join(" ") }),
    ...(nodeSelectors.length === 0
      ? {}
      : { nodeSelectors: JSON.stringify([...nodeSelectors].sort()) }),
  };
}

/** The selectors by which an entry will be known once they are approved. */
function offeredKey(entry: Entry__Output): (readonly [string, Entry__Output])[] {
  return entry.governance?.proposal ? [[entryKey(proposedEntry(entry)), entry]] : [];
}

/** An entry as it is wanted: with what waits for approval. */
function proposedEntry(entry: Entry__Output): DeclaredEntry {
  const proposal = entry.governance?.proposal ?? null;
  return declaredEntry(proposal === null ? entry : { ...entry, ...proposal });
}

/** The entry as declared, and as it is where it waits already. */
function settledEntry(
  declared: DeclaredEntry,
  old: Entry__Output,
  differences: readonly FieldDifference[],
): DeclaredEntry {
  const now = declaredEntry(old);
  const settled: Record<string, unknown> = { ...now };
  for (const { field } of differences) {
    delete settled[field];
    const wish = Reflect.get(declared, field) as unknown;
    if (wish !== undefined) settled[field] = wish;
  }
  return settled as DeclaredEntry;
}

/** An entry of a server as it would be declared. */
export function declaredEntry(entry: Omit<EntryProposal__Output, "proposedAtMs">): DeclaredEntry {
  return {
    selectors: entry.selectors.map(formatSelector).sort(),
    ...(entry.x509TtlSeconds === 0 ? {} : { x509Ttl: formatDuration(entry.x509TtlSeconds) }),
    ...(entry.jwtTtlSeconds === 0 ? {} : { jwtTtl: formatDuration(entry.jwtTtlSeconds) }),
    ...(entry.dnsNames.length === 0 ? {} : { dnsNames: entry.dnsNames }),
    ...(entry.audiences.length === 0 ? {} : { audiences: entry.audiences }),
    ...(entry.hint === "" ? {} : { hint: entry.hint }),
    ...(entry.expiresAtMs === 0 ? {} : { expires: instantOfMs(entry.expiresAtMs) }),
    ...(entry.nodes.length === 0 ? {} : { nodes: [...entry.nodes].sort() }),
    ...(entry.nodeSelectors.length === 0
      ? {}
      : { nodeSelectors: entry.nodeSelectors.map(formatSelector).sort() }),
  };
}

/** A bot of a server, with its entries, as it would be declared: with what waits for approval. */
export function declaredBot(found: Bot__Output, entries: readonly Entry__Output[]): DeclaredBot {
  const path = pathOf(found.spiffeId);
  const { owner, purpose, endsAtMs, terms: wanted } = found.governance?.proposal ?? found;
  const bot = { ...found, owner, purpose, endsAtMs };
  const terms = found.terms && wanted && namedTerms(found.terms, wanted);
  return {
    name: bot.name,
    ...(bot.kind === "bot" ? {} : { kind: bot.kind as "service" | "node" }),
    owner: bot.owner,
    purpose: bot.purpose,
    ...(bot.environment === "default" ? {} : { environment: bot.environment }),
    ...(path === `/bot/${bot.environment}/${bot.name}` ? {} : { path }),
    ...(bot.endsAtMs === 0 ? {} : { ends: instantOfMs(bot.endsAtMs) }),
    ...(terms ? { terms } : {}),
    entries: entries
      .map(proposedEntry)
      .map((entry) => ({ key: entryKey(entry), entry }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ entry }) => entry),
  };
}

function entryMessage(bot: string, entry: DeclaredEntry): Entry {
  return {
    bot,
    selectors: entry.selectors.map(parseSelector),
    x509TtlSeconds: entry.x509Ttl === undefined ? 0 : (tryDuration(entry.x509Ttl) ?? 0),
    jwtTtlSeconds: entry.jwtTtl === undefined ? 0 : (tryDuration(entry.jwtTtl) ?? 0),
    dnsNames: entry.dnsNames ?? [],
    audiences: entry.audiences ?? [],
    hint: entry.hint ?? "",
    expiresAtMs: entry.expires === undefined ? 0 : msOfInstant(entry.expires),
    nodes: entry.nodes ?? [],
    nodeSelectors: (entry.nodeSelectors ?? []).map(parseSelector),
  };
}

/** One way to write each duration of the form. */
function normal(duration: string): string {
  return formatDuration(tryDuration(duration) ?? 0);
}

function pathOf(spiffeId: string): string {
  return spiffeId.slice(spiffeId.indexOf("/", "spiffe://".length));
}
