import type { ChangeData, ChangeRecord, DenialRecord, Store } from "../../store/index.ts";
import type { DenyUpdate } from "../../wire/index.ts";

/** Whoever wants to know of denied identities. */
export interface DenySubscriber {
  sendDenied(update: DenyUpdate, requestId: number): void;
}

interface Subscription {
  /** The feed position up to which the subscriber knows everything. */
  sequence: number;
}

/** Most changes that are sent as deltas to one who comes back; beyond, a snapshot is cheaper. */
const MOST_DELTAS = 10_000;

/** Hands denied identities to subscribers: a snapshot or what they missed, then each change. */
export class DenyFeed {
  readonly #store: Store;
  readonly #now: () => Date;
  readonly #subscriptions = new Map<DenySubscriber, Subscription>();

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Subscribes.
   * @param afterSequence what the subscriber knows already; 0: nothing.
   * @param requestId of the first answer.
   */
  async subscribe(
    subscriber: DenySubscriber,
    afterSequence: number,
    requestId: number,
  ): Promise<void> {
    const subscription: Subscription = { sequence: Number.MAX_SAFE_INTEGER };
    this.#subscriptions.set(subscriber, subscription);
    const update =
      (afterSequence > 0 && (await this.#deltas(afterSequence))) || (await this.#snapshot());
    subscription.sequence = Number(update.sequence);
    subscriber.sendDenied(update, requestId);
    // What was committed since it was read: the follower passed this subscriber over until now.
    const missed = await this.#deltas(subscription.sequence);
    if (missed === undefined) return this.#resync(subscriber, subscription);
    this.#send(subscriber, subscription, missed);
  }

  unsubscribe(subscriber: DenySubscriber): void {
    this.#subscriptions.delete(subscriber);
  }

  /** A handler of the change follower. */
  async onChanges(changes: readonly ChangeRecord[] | undefined): Promise<void> {
    for (const [subscriber, subscription] of this.#subscriptions) {
      if (subscription.sequence === Number.MAX_SAFE_INTEGER) continue;
      if (changes === undefined) await this.#resync(subscriber, subscription);
      else {
        const news = changes.filter((each) => each.sequence > subscription.sequence);
        this.#send(subscriber, subscription, deltaOf(news, subscription.sequence));
      }
    }
  }

  #send(subscriber: DenySubscriber, subscription: Subscription, update: DenyUpdate): void {
    if (Number(update.sequence) <= subscription.sequence) return;
    subscription.sequence = Number(update.sequence);
    if ((update.added?.length ?? 0) + (update.removed?.length ?? 0) === 0) return;
    subscriber.sendDenied(update, 0);
  }

  async #resync(subscriber: DenySubscriber, subscription: Subscription): Promise<void> {
    const update = await this.#snapshot();
    subscription.sequence = Number(update.sequence);
    subscriber.sendDenied(update, 0);
  }

  async #snapshot(): Promise<DenyUpdate> {
    const { sequence, denials } = await this.#store.denialSnapshot(this.#now());
    return { snapshot: true, sequence, added: denials.map(fromRecord), removed: [] };
  }

  /** What happened after `sequence`; undefined when that is not known any more, or too much. */
  async #deltas(sequence: number): Promise<DenyUpdate | undefined> {
    const { changes, pruned } = await this.#store.changesAfter(sequence, MOST_DELTAS);
    if (pruned || changes.length === MOST_DELTAS) return undefined;
    return deltaOf(changes, sequence);
  }
}

function deltaOf(changes: readonly ChangeRecord[], from: number): DenyUpdate {
  // The last word on each identity counts: a denial may have been lifted in the same batch.
  const last = new Map<string, ChangeRecord>();
  for (const change of changes) {
    if (change.kind === "denial" || change.kind === "denial_lifted") last.set(change.key, change);
  }
  const added: NonNullable<DenyUpdate["added"]> = [];
  const removed: NonNullable<DenyUpdate["removed"]> = [];
  for (const { kind, data } of last.values()) {
    if (kind === "denial") {
      const denial: ChangeData["denial"] = JSON.parse(data);
      added.push(denial);
    } else {
      const lifted: ChangeData["denial_lifted"] = JSON.parse(data);
      removed.push(lifted);
    }
  }
  return { snapshot: false, sequence: changes.at(-1)?.sequence ?? from, added, removed };
}

function fromRecord({ kind, value, reason, expiresAt }: DenialRecord) {
  return { kind, value, reason, expiresAtMs: expiresAt.getTime() };
}
