// What the issuer needs beside index.ts: making certificates and tokens.
export { createX509Authority, type X509AuthorityRequest } from "./authority.ts";
export { type JwtSvidClaims, signJwtSvid } from "./jwt-signing.ts";
export {
  checkIssuedX509Svid,
  type LeafRequest,
  randomSerial,
  signX509SvidLeaf,
  type X509Issuer,
} from "./leaf.ts";
