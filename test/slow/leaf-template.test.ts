// Each leaf that the template fills is, byte for byte, what @peculiar/x509 builds of the same input; and OpenSSL takes it.
import "reflect-metadata";
import { execFileSync } from "node:child_process";
import {
  createPublicKey,
  type KeyObject,
  randomBytes,
  webcrypto,
  X509Certificate,
} from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as peculiar from "@peculiar/x509";
import fc from "fast-check";
import { expect, test } from "vitest";
import { childrenOf, readDer } from "../../src/crypto/der.ts";
import { generateKey, KEY_TYPES, publicKeyDer, signerFor } from "../../src/crypto/index.ts";
import { createX509Authority, signX509SvidLeaf, uniqueId } from "../../src/crypto/issuing.ts";
import { keyIdOf } from "../../src/crypto/leaf-template.ts";
import { parseSpiffeId, TrustDomain } from "../../src/spiffe/index.ts";

peculiar.cryptoProvider.set(
  webcrypto as unknown as Parameters<typeof peculiar.cryptoProvider.set>[0],
);
const CASES = 5000;
const BY_OPENSSL = 100;

const algorithmOf = (type: string) =>
  type.startsWith("rsa")
    ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
    : type === "ec-p384"
      ? { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" }
      : { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

const parties = await Promise.all(
  KEY_TYPES.map(async (type) => {
    const key = await generateKey(type);
    const signer = signerFor(key);
    const certificateDer = await createX509Authority({
      trustDomain: TrustDomain.parse("example.org"),
      signer,
      serial: uniqueId(randomBytes, new Date()),
      notBefore: new Date("2020-01-01T00:00:00Z"),
      notAfter: new Date("2090-01-01T00:00:00Z"),
    });
    const algorithm = algorithmOf(type);
    const pkcs8 = key.export({ format: "der", type: "pkcs8" });
    const signingKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
    return { type, key, signer, certificateDer, algorithm, signingKey };
  }),
);

const SEGMENT = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}$/);
const path = fc
  .array(SEGMENT, { minLength: 1, maxLength: 24 })
  .map((segments) => segments.join("/").slice(0, 2048 - "spiffe://example.org/".length))
  .map((text) => text.replace(/\/[.]*$/, "").replace(/^[.]+$/, "a") || "a");
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,40}$/);
const input = fc.record({
  path,
  names: fc.uniqueArray(label, { maxLength: 12 }),
  from: fc.integer({ min: 1_600_000_000, max: 3_700_000_000 }),
  life: fc.integer({ min: 1, max: 604_800 }),
  serial: fc.uint8Array({ minLength: 1, maxLength: 19 }).filter(([first = 0]) => first !== 0),
  subject: fc.nat(parties.length - 1),
  issuer: fc.nat(parties.length - 1),
});

test(`${CASES} leaves are what @peculiar/x509 builds`, { timeout: 300_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "bp-leaf-"));
  const written: string[][] = parties.map(() => []);
  try {
    await fc.assert(
      fc.asyncProperty(input, async ({ path, names, from, life, serial, subject, issuer }) => {
        const authority = parties[issuer];
        const bot = parties[subject];
        if (authority === undefined || bot === undefined) throw new Error("no such key");
        const id = parseSpiffeId(`spiffe://example.org/${path}`);
        const dnsNames = names.map((name) => `${name}.internal`);
        const notBefore = new Date(from * 1000);
        const notAfter = new Date((from + life) * 1000);
        const ours = await signX509SvidLeaf(authority, {
          serial: Buffer.from(serial),
          spiffeId: id,
          publicKeyDer: publicKeyDer(bot.key),
          notBefore,
          notAfter,
          dnsNames,
        });
        const root = new peculiar.X509Certificate(authority.certificateDer);
        const theirs = await peculiar.X509CertificateGenerator.create({
          serialNumber: Buffer.from(serial).toString("hex"),
          issuer: root.subjectName,
          notBefore,
          notAfter,
          publicKey: new peculiar.PublicKey(publicKeyDer(bot.key)),
          signingAlgorithm: authority.algorithm,
          signingKey: authority.signingKey,
          extensions: [
            new peculiar.KeyUsagesExtension(peculiar.KeyUsageFlags.digitalSignature, true),
            new peculiar.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]),
            new peculiar.BasicConstraintsExtension(false, undefined, true),
            new peculiar.AuthorityKeyIdentifierExtension(
              keyIdOf(authority.signer.publicKeyDer).toString("hex"),
            ),
            new peculiar.SubjectAlternativeNameExtension(
              [
                { type: "url", value: id.toString() },
                ...dnsNames.map((value) => ({ type: "dns", value }) as const),
              ],
              true,
            ),
          ],
        });
        const tbs = (der: Uint8Array) => childrenOf(readDer(der))[0]?.raw.toString("hex");
        expect(tbs(ours)).toBe(tbs(Buffer.from(theirs.rawData)));
        const node = new X509Certificate(ours);
        expect(node.verify(createPublicKey(authority.key as KeyObject))).toBe(true);
        const files = written[issuer] ?? [];
        if (files.length < BY_OPENSSL / parties.length) {
          const file = join(directory, `${issuer}-${files.length}.pem`);
          writeFileSync(file, node.toString());
          files.push(file);
        }
      }),
      { numRuns: CASES },
    );
    parties.forEach(({ certificateDer }, index) => {
      const root = join(directory, `root-${index}.pem`);
      writeFileSync(root, new X509Certificate(certificateDer).toString());
      const options = ["verify", "-x509_strict", "-no_check_time", "-CAfile", root];
      const said = execFileSync("openssl", [...options, ...(written[index] ?? [])]).toString();
      expect(said.match(/: OK/g)).toHaveLength(written[index]?.length ?? 0);
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
