import { IssuerError, messageOf } from "../errors.ts";
import { type Checkpoint, openCheckpoint, parseVerifier, verifyConsistency } from "../log/index.ts";
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
}

export interface LogWatchOptions {
  load(): Promise<KnownCheckpoint | undefined>;
  save(known: KnownCheckpoint): Promise<void>;
  /** Asks the server for the proof that the log of `to` records begins with that of `from`. */
  proof(from: number, to: number): Promise<readonly Buffer[]>;
  onInconsistent(inconsistency: LogInconsistency): void;
  /** Told of what failed without saying anything about the log; the next checkpoint tries again. */
  onError(error: unknown): void;
}

/** Holds the issuer to its log: every checkpoint must continue the one before. The first is believed. */
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
    const reason = await this.#faultOf(message, known, before);
    if (reason === undefined) return this.#believe(offered);
    if (this.#told === note) return;
    this.#told = note;
    this.#options.onInconsistent({ reason, known, offered });
  }

  /** Why the checkpoint does not continue the one before; undefined: it does. */
  async #faultOf(
    message: LogCheckpoint__Output,
    known: KnownCheckpoint,
    before: Checkpoint,
  ): Promise<string | undefined> {
    if (message.verifier !== known.verifier) {
      return `the log has another key: ${message.verifier}, not ${known.verifier}`;
    }
    let now: Checkpoint;
    try {
      now = openCheckpoint(message.note, parseVerifier(known.verifier));
    } catch (error) {
      return messageOf(error);
    }
    if (now.size < before.size) {
      return `the log has ${now.size} records, and had ${before.size}`;
    }
    const given = message.previousSize === before.size ? message.consistency : undefined;
    const claim = { from: before.size, fromRoot: before.root, to: now.size, toRoot: now.root };
    const proof = given ?? (await this.#proofOf(before.size, now.size));
    if (proof instanceof IssuerError) return messageOf(proof);
    if (verifyConsistency({ ...claim, proof })) return undefined;
    return `the log of ${now.size} records does not begin with the ${before.size} that were in it`;
  }

  /** The proof, or the server's word that there is none. */
  async #proofOf(from: number, to: number): Promise<readonly Buffer[] | IssuerError> {
    if (from === 0 || from === to) return [];
    try {
      return await this.#options.proof(from, to);
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
