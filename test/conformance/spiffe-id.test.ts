// SPIFFE-ID: each title begins with the number of its rule (see rules.ts).
import { expect, test } from "vitest";
import { newBot } from "../../src/bots/index.ts";
import { parseCertificate, verifyJwtSvid, verifyX509Svid } from "../../src/crypto/index.ts";
import {
  bundleSet,
  parseSpiffeId,
  SpiffeId,
  spiffeIdFromPath,
  TrustDomain,
} from "../../src/spiffe/index.ts";
import { testAuthority } from "../support/ca.ts";

const accepts = (text: string): void => expect(parseSpiffeId(text).toString()).toBe(text);
const refuses = (text: string): void =>
  expect(() => parseSpiffeId(text), text).toThrow(
    expect.objectContaining({ code: "SPIFFE_ID_INVALID" }),
  );

const TABLE: [rule: string, what: string, good: string[], bad: string[]][] = [
  [
    "ID-01",
    "the scheme is spiffe",
    ["spiffe://example.org/bot", "spiffe://a"],
    [
      "http://example.org/bot",
      "spiffe:/example.org/bot",
      "//example.org/bot",
      "",
      "SPIFFE://example.org/bot",
      "spiffe//a",
    ],
  ],
  [
    "ID-02",
    "no query and no fragment",
    ["spiffe://example.org/bot"],
    [
      "spiffe://example.org/bot?x=1",
      "spiffe://example.org/bot?",
      "spiffe://example.org/bot#f",
      "spiffe://example.org/bot#",
      "spiffe://example.org?x",
    ],
  ],
  [
    "ID-03",
    "the trust domain is not empty",
    ["spiffe://example.org"],
    ["spiffe://", "spiffe:///bot"],
  ],
  [
    "ID-04",
    "no user and no port",
    ["spiffe://example.org/bot"],
    [
      "spiffe://u@example.org/bot",
      "spiffe://@example.org/bot",
      "spiffe://example.org:8443/bot",
      "spiffe://example.org:/bot",
    ],
  ],
  [
    "ID-05",
    "the trust domain is lower case",
    ["spiffe://example.org/Bot"],
    ["spiffe://Example.org/bot", "spiffe://example.ORG/bot"],
  ],
  [
    "ID-06",
    "the trust domain has its own characters only",
    ["spiffe://my_td.ex-1.org/a", "spiffe://-/_"],
    [
      "spiffe://exämple.org/b",
      "spiffe://ex+ample/b",
      "spiffe://ex ample/b",
      "spiffe://example.org\n/b",
    ],
  ],
  [
    "ID-07",
    "no percent-encoding in the trust domain",
    ["spiffe://example.org/bot"],
    ["spiffe://ex%61mple.org/bot"],
  ],
  [
    "ID-08",
    "addresses and DNS names are nothing special",
    ["spiffe://192.0.2.10/bot", "spiffe://a..b/x", "spiffe://.."],
    ["spiffe://[2001:db8::1]/bot"],
  ],
  [
    "ID-09",
    "no percent-encoding in the path",
    ["spiffe://example.org/ab"],
    ["spiffe://example.org/a%20b", "spiffe://example.org/%2e%2e/b"],
  ],
  [
    "ID-10",
    "no empty and no dot segments",
    ["spiffe://example.org/...", "spiffe://example.org/.hidden", "spiffe://example.org/a..b"],
    [
      "spiffe://example.org//bot",
      "spiffe://example.org/a//b",
      "spiffe://example.org/.",
      "spiffe://example.org/..",
      "spiffe://example.org/a/./b",
      "spiffe://example.org/a/../b",
    ],
  ],
  [
    "ID-11",
    "no slash at the end",
    ["spiffe://example.org"],
    ["spiffe://example.org/", "spiffe://example.org/bot/"],
  ],
  [
    "ID-12",
    "segments have their own characters only",
    ["spiffe://example.org/ci/runner-7/Build_42.x"],
    [
      "spiffe://example.org/b:t",
      "spiffe://example.org/b~t",
      "spiffe://example.org/b+t",
      "spiffe://example.org/b@t",
      "spiffe://example.org/b t",
      "spiffe://example.org/bøt",
      "spiffe://example.org/bot\n",
      "spiffe://example.org/b\\t",
    ],
  ],
  [
    "ID-13",
    "paths are hierarchical or opaque",
    ["spiffe://example.org/rpa/invoices/worker-1", "spiffe://example.org/9eebccd2"],
    [],
  ],
];

test.each(TABLE)("%s %s", (_rule, _what, good, bad) => {
  good.forEach(accepts);
  bad.forEach(refuses);
});

test("ID-12 holds for every byte as a path character", () => {
  for (let byte = 0; byte < 256; byte += 1) {
    const character = String.fromCharCode(byte);
    const text = `spiffe://example.org/a${character}b`;
    if (/[A-Za-z0-9._/-]/.test(character)) accepts(text);
    else refuses(text);
  }
});

test("ID-06 holds for every byte as a trust domain character", () => {
  for (let byte = 0; byte < 256; byte += 1) {
    const character = String.fromCharCode(byte);
    if (character === "/") continue;
    const text = `spiffe://a${character}b/x`;
    if (/[a-z0-9._-]/.test(character)) accepts(text);
    else refuses(text);
  }
});

test("ID-14 an ID of 2048 bytes goes through certificate and token", async () => {
  const id = `spiffe://example.org/${"a".repeat(2027)}`;
  expect(id.length).toBe(2048);
  accepts(id);
  const ca = await testAuthority();
  const svid = await ca.issue({ id });
  const bundles = bundleSet(ca.bundle);
  expect(verifyX509Svid(svid.certChainDer, bundles, new Date()).spiffeId.toString()).toBe(id);
  const token = await ca.jwt({ sub: id });
  const options = { audience: "reports", now: new Date() };
  expect(verifyJwtSvid(token, bundles, options).spiffeId.toString()).toBe(id);
});

const registration = { name: "a", owner: "o", purpose: "p" };
const td = TrustDomain.parse("example.org");

test("ID-15 an ID of 2049 bytes is refused at registration", () => {
  refuses(`spiffe://example.org/${"a".repeat(2028)}`);
  const path = (length: number): string => `/${"a".repeat(length)}`;
  expect(newBot({ ...registration, path: path(2027) }, td, new Date()).spiffeId.length).toBe(2048);
  expect(() => newBot({ ...registration, path: path(2028) }, td, new Date())).toThrow(
    expect.objectContaining({ code: "SPIFFE_ID_INVALID" }),
  );
});

test("ID-16 a trust domain has at most 255 bytes", () => {
  expect(TrustDomain.parse("a".repeat(255)).name.length).toBe(255);
  expect(() => TrustDomain.parse("a".repeat(256))).toThrow(
    expect.objectContaining({ code: "TRUST_DOMAIN_INVALID" }),
  );
});

test("ID-17 paths are compared by case", () => {
  const a = parseSpiffeId("spiffe://example.org/bot");
  expect(a.equals(parseSpiffeId("spiffe://example.org/bot"))).toBe(true);
  expect(a.equals(parseSpiffeId("spiffe://example.org/Bot"))).toBe(false);
  expect(spiffeIdFromPath(td, "/bot")).toBeInstanceOf(SpiffeId);
});

test("ID-18 the authority carries an SVID of its own", async () => {
  const ca = await testAuthority();
  expect(parseCertificate(ca.certificateDer).uriSans).toEqual(["spiffe://example.org"]);
});

test("ID-19 the authority's ID is its trust domain's, without a path", async () => {
  const ca = await testAuthority({ trustDomain: "other.test" });
  expect(parseCertificate(ca.certificateDer).uriSans).toEqual(["spiffe://other.test"]);
});

test("ID-20 an SVID counts only under an authority of its own trust domain", async () => {
  const a = await testAuthority({ trustDomain: "a.test" });
  const b = await testAuthority({ trustDomain: "b.test" });
  const bundles = bundleSet(a.bundle, b.bundle);
  const good = await a.issue({ id: "spiffe://a.test/x" });
  const bad = await b.issue({ id: "spiffe://a.test/x" });
  expect(verifyX509Svid(good.certChainDer, bundles, new Date()).serialHex).toBe(good.serialHex);
  expect(() => verifyX509Svid(bad.certChainDer, bundles, new Date())).toThrow(
    expect.objectContaining({ code: "SVID_INVALID" }),
  );
});

test("ID-21 ID and key lie inside what is signed", async () => {
  const ca = await testAuthority();
  const [leaf = Buffer.alloc(0)] = (await ca.issue()).certChainDer;
  const bundles = bundleSet(ca.bundle);
  const { publicKeyDer } = parseCertificate(leaf);
  for (const part of [Buffer.from("spiffe://example.org/bot/a"), publicKeyDer]) {
    const at = leaf.indexOf(part);
    expect(at).toBeGreaterThan(0);
    const bad = Buffer.from(leaf);
    bad[at + part.length - 1] = (bad[at + part.length - 1] ?? 0) ^ 1;
    expect(() => verifyX509Svid([bad], bundles, new Date())).toThrow();
  }
});

test("ID-24 an authority certificate is self-signed", async () => {
  const ca = await testAuthority();
  const { issuerDer, subjectDer } = parseCertificate(ca.certificateDer);
  expect(issuerDer.equals(subjectDer)).toBe(true);
  const { X509Certificate } = await import("node:crypto");
  const certificate = new X509Certificate(ca.certificateDer);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
});
