import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from "yaml";
import { IssuerError } from "../errors.ts";
import { type DeclaredBot, type DeclaredEntry, stateForm } from "./form.ts";

/** A text that holds declared state, and what it is called in messages. */
export interface StateText {
  readonly name: string;
  readonly text: string;
}

/** A declared bot, and where it is declared: `file:line:column`. */
export interface PlacedBot {
  readonly bot: DeclaredBot;
  readonly place: string;
}

/** What all documents declare together. */
export interface Declared {
  /** Trust domain that the documents name, and where; null: none does. */
  readonly trustDomain: { readonly name: string; readonly place: string } | null;
  /** By name. */
  readonly bots: readonly PlacedBot[];
}

/** So many faults are told; who has more mends these first. */
const MAX_FAULTS = 20;

/**
 * Reads declared state: YAML, or JSON, of one or more documents each.
 * @throws IssuerError CONFIG_INVALID with a line for each fault: `file:line:column: bots[2].owner …`.
 */
export function readState(texts: readonly StateText[]): Declared {
  const faults: string[] = [];
  const bots = new Map<string, PlacedBot>();
  let trustDomain: Declared["trustDomain"] = null;
  for (const source of texts) {
    for (const { document, lines } of documentsOf(source, faults)) {
      const placeOf = placesIn(document, lines, source.name);
      const value = plainValue(document, source.name, faults);
      const checked = stateForm.safeParse(value);
      if (!checked.success) {
        for (const issue of checked.error.issues) faults.push(...faultsOf(issue, value, placeOf));
        continue;
      }
      const { trustDomain: name, bots: declared } = checked.data;
      if (name !== undefined) {
        const place = placeOf(["trustDomain"]);
        if (trustDomain !== null && trustDomain.name !== name) {
          faults.push(
            `${place}: trustDomain ${name} is not ${trustDomain.name} (${trustDomain.place})`,
          );
        }
        trustDomain ??= { name, place };
      }
      for (const [index, bot] of declared.entries()) {
        const place = placeOf(["bots", index, "name"]);
        const before = bots.get(bot.name);
        if (before !== undefined) {
          faults.push(`${place}: bot ${bot.name} is declared already (${before.place})`);
        }
        bots.set(bot.name, { bot, place });
        faults.push(...entriesTwice(bot, (at) => placeOf(["bots", index, "entries", at])));
      }
    }
  }
  if (faults.length > 0) throw refusal(faults);
  const sorted = [...bots.values()].sort((a, b) => (a.bot.name < b.bot.name ? -1 : 1));
  return { trustDomain, bots: sorted };
}

/** What an entry is known by: its selectors in order. */
export function entryKey(entry: Pick<DeclaredEntry, "selectors">): string {
  return [...entry.selectors].sort().join(" ");
}

type Path = readonly PropertyKey[];
type PlaceOf = (path: Path, key?: string) => string;

function documentsOf(
  { name, text }: StateText,
  faults: string[],
): { readonly document: Document; readonly lines: LineCounter }[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  if ("empty" in documents) {
    faults.push(`${name}: it is empty`);
    return [];
  }
  const good: { document: Document; lines: LineCounter }[] = [];
  for (const document of documents) {
    for (const { message, pos } of document.errors) {
      const { line, col } = lines.linePos(pos[0]);
      faults.push(`${name}:${line}:${col}: not YAML: ${message.split("\n")[0] ?? ""}`);
    }
    if (document.errors.length === 0) good.push({ document: document as Document, lines });
  }
  return good;
}

/** The plain value; aliases that would make it huge are refused. */
function plainValue(document: Document, name: string, faults: string[]): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    faults.push(`${name}: not YAML: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Where a path of the document stands; of a key, where the key does. What is not there stands where its parent does. */
function placesIn(document: Document, lines: LineCounter, name: string): PlaceOf {
  return (path, key) => {
    let offset = 0;
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (!isNode(node) || !node.range) continue;
      offset = node.range[0];
      if (key !== undefined && isMap(node)) {
        const named = node.items
          .map((pair) => pair.key)
          .find((each) => isScalar(each) && each.value === key);
        if (isScalar(named) && named.range) offset = named.range[0];
      }
      break;
    }
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
}

function faultsOf(issue: Issue, value: unknown, placeOf: PlaceOf): string[] {
  const { path, keys = [] } = issue;
  if (issue.code === "unrecognized_keys") {
    return keys.map(
      (key) => `${placeOf(path, key)}: ${pathText([...path, key], value)} is not known`,
    );
  }
  const found = at(value, path);
  const what = pathText(path, value);
  if (found === undefined) return [`${placeOf(path)}: ${what} is required`];
  const shown = typeof found === "string" ? ` ${JSON.stringify(found.slice(0, 80))}` : "";
  const message = issue.message.replace(/^(Invalid input|Too (big|small)): /, "");
  return [`${placeOf(path)}: ${what}${shown}: ${message}`];
}

/** `bots[2] (invoice-poster).owner`: a bot is found by its name sooner than by its place. */
function pathText(path: Path, value: unknown): string {
  let written = "";
  for (const [index, part] of path.entries()) {
    if (typeof part !== "number") {
      written += `${written === "" ? "" : "."}${String(part)}`;
      continue;
    }
    written += `[${part}]`;
    const name =
      path[index - 1] === "bots" ? at(value, [...path.slice(0, index + 1), "name"]) : undefined;
    if (typeof name === "string") written += ` (${name.slice(0, 63)})`;
  }
  return written === "" ? "the document" : written;
}

function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, part);
  }
  return found;
}

function entriesTwice(
  { name, entries = [] }: DeclaredBot,
  placeOf: (at: number) => string,
): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const [index, each] of entries.entries()) {
    const key = entryKey(each);
    if (seen.has(key)) {
      faults.push(`${placeOf(index)}: bot ${name} has two entries with the selectors ${key}`);
    }
    seen.add(key);
  }
  return faults;
}

function refusal(faults: readonly string[]): IssuerError {
  const more = faults.length - MAX_FAULTS;
  const told = faults.slice(0, MAX_FAULTS);
  const lines = more > 0 ? [...told, `and ${more} more`] : told;
  return new IssuerError(
    "CONFIG_INVALID",
    ["the declared state is not valid:", ...lines].join("\n"),
  );
}
