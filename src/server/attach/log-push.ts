import type { AuditLog, MadeCheckpoint } from "../../audit/index.ts";
import type { LogCheckpoint, LogHandovers, LogProof } from "../../wire/index.ts";

/** Whoever is to know how far the audit log has come. */
export interface LogSubscriber {
  sendCheckpoint(checkpoint: LogCheckpoint): void;
}

/** Proofs that are kept: bots that come back together ask for the same few. */
const MOST_PROOFS = 64;
/** Hand-overs of one answer, of less than a kilobyte each. */
const MOST_HANDOVERS = 500;

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
    const { newest } = this.#log;
    if (newest === undefined) return;
    const { note, verifier } = newest;
    subscriber.sendCheckpoint({ note, verifier });
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

  /** Hand-overs from this key on, the oldest first: none when it is not one of the log's former keys. */
  async handoversAfter(verifier: string): Promise<LogHandovers> {
    const all = await this.#log.handovers();
    const first = all.findIndex(({ former }) => former === verifier);
    const following = first < 0 ? [] : all.slice(first, first + MOST_HANDOVERS);
    return { notes: following.map(({ note }) => note) };
  }

  #tell({ note, verifier, previousSize, consistency }: MadeCheckpoint): void {
    const message = { note, verifier, previousSize, consistency: [...consistency] };
    for (const subscriber of this.#subscribers) subscriber.sendCheckpoint(message);
  }
}
