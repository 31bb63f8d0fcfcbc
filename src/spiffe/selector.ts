import { IssuerError } from "../errors.ts";

/** A fact that an attestor proved, e.g. `unix:uid:1001`: the type is `unix`, the value `uid:1001`. */
export interface Selector {
  readonly type: string;
  readonly value: string;
}

/**
 * Reads `type:value`.
 * @throws IssuerError SELECTOR_INVALID unless the type is 1 to 64 of `a-z 0-9 _` and the value is 1 to 1,024
 * bytes without control characters.
 */
export function parseSelector(text: string): Selector {
  const shown = JSON.stringify(text.slice(0, 200));
  const colon = text.indexOf(":");
  if (colon === -1) throw invalid(`selector ${shown} is not type:value`);
  const type = text.slice(0, colon);
  const value = text.slice(colon + 1);
  if (!/^[a-z0-9_]{1,64}$/.test(type)) {
    throw invalid(`selector ${shown}: the type is not 1 to 64 of a-z, 0-9 and _`);
  }
  const bytes = new TextEncoder().encode(value).length;
  if (bytes < 1 || bytes > 1024) {
    throw invalid(`selector ${shown}: the value has ${bytes} bytes, not 1 to 1,024`);
  }
  if (/\p{Cc}/u.test(value)) throw invalid(`selector ${shown} holds a control character`);
  return { type, value };
}

/** `type:value` */
export function formatSelector(selector: Selector): string {
  return `${selector.type}:${selector.value}`;
}

/** Orders by text. */
export function compareSelectors(a: Selector, b: Selector): number {
  const left = formatSelector(a);
  const right = formatSelector(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function invalid(message: string): IssuerError {
  return new IssuerError("SELECTOR_INVALID", message);
}
