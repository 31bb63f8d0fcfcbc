import { createHash } from "node:crypto";
import type { SpiffeId } from "../spiffe/index.ts";
import { parseCertificate } from "./certificate.ts";
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
  TAG,
  TRUE,
  time,
} from "./der.ts";
import type { KeyType } from "./keys.ts";
import { OID } from "./oids.ts";

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
const EXTENSIONS = contextTag(3, true);

/**
 * The SAN extension of an X509-SVID, in DER: critical, as the subject is empty.
 * @see X509-SVID sections 2 and 4; RFC 5280 section 4.2.1.6.
 */
export function subjectAltName(spiffeId: SpiffeId, dnsNames: readonly string[]): Buffer {
  const names = [
    der(contextTag(6), Buffer.from(spiffeId.toString(), "latin1")),
    ...dnsNames.map((name) => der(contextTag(2), Buffer.from(name, "latin1"))),
  ];
  return extension(OID.subjectAltName, true, sequence(...names));
}

/** The validity of a certificate, in DER. */
export function validity(notBefore: Date, notAfter: Date): Buffer {
  return sequence(time(notBefore), time(notAfter));
}

/** RFC 5280 section 4.2.1.2, method 1: SHA-1 of the key's bits. It names a key, and secures nothing. */
export function keyIdOf(spkiDer: Uint8Array): Buffer {
  const [, bits] = childrenOf(readDer(spkiDer));
  return createHash("sha1")
    .update(bits?.content.subarray(1) ?? Buffer.alloc(0))
    .digest();
}

/** What is the same in all leaves of one authority; the rest is filled in, each leaf in one piece of memory. */
export class LeafTemplate {
  readonly #algorithm: Buffer;
  /** The signature's algorithm, and the issuer's name. */
  readonly #afterSerial: Buffer;
  readonly #extensions: Buffer;

  /**
   * @param certificateDer the authority's.
   * @param keyType of the authority's key.
   * @throws IssuerError when the certificate cannot be read.
   */
  constructor(certificateDer: Uint8Array, keyType: KeyType) {
    const authority = parseCertificate(Buffer.from(certificateDer));
    const authorityKeyId = der(contextTag(0), keyIdOf(authority.publicKeyDer));
    this.#algorithm = algorithmOf(keyType);
    this.#afterSerial = Buffer.concat([this.#algorithm, authority.subjectDer]);
    this.#extensions = Buffer.concat([
      KEY_USAGE,
      EXT_KEY_USAGE,
      NOT_A_CA,
      extension(OID.authorityKeyId, false, sequence(authorityKeyId)),
    ]);
  }

  /**
   * The part of a certificate that is signed.
   * @param serial big-endian, positive; leading zeros are left out, and put in where the sign needs one.
   * @param validityDer as `validity` makes it.
   * @param sanDer as `subjectAltName` makes it.
   */
  tbs(
    serial: Uint8Array,
    validityDer: Uint8Array,
    spkiDer: Uint8Array,
    sanDer: Uint8Array,
  ): Buffer {
    const serialDer = integer(Buffer.from(serial));
    const extensionsLength = this.#extensions.length + sanDer.length;
    const wrappedLength = elementLength(extensionsLength);
    const length =
      VERSION_3.length +
      serialDer.length +
      this.#afterSerial.length +
      validityDer.length +
      EMPTY_NAME.length +
      spkiDer.length +
      elementLength(wrappedLength);
    const out = new Filler(elementLength(length));
    out.header(TAG.sequence, length);
    out.put(VERSION_3);
    out.put(serialDer);
    out.put(this.#afterSerial);
    out.put(validityDer);
    out.put(EMPTY_NAME);
    out.put(spkiDer);
    out.header(EXTENSIONS, wrappedLength);
    out.header(TAG.sequence, extensionsLength);
    out.put(this.#extensions);
    out.put(sanDer);
    return out.bytes;
  }

  /** The certificate. @param signature in DER for ECDSA. */
  certificate(tbs: Uint8Array, signature: Uint8Array): Buffer {
    const bitsLength = signature.length + 1;
    const length = tbs.length + this.#algorithm.length + elementLength(bitsLength);
    const out = new Filler(elementLength(length));
    out.header(TAG.sequence, length);
    out.put(tbs);
    out.put(this.#algorithm);
    out.header(TAG.bitString, bitsLength);
    out.put(NO_UNUSED_BITS);
    out.put(signature);
    return out.bytes;
  }
}

const NO_UNUSED_BITS = Buffer.from([0]);

/** Length of an element with so many bytes of content. */
function elementLength(content: number): number {
  if (content < 0x80) return content + 2;
  if (content < 0x100) return content + 3;
  return content < 0x10000 ? content + 4 : content + 5;
}

class Filler {
  readonly bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
  }

  header(tag: number, length: number): void {
    this.bytes[this.#at++] = tag;
    const count = elementLength(length) - length - 2;
    if (count > 0) this.bytes[this.#at++] = 0x80 | count;
    for (let shift = 8 * Math.max(count - 1, 0); shift >= 0; shift -= 8) {
      this.bytes[this.#at++] = (length >> shift) & 0xff;
    }
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}
