import { IssuerError } from "../errors.ts";
import type { IdMatcher, SpiffeId } from "../spiffe/index.ts";
import type { PeerIdentity } from "./identity.ts";

/** What the other side is to us. */
export type PeerIs = "caller" | "service";

/** Whom a rule may ask. */
export type RuleContext = Partial<Pick<PeerIdentity, "calls" | "svid">>;

/** Rules that are nothing by themselves: they ask the passports that the identity knows. */
const unbound = new WeakSet<IdMatcher>();
/** Rules whose word may change while a connection is open. */
const changing = new WeakSet<IdMatcher>();

/**
 * Accepts whom passports allow, as they are now: a caller that `called_by` of our passport names and whose own `may_call` names us; a service
 * that our `may_call` names. Whoever is of another trust domain needs to be named by our passport alone. Open connections end when
 * it changes. Only an issuer tells what passports say: without one nobody is accepted.
 */
export function byPassport(): IdMatcher {
  const rule = Object.assign(
    (id: SpiffeId) => {
      throw refused(id, "untold", "byPassport is no rule by itself: give it as authorize or peer");
    },
    { description: "by passport" },
  );
  unbound.add(rule);
  return rule;
}

/** The rule as this identity applies it. */
export function boundRule(rule: IdMatcher, identity: RuleContext, peerIs: PeerIs): IdMatcher {
  if (!unbound.has(rule)) return rule;
  const { calls } = identity;
  // Who is not known yet when somebody calls is refused: what there is to know comes first.
  if (peerIs === "caller") calls?.follow();
  const bound = Object.assign(
    (peer: SpiffeId) => {
      if (calls === undefined || identity.svid === undefined) {
        throw refused(peer, "untold", "nobody tells this identity what passports allow");
      }
      const refusal = calls.refusal({ own: identity.svid().spiffeId, peer, peerIs });
      if (refusal !== undefined) throw refused(peer, refusal.rule, refusal.why);
    },
    { description: rule.description },
  );
  changing.add(bound);
  return bound;
}

/** Whether a rule that may have changed refuses now whom it has accepted. */
export function refusesNow(rule: IdMatcher, peer: SpiffeId): boolean {
  if (!changing.has(rule)) return false;
  try {
    rule(peer);
    return false;
  } catch (error) {
    // Another code: there is no SVID of our own, which has its own consequences.
    if (error instanceof IssuerError) return error.code === "PEER_NOT_AUTHORIZED";
    throw error;
  }
}

function refused(peer: SpiffeId, rule: string, why: string): IssuerError {
  return new IssuerError("PEER_NOT_AUTHORIZED", `peer ${peer} is refused by passport: ${why}`, {
    details: { peer: peer.toString(), rule },
  });
}
