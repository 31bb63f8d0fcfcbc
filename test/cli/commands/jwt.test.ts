import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundleToJwks } from "../../../src/crypto/index.ts";
import { startFakeServer } from "../fake-server.ts";
import { startIssuer } from "../messages.ts";
import { jsonAt, run, runAt } from "../run-cli.ts";

const ID = "spiffe://example.org/bot/prod/support";
const AUDIENCE = "https://crm.example.org";
const issuer = await startIssuer();
const token = await issuer.jwt(ID, [AUDIENCE]);

describe("jwt mint", () => {
  const script = {
    "MintService/MintJwtSvid": () => ({
      svid: {
        spiffeId: ID,
        token,
        jti: "jti-1",
        issuedAtMs: Date.UTC(2030, 0, 31, 8),
        expiresAtMs: Date.UTC(2030, 0, 31, 8, 5),
      },
    }),
  };
  const argv = [
    "jwt",
    "mint",
    "--bot",
    "support",
    "--audience",
    AUDIENCE,
    "--audience",
    "b",
    "--ttl",
    "5m",
  ];

  test("prints the token alone", async () => {
    await using server = await startFakeServer(script);
    expect(await runAt(server, argv)).toEqual({ code: 0, stdout: `${token}\n`, stderr: "" });
    expect(server.requestsTo("MintService/MintJwtSvid")).toEqual([
      { bot: "support", audience: [AUDIENCE, "b"], ttlSeconds: 300 },
    ]);
  });

  test("prints the record as JSON", async () => {
    await using server = await startFakeServer(script);
    expect((await jsonAt(server, argv)).value).toEqual({
      spiffeId: ID,
      token,
      jti: "jti-1",
      audience: [AUDIENCE, "b"],
      issuedAt: "2030-01-31T08:00:00.000Z",
      expiresAt: "2030-01-31T08:05:00.000Z",
    });
  });
});

describe("jwt verify", () => {
  const script = { "AttachService/GetBundle": () => issuer.bundleMessage };
  const argv = ["jwt", "verify", "--audience", AUDIENCE];

  test("takes the token from stdin", async () => {
    await using server = await startFakeServer(script);
    const { code, value } = await jsonAt(server, argv, { stdin: `${token}\n` });
    expect(code).toBe(0);
    expect(value).toMatchObject({
      spiffeId: ID,
      audience: [AUDIENCE],
      issuedAt: expect.stringMatching(/Z$/),
      expiresAt: expect.stringMatching(/Z$/),
      jti: expect.stringMatching(/-/),
      claims: { sub: ID },
    });
  });

  test("takes it from a file, before BOTPASS_JWT, before stdin", async () => {
    await using server = await startFakeServer(script);
    const other = await issuer.jwt("spiffe://example.org/other", [AUDIENCE]);
    const third = await issuer.jwt("spiffe://example.org/third", [AUDIENCE]);
    await writeFile(join(server.directory, "token.jwt"), `${token}\n`);
    const options = { env: { BOTPASS_JWT: other }, stdin: third };
    const idOf = async (...flags: string[]) => {
      const { value } = await jsonAt(server, [...argv, ...flags], options);
      return (value as { spiffeId: string }).spiffeId;
    };
    expect(await idOf("--token-file", "token.jwt")).toBe(ID);
    expect(await idOf()).toBe("spiffe://example.org/other");
    expect(await idOf("--token-file", "-")).toBe("spiffe://example.org/third");
  });

  test("needs no server with a bundle of its own", async () => {
    await using server = await startFakeServer({});
    await writeFile(join(server.directory, "bundle.json"), bundleToJwks(issuer.bundle));
    const bundle = ["--bundle", "bundle.json", "--trust-domain", "example.org"];
    const { code, stdout } = await run([...argv, ...bundle], {
      stdin: token,
      cwd: server.directory,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SPIFFE ID: spiffe:\/\/example.org\/bot\/prod\/support$/m);
    expect(server.calls).toEqual([]);
  });

  test("uses the bundle only for the trust domain that is named", async () => {
    await using server = await startFakeServer({});
    await writeFile(join(server.directory, "bundle.json"), bundleToJwks(issuer.bundle));
    const bundle = ["--bundle", "bundle.json", "--trust-domain", "example.com"];
    const options = { stdin: token, cwd: server.directory };
    const { code, stderr } = await run([...argv, ...bundle], options);
    expect(code).toBe(1);
    expect(stderr).toContain("(SVID_INVALID)");
  });

  const flipped = `${token.slice(0, -2)}${token.endsWith("AA") ? "BB" : "AA"}`;
  test.each([
    ["another audience", ["--audience", "https://erp.example.org"], token],
    ["a changed signature", ["--audience", AUDIENCE], flipped],
    ["no token at all", ["--audience", AUDIENCE], "not.a.token"],
  ])("refuses %s with exit code 1, and does not repeat the token", async (_, flags, stdin) => {
    await using server = await startFakeServer(script);
    const { code, stdout, stderr } = await runAt(server, ["jwt", "verify", ...flags], { stdin });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("(SVID_INVALID)");
    expect(stderr).not.toContain(stdin);
  });

  test("refuses an expired one", async () => {
    await using server = await startFakeServer(script);
    const stdin = await issuer.jwt(ID, [AUDIENCE], -3600);
    expect(await runAt(server, argv, { stdin })).toMatchObject({ code: 1 });
  });

  test.each([
    ["nothing", { stdin: " \n" }, "stdin holds no token"],
    ["a terminal", { terminal: true }, "no token given"],
    ["too much", { stdin: "x".repeat(65_537) }, "is longer than 65536 bytes"],
    ["an empty variable and nothing else", { env: { BOTPASS_JWT: "" } }, "stdin holds no token"],
  ])("given %s: exit code 2", async (_, options, message) => {
    await using server = await startFakeServer(script);
    const { code, stderr } = await runAt(server, argv, options);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    ["--token-file", ["--token-file", "missing"]],
    ["--bundle", ["--bundle", "missing", "--trust-domain", "example.org"]],
  ])("an unreadable %s: exit code 2, naming flag and file", async (flag, flags) => {
    await using server = await startFakeServer(script);
    const { code, stderr } = await runAt(server, [...argv, ...flags], { stdin: token });
    expect(code).toBe(2);
    const path = JSON.stringify(join(server.directory, "missing"));
    expect(stderr).toContain(`botpass: ${flag} ${path} cannot be read: ENOENT`);
  });

  test.each([
    ["an argument", [token]],
    ["a flag", [`--token=${token}`]],
    ["a name", ["--trust-domain", token, "--bundle", "f"]],
  ])("a token given as %s is refused and not repeated", async (_, flags) => {
    const { code, stderr } = await run([...argv, ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain("<token>");
    expect(stderr).not.toContain(token.slice(0, 20));
  });
});
