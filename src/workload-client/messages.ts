import { createPrivateKey, type KeyObject } from "node:crypto";
import {
  jwtAuthoritiesFromJwks,
  leafSpiffeId,
  parseCertificate,
  parseJwtSvidInsecure,
  publicKeyDer,
  splitCertificates,
} from "../crypto/index.ts";
import { IssuerError, messageOf } from "../errors.ts";
import {
  Bundle,
  type JwtSvid,
  parseSpiffeId,
  TrustDomain,
  type X509Svid,
} from "../spiffe/index.ts";
import type {
  JWTBundlesResponse__Output,
  JWTSVIDResponse__Output,
  X509BundlesResponse__Output,
  X509SVIDResponse__Output,
} from "../wire/index.ts";

/** What a Workload API says of X.509: the SVIDs, the default first, and the bundles that they trust. */
export interface X509Context {
  readonly svids: readonly X509Svid[];
  readonly bundles: readonly Bundle[];
}

function malformed(what: string, cause?: unknown): IssuerError {
  const message = `the Workload API's answer is malformed: ${what}`;
  return new IssuerError("SVID_INVALID", message, cause === undefined ? {} : { cause });
}

/** Runs a reader of what came over the wire: whatever is wrong with it refuses the message whole (API-13). */
function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw malformed(`${what}: ${messageOf(cause)}`, cause);
  }
}

/** @throws IssuerError SVID_INVALID. */
export function x509ContextFrom(message: X509SVIDResponse__Output): X509Context {
  if (message.svids.length === 0) throw malformed("svids is empty");
  const bundles = new Map<string, Bundle>();
  const svids = message.svids.map((each, index) => {
    const named = `svids[${index}]`;
    for (const field of ["spiffeId", "x509Svid", "x509SvidKey", "bundle"] as const) {
      if (each[field].length === 0) throw malformed(`${named}: ${field} is empty`);
    }
    const svid = reading(named, () => svidFrom(each.x509Svid, each.x509SvidKey, each.spiffeId));
    const { trustDomain } = svid.spiffeId;
    bundles.set(
      trustDomain.name,
      reading(named, () => x509Bundle(trustDomain, each.bundle)),
    );
    return { svid, hint: each.hint };
  });
  for (const [id, der] of Object.entries(message.federatedBundles)) {
    const bundle = reading(`federated_bundles[${id}]`, () => x509Bundle(domainOf(id), der));
    if (!bundles.has(bundle.trustDomain.name)) bundles.set(bundle.trustDomain.name, bundle);
  }
  return { svids: firstOfHint(svids), bundles: [...bundles.values()] };
}

/** Of those with one hint the first counts (API-28). */
function firstOfHint<T extends object>(
  all: readonly { readonly svid: T; readonly hint: string }[],
): (T & { readonly hint?: string })[] {
  const seen = new Set<string>();
  return all.flatMap(({ svid, hint }) => {
    if (hint === "") return [svid];
    if (seen.has(hint)) return [];
    seen.add(hint);
    return [{ ...svid, hint }];
  });
}

function svidFrom(chain: Buffer, key: Buffer, spiffeId: string): X509Svid {
  const certChainDer = splitCertificates(chain);
  const leaf = parseCertificate(certChainDer[0] ?? Buffer.alloc(0));
  const id = leafSpiffeId(leaf);
  if (!id.equals(parseSpiffeId(spiffeId))) throw new SyntaxError(`the leaf is of ${id}`);
  const privateKey: KeyObject = createPrivateKey({ key, format: "der", type: "pkcs8" });
  if (!leaf.publicKeyDer.equals(publicKeyDer(privateKey))) {
    throw new SyntaxError("the key is not the leaf's");
  }
  const { serialHex, notBefore, notAfter } = leaf;
  return { spiffeId: id, certChainDer, privateKey, serialHex, notBefore, notAfter };
}

function domainOf(id: string): TrustDomain {
  if (!id.startsWith("spiffe://")) throw new SyntaxError(`${id} is not a SPIFFE ID`);
  return TrustDomain.parse(id.slice("spiffe://".length));
}

function x509Bundle(trustDomain: TrustDomain, der: Buffer): Bundle {
  const x509Authorities = splitCertificates(der);
  for (const each of x509Authorities) parseCertificate(each);
  return new Bundle({ trustDomain, x509Authorities });
}

/** @throws IssuerError SVID_INVALID. */
export function x509BundlesFrom(message: X509BundlesResponse__Output): readonly Bundle[] {
  const entries = Object.entries(message.bundles);
  if (entries.length === 0) throw malformed("bundles is empty");
  return entries.map(([id, der]) => reading(`bundles[${id}]`, () => x509Bundle(domainOf(id), der)));
}

/** @throws IssuerError SVID_INVALID. */
export function jwtBundlesFrom(message: JWTBundlesResponse__Output): readonly Bundle[] {
  const entries = Object.entries(message.bundles);
  if (entries.length === 0) throw malformed("bundles is empty");
  return entries.map(([id, jwks]) =>
    reading(`bundles[${id}]`, () => {
      const jwtAuthorities = jwtAuthoritiesFromJwks(jwks.toString("utf8"));
      return new Bundle({ trustDomain: domainOf(id), jwtAuthorities });
    }),
  );
}

/** @throws IssuerError SVID_INVALID. */
export function jwtSvidsFrom(message: JWTSVIDResponse__Output): readonly JwtSvid[] {
  if (message.svids.length === 0) throw malformed("svids is empty");
  return firstOfHint(
    message.svids.map(({ spiffeId, svid: token, hint }, index) => {
      if (spiffeId === "" || token === "") throw malformed(`svids[${index}] lacks a field`);
      const svid = reading(`svids[${index}]`, () => parseJwtSvidInsecure(token));
      if (svid.spiffeId.toString() !== spiffeId) {
        throw malformed(`svids[${index}]: the token is of another ID`);
      }
      return { svid, hint };
    }),
  );
}
