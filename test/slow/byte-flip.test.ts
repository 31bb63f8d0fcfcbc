// What `x509 mint` and `jwt mint` write is read by OpenSSL, Node and go-spiffe; with one byte flipped, by none.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pemDecode, pemEncode } from "../../src/crypto/index.ts";
import { serverProcess } from "../support/server-process.ts";

const server = await serverProcess();
const out = join(server.directory, "minted");
let leaf: Buffer = Buffer.alloc(0);
let root: Buffer = Buffer.alloc(0);
let token = "";

beforeAll(async () => {
  await server.start();
  await server.botpass(
    "bot",
    "register",
    "a",
    "--owner",
    "o",
    "--purpose",
    "p",
    "--audience",
    "reports",
  );
  await server.botpass("x509", "mint", "--bot", "a", "--out", out);
  token = await server.botpass("jwt", "mint", "--bot", "a", "--audience", "reports");
  writeFileSync(join(out, "token.txt"), token);
  writeFileSync(
    join(out, "bundle.jwks"),
    await server.botpass("bundle", "show", "--format", "jwks"),
  );
  [leaf = leaf] = pemDecode("CERTIFICATE", readFileSync(join(out, "svid.pem"), "utf8"));
  [root = root] = pemDecode("CERTIFICATE", readFileSync(join(out, "bundle.pem"), "utf8"));
}, 60_000);
afterAll(() => server.remove());

const flipped = (bytes: Buffer, at: number): Buffer => {
  const bad = Buffer.from(bytes);
  bad[at] = (bad[at] ?? 0) ^ 0x01;
  return bad;
};

test("OpenSSL accepts it, and no flip at any offset", { timeout: 120_000 }, () => {
  const bundle = join(out, "bundle.pem");
  const args = ["verify", "-x509_strict", "-CAfile", bundle];
  expect(execFileSync("openssl", [...args, join(out, "svid.pem")], { encoding: "utf8" })).toContain(
    ": OK",
  );
  const directory = join(out, "flips");
  mkdirSync(directory);
  const files = Array.from(leaf, (_, at) => {
    const file = join(directory, `${at}.pem`);
    writeFileSync(file, pemEncode("CERTIFICATE", flipped(leaf, at)));
    return file;
  });
  // Each alone: one certificate that cannot be read ends a run of openssl.
  const accepted = files.filter((file) => {
    const run = spawnSync("openssl", [...args, file], { encoding: "utf8" });
    return run.status === 0 || run.stdout.includes(": OK");
  });
  expect(accepted).toEqual([]);
});

test("Node accepts it, and no flip at any offset", () => {
  const issuer = new X509Certificate(root);
  const accepts = (der: Buffer): boolean => {
    try {
      const certificate = new X509Certificate(der);
      return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
    } catch {
      return false;
    }
  };
  expect(accepts(leaf)).toBe(true);
  for (let at = 0; at < leaf.length; at += 1)
    expect(accepts(flipped(leaf, at)), `offset ${at}`).toBe(false);
});

test("Node accepts the token, and no flip at any offset", () => {
  const { keys } = JSON.parse(readFileSync(join(out, "bundle.jwks"), "utf8")) as {
    keys: { use: string; kid: string }[];
  };
  const jwk = keys.find(({ use }) => use === "jwt-svid");
  const key = createPublicKey({ format: "jwk", key: jwk as never });
  const accepts = (text: Buffer): boolean => {
    const [header = "", payload = "", signature = ""] = text.toString("latin1").split(".");
    const bytes = Buffer.from(signature, "base64url");
    // A form of the signature that decodes to the same bytes is no other signature.
    if (bytes.toString("base64url") !== signature) return false;
    return verify(
      "sha256",
      Buffer.from(`${header}.${payload}`),
      { key, dsaEncoding: "ieee-p1363" },
      bytes,
    );
  };
  const good = Buffer.from(token);
  expect(accepts(good)).toBe(true);
  for (let at = 0; at < good.length; at += 1)
    expect(accepts(flipped(good, at)), `offset ${at}`).toBe(false);
});

const haveGo = spawnSync("go", ["version"]).status === 0;

test.runIf(haveGo)(
  "go-spiffe accepts both, and none of 64 flips of each",
  { timeout: 300_000 },
  () => {
    const source = join(import.meta.dirname, "../interop/go");
    const program = join(server.directory, "verify");
    execFileSync("go", ["build", "-o", program, "."], { cwd: source, stdio: "inherit" });
    const seed = createHash("sha256").update(leaf).digest().readUInt32BE();
    const run = spawnSync(program, [out, String(seed)], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout.trim()).toBe("accepted 2, refused 128");
    expect(run.status).toBe(0);
  },
);
