export { Admission, type AdmissionOptions, type RequestContext } from "./admission.ts";
export { type Grant, instanceRefusal, readGrant } from "./grant.ts";
export { Grants } from "./grants.ts";
export {
  type IssuedJwtSvid,
  type IssuedSvid,
  type IssuedX509Svid,
  Issuer,
  type IssuerOptions,
  type LifetimePolicy,
  type Wish,
} from "./issuer.ts";
export { Statements } from "./statements.ts";
