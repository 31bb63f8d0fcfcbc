import type { Clock } from "../clock.ts";
import type { BundleSource, JwtSource, X509Svid } from "../spiffe/index.ts";
import type { CutReport } from "./cut.ts";
import type { UseCounter } from "./use-tally.ts";

/** Tells which identities are denied although their SVIDs are valid. */
export interface DeniedSource {
  /** Why; undefined when none of these is denied. `stale`: too little is known of whom to deny, and nobody is accepted. */
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
  /** Calls back when SVID or bundle have changed, or the SVID was taken away. @returns stops the calls. */
  onChange(listener: () => void): () => void;
  /** How connections end whose identity has. */
  readonly cutting?: Cutting;
  /** Told whom it accepts and refuses; absent: nobody counts. */
  readonly uses?: UseCounter;
  /** Absent: no tokens. */
  readonly jwt?: JwtSource;
}

/** How connections end whose identity has, and who hears of it. */
export interface Cutting {
  /** How long requests under way may go on, in milliseconds: 0 to 60,000. Default 200. Nothing outlives an expiry by it. */
  readonly graceMs?: number;
  /** Told of each connection and request that was cut, once it is over. */
  readonly onCut?: (report: CutReport) => void;
}
