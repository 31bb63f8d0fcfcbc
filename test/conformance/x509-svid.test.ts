// X509-SVID: each title begins with the number of its rule (see rules.ts).
import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { contextTag, der, sequence } from "../../src/crypto/der.ts";
import {
  bundleFromJwks,
  bundleToJwks,
  parseCertificate,
  verifyX509Svid,
} from "../../src/crypto/index.ts";
import { OID } from "../../src/crypto/oids.ts";
import { Bundle, bundleSet, TrustDomain } from "../../src/spiffe/index.ts";
import { testAuthority } from "../support/ca.ts";
import {
  CRL_SIGN,
  DIGITAL_SIGNATURE,
  extension,
  type Forged,
  type Forgery,
  forgeCa,
  forgeKey,
  forgeLeaf,
  KEY_CERT_SIGN,
} from "../support/forge.ts";

const trustDomain = TrustDomain.parse("example.org");
const bundleOf = (...roots: Forged[]) =>
  bundleSet(new Bundle({ trustDomain, x509Authorities: roots.map((each) => each.der) }));
const now = (): Date => new Date();
const refusal = (rule: string) =>
  expect.objectContaining({ code: "SVID_INVALID", details: expect.objectContaining({ rule }) });

/** A leaf with one defect is refused for its rule; the same leaf without the defect is accepted. */
function twins(rule: string, defect: Forgery, repair: Forgery = {}): void {
  const ca = forgeCa();
  const good = forgeLeaf(ca, repair);
  expect(verifyX509Svid([good.der], bundleOf(ca), now()).spiffeId.path).not.toBe("");
  const bad = forgeLeaf(ca, defect);
  expect(() => verifyX509Svid([bad.der], bundleOf(ca), now())).toThrow(refusal(rule));
}

const issued = async () => {
  const ca = await testAuthority();
  const svid = await ca.issue({ dnsNames: ["a.internal", "b.internal"] });
  const [leafDer = Buffer.alloc(0)] = svid.certChainDer;
  return {
    ca,
    svid,
    leafDer,
    leaf: parseCertificate(leafDer),
    root: parseCertificate(ca.certificateDer),
  };
};

test("X509-01 an issued leaf has exactly one URI SAN", async () => {
  const { leaf } = await issued();
  expect(leaf.uriSans).toEqual(["spiffe://example.org/bot/a"]);
});

test.each([
  [["spiffe://example.org/x", "spiffe://example.org/y"]],
  [["spiffe://example.org/x", "https://example.org/x"]],
  [["spiffe://example.org/x", "spiffe://example.org/x"]],
])("X509-02 refuses more than one URI SAN: %s", (uris) => {
  twins("X509-02", { uris }, { uris: ["spiffe://example.org/x"] });
});

test("X509-03 other names in any number are accepted", () => {
  const ca = forgeCa();
  const dns = (text: string) => der(contextTag(2), Buffer.from(text));
  const leaf = forgeLeaf(ca, { names: [dns("a.internal"), dns("b.internal")] });
  const verified = verifyX509Svid([leaf.der], bundleOf(ca), now());
  expect(verified.leaf.dnsSans).toEqual(["a.internal", "b.internal"]);
});

test("X509-04 a leaf without a path is not made", async () => {
  const ca = await testAuthority();
  const { newBot } = await import("../../src/bots/index.ts");
  const wish = { name: "a", owner: "o", purpose: "p", path: "" };
  expect(() => newBot(wish, ca.trustDomain, now())).toThrow(
    expect.objectContaining({ code: "SPIFFE_ID_INVALID" }),
  );
});

test("X509-05 with an empty subject the SAN extension is critical", async () => {
  const { leaf } = await issued();
  expect(leaf.sanCritical).toBe(true);
  twins("X509-05", { sanCritical: false }, { subject: "a", sanCritical: false });
});

test("X509-06 a signing certificate does not identify a peer", () => {
  const ca = forgeCa();
  const leaf = forgeLeaf(ca);
  expect(verifyX509Svid([leaf.der], bundleOf(ca), now()).serialHex).toMatch(/^[0-9a-f]+$/);
  const intermediate = forgeLeaf(ca, {
    subject: "intermediate",
    constraints: "ca",
    keyUsage: KEY_CERT_SIGN,
    uris: ["spiffe://example.org/ca"],
  });
  for (const chain of [[ca.der], [intermediate.der], [intermediate.der, ca.der]]) {
    expect(() => verifyX509Svid(chain, bundleOf(ca), now())).toThrow(
      expect.objectContaining({ code: "SVID_INVALID" }),
    );
  }
});

test("X509-07 an authority is an SVID itself", async () => {
  expect((await issued()).root.uriSans).toHaveLength(1);
});

test("X509-08 an authority's ID has no path", async () => {
  expect((await issued()).root.uriSans).toEqual(["spiffe://example.org"]);
});

test("X509-09 authority and leaf are of one trust domain", async () => {
  const { leaf, root } = await issued();
  expect(leaf.uriSans[0]?.startsWith(`${root.uriSans[0]}/`)).toBe(true);
});

test("X509-10 a chain through an intermediate verifies", () => {
  const ca = forgeCa();
  const middle = forgeCa({ issuer: ca.subject, issuerKey: ca.key });
  const leaf = forgeLeaf(middle);
  expect(verifyX509Svid([leaf.der, middle.der], bundleOf(ca), now()).spiffeId.path).toBe("/bot/a");
  expect(() => verifyX509Svid([leaf.der], bundleOf(ca), now())).toThrow(refusal("X509-25"));
});

test("X509-11 an authority has cA set", async () => {
  const { root, ca } = await issued();
  expect(root.isCa).toBe(true);
  expect(ca.certificateDer.includes(Buffer.from("30030101ff", "hex"))).toBe(true);
});

test("X509-12 a path longer than pathLenConstraint is refused", () => {
  const chainWith = (pathLength: number) => {
    const ca = forgeCa();
    const first = forgeCa({ issuer: ca.subject, issuerKey: ca.key, constraints: { pathLength } });
    const second = forgeCa({ issuer: first.subject, issuerKey: first.key });
    const leaf = forgeLeaf(second);
    return () => verifyX509Svid([leaf.der, second.der, first.der], bundleOf(ca), now());
  };
  expect(chainWith(1)().spiffeId.path).toBe("/bot/a");
  expect(chainWith(0)).toThrow(refusal("X509-12"));
});

test("X509-13 an issued leaf says that it is no CA", async () => {
  const { leaf, leafDer } = await issued();
  expect(leaf.isCa).toBe(false);
  expect(leafDer.includes(Buffer.from("0603551d130101ff04023000", "hex"))).toBe(true);
});

test("X509-14 authorities carry no name constraints", async () => {
  expect((await issued()).root.nameConstraints).toBeUndefined();
});

test("X509-15 name constraints are kept", () => {
  const constrained = (tag: number, kind: number, base: string) => {
    const subtree = sequence(der(contextTag(kind), Buffer.from(base)));
    const value = sequence(der(contextTag(tag, true), subtree));
    const ca = forgeCa({ extensions: [extension(OID.nameConstraints, true, value)] });
    return () => verifyX509Svid([forgeLeaf(ca).der], bundleOf(ca), now());
  };
  const PERMITTED = 0;
  const EXCLUDED = 1;
  const URI = 6;
  const DNS = 2;
  expect(constrained(PERMITTED, URI, "example.org")().spiffeId.path).toBe("/bot/a");
  expect(constrained(EXCLUDED, URI, "other.test")().spiffeId.path).toBe("/bot/a");
  expect(constrained(PERMITTED, URI, "other.test")).toThrow(refusal("X509-15"));
  expect(constrained(PERMITTED, URI, ".example.org")).toThrow(refusal("X509-15"));
  expect(constrained(EXCLUDED, URI, "example.org")).toThrow(refusal("X509-15"));
  expect(constrained(PERMITTED, DNS, "example.org")).toThrow(refusal("X509-15"));
});

test("X509-16 key usage is there, and critical", async () => {
  const { leaf, root } = await issued();
  expect(leaf.keyUsage?.critical).toBe(true);
  expect(root.keyUsage?.critical).toBe(true);
});

test("X509-17 an authority sets keyCertSign", async () => {
  expect((await issued()).root.keyUsage).toMatchObject({ keyCertSign: true, cRLSign: true });
});

test("X509-18 a leaf sets digitalSignature", async () => {
  expect((await issued()).leaf.keyUsage?.digitalSignature).toBe(true);
  twins("X509-18", { keyUsage: 0x20 }, { keyUsage: DIGITAL_SIGNATURE | 0x20 });
  twins("X509-18", { keyUsage: undefined });
});

test("X509-19 a leaf sets neither keyEncipherment nor keyAgreement", async () => {
  const { leafDer } = await issued();
  expect(leafDer.includes(Buffer.from("03020780", "hex"))).toBe(true);
});

test("X509-20 a leaf sets neither keyCertSign nor cRLSign", async () => {
  expect((await issued()).leaf.keyUsage).toMatchObject({ keyCertSign: false, cRLSign: false });
});

test("X509-21 a leaf carries an extended key usage", async () => {
  expect((await issued()).leaf.extKeyUsage).toBeDefined();
});

test("X509-22 it holds both sides of TLS", async () => {
  expect((await issued()).leaf.extKeyUsage).toEqual([OID.serverAuth, OID.clientAuth]);
  twins("X509-22", { usages: ["1.3.6.1.5.5.7.3.3"] }, { usages: undefined });
});

test("X509-23 an authority carries no extended key usage", async () => {
  expect((await issued()).root.extKeyUsage).toBeUndefined();
});

test("X509-24 an authority sets only what signers need", async () => {
  const { root, ca } = await issued();
  expect(root.keyUsage?.digitalSignature).toBe(false);
  expect(ca.certificateDer.includes(Buffer.from("03020106", "hex"))).toBe(true);
  // Foreign CAs may set more.
  const foreign = forgeCa({ keyUsage: KEY_CERT_SIGN | DIGITAL_SIGNATURE });
  expect(verifyX509Svid([forgeLeaf(foreign).der], bundleOf(foreign), now()).spiffeId.path).toBe(
    "/bot/a",
  );
});

const HOUR = 3_600_000;
test.each<[string, Forgery]>([
  [
    "an expired leaf",
    { notBefore: new Date(Date.now() - 2 * HOUR), notAfter: new Date(Date.now() - HOUR) },
  ],
  [
    "a leaf of the future",
    { notBefore: new Date(Date.now() + HOUR), notAfter: new Date(Date.now() + 2 * HOUR) },
  ],
  ["an unknown critical extension", { extensions: [extension("1.2.3.4", true, sequence())] }],
  ["another issuer's name", { issuer: "somebody else" }],
  ["a signature of another key", { issuerKey: forgeKey() }],
])("X509-25 refuses %s", (_what, defect) => {
  twins("X509-25", defect, { extensions: [extension("1.2.3.4", false, sequence())] });
});

test("X509-25 refuses an expired intermediate, and one that is no CA", () => {
  const ca = forgeCa();
  const through = (defect: Forgery) => {
    const middle = forgeCa({ issuer: ca.subject, issuerKey: ca.key, ...defect });
    return () => verifyX509Svid([forgeLeaf(middle).der, middle.der], bundleOf(ca), now());
  };
  expect(through({})().spiffeId.path).toBe("/bot/a");
  const past = {
    notBefore: new Date(Date.now() - 2 * HOUR),
    notAfter: new Date(Date.now() - HOUR),
  };
  expect(through(past)).toThrow(refusal("X509-25"));
  expect(through({ constraints: "leaf" })).toThrow(refusal("X509-25"));
  expect(through({ constraints: "none" })).toThrow(refusal("X509-25"));
  expect(through({ keyUsage: DIGITAL_SIGNATURE })).toThrow(refusal("X509-25"));
});

test("X509-25 takes the time from the caller", () => {
  const ca = forgeCa({ notAfter: new Date(Date.now() + 10 * HOUR) });
  const leaf = forgeLeaf(ca);
  expect(() => verifyX509Svid([leaf.der], bundleOf(ca), new Date(Date.now() + 2 * HOUR))).toThrow(
    refusal("X509-25"),
  );
  expect(() => verifyX509Svid([leaf.der], bundleOf(ca), new Date(Number.NaN))).toThrow(TypeError);
});

test("X509-26 refuses a leaf that is a CA; an absent extension counts as none", () => {
  twins("X509-26", { constraints: "ca" }, { constraints: "none" });
});

test.each([
  ["keyCertSign", KEY_CERT_SIGN],
  ["cRLSign", CRL_SIGN],
])("X509-27 refuses a leaf with %s", (_what, bit) => {
  twins("X509-27", { keyUsage: DIGITAL_SIGNATURE | bit });
});

test.each([
  [["https://example.org/x"]],
  [[]],
  [["spiffe://Example.org/x"]],
  [["spiffe://example.org/a//b"]],
])("X509-28 refuses a URI SAN that is no SPIFFE ID: %s", (uris) => {
  twins("X509-28", { uris, ...(uris.length === 0 ? { subject: "a" } : {}) });
});

test("X509-29 refuses a leaf without a path", () => {
  twins("X509-29", { uris: ["spiffe://example.org"] });
});

test("X509-30 verifies by the bundle of the SVID's own trust domain only", () => {
  const ca = forgeCa();
  const foreign = forgeLeaf(ca, { uris: ["spiffe://other.test/x"] });
  expect(() => verifyX509Svid([foreign.der], bundleOf(ca), now())).toThrow(refusal("X509-30"));
  const other = new Bundle({
    trustDomain: TrustDomain.parse("other.test"),
    x509Authorities: [ca.der],
  });
  expect(verifyX509Svid([foreign.der], bundleSet(other), now()).spiffeId.path).toBe("/x");
});

interface Document {
  keys: Record<string, unknown>[];
  [name: string]: unknown;
}

const published = async () => {
  const a = await testAuthority();
  const b = await testAuthority();
  const bundle = new Bundle({
    trustDomain,
    x509Authorities: [a.certificateDer, b.certificateDer],
    jwtAuthorities: a.bundle.jwtAuthorities,
  });
  const document = JSON.parse(bundleToJwks(bundle)) as Document;
  return { a, b, document, x509: document.keys.filter((each) => each.use === "x509-svid") };
};

test("X509-31 one JWK for each CA certificate", async () => {
  expect((await published()).x509).toHaveLength(2);
});

test("X509-32 it has no kid", async () => {
  for (const each of (await published()).x509) expect(Object.hasOwn(each, "kid")).toBe(false);
});

test("X509-33 it has x5c with the one certificate, and its key", async () => {
  const { x509 } = await published();
  for (const { x5c, x, y } of x509 as { x5c: string[]; x: string; y: string }[]) {
    expect(x5c).toHaveLength(1);
    const certificate = new X509Certificate(Buffer.from(x5c[0] ?? "", "base64"));
    expect(certificate.publicKey.export({ format: "jwk" })).toMatchObject({ x, y });
  }
});

test("X509-34 the certificate is self-signed", async () => {
  for (const { x5c } of (await published()).x509 as { x5c: string[] }[]) {
    const certificate = new X509Certificate(Buffer.from(x5c[0] ?? "", "base64"));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  }
});

test("X509-35 an entry without x5c is passed over", async () => {
  const { document, x509 } = await published();
  const [good = {}] = x509;
  const { x5c: _, ...without } = good;
  document.keys = [good, { ...good, x5c: [] }, without];
  const read = bundleFromJwks(trustDomain, JSON.stringify(document));
  expect(read.x509Authorities).toHaveLength(1);
});

test("X509-36 only the first of x5c counts", async () => {
  const { a, b, document, x509 } = await published();
  const [good = {}] = x509;
  document.keys = [
    { ...good, x5c: [a.certificateDer.toString("base64"), b.certificateDer.toString("base64")] },
  ];
  const bundles = bundleSet(bundleFromJwks(trustDomain, JSON.stringify(document)));
  const byA = await a.issue();
  const byB = await b.issue();
  expect(verifyX509Svid(byA.certChainDer, bundles, now()).serialHex).toBe(byA.serialHex);
  expect(() => verifyX509Svid(byB.certChainDer, bundles, now())).toThrow(refusal("X509-25"));
});

test("X509-37 a bundle without such entries knows no X509-SVIDs", async () => {
  const { a, document } = await published();
  document.keys = document.keys.filter((each) => each.use === "jwt-svid");
  const bundles = bundleSet(bundleFromJwks(trustDomain, JSON.stringify(document)));
  const svid = await a.issue();
  expect(() => verifyX509Svid(svid.certChainDer, bundles, now())).toThrow(refusal("X509-37"));
});
