import { IssuerError } from "../errors.ts";
import { parseSpiffeId, type SpiffeId } from "../spiffe/index.ts";
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

/** Who signs. */
export interface JwtIssuer {
  readonly keyId: string;
  readonly signer: Signer;
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
export async function signJwtSvid(authority: JwtIssuer, claims: JwtSvidClaims): Promise<string> {
  const signed = jwtSvidSigningInput(authority, claims);
  const signature = await authority.signer.sign(Buffer.from(signed), "jose");
  return `${signed}.${signature.toString("base64url")}`;
}

/**
 * What is signed of a JWT-SVID: its header and its claims, base64url, with a dot between.
 * @param claims `sub` as text is checked first.
 * @throws IssuerError SPIFFE_ID_INVALID, REQUEST_INVALID.
 */
export function jwtSvidSigningInput(
  authority: JwtIssuer,
  claims: Omit<JwtSvidClaims, "sub"> & { readonly sub: SpiffeId | string },
): string {
  const id = typeof claims.sub === "string" ? parseSpiffeId(claims.sub) : claims.sub;
  if (claims.aud.length === 0 || claims.aud.includes("")) {
    throw new IssuerError("REQUEST_INVALID", "a JWT-SVID needs an audience, and none may be empty");
  }
  return `${headerOf(authority)}.${encode({ ...claims, sub: id.toString() })}`;
}

const headers = new WeakMap<Signer, { readonly keyId: string; readonly text: string }>();

function headerOf({ keyId, signer }: JwtIssuer): string {
  const known = headers.get(signer);
  if (known?.keyId === keyId) return known.text;
  const text = encode({ alg: ALGORITHMS[signer.keyType], kid: keyId, typ: "JWT" });
  headers.set(signer, { keyId, text });
  return text;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
