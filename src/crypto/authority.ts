import type { TrustDomain } from "../spiffe/index.ts";
import { algorithmOf } from "./csr.ts";
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
} from "./der.ts";
import { keyIdOf } from "./leaf-template.ts";
import { OID } from "./oids.ts";
import type { Signer } from "./signer.ts";

/** What goes into an authority's certificate. */
export interface X509AuthorityRequest {
  readonly trustDomain: TrustDomain;
  /** Signs its own certificate; its key may be anywhere. */
  readonly signer: Signer;
  /** 16 bytes, positive. */
  readonly serial: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Makes a self-signed X.509 authority: it carries the trust domain's own ID, its name is unique to its serial,
 * and no names are constrained, so that all libraries can follow a path through it.
 * @returns the certificate in DER.
 * @see X509-SVID sections 3 and 4; SPIFFE-ID section 2.
 */
export async function createX509Authority(request: X509AuthorityRequest): Promise<Buffer> {
  const { signer, serial, trustDomain } = request;
  const algorithm = algorithmOf(signer.keyType);
  const name = nameOf(`${trustDomain.name.slice(0, 40)} ${serial.toString("hex").slice(-16)}`);
  const keyId = keyIdOf(signer.publicKeyDer);
  const trustDomainUri = der(contextTag(6), Buffer.from(trustDomain.id, "latin1"));
  const extensions = sequence(
    // cRLSign and keyCertSign: bits 5 and 6.
    sequence(oid(OID.keyUsage), TRUE, octetString(bitString(Buffer.from([0x06]), 1))),
    sequence(oid(OID.basicConstraints), TRUE, octetString(sequence(TRUE))),
    sequence(oid(OID.subjectKeyId), octetString(octetString(keyId))),
    sequence(oid(OID.subjectAltName), octetString(sequence(trustDomainUri))),
  );
  const tbs = sequence(
    der(contextTag(0, true), integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(time(request.notBefore), time(request.notAfter)),
    name,
    signer.publicKeyDer,
    der(contextTag(3, true), extensions),
  );
  return sequence(tbs, algorithm, bitString(await signer.sign(tbs, "der")));
}

function nameOf(commonName: string): Buffer {
  const attribute = (id: string, text: string): Buffer =>
    der(TAG.set, sequence(oid(id), der(TAG.utf8String, Buffer.from(text))));
  return sequence(attribute(OID.organization, "SPIFFE"), attribute(OID.commonName, commonName));
}
