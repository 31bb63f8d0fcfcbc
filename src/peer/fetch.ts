import type { RequestInit, Response } from "undici";
import { IssuerError } from "../errors.ts";
import { askedAgain } from "./fetch-again.ts";
import type { PeerPools } from "./fetch-pools.ts";
import { requireHttps } from "./https-only.ts";
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

/**
 * Makes a `fetch` that proves itself with the identity's current SVID and verifies whom it reaches. Connections are
 * pooled by origin, rule and own serial, so that none outlives what it was opened with, and none serves another rule. A GET, HEAD or OPTIONS
 * without a body is asked again when its connection ends before the response begins, and was a kept one or the bot has another SVID by
 * then: twice at most. Nothing else is.
 */
export function createFetch(identity: PeerIdentity): PeerFetch {
  let pools: PeerPools | undefined;
  const stop = identity.onChange(() => pools?.retireOld());
  const peerFetch = async (url: string | URL, init: PeerFetchInit): Promise<Response> => {
    const { peer, ...rest } = init;
    if (peer === undefined) throw new TypeError("peer is required: whom to accept");
    // At the first use: undici is half of what the library would cost a bot that never fetches.
    const { fetch, PeerPools, RuleDispatcher } = await import("./fetch-pools.ts");
    requireHttps(new URL(url));
    const mine = pools ?? new PeerPools(identity);
    pools = mine;
    // A new dispatcher each time is cheap: the connections are in the pools.
    const dispatcher = new RuleDispatcher(mine, ruleOf(peer));
    try {
      return await askedAgain(rest, identity.clock, {
        async attempt() {
          const response = await fetch(url, { ...rest, dispatcher });
          dispatcher.answered();
          return response;
        },
        wasKept: () => dispatcher.wasKept,
        serial: () => mine.ownSerial(),
        renew: () => dispatcher.renew(),
      });
    } catch (error) {
      // What undici wraps in "fetch failed" says who was refused, and why.
      const cause: unknown = error instanceof Error ? error.cause : undefined;
      throw cause instanceof IssuerError ? cause : error;
    }
  };
  return Object.assign(peerFetch, {
    close: async () => {
      stop();
      await pools?.close();
    },
  });
}
