import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { generateKey, KEY_TYPES, pemEncode, signerFor } from "../../src/crypto/index.ts";
import { createCrl, createX509Authority, crlEntry } from "../../src/crypto/issuing.ts";
import { TrustDomain } from "../../src/spiffe/index.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-crl-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const thisUpdate = new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000);
const nextUpdate = new Date(thisUpdate.getTime() + 86_400_000);

async function authority(keyType: (typeof KEY_TYPES)[number]) {
  const signer = signerFor(await generateKey(keyType));
  const issuerDer = await createX509Authority({
    trustDomain: TrustDomain.parse("example.org"),
    signer,
    serial: Buffer.from("0102030405060708090a0b0c0d0e0f10", "hex"),
    notBefore: thisUpdate,
    notAfter: nextUpdate,
  });
  return { signer, issuerDer };
}

/** What OpenSSL says of the list, its signature checked. */
function opensslSays(crlDer: Buffer, issuerDer: Buffer): string {
  const crl = join(directory, "crl.der");
  const ca = join(directory, "ca.pem");
  writeFileSync(crl, crlDer);
  writeFileSync(ca, pemEncode("CERTIFICATE", issuerDer));
  const args = ["crl", "-inform", "DER", "-in", crl, "-CAfile", ca, "-text", "-noout"];
  const { stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  return stderr + stdout;
}

test.each(KEY_TYPES)(
  "a list that %s has signed is one that OpenSSL reads and verifies",
  async (type) => {
    const { signer, issuerDer } = await authority(type);
    const entries = [
      crlEntry("00ff", thisUpdate),
      crlEntry("80000000000000000000000000000001", new Date(Date.UTC(2051, 0, 1))),
    ];
    const parts = { issuerDer, signer, number: 128n, thisUpdate, nextUpdate };
    const said = opensslSays(await createCrl({ ...parts, entries }), issuerDer);
    expect(said).toMatch(/^verify OK/);
    expect(said).toMatch(/Version 2/);
    expect(said).toMatch(/CRL Number:\s+(128|0x80)\s/);
    expect(said).toMatch(/Serial Number: 0?FF\n/);
    expect(said).toMatch(
      /Serial Number: 80000000000000000000000000000001\n\s+Revocation Date: Jan {2}1 00:00:00 2051/,
    );
    expect(said).toMatch(/Authority Key Identifier/);
    expect(opensslSays(await createCrl({ ...parts, entries: [] }), issuerDer)).toMatch(
      /No Revoked Certificates/,
    );
  },
);

test("OpenSSL refuses a list that another key has signed", async () => {
  const { issuerDer } = await authority("ec-p256");
  const { signer } = await authority("ec-p256");
  const parts = { issuerDer, signer, number: 1n, thisUpdate, nextUpdate, entries: [] };
  const der = await createCrl(parts);
  expect(opensslSays(der, issuerDer)).toMatch(/verify failure/);
});

test("a list of 100,000 is one that OpenSSL reads", async () => {
  const { signer, issuerDer } = await authority("ec-p256");
  const entries = Array.from({ length: 100_000 }, (_, i) =>
    crlEntry((2n ** 126n + BigInt(i)).toString(16), thisUpdate),
  );
  const der = await createCrl({ issuerDer, signer, number: 1n, thisUpdate, nextUpdate, entries });
  expect(der.length).toBeLessThan(3_800_000);
  const file = join(directory, "large.der");
  writeFileSync(file, der);
  const args = ["crl", "-inform", "DER", "-in", file, "-noout", "-crlnumber"];
  expect(spawnSync("openssl", args, { encoding: "utf8" }).stdout).toMatch(/crlNumber=/i);
});
