import { IssuerError, messageOf } from "../errors.ts";
import { Bundle, bundleSet, type SpiffeId } from "../spiffe/index.ts";
import type { Certificate } from "./certificate.ts";
import { fingerprint } from "./keys.ts";
import { LeafTemplate, subjectAltName, validity } from "./leaf-template.ts";
import { OID } from "./oids.ts";
import type { Signer } from "./signer.ts";
import { verifyX509Svid } from "./x509-svid.ts";

/** What goes into a leaf. */
export interface LeafRequest {
  /** Big-endian, positive. */
  readonly serial: Buffer;
  readonly spiffeId: SpiffeId;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly dnsNames: readonly string[];
}

/** What was asked of a leaf that is finished. */
export interface IssuedLeaf extends Omit<LeafRequest, "publicKeyDer"> {
  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  readonly publicKeyHash: string;
}

/** Who signs. */
export interface X509Issuer {
  readonly certificateDer: Buffer;
  readonly signer: Signer;
}

const templates = new WeakMap<Buffer, LeafTemplate>();

function templateOf({ certificateDer, signer }: X509Issuer): LeafTemplate {
  const template =
    templates.get(certificateDer) ?? new LeafTemplate(certificateDer, signer.keyType);
  templates.set(certificateDer, template);
  return template;
}

/**
 * Signs the leaf of an X509-SVID. Nothing of it comes from a CSR but the key.
 * @returns the certificate in DER.
 * @see X509-SVID sections 2 to 4: one URI SAN; the subject is empty, so the SAN extension is critical.
 */
export async function signX509SvidLeaf(issuer: X509Issuer, leaf: LeafRequest): Promise<Buffer> {
  return signFilledLeaf(issuer, {
    serial: leaf.serial,
    validity: validity(leaf.notBefore, leaf.notAfter),
    publicKeyDer: leaf.publicKeyDer,
    subjectAltName: subjectAltName(leaf.spiffeId, leaf.dnsNames),
  });
}

/** Signs a leaf whose parts are in DER already: as `validity` and `subjectAltName` make them. */
export async function signFilledLeaf(
  issuer: X509Issuer,
  parts: {
    readonly serial: Buffer;
    readonly validity: Buffer;
    readonly publicKeyDer: Buffer;
    readonly subjectAltName: Buffer;
  },
): Promise<Buffer> {
  const template = templateOf(issuer);
  const { serial, publicKeyDer } = parts;
  const tbs = template.tbs(serial, parts.validity, publicKeyDer, parts.subjectAltName);
  return template.certificate(tbs, await issuer.signer.sign(tbs, "der"));
}

/**
 * 16 bytes that no other credential has: a mark that keeps it positive, the milliseconds of `now` in 6, then 72 random
 * bits. Those made later sort later, so that an index of them grows at its end.
 * @see RFC 5280 section 4.1.2.2; CA/Browser Forum baseline requirements 7.1 (64 random bits at least).
 */
export function uniqueId(randomBytes: (size: number) => Buffer, now: Date): Buffer {
  const id = Buffer.allocUnsafe(16);
  id[0] = 0x40;
  id.writeUIntBE(now.getTime(), 1, 6);
  randomBytes(9).copy(id, 7);
  return id;
}

/**
 * Checks a finished leaf against the rules of X509-SVID and against what was asked for, before it leaves.
 * @throws IssuerError INTERNAL naming what differs.
 */
export function checkIssuedX509Svid(certDer: Buffer, leaf: IssuedLeaf, issuer: X509Issuer): void {
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
  if (fingerprint(certificate.publicKeyDer) !== leaf.publicKeyHash) throw differs("public key");
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
