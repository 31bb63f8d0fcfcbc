import { describe, expect, test } from "vitest";
import { parseSelectors } from "../../src/cli/flags.ts";
import { leaves, programTree } from "./program-tree.ts";
import { run } from "./run-cli.ts";

// No server runs here, and none is missed: flags are checked before anything is dialled.

const REGISTER = ["bot", "register", "a", "--owner", "o", "--purpose", "p"];
const MANY = Array.from({ length: 33 }, (_, index) => ["--selector", `unix:gid:${index}`]).flat();

/** Wrong commands, and what is said of them. */
const WRONG: readonly (readonly [argv: readonly string[], message: string])[] = [
  [["bot", "list", "--colour"], "unknown option '--colour' (REQUEST_INVALID)"],
  [["bot", "lst"], "unknown command 'lst' (REQUEST_INVALID)"],
  [["bots"], "unknown command 'bots' (REQUEST_INVALID)"],
  [["bot", "show"], "missing required argument 'NAME' (REQUEST_INVALID)"],
  [["bot", "show", "a", "b"], "too many arguments for 'show'"],
  [["bot", "register", "a", "--purpose", "p"], "required option '--owner <OWNER>' not specified"],
  [
    ["bot", "list", "--output", "xml"],
    '--output "xml" is not one of table, json (REQUEST_INVALID)',
  ],
  [
    ["bot", "list", "--state", "gone"],
    '--state "gone" is not one of draft, proposed, active, restricted, suspended, retired',
  ],
  [["bot", "show", "Invoice_Poster"], 'NAME "Invoice_Poster" is not 1 to 63 of a-z, 0-9 and -'],
  [["bot", "show", "a".repeat(64)], "is not 1 to 63 of a-z, 0-9 and -"],
  [["bot", "register", "a", "--owner", "", "--purpose", "p"], "--owner has 0 bytes, not 1 to 256"],
  [[...REGISTER, "--kind", "human"], '--kind "human" is not one of bot, service, node'],
  [[...REGISTER, "--ends", "2030-02-30"], '--ends "2030-02-30" is neither a date nor a duration'],
  [[...REGISTER, "--ends", "2020-01-01"], '--ends "2020-01-01" is not in the future'],
  [[...REGISTER, "--path", "bot/a"], '--path "bot/a" does not start with /'],
  [[...REGISTER, "--selector", "unix"], '--selector "unix" is not valid'],
  [[...REGISTER, "--selector", "Unix:uid:1"], "(SELECTOR_INVALID)"],
  [[...REGISTER, ...MANY], "--selector is given 33 times, not 1 to 32"],
  [[...REGISTER, "--x509-ttl", "25h"], '--x509-ttl "25h" is not 1s to 1d'],
  [[...REGISTER, "--jwt-ttl", "61m"], '--jwt-ttl "61m" is not 1s to 1h'],
  [["bot", "update", "a"], "nothing to change"],
  [["bot", "update", "a", "--ends", "1d", "--clear", "ends"], "exclude each other"],
  [["bot", "update", "a", "--clear", "owner"], '--clear "owner" is not one of ends'],
  [["bot", "update", "a", "--owner", "b", "--revision", "-1"], '--revision "-1" is not a whole'],
  [["bot", "retire", "a", "--reason", "a\nb"], "holds a control character"],
  [["entry", "create", "--bot", "a"], "--selector is required, at least once"],
  [["entry", "create", "--bot", "a", "--selector", "a:b", "--selector", "a:b"], "is given twice"],
  [["entry", "update", "e"], "nothing to change"],
  [["entry", "update", "e", "--hint", "x", "--clear", "hint"], "--clear hint contradicts"],
  [["entry", "explain"], "--selector is required, at least once"],
  [["entry", "show", "a b"], 'ID "a b" is not an id'],
  [["token", "create", "--bot", "a", "--ttl", "25h"], '--ttl "25h" is not 1s to 1d'],
  [
    ["token", "create", "--bot", "a", "--uses", "101"],
    '--uses "101" is not a whole number 1 to 100',
  ],
  [["token", "create", "--bot", "a", "--address", "host"], '--address "host" is not host:port'],
  [["bundle", "show", "--format", "der"], '--format "der" is not one of pem, jwks'],
  [["bundle", "show", "--format", "pem", "--output", "json"], '--format "pem" is not JSON'],
  [
    ["x509", "mint", "--bot", "a", "--out", "d", "--key-type", "dsa"],
    '--key-type "dsa" is not one',
  ],
  [["x509", "mint", "--bot", "a", "--out", "d", "--ttl", "x"], '--ttl "x" is not a duration'],
  [["jwt", "mint", "--bot", "a"], "--audience is required, at least once"],
  [
    ["jwt", "verify", "--audience", "x", "--bundle", "f"],
    "--bundle and --trust-domain go together",
  ],
  [
    ["audit", "list", "--since", "yesterday"],
    '--since "yesterday" is neither a date nor a duration',
  ],
  [["audit", "list", "--since", "1h", "--until", "2h"], '--since "1h" is after --until "2h"'],
  [["audit", "list", "--serial", "not hex"], '--serial "not hex"'],
  [["audit", "list", "--limit", "0"], '--limit "0" is not a whole number from 1'],
  [["operator", "add", "a"], "required option '--unix-user <USER>' not specified"],
  [["operator", "add", "A B", "--unix-user", "a"], 'NAME "A B" is not 1 to 63 of a-z'],
  [
    ["operator", "invite", "a", "--role", "boss"],
    '--role "boss" is not one of registrar, approver',
  ],
  [["operator", "invite", "a", "--ttl", "25h"], '--ttl "25h" is not 1s to 1d'],
  [["operator", "set-roles", "a"], "either --role, at least once, or --none is required"],
  [["operator", "set-roles", "a", "--none", "--role", "admin"], "either --role, at least once, or"],
  [["login"], "no token: give it by --token-file, in BOTPASS_TOKEN or on stdin"],
  [["login", "--token-file", "/missing"], '--token-file "/missing" cannot be read'],
  [["login", "--admin-socket", "/a"], "--admin-socket is of no use to a login"],
  [["whoami", "--server", "8443"], '--server "8443" is not host:port'],
  [["whoami", "--server", "a:1"], '--server "a:1" needs a login, and there is none'],
  [["whoami", "--server", "a:1", "--admin-socket", "/a"], "--admin-socket excludes --server and"],
  [["whoami", "--context", "A/B"], '--context "A/B" is not 1 to 255 of a-z'],
  [["whoami", "--context", "gone"], 'there is no context "gone", only none'],
  [["context", "use", "gone"], 'there is no context "gone", only none'],
  [["context", "add", "a"], "either --admin-socket or --server is required"],
  [["bot", "list", "--server-uid", "root"], '--server-uid "root" is not a whole number'],
  [["bot", "list", "--admin-socket", `/${"a".repeat(107)}`], "is longer than 107 bytes"],
  [["server", "run", "--config", "/missing.yaml"], '--config "/missing.yaml" cannot be read'],
  [["server", "run", "--listen", "8443"], '--listen "8443" is not host:port'],
  [["server", "validate", "--trust-domain", "Example Org"], "(TRUST_DOMAIN_INVALID)"],
];

describe("wrong usage ends with exit code 2 and names field and value", () => {
  test.each(WRONG)("%j", async (argv, message) => {
    const { code, stdout, stderr } = await run(argv);
    expect(stderr).toContain(message);
    expect(stderr.split("\n")[0]).toMatch(/^botpass: .* \([A-Z_]+\)$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

test("a near miss is hinted at", async () => {
  const { stderr } = await run(["bot", "list", "--environmnt", "prod"]);
  expect(stderr).toContain("hint: Did you mean --environment?");
});

test.each([[[]], [["bot"]]])(
  "without a command, %j shows help on stderr, exit code 2",
  async (argv) => {
    const { code, stdout, stderr } = await run(argv);
    expect(stderr).toMatch(/^Usage: botpass/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  },
);

test("--help and --version print to stdout, exit code 0", async () => {
  expect(await run(["--help"])).toMatchObject({ code: 0, stderr: "" });
  const { code, stdout } = await run(["--version"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
});

describe("--help of each command", () => {
  const commands = leaves(programTree()).map((leaf) => {
    // A command of its own, or a verb of a group, or of a group of a group.
    const words: string[] = [];
    for (let at = leaf; at.parent !== null; at = at.parent) words.unshift(at.name());
    return [words];
  });

  test.each(commands)("%j ends with an example and shows the global flags", async (command) => {
    const { code, stdout } = await run([...command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`\nExample:\n  `);
    expect(stdout).toContain("--admin-socket <PATH>");
  });
});

test("a thousand selectors are taken, one more is not", () => {
  const selectors = Array.from({ length: 1001 }, (_, index) => `unix:gid:${index}`);
  expect(parseSelectors("--selector", selectors.slice(1), 1000)).toHaveLength(1000);
  expect(() => parseSelectors("--selector", selectors, 1000)).toThrow(/given 1001 times/);
});

describe("without a server", () => {
  test("says so and how to start it, exit code 3", async () => {
    const { code, stdout, stderr } = await run(["bot", "list"], {
      env: { BOTPASS_DATA_DIR: "/missing/data" },
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toBe(
      "botpass: server not reachable at /missing/data/admin.sock: there is no such socket (UNAVAILABLE)\n" +
        "hint: start it with `botpass server run`, or name its socket with --admin-socket\n",
    );
  });

  test.each([
    [
      "the flag",
      ["--admin-socket", "rel.sock"],
      { BOTPASS_ADMIN_SOCKET: "/env.sock" },
      "/cwd/rel.sock",
    ],
    [
      "BOTPASS_ADMIN_SOCKET",
      [],
      { BOTPASS_ADMIN_SOCKET: "/missing/env.sock", BOTPASS_DATA_DIR: "/d" },
      "/missing/env.sock",
    ],
    [
      "BOTPASS_DATA_DIR",
      [],
      { BOTPASS_ADMIN_SOCKET: "", BOTPASS_DATA_DIR: "/missing" },
      "/missing/admin.sock",
    ],
  ])("the socket is found by %s", async (_, flags, env, socket) => {
    const { stderr } = await run([...flags, "bot", "list"], { env, cwd: "/cwd" });
    expect(stderr).toContain(`server not reachable at ${socket}:`);
  });

  test("a file that is no socket is not a server", async () => {
    const { code, stderr } = await run(["bot", "list", "--admin-socket", import.meta.filename]);
    expect(code).toBe(3);
    expect(stderr).toContain("it is not a socket");
  });
});
