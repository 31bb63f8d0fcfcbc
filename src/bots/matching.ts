import { formatSelector, type Selector } from "../spiffe/index.ts";
import type { BotRecord, EntryRecord, StoreReader } from "../store/index.ts";
import { entryRefusal } from "./entry.ts";
import { passportRefusal } from "./passport.ts";

/** An entry all of whose selectors were proven, with its bot's passport. */
export interface Match {
  readonly entry: EntryRecord;
  readonly bot: BotRecord;
}

/** Selectors of the entry that are not among those proven. */
export function missingSelectors(
  entry: EntryRecord,
  proven: readonly Selector[],
): readonly Selector[] {
  const texts = new Set(proven.map(formatSelector));
  return entry.selectors.filter((each) => !texts.has(formatSelector(each)));
}

/**
 * The identities that the proven selectors stand for: for each bot the entry with the most selectors
 * (then the oldest), passport and expiry not yet asked. By the entries' number of selectors, most first:
 * the closest match is the default identity.
 * @param onlyBot the one bot that the evidence can speak for.
 */
export async function matchEntries(
  store: StoreReader,
  proven: readonly Selector[],
  now: Date,
  onlyBot?: string,
): Promise<readonly Match[]> {
  const best = new Map<string, EntryRecord>();
  for (const entry of await store.candidateEntries(proven)) {
    if (onlyBot !== undefined && entry.bot !== onlyBot) continue;
    if (entryRefusal(entry, now) !== undefined) continue;
    if (missingSelectors(entry, proven).length > 0) continue;
    const rival = best.get(entry.bot);
    if (rival === undefined || closer(entry, rival) < 0) best.set(entry.bot, entry);
  }
  const matches: Match[] = [];
  for (const entry of [...best.values()].sort(closer)) {
    const bot = await store.getBot(entry.bot);
    if (bot !== undefined) matches.push({ entry, bot });
  }
  return matches;
}

function closer(a: EntryRecord, b: EntryRecord): number {
  return (
    b.selectors.length - a.selectors.length ||
    a.createdAt.getTime() - b.createdAt.getTime() ||
    (a.id < b.id ? -1 : 1)
  );
}

/** How close an entry is to what was proven, for an operator who asks why nothing matches. */
export interface Explanation {
  readonly entry: EntryRecord;
  readonly missing: readonly Selector[];
  /** Why the entry would be refused although it matches; empty: it would not. */
  readonly refusal: string;
}

/** The nearest entries, those that miss least first; at most 20. */
export async function explainEntries(
  store: StoreReader,
  proven: readonly Selector[],
  now: Date,
): Promise<readonly Explanation[]> {
  const explanations: Explanation[] = [];
  for (const entry of await store.nearEntries(proven, 20)) {
    const bot = await store.getBot(entry.bot);
    const refusal = entryRefusal(entry, now) ?? (bot && passportRefusal(bot, now));
    explanations.push({
      entry,
      missing: missingSelectors(entry, proven),
      refusal: bot === undefined ? `bot ${entry.bot} does not exist` : (refusal?.message ?? ""),
    });
  }
  return explanations.sort((a, b) => a.missing.length - b.missing.length);
}
