import { IssuerError, messageOf } from "../errors.ts";
import {
  childrenOf,
  contextTag,
  DerError,
  type DerNode,
  expectTag,
  readAll,
  readBitString,
  readDer,
  readInteger,
  readOid,
  readSmallInteger,
  readTime,
  TAG,
} from "./der.ts";
import { type KeyUsage, type NameConstraints, readExtensions } from "./extensions.ts";
import { OID } from "./oids.ts";

export type { KeyUsage, NameConstraints };

/** An X.509 certificate as it was read, nothing verified. */
export interface Certificate {
  readonly der: Buffer;
  readonly tbsDer: Buffer;
  /** Lower-case hex of the content bytes, a sign byte left out. */
  readonly serialHex: string;
  readonly signatureAlgorithm: string;
  readonly signature: Buffer;
  readonly issuerDer: Buffer;
  readonly subjectDer: Buffer;
  /** The common name of the subject, if there is exactly one. */
  readonly subjectCommonName: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
  readonly uriSans: readonly string[];
  readonly dnsSans: readonly string[];
  readonly sanCritical: boolean;
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  readonly keyUsage: KeyUsage | undefined;
  /** OIDs; undefined without the extension. */
  readonly extKeyUsage: readonly string[] | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  /** OIDs of critical extensions that this code does not know. */
  readonly unknownCritical: readonly string[];
}

/** Longest certificate that is read, in bytes. */
export const MAX_CERTIFICATE_BYTES = 65_536;

/**
 * Reads a certificate.
 * @throws IssuerError SVID_INVALID (details.rule `X509-25`) when it is not strict DER of an X.509 v3 certificate.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  try {
    if (der.length > MAX_CERTIFICATE_BYTES) throw new DerError("it is too long");
    return readCertificate(der);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new IssuerError("SVID_INVALID", `certificate cannot be read: ${messageOf(cause)}`, {
      cause,
      details: { rule: "X509-25" },
    });
  }
}

function readCertificate(bytes: Uint8Array): Certificate {
  const whole = readDer(bytes);
  const [tbs, algorithm, signature, ...rest] = childrenOf(whole);
  if (rest.length > 0) throw new DerError("the certificate has a fourth part");
  const fields = childrenOf(tbs);
  const version = fields[0]?.tag === contextTag(0, true) ? fields.shift() : undefined;
  const number = version === undefined ? 0 : readSmallInteger(readDer(version.content));
  if (number !== 2) throw new DerError(`version ${number + 1} in place of 3`);
  const [serial, innerAlgorithm, issuer, validity, subject, spki, ...tail] = fields;
  if (innerAlgorithm === undefined || algorithm === undefined) throw new DerError("it is cut off");
  if (!innerAlgorithm.raw.equals(algorithm.raw)) {
    throw new DerError("the two signature algorithms differ");
  }
  const times = childrenOf(validity);
  if (times.length !== 2) throw new DerError("the validity has not two times");
  const extensions = readExtensions(extensionsOf(tail));
  const serialBytes = readInteger(serial);
  const subjectNode = expectTag(subject, TAG.sequence);
  const issuerNode = expectTag(issuer, TAG.sequence);
  return {
    der: whole.raw,
    tbsDer: expectTag(tbs, TAG.sequence).raw,
    serialHex: (serialBytes[0] === 0 ? serialBytes.subarray(1) : serialBytes).toString("hex"),
    signatureAlgorithm: readOid(childrenOf(algorithm)[0]),
    signature: readBitString(signature),
    issuerDer: issuerNode.raw,
    subjectDer: subjectNode.raw,
    subjectCommonName: commonNameOf(subjectNode),
    notBefore: readTime(times[0]),
    notAfter: readTime(times[1]),
    publicKeyDer: expectTag(spki, TAG.sequence).raw,
    ...extensions,
  };
}

/** After the key: optional unique identifiers [1] and [2], then the extensions [3]; each once, in this order. */
const TAIL_TAGS: readonly number[] = [contextTag(1), contextTag(2), contextTag(3, true)];

function extensionsOf(tail: readonly DerNode[]): DerNode | undefined {
  let before = -1;
  for (const { tag } of tail) {
    const place = TAIL_TAGS.indexOf(tag);
    if (place <= before) throw new DerError("something unexpected follows the key");
    before = place;
  }
  return tail.find(({ tag }) => tag === contextTag(3, true));
}

const TEXT_TAGS: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.printableString,
  TAG.ia5String,
]);

function commonNameOf(subject: DerNode): string | undefined {
  const found: string[] = [];
  for (const set of readAll(subject.content)) {
    for (const attribute of childrenOf(set, TAG.set)) {
      const [type, value] = childrenOf(attribute);
      if (readOid(type) !== OID.commonName || value === undefined) continue;
      if (TEXT_TAGS.has(value.tag)) found.push(value.content.toString("utf8"));
    }
  }
  return found.length === 1 ? found[0] : undefined;
}
