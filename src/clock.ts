/** A scheduled call that has not run yet. */
export interface Timer {
  /** Stops the call from running. Safe to call twice. */
  cancel(): void;
}

/**
 * Time as every part of Botpass sees it, so that whole systems can run on a driven clock.
 * Wall time dates credentials and records; monotonic time measures how long something took.
 */
export interface Clock {
  /** Wall time. */
  now(): Date;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonicMs(): number;
  /**
   * Runs `action` once after `delayMs`. The timer never keeps a process alive by itself.
   * Delays above 2^31-1 ms are honoured.
   */
  schedule(delayMs: number, action: () => void): Timer;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  schedule(delayMs, action) {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(Math.max(leftMs, 0), LONGEST_TIMEOUT_MS);
      handle = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : action()), stepMs);
      handle.unref();
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

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
