import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MINT_KEY_TYPES } from "../../../src/cli/commands/x509.ts";
import {
  buildCsr,
  generateKey,
  importPrivateKeyPem,
  KEY_TYPES,
  keyTypeOf,
} from "../../../src/crypto/index.ts";
import { type FakeServer, startFakeServer } from "../fake-server.ts";
import { startIssuer } from "../messages.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const ID = "spiffe://example.org/bot/prod/exporter";
const issuer = await startIssuer();
const script = {
  "MintService/MintX509Svid": ({ csr }: { csr: Buffer }) => issuer.x509(csr, ID),
};
const ARGV = ["x509", "mint", "--bot", "exporter", "--out", "identity"];

async function readOut(server: FakeServer, name: string): Promise<string> {
  return readFile(join(server.directory, "identity", name), "utf8");
}

test("offers every key type that there is", () => {
  expect(MINT_KEY_TYPES).toEqual(KEY_TYPES);
});

describe("x509 mint", () => {
  test("writes SVID, key and bundle, which fit together in Node's eyes", async () => {
    await using server = await startFakeServer(script);
    const { code, value } = await jsonAt(server, [...ARGV, "--ttl", "1h"]);
    const out = join(server.directory, "identity");
    expect(code).toBe(0);
    expect(value).toMatchObject({
      spiffeId: ID,
      svidFile: join(out, "svid.pem"),
      keyFile: join(out, "key.pem"),
      bundleFile: join(out, "bundle.pem"),
    });
    expect((await readdir(out)).sort()).toEqual(["bundle.pem", "key.pem", "svid.pem"]);
    const svid = new X509Certificate(await readOut(server, "svid.pem"));
    const authority = new X509Certificate(await readOut(server, "bundle.pem"));
    expect(svid.subjectAltName).toBe(`URI:${ID}`);
    expect(svid.checkPrivateKey(createPrivateKey(await readOut(server, "key.pem")))).toBe(true);
    expect(svid.verify(authority.publicKey)).toBe(true);
    expect(value).toMatchObject({
      serial: svid.serialNumber.toLowerCase(),
      notBefore: svid.validFromDate.toISOString(),
      notAfter: svid.validToDate.toISOString(),
    });
  });

  test("sends a CSR and nothing of the key", async () => {
    await using server = await startFakeServer(script);
    await runAt(server, [...ARGV, "--ttl", "10m"]);
    const [request] = server.requestsTo("MintService/MintX509Svid");
    expect(request).toMatchObject({ bot: "exporter", ttlSeconds: 600 });
    const key = createPrivateKey(await readOut(server, "key.pem"));
    const { d = "" } = key.export({ format: "jwk" });
    expect(d).not.toBe("");
    const { csr } = request as { csr: Buffer };
    expect(csr.includes(Buffer.from(d, "base64url"))).toBe(false);
  });

  test("keeps the key to its owner, lets others read the rest", async () => {
    await using server = await startFakeServer(script);
    await runAt(server, ARGV);
    const modeOf = async (name: string) =>
      ((await stat(join(server.directory, "identity", name))).mode & 0o777).toString(8);
    expect(await modeOf("key.pem")).toBe("600");
    expect(await modeOf("svid.pem")).toBe("644");
    expect(await modeOf("bundle.pem")).toBe("644");
  });

  test("makes the key type that is asked for", async () => {
    await using server = await startFakeServer(script);
    await runAt(server, [...ARGV, "--key-type", "ec-p384"]);
    expect(keyTypeOf(importPrivateKeyPem(await readOut(server, "key.pem")))).toBe("ec-p384");
  });

  test("leaves files alone, and asks for nothing, unless forced", async () => {
    await using server = await startFakeServer(script);
    expect(await runAt(server, ARGV)).toMatchObject({ code: 0 });
    const before = await readOut(server, "key.pem");
    const { code, stdout, stderr } = await runAt(server, ARGV);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /holds svid.pem already \(ALREADY_EXISTS\)\nhint: --force replaces it\n$/,
    );
    expect(server.calls).toHaveLength(1);
    expect(await readOut(server, "key.pem")).toBe(before);
    expect(await runAt(server, [...ARGV, "--force"])).toMatchObject({ code: 0 });
    expect(await readOut(server, "key.pem")).not.toBe(before);
  });

  test("a directory that cannot be made is a failure, not a crash", async () => {
    await using server = await startFakeServer(script);
    await writeFile(join(server.directory, "file"), "");
    const argv = ["x509", "mint", "--bot", "exporter", "--out", "file/identity"];
    const { code, stderr } = await runAt(server, argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^botpass: --out ".*" cannot be looked at: ENOTDIR/);
  });
});

describe("x509 mint writes nothing when what the server answers", () => {
  const stranger = startIssuer();
  const cases: readonly (readonly [string, (csr: Buffer) => Promise<object>, RegExp])[] = [
    [
      "is signed by an authority that is not in the bundle",
      async (csr) => ({ ...(await (await stranger).x509(csr, ID)), bundle: issuer.bundleMessage }),
      /\(SVID_INVALID\)/,
    ],
    [
      "is for another key",
      async () => issuer.x509(buildCsr(await generateKey("ec-p256")), ID),
      /for another key than the one made here \(SVID_INVALID\)/,
    ],
    [
      "carries another SPIFFE ID than the server says",
      async (csr) => {
        const answer = await issuer.x509(csr, "spiffe://example.org/bot/prod/other");
        return { ...answer, svid: { ...answer.svid, spiffeId: ID } };
      },
      /is spiffe:\/\/example.org\/bot\/prod\/other .*\(SVID_INVALID\)/,
    ],
    ["has no SVID", async () => ({ bundle: issuer.bundleMessage }), /no SVID \(INTERNAL\)/],
    [
      "has no bundle",
      async (csr) => ({ svid: (await issuer.x509(csr, ID)).svid }),
      /no bundle \(INTERNAL\)/,
    ],
  ];

  test.each(cases)("%s", async (_, answer, message) => {
    await using server = await startFakeServer({
      "MintService/MintX509Svid": ({ csr }: { csr: Buffer }) => answer(csr),
    });
    const { code, stdout, stderr } = await runAt(server, ARGV);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(await readdir(server.directory)).not.toContain("identity");
  });
});
