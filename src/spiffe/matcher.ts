import { IssuerError } from "../errors.ts";
import { parseSpiffeId, type SpiffeId } from "./spiffe-id.ts";
import { TrustDomain } from "./trust-domain.ts";

/** Decides whom to accept: returns, or throws PEER_NOT_AUTHORIZED naming its rule. */
export interface IdMatcher {
  (id: SpiffeId): void;
  /** The rule; two matchers with the same description accept the same IDs (but for `matching` without one). */
  readonly description: string;
}

/** Accepts every ID of a trust domain, those of people and of the issuer too: see `botsOf`. */
export function memberOf(trustDomain: string | TrustDomain): IdMatcher {
  const wanted = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
  return matcher((id) => id.memberOf(wanted), `member of ${wanted.name}`);
}

/** Accepts every ID of a trust domain but those of people (`/operator/…`) and the issuer's own (`/botpass/…`). */
export function botsOf(trustDomain: string | TrustDomain): IdMatcher {
  const wanted = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
  return matcher(
    (id) => id.memberOf(wanted) && !/^\/(?:operator|botpass)(?:\/|$)/.test(id.path),
    `a bot of ${wanted.name}`,
  );
}

/** Accepts people: the IDs under `/operator/` of a trust domain, which `botpass operator invite` gives. */
export function operatorsOf(trustDomain: string | TrustDomain): IdMatcher {
  const wanted = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
  return matcher(
    (id) => id.memberOf(wanted) && id.path.startsWith("/operator/"),
    `an operator of ${wanted.name}`,
  );
}

/** Accepts one ID. */
export function exactly(id: string | SpiffeId): IdMatcher {
  const wanted = idOf(id);
  return matcher((each) => each.equals(wanted), `exactly ${wanted}`);
}

/** Accepts the IDs listed. */
export function oneOf(ids: readonly (string | SpiffeId)[]): IdMatcher {
  const texts = new Set(ids.map((id) => idOf(id).toString()));
  return matcher((id) => texts.has(id.toString()), `one of ${[...texts].join(", ")}`);
}

/** Accepts the IDs below a path: `spiffe://td/bot/prod` accepts `spiffe://td/bot/prod/x`, not itself. */
export function under(prefix: string | SpiffeId): IdMatcher {
  const wanted = `${idOf(prefix)}/`;
  return matcher((id) => id.toString().startsWith(wanted), `under ${wanted}`);
}

let unnamed = 0;

/** Accepts what `accepts` says. Give a description to what is used for long: connections are pooled by it. */
export function matching(accepts: (id: SpiffeId) => boolean, description?: string): IdMatcher {
  unnamed += description === undefined ? 1 : 0;
  return matcher(accepts, description ?? `function ${unnamed}`);
}

function matcher(accepts: (id: SpiffeId) => boolean, description: string): IdMatcher {
  const check = (id: SpiffeId): void => {
    // Only a clear yes: a promise, say, is not one.
    if (accepts(id) === true) return;
    throw new IssuerError("PEER_NOT_AUTHORIZED", `peer ${id} is refused: not ${description}`, {
      details: { peer: id.toString(), rule: description },
    });
  };
  return Object.assign(check, { description });
}

function idOf(id: string | SpiffeId): SpiffeId {
  return typeof id === "string" ? parseSpiffeId(id) : id;
}
