// `botpass exec` as a process of its own, against a real server, over real sockets.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runningServer, type TestServer } from "../../support/running-server.ts";
import { run } from "../run-cli.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const FETCH = fileURLToPath(new URL("../../support/fetch-once.ts", import.meta.url));

let server: TestServer;
let temporary: string;
let name: string;
let count = 0;
beforeAll(async () => {
  server = await runningServer();
  temporary = join(server.directory, "t");
  await mkdir(temporary);
});
afterAll(() => server.close());
beforeEach(async () => {
  count += 1;
  name = `runner-${count}`;
  await server.register(name);
});

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<unknown>;
}

async function start(flags: readonly string[], command: readonly string[]): Promise<Started> {
  const env = {
    PATH: process.env.PATH,
    TMPDIR: temporary,
    BOTPASS_TOKEN: (await server.token(name)).value,
    KEPT: "yes",
  };
  const child = spawn(process.execPath, [MAIN, "exec", ...flags, "--", ...command], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = once(child, "close").then(([code]) => code as unknown);
  return { child, out: () => out, err: () => err, ended };
}

/** Says that it is there, tells each signal, and ends at none. */
const STUBBORN = [
  process.execPath,
  "-e",
  `for (const s of ["SIGTERM", "SIGHUP", "SIGUSR2"]) process.on(s, () => console.log(s));
   setInterval(() => {}, 1e6); console.log("here");`,
];

const SLEEPER = ["sh", "-c", "echo here; exec sleep 100"];

test("the program has a socket and files of the bot, keeps its environment, and its exit code is ours", async () => {
  const script = `test "$KEPT" = yes && test -z "$BOTPASS_TOKEN" || exit 9
    stat -c %a "$BOTPASS_KEY_FILE" -L; stat -c %a "$(dirname "$BOTPASS_KEY_FILE")"
    openssl verify -CAfile "$BOTPASS_BUNDLE_FILE" "$BOTPASS_SVID_FILE" | grep -o OK
    "${process.execPath}" "${FETCH}"; exit 7`;
  const { ended, out, err } = await start([], ["sh", "-c", script]);
  expect({ code: await ended, err: err() }).toEqual({ code: 7, err: "" });
  expect(out()).toBe(`600\n700\nOK\nspiffe://example.org/bot/default/${name}\n`);
  expect(await readdir(temporary)).toEqual([]);
});

test("passes signals on, and ends with 128 and the signal that ended the program", async () => {
  const { child, ended, out } = await start([], STUBBORN);
  await expect.poll(out, { timeout: 10_000 }).toBe("here\n");
  child.kill("SIGHUP");
  await expect.poll(out).toBe("here\nSIGHUP\n");
  child.kill("SIGUSR2");
  await expect.poll(out).toBe("here\nSIGHUP\nSIGUSR2\n");
  child.kill("SIGQUIT");
  expect(await ended).toBe(131);
  expect(await readdir(temporary)).toEqual([]);
});

test.each([
  [[], "RetireBot", SLEEPER, 143],
  [[], "SuspendBot", SLEEPER, 143],
  [["--grace", "1"], "RetireBot", STUBBORN, 137],
  [["--on-retire", "kill"], "RetireBot", STUBBORN, 137],
])("exec %j: %s ends the program", async (flags, method, command, code) => {
  const { ended, err, out } = await start(flags, command);
  await expect.poll(out, { timeout: 10_000 }).toBe("here\n");
  await server.admin.call("BotService", method, { name, reason: "enough" });
  expect(await ended).toBe(code);
  expect(err()).toMatch(/no more: (retired|suspended): /);
  expect(await readdir(temporary)).toEqual([]);
});

test("an eviction ends the program as well", async () => {
  const { ended, out, err } = await start([], SLEEPER);
  await expect.poll(out, { timeout: 10_000 }).toBe("here\n");
  const [instance] = await server.instances({ bot: name });
  await server.admin.call("InstanceService", "EvictInstance", { id: instance?.id });
  expect(await ended).toBe(143);
  expect(err()).toContain("no more: evicted: ");
});

test("--on-retire none lets it run", async () => {
  const { child, ended, out, err } = await start(["--on-retire", "none"], STUBBORN);
  await expect.poll(out, { timeout: 10_000 }).toBe("here\n");
  await server.admin.call("BotService", "RetireBot", { name });
  await expect.poll(err).toContain("retired");
  child.kill("SIGHUP");
  await expect.poll(out).toBe("here\nSIGHUP\n");
  child.kill("SIGQUIT");
  expect(await ended).toBe(131);
});

test("a program that is not there ends with 127, and leaves nothing", async () => {
  const { ended, err } = await start([], ["/no/such/program"]);
  expect(await ended).toBe(127);
  expect(err()).toContain("/no/such/program");
  expect(await readdir(temporary)).toEqual([]);
});

test("wrong flags are refused before anything is dialled", async () => {
  for (const flags of [
    ["--on-retire", "x"],
    ["--grace", "x"],
  ]) {
    expect(await run(["exec", ...flags, "--", "true"])).toMatchObject({ code: 2 });
  }
  expect(await run(["exec"])).toMatchObject({ code: 2 });
});
