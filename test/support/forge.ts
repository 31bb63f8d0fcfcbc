import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { algorithmOf } from "../../src/crypto/csr.ts";
import {
  bitString,
  contextTag,
  der,
  integer,
  octetString,
  oid,
  sequence,
  TAG,
  TRUE,
  time,
} from "../../src/crypto/der.ts";
import { keyTypeOf, publicKeyDer } from "../../src/crypto/index.ts";
import { OID } from "../../src/crypto/oids.ts";

/** A key for certificates that are made by hand. */
export function forgeKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

/** What can be said of a certificate, right or wrong. Valid leaf of a workload by default. */
export interface Forgery {
  readonly key?: KeyObject;
  /** Common name; empty: an empty name. */
  readonly subject?: string;
  readonly issuer?: string;
  readonly issuerKey?: KeyObject;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** URI SANs; more of other kinds in `names`. */
  readonly uris?: readonly string[];
  readonly names?: readonly Buffer[];
  readonly sanCritical?: boolean;
  /** `leaf`: cA absent; `none`: no extension. */
  readonly constraints?: "leaf" | "ca" | "none" | { readonly pathLength: number };
  /** Bits of the first byte; undefined: no extension. */
  readonly keyUsage?: number | undefined;
  readonly usages?: readonly string[] | undefined;
  readonly extensions?: readonly Buffer[];
}

export const DIGITAL_SIGNATURE = 0x80;
export const KEY_CERT_SIGN = 0x04;
export const CRL_SIGN = 0x02;

export interface Forged {
  readonly der: Buffer;
  readonly key: KeyObject;
  readonly subject: string;
}

export function name(commonName: string): Buffer {
  if (commonName === "") return sequence();
  const text = der(TAG.utf8String, Buffer.from(commonName));
  return sequence(der(TAG.set, sequence(oid(OID.commonName), text)));
}

export function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), critical ? TRUE : Buffer.alloc(0), octetString(value));
}

const MINUTE = 60_000;

/** Makes a certificate as told. Self-signed without an issuer. */
export function forge(told: Forgery = {}): Forged {
  const key = told.key ?? forgeKey();
  const subject = told.subject ?? "";
  const signer = told.issuerKey ?? key;
  const algorithm = algorithmOf(keyTypeOf(signer));
  const now = Date.now();
  const keyUsage = "keyUsage" in told ? told.keyUsage : DIGITAL_SIGNATURE;
  const usages = "usages" in told ? told.usages : [OID.serverAuth, OID.clientAuth];
  const sans = [
    ...(told.uris ?? ["spiffe://example.org/bot/a"]).map((uri) =>
      der(contextTag(6), Buffer.from(uri, "latin1")),
    ),
    ...(told.names ?? []),
  ];
  const extensions = [
    ...(keyUsage === undefined
      ? []
      : [extension(OID.keyUsage, true, bitString(Buffer.from([keyUsage]), unusedBits(keyUsage)))]),
    ...(usages === undefined
      ? []
      : [extension(OID.extKeyUsage, false, sequence(...usages.map(oid)))]),
    ...constraintsOf(told.constraints ?? "leaf"),
    ...(sans.length === 0
      ? []
      : [extension(OID.subjectAltName, told.sanCritical ?? subject === "", sequence(...sans))]),
    ...(told.extensions ?? []),
  ];
  const tbs = sequence(
    der(contextTag(0, true), integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    algorithm,
    name(told.issuer ?? subject),
    sequence(
      time(told.notBefore ?? new Date(now - MINUTE)),
      time(told.notAfter ?? new Date(now + 60 * MINUTE)),
    ),
    name(subject),
    publicKeyDer(key),
    der(contextTag(3, true), sequence(...extensions)),
  );
  const signature = sign(keyTypeOf(signer) === "ec-p384" ? "sha384" : "sha256", tbs, signer);
  return { der: sequence(tbs, algorithm, bitString(signature)), key, subject };
}

/** A CA: self-signed, or signed by another. */
export function forgeCa(told: Forgery = {}): Forged {
  return forge({
    subject: `ca ${randomBytes(4).toString("hex")}`,
    constraints: "ca",
    keyUsage: KEY_CERT_SIGN | CRL_SIGN,
    usages: undefined,
    uris: ["spiffe://example.org"],
    ...told,
  });
}

/** A leaf of a CA. */
export function forgeLeaf(ca: Forged, told: Forgery = {}): Forged {
  return forge({ issuer: ca.subject, issuerKey: ca.key, ...told });
}

function unusedBits(bits: number): number {
  let unused = 0;
  while (unused < 7 && ((bits >> unused) & 1) === 0) unused += 1;
  return unused;
}

function constraintsOf(constraints: NonNullable<Forgery["constraints"]>): Buffer[] {
  if (constraints === "none") return [];
  const value =
    constraints === "leaf"
      ? sequence()
      : constraints === "ca"
        ? sequence(TRUE)
        : sequence(TRUE, integer(Buffer.from([constraints.pathLength])));
  return [extension(OID.basicConstraints, true, value)];
}
