import { createHash, randomBytes, verify, X509Certificate } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { SigningThreads } from "../../src/ca/index.ts";
import { buildCsr, generateKey, publicKeyDer, signerFor } from "../../src/crypto/index.ts";
import {
  createX509Authority,
  subjectAltName,
  uniqueId,
  validity,
} from "../../src/crypto/issuing.ts";
import { parseSpiffeId } from "../../src/spiffe/index.ts";

const threads = new SigningThreads(2);
afterAll(() => threads.close());
const id = parseSpiffeId("spiffe://example.org/bot/a");
const from = new Date("2030-01-01T00:00:00Z");
const to = new Date("2030-01-02T00:00:00Z");
const authorityKey = await generateKey("ec-p256");
const signer = signerFor(authorityKey);
const certificateDer = await createX509Authority({
  trustDomain: id.trustDomain,
  signer,
  serial: uniqueId(randomBytes, from),
  notBefore: from,
  notAfter: to,
});
const orderOf = (csrDer: Uint8Array) => ({
  csrDer,
  serial: uniqueId(randomBytes, from),
  validity: validity(from, to),
  subjectAltName: subjectAltName(id, []),
});

test("each order is answered by itself: a bad CSR among good ones", async () => {
  const keys = await Promise.all(Array.from({ length: 40 }, () => generateKey("ec-p256")));
  const outcomes = await Promise.allSettled(
    keys.map((key, index) => {
      const csr = buildCsr(key);
      if (index % 10 === 3) csr[csr.length - 1] = (csr.at(-1) ?? 0) ^ 1;
      return threads.leaf({ signer, certificateDer }, orderOf(csr));
    }),
  );
  outcomes.forEach((outcome, index) => {
    const key = keys[index];
    if (key === undefined) throw new Error("no key");
    if (index % 10 === 3) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "CSR_INVALID" } });
      return;
    }
    if (outcome.status === "rejected") throw outcome.reason;
    const { certificateDer: der, publicKeyHash } = outcome.value;
    const leaf = new X509Certificate(der);
    expect(leaf.verify(new X509Certificate(certificateDer).publicKey)).toBe(true);
    expect(leaf.publicKey.export({ format: "der", type: "spki" })).toEqual(publicKeyDer(key));
    expect(publicKeyHash).toBe(createHash("sha256").update(publicKeyDer(key)).digest("hex"));
  });
});

test("a key that is elsewhere signs too", async () => {
  const elsewhere = {
    keyType: signer.keyType,
    publicKeyDer: signer.publicKeyDer,
    sign: signer.sign,
  };
  const csr = buildCsr(await generateKey("ec-p384"));
  const { certificateDer: der } = await threads.leaf(
    { signer: elsewhere, certificateDer },
    orderOf(csr),
  );
  expect(new X509Certificate(der).verify(new X509Certificate(certificateDer).publicKey)).toBe(true);
});

test("a token's signature is one of JWS", async () => {
  const signature = Buffer.from(await threads.token({ signer }, "a.b"), "base64url");
  const key = new X509Certificate(certificateDer).publicKey;
  const form = { key, dsaEncoding: "ieee-p1363" } as const;
  expect(verify("sha256", Buffer.from("a.b"), form, signature)).toBe(true);
});

test("closed, it refuses", async () => {
  const closed = new SigningThreads(1);
  const order = orderOf(buildCsr(await generateKey("ec-p256")));
  const pending = closed.leaf({ signer, certificateDer }, order);
  const refused = expect(pending).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await closed.close();
  await refused;
  await expect(closed.token({ signer }, "a.b")).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
