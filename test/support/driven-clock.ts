import { setTimeout as realDelay } from "node:timers/promises";
import type { Clock, Timer } from "../../src/clock.ts";

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** A clock that stands still until it is driven. A fake: only time is pretended, sockets and disks are real. */
export class DrivenClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  #order = 0;
  readonly #timers = new Set<Scheduled>();

  /** @param start default: the machine's time, so that TLS libraries with clocks of their own agree at first. */
  constructor(start: Date = new Date()) {
    this.#nowMs = start.getTime();
    this.#startMs = this.#nowMs;
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  schedule(delayMs: number, action: () => void): Timer {
    this.#order += 1;
    const timer: Scheduled = {
      at: this.#nowMs + Math.max(delayMs, 0),
      order: this.#order,
      action,
    };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** How many calls are planned. */
  get planned(): number {
    return this.#timers.size;
  }

  /**
   * Lets time pass: runs what is due, in order, each at its own instant; after each, real input and output gets
   * `settleMs` of real time to settle.
   */
  async advance(ms: number, settleMs = 5): Promise<void> {
    const until = this.#nowMs + ms;
    for (;;) {
      const next = this.#next(until);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.action();
      await realDelay(settleMs);
    }
    this.#nowMs = until;
    await realDelay(settleMs);
  }

  #next(until: number): Scheduled | undefined {
    let first: Scheduled | undefined;
    for (const each of this.#timers) {
      if (each.at > until) continue;
      if (first === undefined || each.at < first.at) first = each;
      else if (each.at === first.at && each.order < first.order) first = each;
    }
    return first;
  }
}
