import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { tokenMessage } from "../messages.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const TOKEN = {
  id: "token-1",
  bot: "ci-deployer",
  state: "valid",
  createdAt: "2030-01-31T08:00:00.000Z",
  expiresAt: "2030-01-31T08:10:00.000Z",
  uses: 2,
  usedBy: [
    { keyFingerprint: "f00d", instanceId: "instance-1", usedAt: "2030-01-31T08:00:00.000Z" },
  ],
  refused: 1,
};

describe("token create", () => {
  const script = {
    "TokenService/CreateToken": () => ({ token: tokenMessage(), value: "bpt1.secret" }),
  };

  test("prints the token's string alone on stdout", async () => {
    await using server = await startFakeServer(script);
    const { code, stdout, stderr } = await runAt(server, [
      "token",
      "create",
      "--bot",
      "ci-deployer",
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "bpt1.secret\n" });
    expect(stderr).toBe("botpass: token token-1 lets ci-deployer in until 2030-01-31T08:10:00Z\n");
    expect(stderr).not.toContain("secret");
  });

  test("prints token and record as JSON", async () => {
    await using server = await startFakeServer(script);
    const { value, stderr } = await jsonAt(server, ["token", "create", "--bot", "ci-deployer"]);
    expect(value).toEqual({ value: "bpt1.secret", token: TOKEN });
    expect(stderr).toBe("");
  });

  test("sends lifetime, uses and addresses; nothing of them unless given", async () => {
    await using server = await startFakeServer(script);
    const addresses = ["--address", "botpass.internal:8443", "--address", "[2001:db8::1]:8443"];
    await runAt(server, [
      "token",
      "create",
      "--bot",
      "a",
      "--ttl",
      "24h",
      "--uses",
      "100",
      ...addresses,
    ]);
    await runAt(server, ["token", "create", "--bot", "a"]);
    expect(server.requestsTo("TokenService/CreateToken")).toEqual([
      {
        bot: "a",
        ttlSeconds: 86_400,
        uses: 100,
        addresses: ["botpass.internal:8443", "[2001:db8::1]:8443"],
      },
      { bot: "a", ttlSeconds: 0, uses: 0, addresses: [] },
    ]);
  });
});

describe("token list", () => {
  const script = { "TokenService/ListTokens": () => ({ tokens: [tokenMessage()] }) };

  test("shows who holds it", async () => {
    await using server = await startFakeServer(script);
    expect((await jsonAt(server, ["token", "list"])).value).toEqual({ tokens: [TOKEN] });
    const { stdout } = await runAt(server, ["token", "list", "--bot", "ci-deployer"]);
    expect(stdout).toMatch(
      /^token-1 +ci-deployer +valid +2030-01-31T08:10:00Z +1\/2 +1 +instance-1$/m,
    );
    expect(server.requestsTo("TokenService/ListTokens")).toMatchObject([
      { bot: "" },
      { bot: "ci-deployer" },
    ]);
  });
});

test("token revoke prints the token as it is now", async () => {
  await using server = await startFakeServer({
    "TokenService/RevokeToken": () => tokenMessage({ state: "revoked" }),
  });
  const { value } = await jsonAt(server, ["token", "revoke", "token-1"]);
  expect(value).toEqual({ ...TOKEN, state: "revoked" });
  expect((await runAt(server, ["token", "revoke", "token-1"])).stdout).toMatch(
    /^STATE: +revoked$/m,
  );
  expect(server.requestsTo("TokenService/RevokeToken")[0]).toEqual({ id: "token-1" });
});
