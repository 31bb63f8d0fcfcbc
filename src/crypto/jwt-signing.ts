import { IssuerError } from "../errors.ts";
import { parseSpiffeId } from "../spiffe/index.ts";
import type { KeyType } from "./keys.ts";
import type { Signer } from "./signer.ts";

/** The claims that Botpass puts into a JWT-SVID. */
export interface JwtSvidClaims {
  /** SPIFFE ID. */
  readonly sub: string;
  /** At least one. */
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
}

const ALGORITHMS: Readonly<Record<KeyType, string>> = {
  "ec-p256": "ES256",
  "ec-p384": "ES384",
  "rsa-2048": "RS256",
  "rsa-3072": "RS256",
  "rsa-4096": "RS256",
};

/**
 * Signs a JWT-SVID.
 * @returns JWS compact serialization, with the headers alg, kid and typ.
 * @throws IssuerError SPIFFE_ID_INVALID, REQUEST_INVALID.
 * @see JWT-SVID sections 2 and 3. One audience is written as a list of one: all validators read lists.
 */
export async function signJwtSvid(
  authority: { readonly keyId: string; readonly signer: Signer },
  claims: JwtSvidClaims,
): Promise<string> {
  parseSpiffeId(claims.sub);
  if (claims.aud.length === 0 || claims.aud.includes("")) {
    throw new IssuerError("REQUEST_INVALID", "a JWT-SVID needs an audience, and none may be empty");
  }
  const header = {
    alg: ALGORITHMS[authority.signer.keyType],
    kid: authority.keyId,
    typ: "JWT",
  };
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = await authority.signer.sign(Buffer.from(signed), "jose");
  return `${signed}.${signature.toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
