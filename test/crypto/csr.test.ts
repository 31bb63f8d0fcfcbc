import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readCsr } from "../../src/crypto/index.ts";

const directory = mkdtempSync(join(tmpdir(), "botpass-csr-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A CSR of OpenSSL, whose key is written in this form. */
function csrOf(...form: string[]): Buffer {
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: directory, stdio: "ignore" });
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "made.pem");
  openssl("ec", "-in", "made.pem", "-out", "key.pem", ...form);
  openssl("req", "-new", "-key", "key.pem", "-subj", "/", "-outform", "DER", "-out", "csr.der");
  return readFileSync(join(directory, "csr.der"));
}

test("reads a named curve with an uncompressed point", () => {
  const csr = csrOf("-param_enc", "named_curve", "-conv_form", "uncompressed");
  expect(readCsr(csr).keyType).toBe("ec-p256");
});

test.each([
  ["a compressed point", ["-conv_form", "compressed"]],
  ["a hybrid point", ["-conv_form", "hybrid"]],
  ["a spelled-out curve", ["-param_enc", "explicit"]],
])("refuses %s", (_what, form) => {
  expect(() => readCsr(csrOf(...form))).toThrow(
    expect.objectContaining({ code: "KEY_NOT_ALLOWED" }),
  );
});
