import { createHook } from "node:async_hooks";

/** Kinds of work that end by themselves: files, keys, signatures, the next turn. Timers of tests and others are longer. */
const WORK = /REQ|^Immediate$/;
const CRYPTO = /REQUEST$/;
const LONGEST_TIMER_MS = 50;

/** What `delay` holds the process with, and whoever waits in it: one that is killed waits for ever. */
const HOLD_MS = 2 ** 30;

const holds = new Map<number, NodeJS.Timeout>();
const pending = new Set<number>();
/** Jobs of node:crypto that may be done at once, on this thread: it shows once they have run. */
const begun = new Map<number, object>();
let own = false;
const waiting: (() => void)[] = [];

function over(id: number): void {
  holds.delete(id);
  begun.delete(id);
  if (!pending.delete(id) || pending.size > 0) return;
  for (const resolve of waiting.splice(0)) resolve();
}

const hook = createHook({
  init(id, type, _trigger, resource: object) {
    if (own) return;
    if (type === "Timeout") {
      const timer = resource as NodeJS.Timeout & { readonly _idleTimeout?: number };
      const { _idleTimeout: ms } = timer;
      if (ms !== undefined && ms >= HOLD_MS) holds.set(id, timer);
      if (ms === undefined || ms > LONGEST_TIMER_MS) return;
    } else if (!WORK.test(type)) return;
    if (CRYPTO.test(type)) begun.set(id, resource);
    else pending.add(id);
  },
  after: over,
  destroy: over,
  trackPromises: false,
});

/** From now on real work is counted. */
export function watchWork(): void {
  hook.enable();
}

export function unwatchWork(): void {
  hook.disable();
  pending.clear();
  begun.clear();
}

/** Lets go of processes that were killed while they waited. */
export function letGo(): void {
  for (const timer of holds.values()) clearInterval(timer);
  holds.clear();
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    own = true;
    setImmediate(resolve);
    own = false;
  });
}

/** What was begun and is not over. */
function sort(): void {
  for (const [id, job] of begun) {
    // Only who does not wait for a job is told when it is done.
    if ("ondone" in job && typeof job.ondone === "function") pending.add(id);
  }
  begun.clear();
}

/**
 * Resolves when nothing goes on any more but what waits for the driven clock: how long real work takes, and in which order
 * threads finish, then cannot be seen.
 */
export async function settle(): Promise<void> {
  await turn();
  sort();
  while (pending.size > 0) {
    await new Promise<void>((resolve) => waiting.push(resolve));
    await turn();
    sort();
  }
}
