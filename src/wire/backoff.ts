const FIRST_MS = 250;
const FACTOR = 1.7;
const LONGEST_MS = 30_000;

/** How long to wait before each new try: longer every time, spread by a random part. */
export class Backoff {
  readonly #random: () => number;
  #nextMs = FIRST_MS;

  /** @param random 0 to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** @param atLeastMs what the other side asked for. */
  next(atLeastMs = 0): number {
    const spread = this.#nextMs * (0.7 + 0.6 * this.#random());
    this.#nextMs = Math.min(this.#nextMs * FACTOR, LONGEST_MS);
    return Math.max(spread, atLeastMs);
  }

  reset(): void {
    this.#nextMs = FIRST_MS;
  }
}
