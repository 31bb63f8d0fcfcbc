import type { Clock, Timer } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type { DenyUpdate__Output } from "../wire/index.ts";
import { DenialTable } from "./denial-table.ts";

/** What may be denied. */
export interface DeniedQuery {
  readonly serialHex?: string;
  readonly jti?: string;
  readonly spiffeId?: string;
}

/** Why: suspended, retired, ended, evicted, banned, locked, restored, revoked; stale, by the policy. */
export type DenialReason = string;

/** What is done when the server has not been heard of for too long. */
export interface DenySetOptions {
  /** How old what is known may be, in milliseconds, 3,000 at least. Default 60,000. The server is asked to say three times within it that nothing is new. */
  readonly maxStaleMs?: number;
  /**
   * `warn`: an event `stale`, and work goes on with what is known. `refuse`: everybody is denied, with the reason `stale`, and open
   * connections end, until the server is back. Default `warn`.
   */
  readonly onStale?: "warn" | "refuse";
}

/** What is known of denied identities, and how old it is. */
export interface DenySetState {
  /** Milliseconds since the server last said that this is all; Infinity when it never did. */
  readonly staleMs: number;
  /** Whether that is longer than the policy allows. */
  readonly isStale: boolean;
  /** How many are denied. */
  readonly size: number;
  /** The server's sequence number up to which everything is known; 0: nothing is. */
  readonly sequence: number;
  /** What the table of them takes in memory. */
  readonly bytes: number;
}

const DEFAULT_MAX_STALE_MS = 60_000;
/** Three times the shortest pause between two words of a server: with less, one that is late is one that is gone. */
const LEAST_MAX_STALE_MS = 3000;

/** The denied identities, as far as the server has told. */
export class DenySet implements DenySetState {
  readonly #clock: Clock;
  readonly #maxStaleMs: number;
  readonly #refuses: boolean;
  readonly #onStale: (stale: boolean) => void;
  readonly #listeners = new Set<() => void>();
  #table = new DenialTable();
  /** The parts of a snapshot that is not whole yet. */
  #next: DenialTable | undefined;
  #sequence = 0;
  #heard: { readonly monotonicMs: number; readonly wallMs: number } | undefined;
  #timer: Timer | undefined;
  #wasStale = false;
  #waiting: (() => void)[] = [];
  /** Parts of an answer are outstanding. */
  #partial = false;

  /**
   * @param onStale called when it becomes too old, and when it is new again.
   * @throws IssuerError CONFIG_INVALID.
   */
  constructor(
    clock: Clock,
    options: DenySetOptions = {},
    onStale: (stale: boolean) => void = () => undefined,
  ) {
    const { maxStaleMs = DEFAULT_MAX_STALE_MS, onStale: policy = "warn" } = options;
    if (!(Number.isFinite(maxStaleMs) && maxStaleMs >= LEAST_MAX_STALE_MS)) {
      const message = `denySet.maxStaleMs ${maxStaleMs} is not a number of milliseconds from ${LEAST_MAX_STALE_MS}: a server says once a second at most that nothing is new`;
      throw new IssuerError("CONFIG_INVALID", message);
    }
    if (policy !== "warn" && policy !== "refuse") {
      throw new IssuerError("CONFIG_INVALID", `denySet.onStale ${policy} is not warn or refuse`);
    }
    this.#clock = clock;
    this.#maxStaleMs = maxStaleMs;
    this.#refuses = policy === "refuse";
    this.#onStale = onStale;
  }

  get refuses(): boolean {
    return this.#refuses;
  }

  /** What to subscribe with. */
  get wish(): { readonly afterSequence: number; readonly heartbeatMs: number } {
    return {
      afterSequence: this.#sequence,
      heartbeatMs: Math.min(Math.floor(this.#maxStaleMs / 3), 60_000),
    };
  }

  get sequence(): number {
    return this.#sequence;
  }

  get size(): number {
    return this.#table.size;
  }

  get bytes(): number {
    return this.#table.bytes;
  }

  /** Monotonic time does not pass while the machine sleeps, wall time may be set back: the longer of the two counts. */
  get staleMs(): number {
    if (this.#heard === undefined) return Number.POSITIVE_INFINITY;
    const { monotonicMs, wallMs } = this.#heard;
    return Math.max(
      this.#clock.monotonicMs() - monotonicMs,
      this.#clock.now().getTime() - wallMs,
      0,
    );
  }

  get isStale(): boolean {
    return this.staleMs > this.#maxStaleMs;
  }

  /** Why one of these is denied; undefined when none is. */
  reasonFor({ serialHex, jti, spiffeId }: DeniedQuery): DenialReason | undefined {
    const now = this.#clock.now().getTime();
    const table = this.#table;
    const reason =
      (serialHex === undefined ? undefined : table.find("serial", serialHex, now)) ??
      (jti === undefined ? undefined : table.find("jti", jti, now)) ??
      (spiffeId === undefined ? undefined : table.find("spiffe_id", spiffeId, now));
    if (reason !== undefined) return reason;
    return this.#refuses && this.isStale ? "stale" : undefined;
  }

  /** @returns stops the calls. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From now on the server is expected to tell, on a new stream: what came in part on the one before is dropped. */
  follow(): void {
    this.#next = undefined;
    this.#partial = false;
    this.#release();
    this.#watch(Math.max(this.#maxStaleMs - (this.#heard === undefined ? 0 : this.staleMs), 0));
  }

  /** Nobody is expected to tell any more. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#release();
  }

  /** Resolves when all parts of the answer in hand are here, or its stream is gone. */
  whole(): Promise<void> {
    if (!this.#partial) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Takes in a snapshot, a delta, or a part of one.
   * @returns false: something between what is known and this delta is missing; ask again from `sequence`.
   */
  apply(update: DenyUpdate__Output): boolean {
    const now = this.#clock.now().getTime();
    if (update.snapshot) this.#next ??= new DenialTable();
    else if (this.#next === undefined && update.afterSequence !== this.#sequence) return false;
    const table = this.#next ?? this.#table;
    for (const { kind, value } of update.removed) table.lift(kind, value);
    for (const { kind, value, reason, expiresAtMs } of update.added) {
      if (expiresAtMs > now) table.put(kind, value, reason, expiresAtMs, now);
    }
    this.#partial = update.more;
    if (update.more) return true;
    const changed = update.snapshot || update.added.length + update.removed.length > 0;
    this.#table = table;
    this.#next = undefined;
    this.#sequence = update.sequence;
    this.#heard = { monotonicMs: this.#clock.monotonicMs(), wallMs: now };
    this.#watch(this.#maxStaleMs);
    if (this.#wasStale) {
      this.#wasStale = false;
      this.#onStale(false);
    }
    if (changed) this.#tell();
    this.#release();
    return true;
  }

  #watch(ms: number): void {
    this.#timer?.cancel();
    // One more: at the limit it is not yet too old.
    this.#timer = this.#clock.schedule(ms + 1, () => {
      if (this.#heard !== undefined && !this.isStale) {
        this.#watch(this.#maxStaleMs - this.staleMs);
        return;
      }
      if (this.#wasStale) return;
      this.#wasStale = true;
      this.#onStale(true);
      if (this.#refuses) this.#tell();
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
