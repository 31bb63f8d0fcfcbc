import type { Certificate } from "./certificate.ts";
import {
  childrenOf,
  contextTag,
  DerError,
  type DerNode,
  expectTag,
  readAll,
  readBoolean,
  readDer,
  readOid,
  readSmallInteger,
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

/** What the extensions say of a certificate. */
export type Extensions = Pick<
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

/**
 * Reads the content of [3]; without it, a certificate has none.
 * @throws DerError.
 */
export function readExtensions(node: DerNode | undefined): Extensions {
  const known = new Map<string, { critical: boolean; value: DerNode }>();
  const unknownCritical: string[] = [];
  const list = node === undefined ? [] : childrenOf(readDer(node.content));
  for (const extension of list) {
    const parts = childrenOf(extension);
    if (parts.length > 3) throw new DerError("an extension has a fourth part");
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
  const length = parts.shift();
  if (parts.length > 0) throw new DerError("the basic constraints have more than two parts");
  const pathLength = length === undefined ? undefined : readSmallInteger(length);
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

/**
 * The nine kinds of GeneralName. A URI, say, under the constructed tag A6 is not DER: a lenient reader could see
 * in it the second ID that a strict one overlooks.
 */
const GENERAL_NAMES: ReadonlySet<number> = new Set([
  ...[1, 2, 6, 7, 8].map((number) => contextTag(number)),
  ...[0, 3, 4, 5].map((number) => contextTag(number, true)),
]);

function generalName(node: DerNode | undefined): DerNode {
  if (node === undefined) throw new DerError("a name is missing");
  if (!GENERAL_NAMES.has(node.tag)) throw new DerError(`tag ${node.tag} in place of a name`);
  return node;
}

function readNames(value: DerNode): { uris: string[]; dns: string[] } {
  const names = childrenOf(value).map(generalName);
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
    const permits = part.tag === contextTag(0, true);
    if (!permits && part.tag !== contextTag(1, true)) {
      throw new DerError("the name constraints have a third part");
    }
    for (const subtree of readAll(part.content)) {
      const [base, ...distances] = childrenOf(subtree);
      // RFC 5280 section 4.2.1.10: minimum and maximum are not used.
      if (generalName(base).tag !== URI || base === undefined || distances.length > 0)
        others = true;
      else if (permits) permittedUris = [...(permittedUris ?? []), constraintOf(base)];
      else excludedUris.push(constraintOf(base));
    }
  }
  return { permittedUris, excludedUris, others };
}

function constraintOf(base: DerNode): string {
  if (base.content.length === 0) throw new DerError("a name constraint is empty");
  return ia5(base);
}
