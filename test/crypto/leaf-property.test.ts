// Whatever we write as a leaf, two others read the same: @peculiar/x509 and Node.
import "reflect-metadata";
import { randomBytes, X509Certificate } from "node:crypto";
import * as peculiar from "@peculiar/x509";
import fc from "fast-check";
import { expect, test } from "vitest";
import { generateKey, KEY_TYPES, publicKeyDer, signerFor } from "../../src/crypto/index.ts";
import { createX509Authority, signX509SvidLeaf, uniqueId } from "../../src/crypto/issuing.ts";
import { parseSpiffeId, TrustDomain } from "../../src/spiffe/index.ts";

const keys = await Promise.all(KEY_TYPES.map((type) => generateKey(type)));
const authorities = await Promise.all(
  keys.map(async (key) => {
    const signer = signerFor(key);
    const certificateDer = await createX509Authority({
      trustDomain: TrustDomain.parse("example.org"),
      signer,
      serial: uniqueId(randomBytes, new Date()),
      notBefore: new Date("2020-01-01T00:00:00Z"),
      notAfter: new Date("2080-01-01T00:00:00Z"),
    });
    return { certificateDer, signer };
  }),
);

const segment = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/);
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
const seconds = fc.integer({ min: 1_600_000_000, max: 3_400_000_000 });

test("a leaf reads back the same through @peculiar/x509 and Node", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { minLength: 1, maxLength: 20 }),
      fc.uniqueArray(label, { maxLength: 8 }),
      seconds,
      fc.integer({ min: 1, max: 86_400 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.nat(keys.length - 1),
      fc.nat(keys.length - 1),
      async (path, names, from, life, random, keyIndex, authorityIndex) => {
        const authority = authorities[authorityIndex];
        const key = keys[keyIndex];
        if (authority === undefined || key === undefined) throw new Error("no such key");
        const id = `spiffe://example.org/${path.join("/")}`;
        const serial = uniqueId(() => Buffer.from(random), new Date());
        const dnsNames = names.map((name) => `${name}.internal`);
        const leaf = await signX509SvidLeaf(authority, {
          serial,
          spiffeId: parseSpiffeId(id),
          publicKeyDer: publicKeyDer(key),
          notBefore: new Date(from * 1000),
          notAfter: new Date((from + life) * 1000),
          dnsNames,
        });

        const theirs = new peculiar.X509Certificate(leaf);
        expect(theirs.serialNumber).toBe(serial.toString("hex"));
        expect(theirs.notBefore.getTime()).toBe(from * 1000);
        expect(theirs.notAfter.getTime()).toBe((from + life) * 1000);
        expect(Buffer.from(theirs.publicKey.rawData).equals(publicKeyDer(key))).toBe(true);
        const san = theirs.getExtension(peculiar.SubjectAlternativeNameExtension);
        expect(san?.critical).toBe(true);
        expect(san?.names.items.map(({ type, value }) => `${type}:${value}`)).toEqual([
          `url:${id}`,
          ...dnsNames.map((name) => `dns:${name}`),
        ]);
        // And it is in their own DER, too: written again it is the same.
        expect(Buffer.from(theirs.rawData).equals(leaf)).toBe(true);

        const node = new X509Certificate(leaf);
        const issuer = new X509Certificate(authority.certificateDer);
        expect(node.serialNumber.toLowerCase()).toBe(serial.toString("hex"));
        expect(node.subjectAltName).toBe(
          [`URI:${id}`, ...dnsNames.map((name) => `DNS:${name}`)].join(", "),
        );
        expect(node.verify(issuer.publicKey)).toBe(true);
        expect(node.checkIssued(issuer)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});
