// What a bot signed verifies by the log's key alone, when SVID and authority are gone; whatever was changed does not.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flattenedVerify, importX509 } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bot, verifyStatement } from "../../src/index.ts";
import { run } from "../cli/run-cli.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const clock = new DrivenClock();
const report = Buffer.from("turnover: 42\n");
let server: TestServer;
let finance: Bot;
let logKey: string;
let statement: string;

type Jws = {
  protected: string;
  signature: string;
  header: { "botpass-log": Record<string, unknown> };
};

const verify = (bytes: Buffer, text: string, key = logKey) =>
  verifyStatement(bytes, text, { logKey: key });

/** Statements share checkpoints: time passes until the one that is waited for is made. */
async function driven<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const end = (): void => {
    over = true;
  };
  work.then(end, end);
  while (!over) await clock.advance(100);
  return work;
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return "none";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

beforeAll(async () => {
  server = await runningServer({ clock });
  await server.register("finance");
  finance = await server.connect({ token: (await server.token("finance")).value });
  const { verifier } = await server.admin.call("AuditService", "GetLogKey", {});
  logKey = String(verifier);
  statement = await finance.sign(report);
});
afterAll(() => server.close());

test("a statement verifies by the log's key, and says who signed, when, and by which instance", async () => {
  const [instance] = await server.instances({ bot: "finance" });
  expect(verify(report, statement)).toMatchObject({
    bot: "finance",
    instance: instance?.id,
    serialHex: finance.x509Svid().serialHex,
    signedAt: clock.now(),
    sha256: createHash("sha256").update(report).digest("hex"),
    origin: "example.org/botpass/audit",
  });
  const [record] = await server.audit({ type: "statement.signed" });
  expect(JSON.stringify(record)).not.toContain(createHash("sha256").update(report).digest("hex"));
});

test("its signature verifies with a JOSE library", async () => {
  const jws = JSON.parse(statement) as Jws;
  const header = JSON.parse(Buffer.from(jws.protected, "base64url").toString());
  const pem = `-----BEGIN CERTIFICATE-----\n${header.x5c[0]}\n-----END CERTIFICATE-----`;
  const key = await importX509(pem, "ES256");
  const options = { crit: { b64: true } };
  const signed = { protected: jws.protected, signature: jws.signature, payload: report };
  await expect(flattenedVerify(signed, key, options)).resolves.toMatchObject({});
  const other = { ...signed, payload: Buffer.from("turnover: 43\n") };
  await expect(flattenedVerify(other, key, options)).rejects.toThrow();
});

test("whatever was changed is refused", async () => {
  const jws = JSON.parse(statement) as Jws;
  const log = jws.header["botpass-log"];
  const changed = (change: Partial<Jws>): string => JSON.stringify({ ...jws, ...change });
  const inLog = (change: object): string =>
    changed({ header: { "botpass-log": { ...log, ...change } } });
  const inHeader = (change: object): string => {
    const header = JSON.parse(Buffer.from(jws.protected, "base64url").toString());
    const text = JSON.stringify({ ...header, ...change });
    return changed({ protected: Buffer.from(text).toString("base64url") });
  };
  const record = String(log.record);
  const flipped = jws.signature.startsWith("A") ? "B" : "A";
  const cases: Readonly<Record<string, readonly [Buffer, string, string]>> = {
    "another file": [Buffer.from("turnover: 43\n"), statement, "STATEMENT_INVALID"],
    "a longer file": [Buffer.concat([report, report]), statement, "STATEMENT_INVALID"],
    signature: [
      report,
      changed({ signature: flipped + jws.signature.slice(1) }),
      "STATEMENT_INVALID",
    ],
    "no signature": [report, changed({ signature: "" }), "STATEMENT_INVALID"],
    time: [report, inHeader({ iat: 1 }), "STATEMENT_INVALID"],
    algorithm: [report, inHeader({ alg: "none" }), "STATEMENT_INVALID"],
    "algorithm of a secret": [report, inHeader({ alg: "HS256" }), "STATEMENT_INVALID"],
    "encoded payload": [report, inHeader({ b64: true }), "STATEMENT_INVALID"],
    "unknown critical": [report, inHeader({ crit: ["b64", "x"] }), "STATEMENT_INVALID"],
    type: [report, inHeader({ typ: "JWT" }), "STATEMENT_INVALID"],
    "no chain": [report, inHeader({ x5c: [] }), "STATEMENT_INVALID"],
    record: [report, inLog({ record: record.replace("finance", "forgery") }), "LOG_INCONSISTENT"],
    index: [report, inLog({ index: Number(log.index) + 1 }), "LOG_INCONSISTENT"],
    hashes: [report, inLog({ hashes: [] }), "LOG_INCONSISTENT"],
    "no proof": [report, JSON.stringify({ ...jws, header: {} }), "STATEMENT_INVALID"],
    "no JSON": [report, "x", "STATEMENT_INVALID"],
    "a name twice": [report, statement.replace("{", '{"signature":"",'), "STATEMENT_INVALID"],
  };
  for (const [name, [bytes, text, code]] of Object.entries(cases)) {
    expect(
      codeOf(() => verify(bytes, text)),
      name,
    ).toBe(code);
  }
  const other = await runningServer();
  try {
    const { verifier } = await other.admin.call("AuditService", "GetLogKey", {});
    expect(codeOf(() => verify(report, statement, String(verifier)))).toBe("LOG_INCONSISTENT");
  } finally {
    await other.close();
  }
  expect(codeOf(() => verify(report, statement, "x"))).toBe("REQUEST_INVALID");
});

test("who has an old key finds no record for what it signs now", async () => {
  const second = Buffer.from("a second report");
  const later = await driven(finance.sign(second));
  const stolen = finance.x509Svid();
  const jws = JSON.parse(statement) as Jws;
  // Signs another file as the same header would, and keeps the record of the first.
  const forged = Buffer.from("turnover: 1,000,000\n");
  const header = JSON.parse(Buffer.from(jws.protected, "base64url").toString());
  header.sha256 = createHash("sha256").update(forged).digest("base64url");
  const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
  const input = Buffer.concat([Buffer.from(`${encoded}.`), forged]);
  const signature = (key: Parameters<typeof sign>[2]) =>
    sign("sha256", input, { key: key as never, dsaEncoding: "ieee-p1363" }).toString("base64url");
  const attempt = { ...jws, protected: encoded, signature: signature(stolen.privateKey) };
  expect(() => verify(forged, JSON.stringify(attempt))).toThrow(/is about another statement/);
  // Another key, with the certificate left as it is.
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const foreign = { ...jws, protected: encoded, signature: signature(privateKey) };
  expect(() => verify(forged, JSON.stringify(foreign))).toThrow(/signature does not verify/);
  // The proof of another statement.
  const swapped = { ...jws, header: (JSON.parse(later) as Jws).header };
  expect(() => verify(report, JSON.stringify(swapped))).toThrow(/is about another statement/);
  expect(verify(second, later)).toMatchObject({ bot: "finance" });
});

test("no proof for an SVID that is another's, was revoked, or has expired, nor for a bot that is suspended", async () => {
  await server.register("other");
  const other = await server.connect({ token: (await server.token("other")).value });
  const sha256 = Buffer.alloc(32, 7);
  const prove = (bot: Bot, serialHex: string) => driven(bot.proveStatement({ serialHex, sha256 }));
  const { serialHex } = finance.x509Svid();
  await expect(prove(other, serialHex)).rejects.toMatchObject({ code: "NOT_AUTHORIZED" });
  await expect(prove(other, "00ff")).rejects.toMatchObject({ code: "NOT_AUTHORIZED" });
  const short = other.proveStatement({
    serialHex: other.x509Svid().serialHex,
    sha256: Buffer.alloc(31),
  });
  await expect(short).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  const replaced = new Promise((resolve) => finance.once("rotated", resolve));
  await server.admin.call("RevocationService", "Revoke", { serial: serialHex, reason: "stolen" });
  await expect(prove(finance, serialHex)).rejects.toMatchObject({ code: "DENIED" });
  await replaced;
  const expiring = finance.x509Svid();
  await clock.advance(expiring.notAfter.getTime() - clock.now().getTime() + 2_000);
  await expect(prove(finance, expiring.serialHex)).rejects.toMatchObject({
    code: "SVID_EXPIRED",
  });
  // What was signed before stays signed.
  expect(verify(report, statement)).toMatchObject({ bot: "finance" });
  const count = (await server.audit({ type: "statement.signed" })).length;
  await server.admin.call("BotService", "SuspendBot", { name: "other" });
  await expect(other.sign(report)).rejects.toMatchObject({
    code: expect.stringMatching(/BOT_SUSPENDED|NO_IDENTITY|SVID_EXPIRED|UNAVAILABLE/),
  });
  expect((await server.audit({ type: "statement.signed" })).length).toBe(count);
});

test("sign and verify on the command line, after the server is gone", async () => {
  const real = await runningServer();
  const cwd = real.directory;
  writeFileSync(join(cwd, "report.pdf"), report);
  await real.register("ci");
  writeFileSync(join(cwd, "ci.token"), (await real.token("ci", { uses: 3 })).value, {
    mode: 0o600,
  });
  const key = (
    await run(["--admin-socket", real.server.adminSocket, "audit", "key"])
  ).stdout.trim();
  const signed = await run(["sign", "report.pdf", "--token-file", "ci.token"], { cwd, env: {} });
  expect(signed).toMatchObject({ code: 0, stderr: "" });
  expect(signed.stdout).toMatch(
    /^signed as spiffe:\/\/example.org\/bot\/default\/ci: .*report\.pdf\.sig$/m,
  );
  const again = await run(["sign", "report.pdf", "--token-file", "ci.token"], { cwd, env: {} });
  expect(again).toMatchObject({ code: 1 });
  const missing = await run(["sign", "none.pdf", "--token-file", "ci.token"], { cwd, env: {} });
  expect(missing).toMatchObject({ code: 2 });
  await real.admin.call("BotService", "RetireBot", { name: "ci" });
  const late = ["sign", "report.pdf", "--token-file", "ci.token", "--out", "late.sig"];
  expect((await run(late, { cwd, env: {} })).code).toBe(1);
  expect(existsSync(join(cwd, "late.sig"))).toBe(false);
  await real.server.close();
  const check = ["verify", "report.pdf", "report.pdf.sig", "--key", key];
  const id = "spiffe://example.org/bot/default/ci";
  const good = await run([...check, "--spiffe-id", id], { cwd });
  expect(good).toMatchObject({ code: 0, stderr: "" });
  expect(good.stdout).toMatch(/^Signed by: spiffe:\/\/example.org\/bot\/default\/ci$/m);
  const wrong = await run([...check, "--spiffe-id", "spiffe://example.org/a"], { cwd });
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.stderr).toContain("(STATEMENT_INVALID)");
  expect((await run(["verify", "report.pdf", "report.pdf.sig", "--key", "x"], { cwd })).code).toBe(
    2,
  );
  writeFileSync(join(cwd, "report.pdf"), Buffer.concat([report, Buffer.from(" ")]));
  expect(await run(check, { cwd })).toMatchObject({ code: 1, stdout: "" });
  expect(readFileSync(join(cwd, "report.pdf.sig"), "utf8")).toContain("botpass-log");
  await real.close();
});
