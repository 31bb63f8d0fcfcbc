// Trust domain bundles: each title begins with the number of its rule (see rules.ts).
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Authorities, memoryKeyStore } from "../../src/ca/index.ts";
import {
  bundleFromJwks,
  bundleFromPem,
  bundlesFromMap,
  bundlesToMap,
  bundleToJwks,
  bundleToPem,
  verifyX509Svid,
} from "../../src/crypto/index.ts";
import { Bundle, bundleSet, TrustDomain } from "../../src/spiffe/index.ts";
import { testAuthority } from "../support/ca.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { openTestStore } from "../support/store.ts";

const trustDomain = TrustDomain.parse("example.org");
interface Document {
  keys: Record<string, unknown>[];
  [name: string]: unknown;
}
const document = async (): Promise<Document> =>
  JSON.parse(bundleToJwks((await testAuthority()).bundle)) as Document;
const read = (value: unknown): Bundle =>
  bundleFromJwks(trustDomain, typeof value === "string" ? value : JSON.stringify(value));
const invalid = expect.objectContaining({ code: "BUNDLE_INVALID" });

test("BND-01 a bundle is a JWK set", async () => {
  const { createLocalJWKSet, jwtVerify } = await import("jose");
  const ca = await testAuthority();
  // A general reader knows of no such uses, and passes over keys that have them.
  const { keys } = JSON.parse(bundleToJwks(ca.bundle)) as Document;
  const set = createLocalJWKSet({ keys: keys.map(({ use: _, ...key }) => key) } as never);
  const { payload } = await jwtVerify(await ca.jwt(), set, { audience: "reports" });
  expect(payload.sub).toBe("spiffe://example.org/bot/a");
  for (const bad of ["", "[]", "null", '{"keys":[}', "7"]) expect(() => read(bad)).toThrow(invalid);
});

test("BND-02 works with keys alone, and passes over unknown members", async () => {
  const { keys } = await document();
  expect(read({ keys }).x509Authorities).toHaveLength(1);
  expect(read({ keys, further: { a: 1 } }).jwtAuthorities).toHaveLength(1);
});

test("BND-03 a published bundle has its sequence number", async () => {
  expect((await document()).spiffe_sequence).toBe(1);
});

async function running() {
  const clock = new DrivenClock();
  const { store, close } = await openTestStore();
  const authorities = new Authorities({
    store,
    keys: memoryKeyStore(),
    clock,
    randomBytes: (await import("node:crypto")).randomBytes,
    trustDomain,
    lifeSeconds: 6 * 3600,
  });
  await authorities.start();
  return {
    clock,
    authorities,
    close: async () => {
      await authorities.stop();
      await close();
    },
  };
}

test("BND-04 it grows with each change of content, and only then", async () => {
  const { clock, authorities, close } = await running();
  const first = authorities.bundle();
  await authorities.tick();
  expect(authorities.bundle().sequence).toBe(first.sequence);
  await clock.advance(3.1 * 3_600_000);
  await authorities.tick();
  const second = authorities.bundle();
  expect(second.x509Authorities.length).toBe(2);
  expect(second.sequence).toBeGreaterThan(first.sequence ?? 0n);
  await close();
});

test("BND-05 it keeps 64 bits", async () => {
  const { keys } = await document();
  const text = `{"keys":${JSON.stringify(keys)},"spiffe_sequence":9007199254740993}`;
  expect(read(text).sequence).toBe(9007199254740993n);
  expect(bundleToJwks(read(text))).toContain("9007199254740993");
  expect(() => read(`{"keys":[],"spiffe_sequence":18446744073709551616}`)).toThrow(invalid);
});

test("BND-06 a published bundle has a refresh hint", async () => {
  expect((await document()).spiffe_refresh_hint).toBe(300);
});

test("BND-07 the hint is a whole number of seconds", async () => {
  expect(read({ keys: [], spiffe_refresh_hint: 300 }).refreshHintSeconds).toBe(300);
  for (const hint of ["300", "5m", 1.5, -1, 1e300]) {
    expect(() => read({ keys: [], spiffe_refresh_hint: hint }), String(hint)).toThrow(invalid);
  }
});

test("BND-08 keys is there", () => {
  expect(read({ keys: [] }).x509Authorities).toHaveLength(0);
  for (const bad of [{}, { keys: null }, { keys: {} }, { keys: "" }])
    expect(() => read(bad)).toThrow(invalid);
});

test("BND-09 keys of unknown type or use are passed over", async () => {
  const { keys } = await document();
  const odd = [
    { kty: "XYZ", use: "jwt-svid", kid: "a" },
    { kty: "XYZ", use: "x509-svid", x5c: ["not a certificate"] },
    { kty: "EC", use: "future-svid" },
    "text",
    null,
  ];
  const bundle = read({ keys: [...odd, ...keys] });
  expect([bundle.x509Authorities.length, bundle.jwtAuthorities.length]).toEqual([1, 1]);
});

test("BND-10 nothing usable: every SVID of the domain is invalid", async () => {
  const ca = await testAuthority();
  const svid = await ca.issue();
  const now = new Date();
  expect(verifyX509Svid(svid.certChainDer, bundleSet(ca.bundle), now).serialHex).toBe(
    svid.serialHex,
  );
  const empty = bundleSet(read({ keys: [] }));
  expect(() => verifyX509Svid(svid.certChainDer, empty, now)).toThrow();
});

test("BND-11 each JWK has kty", async () => {
  const { keys } = await document();
  for (const key of keys) expect(key.kty).toBe("EC");
  expect(read({ keys: keys.map(({ kty: _, ...rest }) => rest) }).x509Authorities).toHaveLength(0);
});

test("BND-12 each JWK has a known use, byte by byte", async () => {
  const { keys } = await document();
  expect(keys.map((key) => key.use)).toEqual(["x509-svid", "jwt-svid"]);
  for (const use of ["X509-SVID", "sig", undefined]) {
    expect(read({ keys: keys.map((key) => ({ ...key, use })) }).x509Authorities).toHaveLength(0);
  }
});

test("BND-13 a source picks by trust domain", async () => {
  const a = await testAuthority({ trustDomain: "a.test" });
  const b = await testAuthority({ trustDomain: "b.test" });
  const source = bundleSet(a.bundle, b.bundle);
  expect(source.bundleFor(a.trustDomain)).toBe(a.bundle);
  expect(source.bundleFor(TrustDomain.parse("c.test"))).toBeUndefined();
});

test("BND-14 a JWK has no members of its own", async () => {
  const { keys } = await document();
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([
    ["crv", "kty", "use", "x", "x5c", "y"],
    ["crv", "kid", "kty", "use", "x", "y"],
  ]);
});

test("BND-15 two issuers never share a key", async () => {
  const [one, two] = [await running(), await running()];
  const [first] = one.authorities.bundle().x509Authorities;
  expect(first?.equals(two.authorities.bundle().x509Authorities[0] ?? Buffer.alloc(0))).toBe(false);
  await one.close();
  await two.close();
});

test("BND-17 during the overlap SVIDs of both authorities verify", async () => {
  const a = await testAuthority();
  const b = await testAuthority();
  const bundle = new Bundle({ trustDomain, x509Authorities: [a.certificateDer, b.certificateDer] });
  for (const ca of [a, b]) {
    const svid = await ca.issue();
    expect(verifyX509Svid(svid.certChainDer, bundleSet(bundle), new Date()).serialHex).toBe(
      svid.serialHex,
    );
  }
});

test("BND-20 a map has trust_domains, by name", async () => {
  expect(bundlesFromMap('{"trust_domains":{}}')).toEqual([]);
  for (const bad of ["{}", '{"trust_domains":[]}', "[]"])
    expect(() => bundlesFromMap(bad)).toThrow(invalid);
  const a = await testAuthority({ trustDomain: "a.test" });
  const odd = new Bundle({ trustDomain: TrustDomain.parse("__proto__") });
  const read = bundlesFromMap(bundlesToMap([a.bundle, odd]));
  expect(read.map((each) => each.trustDomain.name).sort()).toEqual(["__proto__", "a.test"]);
  expect(() => bundlesFromMap('{"trust_domains":{"spiffe://a.test":{"keys":[]}}}')).toThrow();
});

test("BND-21 names in a map are unique", async () => {
  const { bundle } = await testAuthority();
  expect(() => bundlesToMap([bundle, bundle])).toThrow(invalid);
});

test("BND-22 a map with a name twice is refused", () => {
  const text = '{"trust_domains":{"a.test":{"keys":[]},"a.test":{"keys":[]}}}';
  expect(() => bundlesFromMap(text)).toThrow(invalid);
  expect(bundlesFromMap(text.replace("a.test", "b.test"))).toHaveLength(2);
});

test("BND-23 a published map has no refresh hints", async () => {
  const { bundle } = await testAuthority();
  expect(bundleToJwks(bundle)).toContain("refresh_hint");
  expect(bundlesToMap([bundle])).not.toContain("refresh_hint");
});

test("BND-24 a hint inside a map is not taken", () => {
  const text = '{"trust_domains":{"a.test":{"keys":[],"spiffe_refresh_hint":1,"refresh_hint":1}}}';
  expect(bundlesFromMap(text)[0]?.refreshHintSeconds).toBeUndefined();
});

test("BND-25 a map is read whole or not at all", () => {
  const half = '{"trust_domains":{"a.test":{"keys":[]},"b.test":{}}}';
  expect(() => bundlesFromMap(half)).toThrow(invalid);
});

test("bundles go through PEM, and PEM without certificates is refused", async () => {
  const { bundle } = await testAuthority();
  expect(bundleFromPem(trustDomain, bundleToPem(bundle)).x509Authorities).toEqual(
    bundle.x509Authorities,
  );
  expect(() => bundleFromPem(trustDomain, `hello ${randomUUID()}`)).toThrow(invalid);
});
