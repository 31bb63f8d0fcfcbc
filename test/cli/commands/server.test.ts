import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { jsonAt, runAt } from "../run-cli.ts";

describe("server healthcheck", () => {
  test("ends with 0 when the server serves", async () => {
    await using server = await startFakeServer({ "Health/Check": () => ({ status: "SERVING" }) });
    expect(await runAt(server, ["server", "healthcheck"])).toEqual({
      code: 0,
      stdout: "SERVING\n",
      stderr: "",
    });
    const { value } = await jsonAt(server, ["server", "healthcheck"]);
    expect(value).toEqual({ status: "SERVING" });
    expect(server.requestsTo("Health/Check")[0]).toEqual({ service: "" });
  });

  test("ends with 1 when it answers that it does not", async () => {
    await using server = await startFakeServer({
      "Health/Check": () => ({ status: "NOT_SERVING" }),
    });
    const { code, stdout, stderr } = await runAt(server, ["server", "healthcheck"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("botpass: the server answers NOT_SERVING (UNAVAILABLE)\n");
  });
});

describe("server rotate-keys", () => {
  const keys = [
    {
      ...{ kind: "x509", before: "aa", after: "bb" },
      ...{ beforeUntilMs: Date.UTC(2030, 0, 31), strandedTokens: 2 },
    },
    { kind: "log", before: "example.org/botpass/audit+1", after: "example.org/botpass/audit+2" },
  ];

  test("prints which keys they were and are, and what it waits for", async () => {
    await using server = await startFakeServer({ "KeyService/RotateKeys": () => ({ keys }) });
    const { code, stdout, stderr } = await runAt(server, ["server", "rotate-keys"]);
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["KEY", "BEFORE", "NOW", "OLD ONE TRUSTED UNTIL"],
      ["x509", "aa", "bb", expect.stringContaining("2030-01-31")],
      ["log", "example.org/botpass/audit+1", "example.org/botpass/audit+2", "-"],
      [""],
    ]);
    expect(stderr).toContain("published for bundle_refresh_hint");
    expect(stderr).toContain("2 unused join tokens know the server only until");
    expect(server.requestsTo("KeyService/RotateKeys")).toMatchObject([
      { only: [], dryRun: false, reason: "" },
    ]);
  });

  test("sends what the flags say", async () => {
    await using server = await startFakeServer({ "KeyService/RotateKeys": () => ({ keys: [] }) });
    const flags = ["--only", "svid, log", "--lead", "5s", "--reason", "why", "--dry-run"];
    await runAt(server, ["server", "rotate-keys", ...flags]);
    expect(server.requestsTo("KeyService/RotateKeys")).toMatchObject([
      { only: ["svid", "log"], leadMs: 5000, reason: "why", dryRun: true },
    ]);
  });
});

test("server backup names an absolute directory and prints what was written", async () => {
  await using server = await startFakeServer({
    "ServerService/Backup": () => ({ bytes: 4096, feedSequence: 17 }),
  });
  const directory = join(server.directory, "backup");
  const { value } = await jsonAt(server, ["server", "backup", "--out", "backup"]);
  expect(value).toEqual({ directory, bytes: 4096, feedSequence: 17 });
  expect(server.requestsTo("ServerService/Backup")).toEqual([{ directory }]);
});
