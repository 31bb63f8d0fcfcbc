import type { BotRecord, EntryRecord, PassportTerms, StoreTransaction } from "../store/index.ts";
import type { EntryEvent } from "./entry-approvals.ts";
import { entryContentOf } from "./entry-content.ts";
import type { Author, Governor, PassportEvent } from "./governor.ts";
import { existingBot, removeEntry } from "./lifecycle.ts";
import { isWithin, PASSPORT_ATTESTORS, termsOf } from "./terms.ts";

/** What is known of how a bot was used: what is not said here stays as it is. */
export interface UseEvidence {
  /** Audiences, peers, and entries (by id) that are as old as the time looked at, and that nobody has used. */
  readonly unused: {
    readonly audiences: ReadonlySet<string>;
    readonly mayCall: ReadonlySet<string>;
    readonly calledBy: ReadonlySet<string>;
    readonly entries: ReadonlySet<string>;
  };
  /** Whether each entry has had its time: else nothing is concluded from attestors that nobody came by. */
  readonly entriesAreOld: boolean;
  /** What instances proved themselves by, and the addresses that they came from; empty: a Unix socket. */
  readonly attestors: ReadonlySet<string>;
  readonly addresses: readonly string[];
  /** Most instances at once; 0: none was seen. */
  readonly mostInstances: number;
  /** Longest lifetimes that were issued, in seconds; null: none. */
  readonly longestX509Seconds: number | null;
  readonly longestJwtSeconds: number | null;
}

/** One thing less, as people are told. */
export interface NarrowingStep {
  readonly field:
    | "audiences"
    | "may_call"
    | "called_by"
    | "attestors"
    | "networks"
    | "max_instances"
    | "max_x509_ttl_seconds"
    | "max_jwt_ttl_seconds"
    | "entry.audiences"
    | "entry";
  /** Of an entry: its id. */
  readonly entry: string | null;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly why: string;
}

/** What would be taken away: nothing of it allows anything more. */
export interface Narrowing {
  /** The terms as they would be; undefined: they stay. */
  readonly terms: PassportTerms | undefined;
  /** Entries with other audiences; null: the entry goes. */
  readonly entries: readonly {
    readonly entry: EntryRecord;
    readonly audiences: readonly string[] | null;
  }[];
  readonly steps: readonly NarrowingStep[];
}

/**
 * What a passport and its entries could do without.
 * @param entries those that let somebody in.
 */
export function narrowingOf(
  bot: BotRecord,
  entries: readonly EntryRecord[],
  evidence: UseEvidence,
): Narrowing {
  const { unused } = evidence;
  const steps: NarrowingStep[] = [];
  const changed: Narrowing["entries"][number][] = [];
  // A bot that nobody uses at all keeps its ways in: whether it goes is for a person to say.
  const goes = entries.every(({ id }) => unused.entries.has(id)) ? NONE : unused.entries;
  for (const entry of entries) {
    if (goes.has(entry.id)) {
      changed.push({ entry, audiences: null });
      const before = entry.selectors.map(({ type, value }) => `${type}:${value}`);
      const why = "no instance came by it";
      steps.push({ field: "entry", entry: entry.id, before, after: [], why });
      continue;
    }
    const audiences = entry.audiences.filter((each) => !unused.audiences.has(each));
    if (audiences.length === entry.audiences.length) continue;
    changed.push({ entry, audiences });
    const { audiences: before } = entry;
    const why = "no service accepted a token for what goes";
    steps.push({ field: "entry.audiences", entry: entry.id, before, after: audiences, why });
  }
  const terms = termsOf(bot);
  const narrowed: Record<string, unknown> = {};
  for (const { name, field, after, why } of termSteps(terms, evidence)) {
    const before = terms[name];
    narrowed[name] = after;
    const shown = (value: unknown): string[] =>
      Array.isArray(value) ? value : value === null ? [] : [String(value)];
    steps.push({ field, entry: null, before: shown(before), after: shown(after), why });
  }
  return {
    terms: Object.keys(narrowed).length === 0 ? undefined : { ...terms, ...narrowed },
    entries: changed,
    steps,
  };
}

const NONE: ReadonlySet<string> = new Set();

interface TermStep {
  readonly name: keyof PassportTerms;
  readonly field: NarrowingStep["field"];
  readonly after: readonly string[] | number;
  readonly why: string;
}

function termSteps(terms: PassportTerms, evidence: UseEvidence): readonly TermStep[] {
  const { unused, attestors, addresses, mostInstances } = evidence;
  const steps: TermStep[] = [];
  const less = (
    name: "audiences" | "mayCall" | "calledBy" | "networks" | "attestors",
    field: NarrowingStep["field"],
    after: readonly string[],
    why: string,
  ): void => {
    const before = terms[name];
    // Of audiences, networks and attestors an empty list limits nothing.
    if (after.length === 0 && name !== "mayCall" && name !== "calledBy") return;
    if (before.length > 0 && after.length === before.length) return;
    if (before.length === 0 && name !== "attestors") return;
    steps.push({ name, field, after, why });
  };
  const without = (all: readonly string[], gone: ReadonlySet<string>) =>
    all.filter((each) => !gone.has(each));
  less(
    "audiences",
    "audiences",
    without(terms.audiences, unused.audiences),
    "no service accepted a token for what goes",
  );
  less(
    "mayCall",
    "may_call",
    without(terms.mayCall, unused.mayCall),
    "what goes reports no call of it",
  );
  less(
    "calledBy",
    "called_by",
    without(terms.calledBy, unused.calledBy),
    "it reports no call of what goes",
  );
  if (evidence.entriesAreOld) {
    const known = PASSPORT_ATTESTORS.filter((each) => attestors.has(each)).sort();
    const allowed =
      terms.attestors.length === 0 ? known : terms.attestors.filter((each) => attestors.has(each));
    less("attestors", "attestors", allowed, "instances proved themselves by these only");
  }
  const seen = terms.networks.filter((each) => addresses.some((at) => isWithin([each], at)));
  less("networks", "networks", seen, "no instance came from what goes");
  const lower = (
    name: "maxInstances" | "maxX509TtlSeconds" | "maxJwtTtlSeconds",
    field: NarrowingStep["field"],
    most: number | null,
    why: string,
  ): void => {
    const before = terms[name];
    if (most === null || (before !== null && before <= most)) return;
    steps.push({ name, field, after: most, why });
  };
  // One without a limit may be one that scales.
  if (mostInstances > 0 && terms.maxInstances !== null) {
    lower("maxInstances", "max_instances", mostInstances, "most that were seen at once");
  }
  const longest = "longest that was issued";
  lower("maxX509TtlSeconds", "max_x509_ttl_seconds", evidence.longestX509Seconds, longest);
  lower("maxJwtTtlSeconds", "max_jwt_ttl_seconds", evidence.longestJwtSeconds, longest);
  return steps;
}

/** What became of a narrowing. */
export interface Narrowed {
  readonly bot: BotRecord;
  readonly passport: readonly PassportEvent[];
  readonly entries: readonly {
    readonly entry: EntryRecord;
    readonly events: readonly (EntryEvent | DeletedEntry)[];
  }[];
  /** Live SVIDs that are denied now. */
  readonly denied: number;
}

interface DeletedEntry {
  readonly type: "entry.deleted";
  readonly bot: string;
  readonly entry: string;
  readonly details: Readonly<Record<string, string>>;
}

/**
 * Takes away what is proposed, at once: nothing of it waits for approval.
 * @throws IssuerError STALE_REVISION when an entry is not what it was; REQUEST_INVALID when the policy forbids the passport by now.
 */
export async function narrow(
  governor: Governor,
  tx: StoreTransaction,
  name: string,
  { terms, entries }: Narrowing,
  author: Author,
  now: Date,
): Promise<Narrowed> {
  let denied = 0;
  const told: Narrowed["entries"][number][] = [];
  for (const { entry, audiences } of entries) {
    if (audiences === null) {
      const { entry: deleted, denied: ended } = await removeEntry(tx, entry.id, now);
      denied += ended;
      const details = { denied: String(ended) };
      const event = { type: "entry.deleted", bot: name, entry: entry.id, details } as const;
      told.push({ entry: deleted, events: [event] });
      continue;
    }
    const wish = { ...entryContentOf(entry), audiences };
    const outcome = await governor.entries.change(tx, entry, wish, entry.revision, author, now);
    denied += outcome.denied ?? 0;
    told.push(outcome);
  }
  const before = await existingBot(tx, name);
  if (terms === undefined) return { bot: before, passport: [], entries: told, denied };
  const change = { terms, personSaid: true };
  const outcome = await governor.change(tx, name, change, before.revision, author, now);
  return {
    bot: outcome.bot,
    passport: outcome.events,
    entries: told,
    denied: denied + outcome.denied,
  };
}
