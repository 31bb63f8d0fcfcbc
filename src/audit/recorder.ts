import { errorCodeOf, IssuerError } from "../errors.ts";
import type { Store, StoreTransaction } from "../store/index.ts";

/** Makes writes durable, many at a time. */
export interface Recorder {
  /**
   * Runs `work` in a transaction that it shares with others; resolves when all of it is on disk. Work that
   * rejects undoes its own writes only.
   * @throws what `work` rejects with; STORE_UNAVAILABLE; UNAVAILABLE when too much waits.
   */
  record<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  /** Waits for what was begun; then refuses. */
  close(): Promise<void>;
}

interface Item {
  /** Runs the work; answers with what tells its caller once the transaction is on disk. */
  run(tx: StoreTransaction): Promise<() => void>;
  reject(error: unknown): void;
}

const MAX_WAITING = 10_000;
const MAX_BATCH = 1_000;

/** Group commit: what comes in one turn of the event loop, or while a flush runs, shares the next flush. */
export function createRecorder({ store }: { readonly store: Store }): Recorder {
  let waiting: Item[] = [];
  let flushing: Promise<void> | undefined;
  let closed = false;

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      try {
        const tell = await store.transaction(async (tx) => {
          const done: (() => void)[] = [];
          for (const item of batch) done.push(await item.run(tx));
          return done;
        });
        for (const each of tell) each();
      } catch (error) {
        for (const item of batch) item.reject(error);
      }
    }
  };

  const wake = (): void => {
    flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(flush).finally(() => {
      flushing = undefined;
      if (waiting.length > 0) wake();
    });
  };

  return {
    record<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
      if (closed) return Promise.reject(new IssuerError("UNAVAILABLE", "the server shuts down"));
      if (waiting.length >= MAX_WAITING) {
        const error = new IssuerError("UNAVAILABLE", "too much waits to be recorded", {
          retryAfterMs: 1000,
        });
        return Promise.reject(error);
      }
      return new Promise<T>((resolve, reject) => {
        waiting.push({
          async run(tx) {
            try {
              const result = await tx.savepoint(() => work(tx));
              return () => resolve(result);
            } catch (error) {
              // A disk that fails, fails for all.
              if (errorCodeOf(error) === "STORE_UNAVAILABLE") throw error;
              return () => reject(error);
            }
          },
          reject,
        });
        wake();
      });
    },
    async close() {
      closed = true;
      while (flushing !== undefined) await flushing;
    },
  };
}
