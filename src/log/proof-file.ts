import { IssuerError } from "../errors.ts";
import { joinHandovers, KeyHistory } from "./handover.ts";
import { HASH_BYTES, leafHash } from "./merkle.ts";
import { type NoteVerifier, parseVerifier } from "./note.ts";
import { verifyInclusion } from "./proofs.ts";

/** One record with all that proves it, on one line of JSON. */
export interface RecordProof {
  /** `name+hash+base64` of the log's key. */
  readonly verifier: string;
  /** Hand-overs that led to that key, the oldest first: who knows an earlier key needs nothing else. Default none. */
  readonly handovers?: readonly string[];
  readonly checkpoint: string;
  /** The place of the record's leaf, from 0. */
  readonly index: number;
  /** From the leaf up. */
  readonly hashes: readonly Buffer[];
  /** The record's canonical JSON. */
  readonly record: string;
}

/** What a proof has proven. */
export interface ProvenFacts {
  readonly origin: string;
  readonly key: string;
  readonly size: number;
  readonly index: number;
  readonly record: string;
}

const PROOF =
  /^\{"botpass":"audit-proof","version":1,"verifier":("[^"\\]*"),(?:"handovers":(\[(?:"(?:[^"\\]|\\.)*",?)*\]),)?"checkpoint":("(?:[^"\\]|\\.)*"),"index":(\d{1,15}),"hashes":(\[[^\]]*\]),"record":(\{.*\})\}\n?$/s;

/** The proof as `parseRecordProof` reads it; the record's bytes are the last. */
export function formatRecordProof(proof: RecordProof): string {
  const { verifier, handovers = [], checkpoint, index, hashes, record } = proof;
  const texts = hashes.map((hash) => hash.toString("base64"));
  const head = JSON.stringify({
    botpass: "audit-proof",
    version: 1,
    verifier,
    ...(handovers.length === 0 ? {} : { handovers }),
    checkpoint,
    index,
    hashes: texts,
  });
  return `${head.slice(0, -1)},"record":${record}}`;
}

/** Whether the text is meant to be a proof, rather than an export. */
export function isRecordProof(text: string): boolean {
  return text.startsWith('{"botpass":"audit-proof"');
}

/** @throws IssuerError REQUEST_INVALID when it is not a proof. */
export function parseRecordProof(text: string): RecordProof {
  const match = PROOF.exec(text);
  if (match === null) throw new IssuerError("REQUEST_INVALID", "the proof cannot be read");
  const [, verifier = '""', handovers = "[]", checkpoint = '""', index = "", ...rest] = match;
  const [hashes = "[]", record = ""] = rest;
  try {
    return {
      verifier: JSON.parse(verifier) as string,
      handovers: JSON.parse(handovers) as string[],
      checkpoint: JSON.parse(checkpoint) as string,
      index: Number(index),
      hashes: (JSON.parse(hashes) as unknown[]).map((each) => Buffer.from(String(each), "base64")),
      record,
    };
  } catch (cause) {
    throw new IssuerError("REQUEST_INVALID", "the proof cannot be read", { cause });
  }
}

/**
 * Checks a proof without a server.
 * @param verifier whose signature counts; default: the key that the proof names, which proves only that it fits itself.
 * @param handovers of the log, the oldest first, beside those that the proof brings, which must not contradict them: with them a proof
 * by a former key counts for one who knows a later key, and none by it beyond its hand-over.
 * @throws IssuerError LOG_INCONSISTENT when it does not lead from the record to the checkpoint; REQUEST_INVALID.
 */
export function checkRecordProof(
  proof: RecordProof,
  verifier?: NoteVerifier,
  handovers: readonly string[] = [],
): ProvenFacts {
  const named = parseVerifier(proof.verifier);
  // What the proof brings must not take the place of what is known: a stolen key can hand the log over once more.
  const joined = joinHandovers(handovers, proof.handovers ?? []);
  const notes = joined.map(({ note }) => note);
  const history = new KeyHistory(joined.at(-1)?.next ?? named, notes);
  if (!history.has(named.text) || (verifier !== undefined && !history.has(verifier.text))) {
    const other = verifier ?? parseVerifier(history.present);
    const message = `the proof is by the key ${named.text}, not ${other.text}: verify it by that key, or with hand-overs that lead from one to the other`;
    throw new IssuerError("LOG_INCONSISTENT", message);
  }
  const { origin, size, root } = history.openCheckpoint(proof.checkpoint);
  const { index, hashes, record } = proof;
  const fits = hashes.every((hash) => hash.length === HASH_BYTES);
  if (!fits || !verifyInclusion({ leaf: leafHash(record), index, size, root, proof: hashes })) {
    const message = `the record is not leaf ${index} of the ${size} that the checkpoint covers`;
    throw new IssuerError("LOG_INCONSISTENT", message);
  }
  return { origin, key: (verifier ?? named).text, size, index, record };
}
