import { TrustWatch, type TrustWatchOptions } from "./agent/index.ts";
import { IssuerError } from "./errors.ts";
import {
  type Peer,
  type PeerIdentity,
  type PeerRule,
  type VerifyJwtOptions,
  verifyChain,
  verifyJwt,
} from "./peer/index.ts";
import type { JwtSvid } from "./spiffe/index.ts";

/** How to connect to a server to verify by. */
export interface VerifierOptions extends TrustWatchOptions {
  /**
   * A bot of this process, in whose name callers are counted: a verifier has no identity that could tell the issuer. Absent: they are
   * not counted.
   */
  readonly countedBy?: { readonly peerIdentity: PeerIdentity };
}

/** Verifies identities of one trust domain, denied ones included, without an identity of its own. */
export class Verifier extends TrustWatch {
  readonly #counting: PeerIdentity | undefined;

  constructor(options: VerifierOptions) {
    super(options);
    this.#counting = options.countedBy?.peerIdentity;
  }

  /** Verifies a caller's JWT-SVID. @throws IssuerError SVID_INVALID, DENIED. */
  verifyJwt(token: string, options: VerifyJwtOptions): JwtSvid {
    const uses = this.#counting?.uses;
    const identity = { bundles: this, clock: this.clock, denied: this, ...(uses && { uses }) };
    return verifyJwt(identity, token, options);
  }

  /**
   * Verifies a caller's certificate chain, which somebody else took from its connection.
   * @param chainDer leaf first. That the caller holds the key is for whoever took it to know.
   * @throws IssuerError PEER_NOT_TRUSTED, PEER_NOT_AUTHORIZED, DENIED.
   */
  verifyX509(chainDer: readonly Buffer[], options: { readonly authorize: PeerRule }): Peer {
    const identity = { bundles: this, clock: this.clock, denied: this };
    const peer = verifyChain(chainDer, identity, options.authorize);
    this.#count(peer);
    return peer;
  }

  #count(peer: Peer): void {
    if (this.#counting?.uses === undefined) return;
    try {
      this.#counting.uses.connection(peer, this.#counting.svid().spiffeId);
    } catch (error) {
      // The bot has no identity at the moment: nobody could be told for whom it was.
      if (!(error instanceof IssuerError)) throw error;
    }
  }
}

/**
 * Connects to a server to verify by, and waits until all that is denied is known. The server is known by the bundle, and asks for nothing.
 * @throws IssuerError CONFIG_INVALID; SERVER_NOT_TRUSTED, UNAVAILABLE, LIMIT_EXCEEDED, DEADLINE_EXCEEDED.
 */
export async function connectVerifier(options: VerifierOptions): Promise<Verifier> {
  const verifier = new Verifier(options);
  await verifier.open();
  return verifier;
}
