import { errorCodeOf } from "../errors.ts";

/** Lets through so many a second, and what was saved up. */
export class Allowance {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #countedAtMs = 0;

  constructor(perSecond: number, most: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
  }

  allow(nowMs: number): boolean {
    const earned = ((nowMs - this.#countedAtMs) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#left + earned, this.#most);
    this.#countedAtMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** Keeps something for each of many, made when it is first asked for: so many at most, the longest unasked go first. */
export class Newest<T> {
  readonly #most: number;
  readonly #make: () => T;
  readonly #kept = new Map<string, T>();

  constructor(most: number, make: () => T) {
    this.#most = most;
    this.#make = make;
  }

  of(key: string): T {
    const value = this.#kept.get(key) ?? this.#make();
    this.#kept.delete(key);
    this.#kept.set(key, value);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return value;
  }
}

/** Whether there is room for records of what was refused. @param requireRoom throws STORE_UNAVAILABLE when there is none. */
export function hasRoom(requireRoom: (() => void) | undefined): boolean {
  try {
    requireRoom?.();
    return true;
  } catch (error) {
    if (errorCodeOf(error) === "STORE_UNAVAILABLE") return false;
    throw error;
  }
}
