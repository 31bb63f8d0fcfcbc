import { integer, sequence } from "./der.ts";
import type { KeyType } from "./keys.ts";

/** Bytes of r, and of s. */
const WIDTHS: Readonly<Partial<Record<KeyType, number>>> = { "ec-p256": 32, "ec-p384": 48 };

/**
 * A signature in the form that JWS has: of ECDSA r and s, each of fixed width (RFC 7518 section 3.4); of RSA it is the same in
 * both. OpenSSL can write that form itself, at more than the cost of a P-256 signature.
 * @param der as OpenSSL writes it: two integers in one sequence, each shorter than 128 bytes (X9.62).
 */
export function joseSignature(der: Buffer, keyType: KeyType): Buffer {
  const width = WIDTHS[keyType];
  if (width === undefined) return der;
  const jose = Buffer.alloc(2 * width);
  const firstLength = der[3] ?? 0;
  placeInteger(der.subarray(4, 4 + firstLength), jose.subarray(0, width));
  placeInteger(der.subarray(4 + firstLength + 2), jose.subarray(width));
  return jose;
}

/**
 * A signature of JWS in the form that OpenSSL verifies by itself: the opposite of `joseSignature` for ECDSA.
 * @param jose r and s, each of half its length.
 */
export function derSignature(jose: Buffer): Buffer {
  const width = jose.length / 2;
  return sequence(integer(jose.subarray(0, width)), integer(jose.subarray(width)));
}

/** To the right end: the sign's byte is left out, and zeros stand where it is shorter. */
function placeInteger(integer: Buffer, place: Buffer): void {
  const digits = integer.length > place.length ? integer.subarray(-place.length) : integer;
  place.set(digits, place.length - digits.length);
}
