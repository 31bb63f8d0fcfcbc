import { type KeyObject, sign, verify } from "node:crypto";
import { IssuerError } from "../errors.ts";
import {
  bitString,
  childrenOf,
  contextTag,
  DerError,
  der,
  integer,
  oid,
  readBitString,
  readDer,
  readSmallInteger,
  sequence,
  TAG,
} from "./der.ts";
import { importPublicKeyDer, type KeyType, keyTypeOf, publicKeyDer } from "./keys.ts";
import { OID } from "./oids.ts";
import { digestOf } from "./signer.ts";

/** Largest CSR that is read, in bytes. */
export const MAX_CSR_BYTES = 8192;

/** The signature algorithm of a key, as an AlgorithmIdentifier in DER. */
export function algorithmOf(keyType: KeyType): Buffer {
  if (keyType === "ec-p256") return sequence(oid(OID.ecdsaSha256));
  if (keyType === "ec-p384") return sequence(oid(OID.ecdsaSha384));
  return sequence(oid(OID.rsaSha256), der(TAG.null));
}

/** A PKCS#10 request in DER with an empty subject: only its key counts. */
export function buildCsr(privateKey: KeyObject): Buffer {
  const keyType = keyTypeOf(privateKey);
  const info = sequence(
    integer(Buffer.from([0])),
    sequence(),
    publicKeyDer(privateKey),
    der(contextTag(0, true)),
  );
  return sequence(info, algorithmOf(keyType), bitString(sign(digestOf(keyType), info, privateKey)));
}

/** What counts of a CSR. */
export interface CsrKey {
  /** SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
  readonly keyType: KeyType;
}

interface Digest {
  readonly hash: string;
  readonly key: "ec" | "rsa";
}

/** By AlgorithmIdentifier in hex: parameters are absent for ECDSA, NULL for RSA. */
const DIGESTS: ReadonlyMap<string, Digest> = new Map(
  (
    [
      [sequence(oid(OID.ecdsaSha256)), { hash: "sha256", key: "ec" }],
      [sequence(oid(OID.ecdsaSha384)), { hash: "sha384", key: "ec" }],
      [sequence(oid(OID.ecdsaSha512)), { hash: "sha512", key: "ec" }],
      [sequence(oid(OID.rsaSha256), der(TAG.null)), { hash: "sha256", key: "rsa" }],
      [sequence(oid(OID.rsaSha384), der(TAG.null)), { hash: "sha384", key: "rsa" }],
      [sequence(oid(OID.rsaSha512), der(TAG.null)), { hash: "sha512", key: "rsa" }],
    ] as const
  ).map(([algorithm, digest]) => [algorithm.toString("hex"), digest]),
);

/**
 * Reads a PKCS#10 request and verifies that its sender holds the key.
 * @param csrDer at most 8,192 bytes.
 * @throws IssuerError CSR_INVALID; KEY_NOT_ALLOWED for a key that SVIDs may not have.
 */
export function readCsr(csrDer: Uint8Array): CsrKey {
  if (csrDer.length > MAX_CSR_BYTES) {
    throw invalid(`CSR has ${csrDer.length} bytes, more than ${MAX_CSR_BYTES}`);
  }
  if (csrDer.length === 0) throw invalid("CSR is empty");
  try {
    return verifiedKey(csrDer);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw invalid(`CSR cannot be read: ${cause.message}`, cause);
  }
}

function verifiedKey(csrDer: Uint8Array): CsrKey {
  const [info, algorithm, signature, ...rest] = childrenOf(readDer(csrDer));
  if (rest.length > 0) throw new DerError("it has a fourth part");
  const [version, , spki] = childrenOf(info);
  if (readSmallInteger(version) !== 0) throw new DerError("its version is not 1");
  if (info === undefined || spki === undefined) throw new DerError("it is cut off");
  const keyType = curveOf(spki.raw) ?? rsaTypeOf(spki.raw);
  const digest = DIGESTS.get(algorithm?.raw.toString("hex") ?? "");
  if (digest === undefined || digest.key !== keyType.slice(0, digest.key.length)) {
    throw invalid("CSR is signed with an algorithm that is not allowed, or not of its key");
  }
  if (!verifySignature(digest.hash, info.raw, spki.raw, readBitString(signature))) {
    throw invalid("CSR has a bad signature");
  }
  return { publicKeyDer: Buffer.from(spki.raw), keyType };
}

/** Without a key object: to make one, and to have it collected, costs as much as the verification. */
function verifySignature(hash: string, data: Buffer, spkiDer: Buffer, signature: Buffer): boolean {
  try {
    return verify(hash, data, { key: spkiDer, format: "der", type: "spki" }, signature);
  } catch (cause) {
    throw new IssuerError("KEY_NOT_ALLOWED", "the public key cannot be read", { cause });
  }
}

/** How a SubjectPublicKeyInfo of a named curve and an uncompressed point begins (RFC 5480), and how long it is. */
const EC_FORMS = [
  {
    keyType: "ec-p256",
    start: Buffer.from("3059301306072a8648ce3d020106082a8648ce3d03010703420004", "hex"),
    bytes: 91,
  },
  {
    keyType: "ec-p384",
    start: Buffer.from("3076301006072a8648ce3d020106052b8104002203620004", "hex"),
    bytes: 120,
  },
] as const;

/**
 * The curve of an EC key in its usual form. Compressed points and spelled-out curves are read by some and not by
 * others, and OpenSSL writes a key in the form in which it has read it: so the form is looked at, byte by byte.
 */
function curveOf(spkiDer: Buffer): KeyType | undefined {
  return EC_FORMS.find(
    ({ bytes, start }) =>
      spkiDer.length === bytes && spkiDer.subarray(0, start.length).equals(start),
  )?.keyType;
}

/** @throws IssuerError KEY_NOT_ALLOWED for all but RSA of an allowed size, in its usual form. */
function rsaTypeOf(spkiDer: Buffer): KeyType {
  const publicKey = importPublicKeyDer(spkiDer);
  const keyType = keyTypeOf(publicKey);
  if (!keyType.startsWith("rsa") || !publicKeyDer(publicKey).equals(spkiDer)) {
    throw new IssuerError("KEY_NOT_ALLOWED", "the public key is not in its usual form");
  }
  return keyType;
}

function invalid(message: string, cause?: unknown): IssuerError {
  return new IssuerError("CSR_INVALID", message, cause === undefined ? {} : { cause });
}
