import { IssuerError } from "../errors.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { type Handover, KeyHistory, tryHandover } from "./handover.ts";
import { CompactRange, HASH_BYTES, leafHash } from "./merkle.ts";
import { type NoteVerifier, parseVerifier } from "./note.ts";

// An export of the log as JSON lines: a head, then a line for each record, the oldest that is kept first.

/** What the first line of an export says. */
export interface ExportHead {
  /** `name+hash+base64` of the log's key. */
  readonly verifier: string;
  /** Hand-overs from the log's first key to this one, the oldest first; default none. */
  readonly handovers?: readonly string[];
  /** A signed checkpoint over all records of the export, and those before them; null: the server would not sign one. */
  readonly checkpoint: string | null;
  /** Sequence of the log's very first record. */
  readonly first: number;
  /** Sequence of the first record that follows. */
  readonly from: number;
  /** Hashes of the full subtrees over the records before it, the largest first. */
  readonly edge: readonly Buffer[];
}

const KIND = "audit-export";
/** The type of the record that says that older ones were let go; its detail `upTo` is the newest of them. */
const PRUNED = "audit.pruned";
/** The type of the record that a hand-over ends with; its detail `after` is the next key. */
const ROTATED = "log.key_rotated";

export function formatExportHead(head: ExportHead): string {
  const { verifier, handovers = [], checkpoint, first, from, edge } = head;
  const hashes = edge.map((hash) => hash.toString("base64"));
  return JSON.stringify({
    botpass: KIND,
    version: 1,
    verifier,
    ...(handovers.length === 0 ? {} : { handovers }),
    checkpoint,
    first,
    from,
    edge: hashes,
  });
}

/** One record's line. @param leaf the hash that the log holds for it. */
export function formatExportRecord(leaf: Buffer, bytes: string): string {
  return `{"hash":"${leaf.toString("base64")}","record":${bytes}}`;
}

/** What is wrong with an export. */
export interface Finding {
  readonly what:
    | "edited"
    | "removed"
    | "reordered"
    | "added"
    | "truncated"
    | "unreadable"
    | "altered"
    | "checkpoint";
  /** Sequences that it concerns, the first and the last; absent: the log as a whole. */
  readonly records?: readonly [number, number];
  /** In the export, from 1; absent: what is not there has none. */
  readonly line?: number;
  /** One sentence for people. */
  readonly says: string;
}

/** What came of checking an export. */
export interface ExportReport {
  readonly origin: string;
  readonly key: string;
  /** Keys that it had before, the oldest first. */
  readonly formerKeys: readonly string[];
  /** First and last record of the export; 0: none. */
  readonly from: number;
  readonly to: number;
  readonly records: number;
  /** Sizes of the checkpoints that hold. */
  readonly held: readonly number[];
  /** Sizes of checkpoints that lie before the oldest record, and so cannot be checked by records. */
  readonly tooOld: readonly number[];
  readonly findings: readonly Finding[];
  /** Findings that are not listed: there were too many. */
  readonly more: number;
}

export interface ExportCheck {
  /**
   * Whose signature counts, and that of every key that hand-overs lead to from it, or that lead to it; default: the key that the
   * export names, which proves only that it fits itself.
   */
  readonly verifier?: NoteVerifier;
  /** Signed checkpoints that were kept elsewhere. */
  readonly against?: readonly string[];
}

const MAX_FINDINGS = 100;
const RECORD = /^\{"hash":"([A-Za-z0-9+/]{43}=)","record":(\{.*\})\}$/s;

/** Checks an export line by line, without a server. */
export class ExportVerifier {
  readonly #check: ExportCheck;
  readonly #findings: Finding[] = [];
  #more = 0;
  #line = 0;
  #head: ExportHead | undefined;
  #history: KeyHistory | undefined;
  /** By the size of the log that each one ends. */
  #handovers: ReadonlyMap<number, Handover> = new Map();
  #own: Checkpoint | undefined;
  #expected: readonly Checkpoint[] = [];
  /** By what the records say, and by what the export says that the log holds. */
  #said = new CompactRange();
  #stated = new CompactRange();
  #next = 0;
  #newest = 0;
  /** Sequences that were passed over, as ranges: removed, unless they come later. */
  readonly #missing: [number, number][] = [];
  readonly #held: number[] = [];
  readonly #tooOld: number[] = [];
  /** Told last: most often it only follows from what is wrong with single records. */
  #altered: Finding | undefined;
  /** As the records say that tell of a pruning. */
  #prunedUpTo = 0;

  constructor(check: ExportCheck = {}) {
    this.#check = check;
  }

  /**
   * Takes the next line.
   * @throws IssuerError REQUEST_INVALID when the first is not the head of an export; LOG_INCONSISTENT when a checkpoint is
   * another log's, or not signed by the log's key.
   */
  line(text: string): void {
    this.#line += 1;
    if (this.#head === undefined) this.#begin(text);
    else this.#record(text, this.#head);
  }

  /** Ends the check. @throws IssuerError REQUEST_INVALID when there was no line. */
  end(): ExportReport {
    const head = this.#head;
    const history = this.#history;
    if (head === undefined || history === undefined) {
      throw new IssuerError("REQUEST_INVALID", "the export is empty");
    }
    for (const [from, to] of this.#missing) {
      this.#find({ what: "removed", records: [from, to], says: `${range(from, to)} removed` });
    }
    const to = this.#newest;
    for (const checkpoint of this.#expected) {
      const last = head.first + checkpoint.size - 1;
      if (this.#said.size >= checkpoint.size || last <= to) continue;
      const says = `${range(to + 1, last)} cut off: the export ends at record ${to}, the checkpoint of size ${checkpoint.size} holds up to ${last}`;
      this.#find({ what: "truncated", records: [to + 1, last], says });
      break;
    }
    const unheld = this.#expected.find(
      ({ size }) => !this.#held.includes(size) && !this.#tooOld.includes(size),
    );
    if (unheld !== undefined && this.#findings.length === 0) this.#alter(unheld);
    const { against = [] } = this.#check;
    if (against.every((note) => this.#tooOld.includes(readCheckpoint(note).size)) && against[0]) {
      const says = `no checkpoint to compare with: all are from before the oldest record, ${head.from}`;
      this.#find({ what: "checkpoint", says });
    }
    if (head.from > Math.max(head.first, this.#prunedUpTo + 1)) {
      const [from, last] = [Math.max(head.first, this.#prunedUpTo + 1), head.from - 1];
      const says = `${range(from, last)} removed: no record says that the log was pruned so far`;
      this.#find({ what: "removed", records: [from, last], says });
    }
    if (this.#altered !== undefined) this.#find(this.#altered);
    return {
      origin: parseVerifier(history.present).name,
      key: history.present,
      formerKeys: history.former,
      from: this.#said.size === 0 || to === 0 ? 0 : head.from,
      to,
      records: this.#line - 1,
      held: this.#held,
      tooOld: this.#tooOld,
      findings: this.#findings,
      more: this.#more,
    };
  }

  #begin(text: string): void {
    const head = parseHead(text);
    const history = new KeyHistory(parseVerifier(head.verifier), head.handovers);
    const { verifier } = this.#check;
    if (verifier !== undefined && !history.has(verifier.text)) {
      const message = `the export names the key ${head.verifier}, not ${verifier.text}, and no hand-over leads from one to the other`;
      throw new IssuerError("LOG_INCONSISTENT", message);
    }
    this.#head = head;
    this.#history = history;
    this.#handovers = new Map(history.handovers.map((each) => [each.size, each]));
    const against = (this.#check.against ?? []).map((note) => history.openCheckpoint(note));
    if (head.checkpoint === null) {
      const says = "the server has no checkpoint for its log, and would sign none";
      this.#find({ what: "checkpoint", says });
    } else {
      this.#own = history.openCheckpoint(head.checkpoint);
    }
    for (const note of this.#check.against ?? []) this.#compareHandovers(note, history);
    const before = head.from - head.first;
    const own = this.#own === undefined ? [] : [this.#own];
    // One that ends before the oldest record says which key came, and nothing of these records.
    const handovers = history.handovers.filter(({ size }) => size >= before);
    const all = [...against, ...handovers, ...own].sort((one, other) => one.size - other.size);
    const bySize = new Map<number, Checkpoint>();
    for (const checkpoint of all) {
      const same = bySize.get(checkpoint.size);
      if (same !== undefined && !same.root.equals(checkpoint.root)) {
        const says = `two checkpoints of size ${checkpoint.size} have different roots: the log was forked`;
        this.#find({ what: "checkpoint", says });
      }
      // one that was kept elsewhere comes before the export's own, and counts more
      if (same === undefined) bySize.set(checkpoint.size, checkpoint);
    }
    this.#expected = [...bySize.values()];
    try {
      this.#said = new CompactRange(before, head.edge);
      this.#stated = new CompactRange(before, head.edge);
    } catch (cause) {
      const message = `the head has ${head.edge.length} hashes for ${before} records before ${head.from}`;
      throw new IssuerError("REQUEST_INVALID", message, { cause });
    }
    this.#next = head.from;
    this.#newest = head.from - 1;
    // One of size 0 says nothing.
    for (const { size } of this.#expected) {
      if (size < Math.max(before, 1)) this.#tooOld.push(size);
    }
    this.#reach();
  }

  #record(text: string, head: ExportHead): void {
    const [, base64 = "", bytes = ""] = RECORD.exec(text) ?? [];
    const { sequence, prunedUpTo, nextKey } = factsOf(bytes);
    if (sequence === undefined) {
      const says = `line ${this.#line}, where record ${this.#next} is due, is not a record`;
      this.#find({
        what: "unreadable",
        records: [this.#next, this.#next],
        line: this.#line,
        says,
      });
      this.#newest = Math.max(this.#newest, this.#next);
      this.#next += 1;
      return;
    }
    this.#place(sequence, head);
    this.#prunedUpTo = Math.max(this.#prunedUpTo, prunedUpTo);
    this.#compareKeys(sequence, head, nextKey);
    const stated = Buffer.from(base64, "base64");
    const said = leafHash(bytes);
    if (!said.equals(stated)) {
      const says = `record ${sequence} was edited: it is not what its hash in the log says`;
      this.#find({ what: "edited", records: [sequence, sequence], line: this.#line, says });
    }
    this.#said.append(said);
    this.#stated.append(stated);
    this.#reach();
  }

  /** A key that has handed the log over twice, or behind the export's back, is in two hands. */
  #compareHandovers(note: string, { handovers }: KeyHistory): void {
    const kept = tryHandover(note);
    if (kept === undefined) return;
    const { former, next, size } = kept;
    const own = handovers.find((each) => each.former.text === former.text);
    if (own?.next.text === next.text) return;
    const otherwise = own === undefined ? "it says nothing of that" : `it says to ${own.next.text}`;
    const says = `key ${former.text} handed the log over to ${next.text} at size ${size}, and by the export ${otherwise}`;
    this.#find({ what: "checkpoint", says });
  }

  /** What the records say of the log's key is what its hand-overs say. */
  #compareKeys(sequence: number, { first }: ExportHead, nextKey: string | undefined): void {
    const handover = this.#handovers.get(sequence - first + 1);
    if (nextKey === handover?.next.text) return;
    const says =
      handover === undefined
        ? `record ${sequence} says that ${nextKey} became the log's key, and no hand-over does`
        : `a hand-over at record ${sequence} names the key ${handover.next.text}, and the record does not`;
    this.#find({ what: "checkpoint", records: [sequence, sequence], line: this.#line, says });
  }

  /** Where the record stands, against where it should. */
  #place(sequence: number, head: ExportHead): void {
    const line = this.#line;
    const records: [number, number] = [sequence, sequence];
    const due = this.#next;
    const last = head.first + (this.#own?.size ?? Number.POSITIVE_INFINITY) - 1;
    if (sequence > last) {
      const says = `record ${sequence} was added: the export's checkpoint ends at ${last}`;
      this.#find({ what: "added", records, line, says });
    }
    if (sequence === due) {
      this.#next += 1;
    } else if (sequence > due) {
      this.#missing.push([due, sequence - 1]);
      this.#next = sequence + 1;
    } else if (this.#takeMissing(sequence)) {
      const says = `record ${sequence} stands out of order: behind record ${this.#newest}`;
      this.#find({ what: "reordered", records, line, says });
    } else {
      const says = `record ${sequence} was added: there is one of this number already`;
      this.#find({ what: "added", records, line, says });
    }
    this.#newest = Math.max(this.#newest, sequence);
  }

  #takeMissing(sequence: number): boolean {
    const place = this.#missing.findIndex(([from, to]) => from <= sequence && sequence <= to);
    const [from, to] = this.#missing[place] ?? [0, 0];
    if (place < 0) return false;
    const left: [number, number][] = [];
    if (from < sequence) left.push([from, sequence - 1]);
    if (sequence < to) left.push([sequence + 1, to]);
    this.#missing.splice(place, 1, ...left);
    return true;
  }

  /** Compares with the checkpoints of the size that was just reached. */
  #reach(): void {
    const { size } = this.#said;
    for (const checkpoint of this.#expected) {
      if (checkpoint.size !== size || size === 0) continue;
      if (this.#said.root().equals(checkpoint.root)) this.#held.push(size);
      // Only what was edited is wrong when the log's own hashes lead to the root; else more than that.
      else if (!this.#stated.root().equals(checkpoint.root)) this.#alter(checkpoint);
    }
  }

  /** Somewhere after the last checkpoint that held, what is there is not what was logged. */
  #alter({ size }: Checkpoint): void {
    if (this.#altered !== undefined) return;
    const { first = 1 } = this.#head ?? {};
    const from = first + (this.#held.at(-1) ?? 0);
    const to = first + size - 1;
    const says =
      to < from
        ? `the checkpoint of size ${size} is not of this log`
        : `${range(from, to)} altered: together they are not what the checkpoint of size ${size} was made of`;
    this.#altered = { what: "altered", records: [from, to], says };
  }

  #find(finding: Finding): void {
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding);
    else this.#more += 1;
  }
}

function range(from: number, to: number): string {
  return from === to ? `record ${from} was` : `records ${from} to ${to} were`;
}

/** What the check needs to know of a record. */
function factsOf(bytes: string): {
  sequence: number | undefined;
  prunedUpTo: number;
  nextKey: string | undefined;
} {
  try {
    const { sequence, type, details } = JSON.parse(bytes) as Record<string, unknown>;
    const told = typeof details === "object" ? details : null;
    const { upTo, after } = (told ?? {}) as { upTo?: unknown; after?: unknown };
    const pruned = type === PRUNED && typeof upTo === "string" && /^\d{1,15}$/.test(upTo);
    return {
      sequence: isSequence(sequence) ? sequence : undefined,
      prunedUpTo: pruned ? Number(upTo) : 0,
      nextKey: type === ROTATED ? String(after) : undefined,
    };
  } catch {
    return { sequence: undefined, prunedUpTo: 0, nextKey: undefined };
  }
}

function parseHead(text: string): ExportHead {
  const refused = (what: string, cause?: unknown): IssuerError =>
    new IssuerError("REQUEST_INVALID", `line 1 is not the head of an audit export: ${what}`, {
      cause,
    });
  let found: Readonly<Record<string, unknown>>;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) throw new TypeError("not an object");
    found = value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw refused("not a JSON object", cause);
  }
  const { botpass, version, verifier, handovers = [], checkpoint, first, from, edge } = found;
  if (botpass !== KIND) throw refused(`botpass is not ${JSON.stringify(KIND)}`);
  if (version !== 1) throw refused(`version ${JSON.stringify(version)} is not 1`);
  if (typeof verifier !== "string") throw refused("verifier is not a text");
  if (!Array.isArray(handovers) || !handovers.every((each) => typeof each === "string")) {
    throw refused("handovers is not a list of texts");
  }
  if (typeof checkpoint !== "string" && checkpoint !== null) {
    throw refused("checkpoint is neither a text nor null");
  }
  if (!isSequence(first)) throw refused("first is not a sequence");
  if (!isSequence(from) || from < first) throw refused("from is not a sequence from first on");
  if (!Array.isArray(edge)) throw refused("edge is not a list");
  const hashes = edge.map((each: unknown) => {
    const hash = Buffer.from(typeof each === "string" ? each : "", "base64");
    if (hash.length !== HASH_BYTES) throw refused("edge holds what is not a hash");
    return hash;
  });
  return { verifier, handovers, checkpoint, first, from, edge: hashes };
}

function isSequence(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
