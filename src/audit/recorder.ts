import { type Clock, systemClock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type { AuditDraft, IssuanceRecord, Store, StoreTransaction } from "../store/index.ts";

/** Writes that need to read nothing first. */
export interface Append {
  readonly issuances?: readonly IssuanceRecord[];
  readonly audit?: readonly AuditDraft[];
  /**
   * Asked inside the transaction, before anything that others write there: false keeps these writes out. Must be quick,
   * and not throw.
   */
  stillHolds?(): boolean;
}

/** Lets many requests share one flush of the disk. */
export interface Recorder {
  /** Requests that wait for a transaction. */
  readonly waiting: number;
  /**
   * Runs `work` in a transaction that it shares with others, its writes undone alone when it rejects. Resolves
   * once the writes are durable. `work` must wait for nothing but `tx`.
   * @throws what `work` rejects with; IssuerError STORE_UNAVAILABLE when nothing could be made durable;
   * LIMIT_EXCEEDED (with retryAfterMs) when too many wait; UNAVAILABLE when it is closed.
   */
  record<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  /**
   * The fast way for writes alone: those of all callers are appended together, before the works of the same transaction.
   * @returns false when they did not hold any more: nothing was written.
   * @throws IssuerError as `record`.
   */
  append(writes: Append): Promise<boolean>;
  /** Writes what was asked for before; then refuses everything. Safe to call twice. */
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly store: Store;
  /** How many may wait to be durable; default 10,000. */
  readonly maxWaiting?: number;
  /** Told of each transaction, which `together` requests shared, and whether it was made durable; must not throw. */
  readonly onCommit?: (seconds: number, together: number, durable: boolean) => void;
  /** Measures for `onCommit`; default: the machine's. */
  readonly clock?: Clock;
}

interface Item {
  /** Either reads and writes as it likes, with a savepoint of its own … */
  readonly work?: (tx: StoreTransaction) => Promise<unknown>;
  /** … or only writes. */
  readonly writes?: Append;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

const DEFAULT_MAX_WAITING = 10_000;
/** Items of one transaction: a bound on how long it holds up the event loop. */
const MAX_TOGETHER = 256;
/** A transaction of so many items shows that there will be more. */
const BUSY = 2;
/** How long a transaction then waits for them: fewer, larger ones cost less of the processor. */
const GATHER_MS = 4;

/** What is asked for in one turn of the event loop, or while a commit is under way, is committed together. */
export function createRecorder(options: RecorderOptions): Recorder {
  return new GroupRecorder(options);
}

class GroupRecorder implements Recorder {
  readonly #store: Store;
  readonly #maxWaiting: number;
  readonly #clock: Clock;
  readonly #onCommit: NonNullable<RecorderOptions["onCommit"]>;
  #waiting: Item[] = [];
  #flushing: Promise<void> | undefined;
  #closed = false;

  constructor(options: RecorderOptions) {
    this.#store = options.store;
    this.#maxWaiting = options.maxWaiting ?? DEFAULT_MAX_WAITING;
    this.#clock = options.clock ?? systemClock;
    this.#onCommit = options.onCommit ?? (() => undefined);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  record<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    return this.#enqueue({ work }) as Promise<T>;
  }

  append(writes: Append): Promise<boolean> {
    return this.#enqueue({ writes }) as Promise<boolean>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#flushing;
  }

  #enqueue(what: Pick<Item, "work" | "writes">): Promise<unknown> {
    if (this.#closed) {
      return Promise.reject(new IssuerError("UNAVAILABLE", "the server shuts down"));
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      const message = `${this.#waiting.length} requests wait to be recorded already`;
      return Promise.reject(new IssuerError("LIMIT_EXCEEDED", message, { retryAfterMs: 1000 }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...what, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    let together = 1;
    while (this.#waiting.length > 0) {
      if (together < BUSY) await new Promise((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const items = this.#waiting.splice(0, MAX_TOGETHER);
      together = items.length;
      await this.#commit(items);
    }
    this.#flushing = undefined;
  }

  /** Never rejects: each item gets its answer. */
  async #commit(items: readonly Item[]): Promise<void> {
    let outcomes: ReadonlyMap<Item, Outcome>;
    const begunMs = this.#clock.monotonicMs();
    const told = (durable: boolean): void =>
      this.#onCommit((this.#clock.monotonicMs() - begunMs) / 1000, items.length, durable);
    try {
      outcomes = await this.#store.transaction((tx) => runAll(tx, items));
      told(true);
    } catch (error) {
      told(false);
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
  await appendAll(tx, items, outcomes);
  // A refused item must not end the others; a failing database fails the commit of all, later.
  for (const item of items) {
    const { work } = item;
    if (work !== undefined) outcomes.set(item, await attempt(tx, () => work(tx)));
  }
  return outcomes;
}

/** First of all: what the guards were told of is what was committed. */
async function appendAll(
  tx: StoreTransaction,
  items: readonly Item[],
  outcomes: Map<Item, Outcome>,
): Promise<void> {
  const holding: { item: Item; writes: Append }[] = [];
  for (const item of items) {
    const { writes } = item;
    if (writes === undefined) continue;
    const holds = writes.stillHolds?.() ?? true;
    outcomes.set(item, { value: holds });
    if (holds) holding.push({ item, writes });
  }
  if (holding.length === 0) return;
  const together = await attempt(tx, () =>
    write(
      tx,
      holding.map(({ writes }) => writes),
    ),
  );
  if (!("error" in together)) return;
  // One of them was refused: each is tried alone.
  for (const { item, writes } of holding) {
    const alone = await attempt(tx, () => write(tx, [writes]));
    if ("error" in alone) outcomes.set(item, alone);
  }
}

async function attempt(tx: StoreTransaction, work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await tx.savepoint(work) };
  } catch (error) {
    return { error };
  }
}

async function write(tx: StoreTransaction, appends: readonly Append[]): Promise<void> {
  const issuances = appends.flatMap((each) => each.issuances ?? []);
  if (issuances.length > 0) await tx.appendIssuances(issuances);
  const audit = appends.flatMap((each) => each.audit ?? []);
  if (audit.length > 0) await tx.appendAudit(audit);
}
