import { missingSelectors } from "../../bots/index.ts";
import type { Selector } from "../../spiffe/index.ts";
import type { ChangeData, ChangeRecord, Store } from "../../store/index.ts";

/** A connected caller, as the registry sees it. */
export interface LiveSession {
  /** What the caller proved. */
  readonly selectors: readonly Selector[];
  /** The bots whose identities it holds. */
  readonly bots: ReadonlySet<string>;
  /** Asks again what the caller may have, and tells it what has changed. */
  refresh(): Promise<void>;
  /** Another stream has taken over the instance. */
  replaced(instanceId: string): void;
  sendBundle(): void;
  /** How many of its SVIDs are past five sixths of their life. */
  countNearExpiry(now: Date): number;
  /** Tells the caller to come back later, and ends. */
  shutdown(reconnectAfterMs: number): void;
}

/** Who is connected, and with which instances. */
export class SessionRegistry {
  readonly #store: Store;
  readonly #sessions = new Set<LiveSession>();
  readonly #byInstance = new Map<string, LiveSession>();

  constructor(store: Store) {
    this.#store = store;
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(session: LiveSession): void {
    this.#sessions.add(session);
  }

  /** Gives the instance to the session, and takes it from the one that had it. */
  bind(instanceId: string, session: LiveSession): void {
    const before = this.#byInstance.get(instanceId);
    this.#byInstance.set(instanceId, session);
    if (before !== undefined && before !== session) before.replaced(instanceId);
  }

  unbind(instanceId: string, session: LiveSession): void {
    if (this.#byInstance.get(instanceId) === session) this.#byInstance.delete(instanceId);
  }

  remove(session: LiveSession): void {
    this.#sessions.delete(session);
    for (const [id, holder] of this.#byInstance)
      if (holder === session) this.#byInstance.delete(id);
  }

  isConnected(instanceId: string): boolean {
    return this.#byInstance.has(instanceId);
  }

  /** How many sessions hold an identity of the bot. */
  countOf(bot: string): number {
    let count = 0;
    for (const session of this.#sessions) if (session.bots.has(bot)) count += 1;
    return count;
  }

  countNearExpiry(now: Date): number {
    let count = 0;
    for (const session of this.#sessions) count += session.countNearExpiry(now);
    return count;
  }

  pushBundle(): void {
    for (const session of this.#sessions) session.sendBundle();
  }

  shutdown(reconnectAfterMs: () => number): void {
    for (const session of [...this.#sessions]) session.shutdown(reconnectAfterMs());
  }

  /** A handler of the change follower: whoever a change concerns is asked again. */
  async onChanges(changes: readonly ChangeRecord[] | undefined): Promise<void> {
    const concerned = new Set<LiveSession>();
    for (const change of changes ?? []) {
      for (const session of await this.#concernedBy(change)) concerned.add(session);
    }
    const all = changes === undefined ? this.#sessions : concerned;
    await Promise.all([...all].map((session) => session.refresh()));
  }

  async #concernedBy(change: ChangeRecord): Promise<readonly LiveSession[]> {
    switch (change.kind) {
      case "instance": {
        const session = this.#byInstance.get(change.key);
        return session === undefined ? [] : [session];
      }
      case "bot": {
        const entries = await this.#store.entriesOfBot(change.key);
        return this.#where(
          (session) =>
            session.bots.has(change.key) ||
            entries.some((entry) => missingSelectors(entry, session.selectors).length === 0),
        );
      }
      case "entry": {
        const { bot }: ChangeData["entry"] = JSON.parse(change.data);
        const entry = await this.#store.getEntry(change.key);
        return this.#where(
          (session) =>
            session.bots.has(bot) ||
            (entry !== undefined && missingSelectors(entry, session.selectors).length === 0),
        );
      }
      default:
        return [];
    }
  }

  #where(concerns: (session: LiveSession) => boolean): readonly LiveSession[] {
    return [...this.#sessions].filter(concerns);
  }
}
