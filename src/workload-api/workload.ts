import type { Caller } from "../host/index.ts";
import type { Bundle, JwtSvid, SpiffeId, X509Svid } from "../spiffe/index.ts";
import type { UsesReport } from "../wire/index.ts";

/** What one local process may have, kept current. */
export interface Workload {
  /**
   * Its X509-SVIDs, the default first, at least one.
   * @throws IssuerError NO_IDENTITY, BOT_RETIRED …; UNAVAILABLE or SVID_EXPIRED when there is nothing at the moment.
   */
  svids(): readonly X509Svid[];
  /** The bundles that it trusts, its own trust domain's first. */
  bundles(): readonly Bundle[];
  /** Certificate revocation lists of its own trust domain, in DER, one for each authority; absent, empty: none are known. */
  crls?(): readonly Buffer[];
  /**
   * A JWT-SVID of one of its identities.
   * @throws IssuerError AUDIENCE_NOT_ALLOWED, NO_IDENTITY, UNAVAILABLE.
   */
  jwtSvid(spiffeId: SpiffeId, audience: readonly string[]): Promise<JwtSvid>;
  /**
   * Tells the issuer who has called the process. Absent: there is nobody to tell.
   * @throws IssuerError REQUEST_INVALID, NOT_AUTHORIZED, LIMIT_EXCEEDED, UNAVAILABLE.
   */
  reportUses?(report: UsesReport): Promise<void>;
  /** Calls back when any of it has changed. @returns stops the calls. */
  onChange(listener: () => void): () => void;
  /** The call is over; called once. */
  release(): void;
}

/** Says what local processes may have. */
export interface WorkloadProvider {
  /**
   * @param caller attested by the kernel just now.
   * @throws IssuerError NO_IDENTITY, BOT_RETIRED …; UNAVAILABLE.
   */
  open(caller: Caller): Promise<Workload>;
  /**
   * Verifies a JWT-SVID of another workload. Anybody attested may ask: bundles are public.
   * @throws IssuerError SVID_INVALID, DENIED.
   */
  validateJwt(token: string, audience: string): JwtSvid;
}
