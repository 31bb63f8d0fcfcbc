// The form that JWS has of a signature, held to what OpenSSL takes for it.
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { expect, test } from "vitest";
import { verifyJws } from "../../src/crypto/index.ts";
import { digestOf, joseSignature } from "../../src/crypto/issuing.ts";

const DATA = Buffer.from("header.payload");

test.each([
  ["ec-p256", "P-256", 64],
  ["ec-p384", "P-384", 96],
] as const)("%s: signatures with short and long integers alike", (keyType, namedCurve, bytes) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
  const digest = digestOf(keyType);
  const lengths = new Set<number>();
  for (let times = 0; times < 400; times += 1) {
    const der = sign(digest, DATA, privateKey);
    lengths.add(der.length);
    const jose = joseSignature(der, keyType);
    expect(jose).toHaveLength(bytes);
    const asJws = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
    expect(verify(digest, DATA, asJws, jose)).toBe(true);
    const algorithm = keyType === "ec-p256" ? "ES256" : "ES384";
    expect(verifyJws(algorithm, publicKey, DATA, jose)).toBe(true);
    jose.writeUInt8(jose.readUInt8(times % bytes) ^ (1 << (times % 8)), times % bytes);
    expect(verifyJws(algorithm, publicKey, DATA, jose)).toBe(false);
  }
  // Both integers with and without a byte for the sign.
  expect(lengths.size).toBeGreaterThanOrEqual(3);
});

test("what stands for no signature verifies nothing", () => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const one = Buffer.alloc(64);
  one[31] = 1;
  for (const jose of [
    Buffer.alloc(64),
    Buffer.alloc(64, 0xff),
    one,
    Buffer.alloc(63),
    Buffer.alloc(72),
  ]) {
    expect(verifyJws("ES256", publicKey, DATA, jose)).toBe(false);
  }
});

test("integers of one byte, and with the sign's", () => {
  const small = Buffer.from([0x30, 0x07, 0x02, 0x01, 0x05, 0x02, 0x02, 0x00, 0xff]);
  const jose = joseSignature(small, "ec-p256");
  expect(jose.toString("hex")).toBe(`${"0".repeat(63)}5${"0".repeat(62)}ff`);
});

test("of RSA it is as it was", () => {
  const signature = Buffer.alloc(256, 7);
  expect(joseSignature(signature, "rsa-2048")).toBe(signature);
});
