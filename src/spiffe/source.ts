import type { Bundle } from "./bundle.ts";
import type { JwtSvid, X509Svid } from "./svid.ts";
import type { TrustDomain } from "./trust-domain.ts";

/** Whoever holds an X509-SVID: a fixed one, or a rotating one. */
export interface X509Source {
  /**
   * The SVID of now.
   * @throws IssuerError SVID_EXPIRED, CLOSED, NO_IDENTITY.
   */
  x509Svid(): X509Svid;
}

/** Whoever knows bundles, one for each trust domain; never a pool of keys. */
export interface BundleSource {
  /** The bundle of that trust domain; undefined: it is not trusted. */
  bundleFor(trustDomain: TrustDomain): Bundle | undefined;
}

/** Whoever gets JWT-SVIDs. */
export interface JwtSource {
  /** A token for exactly these audiences, in this order. */
  jwtSvid(audience: readonly string[]): Promise<JwtSvid>;
}

/**
 * A fixed set of bundles.
 * @throws TypeError when two are of the same trust domain.
 */
export function bundleSet(...bundles: Bundle[]): BundleSource {
  const byName = new Map<string, Bundle>();
  for (const bundle of bundles) {
    const { name } = bundle.trustDomain;
    if (byName.has(name)) throw new TypeError(`two bundles of trust domain ${name}`);
    byName.set(name, bundle);
  }
  return { bundleFor: (trustDomain) => byName.get(trustDomain.name) };
}
