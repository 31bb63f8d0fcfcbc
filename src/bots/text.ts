import { IssuerError } from "../errors.ts";

/**
 * Checks a text that people wrote.
 * @throws IssuerError REQUEST_INVALID when it is empty, longer than `maxBytes` of UTF-8, or holds control characters.
 */
export function validateText(field: string, value: string, maxBytes: number, minBytes = 1): string {
  const bytes = Buffer.byteLength(value);
  if (bytes < minBytes || bytes > maxBytes) {
    const message = `${field} has ${bytes} bytes, not ${minBytes} to ${maxBytes}`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  if (/\p{Cc}/u.test(value)) {
    throw new IssuerError("REQUEST_INVALID", `${field} holds a control character`);
  }
  return value;
}
