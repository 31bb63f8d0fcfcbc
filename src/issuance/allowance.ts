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
