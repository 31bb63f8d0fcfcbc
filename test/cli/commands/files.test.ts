// `botpass files` against a real server, over real sockets.
import { execFile, spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DrivenClock } from "../../support/driven-clock.ts";
import { runningServer, type TestServer } from "../../support/running-server.ts";
import { run } from "../run-cli.ts";

let clock: DrivenClock;
let server: TestServer;
let dir: string;
let tokenFile: string;
beforeEach(async () => {
  clock = new DrivenClock();
  server = await runningServer({ clock });
  dir = join(server.directory, "files");
  tokenFile = join(server.directory, "token");
  await server.register("poster");
  const { value } = await server.token("poster", { uses: 5 });
  await writeFile(tokenFile, value);
});
afterEach(() => server.close());

const read = (name: string): Promise<string> => readFile(join(dir, name), "utf8");

async function serial(): Promise<string> {
  const certificate = new X509Certificate(await read("svid.pem"));
  expect(certificate.checkPrivateKey(createPrivateKey(await read("svid-key.pem")))).toBe(true);
  return certificate.serialNumber;
}

/** Runs `botpass files` until it is told to stop. */
function keep(...flags: string[]) {
  let stop = (): void => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = () => resolve("SIGTERM");
  });
  const ended = run(["files", "--dir", dir, "--token-file", tokenFile, ...flags], {
    clock,
    cwd: server.directory,
    stopRequested: () => stopped,
  });
  return { stop, ended };
}

test("--once writes a set that pairs, and ends", async () => {
  const { code, stdout, stderr } = await keep("--once", "--mode", "640").ended;
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
  await serial();
  expect((await stat(join(dir, "svid-key.pem"))).mode & 0o777).toBe(0o640);
  const leaf = new X509Certificate(await read("svid.pem"));
  expect(leaf.subjectAltName).toBe("URI:spiffe://example.org/bot/default/poster");
  expect(leaf.verify(new X509Certificate(await read("bundle.pem")).publicKey)).toBe(true);
});

test("renews at half life and sends the signal after the switch", async () => {
  const pidFile = join(server.directory, "pid");
  // Says which certificate it finds at each signal.
  const script = `const { readFileSync } = require("fs"); const { X509Certificate } = require("crypto");
    process.on("SIGHUP", () => console.log(new X509Certificate(readFileSync(process.argv[1])).serialNumber));
    setInterval(() => {}, 1e6); console.log("ready");`;
  const child = spawn(process.execPath, ["-e", script, join(dir, "svid.pem")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const lines = (): string[] => said.trim().split("\n");
  try {
    await once(child.stdout, "data");
    await writeFile(pidFile, `${child.pid}\n`);
    const { stop, ended } = keep("--signal", "HUP", "--pid-file", pidFile);
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(2);
    const first = await serial();
    await clock.advance(45 * 60_000, 50);
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(3);
    const second = await serial();
    expect(second).not.toBe(first);
    expect(lines()).toEqual(["ready", first, second]);
    stop();
    expect(await ended).toMatchObject({ code: 0, stderr: expect.stringContaining("SIGTERM") });
  } finally {
    child.kill("SIGKILL");
  }
});

test("--exec runs a command after the switch; one that fails is told and ends nothing", async () => {
  const out = join(server.directory, "out");
  const exec = `test -s "$BOTPASS_FILES_DIR/svid.pem" && echo switched >> '${out}'; exit 3`;
  const { stop, ended } = keep("--exec", exec);
  await expect
    .poll(() => readFile(out, "utf8").catch(() => ""), { timeout: 10_000 })
    .toBe("switched\n");
  stop();
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain("--exec ended with exit code 3");
});

test("--format pkcs12 writes svid.p12 under the password, and bundle.pem; back to PEM it is gone", async () => {
  await writeFile(join(server.directory, "password"), "open sesame\n");
  const flags = ["--format", "pkcs12", "--password-file", "password", "--once"];
  expect(await keep(...flags).ended).toMatchObject({ code: 0, stderr: "" });
  const names = async () => (await readdir(dir)).filter((name) => !name.startsWith("..")).sort();
  expect(await names()).toEqual(["bundle.pem", "crl.pem", "current", "svid.p12"]);
  const at = ["pkcs12", "-in", join(dir, "svid.p12"), "-passin", "pass:open sesame", "-nodes"];
  const { stdout } = await promisify(execFile)("openssl", at);
  const leaf = new X509Certificate(stdout.slice(stdout.indexOf("-----BEGIN CERTIFICATE")));
  expect(leaf.subjectAltName).toBe("URI:spiffe://example.org/bot/default/poster");
  expect(leaf.checkPrivateKey(createPrivateKey(stdout))).toBe(true);
  expect((await stat(join(dir, "svid.p12"))).mode & 0o777).toBe(0o600);
  expect(await keep("--once").ended).toMatchObject({ code: 0 });
  expect(await names()).toEqual(["bundle.pem", "crl.pem", "current", "svid-key.pem", "svid.pem"]);
});

test("ends with exit code 1 when the bot is retired", async () => {
  const { ended } = keep();
  await expect.poll(() => read("svid.pem").catch(() => ""), { timeout: 10_000 }).not.toBe("");
  await server.admin.call("BotService", "RetireBot", { name: "poster", reason: "enough" });
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr).toContain("(BOT_RETIRED)");
});

test.each([
  [["--mode", "644"], 2, "--mode"],
  [["--format", "pkcs12"], 2, "--password-file"],
  [["--format", "jks"], 2, "--format"],
  [["--signal", "HUP"], 2, "--pid-file"],
  [["--signal", "NOSUCH", "--pid-file", "x"], 2, "--signal"],
  [["--owner", "no-such-user-here"], 2, "--owner"],
  [["--dir", "/proc/no"], 2, "/proc/no"],
  [["--audience", "x".repeat(300)], 2, "audience"],
])("refuses %j before it writes", async (flags, code, text) => {
  const ended = await keep("--once", ...flags).ended;
  expect(ended).toMatchObject({ code, stderr: expect.stringContaining(text) });
  await expect(stat(join(dir, "current"))).rejects.toMatchObject({ code: "ENOENT" });
});
