import { parseJwtSvidInsecure, verifyJwtSvid } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { JwtSvid } from "../spiffe/index.ts";
import type { PeerIdentity } from "./identity.ts";

/** What a service asks of a token. */
export interface VerifyJwtOptions {
  /** Required: the service's own audience. */
  readonly audience: string;
  /** For clocks that differ, in seconds. Default 0, at most 300. */
  readonly leewaySeconds?: number;
}

/**
 * Verifies a JWT-SVID by the bundle of its trust domain, and that neither it nor its bot is denied.
 * @param operation what it was shown for, for the count of uses.
 * @throws IssuerError SVID_INVALID (details.rule), DENIED.
 */
export function verifyJwt(
  identity: Pick<PeerIdentity, "bundles" | "clock" | "denied" | "uses">,
  token: string,
  options: VerifyJwtOptions,
  operation = "",
): JwtSvid {
  const svid = verifiedBy(identity, token, options, operation);
  const reason = denialOfToken(identity, svid);
  if (reason === undefined) {
    identity.uses?.token(svid, options.audience, operation);
    return svid;
  }
  identity.uses?.token(svid, options.audience, operation, "DENIED");
  throw new IssuerError("DENIED", `token of ${svid.spiffeId} is denied: ${reason}`);
}

function verifiedBy(
  { bundles, clock, uses }: Pick<PeerIdentity, "bundles" | "clock" | "uses">,
  token: string,
  options: VerifyJwtOptions,
  operation: string,
): JwtSvid {
  try {
    return verifyJwtSvid(token, bundles, { ...options, now: clock.now() });
  } catch (error) {
    // The last that is asked: all else of the token is good, and it was shown where it does not belong.
    if (error instanceof IssuerError && error.details.rule === OTHER_AUDIENCE) {
      uses?.token(parseJwtSvidInsecure(token), options.audience, operation, error.code);
    }
    throw error;
  }
}

/** The rule of a token that is for others (docs/conformance.md). */
const OTHER_AUDIENCE = "JWT-10";

/** Why a token or its bot is denied; undefined when neither is. */
export function denialOfToken(
  { denied }: Pick<PeerIdentity, "denied">,
  { spiffeId, jti }: JwtSvid,
): string | undefined {
  return denied?.isDenied({
    spiffeId: spiffeId.toString(),
    ...(jti === undefined ? {} : { jti }),
  });
}

/**
 * The token of an `Authorization: Bearer` header.
 * @throws IssuerError SVID_INVALID when there is none.
 */
export function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization ?? "")?.[1];
  if (token !== undefined) return token;
  throw new IssuerError("SVID_INVALID", "the request carries no bearer token");
}
