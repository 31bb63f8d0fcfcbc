import { callTargets, mayCall } from "../../bots/index.ts";
import type { Clock, Timer } from "../../clock.ts";
import type { BotRecord, ChangeRecord, Store } from "../../store/index.ts";
import type { CallersUpdate } from "../../wire/index.ts";
import { type CallChange, CallLog } from "./call-log.ts";

/** Whoever wants to know who may call it. */
export interface CallersSubscriber {
  sendCallers(update: CallersUpdate, requestId: number): void;
}

/** One identity of a subscriber. */
export interface CallersWish {
  readonly bot: Pick<BotRecord, "name" | "spiffeId">;
  /** What the subscriber knows already; 0: nothing. */
  readonly afterSequence: number;
}

interface Subscription {
  readonly subscriber: CallersSubscriber;
  readonly bot: CallersWish["bot"];
  readonly targets: ReadonlySet<string>;
  /** The position that it was told last: what is sent next follows on it. */
  told: number;
  /** What it must be told of once what it is being told is out: bots, or everything. Undefined: nothing is on its way. */
  waiting: Set<string> | "all" | undefined;
}

/** Bots that were read since a change came. */
type Bots = Map<string, BotRecord | undefined>;

const MOST_IN_MESSAGE = 2_000;
const PAGE = 1_000;
/** After the store has failed. */
const AGAIN_MS = 1_000;
/** Whoever hears nothing new hears so often how far the feed is, so that it need not go back far when it returns. */
const POSITION_EVERY_MS = 60_000;

/**
 * Hands each subscriber the bots whose passports say that they may call it: a snapshot or what it missed, then each change. What a bot
 * may call is looked up as it is now, never as it was at a change: to be told of a change twice does no harm.
 */
export class CallersFeed {
  readonly #store: Store;
  readonly #log: CallLog;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #subscriptions = new Map<CallersSubscriber, readonly Subscription[]>();
  /** By what passports name their bots by: a change finds those it concerns. */
  readonly #byTarget = new Map<string, Set<Subscription>>();
  /** Everybody was told of all changes up to this one. */
  #sequence = 0;
  #timer: Timer | undefined;

  constructor(store: Store, clock: Clock, onError: (error: unknown) => void) {
    this.#store = store;
    this.#log = new CallLog(store);
    this.#clock = clock;
    this.#onError = onError;
  }

  /**
   * Subscribes, in place of an earlier time.
   * @param requestId of the last message of the answer.
   */
  async subscribe(
    subscriber: CallersSubscriber,
    wishes: readonly CallersWish[],
    requestId: number,
  ): Promise<void> {
    this.unsubscribe(subscriber);
    const subscriptions = wishes.map(({ bot, afterSequence }) => ({
      subscriber,
      bot,
      targets: new Set(callTargets(bot)),
      told: afterSequence,
      waiting: new Set<string>(),
    }));
    this.#subscriptions.set(subscriber, subscriptions);
    for (const each of subscriptions) this.#file(each);
    this.#timer ??= this.#clock.schedule(POSITION_EVERY_MS, () => this.#tellPositions());
    try {
      for (const each of subscriptions) await this.#begin(each);
    } catch (error) {
      if (subscriptions.some((each) => this.#isLive(each))) this.unsubscribe(subscriber);
      throw error;
    }
    subscriber.sendCallers({}, requestId);
  }

  unsubscribe(subscriber: CallersSubscriber): void {
    for (const each of this.#subscriptions.get(subscriber) ?? []) this.#unfile(each);
    this.#subscriptions.delete(subscriber);
    if (this.#subscriptions.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The subscriber does not hold the bot's identity any more. */
  drop(subscriber: CallersSubscriber, bot: string): void {
    const all = this.#subscriptions.get(subscriber);
    const gone = all?.find((each) => each.bot.name === bot);
    if (all === undefined || gone === undefined) return;
    this.#unfile(gone);
    this.#subscriptions.set(
      subscriber,
      all.filter((each) => each !== gone),
    );
  }

  /** A handler of the change follower. */
  async onChanges(changes: readonly ChangeRecord[] | undefined): Promise<void> {
    const sequence = changes?.at(-1)?.sequence ?? (await this.#store.feedSequence());
    if (changes === undefined) this.#log.reset(sequence);
    const concerned =
      changes === undefined ? this.#all() : this.#concernedBy(this.#log.append(changes));
    // Before anything is read: who is being told gets this after it.
    const free = [...concerned].filter(([each, news]) => !putOff(each, news));
    // A bot that names all of a trust domain concerns many: it is read once.
    const bots: Bots = new Map();
    for (const [each, news] of free) {
      each.waiting = new Set();
      try {
        await this.#tellNews(each, news, sequence, bots);
        await this.#tellWaiting(each);
      } catch (error) {
        this.#onError(error);
        this.#tellAgain(each);
      }
    }
    this.#sequence = sequence;
  }

  #all(): ReadonlyMap<Subscription, "all"> {
    return new Map([...this.#subscriptions.values()].flat().map((each) => [each, "all"]));
  }

  #concernedBy(changes: readonly CallChange[]): ReadonlyMap<Subscription, Set<string>> {
    const concerned = new Map<Subscription, Set<string>>();
    for (const { bot, calls } of changes) {
      for (const target of calls) {
        for (const each of this.#byTarget.get(target) ?? []) {
          concerned.set(each, (concerned.get(each) ?? new Set<string>()).add(bot));
        }
      }
    }
    return concerned;
  }

  async #begin(subscription: Subscription): Promise<void> {
    const missed = subscription.told > 0 ? await this.#missed(subscription) : undefined;
    if (missed === undefined) await this.#tellAll(subscription);
    else await this.#tellDelta(subscription, missed.bots, missed.sequence);
    await this.#tellWaiting(subscription);
  }

  /** What has come meanwhile; what comes during that waits in turn. */
  async #tellWaiting(subscription: Subscription): Promise<void> {
    for (;;) {
      const { waiting } = subscription;
      if (waiting === undefined || (waiting !== "all" && waiting.size === 0)) break;
      subscription.waiting = new Set();
      await this.#tellNews(subscription, waiting, this.#sequence);
    }
    subscription.waiting = undefined;
  }

  /** All of it: what it was to be told is lost. */
  #tellAgain(subscription: Subscription): void {
    subscription.waiting = "all";
    this.#clock.schedule(AGAIN_MS, () => {
      if (!this.#isLive(subscription)) return;
      this.#tellWaiting(subscription).catch((error: unknown) => {
        this.#onError(error);
        this.#tellAgain(subscription);
      });
    });
  }

  #tellNews(
    subscription: Subscription,
    news: ReadonlySet<string> | "all",
    sequence: number,
    known: Bots = new Map(),
  ): Promise<void> {
    if (news === "all") return this.#tellAll(subscription);
    return this.#tellDelta(subscription, news, sequence, known);
  }

  async #tellAll(subscription: Subscription): Promise<void> {
    const sequence = await this.#store.feedSequence();
    const added: string[] = [];
    for (const target of subscription.targets) {
      let after: string | null = null;
      do {
        const page = { limit: PAGE, ...(after === null ? {} : { after }) };
        const { items, next } = await this.#store.callersOf(target, page);
        for (const { spiffeId } of items) added.push(spiffeId);
        after = next;
      } while (after !== null && this.#isLive(subscription));
    }
    this.#tell(subscription, { snapshot: true, sequence, added });
  }

  async #tellDelta(
    subscription: Subscription,
    bots: ReadonlySet<string>,
    sequence: number,
    known: Bots = new Map(),
  ): Promise<void> {
    const added: string[] = [];
    const removed: string[] = [];
    for (const name of bots) {
      if (!known.has(name)) known.set(name, await this.#store.getBot(name));
      const bot = known.get(name);
      if (bot === undefined) continue;
      (mayCall(bot, subscription.targets) ? added : removed).push(bot.spiffeId);
    }
    this.#tell(subscription, { sequence, added, removed });
  }

  /** Bots whose word on this one may have changed since; undefined when that is not known any more, or too much. */
  async #missed({ told, targets }: Subscription) {
    const missed = await this.#log.after(told);
    if (missed === undefined) return undefined;
    const concerning = missed.changes.filter(({ calls }) =>
      calls.some((each) => targets.has(each)),
    );
    return { bots: new Set(concerning.map(({ bot }) => bot)), sequence: missed.to };
  }

  #tell(subscription: Subscription, update: CallersUpdate): void {
    if (!this.#isLive(subscription)) return;
    const { subscriber, bot, told } = subscription;
    const { added = [], removed = [] } = update;
    const sequence = Math.max(Number(update.sequence), update.snapshot ? 0 : told);
    subscription.told = sequence;
    for (let at = 0; ; at += MOST_IN_MESSAGE) {
      const more = at + MOST_IN_MESSAGE < Math.max(added.length, removed.length);
      subscriber.sendCallers(
        {
          spiffeId: bot.spiffeId,
          snapshot: update.snapshot ?? false,
          sequence,
          afterSequence: update.snapshot ? 0 : told,
          added: added.slice(at, at + MOST_IN_MESSAGE),
          removed: removed.slice(at, at + MOST_IN_MESSAGE),
          more,
        },
        0,
      );
      if (!more) return;
    }
  }

  #tellPositions(): void {
    this.#timer = this.#clock.schedule(POSITION_EVERY_MS, () => this.#tellPositions());
    const sequence = this.#sequence;
    try {
      for (const each of [...this.#subscriptions.values()].flat()) {
        if (each.waiting === undefined && each.told < sequence) this.#tell(each, { sequence });
      }
    } catch (error) {
      this.#onError(error);
    }
  }

  #isLive(subscription: Subscription): boolean {
    return this.#subscriptions.get(subscription.subscriber)?.includes(subscription) === true;
  }

  #file(subscription: Subscription): void {
    for (const target of subscription.targets) {
      const filed = this.#byTarget.get(target) ?? new Set();
      this.#byTarget.set(target, filed.add(subscription));
    }
  }

  #unfile(subscription: Subscription): void {
    for (const target of subscription.targets) {
      const filed = this.#byTarget.get(target);
      filed?.delete(subscription);
      if (filed?.size === 0) this.#byTarget.delete(target);
    }
  }
}

/** @returns false: the subscription is free to be told now. */
function putOff(subscription: Subscription, news: ReadonlySet<string> | "all"): boolean {
  const { waiting } = subscription;
  if (waiting === undefined) return false;
  if (news === "all" || waiting === "all") subscription.waiting = "all";
  else for (const bot of news) waiting.add(bot);
  return true;
}
