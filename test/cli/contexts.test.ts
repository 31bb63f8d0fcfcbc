import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readContexts, writeContexts } from "../../src/cli/contexts.ts";
import { startFakeServer } from "./fake-server.ts";
import { run, runAt } from "./run-cli.ts";

let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bp-contexts-"));
  mkdirSync(join(home, "botpass"), { mode: 0o700 });
  file = join(home, "botpass", "contexts.yaml");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const env = () => ({ XDG_CONFIG_HOME: home, XDG_STATE_HOME: join(home, "state") });
const contexts = (text: string, mode = 0o600): void => writeFileSync(file, text, { mode });

test("what was written is read back, in a file of its owner alone", async () => {
  const lab = { adminSocket: "/run/a.sock" };
  const prod = { server: "a.example:8443", trustDomain: "example.org", operator: "alice" };
  const all = new Map<string, object>([
    ["prod", prod],
    ["lab", lab],
  ]);
  await writeContexts(env(), { current: "lab", contexts: all });
  expect(await readContexts(env())).toEqual({ current: "lab", contexts: all });
  await writeContexts(env(), { current: undefined, contexts: new Map([["lab", lab]]) });
  expect(readFileSync(file, "utf8")).toBe("contexts:\n  lab:\n    admin_socket: /run/a.sock\n");
});

describe("a file that is wrong is named, with exit code 2, and stays as it is", () => {
  test.each([
    ["contexts: [", /contexts\.yaml: .* at line 1, column/],
    ["contexts: 3", /contexts is not a mapping/],
    ["contxts: {}", /the file: contxts: unknown key/],
    ["contexts: { a: { server: b:1, sever: x } }", /contexts\.a: sever: unknown key/],
    ["contexts: { a: {} }", /contexts\.a needs either server or admin_socket/],
    ["contexts: { a: { server: b:1, admin_socket: /s } }", /contexts\.a needs either/],
    ["contexts: { a: { server: 1 } }", /contexts\.a\.server 1 is not a text/],
    ["contexts: { A/B: { server: b:1 } }", /context "A\/B" is not a name/],
    ["current: gone", /current "gone" is not one of its contexts/],
  ])("%s", async (text, message) => {
    contexts(text);
    for (const argv of [["whoami"], ["context", "add", "x", "--server", "a:1"]]) {
      const { code, stderr } = await run(argv, { env: env() });
      expect(stderr).toMatch(message);
      expect(stderr).toContain("(CONFIG_INVALID)");
      expect(code).toBe(2);
    }
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("others may write it", async () => {
    contexts("contexts: {}");
    chmodSync(file, 0o666);
    const { code, stderr } = await run(["context", "list"], { env: env() });
    expect(stderr).toContain("others may write it (CONFIG_INVALID)");
    expect(code).toBe(2);
  });
});

describe("where the server is", () => {
  const here = { name: "uid:0", roles: ["admin"], source: "unix", spiffeId: "", trustDomain: "t" };

  test("the current context's socket, unless flag or environment name another", async () => {
    await using server = await startFakeServer({ "OperatorService/WhoAmI": () => here });
    contexts(`current: lab\ncontexts: { lab: { admin_socket: ${server.socket} } }\n`);
    expect(await run(["whoami"], { env: env() })).toMatchObject({ code: 0 });
    const other = { ...env(), BOTPASS_ADMIN_SOCKET: "/missing.sock" };
    expect((await run(["whoami"], { env: other })).stderr).toContain("at /missing.sock");
    expect(await run(["whoami", "--context", "lab"], { env: other })).toMatchObject({ code: 0 });
    const named = { ...other, BOTPASS_CONTEXT: "lab" };
    expect(await run(["whoami"], { env: named })).toMatchObject({ code: 0 });
    expect(await runAt(server, ["whoami"], { env: { ...env(), HOME: home } })).toMatchObject({
      code: 0,
    });
    expect((await run(["whoami", "--server", "a:1"], { env: env() })).stderr).toContain(
      "context lab has an admin socket and no login",
    );
  });

  test("a context whose login is gone says so", async () => {
    contexts("current: prod\ncontexts: { prod: { server: a.example:8443 } }\n");
    const { code, stderr } = await run(["whoami"], { env: env() });
    expect(stderr).toContain("nobody is logged in to context prod (NO_WAY_IN)");
    expect(stderr).toContain("hint: `botpass login` with the token");
    expect(code).toBe(1);
  });
});

test("a token that is none is refused, never repeated, and changes nothing", async () => {
  const { code, stderr } = await run(["login"], { env: env(), stdin: "bpt1.c2VjcmV0" });
  expect(code).toBe(1);
  expect(stderr).toContain("(TOKEN_INVALID)");
  expect(stderr).not.toContain("c2VjcmV0");
  const named = { ...env(), BOTPASS_TOKEN: "bpt1.c2VjcmV0" };
  expect((await run(["login"], { env: named })).stderr).toContain("(TOKEN_INVALID)");
});

test("a token as an argument, which all users of a machine see, is not taken", async () => {
  const { code, stderr } = await run(["login", "bpt1.c2VjcmV0"], { env: env() });
  expect(code).toBe(2);
  expect(stderr).toContain("too many arguments for 'login'");
  expect(stderr).not.toContain("c2VjcmV0");
});
