import { IssuerError, messageOf } from "../errors.ts";
import { type Checkpoint, formatCheckpoint, openCheckpoint, readCheckpoint } from "./checkpoint.ts";
import {
  type NoteSigner,
  type NoteVerifier,
  openNote,
  parseVerifier,
  signatureOf,
  splitNote,
} from "./note.ts";

// A hand-over is a checkpoint with one extension line (https://c2sp.org/tlog-checkpoint) that names the log's key until now and the
// one from now on, signed by both. A second signature under an ordinary checkpoint says nothing: anybody can add one.

/** What the extension line begins with; former and next verifier follow. */
const EXTENSION = "botpass-log-key-handover";

/** A proof brings so many hand-overs at most, the newest: it must not grow with the years. */
export const MOST_PROVEN_HANDOVERS = 100;

/** A change of the log's key, over the log as it was then. */
export interface Handover extends Checkpoint {
  readonly former: NoteVerifier;
  readonly next: NoteVerifier;
  readonly note: string;
}

/** Hands the log over. @throws IssuerError INTERNAL when both have one key, or are of two logs. */
export function signHandover(checkpoint: Checkpoint, former: NoteSigner, next: NoteSigner): string {
  const names = [former.name, next.name, checkpoint.origin];
  if (new Set(names).size > 1 || former.verifier === next.verifier) {
    throw new IssuerError("INTERNAL", "a hand-over is of one log, from one key to another");
  }
  const text = `${formatCheckpoint(checkpoint)}${EXTENSION} ${former.verifier} ${next.verifier}\n`;
  // Of the second note the line of its signature is added.
  return former.sign(text) + next.sign(text).slice(text.length + 1);
}

/** Whether a note says that it is a hand-over from this key. */
export function isHandoverFrom(note: string, { text }: NoteVerifier): boolean {
  return note.split("\n", 4)[3]?.startsWith(`${EXTENSION} ${text} `) ?? false;
}

/** Reads what a hand-over says, whoever signed it. @throws IssuerError REQUEST_INVALID when it is none. */
export function readHandover(note: string): Handover {
  const { text } = splitNote(note);
  const checkpoint = readCheckpoint(note);
  const lines = text.split("\n");
  const [word, former = "", next = "", ...more] = (lines[3] ?? "").split(" ");
  if (lines.length !== 5 || word !== EXTENSION || more.length > 0) {
    const message = `the checkpoint of size ${checkpoint.size} is no hand-over: no line after its root names the next key`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  return { ...checkpoint, former: parseVerifier(former), next: parseVerifier(next), note };
}

/** As `readHandover`; undefined when the note is an ordinary checkpoint. */
export function tryHandover(note: string): Handover | undefined {
  return note.split("\n", 4)[3]?.startsWith(`${EXTENSION} `) ? readHandover(note) : undefined;
}

/**
 * Reads a hand-over from a key that is believed: it has signed which key comes after it, and that one has signed too.
 * @throws IssuerError LOG_INCONSISTENT naming what is wrong; REQUEST_INVALID when it is none.
 */
export function verifyHandover(note: string, known: NoteVerifier): Handover {
  const handover = readHandover(note);
  const { origin, former, next } = handover;
  const refused = (why: string): IssuerError =>
    new IssuerError("LOG_INCONSISTENT", `the hand-over to ${next.text} ${why}`);
  if (former.text !== known.text) throw refused(`is from ${former.text}, not from ${known.text}`);
  if (next.text === former.text) throw refused("is from that very key");
  if (origin !== former.name || origin !== next.name) {
    throw refused(`is of log ${JSON.stringify(origin)}`);
  }
  for (const [who, verifier] of [
    ["the key before it", former],
    ["the key that it names", next],
  ] as const) {
    try {
      openNote(note, verifier);
    } catch (error) {
      throw refused(`is not signed by ${who}: ${messageOf(error)}`);
    }
  }
  return handover;
}

/**
 * Hand-overs of one log from two sources as one list, by size. Whether they lead from one to the next is for `KeyHistory`.
 * @throws IssuerError LOG_INCONSISTENT when by the one a key handed the log over otherwise than by the other; REQUEST_INVALID.
 */
export function joinHandovers(
  known: readonly string[],
  brought: readonly string[],
): readonly Handover[] {
  const joined = new Map<string, Handover>();
  for (const note of [...known, ...brought]) {
    const handover = readHandover(note);
    const { former, next, size, root } = handover;
    const same = joined.get(former.text);
    if (same === undefined) {
      joined.set(former.text, handover);
    } else if (same.next.text !== next.text || same.size !== size || !same.root.equals(root)) {
      const message = `key ${former.text} handed the log over to ${same.next.text} at size ${same.size}, and to ${next.text} at size ${size}`;
      throw new IssuerError("LOG_INCONSISTENT", message);
    }
  }
  return [...joined.values()].sort((one, other) => one.size - other.size);
}

/** A key of a log, and the part of the log that it has signed. */
interface KeyTime {
  readonly verifier: NoteVerifier;
  /** Size of the hand-over that it came by; 0: it is the first. */
  readonly from: number;
  /** Size of the hand-over that it ended with; Infinity: it signs now. */
  readonly to: number;
}

/** All keys that a log has had, each by the hand-over from the one before: whoever believes one of them believes all. */
export class KeyHistory {
  readonly handovers: readonly Handover[];
  readonly #times: readonly KeyTime[];

  /**
   * @param present the key that signs now. @param notes all hand-overs of the log, the oldest first.
   * @throws IssuerError LOG_INCONSISTENT when they do not lead to that key, one after the other; REQUEST_INVALID.
   */
  constructor(present: NoteVerifier, notes: readonly string[] = []) {
    const [first] = notes;
    let verifier = first === undefined ? present : readHandover(first).former;
    let from = 0;
    const times: KeyTime[] = [];
    this.handovers = notes.map((note) => {
      const handover = verifyHandover(note, verifier);
      if (handover.size <= from) {
        const message = `the hand-over to ${handover.next.text} is of size ${handover.size}, and the one before of ${from}`;
        throw new IssuerError("LOG_INCONSISTENT", message);
      }
      times.push({ verifier, from, to: handover.size });
      verifier = handover.next;
      from = handover.size;
      if (times.some((each) => each.verifier.text === verifier.text)) {
        const message = `the hand-overs lead back to ${verifier.text}`;
        throw new IssuerError("LOG_INCONSISTENT", message);
      }
      return handover;
    });
    this.#times = [...times, { verifier, from, to: Number.POSITIVE_INFINITY }];
    if (verifier.text === present.text) return;
    const message = `the hand-overs lead to ${verifier.text}, not to ${present.text}`;
    throw new IssuerError("LOG_INCONSISTENT", message);
  }

  get present(): string {
    return this.#times.at(-1)?.verifier.text ?? "";
  }

  /** Those that sign no more, the oldest first. */
  get former(): readonly string[] {
    return this.#times.slice(0, -1).map(({ verifier }) => verifier.text);
  }

  has(verifier: string): boolean {
    return this.#times.some((each) => each.verifier.text === verifier);
  }

  /**
   * Reads a checkpoint by any of the keys, over no more than what was that key's to sign.
   * @throws IssuerError LOG_INCONSISTENT; REQUEST_INVALID when it is not a checkpoint.
   */
  openCheckpoint(note: string): Checkpoint {
    const { signatures } = splitNote(note);
    const time =
      this.#times.find(({ verifier }) => signatureOf(signatures, verifier) !== undefined) ??
      this.#times.at(-1);
    if (time === undefined) throw new IssuerError("INTERNAL", "the log has no key");
    const { verifier, from, to } = time;
    const checkpoint = openCheckpoint(note, verifier);
    const { size } = checkpoint;
    if (size >= from && size <= to) return checkpoint;
    const when =
      size > to
        ? `was handed over at size ${to}, and may sign none of`
        : `came by a hand-over at size ${from}, and may sign none of`;
    throw new IssuerError("LOG_INCONSISTENT", `key ${verifier.text} ${when} size ${size}`);
  }
}
