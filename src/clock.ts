import { uptime } from "node:os";

/** A scheduled call that has not run yet. */
export interface Timer {
  /** Stops the call from running. Safe to call twice. */
  cancel(): void;
}

/**
 * Time as every part of Botpass sees it, so that whole systems can run on a driven clock.
 * Wall time dates credentials and records, and may jump; monotonic time measures how long something took.
 */
export interface Clock {
  /** Wall time. */
  now(): Date;
  /** Milliseconds from an arbitrary start; never goes back, and goes on while the machine sleeps. */
  monotonicMs(): number;
  /**
   * Runs `action` once after `delayMs` of monotonic time. The timer never keeps a process alive by itself.
   * Delays above 2^31-1 ms are honoured.
   */
  schedule(delayMs: number, action: () => void): Timer;
  /** Calls back soon after wall time has jumped against monotonic time, either way. @returns stops the calls. */
  onJump?(listener: () => void): () => void;
}

/** What a clock is made of; a test gives its own. */
export interface ClockSources {
  /** Unix milliseconds. */
  readonly wallMs: () => number;
  /** Goes on evenly, but perhaps not while the machine sleeps. */
  readonly steadyMs: () => number;
  /** Since the machine was started, time asleep included; coarse. */
  readonly upMs: () => number;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** How often it is looked whether the machine slept or the wall clock was set. */
const LOOK_EVERY_MS = 1_000;
/** Less than this is rounding, a busy machine, or a clock that is slewed. */
const JUMP_MS = 500;

interface LongTimer {
  dueMs: number;
  handle: NodeJS.Timeout;
  readonly action: () => void;
}

/**
 * A clock whose timers count the time that the machine sleeps: Node's own stand still then, and fire late by as much.
 */
export function createClock(sources: ClockSources): Clock {
  const { wallMs, steadyMs, upMs } = sources;
  const long = new Set<LongTimer>();
  const listeners = new Set<() => void>();
  let watcher: NodeJS.Timeout | undefined;
  let sleptMs = 0;
  let lookedAt = steadyMs();
  let upAhead = upMs() - lookedAt;
  let wallAhead = wallMs() - lookedAt;

  const monotonicMs = (): number => {
    const steady = steadyMs();
    if (steady - lookedAt >= LOOK_EVERY_MS) look(steady);
    return steady + sleptMs;
  };

  const look = (steady: number): void => {
    lookedAt = steady;
    const ahead = upMs() - steady;
    const slept = ahead - upAhead > JUMP_MS ? ahead - upAhead : 0;
    // What drifts slowly is followed.
    upAhead = ahead;
    sleptMs += slept;
    const wall = wallMs() - steady;
    const jumped = Math.abs(wall - wallAhead - slept) > JUMP_MS;
    wallAhead = wall;
    if (slept > 0) for (const timer of long) arm(timer);
    if (jumped) for (const listener of [...listeners]) listener();
  };

  const watch = (): void => {
    const wanted = long.size + listeners.size > 0;
    if (wanted && watcher === undefined) {
      watcher = setInterval(() => look(steadyMs()), LOOK_EVERY_MS);
      watcher.unref();
    } else if (!wanted) {
      clearInterval(watcher);
      watcher = undefined;
    }
  };

  const arm = (timer: LongTimer): void => {
    clearTimeout(timer.handle);
    const leftMs = timer.dueMs - (steadyMs() + sleptMs);
    const stepMs = Math.min(Math.max(leftMs, 0), LONGEST_TIMEOUT_MS);
    timer.handle = setTimeout(() => {
      if (leftMs > stepMs) return arm(timer);
      long.delete(timer);
      watch();
      timer.action();
    }, stepMs);
    timer.handle.unref();
  };

  return {
    now: () => new Date(wallMs()),
    monotonicMs,
    schedule(delayMs, action) {
      if (delayMs <= LOOK_EVERY_MS) {
        const handle = setTimeout(action, Math.max(delayMs, 0));
        handle.unref();
        return { cancel: () => clearTimeout(handle) };
      }
      const timer: LongTimer = {
        dueMs: monotonicMs() + delayMs,
        handle: setTimeout(() => undefined),
        action,
      };
      long.add(timer);
      arm(timer);
      watch();
      return {
        cancel() {
          clearTimeout(timer.handle);
          if (long.delete(timer)) watch();
        },
      };
    },
    onJump(listener) {
      listeners.add(listener);
      watch();
      return () => {
        listeners.delete(listener);
        watch();
      };
    },
  };
}

/** The machine's own clock. */
export const systemClock: Clock = createClock({
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
  upMs: () => uptime() * 1000,
});

/** Waits `delayMs` on `clock`; resolves early, without an error, when `signal` aborts. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      timer.cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.schedule(delayMs, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** Keeps the process alive while `work` runs: neither timers nor a line that is down do. */
export async function holding<T>(work: () => Promise<T>): Promise<T> {
  const hold = setInterval(() => undefined, 2 ** 30);
  try {
    return await work();
  } finally {
    clearInterval(hold);
  }
}
