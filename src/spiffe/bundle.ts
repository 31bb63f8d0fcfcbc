import type { TrustDomain } from "./trust-domain.ts";

/** A key that signs JWT-SVIDs. */
export interface JwtAuthority {
  readonly keyId: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
}

/** A trust domain's authorities. Immutable; the name and the keys never part. */
export class Bundle {
  readonly trustDomain: TrustDomain;
  /** CA certificates in DER. */
  readonly x509Authorities: readonly Buffer[];
  readonly jwtAuthorities: readonly JwtAuthority[];
  /** Grows with every change of content. */
  readonly sequence?: bigint;
  readonly refreshHintSeconds?: number;

  constructor(content: {
    readonly trustDomain: TrustDomain;
    readonly x509Authorities?: readonly Buffer[];
    readonly jwtAuthorities?: readonly JwtAuthority[];
    readonly sequence?: bigint;
    readonly refreshHintSeconds?: number;
  }) {
    this.trustDomain = content.trustDomain;
    this.x509Authorities = Object.freeze([...(content.x509Authorities ?? [])]);
    this.jwtAuthorities = Object.freeze([...(content.jwtAuthorities ?? [])]);
    if (content.sequence !== undefined) this.sequence = content.sequence;
    if (content.refreshHintSeconds !== undefined) {
      this.refreshHintSeconds = content.refreshHintSeconds;
    }
    Object.freeze(this);
  }
}

/** One bundle with the X.509 authorities of one source and the JWT authorities of another, both of one trust domain. */
export function mergedBundle(
  x509: Bundle | undefined,
  jwt: Bundle | undefined,
): Bundle | undefined {
  const trustDomain = x509?.trustDomain ?? jwt?.trustDomain;
  if (trustDomain === undefined) return undefined;
  return new Bundle({
    trustDomain,
    x509Authorities: x509?.x509Authorities ?? [],
    jwtAuthorities: jwt?.jwtAuthorities ?? [],
  });
}

/** Gives the bundle of a trust domain; undefined when the domain is not trusted. */
export interface BundleSource {
  bundleFor(trustDomain: TrustDomain): Bundle | undefined;
}

/** A fixed set of bundles, one for each trust domain; of two of one domain the later counts. */
export function bundleSet(...bundles: readonly Bundle[]): BundleSource {
  const byName = new Map(bundles.map((bundle) => [bundle.trustDomain.name, bundle]));
  return { bundleFor: (trustDomain) => byName.get(trustDomain.name) };
}
