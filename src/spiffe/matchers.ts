import { IssuerError } from "../errors.ts";
import { parseSpiffeId, type SpiffeId } from "./id.ts";
import { TrustDomain } from "./trust-domain.ts";

/** A rule of whom to accept. Throws PEER_NOT_AUTHORIZED, naming itself, for an ID that it does not accept. */
export interface IdMatcher {
  (id: SpiffeId): void;
  /** The rule in words, such as `member of example.org`. Equal rules have equal descriptions, functions apart. */
  readonly description: string;
}

/** Accepts every ID of the trust domain. */
export function memberOf(trustDomain: string | TrustDomain): IdMatcher {
  const wanted = typeof trustDomain === "string" ? TrustDomain.parse(trustDomain) : trustDomain;
  return matcher(`member of ${wanted.name}`, (id) => id.memberOf(wanted));
}

/** Accepts this ID alone. */
export function exactly(id: string | SpiffeId): IdMatcher {
  const wanted = asId(id);
  return matcher(`exactly ${wanted}`, (each) => each.equals(wanted));
}

/** Accepts these IDs alone; an empty list accepts nobody. */
export function oneOf(ids: readonly (string | SpiffeId)[]): IdMatcher {
  const wanted = new Set(ids.map((each) => asId(each).toString()));
  return matcher(`one of ${[...wanted].sort().join(", ")}`, (id) => wanted.has(id.toString()));
}

/**
 * Accepts the IDs below `prefixId`, by whole path segments; not `prefixId` itself.
 * @param prefixId such as `spiffe://example.org/rpa`, which accepts `spiffe://example.org/rpa/invoices`.
 */
export function under(prefixId: string | SpiffeId): IdMatcher {
  const prefix = asId(prefixId);
  return matcher(
    `under ${prefix}`,
    (id) => id.memberOf(prefix.trustDomain) && id.path.startsWith(`${prefix.path}/`),
  );
}

let functions = 0;

/**
 * Accepts what `accepts` answers true for.
 * @param description default names the function and its number, so that two functions are never taken for one rule.
 */
export function matching(accepts: (id: SpiffeId) => boolean, description?: string): IdMatcher {
  functions += 1;
  return matcher(description ?? `matching ${accepts.name || "a function"} #${functions}`, (id) =>
    accepts(id),
  );
}

function matcher(description: string, accepts: (id: SpiffeId) => boolean): IdMatcher {
  const match = (id: SpiffeId): void => {
    // Anything but true refuses: a rule that answers a promise by mistake must not accept everybody.
    if (accepts(id) === true) return;
    throw new IssuerError("PEER_NOT_AUTHORIZED", `peer ${id} is not ${description}`, {
      details: { rule: description, peer: id.toString() },
    });
  };
  return Object.assign(match, { description });
}

function asId(id: string | SpiffeId): SpiffeId {
  return typeof id === "string" ? parseSpiffeId(id) : id;
}
