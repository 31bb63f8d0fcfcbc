import type { Clock, Timer } from "../../clock.ts";
import type { ChangeData, ChangeRecord, DenialRecord, Store } from "../../store/index.ts";
import type { DenyUpdate } from "../../wire/index.ts";

/** Whoever wants to know of denied identities. */
export interface DenySubscriber {
  sendDenied(update: DenyUpdate, requestId: number): void;
}

interface Subscription {
  /** The feed position up to which the subscriber knows everything. */
  sequence: number;
  /** The position that it was told last: what is sent next follows on it. */
  told: number;
  readonly everyMs: number;
  timer?: Timer;
}

/** What a subscriber asks for. */
export interface DenyWish {
  /** What it knows already; 0: nothing. */
  readonly afterSequence: number;
  /** 0: the usual pace. */
  readonly heartbeatMs: number;
}

/** Most changes that are sent as deltas to one who comes back; beyond, a snapshot is cheaper. */
const MOST_DELTAS = 10_000;
/** Most denials in one message, so that nobody must hold a large snapshot twice. */
const MOST_IN_MESSAGE = 2_000;
/** Whoever hears nothing new hears that, so often, unless it asked for another pace within these limits. */
const HEARTBEAT_MS = 20_000;
const QUICKEST_HEARTBEAT_MS = 1_000;
const SLOWEST_HEARTBEAT_MS = 60_000;

const NOT_YET = Number.MAX_SAFE_INTEGER;

/**
 * Hands denied identities to subscribers: a snapshot or what they missed, then each change, and a heartbeat with the position up to
 * which they know everything. Each delta says on which position it follows, so that a gap shows.
 */
export class DenyFeed {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #subscriptions = new Map<DenySubscriber, Subscription>();

  constructor(store: Store, clock: Clock, onError: (error: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** How many follow the list now. */
  get subscribers(): number {
    return this.#subscriptions.size;
  }

  /**
   * Subscribes, in place of an earlier time.
   * @param requestId of the first answer.
   */
  async subscribe(
    subscriber: DenySubscriber,
    { afterSequence, heartbeatMs }: DenyWish,
    requestId: number,
  ): Promise<void> {
    const wished = heartbeatMs === 0 ? HEARTBEAT_MS : heartbeatMs;
    const everyMs = Math.min(Math.max(wished, QUICKEST_HEARTBEAT_MS), SLOWEST_HEARTBEAT_MS);
    const subscription: Subscription = { sequence: NOT_YET, told: afterSequence, everyMs };
    this.unsubscribe(subscriber);
    this.#subscriptions.set(subscriber, subscription);
    const update =
      (afterSequence > 0 && (await this.#deltas(afterSequence))) || (await this.#snapshot());
    // It may have left meanwhile, or asked anew.
    if (this.#subscriptions.get(subscriber) !== subscription) return;
    this.#tell(subscriber, subscription, update, requestId);
    // What was committed since it was read: the follower passed this subscriber over until now.
    const missed = await this.#deltas(subscription.sequence);
    if (this.#subscriptions.get(subscriber) !== subscription) return;
    if (missed === undefined) await this.#resync(subscriber, subscription);
    else this.#send(subscriber, subscription, missed);
    this.#beatLater(subscriber, subscription);
  }

  unsubscribe(subscriber: DenySubscriber): void {
    this.#subscriptions.get(subscriber)?.timer?.cancel();
    this.#subscriptions.delete(subscriber);
  }

  /** A handler of the change follower. */
  async onChanges(changes: readonly ChangeRecord[] | undefined): Promise<void> {
    const snapshot = changes === undefined ? await this.#snapshot() : undefined;
    // Nearly all stand at the same place: what is new to them is read once.
    const deltas = new Map<number, DenyUpdate>();
    for (const [subscriber, subscription] of this.#subscriptions) {
      const { sequence } = subscription;
      if (sequence === NOT_YET) continue;
      if (changes === undefined) {
        if (snapshot !== undefined) this.#tell(subscriber, subscription, snapshot, 0);
        continue;
      }
      let delta = deltas.get(sequence);
      if (delta === undefined) {
        const news = changes.filter((each) => each.sequence > sequence);
        delta = deltaOf(news, sequence);
        deltas.set(sequence, delta);
      }
      this.#send(subscriber, subscription, delta);
    }
  }

  #send(subscriber: DenySubscriber, subscription: Subscription, update: DenyUpdate): void {
    if (Number(update.sequence) <= subscription.sequence) return;
    subscription.sequence = Number(update.sequence);
    // What is about other things need not be sent: the next delta or heartbeat brings the position.
    if ((update.added?.length ?? 0) + (update.removed?.length ?? 0) === 0) return;
    this.#tell(subscriber, subscription, update, 0);
  }

  #tell(
    subscriber: DenySubscriber,
    subscription: Subscription,
    update: DenyUpdate,
    requestId: number,
  ): void {
    const whole = { ...update, afterSequence: update.snapshot ? 0 : subscription.told };
    subscription.sequence = Number(update.sequence);
    subscription.told = subscription.sequence;
    let id = requestId;
    for (const part of partsOf(whole)) {
      subscriber.sendDenied(part, id);
      id = 0;
    }
  }

  async #resync(subscriber: DenySubscriber, subscription: Subscription): Promise<void> {
    this.#tell(subscriber, subscription, await this.#snapshot(), 0);
  }

  async #snapshot(): Promise<DenyUpdate> {
    const { sequence, denials } = await this.#store.denialSnapshot(this.#clock.now());
    return { snapshot: true, sequence, added: denials.map(fromRecord), removed: [] };
  }

  /** What happened after `sequence`; undefined when that is not known any more, or too much. */
  async #deltas(sequence: number): Promise<DenyUpdate | undefined> {
    const { changes, pruned } = await this.#store.changesAfter(sequence, MOST_DELTAS);
    if (pruned || changes.length === MOST_DELTAS) return undefined;
    return deltaOf(changes, sequence);
  }

  #beatLater(subscriber: DenySubscriber, subscription: Subscription): void {
    if (this.#subscriptions.get(subscriber) !== subscription) return;
    subscription.timer?.cancel();
    subscription.timer = this.#clock.schedule(subscription.everyMs, () => {
      this.#beat(subscriber, subscription)
        .catch(this.#onError)
        .finally(() => this.#beatLater(subscriber, subscription));
    });
  }

  /** Without the store nobody knows whether there is something new: then nothing is said. */
  async #beat(subscriber: DenySubscriber, subscription: Subscription): Promise<void> {
    const newest = await this.#store.feedSequence();
    if (this.#subscriptions.get(subscriber) !== subscription) return;
    const { sequence } = subscription;
    // Whoever is behind hears from the follower, in a moment.
    if (sequence < newest) return;
    this.#tell(subscriber, subscription, { snapshot: false, sequence, added: [], removed: [] }, 0);
  }
}

function* partsOf(update: DenyUpdate): Iterable<DenyUpdate> {
  const { added = [], removed = [] } = update;
  for (let at = 0; ; at += MOST_IN_MESSAGE) {
    const more = at + MOST_IN_MESSAGE < added.length;
    yield {
      ...update,
      added: added.slice(at, at + MOST_IN_MESSAGE),
      removed: at === 0 ? removed : [],
      more,
    };
    if (!more) return;
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
