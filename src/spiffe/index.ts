export { Bundle, type BundleSource, bundleSet, type JwtAuthority, mergedBundle } from "./bundle.ts";
export type { Cut, CutCause, CutReport, Peer } from "./cut.ts";
export {
  botsOf,
  exactly,
  type IdMatcher,
  matching,
  memberOf,
  oneOf,
  operatorsOf,
  under,
} from "./matcher.ts";
export { compareSelectors, formatSelector, parseSelector, type Selector } from "./selector.ts";
export {
  MAX_SPIFFE_ID_BYTES,
  parseSpiffeId,
  SpiffeId,
  spiffeIdFromPath,
  trySpiffeId,
  validatePath,
} from "./spiffe-id.ts";
export type { JwtSource, JwtSvid, X509Source, X509Svid } from "./svid.ts";
export { MAX_TRUST_DOMAIN_BYTES, TrustDomain } from "./trust-domain.ts";
