import { IssuerError, messageOf } from "../errors.ts";
import {
  type Checkpoint,
  type Handover,
  isHandoverFrom,
  type NoteVerifier,
  openCheckpoint,
  parseVerifier,
  verifyConsistency,
  verifyHandover,
} from "../log/index.ts";
import type { LogCheckpoint__Output } from "../wire/index.ts";

/** The checkpoint that a bot believes: what comes later must have grown out of it. */
export interface KnownCheckpoint {
  /** The log's key: name+hash+base64. */
  readonly verifier: string;
  /** Signed note. */
  readonly note: string;
}

/** The issuer's audit log is not the one that the bot knew: it was edited, cut, exchanged, or a backup was restored. */
export interface LogInconsistency {
  readonly reason: string;
  /** What the bot knew, and goes on believing. Keep it: it is evidence. */
  readonly known: KnownCheckpoint;
  /** What the server has sent. */
  readonly offered: KnownCheckpoint;
  /** Hand-overs of the log's key that were to lead from the one to the other, as far as they were looked at. */
  readonly handovers: readonly string[];
}

export interface LogWatchOptions {
  load(): Promise<KnownCheckpoint | undefined>;
  save(known: KnownCheckpoint): Promise<void>;
  /** Asks the server for the proof that the log of `to` records begins with that of `from`. */
  proof(from: number, to: number): Promise<readonly Buffer[]>;
  /** Asks the server for hand-overs of the log's key from this one on, the oldest first. */
  handovers(after: string): Promise<readonly string[]>;
  onInconsistent(inconsistency: LogInconsistency): void;
  /** Told of what failed without saying anything about the log; the next checkpoint tries again. */
  onError(error: unknown): void;
}

/** A checkpoint that is believed, and the key that signs what comes after it. */
interface Place {
  readonly verifier: NoteVerifier;
  readonly checkpoint: Checkpoint;
}

/** No log changes its key so often while a bot is away. */
const MOST_HANDOVERS = 10_000;

/**
 * Holds the issuer to its log: every checkpoint must continue the one before. The first is believed. Another key counts when the one
 * that the bot knows has handed the log over to it.
 */
export class LogWatch {
  readonly #options: LogWatchOptions;
  #known: KnownCheckpoint | undefined;
  #loaded = false;
  #turn: Promise<void> = Promise.resolve();
  /** One fault is told once, however often its checkpoint comes. */
  #told = "";

  constructor(options: LogWatchOptions) {
    this.#options = options;
  }

  /** Takes a checkpoint that was pushed. Never rejects; resolves when it was looked at. */
  take(message: LogCheckpoint__Output): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#take(message))
      .catch((error: unknown) => this.#options.onError(error));
    return this.#turn;
  }

  async #take(message: LogCheckpoint__Output): Promise<void> {
    const { note, verifier } = message;
    if (!this.#loaded) {
      this.#known = await this.#options.load();
      this.#loaded = true;
    }
    const known = this.#known;
    const offered = { verifier, note };
    if (known === undefined) {
      openCheckpoint(note, parseVerifier(verifier));
      return this.#believe(offered);
    }
    if (known.note === note) return;
    const before = openCheckpoint(known.note, parseVerifier(known.verifier));
    const handovers: string[] = [];
    const reason = await this.#faultOf(message, known, before, handovers);
    if (reason === undefined) return this.#believe(offered);
    if (this.#told === note) return;
    this.#told = note;
    this.#options.onInconsistent({ reason, known, offered, handovers });
  }

  /** Why the checkpoint does not continue the one before; undefined: it does. @param seen gets the hand-overs that were looked at. */
  async #faultOf(
    message: LogCheckpoint__Output,
    known: KnownCheckpoint,
    before: Checkpoint,
    seen: string[],
  ): Promise<string | undefined> {
    const place = { verifier: parseVerifier(known.verifier), checkpoint: before };
    const reached =
      message.verifier === known.verifier ? place : await this.#follow(message, place, seen);
    if (typeof reached === "string") return reached;
    let now: Checkpoint;
    try {
      now = openCheckpoint(message.note, reached.verifier);
    } catch (error) {
      return messageOf(error);
    }
    const given =
      message.previousSize === reached.checkpoint.size ? message.consistency : undefined;
    return this.#notGrown(reached.checkpoint, now, given);
  }

  /** Where hand-overs lead from the key that is known to the one of the message, or why they do not. */
  async #follow(
    message: LogCheckpoint__Output,
    from: Place,
    seen: string[],
  ): Promise<Place | string> {
    const { note, verifier, previousSize, consistency } = message;
    const other = `the log has another key: ${verifier}, not ${from.verifier.text}`;
    let place = from;
    // Whoever was on the line when it was handed over is told so by the hand-over itself.
    const direct = isHandoverFrom(note, from.verifier);
    let notes: readonly string[] = direct ? [note] : [];
    for (let step = 0; place.verifier.text !== verifier; step += 1) {
      if (notes.length === 0) {
        const asked = await this.#asked(() => this.#options.handovers(place.verifier.text));
        if (asked instanceof IssuerError) return `${other}: ${messageOf(asked)}`;
        notes = asked;
      }
      const [next, ...rest] = notes;
      if (next === undefined || step === MOST_HANDOVERS) {
        return `${other}, and ${place.verifier.text} has not handed the log over`;
      }
      seen.push(next);
      let handover: Handover;
      try {
        handover = verifyHandover(next, place.verifier);
      } catch (error) {
        return `${other}: ${messageOf(error)}`;
      }
      const given = direct && previousSize === place.checkpoint.size ? consistency : undefined;
      const fault = await this.#notGrown(place.checkpoint, handover, given);
      if (fault !== undefined) return `${other}: ${fault}`;
      place = { verifier: handover.next, checkpoint: handover };
      notes = rest;
    }
    return place;
  }

  /** Why the later checkpoint did not grow out of the earlier one; undefined: it did. */
  async #notGrown(
    before: Checkpoint,
    now: Checkpoint,
    given: readonly Buffer[] | undefined,
  ): Promise<string | undefined> {
    if (now.size < before.size) {
      return `the log has ${now.size} records, and had ${before.size}`;
    }
    const claim = { from: before.size, fromRoot: before.root, to: now.size, toRoot: now.root };
    const proof = given ?? (await this.#proofOf(before.size, now.size));
    if (proof instanceof IssuerError) return messageOf(proof);
    if (verifyConsistency({ ...claim, proof })) return undefined;
    return `the log of ${now.size} records does not begin with the ${before.size} that were in it`;
  }

  /** The proof, or the server's word that there is none. */
  async #proofOf(from: number, to: number): Promise<readonly Buffer[] | IssuerError> {
    if (from === 0 || from === to) return [];
    return this.#asked(() => this.#options.proof(from, to));
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T | IssuerError> {
    try {
      return await ask();
    } catch (error) {
      const refused = error instanceof IssuerError && REFUSED.has(error.code);
      if (refused) return error;
      throw error;
    }
  }

  async #believe(known: KnownCheckpoint): Promise<void> {
    this.#known = known;
    await this.#options.save(known);
  }
}

/** Codes by which a server says that it has no proof; anything else may be the line. */
const REFUSED: ReadonlySet<string> = new Set(["LOG_INCONSISTENT", "REQUEST_INVALID"]);
