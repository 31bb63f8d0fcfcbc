import type { Clock, Timer } from "../../src/clock.ts";
import type { Random } from "./random.ts";
import { settle } from "./settle.ts";

interface Planned {
  readonly atMs: number;
  /** Which of those due at the same instant comes first: up to the seed. */
  readonly tie: number;
  readonly actor: string;
  readonly action: () => void;
}

/** Time, and what happens in it: one thing after the other, each until nothing of it goes on any more. */
export class Scheduler {
  readonly #random: Random;
  readonly #ties = new Map<string, Random>();
  readonly #planned = new Set<Planned>();
  #nowMs = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Milliseconds since the start of the run. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** @returns takes it back. */
  after(delayMs: number, actor: string, action: () => void): () => void {
    const ties = this.#ties.get(actor) ?? this.#random.of(actor);
    this.#ties.set(actor, ties);
    const planned: Planned = {
      atMs: this.#nowMs + Math.max(Math.ceil(delayMs), 0),
      tie: ties.word(),
      actor,
      action,
    };
    this.#planned.add(planned);
    return () => this.#planned.delete(planned);
  }

  /** Runs until `untilMs`. After each event `onEvent` is told whose it was. */
  async run(untilMs: number, onEvent: (actor: string) => Promise<void>): Promise<void> {
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.atMs > untilMs) break;
      this.#planned.delete(next);
      this.#nowMs = next.atMs;
      next.action();
      await settle();
      await onEvent(next.actor);
    }
    this.#nowMs = untilMs;
  }

  #next(): Planned | undefined {
    let first: Planned | undefined;
    for (const each of this.#planned) {
      if (
        first === undefined ||
        each.atMs < first.atMs ||
        (each.atMs === first.atMs && each.tie < first.tie)
      ) {
        first = each;
      }
    }
    return first;
  }
}

/** When every run begins. */
export const START_MS = Date.parse("2030-01-01T00:00:00.000Z");

/** The clock of one process, on a machine whose wall clock is wrong by `skewMs`, which may change. */
export class ProcessClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #actor: string;
  readonly #skewMs: () => number;
  readonly #timers = new Set<() => void>();
  readonly #jumpListeners = new Set<() => void>();
  #dead = false;

  constructor(scheduler: Scheduler, actor: string, skewMs: () => number) {
    this.#scheduler = scheduler;
    this.#actor = actor;
    this.#skewMs = skewMs;
  }

  now(): Date {
    return new Date(START_MS + this.#scheduler.nowMs + this.#skewMs());
  }

  monotonicMs(): number {
    return this.#scheduler.nowMs;
  }

  schedule(delayMs: number, action: () => void): Timer {
    if (this.#dead) return { cancel: () => undefined };
    const takeBack = this.#scheduler.after(delayMs, this.#actor, () => {
      this.#timers.delete(takeBack);
      action();
    });
    this.#timers.add(takeBack);
    return {
      cancel: () => {
        this.#timers.delete(takeBack);
        takeBack();
      },
    };
  }

  onJump(listener: () => void): () => void {
    this.#jumpListeners.add(listener);
    return () => this.#jumpListeners.delete(listener);
  }

  /** It is noticed that wall time was set. */
  noticeJump(): void {
    for (const listener of [...this.#jumpListeners]) listener();
  }

  /** The process is killed: nothing that it had planned happens. */
  kill(): void {
    this.#dead = true;
    this.#jumpListeners.clear();
    for (const takeBack of this.#timers) takeBack();
    this.#timers.clear();
  }
}
