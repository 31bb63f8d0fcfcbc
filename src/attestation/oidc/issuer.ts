/** Algorithms that an issuer's tokens may be signed with: asymmetric ones only. HS256 and none are never accepted. */
export const OIDC_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

export type OidcAlgorithm = (typeof OIDC_ALGORITHMS)[number];

export const OIDC_PRESETS = ["github", "gitlab", "kubernetes", "google"] as const;

export type OidcPreset = (typeof OIDC_PRESETS)[number];

/** Which claim becomes selectors `oidc:<issuer>:<as>:<value>`. */
export interface ClaimRule {
  /** Names from the outside in: `["kubernetes.io", "namespace"]`. */
  readonly path: readonly string[];
  /** `[a-z0-9_-]+` */
  readonly as: string;
  /** What the claim must be; a token in which it is anything else is refused. `list`: of strings, a selector for each. */
  readonly type: "string" | "boolean" | "number" | "list";
}

/** An issuer whose tokens are believed. */
export interface OidcIssuer {
  /** `[a-z0-9-]+`; stands in each selector. */
  readonly name: string;
  /** https URL, equal to `iss` and to `issuer` of its discovery document. */
  readonly url: string;
  readonly preset: OidcPreset | undefined;
  /** Each audience of a token must be one of these. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly OidcAlgorithm[];
  readonly rules: readonly ClaimRule[];
  /** PEM; in place of the CAs that Node knows. */
  readonly caPem: string | undefined;
  /** Longest `exp` − `iat`. */
  readonly maxTokenLifeSeconds: number;
  /** How far the issuer's clock may be off. */
  readonly clockSkewSeconds: number;
  /** How long after `iat` the evidence counts; undefined: until `exp`. */
  readonly evidenceLifeSeconds: number | undefined;
  /** Keys are fetched again after this time. */
  readonly keysMaxAgeSeconds: number;
  /** And used for so much longer when that fails. */
  readonly keysStaleSeconds: number;
  /** For all that is fetched at once. */
  readonly timeoutSeconds: number;
}
