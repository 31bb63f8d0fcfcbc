export {
  Bundle,
  type BundleContent,
  DEFAULT_REFRESH_SECONDS,
  type JwtAuthority,
} from "./bundle.ts";
export {
  MAX_SPIFFE_ID_BYTES,
  parseSpiffeId,
  SpiffeId,
  spiffeIdFromPath,
  trySpiffeId,
} from "./id.ts";
export { exactly, type IdMatcher, matching, memberOf, oneOf, under } from "./matchers.ts";
export { validatePath } from "./path.ts";
export { compareSelectors, formatSelector, parseSelector, type Selector } from "./selector.ts";
export { type BundleSource, bundleSet, type JwtSource, type X509Source } from "./source.ts";
export type { JwtSvid, X509Svid } from "./svid.ts";
export { MAX_TRUST_DOMAIN_BYTES, TrustDomain } from "./trust-domain.ts";
