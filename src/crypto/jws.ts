import type { KeyObject } from "node:crypto";
import { constants, verify } from "node:crypto";
import { derSignature } from "./jose-signature.ts";

/** The nine algorithms that JWT-SVIDs may be signed with (JWT-SVID section 2.1). */
export type JwsAlgorithm = (typeof JWS_ALGORITHMS)[number];

export const JWS_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "ES256",
  "ES384",
  "ES512",
  "PS256",
  "PS384",
  "PS512",
] as const;

const CURVES: Readonly<Record<string, { curve: string; bytes: number }>> = {
  ES256: { curve: "prime256v1", bytes: 64 },
  ES384: { curve: "secp384r1", bytes: 96 },
  ES512: { curve: "secp521r1", bytes: 132 },
};

/** Whether the key is of the kind that the algorithm needs (RFC 7518 section 3.1). */
export function keyFits(algorithm: JwsAlgorithm, key: KeyObject): boolean {
  const curve = CURVES[algorithm];
  if (curve !== undefined) return key.asymmetricKeyDetails?.namedCurve === curve.curve;
  return key.asymmetricKeyType === "rsa" && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
}

/** Verifies a JWS signature; ECDSA in its fixed-width form only. */
export function verifyJws(
  algorithm: JwsAlgorithm,
  key: KeyObject,
  signed: Buffer,
  signature: Buffer,
): boolean {
  if (!keyFits(algorithm, key)) return false;
  const hash = `sha${algorithm.slice(2)}`;
  const curve = CURVES[algorithm];
  if (curve !== undefined) {
    if (signature.length !== curve.bytes) return false;
    // The bare key: node:crypto takes as long for an object with options, and for its own conversion, as for a P-256 signature.
    return verify(hash, signed, key, derSignature(signature));
  }
  // PKCS #1 v1.5 is what a bare RSA key means.
  if (algorithm.startsWith("RS")) return verify(hash, signed, key, signature);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return verify(hash, signed, { key, padding, saltLength }, signature);
}

/** Decodes base64url without padding; undefined when it is anything else (RFC 7515 section 2). */
export function decodeBase64Url(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}
