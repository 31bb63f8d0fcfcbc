export type {
  AttestationContext,
  Attestor,
  ChallengeAnswer,
  ChallengeBytes,
  Proof,
  Step,
} from "./attestor.ts";
export { joinTokenAttestor } from "./join-token.ts";
export {
  type ClaimRule,
  IdTokenVerifier,
  OIDC_ALGORITHMS,
  OIDC_PRESET_RULES,
  OIDC_PRESETS,
  type OidcEntryRules,
  type OidcIssuer,
  type OidcPreset,
  oidcAttestor,
  oidcEntryRules,
  type VerifiedIdToken,
} from "./oidc/index.ts";
export { svidAttestor } from "./svid.ts";
export { hashSecret, newToken } from "./token.ts";
export { unixAttestor } from "./unix.ts";
export { workloadAttestor } from "./workload.ts";
export { type DeviceCa, x509popAttestor } from "./x509pop.ts";
