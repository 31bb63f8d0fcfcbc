import type { KeyObject } from "node:crypto";
import type { SpiffeId } from "./spiffe-id.ts";

/** An X509-SVID with its private key. */
export interface X509Svid {
  readonly spiffeId: SpiffeId;
  /** Leaf first, root left out. */
  readonly certChainDer: readonly Buffer[];
  readonly privateKey: KeyObject;
  /** Lower-case hex. */
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly hint?: string;
}

/** A JWT-SVID. */
export interface JwtSvid {
  readonly spiffeId: SpiffeId;
  readonly audience: readonly string[];
  /** JWS compact serialization. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly issuedAt?: Date;
  readonly jti?: string;
  /** All claims. Beyond the registered ones they mean what the issuing trust domain says, nothing elsewhere. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly hint?: string;
}

/** Gives the current X509-SVID. A fixed value, a file or a rotating bot. */
export interface X509Source {
  /** @throws IssuerError NO_IDENTITY, SVID_EXPIRED, CLOSED. */
  x509Svid(): X509Svid;
}

/** Gives JWT-SVIDs. */
export interface JwtSource {
  /** @throws IssuerError AUDIENCE_NOT_ALLOWED, NO_IDENTITY, UNAVAILABLE, CLOSED. */
  jwtSvid(audience: readonly string[]): Promise<JwtSvid>;
}
