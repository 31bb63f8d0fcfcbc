import { compareSelectors, formatSelector, type Selector } from "../spiffe/index.ts";
import type { EntryContent, EntryRecord } from "../store/index.ts";

const FIELDS = [
  "selectors",
  "x509TtlSeconds",
  "jwtTtlSeconds",
  "dnsNames",
  "audiences",
  "hint",
  "expiresAt",
  "nodes",
  "nodeSelectors",
] as const satisfies readonly (keyof EntryContent)[];

/** All of an entry that can change. */
export function entryContentOf(entry: EntryContent): EntryContent {
  return Object.fromEntries(FIELDS.map((name) => [name, entry[name]])) as unknown as EntryContent;
}

/** An entry as it would be with what waits for approval. */
export function proposedContentOf(entry: EntryRecord): EntryContent {
  return { ...entryContentOf(entry), ...entry.governance?.proposal?.changes };
}

/** Which fields of `after` differ, and which of these let more in, or give more, than before. */
export function entryDifferencesOf(
  before: EntryContent,
  after: EntryContent,
): { readonly wider: Partial<EntryContent>; readonly other: Partial<EntryContent> } {
  const wider: Record<string, unknown> = {};
  const other: Record<string, unknown> = {};
  const through = otherNodes(before, after);
  for (const name of FIELDS) {
    if (textOf(before[name]) === textOf(after[name])) continue;
    const widens =
      name === "nodes" || name === "nodeSelectors" ? through : widensBy(name, before, after);
    (widens ? wider : other)[name] = after[name];
  }
  return { wider, other };
}

function widensBy(
  name: Exclude<keyof EntryContent, "nodes" | "nodeSelectors">,
  before: EntryContent,
  after: EntryContent,
): boolean {
  switch (name) {
    case "selectors":
      // What asks for more lets fewer in.
      return !includesAll(after.selectors, before.selectors);
    case "x509TtlSeconds":
    case "jwtTtlSeconds":
      return longer(before[name], after[name]);
    case "dnsNames":
    case "audiences":
      return after[name].some((each) => !before[name].includes(each));
    case "hint":
      return false;
    case "expiresAt": {
      const [from, to] = [before.expiresAt, after.expiresAt];
      return from !== null && (to === null || to > from);
    }
  }
}

/** Null is the server's default, which may be the longer one. */
function longer(before: number | null, after: number | null): boolean {
  return before === null || after === null || after > before;
}

/** Whether it could be claimed in a way that it could not before: from elsewhere, or through other nodes. */
function otherNodes(before: EntryContent, after: EntryContent): boolean {
  const behind = (entry: EntryContent): boolean =>
    entry.nodes.length + entry.nodeSelectors.length > 0;
  if (!behind(before) && !behind(after)) return false;
  if (!behind(before) || !behind(after)) return true;
  if (after.nodes.some((each) => !before.nodes.includes(each))) return true;
  if (after.nodeSelectors.length === 0) return false;
  return (
    before.nodeSelectors.length === 0 || !includesAll(after.nodeSelectors, before.nodeSelectors)
  );
}

function includesAll(all: readonly Selector[], some: readonly Selector[]): boolean {
  const texts = new Set(all.map(formatSelector));
  return some.every((each) => texts.has(formatSelector(each)));
}

/** Selectors are a set; the rest is compared as it stands. */
function textOf(value: EntryContent[keyof EntryContent]): string {
  if (!Array.isArray(value) || typeof value[0] === "string") return JSON.stringify(value);
  return JSON.stringify([...(value as Selector[])].sort(compareSelectors).map(formatSelector));
}
