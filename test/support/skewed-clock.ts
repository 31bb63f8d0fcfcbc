import type { Clock, Timer } from "../../src/clock.ts";

/** Another clock, whose wall time is off and can be set. */
export class SkewedClock implements Clock {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #aheadMs: number;

  /** @param aheadMs how far its wall time is ahead of the other's; below 0: behind. */
  constructor(clock: Clock, aheadMs = 0) {
    this.#clock = clock;
    this.#aheadMs = aheadMs;
  }

  /** Sets wall time; monotonic time goes on. */
  jumpTo(aheadMs: number): void {
    this.#aheadMs = aheadMs;
    for (const listener of this.#listeners) listener();
  }

  now(): Date {
    return new Date(this.#clock.now().getTime() + this.#aheadMs);
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  schedule(delayMs: number, action: () => void): Timer {
    return this.#clock.schedule(delayMs, action);
  }

  onJump(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
