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
  const { a, t, p, i, s } = readObject(trimmed.slice(PREFIX.length));
  if (!isTexts(a, ADDRESS) || !isTexts(p, PIN)) throw invalid();
  if (typeof t !== "string" || typeof i !== "string" || typeof s !== "string") throw invalid();
  const secret = Buffer.from(s, "base64url");
  if (secret.length !== 32 || !TOKEN_ID.test(i)) throw invalid();
  return { addresses: a, trustDomain: nameOf(t), authorityPins: p, tokenId: i, secret };
}

/** host:port, without white space, a path or a scheme. */
export const ADDRESS = /^[^\s/]+:\d{1,5}$/;
const PIN = /^[0-9a-f]{64}$/;
const TOKEN_ID = /^[\w-]{1,64}$/;

function readObject(encoded: string): Record<string, unknown> {
  // A damaged string must not be read as far as it goes.
  const bytes = Buffer.from(encoded, "base64url");
  if (bytes.toString("base64url") !== encoded) throw invalid();
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString());
  } catch {
    throw invalid();
  }
  if (typeof content !== "object" || content === null) throw invalid();
  return content as Record<string, unknown>;
}

function isTexts(value: unknown, form: RegExp): value is string[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((each) => typeof each === "string" && form.test(each));
}

function nameOf(trustDomain: string): string {
  try {
    return TrustDomain.parse(trustDomain).name;
  } catch {
    throw invalid();
  }
}

function invalid(): IssuerError {
  return new IssuerError("TOKEN_INVALID", "join token is not a string that token create prints");
}
