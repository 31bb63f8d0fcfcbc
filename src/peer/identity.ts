import type { Clock } from "../clock.ts";
import type { BundleSource, JwtSource, X509Svid } from "../spiffe/index.ts";

/** Tells which identities are denied although their SVIDs are valid. */
export interface DeniedSource {
  /** Why; undefined when none of these is denied. */
  isDenied(what: {
    readonly serialHex?: string;
    readonly jti?: string;
    readonly spiffeId?: string;
  }): string | undefined;
  /** Calls back when the denied identities change. @returns stops the calls. */
  onDenied(listener: () => void): () => void;
}

/** Who speaks, whom it trusts, and when that changes: all that TLS, HTTP, gRPC and tokens need. */
export interface PeerIdentity {
  /** The current X509-SVID. Throws when there is none, or it has expired. */
  svid(): X509Svid;
  readonly bundles: BundleSource;
  /** Absent: nobody is denied. */
  readonly denied?: DeniedSource;
  readonly clock: Clock;
  /** Calls back when SVID or bundle have changed. @returns stops the calls. */
  onChange(listener: () => void): () => void;
  /** Absent: no tokens. */
  readonly jwt?: JwtSource;
}
