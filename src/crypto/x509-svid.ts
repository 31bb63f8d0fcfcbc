import { IssuerError, messageOf } from "../errors.ts";
import { type BundleSource, parseSpiffeId, type SpiffeId } from "../spiffe/index.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { importPublicKeyDer, keyTypeOf } from "./keys.ts";
import { OID } from "./oids.ts";
import { refuse, verifyConstrainedPath } from "./path.ts";

/** An X509-SVID that a peer presented, verified. */
export interface VerifiedX509Svid {
  readonly spiffeId: SpiffeId;
  /** Lower-case hex. */
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly leaf: Certificate;
  /** When the authority that vouches for it ends. */
  readonly authorityNotAfter: Date;
  /** That authority's certificate, as the bundle has it. */
  readonly authorityDer: Buffer;
}

/**
 * Verifies an X509-SVID against the bundle of the trust domain in its own SPIFFE ID, and no other.
 * @param chainDer leaf first.
 * @throws IssuerError SVID_INVALID with details.rule.
 * @see X509-SVID section 5, SPIFFE-ID section 3.
 */
export function verifyX509Svid(
  chainDer: readonly Uint8Array[],
  bundles: BundleSource,
  now: Date,
): VerifiedX509Svid {
  const [leafDer] = chainDer;
  if (leafDer === undefined) throw refuse("X509-25", "no certificate was presented");
  const leaf = parseCertificate(leafDer);
  const spiffeId = leafSpiffeId(leaf);
  const bundle = bundles.bundleFor(spiffeId.trustDomain);
  if (bundle === undefined || !bundle.trustDomain.equals(spiffeId.trustDomain)) {
    throw refuse("X509-30", `trust domain ${spiffeId.trustDomain} is not trusted`);
  }
  if (bundle.x509Authorities.length === 0) {
    throw refuse("X509-37", `trust domain ${spiffeId.trustDomain} has no X.509 authorities`);
  }
  const path = verifyConstrainedPath(chainDer, bundle.x509Authorities, now);
  validateNameConstraints(path, spiffeId);
  return {
    spiffeId,
    serialHex: leaf.serialHex,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    leaf,
    authorityNotAfter: path.at(-1)?.notAfter ?? leaf.notAfter,
    authorityDer: path.at(-1)?.der ?? leaf.der,
  };
}

/**
 * The SPIFFE ID of a leaf that keeps all rules for leaves; nothing of its chain is verified.
 * @throws IssuerError SVID_INVALID with details.rule.
 */
export function leafSpiffeId(leaf: Certificate): SpiffeId {
  if (leaf.uriSans.length > 1) {
    throw refuse("X509-02", `certificate has ${leaf.uriSans.length} URI SANs, not one`);
  }
  const [uri] = leaf.uriSans;
  if (uri === undefined) throw refuse("X509-28", "certificate has no URI SAN");
  let spiffeId: SpiffeId;
  try {
    spiffeId = parseSpiffeId(uri);
  } catch (error) {
    throw refuse("X509-28", `URI SAN is no SPIFFE ID: ${messageOf(error)}`);
  }
  if (leaf.isCa) throw refuse("X509-26", "certificate is a CA's, not a leaf's");
  if (spiffeId.path === "") {
    throw refuse("X509-29", `SPIFFE ID ${spiffeId} has no path`);
  }
  if (leaf.keyUsage?.keyCertSign === true || leaf.keyUsage?.cRLSign === true) {
    throw refuse("X509-27", "leaf has keyCertSign or cRLSign");
  }
  if (leaf.keyUsage === undefined || !leaf.keyUsage.digitalSignature) {
    throw refuse("X509-18", "leaf has no digitalSignature");
  }
  const { extKeyUsage } = leaf;
  if (extKeyUsage !== undefined && !extKeyUsage.some((each) => TLS_USAGES.has(each))) {
    throw refuse("X509-22", "leaf's extended key usage allows neither side of TLS");
  }
  if (leaf.subjectDer.length === EMPTY_NAME_BYTES && !leaf.sanCritical) {
    throw refuse("X509-05", "subject is empty and the SAN extension is not critical");
  }
  try {
    keyTypeOf(importPublicKeyDer(leaf.publicKeyDer));
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error;
    throw refuse("X509-25", `leaf's key is not allowed: ${error.message}`);
  }
  return spiffeId;
}

const TLS_USAGES: ReadonlySet<string> = new Set([
  OID.serverAuth,
  OID.clientAuth,
  OID.anyExtKeyUsage,
]);

/** An empty sequence: 30 00. */
const EMPTY_NAME_BYTES = 2;

function validateNameConstraints(path: readonly Certificate[], spiffeId: SpiffeId): void {
  for (const { nameConstraints } of path.slice(1)) {
    if (nameConstraints === undefined) continue;
    const host = spiffeId.trustDomain.name;
    const { permittedUris, excludedUris, others } = nameConstraints;
    if (others) throw refuse("X509-15", "a name constraint is not on URIs and cannot be evaluated");
    if (permittedUris !== undefined && !permittedUris.some((base) => within(host, base))) {
      throw refuse("X509-15", `trust domain ${host} is not permitted by a name constraint`);
    }
    if (excludedUris.some((base) => within(host, base))) {
      throw refuse("X509-15", `trust domain ${host} is excluded by a name constraint`);
    }
  }
}

/** RFC 5280 section 4.2.1.10: a leading dot stands for one or more labels before it; else the host itself. */
function within(host: string, base: string): boolean {
  const wanted = base.toLowerCase();
  return wanted.startsWith(".") ? host.endsWith(wanted) : host === wanted;
}
