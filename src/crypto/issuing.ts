// What the issuer needs beside index.ts: making certificates and tokens.
export { createX509Authority, type X509AuthorityRequest } from "./authority.ts";
export { type CrlRequest, createCrl, crlEntry } from "./crl.ts";
export { joseSignature } from "./jose-signature.ts";
export { type JwtSvidClaims, jwtSvidSigningInput, signJwtSvid } from "./jwt-signing.ts";
export {
  checkIssuedX509Svid,
  type LeafRequest,
  signFilledLeaf,
  signX509SvidLeaf,
  uniqueId,
  type X509Issuer,
} from "./leaf.ts";
export { LeafTemplate, subjectAltName, validity } from "./leaf-template.ts";
export { randomPool } from "./random-pool.ts";
export { digestOf } from "./signer.ts";
