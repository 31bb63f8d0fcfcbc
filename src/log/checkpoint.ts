import { IssuerError } from "../errors.ts";
import { EMPTY_ROOT, HASH_BYTES } from "./merkle.ts";
import { type NoteVerifier, openNote, splitNote } from "./note.ts";

/** How far a log has come, as it is signed: https://c2sp.org/tlog-checkpoint. */
export interface Checkpoint {
  /** Which log: the same text in all of its checkpoints. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** The text that is signed: origin, size, root in base64, a line each. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString("base64")}\n`;
}

/** Reads what a checkpoint says, whoever signed it. @throws IssuerError REQUEST_INVALID. */
export function readCheckpoint(note: string): Checkpoint {
  return parseText(splitNote(note).text);
}

/**
 * Reads a checkpoint that this key has signed for the log of its name.
 * @throws IssuerError LOG_INCONSISTENT when it is another log's or the signature does not verify; REQUEST_INVALID when it
 * is not a checkpoint.
 */
export function openCheckpoint(note: string, verifier: NoteVerifier): Checkpoint {
  const { origin } = readCheckpoint(note);
  if (origin !== verifier.name) {
    const message = `the checkpoint is of log ${JSON.stringify(origin)}, not ${JSON.stringify(verifier.name)}`;
    throw new IssuerError("LOG_INCONSISTENT", message);
  }
  return parseText(openNote(note, verifier));
}

/**
 * Takes the checkpoints of a file apart: notes one after the other, with or without empty lines between.
 * @returns each as it was signed. @throws IssuerError REQUEST_INVALID naming the line, also when there is none.
 */
export function splitCheckpoints(text: string): readonly string[] {
  const notes: string[] = [];
  let note: string[] = [];
  let signed = false;
  const lines = text.split("\n");
  lines.forEach((line, place) => {
    if (line.startsWith("— ") && note.length > 0) {
      note.push(line);
      signed = true;
      return;
    }
    if (signed) {
      notes.push(`${note.join("\n")}\n`);
      note = [];
      signed = false;
    }
    if (note.length === 0 && line === "") return;
    note.push(line);
    if (note.length > 64) {
      throw new IssuerError("REQUEST_INVALID", `line ${place + 1} is not of a checkpoint`);
    }
  });
  if (signed) notes.push(`${note.join("\n")}\n`);
  else if (note.length > 0 || notes.length === 0) {
    const message = `it ends at line ${lines.length} without a signed checkpoint`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  return notes;
}

function parseText(text: string): Checkpoint {
  const [origin = "", decimal = "", base64 = ""] = text.split("\n");
  const size = Number(decimal);
  const root = Buffer.from(base64, "base64");
  const isSize = /^(0|[1-9]\d{0,15})$/.test(decimal) && Number.isSafeInteger(size);
  if (origin === "" || !isSize || root.length !== HASH_BYTES) {
    const shown = JSON.stringify(text.slice(0, 200));
    throw new IssuerError("REQUEST_INVALID", `${shown} is not origin, size and root`);
  }
  if (root.toString("base64") !== base64) {
    throw new IssuerError("REQUEST_INVALID", `root ${JSON.stringify(base64)} is not base64`);
  }
  if (size === 0 && !root.equals(EMPTY_ROOT)) {
    throw new IssuerError("REQUEST_INVALID", "a log of no leaves has another root");
  }
  return { origin, size, root };
}
