/** Things of the last while, by key. Keys that have grown old are let go, and the oldest when there are too many. */
export class Recent<T> {
  readonly #keepMs: number;
  readonly #most: number;
  readonly #values = new Map<string, { value: T; atMs: number }>();

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
    this.#values.delete(key);
    this.#values.set(key, { value, atMs: now.getTime() });
    for (const [old, { atMs }] of this.#values) {
      if (this.#values.size <= this.#most && now.getTime() - atMs <= this.#keepMs) break;
      this.#values.delete(old);
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
