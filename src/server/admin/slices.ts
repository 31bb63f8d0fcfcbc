import type { Store, StoreTransaction } from "../../store/index.ts";

/** How many transactions may be under way: one runs while the one before it is flushed. */
const UNDER_WAY = 2;

/**
 * Writes much without holding up others: in short transactions, each durable by itself, with a turn of the event loop
 * between them. After one that fails no further one begins.
 * @param size items of one transaction.
 * @returns what each transaction answered, in order.
 */
export async function inSlices<T, R>(
  store: Store,
  items: readonly T[],
  size: number,
  work: (tx: StoreTransaction, some: readonly T[]) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const running: Promise<R>[] = [];
  try {
    for (let at = 0; at < items.length; at += size) {
      const some = items.slice(at, at + size);
      const transaction = store.transaction((tx) => work(tx, some));
      // looked at below, but it may fail before
      transaction.catch(() => undefined);
      running.push(transaction);
      if (running.length >= UNDER_WAY) results.push(await (running.shift() as Promise<R>));
      await new Promise((resolve) => setImmediate(resolve));
    }
    while (running.length > 0) results.push(await (running.shift() as Promise<R>));
    return results;
  } finally {
    await Promise.allSettled(running);
  }
}
