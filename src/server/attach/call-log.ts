import type { ChangeData, ChangeRecord, Store } from "../../store/index.ts";

/** A bot whose passport names others than before as those that it may call. */
export interface CallChange {
  readonly sequence: number;
  readonly bot: string;
  /** What is named now and was not before, or the other way round. */
  readonly calls: readonly string[];
}

/** Most changes that are looked through in the store for one who comes back, and most that are kept in memory. */
const MOST_CHANGES = 10_000;

/**
 * Of the newest changes those that say who may call whom. They are few among all, and those who come back together after a restart all
 * ask for the same ones: the store is read once for all of them.
 */
export class CallLog {
  readonly #store: Store;
  #changes: CallChange[] = [];
  /** All after this position and up to `#to` are there. */
  #from = 0;
  #to = 0;
  /** From here and from before there is too much to look through. */
  #tooOld = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Takes the next changes of the feed, each once. @returns those that say who may call whom. */
  append(changes: readonly ChangeRecord[]): readonly CallChange[] {
    const [first] = changes;
    if (first === undefined) return [];
    // The first ever, or what lies between was never seen.
    if (this.#to === 0 || first.sequence > this.#to + 1) this.reset(first.sequence - 1);
    const news = [...callChanges(changes)];
    this.#changes.push(...news.filter(({ sequence }) => sequence > this.#to));
    this.#to = Math.max(this.#to, changes.at(-1)?.sequence ?? 0);
    const tooMany = this.#changes.length - MOST_CHANGES;
    if (tooMany > 0) {
      this.#from = this.#changes[tooMany - 1]?.sequence ?? this.#from;
      this.#changes = this.#changes.slice(tooMany);
    }
    return news;
  }

  /** Nothing is known of before. */
  reset(position: number): void {
    this.#changes = [];
    this.#from = position;
    this.#to = position;
  }

  /** What came after the position, and up to which one that is all; undefined when that is not known any more, or too much. */
  async after(position: number) {
    if (position <= this.#tooOld) return undefined;
    const isFirst = this.#to === 0;
    if (isFirst || position < this.#from || position > this.#to) {
      const { changes, pruned } = await this.#store.changesAfter(position, MOST_CHANGES);
      if (changes.length === MOST_CHANGES) this.#tooOld = Math.max(this.#tooOld, position);
      if (pruned || changes.length === MOST_CHANGES) return undefined;
      const older = [...callChanges(changes)];
      // What was appended meanwhile follows on it, unless there is more between.
      const to = changes.at(-1)?.sequence ?? position;
      if (this.#to === 0) {
        this.#changes = older;
        [this.#from, this.#to] = [position, to];
      } else if (position < this.#from && to >= this.#from) {
        const before = older.filter(({ sequence }) => sequence <= this.#from);
        this.#changes = [...before, ...this.#changes];
        this.#from = position;
      }
      if (position > this.#to || position < this.#from) return { changes: older, to };
    }
    const changes = this.#changes.filter(({ sequence }) => sequence > position);
    return { changes, to: this.#to };
  }
}

function* callChanges(changes: readonly ChangeRecord[]): Iterable<CallChange> {
  for (const { sequence, kind, key, data } of changes) {
    if (kind !== "bot") continue;
    const { calls }: ChangeData["bot"] = JSON.parse(data);
    if (calls !== undefined) yield { sequence, bot: key, calls };
  }
}
