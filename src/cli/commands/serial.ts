import { checkId, parseSerial } from "../flags.ts";

/** A serial in hex as people paste it, or a JWT ID (a UUID or other text) as it is. */
export function serialOf(text: string): string {
  return /^[0-9A-Fa-f:]+$/.test(text) ? parseSerial("--serial", text) : checkId("--serial", text);
}
