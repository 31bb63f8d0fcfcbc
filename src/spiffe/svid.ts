import type { KeyObject } from "node:crypto";
import type { SpiffeId } from "./id.ts";

/** An X509-SVID with its private key. */
export interface X509Svid {
  readonly spiffeId: SpiffeId;
  /** DER, leaf first, root left out. */
  readonly certChainDer: readonly Buffer[];
  readonly privateKey: KeyObject;
  /** Lower-case hex of the leaf's serial number, without leading zero bytes. */
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Tells several identities of one process apart. */
  readonly hint?: string;
}

/** A JWT-SVID, read or verified. Claims mean something only together with the trust domain of `spiffeId`. */
export interface JwtSvid {
  readonly spiffeId: SpiffeId;
  readonly audience: readonly string[];
  /** JWS Compact Serialization. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly issuedAt?: Date;
  readonly jti?: string;
  /** All claims as they stand in the token. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly hint?: string;
}
