import type { Clock } from "../clock.ts";
import type { Bundle, JwtSvid, X509Svid } from "../spiffe/index.ts";

/** Where the content of a file set comes from: a bot, or any other holder of an identity. */
export interface FileSource {
  readonly clock: Clock;
  /** @throws IssuerError NO_IDENTITY, SVID_EXPIRED, CLOSED … */
  x509Svid(): X509Svid;
  bundles(): readonly Bundle[];
  /** @throws IssuerError AUDIENCE_NOT_ALLOWED, NO_IDENTITY, UNAVAILABLE … */
  jwtSvid(audience: readonly string[]): Promise<JwtSvid>;
  /** Certificate revocation lists of the trust domain's authorities, in DER; absent: no file is written. */
  crls?(): readonly Uint8Array[];
  /** Calls back when SVID, bundle or lists have changed. @returns stops the calls. */
  onChange(listener: () => void): () => void;
}
