import { type AuditEvent, auditDraft } from "../audit/index.ts";
import type { Clock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type { Store } from "../store/index.ts";
import { type DiskSpace, diskSpaceOf } from "./disk.ts";

export interface DiskWatchOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** On the disk in question. */
  readonly directory: string;
  /** Below so many free bytes it is said; 0: never. */
  readonly warnBytes: number;
  /** Below so many nothing is issued; 0: always. */
  readonly refuseBytes: number;
  /** Default: what the file system says. */
  readonly space?: (directory: string) => Promise<DiskSpace>;
  readonly onWarning: (message: string, facts: Readonly<Record<string, number>>) => void;
  readonly onError: (error: unknown) => void;
}

/** How room on the disk is. */
export type DiskState = "ok" | "low" | "refusing";

/** While anything is issued, the disk is looked at so often. */
const LOOK_EVERY_MS = 1000;
const RETRY_AFTER_MS = 10_000;
/** Bounds that are made for large disks are no more than these parts of a small one. */
const MOST_WARNED = 1 / 4;
const MOST_REFUSED = 1 / 8;

/**
 * Stops issuing before the disk is full, so that what is left is there for the rest: to deny, to suspend, to record, to prune. It
 * looks when it is asked, at most once a second, so that a server that issues nothing looks at nothing.
 */
export class DiskWatch {
  readonly #options: DiskWatchOptions;
  #state: DiskState = "ok";
  #free = Number.POSITIVE_INFINITY;
  #refuseBelow = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  get state(): DiskState {
    return this.#state;
  }

  /**
   * Asked before anything is issued; answers by what the last look has shown.
   * @throws IssuerError STORE_UNAVAILABLE (with retryAfterMs) when there is too little room.
   */
  requireRoom(): void {
    if (this.#options.clock.monotonicMs() - this.#lookedAt >= LOOK_EVERY_MS) void this.look();
    if (this.#state !== "refusing") return;
    const { directory } = this.#options;
    const message = `nothing is issued: ${this.#free} bytes are free for ${directory}, below the ${this.#refuseBelow} of disk.refuse`;
    throw new IssuerError("STORE_UNAVAILABLE", message, { retryAfterMs: RETRY_AFTER_MS });
  }

  /** Looks now, and says and records a change. Never rejects. */
  look(): Promise<void> {
    this.#lookedAt = this.#options.clock.monotonicMs();
    this.#looking ??= this.#look()
      .catch(this.#options.onError)
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { directory, space = diskSpaceOf, warnBytes, refuseBytes, onWarning } = this.#options;
    const { free, size } = await space(directory);
    const warn = Math.min(warnBytes, Math.floor(size * MOST_WARNED));
    const refuse = Math.min(refuseBytes, Math.floor(size * MOST_REFUSED));
    this.#free = free;
    this.#refuseBelow = refuse;
    const before = this.#state;
    this.#state = free < refuse ? "refusing" : free < warn ? "low" : "ok";
    if (this.#state === before) return;
    const facts = { free, warn, refuse };
    if (this.#state === "refusing") onWarning("the disk is almost full: nothing is issued", facts);
    else if (this.#state === "low") onWarning("the disk is filling up", facts);
    await this.#record(free);
  }

  async #record(free: number): Promise<void> {
    const { store, clock, directory } = this.#options;
    const event: AuditEvent = {
      type: this.#state === "ok" ? "disk.recovered" : "disk.low",
      outcome: this.#state === "ok" ? "ok" : "failed",
      details: { directory, free: String(free), state: this.#state },
    };
    await store.transaction((tx) => tx.appendAudit([auditDraft(event, clock.now())]));
  }
}
