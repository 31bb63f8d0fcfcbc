import { createPublicKey, type JsonWebKey } from "node:crypto";
import { IssuerError, messageOf } from "../errors.ts";
import { Bundle, type JwtAuthority, TrustDomain } from "../spiffe/index.ts";
import { parseCertificate } from "./certificate.ts";
import { importPublicKeyDer } from "./keys.ts";
import { pemDecode, pemEncode } from "./pem.ts";
import { strictJsonObject } from "./strict-json.ts";

/** Largest bundle document that is read, in bytes. */
export const MAX_BUNDLE_BYTES = 4 * 1024 * 1024;

type Jwk = Readonly<Record<string, unknown>>;

/**
 * A bundle as a JWK set with SPIFFE's members, two spaces of indentation.
 * @see SPIFFE Trust Domain and Bundle section 4; X509-SVID section 6; JWT-SVID section 5.
 */
export function bundleToJwks(bundle: Bundle): string {
  return `${JSON.stringify(jwksObject(bundle), undefined, 2)}\n`;
}

/** Sequence numbers have 64 bits, more than a JSON number of JavaScript can hold: they are written as they are. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function jwksObject(bundle: Bundle): Record<string, unknown> {
  const x509 = bundle.x509Authorities.map((der) => ({
    ...publicJwk(parseCertificate(der).publicKeyDer),
    use: "x509-svid",
    x5c: [der.toString("base64")],
  }));
  const jwt = bundle.jwtAuthorities.map(({ keyId, publicKeyDer }) => ({
    ...publicJwk(publicKeyDer),
    use: "jwt-svid",
    kid: keyId,
  }));
  return {
    keys: [...x509, ...jwt],
    ...(bundle.sequence === undefined
      ? {}
      : { spiffe_sequence: rawJSON(bundle.sequence.toString()) }),
    ...(bundle.refreshHintSeconds === undefined
      ? {}
      : { spiffe_refresh_hint: bundle.refreshHintSeconds }),
  };
}

function publicJwk(spkiDer: Uint8Array): JsonWebKey {
  return importPublicKeyDer(spkiDer).export({ format: "jwk" });
}

/**
 * Reads a bundle from a JWK set. Keys of other uses and types are passed over.
 * @throws IssuerError BUNDLE_INVALID.
 */
export function bundleFromJwks(trustDomain: TrustDomain, text: string): Bundle {
  return bundleFromObject(trustDomain, parseObject(text));
}

function parseObject(text: string): Record<string, unknown> {
  if (text.length > MAX_BUNDLE_BYTES) throw invalid(`bundle is longer than ${MAX_BUNDLE_BYTES}`);
  try {
    return strictJsonObject(text, (number) =>
      /^-?\d{1,20}$/.test(number) ? BigInt(number) : Number(number),
    );
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw invalid(`bundle is not a JSON object: ${messageOf(cause)}`, cause);
  }
}

function keysOf({ keys }: Record<string, unknown>): readonly unknown[] {
  if (!Array.isArray(keys)) throw invalid("keys is missing or not an array");
  return keys;
}

function bundleFromObject(trustDomain: TrustDomain, object: Record<string, unknown>): Bundle {
  const keys = keysOf(object);
  const { spiffe_sequence: sequence, spiffe_refresh_hint: hint } = object;
  if (sequence !== undefined && (typeof sequence !== "bigint" || !within(sequence, 64))) {
    throw invalid("spiffe_sequence is not an integer of 64 bits");
  }
  if (hint !== undefined && (typeof hint !== "bigint" || !within(hint, 31))) {
    throw invalid("spiffe_refresh_hint is not a whole number of seconds");
  }
  const x509Authorities: Buffer[] = [];
  const jwtAuthorities: JwtAuthority[] = [];
  for (const key of keys) {
    if (typeof key !== "object" || key === null) continue;
    const jwk: Jwk = { ...key };
    if (typeof jwk.kty !== "string") continue;
    if (jwk.use === "x509-svid") {
      const certificate = certificateOf(jwk);
      if (certificate !== undefined) x509Authorities.push(certificate);
    } else if (jwk.use === "jwt-svid") {
      const authority = jwtAuthorityOf(jwk);
      if (authority !== undefined) jwtAuthorities.push(authority);
    }
  }
  return new Bundle({
    trustDomain,
    x509Authorities,
    jwtAuthorities,
    ...(sequence === undefined ? {} : { sequence }),
    ...(hint === undefined ? {} : { refreshHintSeconds: Number(hint) }),
  });
}

function within(value: bigint, bits: number): boolean {
  return value >= 0n && value < 1n << BigInt(bits);
}

/** Only the first of x5c counts; an entry without one is passed over (X509-SVID section 6.1). */
function certificateOf(jwk: Jwk): Buffer | undefined {
  // A key of unknown type is passed over, whatever else is in it (BND-09).
  if (jwk.kty !== "EC" && jwk.kty !== "RSA") return undefined;
  const first: unknown = Array.isArray(jwk.x5c) ? jwk.x5c[0] : undefined;
  if (typeof first !== "string" || first === "") return undefined;
  const der = Buffer.from(first, "base64");
  if (der.toString("base64") !== first) throw invalid("x5c is not base64");
  let certificateKey: Buffer;
  try {
    certificateKey = parseCertificate(der).publicKeyDer;
  } catch (cause) {
    throw invalid("x5c does not hold a certificate", cause);
  }
  const stated = publicKeyOf(jwk);
  if (stated !== undefined && !stated.equals(certificateKey)) {
    throw invalid("x5c holds a certificate of another key than its JWK");
  }
  return der;
}

function jwtAuthorityOf(jwk: Jwk): JwtAuthority | undefined {
  const publicKeyDer = publicKeyOf(jwk);
  if (publicKeyDer === undefined) return undefined;
  if (typeof jwk.kid !== "string" || jwk.kid === "") {
    throw invalid("a jwt-svid key has no kid");
  }
  return { keyId: jwk.kid, publicKeyDer };
}

/** SubjectPublicKeyInfo of an EC or RSA JWK; undefined for other types, and when it cannot be read. */
function publicKeyOf({ kty, crv, x, y, n, e }: Jwk): Buffer | undefined {
  const parts = kty === "EC" ? { kty, crv, x, y } : kty === "RSA" ? { kty, n, e } : undefined;
  if (parts === undefined) return undefined;
  try {
    const key = createPublicKey({ format: "jwk", key: parts as JsonWebKey });
    return key.export({ format: "der", type: "spki" });
  } catch {
    // A key that this OpenSSL cannot read is one of unknown type: passed over (BND-09).
    return undefined;
  }
}

/**
 * The keys of JWT-SVIDs as a plain JWK set, without `use`: as the Workload API has it (API-46).
 */
export function jwtAuthoritiesToJwks(bundle: Bundle): string {
  const keys = bundle.jwtAuthorities.map(({ keyId, publicKeyDer }) => ({
    ...publicJwk(publicKeyDer),
    kid: keyId,
  }));
  return JSON.stringify({ keys });
}

/**
 * Reads a JWK set of the Workload API: keys without `use`, or with that of JWT-SVIDs; others are passed over.
 * @throws IssuerError BUNDLE_INVALID.
 */
export function jwtAuthoritiesFromJwks(text: string): readonly JwtAuthority[] {
  return keysOf(parseObject(text)).flatMap((key) => {
    if (typeof key !== "object" || key === null) return [];
    const jwk: Jwk = { ...key };
    if (jwk.use !== undefined && jwk.use !== "jwt-svid") return [];
    return jwtAuthorityOf(jwk) ?? [];
  });
}

/** The X.509 authorities as PEM certificates. */
export function bundleToPem(bundle: Bundle): string {
  return bundle.x509Authorities.map((der) => pemEncode("CERTIFICATE", der)).join("");
}

/**
 * A bundle of X.509 authorities from PEM.
 * @throws IssuerError BUNDLE_INVALID.
 */
export function bundleFromPem(trustDomain: TrustDomain, text: string): Bundle {
  try {
    const x509Authorities = pemDecode("CERTIFICATE", text);
    for (const der of x509Authorities) parseCertificate(der);
    if (x509Authorities.length === 0) throw new SyntaxError("there is no certificate in it");
    return new Bundle({ trustDomain, x509Authorities });
  } catch (cause) {
    throw invalid(`bundle is not PEM of certificates: ${messageOf(cause)}`, cause);
  }
}

/** A bundle map; refresh hints are left out, since they mean nothing in a map. */
export function bundlesToMap(bundles: readonly Bundle[]): string {
  // Without a prototype: every name is only a name.
  const domains: Record<string, unknown> = Object.create(null);
  for (const bundle of bundles) {
    const { spiffe_refresh_hint: _, ...rest } = jwksObject(bundle);
    if (Object.hasOwn(domains, bundle.trustDomain.name)) {
      throw invalid(`trust domain ${bundle.trustDomain} is there twice`);
    }
    domains[bundle.trustDomain.name] = rest;
  }
  const text = JSON.stringify({ trust_domains: domains }, undefined, 2);
  return `${text}\n`;
}

/**
 * Reads a bundle map whole: one bad bundle refuses all of it.
 * @throws IssuerError BUNDLE_INVALID, TRUST_DOMAIN_INVALID.
 */
export function bundlesFromMap(text: string): readonly Bundle[] {
  const { trust_domains: domains } = parseObject(text);
  if (typeof domains !== "object" || domains === null || Array.isArray(domains)) {
    throw invalid("trust_domains is missing or not an object");
  }
  return Object.entries(domains).map(([name, content]: [string, unknown]) => {
    if (typeof content !== "object" || content === null) {
      throw invalid(`bundle of ${name} is not an object`);
    }
    const {
      refresh_hint: _,
      spiffe_refresh_hint: __,
      ...rest
    } = content as Record<string, unknown>;
    return bundleFromObject(TrustDomain.parse(name), rest);
  });
}

function invalid(message: string, cause?: unknown): IssuerError {
  return new IssuerError("BUNDLE_INVALID", message, cause === undefined ? {} : { cause });
}
