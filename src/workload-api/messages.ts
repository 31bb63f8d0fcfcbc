import type { KeyObject } from "node:crypto";
import { jwtAuthoritiesToJwks } from "../crypto/index.ts";
import type { Bundle, JwtSvid, TrustDomain } from "../spiffe/index.ts";
import type {
  JWTBundlesResponse,
  JWTSVIDResponse,
  ValidateJWTSVIDResponse,
  X509BundlesResponse,
  X509SVIDResponse,
} from "../wire/index.ts";
import type { Workload } from "./workload.ts";

/** PKCS#8 of keys that were sent before: to encode one costs more than the rest of the message. */
const encodedKeys = new WeakMap<KeyObject, Buffer>();

export function pkcs8Of(key: KeyObject): Buffer {
  const known = encodedKeys.get(key) ?? key.export({ format: "der", type: "pkcs8" });
  encodedKeys.set(key, known);
  return known;
}

/**
 * A client takes messages of at most 4 MiB, and each change sends all again: lists beyond this are left out, and whoever reads them
 * asks the server.
 */
const MOST_CRL_BYTES = 256 * 1024;

/** The lists that are sent, DER. */
export function crlsOf(workload: Workload): readonly Buffer[] {
  const crls = workload.crls?.() ?? [];
  const bytes = crls.reduce((sum, { length }) => sum + length, 0);
  return bytes > MOST_CRL_BYTES ? [] : crls;
}

function x509BundleOf(bundle: Bundle | undefined): Buffer {
  return Buffer.concat(bundle?.x509Authorities ?? []);
}

/** All that the workload holds now (API-06). @throws IssuerError as `svids`. */
export function x509SvidResponse(workload: Workload): X509SVIDResponse {
  const svids = workload.svids();
  const bundles = workload.bundles();
  const ofDomain = (trustDomain: TrustDomain): Bundle | undefined =>
    bundles.find((bundle) => bundle.trustDomain.equals(trustDomain));
  const own = new Set(svids.map(({ spiffeId }) => spiffeId.trustDomain.name));
  const hints = uniqueHints(svids);
  return {
    svids: svids.map((svid, index) => ({
      spiffeId: svid.spiffeId.toString(),
      x509Svid: Buffer.concat(svid.certChainDer),
      x509SvidKey: pkcs8Of(svid.privateKey),
      bundle: x509BundleOf(ofDomain(svid.spiffeId.trustDomain)),
      hint: hints[index] ?? "",
    })),
    crl: [...crlsOf(workload)],
    federatedBundles: byDomain(
      bundles.filter(({ trustDomain }) => !own.has(trustDomain.name)),
      x509BundleOf,
    ),
  };
}

/** Of equal hints the first keeps it (API-27). */
function uniqueHints(svids: readonly { readonly hint?: string }[]): string[] {
  const seen = new Set<string>();
  return svids.map(({ hint = "" }) => {
    if (seen.has(hint)) return "";
    seen.add(hint);
    return hint;
  });
}

/** @throws IssuerError as `svids`: bundles are for those who have an identity (API-32). */
export function x509BundlesResponse(workload: Workload): X509BundlesResponse {
  workload.svids();
  return { crl: [...crlsOf(workload)], bundles: byDomain(workload.bundles(), x509BundleOf) };
}

/** @throws IssuerError as `svids` (API-47). */
export function jwtBundlesResponse(workload: Workload): JWTBundlesResponse {
  workload.svids();
  const encode = (bundle: Bundle): Buffer => Buffer.from(jwtAuthoritiesToJwks(bundle));
  return { bundles: byDomain(workload.bundles(), encode) };
}

function byDomain<T>(bundles: readonly Bundle[], encode: (bundle: Bundle) => T): Record<string, T> {
  return Object.fromEntries(bundles.map((bundle) => [bundle.trustDomain.id, encode(bundle)]));
}

export function jwtSvidResponse(svids: readonly JwtSvid[]): JWTSVIDResponse {
  const hints = uniqueHints(svids);
  return {
    svids: svids.map((svid, index) => ({
      spiffeId: svid.spiffeId.toString(),
      svid: svid.token,
      hint: hints[index] ?? "",
    })),
  };
}

export function validateResponse(svid: JwtSvid): ValidateJWTSVIDResponse {
  // A list always, as other agents have it.
  const claims = { ...svid.claims, aud: [...svid.audience] };
  return { spiffeId: svid.spiffeId.toString(), claims: structOf(claims) };
}

type Struct = NonNullable<ValidateJWTSVIDResponse["claims"]>;
type Value = NonNullable<Struct["fields"]>[string];

function structOf(object: object): Struct {
  const entries: [string, unknown][] = Object.entries(object);
  return { fields: Object.fromEntries(entries.map(([name, value]) => [name, structValue(value)])) };
}

function structValue(value: unknown): Value {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "number":
      return { numberValue: value };
    case "bigint":
      return { numberValue: Number(value) };
    case "boolean":
      return { boolValue: value };
    default:
      if (Array.isArray(value)) return { listValue: { values: value.map(structValue) } };
      if (typeof value === "object" && value !== null) return { structValue: structOf(value) };
      return { nullValue: "NULL_VALUE" };
  }
}
