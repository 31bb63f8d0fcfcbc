import type { Authorities } from "../../ca/index.ts";
import type { Clock, Timer } from "../../clock.ts";
import type { AuthorityRecord, InstanceRecord, Store } from "../../store/index.ts";
import type { LiveSession, RenewOrder, SessionRegistry } from "./registry.ts";

/** Whoever was told and still uses a tainted authority is told again after this time. */
const AGAIN_MS = 5_000;

interface Order {
  readonly serials: string[];
  readonly keyIds: string[];
}

/** Tells the connected bots that hold what a tainted authority signed to get others, spread over the time of the order. */
export class Renewals {
  readonly #store: Store;
  readonly #registry: SessionRegistry;
  readonly #authorities: Authorities;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #timers = new Set<Timer>();
  /** Keys that the bots of all sessions of that time have been told of. */
  readonly #toldKeys = new Set<string>();
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly store: Store;
    readonly registry: SessionRegistry;
    readonly authorities: Authorities;
    readonly clock: Clock;
    readonly onError: (error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#registry = parts.registry;
    this.#authorities = parts.authorities;
    this.#clock = parts.clock;
    this.#onError = parts.onError;
  }

  /** Begins, after a start of the server or an order to taint; what was planned before is planned anew. */
  wake(): void {
    this.#cancel();
    this.#running = this.#running.then(() => this.#pass()).catch(this.#onError);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  /** A bot that was away when others were told. */
  async greet(session: LiveSession, instances: readonly InstanceRecord[]): Promise<void> {
    const tainted = this.#authorities.tainted();
    if (tainted.length === 0) return;
    // The newest may have been lost on its way: then the bot holds what it came with.
    const held = new Set([session.presentedSerial, ...instances.map((each) => each.newestSerial)]);
    const serials: string[] = [];
    for (const serial of held) {
      if (serial === null || serial === undefined) continue;
      const signer = (await this.#store.getIssuance(serial))?.authorityId;
      if (tainted.some(({ id }) => id === signer)) serials.push(serial);
    }
    const keyIds = tainted.filter(({ kind }) => kind === "jwt").map(({ id }) => id);
    if (serials.length + keyIds.length > 0) session.renew(orderOf({ serials, keyIds }));
  }

  async #pass(): Promise<void> {
    if (this.#stopped) return;
    const tainted = this.#authorities.tainted();
    const orders = new Map<LiveSession, Order>();
    let users = 0;
    for (const each of tainted) {
      if (each.kind === "x509") users += await this.#orderSerials(each, orders);
      else this.#orderTokens(each, orders);
    }
    const now = this.#clock.now().getTime();
    const leftMs = Math.max(0, ...tainted.map(({ renewBy }) => (renewBy?.getTime() ?? 0) - now));
    const shuffled = [...orders]
      .map((order) => ({ order, place: Math.random() }))
      .sort((a, b) => a.place - b.place);
    shuffled.forEach(({ order: [session, order] }, index) => {
      this.#after((leftMs * index) / shuffled.length, () => session.renew(orderOf(order)));
    });
    if (users > 0) this.#after(leftMs + AGAIN_MS, () => this.wake());
  }

  async #orderSerials({ id }: AuthorityRecord, orders: Map<LiveSession, Order>): Promise<number> {
    let users = 0;
    for (const each of await this.#store.instancesSignedBy(id, this.#clock.now())) {
      const session = this.#registry.sessionOf(each.instanceId);
      if (session === undefined) continue;
      users += 1;
      orderFor(session, orders).serials.push(each.serial);
    }
    return users;
  }

  #orderTokens({ id }: AuthorityRecord, orders: Map<LiveSession, Order>): void {
    if (this.#toldKeys.has(id)) return;
    this.#toldKeys.add(id);
    for (const session of this.#registry.sessions()) orderFor(session, orders).keyIds.push(id);
  }

  #after(delayMs: number, action: () => void): void {
    const timer = this.#clock.schedule(delayMs, () => {
      this.#timers.delete(timer);
      action();
    });
    this.#timers.add(timer);
  }

  #cancel(): void {
    for (const timer of this.#timers) timer.cancel();
    // Keys that were not told of everywhere yet.
    if (this.#timers.size > 0) this.#toldKeys.clear();
    this.#timers.clear();
  }
}

function orderFor(session: LiveSession, orders: Map<LiveSession, Order>): Order {
  const order = orders.get(session) ?? { serials: [], keyIds: [] };
  orders.set(session, order);
  return order;
}

function orderOf({ serials, keyIds }: Order): RenewOrder {
  return { serials, jtis: [], keyIds, tainted: true };
}
