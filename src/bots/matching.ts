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

/** The node bot that speaks for a process: its name, and what it proved of itself. */
export interface NodeProof {
  readonly bot: string;
  readonly selectors: readonly Selector[];
}

/**
 * Whether the entry may be claimed this way: through a node that it names, or whose proof it asks for; and one that names
 * no node only by what the server itself proved.
 */
export function nodeMayClaim(
  { nodes, nodeSelectors }: EntryRecord,
  node: NodeProof | undefined,
): boolean {
  if (nodes.length + nodeSelectors.length === 0) return node === undefined;
  if (node === undefined) return false;
  if (nodes.includes(node.bot)) return true;
  const proven = new Set(node.selectors.map(formatSelector));
  return (
    nodeSelectors.length > 0 && nodeSelectors.every((each) => proven.has(formatSelector(each)))
  );
}

/**
 * The identities that the proven selectors stand for: for each bot the entry with the most selectors
 * (then the oldest), passport and expiry not yet asked. By the entries' number of selectors, most first:
 * the closest match is the default identity.
 * @param proof.onlyBot the one bot that the evidence can speak for.
 * @param proof.node the node that says so of one of its processes.
 * @param proof.entryRefusal why an entry counts for nothing whatever was proven.
 */
export async function matchEntries(
  store: StoreReader,
  proof: {
    readonly selectors: readonly Selector[];
    readonly onlyBot?: string;
    readonly node?: NodeProof;
    entryRefusal?(selectors: readonly Selector[]): string | undefined;
  },
  now: Date,
): Promise<readonly Match[]> {
  const { selectors: proven, onlyBot, node } = proof;
  const best = new Map<string, EntryRecord>();
  for (const entry of await store.candidateEntries(proven)) {
    if (onlyBot !== undefined && entry.bot !== onlyBot) continue;
    if (!nodeMayClaim(entry, node)) continue;
    if (entryRefusal(entry, now) !== undefined) continue;
    if (missingSelectors(entry, proven).length > 0) continue;
    if (proof.entryRefusal?.(entry.selectors) !== undefined) continue;
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
  node?: NodeProof,
  refusalOf: (entry: readonly Selector[]) => string | undefined = () => undefined,
): Promise<readonly Explanation[]> {
  const explanations: Explanation[] = [];
  for (const entry of await store.nearEntries(proven, 20)) {
    const bot = await store.getBot(entry.bot);
    const refusal = entryRefusal(entry, now) ?? (bot && passportRefusal(bot, now));
    explanations.push({
      entry,
      missing: missingSelectors(entry, proven),
      refusal:
        bot === undefined
          ? `bot ${entry.bot} does not exist`
          : (refusal?.message ?? refusalOf(entry.selectors) ?? nodeRefusal(entry, node)),
    });
  }
  return explanations.sort((a, b) => a.missing.length - b.missing.length);
}

/** Why the entry may not be claimed this way; empty: it may. */
export function nodeRefusal(entry: EntryRecord, node: NodeProof | undefined): string {
  if (nodeMayClaim(entry, node)) return "";
  if (node !== undefined) return `entry ${entry.id} cannot be claimed through node ${node.bot}`;
  const ways = [
    ...entry.nodes.map((name) => `node ${name}`),
    ...(entry.nodeSelectors.length === 0
      ? []
      : [`a node that proves ${entry.nodeSelectors.map(formatSelector).join(", ")}`]),
  ];
  return `entry ${entry.id} counts only behind ${ways.join(" or ")}`;
}
