import type { Clock, Timer } from "../clock.ts";

/** Closer than this, the machine's own wall time is as good. */
const SAME_MS = 1_000;

/**
 * Wall time as the issuer has it. Credentials are dated by the issuer's clock, and this machine's may be off, or be set while the bot
 * runs: what the issuer said last goes on by monotonic time. Until it has said anything, the machine's own.
 *
 * When wall time runs ahead of monotonic time since then, the machine may have slept: the later of the two counts, so that nothing
 * expired is taken for good, until the issuer has been asked.
 */
export class IssuerClock implements Clock {
  readonly #machine: Clock;
  /** The issuer's time less monotonic time lies between these. */
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;
  /** How far the machine's wall time was ahead of the issuer's when it was told. */
  #wallAheadMs = 0;
  readonly onJump?: (listener: () => void) => () => void;

  constructor(machine: Clock) {
    this.#machine = machine;
    if (machine.onJump !== undefined) {
      this.onJump = (listener) => machine.onJump?.(listener) ?? (() => undefined);
    }
  }

  /** How far the machine's wall time is ahead of the issuer's, in milliseconds; 0 until that is known. */
  get skewMs(): number {
    return this.#isTold ? this.#aheadMs() : 0;
  }

  now(): Date {
    if (!this.#isTold) return this.#machine.now();
    const aheadMs = this.#aheadMs();
    const jumpedMs = aheadMs - this.#wallAheadMs;
    const wall = this.#machine.now().getTime();
    // Within what is passed over: the same as everything else on this machine says.
    if (Math.abs(aheadMs) <= SAME_MS) return new Date(wall);
    return new Date(wall - aheadMs + (jumpedMs > SAME_MS ? jumpedMs : 0));
  }

  monotonicMs(): number {
    return this.#machine.monotonicMs();
  }

  schedule(delayMs: number, action: () => void): Timer {
    return this.#machine.schedule(delayMs, action);
  }

  /**
   * The issuer has said what time it is.
   * @param roundTripMs how long ago it was asked; undefined: it said so by itself, at some time before now.
   */
  told(issuerMs: number, roundTripMs?: number): void {
    if (!(issuerMs > 0)) return;
    const sample = issuerMs - this.#machine.monotonicMs();
    if (roundTripMs !== undefined) {
      // The issuer's own clock may have been set, too: what was asked for just now counts.
      if (sample > this.#most || sample + roundTripMs < this.#least) this.#forget();
      this.#most = Math.min(this.#most, sample + roundTripMs);
    }
    this.#least = Math.min(Math.max(this.#least, sample), this.#most);
    this.#wallAheadMs = this.#aheadMs();
  }

  get #isTold(): boolean {
    return Number.isFinite(this.#least);
  }

  #forget(): void {
    this.#least = Number.NEGATIVE_INFINITY;
    this.#most = Number.POSITIVE_INFINITY;
  }

  /** 0 while the machine's wall time is one of those that the issuer's may be; else how far it is from the nearest. */
  #aheadMs(): number {
    const offset = this.#machine.now().getTime() - this.#machine.monotonicMs();
    return Math.min(offset - this.#least, 0) + Math.max(offset - this.#most, 0);
  }
}
