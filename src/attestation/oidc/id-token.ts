import { createHash } from "node:crypto";
import type { Clock } from "../../clock.ts";
import { decodeBase64Url, strictJsonObject } from "../../crypto/index.ts";
import { IssuerError, messageOf } from "../../errors.ts";
import type { Selector } from "../../spiffe/index.ts";
import { type Claims, refused, selectorsOf, subjectOf } from "./claims.ts";
import type { OidcAlgorithm, OidcIssuer } from "./issuer.ts";
import { IssuerKeys } from "./issuer-keys.ts";
import { PRESETS } from "./presets.ts";

const MAX_TOKEN_BYTES = 16_384;
/** Types of tokens that are meant for identities: all others are for something else. */
const TYPES: ReadonlySet<string> = new Set(["jwt", "application/jwt"]);

/** What a token has proven. */
export interface VerifiedIdToken {
  readonly issuer: OidcIssuer;
  readonly subject: string;
  readonly selectors: readonly Selector[];
  /** SHA-256, hex: of issuer and `jti`, or of issuer and what is signed. Never the token itself. */
  readonly useId: string;
  /** From this instant on the token is not accepted any more. */
  readonly tokenExpiresAt: Date;
  /** From this instant on it proves nothing any more. */
  readonly evidenceExpiresAt: Date;
}

/** Verifies the tokens of the issuers that are configured. */
export class IdTokenVerifier {
  readonly #clock: Clock;
  readonly #issuers: ReadonlyMap<
    string,
    { readonly issuer: OidcIssuer; readonly keys: IssuerKeys }
  >;

  constructor(issuers: readonly OidcIssuer[], clock: Clock) {
    this.#clock = clock;
    this.#issuers = new Map(
      issuers.map((issuer) => [issuer.url, { issuer, keys: new IssuerKeys(issuer, clock) }]),
    );
  }

  /**
   * Verifies signature, issuer, audience, times and what the preset says.
   * @throws IssuerError ATTESTATION_REFUSED with the reason, never quoting the token; UNAVAILABLE when the issuer's keys
   * cannot be had.
   */
  async verify(token: string): Promise<VerifiedIdToken> {
    // 1. What it says it is.
    const { header, claims, signingInput } = readToken(token);
    const known = typeof claims.iss === "string" ? this.#issuers.get(claims.iss) : undefined;
    if (known === undefined) {
      const said = JSON.stringify(claims.iss)?.slice(0, 200) ?? "missing";
      throw refused(`issuer ${said} is not configured`);
    }
    const { issuer, keys } = known;
    const details = { issuer: issuer.name };
    try {
      // 2. Who signed it.
      const algorithm = checkedAlgorithm(header, issuer);
      checkHeader(header);
      await checkSignature(
        token,
        await keys.keyFor(header.kid as string | undefined, algorithm),
        algorithm,
      );
      // 3. For whom and for how long.
      checkAudience(claims, issuer);
      const times = checkedTimes(claims, issuer, this.#clock.now());
      // 4. What it proves.
      const subject = subjectOf(claims);
      const why =
        issuer.preset === undefined ? undefined : PRESETS[issuer.preset].refusesToken(claims);
      if (why !== undefined) throw refused(why);
      const selectors = selectorsOf(issuer, claims);
      return { issuer, subject, selectors, useId: useIdOf(claims, signingInput), ...times };
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error;
      const message = `token of issuer ${issuer.name} is not accepted: ${error.message}`;
      const { retryAfterMs } = error;
      throw new IssuerError(error.code, message, {
        cause: error,
        details,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
  }
}

type Header = Readonly<Record<string, unknown>>;

function readToken(token: string): { header: Header; claims: Claims; signingInput: string } {
  if (token.length > MAX_TOKEN_BYTES) {
    throw refused(`the token has ${token.length} bytes, at most ${MAX_TOKEN_BYTES}`);
  }
  const parts = token.split(".");
  const [head = "", body = "", signature = ""] = parts;
  if (parts.length !== 3) throw refused("the token is not a signed JWT of three parts");
  if (decodeBase64Url(signature) === undefined) {
    throw refused("the token's signature is not base64url");
  }
  return {
    header: readPart("header", head),
    claims: readPart("claims", body),
    signingInput: `${head}.${body}`,
  };
}

function readPart(what: string, part: string): Record<string, unknown> {
  const bytes = decodeBase64Url(part);
  if (bytes === undefined) throw refused(`the token's ${what}: not base64url`);
  try {
    return strictJsonObject(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    // Only a name that is there twice is worth telling; other messages quote the text.
    const twice = error instanceof SyntaxError && messageOf(error).endsWith("is there twice");
    throw refused(`the token's ${what}: ${twice ? messageOf(error) : "not a JSON object"}`);
  }
}

function checkedAlgorithm({ alg }: Header, issuer: OidcIssuer): OidcAlgorithm {
  const found = issuer.algorithms.find((each) => each === alg);
  if (found !== undefined) return found;
  const said = JSON.stringify(alg)?.slice(0, 40) ?? "missing";
  if (typeof alg === "string" && /^(none|HS\d+)$/i.test(alg)) {
    throw refused(`algorithm ${said} is never accepted: whoever can verify it can make it`);
  }
  throw refused(`algorithm ${said} is not one of ${issuer.algorithms.join(", ")}`);
}

function checkHeader(header: Header): void {
  const { typ, kid } = header;
  if (typ !== undefined && !(typeof typ === "string" && TYPES.has(typ.toLowerCase()))) {
    throw refused(`typ ${JSON.stringify(typ).slice(0, 80)} is not that of an identity token`);
  }
  // Keys come from the issuer only, and no extension changes what is signed (RFC 7515 sections 4.1.2 to 4.1.6, 4.1.11).
  for (const name of ["crit", "b64", "jku", "jwk", "x5u", "x5c", "zip", "enc"]) {
    if (Object.hasOwn(header, name)) throw refused(`header ${name} is not accepted`);
  }
  if (kid !== undefined && typeof kid !== "string") throw refused("kid is not a text");
}

async function checkSignature(
  token: string,
  key: Awaited<ReturnType<IssuerKeys["keyFor"]>>,
  algorithm: OidcAlgorithm,
): Promise<void> {
  const { compactVerify } = await import("jose");
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
  } catch (cause) {
    throw new IssuerError("ATTESTATION_REFUSED", "the signature is not the issuer's", { cause });
  }
}

function checkAudience({ aud }: Claims, issuer: OidcIssuer): void {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  // Whoever else it is for could bring it here.
  const others = named.filter((each) => !issuer.audiences.includes(each as string));
  if (named.length > 0 && others.length === 0) return;
  const said = JSON.stringify(aud)?.slice(0, 200) ?? "missing";
  throw refused(`audience ${said} is not only ${issuer.audiences.join(", ")}`);
}

function checkedTimes(
  { exp, nbf, iat }: Claims,
  issuer: OidcIssuer,
  now: Date,
): Pick<VerifiedIdToken, "tokenExpiresAt" | "evidenceExpiresAt"> {
  const skewMs = issuer.clockSkewSeconds * 1000;
  const expMs = instantMs("exp", exp);
  const iatMs = instantMs("iat", iat);
  const at = now.getTime();
  if (expMs <= iatMs) throw refused("exp is not after iat");
  const life = (expMs - iatMs) / 1000;
  if (life > issuer.maxTokenLifeSeconds) {
    throw refused(`it lives for ${life} s, at most ${issuer.maxTokenLifeSeconds} s`);
  }
  if (at >= expMs + skewMs) throw refused(`it expired at ${new Date(expMs).toISOString()}`);
  if (iatMs > at + skewMs) {
    throw refused(`it was issued in the future, at ${new Date(iatMs).toISOString()}`);
  }
  const nbfMs = nbf === undefined ? iatMs : instantMs("nbf", nbf);
  if (nbfMs > at + skewMs) {
    throw refused(`it is not valid before ${new Date(nbfMs).toISOString()}`);
  }
  const { evidenceLifeSeconds } = issuer;
  const evidenceMs =
    evidenceLifeSeconds === undefined ? expMs + skewMs : iatMs + evidenceLifeSeconds * 1000;
  if (evidenceMs <= at) {
    throw refused(`it counts for ${evidenceLifeSeconds} s after it was issued`);
  }
  return { tokenExpiresAt: new Date(expMs + skewMs), evidenceExpiresAt: new Date(evidenceMs) };
}

/** NumericDate (RFC 7519 section 2). */
function instantMs(name: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value < 1e11) return Math.floor(value * 1000);
  throw refused(`claim ${name} is missing or not a time`);
}

function useIdOf({ iss, jti }: Claims, signingInput: string): string {
  // Not the whole token: an ECDSA signature can be written in two ways.
  const id =
    typeof jti === "string" && jti !== ""
      ? ["jti", jti]
      : ["hash", createHash("sha256").update(signingInput).digest("hex")];
  return createHash("sha256")
    .update(JSON.stringify([iss, ...id]))
    .digest("hex");
}
