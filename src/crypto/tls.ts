import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { X509Svid } from "../spiffe/index.ts";
import { exportPrivateKeyPem } from "./keys.ts";
import { pemEncode } from "./pem.ts";

/** Key and chain of an SVID in the form that `tls` takes. */
export function tlsIdentity(svid: X509Svid): { key: string; cert: string } {
  return {
    key: exportPrivateKeyPem(svid.privateKey),
    cert: svid.certChainDer.map((der) => pemEncode("CERTIFICATE", der)).join(""),
  };
}

const MAX_CHAIN = 16;

/**
 * The chain that the other side presented, leaf first; empty without one. Not by getPeerX509Certificate(), which
 * loses the issuers at a second call and leaks native memory (Node 24).
 */
export function peerChain(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw !== undefined && chain.length < MAX_CHAIN) {
    chain.push(certificate.raw);
    const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    // A self-signed certificate names itself as its issuer.
    certificate = issuer === certificate ? undefined : issuer;
  }
  return chain;
}
