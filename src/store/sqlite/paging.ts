import { IssuerError } from "../../errors.ts";
import type { Page, PageRequest } from "../store.ts";
import { checkLimit } from "./session.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** A page request, checked: rows come by key, those after `after`. */
export interface Cursor {
  readonly limit: number;
  /** Empty: from the start. Keys are never empty. */
  readonly after: string;
}

/** @throws IssuerError REQUEST_INVALID. */
export function readPage(page: PageRequest = {}): Cursor {
  const limit = checkLimit(page.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  return { limit, after: page.after === undefined ? "" : readPosition(page.after) };
}

/** Makes a page of rows that were asked for with one more than the limit. */
export function pageOf<R, T>(
  rows: readonly R[],
  { limit }: Cursor,
  keyOf: (row: R) => string,
  decode: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: shown.map(decode),
    next: more ? Buffer.from(`k${keyOf(last)}`).toString("base64url") : null,
  };
}

function readPosition(text: string): string {
  const bytes = Buffer.from(text, "base64url");
  const key = bytes.toString("utf8");
  const whole = bytes.toString("base64url") === text && Buffer.from(key).equals(bytes);
  if (!whole || !key.startsWith("k") || key.length < 2) {
    throw new IssuerError("REQUEST_INVALID", "the page position was not given by a page before");
  }
  return key.slice(1);
}
