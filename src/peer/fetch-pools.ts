import { isIP } from "node:net";
import { Dispatcher, Pool } from "undici";
import { IssuerError } from "../errors.ts";
import type { IdMatcher } from "../spiffe/index.ts";
import { openVerified } from "./client-tls.ts";
import { requireHttps } from "./https-only.ts";
import type { PeerIdentity } from "./identity.ts";
import { endGently } from "./lifetimes.ts";

export { fetch } from "undici";

interface Pooled {
  readonly key: string;
  readonly pool: Pool;
  readonly serialHex: string;
  /** From then on new requests take a new pool: Unix milliseconds. */
  retireAtMs: number;
  /** Whether a response came by it: connections of it may be kept. */
  hasAnswered: boolean;
}

/** How long before a peer's SVID expires its connections take no new requests: at most so long. */
const LONGEST_MARGIN_MS = 30_000;

/** Sends each request, redirected ones too, to the pool of its origin under the one rule, and knows which it was last. */
export class RuleDispatcher extends Dispatcher {
  readonly #pools: PeerPools;
  readonly #rule: IdMatcher;
  #last: Pooled | undefined;
  #wasKept = false;

  constructor(pools: PeerPools, rule: IdMatcher) {
    super();
    this.#pools = pools;
    this.#rule = rule;
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const origin = new URL(String(options.origin));
    requireHttps(origin);
    const last = this.#pools.poolFor(origin, this.#rule);
    this.#last = last;
    this.#wasKept = last.hasAnswered;
    return last.pool.dispatch(options, handler);
  }

  /** Whether the last request may have gone by a connection that has answered another. */
  get wasKept(): boolean {
    return this.#wasKept;
  }

  /** The last request was answered. */
  answered(): void {
    if (this.#last !== undefined) this.#last.hasAnswered = true;
  }

  /** What was kept beside the connection of the last request may be as dead: who comes next opens another. */
  renew(): void {
    if (this.#last !== undefined) this.#pools.retire(this.#last);
  }
}

/** Connections by origin and rule, none older than the SVID that opened it. */
export class PeerPools {
  readonly #identity: PeerIdentity;
  readonly #pools = new Map<string, Pooled>();
  readonly #closing = new Set<Promise<void>>();

  constructor(identity: PeerIdentity) {
    this.#identity = identity;
  }

  poolFor(origin: URL, rule: IdMatcher): Pooled {
    const own = this.#identity.svid();
    const key = `${origin.origin} ${rule.description}`;
    const found = this.#pools.get(key);
    const now = this.#identity.clock.now().getTime();
    if (found !== undefined) {
      if (found.serialHex === own.serialHex && now < found.retireAtMs) return found;
      this.retire(found);
    }
    const made: Pooled = {
      key,
      serialHex: own.serialHex,
      retireAtMs: Number.POSITIVE_INFINITY,
      hasAnswered: false,
      pool: new Pool(origin, {
        connect: (options, callback) => {
          this.#connect(options, rule, made).then(
            (socket) => callback(null, socket),
            (error: Error) => callback(error, null),
          );
        },
        allowH2: false,
        connections: 64,
      }),
    };
    this.#pools.set(key, made);
    return made;
  }

  /** Of the SVID that new connections show; empty: there is none, and the next request says why. */
  ownSerial(): string {
    try {
      return this.#identity.svid().serialHex;
    } catch {
      return "";
    }
  }

  /** Pools of an SVID that was replaced take nothing more; what is open ends with its own. */
  retireOld(): void {
    const serialHex = this.ownSerial();
    for (const pooled of this.#pools.values()) {
      if (pooled.serialHex !== serialHex) this.retire(pooled);
    }
  }

  async close(): Promise<void> {
    for (const pooled of this.#pools.values()) this.retire(pooled);
    await Promise.all(this.#closing);
  }

  async destroy(reason: Error | null): Promise<void> {
    const open = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(open.map(({ pool }) => pool.destroy(reason)));
  }

  async #connect(
    options: { readonly hostname: string; readonly port: string },
    rule: IdMatcher,
    pooled: Pooled,
  ) {
    const host = options.hostname.replace(/^\[|\]$/g, "");
    const { socket, peer } = await openVerified(this.#identity, {
      host,
      port: Number(options.port || 443),
      peer: rule,
      alpnProtocols: ["http/1.1"],
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    // Lets requests in flight end; nothing else is sent by it.
    endGently(socket, { drain: () => this.retire(pooled) });
    const now = this.#identity.clock.now().getTime();
    const left = peer.expiresAt.getTime() - now;
    const margin = Math.min(left / 5, LONGEST_MARGIN_MS);
    pooled.retireAtMs = Math.min(pooled.retireAtMs, now + left - margin);
    return socket;
  }

  /** Lets requests in flight end, then closes. */
  retire(pooled: Pooled): void {
    if (this.#pools.get(pooled.key) === pooled) this.#pools.delete(pooled.key);
    const closing = pooled.pool
      .close()
      // Closed already: nothing is left to end.
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

/** As `RuleDispatcher`, with pools of its own, which follow the identity until it is closed. */
export class OwnDispatcher extends RuleDispatcher {
  readonly #pools: PeerPools;
  readonly #stop: () => void;
  #closed = false;

  constructor(identity: PeerIdentity, rule: IdMatcher, onEnd: () => void = () => undefined) {
    const pools = new PeerPools(identity);
    super(pools, rule);
    this.#pools = pools;
    const stop = identity.onChange(() => pools.retireOld());
    this.#stop = () => {
      stop();
      onEnd();
    };
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    if (this.#closed) throw new IssuerError("CLOSED", "the dispatcher is closed");
    return super.dispatch(options, handler);
  }

  /** Lets requests in flight end, then closes. */
  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): Promise<void> | undefined {
    return this.#end(() => this.#pools.close(), callback);
  }

  /** Ends requests in flight, too. */
  override destroy(): Promise<void>;
  override destroy(error: Error | null): Promise<void>;
  override destroy(callback: () => void): void;
  override destroy(error: Error | null, callback: () => void): void;
  override destroy(
    error?: Error | null | (() => void),
    callback?: () => void,
  ): Promise<void> | undefined {
    const isCallback = typeof error === "function";
    const reason = isCallback ? null : (error ?? null);
    return this.#end(() => this.#pools.destroy(reason), isCallback ? error : callback);
  }

  #end(how: () => Promise<void>, callback?: () => void): Promise<void> | undefined {
    this.#closed = true;
    this.#stop();
    const ended = how();
    if (callback === undefined) return ended;
    void ended.then(callback);
    return undefined;
  }
}
