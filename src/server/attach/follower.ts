import type { ChangeRecord, Store } from "../../store/index.ts";

/** Hears of changes, oldest first, each once; `undefined` stands for changes that were pruned unread. */
export type ChangeHandler = (changes: readonly ChangeRecord[] | undefined) => Promise<void>;

const BATCH = 1000;

/** Follows the change feed, one batch after the other. */
export class ChangeFollower {
  readonly #store: Store;
  readonly #handlers: readonly ChangeHandler[];
  readonly #onError: (error: unknown) => void;
  #position = 0;
  #stop: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(store: Store, handlers: readonly ChangeHandler[], onError: (error: unknown) => void) {
    this.#store = store;
    this.#handlers = handlers;
    this.#onError = onError;
  }

  /** Starts after everything that is in the feed now. */
  async start(): Promise<void> {
    this.#position = await this.#store.feedSequence();
    this.#stop = this.#store.watch(() => this.#wake());
    this.#wake();
  }

  /** Stops, once the batch in hand is done. */
  async stop(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    await this.#running;
  }

  #wake(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    while (this.#again && this.#stop !== undefined) {
      this.#again = false;
      try {
        await this.#catchUp();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  async #catchUp(): Promise<void> {
    for (;;) {
      const { changes, pruned } = await this.#store.changesAfter(this.#position, BATCH);
      if (pruned) this.#position = await this.#store.feedSequence();
      else if (changes.length === 0) return;
      else this.#position = changes.at(-1)?.sequence ?? this.#position;
      for (const handle of this.#handlers) await handle(pruned ? undefined : changes);
    }
  }
}
