import { isIP } from "node:net";
import { Dispatcher, Pool, type RequestInit, type Response, fetch as undiciFetch } from "undici";
import { IssuerError } from "../errors.ts";
import type { IdMatcher } from "../spiffe/index.ts";
import { openVerified } from "./client-tls.ts";
import type { PeerIdentity } from "./identity.ts";
import { type PeerRule, ruleOf } from "./verify.ts";

/** As the standard fetch's, and whom to accept at the other end. */
export interface PeerFetchInit extends Omit<RequestInit, "dispatcher"> {
  /** Required: a SPIFFE ID or a matcher. It holds for redirects, too. */
  readonly peer: PeerRule;
}

/** `fetch` over mTLS. */
export type PeerFetch = ((url: string | URL, init: PeerFetchInit) => Promise<Response>) & {
  /** Ends all connections that are idle, and the others when they are. */
  close(): Promise<void>;
};

interface Pooled {
  readonly pool: Pool;
  readonly serialHex: string;
  /** From then on new requests take a new pool: Unix milliseconds. */
  retireAtMs: number;
}

/** How long before a peer's SVID expires its connections take no new requests: at most so long. */
const LONGEST_MARGIN_MS = 30_000;

/**
 * Makes a `fetch` that proves itself with the identity's current SVID and verifies whom it reaches. Connections are
 * pooled by origin, rule and own serial, so that none outlives what it was opened with, and none serves another rule.
 */
export function createFetch(identity: PeerIdentity): PeerFetch {
  const pools = new PeerPools(identity);
  const stop = identity.onChange(() => pools.retireOld());
  const peerFetch = async (url: string | URL, init: PeerFetchInit): Promise<Response> => {
    const { peer, ...rest } = init;
    if (peer === undefined) throw new TypeError("peer is required: whom to accept");
    requireHttps(new URL(url));
    // A new dispatcher each time is cheap: the connections are in the pools.
    const dispatcher = new RuleDispatcher(pools, ruleOf(peer));
    try {
      return await undiciFetch(url, { ...rest, dispatcher });
    } catch (error) {
      // What undici wraps in "fetch failed" says who was refused, and why.
      const cause: unknown = error instanceof Error ? error.cause : undefined;
      throw cause instanceof IssuerError ? cause : error;
    }
  };
  return Object.assign(peerFetch, {
    close: async () => {
      stop();
      await pools.close();
    },
  });
}

function requireHttps(url: URL): void {
  if (url.protocol === "https:") return;
  throw new IssuerError("REQUEST_INVALID", `${url.origin} is not https: nobody could be verified`);
}

/** Sends each request, redirected ones too, to the pool of its origin under the one rule. */
class RuleDispatcher extends Dispatcher {
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

class PeerPools {
  readonly #identity: PeerIdentity;
  readonly #pools = new Map<string, Pooled>();
  readonly #closing = new Set<Promise<void>>();

  constructor(identity: PeerIdentity) {
    this.#identity = identity;
  }

  poolFor(origin: URL, rule: IdMatcher): Pool {
    const own = this.#identity.svid();
    const key = `${origin.origin} ${rule.description}`;
    const found = this.#pools.get(key);
    const now = this.#identity.clock.now().getTime();
    if (found !== undefined) {
      if (found.serialHex === own.serialHex && now < found.retireAtMs) return found.pool;
      this.#retire(key, found);
    }
    const made: Pooled = {
      serialHex: own.serialHex,
      retireAtMs: Number.POSITIVE_INFINITY,
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
    return made.pool;
  }

  /** Pools of an SVID that was replaced take nothing more. */
  retireOld(): void {
    let serialHex: string;
    try {
      serialHex = this.#identity.svid().serialHex;
    } catch {
      // No SVID at all: the next request says why; what is open ends with its own.
      serialHex = "";
    }
    for (const [key, pooled] of this.#pools) {
      if (pooled.serialHex !== serialHex) this.#retire(key, pooled);
    }
  }

  async close(): Promise<void> {
    for (const [key, pooled] of this.#pools) this.#retire(key, pooled);
    await Promise.all(this.#closing);
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
