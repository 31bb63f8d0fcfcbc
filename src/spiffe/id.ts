import { IssuerError } from "../errors.ts";
import { validatePath } from "./path.ts";
import { TrustDomain } from "./trust-domain.ts";

/** SPIFFE-ID section 2.3: the longest ID that everyone handles, scheme included. */
export const MAX_SPIFFE_ID_BYTES = 2048;

const SCHEME = "spiffe://";

/** A SPIFFE ID. Immutable; equal IDs have equal bytes. */
export class SpiffeId {
  readonly trustDomain: TrustDomain;
  /** Empty, or starting with a slash. */
  readonly path: string;

  private constructor(trustDomain: TrustDomain, path: string) {
    this.trustDomain = trustDomain;
    this.path = path;
    Object.freeze(this);
  }

  /** See `spiffeIdFromPath`. */
  static fromPath(trustDomain: TrustDomain, path: string): SpiffeId {
    const bytes = trustDomain.id.length + Buffer.byteLength(path);
    if (bytes > MAX_SPIFFE_ID_BYTES) {
      throw invalid(`SPIFFE ID has ${bytes} bytes, more than ${MAX_SPIFFE_ID_BYTES}`);
    }
    validatePath(path);
    return new SpiffeId(trustDomain, path);
  }

  /** The ID as text, `spiffe://<trust domain><path>`. */
  toString(): string {
    return `${this.trustDomain.id}${this.path}`;
  }

  /** The ID as text, in JSON. */
  toJSON(): string {
    return this.toString();
  }

  /** Whether both are the same ID; the path counts case. */
  equals(other: SpiffeId): boolean {
    return this.path === other.path && this.trustDomain.equals(other.trustDomain);
  }

  /** Whether the ID lies in `trustDomain`. */
  memberOf(trustDomain: TrustDomain): boolean {
    return this.trustDomain.equals(trustDomain);
  }
}

/**
 * Parses a SPIFFE ID. By hand on the raw text: `URL` repairs what must be refused.
 * @throws IssuerError SPIFFE_ID_INVALID.
 * @see SPIFFE-ID section 2
 */
export function parseSpiffeId(text: string): SpiffeId {
  if (typeof text !== "string") throw new TypeError("SPIFFE ID is not a string");
  if (text === "") throw invalid("SPIFFE ID is empty");
  if (text.length > MAX_SPIFFE_ID_BYTES) {
    throw invalid(`SPIFFE ID is longer than ${MAX_SPIFFE_ID_BYTES} bytes`);
  }
  if (!text.startsWith(SCHEME)) {
    throw invalid(`SPIFFE ID ${JSON.stringify(text)} does not start with spiffe://`);
  }
  const slash = text.indexOf("/", SCHEME.length);
  const nameEnd = slash === -1 ? text.length : slash;
  return SpiffeId.fromPath(
    parseName(text, text.slice(SCHEME.length, nameEnd)),
    text.slice(nameEnd),
  );
}

/** As `parseSpiffeId`; undefined in place of an error. */
export function trySpiffeId(text: string): SpiffeId | undefined {
  try {
    return parseSpiffeId(text);
  } catch (error) {
    if (error instanceof IssuerError) return undefined;
    throw error;
  }
}

/**
 * The ID of `path` in `trustDomain`.
 * @param path empty for the trust domain's own ID, or starting with a slash.
 * @throws IssuerError SPIFFE_ID_INVALID.
 */
export function spiffeIdFromPath(trustDomain: TrustDomain, path: string): SpiffeId {
  return SpiffeId.fromPath(trustDomain, path);
}

function parseName(text: string, name: string): TrustDomain {
  try {
    return TrustDomain.parse(name);
  } catch (cause) {
    if (!(cause instanceof IssuerError)) throw cause;
    throw new IssuerError(
      "SPIFFE_ID_INVALID",
      `SPIFFE ID ${JSON.stringify(text)}: ${cause.message}`,
      {
        cause,
      },
    );
  }
}

function invalid(message: string): IssuerError {
  return new IssuerError("SPIFFE_ID_INVALID", message);
}
