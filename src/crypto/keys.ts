import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  hash,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";
import { IssuerError } from "../errors.ts";

export const KEY_TYPES = ["ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096"] as const;

/** The keys that SVIDs and authorities may have. */
export type KeyType = (typeof KEY_TYPES)[number];

const generate = promisify(generateKeyPair);

/** Makes a private key, off the main thread. */
export async function generateKey(type: KeyType): Promise<KeyObject> {
  switch (type) {
    case "ec-p256":
      return (await generate("ec", { namedCurve: "P-256" })).privateKey;
    case "ec-p384":
      return (await generate("ec", { namedCurve: "P-384" })).privateKey;
    default: {
      const modulusLength = Number(type.slice("rsa-".length));
      return (await generate("rsa", { modulusLength })).privateKey;
    }
  }
}

/**
 * The type of a public or private key.
 * @throws IssuerError KEY_NOT_ALLOWED for any other kind, curve or size.
 */
export function keyTypeOf(key: KeyObject): KeyType {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === "ec") {
    if (details?.namedCurve === "prime256v1") return "ec-p256";
    if (details?.namedCurve === "secp384r1") return "ec-p384";
    throw new IssuerError("KEY_NOT_ALLOWED", `curve ${details?.namedCurve} is not P-256 or P-384`);
  }
  if (key.asymmetricKeyType === "rsa") {
    const bits = details?.modulusLength ?? 0;
    const type = KEY_TYPES.find((each) => each === `rsa-${bits}`);
    if (type === undefined) {
      const message = `RSA key has ${bits} bits, not 2048, 3072 or 4096`;
      throw new IssuerError("KEY_NOT_ALLOWED", message);
    }
    const exponent = details?.publicExponent ?? 0n;
    if (exponent < 65537n || exponent % 2n === 0n) {
      throw new IssuerError("KEY_NOT_ALLOWED", `RSA exponent ${exponent} is below 65537 or even`);
    }
    return type;
  }
  const message = `key of type ${key.asymmetricKeyType} is not EC or RSA`;
  throw new IssuerError("KEY_NOT_ALLOWED", message);
}

/** SubjectPublicKeyInfo in DER of a public or private key. */
export function publicKeyDer(key: KeyObject): Buffer {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return publicKey.export({ format: "der", type: "spki" });
}

/** SHA-256 of a SubjectPublicKeyInfo in DER, lower-case hex. */
export function fingerprint(spkiDer: Uint8Array): string {
  return hash("sha256", spkiDer, "hex");
}

/**
 * Reads a SubjectPublicKeyInfo.
 * @throws IssuerError KEY_NOT_ALLOWED when it is not one.
 */
export function importPublicKeyDer(spkiDer: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spkiDer), format: "der", type: "spki" });
  } catch (cause) {
    throw new IssuerError("KEY_NOT_ALLOWED", "the public key cannot be read", { cause });
  }
}

/**
 * Reads a private key in PEM (PKCS#8, SEC1 or PKCS#1; not encrypted).
 * @throws IssuerError KEY_NOT_ALLOWED. The cause is left out: it could quote the key.
 */
export function importPrivateKeyPem(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new IssuerError("KEY_NOT_ALLOWED", "the private key cannot be read as PEM");
  }
  keyTypeOf(key);
  return key;
}

/** PKCS#8 in PEM. Secret. */
export function exportPrivateKeyPem(key: KeyObject): string {
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}
