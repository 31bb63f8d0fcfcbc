import { TrustWatch, type TrustWatchOptions } from "./agent/index.ts";
import {
  type Peer,
  type PeerRule,
  type VerifyJwtOptions,
  verifyChain,
  verifyJwt,
} from "./peer/index.ts";
import type { JwtSvid } from "./spiffe/index.ts";

/** Verifies identities of one trust domain, denied ones included, without an identity of its own. */
export class Verifier extends TrustWatch {
  /** Verifies a caller's JWT-SVID. @throws IssuerError SVID_INVALID, DENIED. */
  verifyJwt(token: string, options: VerifyJwtOptions): JwtSvid {
    return verifyJwt({ bundles: this, clock: this.clock, denied: this }, token, options);
  }

  /**
   * Verifies a caller's certificate chain, which somebody else took from its connection.
   * @param chainDer leaf first. That the caller holds the key is for whoever took it to know.
   * @throws IssuerError PEER_NOT_TRUSTED, PEER_NOT_AUTHORIZED, DENIED.
   */
  verifyX509(chainDer: readonly Buffer[], options: { readonly authorize: PeerRule }): Peer {
    const identity = { bundles: this, clock: this.clock, denied: this };
    return verifyChain(chainDer, identity, options.authorize);
  }
}

/**
 * Connects to a server to verify by, and waits until all that is denied is known. The server is known by the bundle, and asks for nothing.
 * @throws IssuerError CONFIG_INVALID; SERVER_NOT_TRUSTED, UNAVAILABLE, LIMIT_EXCEEDED, DEADLINE_EXCEEDED.
 */
export async function connectVerifier(options: TrustWatchOptions): Promise<Verifier> {
  const verifier = new Verifier(options);
  await verifier.open();
  return verifier;
}
