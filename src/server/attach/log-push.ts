import type { AuditLog, MadeCheckpoint } from "../../audit/index.ts";
import type { LogCheckpoint, LogProof } from "../../wire/index.ts";

/** Whoever is to know how far the audit log has come. */
export interface LogSubscriber {
  sendCheckpoint(checkpoint: LogCheckpoint): void;
}

/** Proofs that are kept: bots that come back together ask for the same few. */
const MOST_PROOFS = 64;

/** Sends the log's checkpoints to those who are connected, and the proofs that they ask for. */
export class LogPush {
  readonly #log: AuditLog;
  readonly #subscribers = new Set<LogSubscriber>();
  readonly #proofs = new Map<string, Promise<LogProof>>();

  constructor(log: AuditLog) {
    this.#log = log;
    log.onCheckpoint((made) => this.#tell(made));
  }

  /** Sends the newest checkpoint, and from now on each new one. */
  subscribe(subscriber: LogSubscriber): void {
    this.#subscribers.add(subscriber);
    const { newest, verifier } = this.#log;
    if (newest !== undefined) subscriber.sendCheckpoint({ note: newest.note, verifier });
  }

  unsubscribe(subscriber: LogSubscriber): void {
    this.#subscribers.delete(subscriber);
  }

  /** @throws IssuerError REQUEST_INVALID when the log has no such sizes; LOG_INCONSISTENT. */
  proof(from: number, to: number): Promise<LogProof> {
    const key = `${from} ${to}`;
    const known = this.#proofs.get(key);
    if (known !== undefined) return known;
    const made = this.#log.consistency(from, to).then((hashes) => ({ hashes: [...hashes] }));
    if (this.#proofs.size >= MOST_PROOFS) this.#proofs.clear();
    this.#proofs.set(key, made);
    made.catch(() => this.#proofs.delete(key));
    return made;
  }

  #tell({ note, previousSize, consistency }: MadeCheckpoint): void {
    const { verifier } = this.#log;
    const message = { note, verifier, previousSize, consistency: [...consistency] };
    for (const subscriber of this.#subscribers) subscriber.sendCheckpoint(message);
  }
}
