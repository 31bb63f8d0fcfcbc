/** What an actor has counted since it told last. */
export interface Counts {
  requests: number;
  rotations: number;
  /** By cause: `identity: …` or `line: …`. */
  readonly failures: Record<string, number>;
}

/** What an actor tells its parent. */
export interface Told {
  readonly counts: Counts;
  /** What is left on its heap, and beside it, after a collection; only of who can collect, now and then. */
  readonly heapBytes?: number;
}

export function noCounts(): Counts {
  return { requests: 0, rotations: 0, failures: {} };
}

export function add(to: Counts, more: Counts): void {
  to.requests += more.requests;
  to.rotations += more.rotations;
  for (const [cause, count] of Object.entries(more.failures)) {
    to.failures[cause] = (to.failures[cause] ?? 0) + count;
  }
}
