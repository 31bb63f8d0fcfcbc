export { oidcAttestor } from "./attestor.ts";
export { type OidcEntryRules, oidcEntryRules } from "./entry-rules.ts";
export { IdTokenVerifier, type VerifiedIdToken } from "./id-token.ts";
export {
  type ClaimRule,
  OIDC_ALGORITHMS,
  OIDC_PRESETS,
  type OidcIssuer,
  type OidcPreset,
} from "./issuer.ts";
export { PRESETS as OIDC_PRESET_RULES } from "./presets.ts";
