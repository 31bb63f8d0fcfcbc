import { IssuerError } from "../errors.ts";
import type { TrustDomain } from "./trust-domain.ts";

/** How often to ask for a bundle that has no hint: every five minutes (Trust Domain and Bundle section 4.1.2). */
export const DEFAULT_REFRESH_SECONDS = 300;

/** A key that signs JWT-SVIDs. */
export interface JwtAuthority {
  /** The `kid` of its tokens. */
  readonly keyId: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKeyDer: Buffer;
}

/** What a bundle is made of. */
export interface BundleContent {
  readonly trustDomain: TrustDomain;
  /** CA certificates in DER. Default none. */
  readonly x509Authorities?: readonly Uint8Array[];
  /** Each `keyId` once. Default none. */
  readonly jwtAuthorities?: readonly {
    readonly keyId: string;
    readonly publicKeyDer: Uint8Array;
  }[];
  /** Not negative. */
  readonly sequence?: bigint;
  /** Whole seconds, not negative. */
  readonly refreshHintSeconds?: number;
}

/** The keys of one trust domain, always together with its name. Immutable. */
export class Bundle {
  readonly trustDomain: TrustDomain;
  readonly x509Authorities: readonly Buffer[];
  readonly jwtAuthorities: readonly JwtAuthority[];
  readonly sequence?: bigint;
  readonly refreshHintSeconds?: number;

  /** @throws IssuerError BUNDLE_INVALID for an empty or repeated key ID, a negative sequence or hint. */
  constructor(content: BundleContent) {
    this.trustDomain = content.trustDomain;
    this.x509Authorities = Object.freeze((content.x509Authorities ?? []).map(copy));
    this.jwtAuthorities = Object.freeze(
      (content.jwtAuthorities ?? []).map(({ keyId, publicKeyDer }) =>
        Object.freeze({ keyId, publicKeyDer: copy(publicKeyDer) }),
      ),
    );
    checkKeyIds(this.jwtAuthorities);
    if (content.sequence !== undefined) {
      if (content.sequence < 0n) throw invalid(`sequence ${content.sequence} is negative`);
      this.sequence = content.sequence;
    }
    if (content.refreshHintSeconds !== undefined) {
      const hint = content.refreshHintSeconds;
      if (!Number.isSafeInteger(hint) || hint < 0) {
        throw invalid(`refresh hint ${hint} is not a whole number of seconds`);
      }
      this.refreshHintSeconds = hint;
    }
    Object.freeze(this);
  }

  /** The JWT authority of that key ID. */
  jwtAuthority(keyId: string): JwtAuthority | undefined {
    return this.jwtAuthorities.find((each) => each.keyId === keyId);
  }

  /** Whether both hold the same keys of the same trust domain; sequence and hint do not count. */
  sameKeys(other: Bundle): boolean {
    const x509 = (bundle: Bundle): string[] =>
      bundle.x509Authorities.map((der) => der.toString("hex"));
    const jwt = (bundle: Bundle): string[] =>
      bundle.jwtAuthorities.map((each) => `${each.publicKeyDer.toString("hex")}:${each.keyId}`);
    return (
      this.trustDomain.equals(other.trustDomain) &&
      sameSet(x509(this), x509(other)) &&
      sameSet(jwt(this), jwt(other))
    );
  }
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const left = new Set(a);
  const right = new Set(b);
  return left.size === right.size && [...left].every((each) => right.has(each));
}

function copy(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}

function checkKeyIds(authorities: readonly JwtAuthority[]): void {
  const seen = new Set<string>();
  for (const { keyId } of authorities) {
    if (keyId === "") throw invalid("JWT authority without a key ID");
    if (seen.has(keyId)) throw invalid(`JWT authority ${JSON.stringify(keyId)} is listed twice`);
    seen.add(keyId);
  }
}

function invalid(message: string): IssuerError {
  return new IssuerError("BUNDLE_INVALID", message);
}
