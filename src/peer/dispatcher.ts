import type { Dispatcher } from "undici";
import type { PeerIdentity } from "./identity.ts";
import { type PeerRule, ruleOf } from "./verify.ts";

/**
 * A dispatcher for those who bring their own undici: `request(url, { dispatcher })`, `fetch(url, { dispatcher })`. All that
 * it reaches must be the one peer; it takes https only, and each new SVID as it comes. Close it.
 * @throws TypeError without a peer.
 */
export async function createDispatcher(
  identity: PeerIdentity,
  options: {
    readonly peer: PeerRule;
    /** Told when it is closed or destroyed. */
    readonly onEnd?: () => void;
  },
): Promise<Dispatcher> {
  const rule = ruleOf(options.peer);
  // Undici is half of what the library would cost a bot that never fetches.
  const { OwnDispatcher } = await import("./fetch-pools.ts");
  return new OwnDispatcher(identity, rule, options.onEnd);
}
