import { IssuerError } from "../errors.ts";

/** One proven fact about a process, such as `unix:uid:1000`: `type` is the part before the first colon. */
export interface Selector {
  /** 1 to 64 of the characters a-z, 0-9 and underscore. */
  readonly type: string;
  /** 1 to 1,024 bytes of UTF-8 without control characters; may hold colons. */
  readonly value: string;
}

const TYPE = /^[a-z0-9_]{1,64}$/;
const MAX_VALUE_BYTES = 1024;

/**
 * Parses `type:value`.
 * @throws IssuerError SELECTOR_INVALID.
 */
export function parseSelector(text: string): Selector {
  if (typeof text !== "string") throw new TypeError("selector is not a string");
  const shown = JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
  const colon = text.indexOf(":");
  if (colon === -1) throw invalid(`selector ${shown} is not of the form type:value`);
  const type = text.slice(0, colon);
  const value = text.slice(colon + 1);
  if (!TYPE.test(type)) {
    throw invalid(`type of selector ${shown} is not 1 to 64 of the characters a-z, 0-9 and "_"`);
  }
  const bytes = Buffer.byteLength(value);
  if (bytes < 1 || bytes > MAX_VALUE_BYTES) {
    throw invalid(`value of selector ${shown} has ${bytes} bytes, not 1 to ${MAX_VALUE_BYTES}`);
  }
  // A lone surrogate has no UTF-8 form: it would come back from the wire as another value.
  if (/\p{Cc}/u.test(value) || !value.isWellFormed()) {
    throw invalid(`value of selector ${shown} holds a control character`);
  }
  return { type, value };
}

/** The selector as `type:value`. */
export function formatSelector(selector: Selector): string {
  return `${selector.type}:${selector.value}`;
}

/** Order for `sort`: by type, then by value, code unit by code unit. */
export function compareSelectors(a: Selector, b: Selector): number {
  return compareText(a.type, b.type) || compareText(a.value, b.value);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function invalid(message: string): IssuerError {
  return new IssuerError("SELECTOR_INVALID", message);
}
