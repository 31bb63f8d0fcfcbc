/** The middle one of the values; 0 when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** 1.4826 × MAD is the standard deviation where values are normal. */
const MAD_TO_SIGMA = 1.4826;

/** How the last values of a count usually lie: a moving average for the level, the median distance for the spread. */
export class Baseline {
  readonly #alpha: number;
  readonly #most: number;
  #values: number[] = [];
  #level = 0;
  /** Middle and spread of the values; undefined: not worked out since the last one came. */
  #usual: { readonly middle: number; readonly spread: number } | undefined;

  /**
   * @param alpha weight of the newest value in the level, 0 to 1.
   * @param most how many values the spread is taken of.
   */
  constructor(alpha: number, most: number) {
    this.#alpha = alpha;
    this.#most = most;
  }

  get count(): number {
    return this.#values.length;
  }

  /**
   * How many standard deviations `value` is above the usual. Counts are taken by their square roots, which makes the
   * spread of a Poisson count the same at every level: ½, and no spread is taken for smaller.
   */
  distance(value: number): number {
    this.#usual ??= usualOf(this.#values);
    const { middle, spread } = this.#usual;
    const level = Math.max(this.#level, middle);
    return (Math.sqrt(value) - level) / Math.max(spread * MAD_TO_SIGMA, 0.5);
  }

  add(value: number): void {
    const root = Math.sqrt(value);
    this.#level =
      this.#values.length === 0 ? root : this.#level + this.#alpha * (root - this.#level);
    this.#values = [...this.#values, root].slice(-this.#most);
    this.#usual = undefined;
  }
}

function usualOf(values: readonly number[]) {
  const middle = median(values);
  return { middle, spread: median(values.map((each) => Math.abs(each - middle))) };
}
