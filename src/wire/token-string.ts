import { IssuerError } from "../errors.ts";
import { TrustDomain } from "../spiffe/index.ts";

/** What the one string of a join token holds: all that a bot needs. */
export interface TokenString {
  /** host:port, in the order to try. */
  readonly addresses: readonly string[];
  readonly trustDomain: string;
  /** SHA-256 of the X.509 authorities' public keys, hex: the bot trusts no bundle that these do not confirm. */
  readonly authorityPins: readonly string[];
  readonly tokenId: string;
  /** Secret. */
  readonly secret: Buffer;
}

const PREFIX = "bpt1.";
const MAX_BYTES = 16_384;

/** Secret: print it to the operator, and nowhere else. */
export function formatTokenString(token: TokenString): string {
  const content = {
    a: token.addresses,
    t: token.trustDomain,
    p: token.authorityPins,
    i: token.tokenId,
    s: token.secret.toString("base64url"),
  };
  return PREFIX + Buffer.from(JSON.stringify(content)).toString("base64url");
}

/**
 * Reads a token's string; white space around it is passed over.
 * @throws IssuerError TOKEN_INVALID. The string is never quoted.
 */
export function parseTokenString(text: string): TokenString {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX) || trimmed.length > MAX_BYTES) throw invalid();
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(trimmed.slice(PREFIX.length), "base64url").toString());
  } catch {
    throw invalid();
  }
  if (typeof content !== "object" || content === null) throw invalid();
  const { a, t, p, i, s } = content as Record<string, unknown>;
  if (!isTexts(a) || !isTexts(p) || typeof i !== "string" || typeof s !== "string") throw invalid();
  if (typeof t !== "string" || a.length === 0 || p.length === 0) throw invalid();
  const secret = Buffer.from(s, "base64url");
  if (secret.length !== 32) throw invalid();
  const trustDomain = TrustDomain.parse(t).name;
  return { addresses: a, trustDomain, authorityPins: p, tokenId: i, secret };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function invalid(): IssuerError {
  return new IssuerError("TOKEN_INVALID", "join token is not a string that token create prints");
}
