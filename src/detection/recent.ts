/** A key that is used often moves to the end once in this part of the time that it is kept: to move it costs more than to look it up. */
const MOVED_ONCE_IN = 8;

interface Kept<T> {
  value: T;
  atMs: number;
  /** When it came to its place in the order. */
  readonly placedMs: number;
}

/** Things of the last while, by key. Keys that have grown old are let go, and the oldest when there are too many. */
export class Recent<T> {
  readonly #keepMs: number;
  readonly #most: number;
  /** About in the order of use. */
  readonly #values = new Map<string, Kept<T>>();

  constructor(keepMs: number, most = 100_000) {
    this.#keepMs = keepMs;
    this.#most = most;
  }

  get(key: string, now: Date): T | undefined {
    const found = this.#values.get(key);
    if (found === undefined || now.getTime() - found.atMs > this.#keepMs) return undefined;
    return found.value;
  }

  /** Kept from `now` on. */
  set(key: string, value: T, now: Date): void {
    const nowMs = now.getTime();
    const known = this.#values.get(key);
    if (known !== undefined && Math.abs(nowMs - known.placedMs) < this.#keepMs / MOVED_ONCE_IN) {
      known.value = value;
      known.atMs = nowMs;
      return;
    }
    this.#values.delete(key);
    this.#values.set(key, { value, atMs: nowMs, placedMs: nowMs });
    for (const [old, { atMs }] of this.#values) {
      if (this.#values.size <= this.#most && nowMs - atMs <= this.#keepMs) break;
      this.#values.delete(old);
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
