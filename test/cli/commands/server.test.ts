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

test("server backup names an absolute directory and prints what was written", async () => {
  await using server = await startFakeServer({
    "ServerService/Backup": () => ({ bytes: 4096, feedSequence: 17 }),
  });
  const directory = join(server.directory, "backup");
  const { value } = await jsonAt(server, ["server", "backup", "--out", "backup"]);
  expect(value).toEqual({ directory, bytes: 4096, feedSequence: 17 });
  expect(server.requestsTo("ServerService/Backup")).toEqual([{ directory }]);
});
