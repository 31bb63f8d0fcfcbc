// What bots and services may import: node:crypto only. What the issuer needs beside it: issuing.ts.
export { type Certificate, type KeyUsage, parseCertificate } from "./certificate.ts";
export { buildCsr, type CsrKey, MAX_CSR_BYTES, readCsr } from "./csr.ts";
export {
  bundleFromJwks,
  bundleFromPem,
  bundlesFromMap,
  bundlesToMap,
  bundleToJwks,
  bundleToPem,
  jwtAuthoritiesFromJwks,
  jwtAuthoritiesToJwks,
} from "./jwks.ts";
export { decodeBase64Url, JWS_ALGORITHMS, type JwsAlgorithm, verifyJws } from "./jws.ts";
export {
  jwtKeyIdOf,
  leewayOf,
  parseJwtSvidInsecure,
  type VerifyJwtSvidOptions,
  verifyJwtSvid,
} from "./jwt-svid.ts";
export {
  exportPrivateKeyPem,
  fingerprint,
  generateKey,
  importPrivateKeyPem,
  importPublicKeyDer,
  KEY_TYPES,
  type KeyType,
  keyTypeOf,
  publicKeyDer,
} from "./keys.ts";
export { isSignedByOneOf, verifyCertificatePath } from "./path.ts";
export { pemDecode, pemEncode, splitCertificates } from "./pem.ts";
export { type Signer, signerFor } from "./signer.ts";
export { strictJsonObject } from "./strict-json.ts";
export { peerChain, tlsIdentity } from "./tls.ts";
export { leafSpiffeId, type VerifiedX509Svid, verifyX509Svid } from "./x509-svid.ts";
