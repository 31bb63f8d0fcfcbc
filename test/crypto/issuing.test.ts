import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  bundleFromJwks,
  bundleToJwks,
  bundleToPem,
  type KeyType,
  pemEncode,
  readCsr,
  verifyJwtSvid,
  verifyX509Svid,
} from "../../src/crypto/index.ts";
import { bundleSet } from "../../src/spiffe/index.ts";
import { testAuthority, testCsr } from "../support/ca.ts";

const KEY_TYPES: KeyType[] = ["ec-p256", "ec-p384", "rsa-2048"];

test.each(KEY_TYPES)(
  "an SVID of a %s authority is read by us, Node and OpenSSL",
  async (keyType) => {
    const ca = await testAuthority({ keyType });
    const svid = await ca.issue({ path: "/bot/x", dnsNames: ["erp.internal"] });
    const now = new Date();
    const verified = verifyX509Svid(svid.certChainDer, bundleSet(ca.bundle), now);
    expect(verified.spiffeId.toString()).toBe("spiffe://example.org/bot/x");
    expect(verified.serialHex).toBe(svid.serialHex);

    const leaf = new X509Certificate(svid.certChainDer[0] ?? "");
    const root = new X509Certificate(ca.certificateDer);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.subjectAltName).toBe("URI:spiffe://example.org/bot/x, DNS:erp.internal");

    const dir = mkdtempSync(join(tmpdir(), "botpass-ca-"));
    try {
      writeFileSync(
        join(dir, "svid.pem"),
        pemEncode("CERTIFICATE", svid.certChainDer[0] ?? leaf.raw),
      );
      writeFileSync(join(dir, "bundle.pem"), bundleToPem(ca.bundle));
      const args = [
        "verify",
        "-x509_strict",
        "-CAfile",
        join(dir, "bundle.pem"),
        join(dir, "svid.pem"),
      ];
      expect(execFileSync("openssl", args, { encoding: "utf8" })).toContain(": OK");
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
);

test.each(KEY_TYPES)("a token of a %s authority verifies", async (keyType) => {
  const ca = await testAuthority({ keyType });
  const token = await ca.jwt({ aud: ["reports"] });
  const bundles = bundleSet(bundleFromJwks(ca.trustDomain, bundleToJwks(ca.bundle)));
  const svid = verifyJwtSvid(token, bundles, { audience: "reports", now: new Date() });
  expect(svid.spiffeId.toString()).toBe("spiffe://example.org/bot/a");
});

test.each(KEY_TYPES)(
  "a CSR of a %s key is read, and refused with one byte changed",
  async (keyType) => {
    const { csrDer } = await testCsr(keyType);
    expect(readCsr(csrDer).keyType).toBe(keyType);
    for (let at = 0; at < csrDer.length; at += 1) {
      const bad = Buffer.from(csrDer);
      bad[at] = (bad[at] ?? 0) ^ 1;
      expect(() => readCsr(bad), `offset ${at}`).toThrow();
    }
  },
);
