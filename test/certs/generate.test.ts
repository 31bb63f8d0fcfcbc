import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  importPrivateKeyPem,
  parseCertificate,
  pemDecode,
  publicKeyDer,
  verifyCertificatePath,
} from "../../src/crypto/index.ts";

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../certs", name), "utf8");
const der = (name: string): Buffer => pemDecode("CERTIFICATE", read(name))[0] ?? Buffer.alloc(0);

test("robot-7 is a device of the CA, and holds its key", () => {
  const path = verifyCertificatePath([der("robot-7.pem")], [der("device-ca.pem")], new Date());
  expect(path).toHaveLength(2);
  const key = importPrivateKeyPem(read("robot-7.key.pem"));
  expect(publicKeyDer(key).equals(parseCertificate(der("robot-7.pem")).publicKeyDer)).toBe(true);
});

test("robot-expired has expired, and nothing else is wrong with it", () => {
  const { notAfter } = parseCertificate(der("robot-expired.pem"));
  const roots = [der("device-ca.pem")];
  expect(() => verifyCertificatePath([der("robot-expired.pem")], roots, new Date())).toThrow(
    /expired/,
  );
  expect(verifyCertificatePath([der("robot-expired.pem")], roots, notAfter)).toHaveLength(2);
  const ca = new X509Certificate(read("device-ca.pem"));
  expect(new X509Certificate(read("robot-expired.pem")).verify(ca.publicKey)).toBe(true);
});
