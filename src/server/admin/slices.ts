import type { Store, StoreTransaction } from "../../store/index.ts";

/** How many transactions may wait for the disk: they share its flushes. */
const UNDER_WAY = 16;

/**
 * Writes much without holding up others, in short transactions: one at a time stands in the line of those that wait for
 * their turn, and the event loop has a turn after each. None waits for the disk of the one before it.
 */
export class SlicedWrites {
  readonly #store: Store;
  readonly #running: Promise<unknown>[] = [];
  #failed: { readonly error: unknown } | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Resolves with what `work` answered when the next transaction may begin; that is before this one is durable.
   * @throws what one of them failed with: then no further one begins.
   */
  async add<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    if (this.#running.length >= UNDER_WAY) await this.#running.shift();
    if (this.#failed !== undefined) throw this.#failed.error;
    const answer = await new Promise<T>((resolve, reject) => {
      const transaction = this.#store.transaction(async (tx) => {
        const result = await work(tx);
        resolve(result);
        return result;
      });
      const watched = transaction.catch((error: unknown) => {
        this.#failed ??= { error };
        reject(error);
      });
      this.#running.push(watched);
    });
    await new Promise((resolve) => setImmediate(resolve));
    return answer;
  }

  /** Waits until all of them are durable. @throws as `add`. */
  async finish(): Promise<void> {
    await Promise.all(this.#running.splice(0));
    if (this.#failed !== undefined) throw this.#failed.error;
  }
}

/**
 * Writes items in short transactions.
 * @param size items of one transaction.
 * @returns what each transaction answered, in order, once all are durable.
 */
export async function inSlices<T, R>(
  store: Store,
  items: readonly T[],
  size: number,
  work: (tx: StoreTransaction, some: readonly T[]) => Promise<R>,
): Promise<readonly R[]> {
  const writes = new SlicedWrites(store);
  const results: R[] = [];
  try {
    for (let at = 0; at < items.length; at += size) {
      const some = items.slice(at, at + size);
      results.push(await writes.add((tx) => work(tx, some)));
    }
  } finally {
    await writes.finish();
  }
  return results;
}
