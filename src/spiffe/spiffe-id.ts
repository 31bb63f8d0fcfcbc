import { IssuerError, messageOf } from "../errors.ts";
import { TrustDomain } from "./trust-domain.ts";

/** Longest SPIFFE ID in bytes, scheme included (SPIFFE-ID section 2.3). */
export const MAX_SPIFFE_ID_BYTES = 2048;

const SCHEME = "spiffe://";

/** A SPIFFE ID, e.g. `spiffe://example.org/bot/prod/invoices`. Immutable. */
export class SpiffeId {
  readonly trustDomain: TrustDomain;
  /** Empty, or starting with `/`. */
  readonly path: string;

  /** @internal use parseSpiffeId or spiffeIdFromPath, which check. */
  constructor(trustDomain: TrustDomain, path: string) {
    this.trustDomain = trustDomain;
    this.path = path;
    Object.freeze(this);
  }

  equals(other: SpiffeId): boolean {
    return this.trustDomain.equals(other.trustDomain) && this.path === other.path;
  }

  memberOf(trustDomain: TrustDomain): boolean {
    return this.trustDomain.equals(trustDomain);
  }

  toString(): string {
    return this.trustDomain.id + this.path;
  }
}

/**
 * Reads a SPIFFE ID, without forgiving anything.
 * @throws IssuerError SPIFFE_ID_INVALID saying what is wrong.
 * @see SPIFFE-ID section 2.
 */
export function parseSpiffeId(text: string): SpiffeId {
  if (text.length > MAX_SPIFFE_ID_BYTES) {
    throw invalid(`SPIFFE ID has ${text.length} bytes, more than ${MAX_SPIFFE_ID_BYTES}`);
  }
  if (!text.startsWith(SCHEME)) {
    throw invalid(`SPIFFE ID ${JSON.stringify(text)} does not start with ${SCHEME}`);
  }
  const slash = text.indexOf("/", SCHEME.length);
  const end = slash === -1 ? text.length : slash;
  const path = text.slice(end);
  let trustDomain: TrustDomain;
  try {
    trustDomain = TrustDomain.parse(text.slice(SCHEME.length, end));
  } catch (error) {
    const message = `SPIFFE ID ${JSON.stringify(text)}: ${messageOf(error)}`;
    throw new IssuerError("SPIFFE_ID_INVALID", message, { cause: error });
  }
  validatePath(path);
  return new SpiffeId(trustDomain, path);
}

/** Reads a SPIFFE ID; undefined when it is not one. */
export function trySpiffeId(text: string): SpiffeId | undefined {
  try {
    return parseSpiffeId(text);
  } catch (error) {
    if (error instanceof IssuerError) return undefined;
    throw error;
  }
}

/**
 * The SPIFFE ID of a path in a trust domain.
 * @param path empty, or `/segment` once or more.
 * @throws IssuerError SPIFFE_ID_INVALID.
 */
export function spiffeIdFromPath(trustDomain: TrustDomain, path: string): SpiffeId {
  validatePath(path);
  const id = new SpiffeId(trustDomain, path);
  const bytes = id.toString().length;
  if (bytes > MAX_SPIFFE_ID_BYTES) {
    throw invalid(`SPIFFE ID has ${bytes} bytes, more than ${MAX_SPIFFE_ID_BYTES}`);
  }
  return id;
}

/**
 * Checks a SPIFFE ID's path: empty, or segments of letters, digits, `.`, `-`, `_`.
 * @throws IssuerError SPIFFE_ID_INVALID.
 * @see SPIFFE-ID section 2.2.
 */
export function validatePath(path: string): void {
  if (path === "") return;
  const shown = JSON.stringify(path.slice(0, 300));
  if (!path.startsWith("/")) throw invalid(`path ${shown} does not start with "/"`);
  if (path.endsWith("/")) throw invalid(`path ${shown} ends with "/"`);
  for (const segment of path.slice(1).split("/")) {
    if (segment === "") throw invalid(`path ${shown} has an empty segment`);
    if (segment === "." || segment === "..") throw invalid(`path ${shown} has a dot segment`);
    if (/[^A-Za-z0-9._-]/.test(segment)) {
      throw invalid(`path ${shown} has characters other than letters, digits, ".", "-" and "_"`);
    }
  }
}

function invalid(message: string): IssuerError {
  return new IssuerError("SPIFFE_ID_INVALID", message);
}
