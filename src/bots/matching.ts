import type { IssuerError } from "../errors.ts";
import { formatSelector, type Selector } from "../spiffe/index.ts";
import type { BotRecord, EntryRecord, StoreReader } from "../store/index.ts";
import { entryRefusal } from "./entry.ts";
import { pendingEntryRefusal } from "./guards.ts";
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

/** What was proven, and whose entries it can count for. */
export interface ProvenClaim {
  readonly selectors: readonly Selector[];
  readonly onlyBot?: string;
  readonly node?: NodeProof;
  entryRefusal?(selectors: readonly Selector[]): string | undefined;
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
  proof: ProvenClaim,
  now: Date,
): Promise<readonly Match[]> {
  const best = new Map<string, EntryRecord>();
  for (const entry of await store.candidateEntries(proof.selectors)) {
    if (!mayClaim(entry, proof) || entryRefusal(entry, now) !== undefined) continue;
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

/** Why an entry that is claimed counts for nothing yet: nobody has approved it, or its passport. Undefined: none such is claimed. */
export async function pendingMatch(
  store: StoreReader,
  proof: ProvenClaim,
  now: Date,
): Promise<IssuerError | undefined> {
  for (const entry of await store.candidateEntries(proof.selectors)) {
    const pending = mayClaim(entry, proof) ? pendingEntryRefusal(entry) : undefined;
    if (pending === undefined) continue;
    const bot = await store.getBot(entry.bot);
    return (bot && passportRefusal(bot, now)) ?? pending;
  }
  return undefined;
}

function mayClaim(entry: EntryRecord, proof: ProvenClaim): boolean {
  if (proof.onlyBot !== undefined && entry.bot !== proof.onlyBot) return false;
  return (
    nodeMayClaim(entry, proof.node) &&
    missingSelectors(entry, proof.selectors).length === 0 &&
    proof.entryRefusal?.(entry.selectors) === undefined
  );
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
