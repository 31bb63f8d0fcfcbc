import { IssuerError } from "../errors.ts";

/** SPIFFE-ID section 2.2: the characters of a path segment; hence no percent-encoding. */
const SEGMENT = /^[A-Za-z0-9._-]+$/;

/**
 * Checks the path of a SPIFFE ID: empty, or `/segment` once or more.
 * @throws IssuerError SPIFFE_ID_INVALID.
 */
export function validatePath(path: string): void {
  if (path === "") return;
  if (!path.startsWith("/")) throw invalid(`path ${shown(path)} does not start with a slash`);
  if (path.endsWith("/")) throw invalid(`path ${shown(path)} ends with a slash`);
  for (const segment of path.slice(1).split("/")) validateSegment(path, segment);
}

function validateSegment(path: string, segment: string): void {
  if (segment === "") throw invalid(`path ${shown(path)} has an empty segment`);
  if (segment === "." || segment === "..") {
    throw invalid(`path ${shown(path)} has a dot segment`);
  }
  if (!SEGMENT.test(segment)) {
    const message = `path ${shown(path)} holds other characters than A-Z, a-z, 0-9, ".", "-" and "_"`;
    throw invalid(message);
  }
}

function shown(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}

function invalid(message: string): IssuerError {
  return new IssuerError("SPIFFE_ID_INVALID", message);
}
