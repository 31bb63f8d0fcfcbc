import { IssuerError } from "../errors.ts";
import { readAll } from "./der.ts";

/** One PEM block (RFC 7468), newline at the end. */
export function pemEncode(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der)
    .toString("base64")
    .replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${base64}-----END ${label}-----\n`;
}

/**
 * The blocks with this label, in order; text around and other blocks are passed over.
 * @throws IssuerError REQUEST_INVALID when a block is not base64 or not closed.
 */
export function pemDecode(label: string, text: string): Buffer[] {
  const blocks: Buffer[] = [];
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  for (let at = text.indexOf(begin); at !== -1; ) {
    const stop = text.indexOf(end, at);
    if (stop === -1) throw new IssuerError("REQUEST_INVALID", `PEM block ${label} is not closed`);
    const base64 = text.slice(at + begin.length, stop).replace(/\s+/g, "");
    const der = Buffer.from(base64, "base64");
    if (base64 === "" || der.toString("base64") !== base64) {
      throw new IssuerError("REQUEST_INVALID", `PEM block ${label} is not base64`);
    }
    blocks.push(der);
    at = text.indexOf(begin, stop + end.length);
  }
  return blocks;
}

/**
 * The certificates of a concatenation in DER.
 * @throws DerError when it is not one.
 */
export function splitCertificates(concatenatedDer: Uint8Array): Buffer[] {
  return readAll(Buffer.from(concatenatedDer)).map((node) => node.raw);
}
