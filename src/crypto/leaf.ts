import { createHash } from "node:crypto";
import { IssuerError, messageOf } from "../errors.ts";
import { Bundle, bundleSet, type SpiffeId } from "../spiffe/index.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { algorithmOf } from "./csr.ts";
import {
  bitString,
  childrenOf,
  contextTag,
  der,
  integer,
  octetString,
  oid,
  readDer,
  sequence,
  TRUE,
  time,
} from "./der.ts";
import type { KeyType } from "./keys.ts";
import { OID } from "./oids.ts";
import type { Signer } from "./signer.ts";
import { verifyX509Svid } from "./x509-svid.ts";

/** What goes into a leaf. */
export interface LeafRequest {
  /** 16 bytes, positive. */
  readonly serial: Buffer;
  readonly spiffeId: SpiffeId;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly dnsNames: readonly string[];
}

/** Who signs. */
export interface X509Issuer {
  readonly certificateDer: Buffer;
  readonly signer: Signer;
}

/** What is the same in all leaves of one authority. */
interface Template {
  readonly algorithm: Buffer;
  readonly issuer: Buffer;
  /** Extensions that do not depend on the leaf. */
  readonly extensions: Buffer;
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), critical ? TRUE : Buffer.alloc(0), octetString(value));

// X509-SVID section 4: digitalSignature, critical; no CA; both uses of TLS.
const KEY_USAGE = extension(OID.keyUsage, true, bitString(Buffer.from([0x80]), 7));
const EXT_KEY_USAGE = extension(
  OID.extKeyUsage,
  false,
  sequence(oid(OID.serverAuth), oid(OID.clientAuth)),
);
const NOT_A_CA = extension(OID.basicConstraints, true, sequence());
const VERSION_3 = der(contextTag(0, true), integer(Buffer.from([2])));
const EMPTY_NAME = sequence();

const templates = new WeakMap<Buffer, Template>();

function templateOf(certificateDer: Buffer, keyType: KeyType): Template {
  const known = templates.get(certificateDer);
  if (known !== undefined) return known;
  const authority = parseCertificate(certificateDer);
  const authorityKeyId = der(contextTag(0), keyIdOf(authority.publicKeyDer));
  const made: Template = {
    algorithm: algorithmOf(keyType),
    issuer: authority.subjectDer,
    extensions: Buffer.concat([
      KEY_USAGE,
      EXT_KEY_USAGE,
      NOT_A_CA,
      extension(OID.authorityKeyId, false, sequence(authorityKeyId)),
    ]),
  };
  templates.set(certificateDer, made);
  return made;
}

/** RFC 5280 section 4.2.1.2, method 1: SHA-1 of the key's bits. It names a key, and secures nothing. */
export function keyIdOf(spkiDer: Uint8Array): Buffer {
  const [, bits] = childrenOf(readDer(spkiDer));
  return createHash("sha1")
    .update(bits?.content.subarray(1) ?? Buffer.alloc(0))
    .digest();
}

/**
 * Signs the leaf of an X509-SVID: the hot path. Nothing of it comes from a CSR but the key.
 * @returns the certificate in DER.
 * @see X509-SVID sections 2 to 4: one URI SAN; the subject is empty, so the SAN extension is critical.
 */
export async function signX509SvidLeaf(issuer: X509Issuer, leaf: LeafRequest): Promise<Buffer> {
  const template = templateOf(issuer.certificateDer, issuer.signer.keyType);
  const names = [
    der(contextTag(6), Buffer.from(leaf.spiffeId.toString(), "latin1")),
    ...leaf.dnsNames.map((name) => der(contextTag(2), Buffer.from(name, "latin1"))),
  ];
  const tbs = sequence(
    VERSION_3,
    integer(leaf.serial),
    template.algorithm,
    template.issuer,
    sequence(time(leaf.notBefore), time(leaf.notAfter)),
    EMPTY_NAME,
    leaf.publicKeyDer,
    der(
      contextTag(3, true),
      sequence(template.extensions, extension(OID.subjectAltName, true, sequence(...names))),
    ),
  );
  return sequence(tbs, template.algorithm, bitString(await issuer.signer.sign(tbs, "der")));
}

/** 16 random bytes with the sign bit off and the next one on: always positive, always as long. */
export function randomSerial(randomBytes: (size: number) => Buffer): Buffer {
  const serial = Buffer.from(randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/**
 * Checks a finished leaf against the rules of X509-SVID and against what was asked for, before it leaves.
 * @throws IssuerError INTERNAL naming what differs.
 */
export function checkIssuedX509Svid(certDer: Buffer, leaf: LeafRequest, issuer: X509Issuer): void {
  const { trustDomain } = leaf.spiffeId;
  let certificate: Certificate;
  try {
    const bundle = new Bundle({ trustDomain, x509Authorities: [issuer.certificateDer] });
    const verified = verifyX509Svid([certDer], bundleSet(bundle), leaf.notBefore);
    certificate = verified.leaf;
    if (!verified.spiffeId.equals(leaf.spiffeId)) throw differs("SPIFFE ID");
  } catch (cause) {
    throw new IssuerError("INTERNAL", `finished SVID is refused: ${messageOf(cause)}`, { cause });
  }
  if (certificate.serialHex !== leaf.serial.toString("hex")) throw differs("serial");
  if (!certificate.publicKeyDer.equals(leaf.publicKeyDer)) throw differs("public key");
  if (certificate.notBefore.getTime() !== leaf.notBefore.getTime()) throw differs("not-before");
  if (certificate.notAfter.getTime() !== leaf.notAfter.getTime()) throw differs("not-after");
  if (certificate.dnsSans.join() !== leaf.dnsNames.join()) throw differs("DNS names");
  const usage = certificate.extKeyUsage ?? [];
  if (!usage.includes(OID.serverAuth) || !usage.includes(OID.clientAuth)) throw differs("EKU");
  if (!certificate.keyUsage?.critical || !certificate.sanCritical) throw differs("criticality");
}

function differs(what: string): IssuerError {
  return new IssuerError("INTERNAL", `finished SVID differs from what was asked: ${what}`);
}
