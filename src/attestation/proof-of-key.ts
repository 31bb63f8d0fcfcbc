import { constants, type KeyObject, verify } from "node:crypto";

/** Whether the key has signed: ECDSA in DER, or RSA-PSS, with SHA-256. */
export function verifyChallenge(key: KeyObject, bytes: Buffer, signature: Buffer): boolean {
  if (key.asymmetricKeyType === "ec") return verify("sha256", bytes, key, signature);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify("sha256", bytes, { key, padding }, signature);
}
