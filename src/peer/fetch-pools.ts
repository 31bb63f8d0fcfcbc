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
  readonly pool: Pool;
  readonly serialHex: string;
  /** From then on new requests take a new pool: Unix milliseconds. */
  retireAtMs: number;
  /** Whether a response came by it: connections of it may be kept. */
  hasAnswered: boolean;
}

/** How long before a peer's SVID expires its connections take no new requests: at most so long. */
const LONGEST_MARGIN_MS = 30_000;

/** Sends each request, redirected ones too, to the pool of its origin under the one rule. */
export class RuleDispatcher extends Dispatcher {
  readonly #pools: PeerPools;
  readonly #rule: IdMatcher;

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
    return this.#pools.poolFor(origin, this.#rule).dispatch(options, handler);
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

  poolFor(origin: URL, rule: IdMatcher): Pool {
    const own = this.#identity.svid();
    const key = keyOf(origin.origin, rule);
    const found = this.#pools.get(key);
    const now = this.#identity.clock.now().getTime();
    if (found !== undefined) {
      if (found.serialHex === own.serialHex && now < found.retireAtMs) return found.pool;
      this.#retire(key, found);
    }
    const made: Pooled = {
      serialHex: own.serialHex,
      retireAtMs: Number.POSITIVE_INFINITY,
      hasAnswered: false,
      pool: new Pool(origin, {
        connect: (options, callback) => {
          this.#connect(options, rule, made, key).then(
            (socket) => callback(null, socket),
            (error: Error) => callback(error, null),
          );
        },
        allowH2: false,
        connections: 64,
      }),
    };
    this.#pools.set(key, made);
    return made.pool;
  }

  /** The next request opens a connection of its own: what was kept for others may be as dead as what just ended. */
  renew(origin: string, rule: IdMatcher): void {
    const key = keyOf(origin, rule);
    const found = this.#pools.get(key);
    if (found !== undefined) this.#retire(key, found);
  }

  /** A response came from there. */
  answered(origin: string, rule: IdMatcher): void {
    const found = this.#pools.get(keyOf(origin, rule));
    if (found !== undefined) found.hasAnswered = true;
  }

  /** Whether a request may go by a connection that has answered another. */
  hasAnswered(origin: string, rule: IdMatcher): boolean {
    return this.#pools.get(keyOf(origin, rule))?.hasAnswered ?? false;
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
    for (const [key, pooled] of this.#pools) {
      if (pooled.serialHex !== serialHex) this.#retire(key, pooled);
    }
  }

  async close(): Promise<void> {
    for (const [key, pooled] of this.#pools) this.#retire(key, pooled);
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
    key: string,
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
    endGently(socket, { drain: () => this.#retire(key, pooled) });
    const now = this.#identity.clock.now().getTime();
    const left = peer.expiresAt.getTime() - now;
    const margin = Math.min(left / 5, LONGEST_MARGIN_MS);
    pooled.retireAtMs = Math.min(pooled.retireAtMs, now + left - margin);
    return socket;
  }

  /** Lets requests in flight end, then closes. */
  #retire(key: string, pooled: Pooled): void {
    if (this.#pools.get(key) === pooled) this.#pools.delete(key);
    const closing = pooled.pool
      .close()
      // Closed already: nothing is left to end.
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function keyOf(origin: string, rule: IdMatcher): string {
  return `${origin} ${rule.description}`;
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
