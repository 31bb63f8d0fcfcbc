import { IssuerError, messageOf } from "../errors.ts";
import {
  childrenOf,
  contextTag,
  DerError,
  type DerNode,
  expectTag,
  readAll,
  readBitString,
  readBoolean,
  readDer,
  readInteger,
  readOid,
  readSmallInteger,
  readTime,
  TAG,
} from "./der.ts";
import { OID } from "./oids.ts";

export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly keyCertSign: boolean;
  readonly cRLSign: boolean;
  readonly critical: boolean;
}

/** URI name constraints (RFC 5280 section 4.2.1.10); other kinds are only known to be there. */
export interface NameConstraints {
  readonly permittedUris: readonly string[] | undefined;
  readonly excludedUris: readonly string[];
  /** Whether something else than URIs is constrained. */
  readonly others: boolean;
}

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
  const number = version === undefined ? 0 : readSmallInteger(readAll(version.content)[0]);
  if (number !== 2) throw new DerError(`version ${number + 1} in place of 3`);
  const [serial, innerAlgorithm, issuer, validity, subject, spki, ...tail] = fields;
  if (innerAlgorithm === undefined || algorithm === undefined) throw new DerError("it is cut off");
  if (!innerAlgorithm.raw.equals(algorithm.raw)) {
    throw new DerError("the two signature algorithms differ");
  }
  const times = childrenOf(validity);
  if (times.length !== 2) throw new DerError("the validity has not two times");
  const extensionNode = tail.find((node) => node.tag === contextTag(3, true));
  const extensions = readExtensions(extensionNode);
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

type Extensions = Pick<
  Certificate,
  | "uriSans"
  | "dnsSans"
  | "sanCritical"
  | "isCa"
  | "pathLength"
  | "keyUsage"
  | "extKeyUsage"
  | "nameConstraints"
  | "unknownCritical"
>;

function readExtensions(node: DerNode | undefined): Extensions {
  const known = new Map<string, { critical: boolean; value: DerNode }>();
  const unknownCritical: string[] = [];
  const list = node === undefined ? [] : childrenOf(readAll(node.content)[0]);
  for (const extension of list) {
    const parts = childrenOf(extension);
    const id = readOid(parts[0]);
    const critical = parts.length === 3 ? readBoolean(parts[1]) : false;
    const value = expectTag(parts.at(-1), TAG.octetString);
    if (known.has(id)) throw new DerError(`extension ${id} is there twice`);
    known.set(id, { critical, value: { ...value, tag: 0 } });
    if (critical && !HANDLED.has(id)) unknownCritical.push(id);
  }
  const read = <T>(id: string, reader: (value: DerNode, critical: boolean) => T): T | undefined => {
    const found = known.get(id);
    return found && reader(readDer(found.value.content), found.critical);
  };
  const constraints = read(OID.basicConstraints, readBasicConstraints);
  const names = read(OID.subjectAltName, readNames);
  return {
    uriSans: names?.uris ?? [],
    dnsSans: names?.dns ?? [],
    sanCritical: known.get(OID.subjectAltName)?.critical ?? false,
    isCa: constraints?.isCa ?? false,
    pathLength: constraints?.pathLength,
    keyUsage: read(OID.keyUsage, readKeyUsage),
    extKeyUsage: read(OID.extKeyUsage, (value) => childrenOf(value).map(readOid)),
    nameConstraints: read(OID.nameConstraints, readNameConstraints),
    unknownCritical,
  };
}

const HANDLED: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.nameConstraints,
  OID.extKeyUsage,
]);

function readBasicConstraints(value: DerNode) {
  const parts = childrenOf(value);
  const isCa = parts[0]?.tag === TAG.boolean ? readBoolean(parts.shift()) : false;
  const pathLength = parts[0] === undefined ? undefined : readSmallInteger(parts[0]);
  return { isCa, pathLength };
}

function readKeyUsage(value: DerNode, critical: boolean): KeyUsage {
  const { content } = expectTag(value, TAG.bitString);
  if (content.length < 2 || (content[0] ?? 8) > 7) throw new DerError("the key usage is empty");
  const bits = content[1] ?? 0;
  return {
    digitalSignature: (bits & 0x80) !== 0,
    keyCertSign: (bits & 0x04) !== 0,
    cRLSign: (bits & 0x02) !== 0,
    critical,
  };
}

const DNS_NAME = contextTag(2);
const URI = contextTag(6);

function readNames(value: DerNode): { uris: string[]; dns: string[] } {
  const names = childrenOf(value);
  return {
    uris: names.filter((name) => name.tag === URI).map(ia5),
    dns: names.filter((name) => name.tag === DNS_NAME).map(ia5),
  };
}

function ia5(node: DerNode): string {
  if (node.content.some((byte) => byte > 0x7f)) throw new DerError("a name is not ASCII");
  return node.content.toString("latin1");
}

function readNameConstraints(value: DerNode): NameConstraints {
  let permittedUris: string[] | undefined;
  const excludedUris: string[] = [];
  let others = false;
  for (const part of childrenOf(value)) {
    for (const subtree of readAll(part.content)) {
      const base = childrenOf(subtree)[0];
      if (base?.tag !== URI) others = true;
      else if (part.tag === contextTag(0, true))
        permittedUris = [...(permittedUris ?? []), ia5(base)];
      else excludedUris.push(ia5(base));
    }
  }
  return { permittedUris, excludedUris, others };
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
