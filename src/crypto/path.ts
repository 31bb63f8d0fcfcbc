import { hash, type KeyObject, verify } from "node:crypto";
import { IssuerError } from "../errors.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { importPublicKeyDer, keyTypeOf } from "./keys.ts";
import { OID } from "./oids.ts";

/** Longest chain that is looked at, leaf included. */
const MAX_CHAIN = 8;

const HASHES: ReadonlyMap<string, { readonly hash: string; readonly key: "ec" | "rsa" }> = new Map([
  [OID.ecdsaSha256, { hash: "sha256", key: "ec" }],
  [OID.ecdsaSha384, { hash: "sha384", key: "ec" }],
  [OID.ecdsaSha512, { hash: "sha512", key: "ec" }],
  [OID.rsaSha256, { hash: "sha256", key: "rsa" }],
  [OID.rsaSha384, { hash: "sha384", key: "rsa" }],
  [OID.rsaSha512, { hash: "sha512", key: "rsa" }],
]);

/** Refuses an SVID, with the rule of the SPIFFE documents that it breaks. */
export function refuse(rule: string, message: string): IssuerError {
  return new IssuerError("SVID_INVALID", message, { details: { rule } });
}

/**
 * Validates a certification path (RFC 5280 section 6.1, as far as it applies without policies and revocation
 * lists) at an instant that the caller names.
 * @param chainDer leaf first; the root may be left out.
 * @param roots trusted CA certificates in DER.
 * @returns the path, leaf first, the trusted root last.
 * @throws IssuerError SVID_INVALID with details.rule.
 */
export function verifyCertificatePath(
  chainDer: readonly Uint8Array[],
  roots: readonly Uint8Array[],
  now: Date,
): Certificate[] {
  const path = verifyConstrainedPath(chainDer, roots, now);
  if (path.slice(1).some((each) => each.nameConstraints !== undefined)) {
    throw refuse("X509-15", "a signer has name constraints, which are not evaluated here");
  }
  return path;
}

/** As `verifyCertificatePath`; the caller evaluates the name constraints of the path. */
export function verifyConstrainedPath(
  chainDer: readonly Uint8Array[],
  roots: readonly Uint8Array[],
  now: Date,
): Certificate[] {
  if (Number.isNaN(now.getTime())) throw new TypeError("now is not a date");
  if (chainDer.length < 1 || chainDer.length > MAX_CHAIN) {
    throw refuse("X509-25", `chain has ${chainDer.length} certificates, not 1 to ${MAX_CHAIN}`);
  }
  const chain = chainDer.map(parseCertificate);
  const anchors = readableRoots(roots);
  const path = [...chain];
  // The chain may hold the root itself; what is trusted is the copy in the bundle.
  const rootAt = path.findIndex(
    (each, index) => index > 0 && anchors.some((anchor) => anchor.der.equals(each.der)),
  );
  if (rootAt !== -1) path.length = rootAt;
  const last = path.at(-1);
  if (last === undefined) throw refuse("X509-25", "chain is empty");
  // Authorities may share name and key; one that is valid now is preferred.
  const signers = anchors.filter((each) => signedBy(last, each));
  const anchor = signers.find((each) => isValidAt(each, now)) ?? signers[0];
  if (anchor === undefined) {
    throw refuse("X509-25", "chain does not end at an authority of the bundle");
  }
  const whole = [...path, anchor];
  whole.forEach((certificate, index) => {
    validateTime(certificate, now);
    validateExtensions(certificate);
    if (index > 0) validateSigner(certificate, whole.slice(1, index));
    const signer = whole[index + 1];
    if (signer !== undefined && !signedBy(certificate, signer)) {
      throw refuse("X509-25", `certificate ${index} of the chain is not signed by the next one`);
    }
  });
  return whole;
}

function readableRoots(roots: readonly Uint8Array[]): Certificate[] {
  const readable: Certificate[] = [];
  for (const root of roots) {
    try {
      readable.push(parseCertificate(root));
    } catch (error) {
      // One root that cannot be read must not make the others useless.
      if (!(error instanceof IssuerError)) throw error;
    }
  }
  return readable;
}

function isValidAt({ notBefore, notAfter }: Certificate, now: Date): boolean {
  return now >= notBefore && now.getTime() < notAfter.getTime() + 1000;
}

function validateTime(certificate: Certificate, now: Date): void {
  const { notBefore, notAfter } = certificate;
  if (now < notBefore) {
    throw refuse("X509-25", `certificate is not valid before ${notBefore.toISOString()}`);
  }
  // notAfter is inclusive, to its whole second (RFC 5280 section 4.1.2.5).
  if (now.getTime() >= notAfter.getTime() + 1000) {
    throw refuse("X509-25", `certificate expired at ${notAfter.toISOString()}`);
  }
}

function validateExtensions(certificate: Certificate): void {
  const [unknown] = certificate.unknownCritical;
  if (unknown !== undefined) {
    throw refuse(
      "X509-25",
      `certificate has the critical extension ${unknown}, which is not known`,
    );
  }
}

/** @param below the signers between this one and the leaf. */
function validateSigner(signer: Certificate, below: readonly Certificate[]): void {
  if (!signer.isCa) throw refuse("X509-25", "a certificate that is no CA has signed another");
  if (signer.keyUsage !== undefined && !signer.keyUsage.keyCertSign) {
    throw refuse("X509-25", "a certificate without keyCertSign has signed another");
  }
  const selfIssued = (each: Certificate): boolean => each.subjectDer.equals(each.issuerDer);
  const depth = below.filter((each) => !selfIssued(each)).length;
  if (signer.pathLength !== undefined && depth > signer.pathLength) {
    throw refuse("X509-12", `path is longer than its pathLenConstraint ${signer.pathLength}`);
  }
}

/** Whether the last certificate of a chain (leaf first) is signed by one of the authorities; times are not looked at. */
export function isSignedByOneOf(
  chainDer: readonly Uint8Array[],
  authorities: readonly Uint8Array[],
): boolean {
  const last = chainDer.at(-1);
  if (last === undefined) return false;
  const certificate = parseCertificate(last);
  return readableRoots(authorities).some((each) => signedBy(certificate, each));
}

/** Whether the name fits and the signature verifies. */
function signedBy(certificate: Certificate, signer: Certificate): boolean {
  if (!certificate.issuerDer.equals(signer.subjectDer)) return false;
  const algorithm = HASHES.get(certificate.signatureAlgorithm);
  if (algorithm === undefined) return false;
  const cacheKey = hash("sha256", Buffer.concat([signer.publicKeyDer, certificate.der]), "base64");
  if (verified.has(cacheKey)) return true;
  const key = signerKey(signer);
  if (key?.asymmetricKeyType !== algorithm.key) return false;
  const good = verify(algorithm.hash, certificate.tbsDer, key, certificate.signature);
  if (good) remember(cacheKey);
  return good;
}

/** Hashes of key and certificate, whose signature was verified: the same leaf is seen at each connection. Bounded; the oldest goes first. */
const verified = new Set<string>();
const MAX_VERIFIED = 4096;

function remember(cacheKey: string): void {
  if (verified.size >= MAX_VERIFIED) {
    for (const oldest of verified) {
      verified.delete(oldest);
      break;
    }
  }
  verified.add(cacheKey);
}

/** The signer's public key; undefined when it is of a kind that is not allowed. */
function signerKey(signer: Certificate): KeyObject | undefined {
  try {
    const key = importPublicKeyDer(signer.publicKeyDer);
    keyTypeOf(key);
    return key;
  } catch (error) {
    if (error instanceof IssuerError && error.code === "KEY_NOT_ALLOWED") return undefined;
    throw error;
  }
}
