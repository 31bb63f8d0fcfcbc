import { type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { type KeyType, keyTypeOf, publicKeyDer } from "./keys.ts";

const signAsync = promisify<
  string,
  Buffer,
  { key: KeyObject; dsaEncoding: "der" | "ieee-p1363" },
  Buffer
>(sign);

/** A private key that signs, wherever it is kept. */
export interface Signer {
  readonly keyType: KeyType;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
  /** The key itself, where it is in this process: threads of ours sign with it. Absent when it is elsewhere. */
  readonly privateKey?: KeyObject;
  /**
   * Signs with SHA-256 (P-256, RSA PKCS#1 v1.5) or SHA-384 (P-384).
   * @param form of an ECDSA signature: `der` as X.509 has it, `jose` as JWS has it (r and s, fixed width).
   */
  sign(data: Buffer, form: "der" | "jose"): Promise<Buffer>;
}

/** The hash that goes with a key. */
export function digestOf(keyType: KeyType): "sha256" | "sha384" {
  return keyType === "ec-p384" ? "sha384" : "sha256";
}

/** A signer over a key in this process; it signs off the main thread. */
export function signerFor(privateKey: KeyObject): Signer {
  const keyType = keyTypeOf(privateKey);
  const digest = digestOf(keyType);
  return {
    keyType,
    publicKeyDer: publicKeyDer(privateKey),
    privateKey,
    sign: (data, form) =>
      signAsync(digest, data, {
        key: privateKey,
        dsaEncoding: form === "der" ? "der" : "ieee-p1363",
      }),
  };
}
