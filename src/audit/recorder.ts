import type { Clock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type {
  AuditDraft,
  IssuanceRecord,
  IssuanceResult,
  Store,
  StoreTransaction,
} from "../store/index.ts";

/** Writes that need to read nothing first. */
export interface Append {
  readonly issuances?: readonly IssuanceRecord[];
  readonly results?: readonly {
    readonly id: string;
    readonly result: Exclude<IssuanceResult, "intent">;
  }[];
  readonly audit?: readonly AuditDraft[];
}

/** Lets many requests share one flush of the disk. */
export interface Recorder {
  /**
   * Runs `work` in a transaction that it shares with others, its writes undone alone when it rejects. Resolves
   * once the writes are durable. `work` must wait for nothing but `tx`.
   * @throws what `work` rejects with; IssuerError STORE_UNAVAILABLE when nothing could be made durable;
   * UNAVAILABLE when too many wait, or it is closed.
   */
  record<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  /** The fast way for writes alone: those of all callers are appended together. @throws IssuerError as `record`. */
  append(writes: Append): Promise<void>;
  /** Writes what was asked for before; then refuses everything. Safe to call twice. */
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly store: Store;
  /** Kept for callers that date what they record. */
  readonly clock?: Clock;
  /** How many may wait for a transaction; default 10,000. */
  readonly maxWaiting?: number;
}

interface Item {
  readonly work: (tx: StoreTransaction) => Promise<unknown>;
  /** Instead of `work`'s own savepoint: can be done together with others. */
  readonly writes: Append | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

const DEFAULT_MAX_WAITING = 10_000;
/** Items of one transaction: a bound on how long the first of them waits for the last. */
const MAX_TOGETHER = 1000;

/** What is asked for in one turn of the event loop, or while a commit is under way, is committed together. */
export function createRecorder(options: RecorderOptions): Recorder {
  return new GroupRecorder(options);
}

class GroupRecorder implements Recorder {
  readonly #store: Store;
  readonly #maxWaiting: number;
  #waiting: Item[] = [];
  #flushing: Promise<void> | undefined;
  #closed = false;

  constructor({ store, maxWaiting = DEFAULT_MAX_WAITING }: RecorderOptions) {
    this.#store = store;
    this.#maxWaiting = maxWaiting;
  }

  record<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    return this.#enqueue(work, undefined) as Promise<T>;
  }

  append(writes: Append): Promise<void> {
    return this.#enqueue((tx) => write(tx, [writes]), writes) as Promise<void>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#flushing;
  }

  #enqueue(work: Item["work"], writes: Append | undefined): Promise<unknown> {
    if (this.#closed) {
      return Promise.reject(new IssuerError("UNAVAILABLE", "the server shuts down"));
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      const message = `${this.#waiting.length} requests wait to be recorded already`;
      return Promise.reject(new IssuerError("UNAVAILABLE", message, { retryAfterMs: 1000 }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, writes, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const items = this.#waiting.splice(0, MAX_TOGETHER);
      await this.#commit(items);
    }
    this.#flushing = undefined;
  }

  /** Never rejects: each item gets its answer. */
  async #commit(items: readonly Item[]): Promise<void> {
    let outcomes: ReadonlyMap<Item, Outcome>;
    try {
      outcomes = await this.#store.transaction((tx) => runAll(tx, items));
    } catch (error) {
      for (const item of items) item.reject(error);
      return;
    }
    for (const item of items) {
      const outcome = outcomes.get(item) ?? { value: undefined };
      if ("error" in outcome) item.reject(outcome.error);
      else item.resolve(outcome.value);
    }
  }
}

async function runAll(
  tx: StoreTransaction,
  items: readonly Item[],
): Promise<ReadonlyMap<Item, Outcome>> {
  const outcomes = new Map<Item, Outcome>();
  const appends = items.flatMap(({ writes }) => writes ?? []);
  const together = appends.length > 1 && (await tryTogether(tx, appends));
  for (const item of items) {
    if (together && item.writes !== undefined) continue;
    outcomes.set(item, await attempt(tx, item.work));
  }
  return outcomes;
}

/** False when one of them was refused: then each is tried alone. */
async function tryTogether(tx: StoreTransaction, appends: readonly Append[]): Promise<boolean> {
  return !("error" in (await attempt(tx, () => write(tx, appends))));
}

/** A refused item must not end the others; a failing database fails the commit of all, later. */
async function attempt(
  tx: StoreTransaction,
  work: (tx: StoreTransaction) => Promise<unknown>,
): Promise<Outcome> {
  try {
    return { value: await tx.savepoint(async () => work(tx)) };
  } catch (error) {
    return { error };
  }
}

async function write(tx: StoreTransaction, appends: readonly Append[]): Promise<void> {
  const issuances = appends.flatMap((each) => each.issuances ?? []);
  if (issuances.length > 0) await tx.appendIssuances(issuances);
  const results = appends.flatMap((each) => each.results ?? []);
  for (const result of ["issued", "failed"] as const) {
    const ids = results.filter((each) => each.result === result).map(({ id }) => id);
    if (ids.length > 0) await tx.setIssuanceResult(ids, result);
  }
  const audit = appends.flatMap((each) => each.audit ?? []);
  if (audit.length > 0) await tx.appendAudit(audit);
}
