import { parseCertificate } from "./certificate.ts";
import { algorithmOf } from "./csr.ts";
import { bitString, contextTag, der, integer, octetString, oid, sequence, time } from "./der.ts";
import { keyIdOf } from "./leaf-template.ts";
import { OID } from "./oids.ts";
import type { Signer } from "./signer.ts";

/** What goes into a certificate revocation list. */
export interface CrlRequest {
  /** The authority whose certificates are revoked, in DER, and its key. */
  readonly issuerDer: Uint8Array;
  readonly signer: Signer;
  /** Above that of the list before. */
  readonly number: bigint;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** What `crlEntry` made, one for each revoked certificate. */
  readonly entries: readonly Buffer[];
}

/** One revoked certificate, as a list has it, in DER. */
export function crlEntry(serialHex: string, revokedAt: Date): Buffer {
  return sequence(integer(Buffer.from(serialHex, "hex")), time(revokedAt));
}

/**
 * Makes a complete X.509 CRL, version 2, without reasons.
 * @returns the list in DER.
 * @see RFC 5280 section 5.
 */
export async function createCrl(request: CrlRequest): Promise<Buffer> {
  const { signer, number, entries } = request;
  const issuer = parseCertificate(request.issuerDer);
  const algorithm = algorithmOf(signer.keyType);
  const keyId = der(contextTag(0), keyIdOf(issuer.publicKeyDer));
  const extensions = sequence(
    sequence(oid(OID.authorityKeyId), octetString(sequence(keyId))),
    sequence(oid(OID.crlNumber), octetString(integer(bytesOf(number)))),
  );
  const tbs = sequence(
    integer(Buffer.from([1])),
    algorithm,
    issuer.subjectDer,
    time(request.thisUpdate),
    time(request.nextUpdate),
    // Absent, not empty, when there is none (section 5.1.2.6).
    ...(entries.length === 0 ? [] : [sequence(Buffer.concat(entries))]),
    der(contextTag(0, true), extensions),
  );
  return sequence(tbs, algorithm, bitString(await signer.sign(tbs, "der")));
}

function bytesOf(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}
