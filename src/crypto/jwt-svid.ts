import { IssuerError, messageOf } from "../errors.ts";
import { type BundleSource, type JwtSvid, parseSpiffeId, type SpiffeId } from "../spiffe/index.ts";
import { decodeBase64Url, JWS_ALGORITHMS, type JwsAlgorithm, verifyJws } from "./jws.ts";
import { importPublicKeyDer } from "./keys.ts";
import { refuse } from "./path.ts";
import { strictJsonObject } from "./strict-json.ts";

export interface VerifyJwtSvidOptions {
  /** Who verifies: must be among the token's audiences, byte by byte. */
  readonly audience: string;
  readonly now: Date;
  /** How long after its expiry a token still counts, for clocks that differ; default 0, at most 300. */
  readonly leewaySeconds?: number;
  /** Passes over headers other than alg, kid and typ (never `crit`). Default false. */
  readonly allowExtraHeaders?: boolean;
}

/** Longest token that is read, in bytes. */
export const MAX_TOKEN_BYTES = 16_384;

interface Parts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly algorithm: JwsAlgorithm;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** The leeway that counts, in seconds: 0 to 300. @throws TypeError when it is no number. */
export function leewayOf(wanted = 0): number {
  if (!Number.isFinite(wanted)) throw new TypeError("leewaySeconds is not a number");
  return Math.min(Math.max(wanted, 0), 300);
}

/**
 * Verifies a JWT-SVID against the bundle of the trust domain in its `sub`.
 * @throws IssuerError SVID_INVALID with details.rule. The token is never quoted.
 * @see JWT-SVID sections 2 to 5.
 */
export function verifyJwtSvid(
  token: string,
  bundles: BundleSource,
  options: VerifyJwtSvidOptions,
): JwtSvid {
  const parts = readParts(token);
  validateHeader(parts.header, options.allowExtraHeaders === true);
  const svid = readClaims(token, parts.claims);
  verifySignature(parts, svid.spiffeId, bundles);
  const leewaySeconds = leewayOf(options.leewaySeconds);
  if (Number.isNaN(options.now.getTime())) throw new TypeError("now is not a date");
  const nowSeconds = options.now.getTime() / 1000;
  if (nowSeconds >= svid.expiresAt.getTime() / 1000 + leewaySeconds) {
    throw refuse("JWT-13", `token expired at ${svid.expiresAt.toISOString()}`);
  }
  const { nbf } = parts.claims;
  if (nbf !== undefined) {
    if (typeof nbf !== "number") throw refuse("JWT-16", "nbf is not a number");
    if (nbf > nowSeconds + leewaySeconds) throw refuse("JWT-16", "token is not valid yet");
  }
  if (options.audience === "" || !svid.audience.includes(options.audience)) {
    const message = `audience ${JSON.stringify(options.audience)} is not among the token's`;
    throw refuse("JWT-10", message);
  }
  return svid;
}

/**
 * Reads a token that has just come from its issuer; nothing is verified.
 * @throws IssuerError SVID_INVALID.
 */
export function parseJwtSvidInsecure(token: string): JwtSvid {
  return readClaims(token, readParts(token).claims);
}

/**
 * The id of the key that a token names (`kid`); undefined without one. Nothing is verified.
 * @throws IssuerError SVID_INVALID.
 */
export function jwtKeyIdOf(token: string): string | undefined {
  const { kid } = readParts(token).header;
  return typeof kid === "string" ? kid : undefined;
}

function readParts(token: string): Parts {
  if (token.length > MAX_TOKEN_BYTES) {
    throw refuse("JWT-01", `token has ${token.length} bytes, more than ${MAX_TOKEN_BYTES}`);
  }
  const texts = token.split(".");
  if (texts.length !== 3) throw refuse("JWT-01", `token has ${texts.length} parts, not 3`);
  const [header, payload, signature] = texts.map(decodeBase64Url);
  if (header === undefined || payload === undefined || signature === undefined) {
    throw refuse("JWT-01", "token is not base64url without padding");
  }
  const headerObject = readObject("header", header);
  const algorithm = JWS_ALGORITHMS.find((each) => each === headerObject.alg);
  if (algorithm === undefined) throw refuse("JWT-04", "alg is none of the nine that are allowed");
  return {
    header: headerObject,
    algorithm,
    claims: readObject("payload", payload),
    signed: Buffer.from(token.slice(0, token.lastIndexOf("."))),
    signature,
  };
}

function readObject(what: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return strictJsonObject(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw refuse("JWT-01", `token's ${what} is not a JSON object with unique names`);
  }
}

function validateHeader(header: Readonly<Record<string, unknown>>, allowExtra: boolean): void {
  const { typ, kid } = header;
  if (typ !== undefined && typ !== "JWT" && typ !== "JOSE") {
    throw refuse("JWT-06", "typ is neither JWT nor JOSE");
  }
  if (kid !== undefined && typeof kid !== "string") throw refuse("JWT-05", "kid is not a string");
  for (const name of Object.keys(header)) {
    if (name === "alg" || name === "kid" || name === "typ") continue;
    if (name === "crit" || !allowExtra) {
      throw refuse("JWT-07", `header ${JSON.stringify(name.slice(0, 40))} is not allowed`);
    }
  }
}

function readClaims(token: string, claims: Readonly<Record<string, unknown>>): JwtSvid {
  const { sub, aud, exp, iat, jti } = claims;
  if (typeof sub !== "string") throw refuse("JWT-08", "sub is missing or not a string");
  let spiffeId: SpiffeId;
  try {
    spiffeId = parseSpiffeId(sub);
  } catch (error) {
    throw refuse("JWT-08", `sub is no SPIFFE ID: ${messageOf(error)}`);
  }
  if (typeof exp !== "number" || !Number.isFinite(exp) || Math.abs(exp) > 8.64e12) {
    throw refuse("JWT-13", "exp is missing or not a number");
  }
  return {
    spiffeId,
    audience: readAudience(aud),
    token,
    expiresAt: new Date(exp * 1000),
    ...(typeof iat === "number" ? { issuedAt: new Date(iat * 1000) } : {}),
    ...(typeof jti === "string" ? { jti } : {}),
    claims,
  };
}

function readAudience(aud: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const texts = values.filter(
    (value): value is string => typeof value === "string" && value !== "",
  );
  if (texts.length === 0 || texts.length !== values.length) {
    throw refuse("JWT-10", "aud is missing, empty or not made of strings");
  }
  return texts;
}

function verifySignature(parts: Parts, spiffeId: SpiffeId, bundles: BundleSource): void {
  const bundle = bundles.bundleFor(spiffeId.trustDomain);
  if (bundle === undefined || !bundle.trustDomain.equals(spiffeId.trustDomain)) {
    throw refuse("JWT-22", `trust domain ${spiffeId.trustDomain} is not trusted`);
  }
  if (bundle.jwtAuthorities.length === 0) {
    throw refuse("JWT-21", `trust domain ${spiffeId.trustDomain} has no JWT authorities`);
  }
  const { kid } = parts.header;
  const candidates = bundle.jwtAuthorities.filter(
    (authority) => kid === undefined || authority.keyId === kid,
  );
  for (const { publicKeyDer } of candidates) {
    const key = publicKey(publicKeyDer);
    if (key && verifyJws(parts.algorithm, key, parts.signed, parts.signature)) return;
  }
  throw refuse("JWT-14", "no JWT authority of the trust domain has signed the token");
}

function publicKey(der: Buffer) {
  try {
    return importPublicKeyDer(der);
  } catch (error) {
    if (error instanceof IssuerError) return undefined;
    throw error;
  }
}
