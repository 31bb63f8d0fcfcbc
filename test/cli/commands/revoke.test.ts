import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const ANSWER = {
  svids: [
    {
      id: "4d5e",
      kind: "x509",
      bot: "a",
      spiffeId: "spiffe://example.org/bot/default/a",
      instanceId: "i1",
      notAfterMs: Date.UTC(2030, 0, 31, 8),
    },
  ],
  instances: [{ id: "i1", bot: "a", attestor: "unix", connected: true }],
  tokens: ["t1"],
  x509Count: 1,
  jwtCount: 0,
  instanceCount: 1,
  tokenCount: 1,
  suspendedBot: "",
};

const METHOD = "RevocationService/Revoke";

describe("revoke", () => {
  test("sends what is to end and prints what ended", async () => {
    await using server = await startFakeServer({ [METHOD]: () => ANSWER });
    const argv = ["revoke", "--instance", "i1", "--reason", "stolen", "--dry-run"];
    const { value } = await jsonAt(server, argv);
    expect(value).toMatchObject({
      dryRun: true,
      x509Count: 1,
      suspendedBot: null,
      svids: [{ kind: "x509", id: "4d5e", notAfter: "2030-01-31T08:00:00.000Z" }],
      tokens: ["t1"],
    });
    expect(server.requestsTo(METHOD)).toMatchObject([
      { target: "instance", instance: "i1", reason: "stolen", dryRun: true },
    ]);
    const { stdout } = await runAt(server, ["revoke", "--serial", "4D:5E", "--reason", "stolen"]);
    expect(stdout).toMatch(/^Ended:/m);
    expect(stdout).toMatch(/^x509 +4d5e +a +i1 +2030-01-31T08:00:00Z$/m);
    expect(stdout).toMatch(/^i1 +a +unix +yes$/m);
    expect(server.requestsTo(METHOD)[1]).toMatchObject({ serial: "4d5e", dryRun: false });
  });

  test.each([
    [["--selector", "unix:uid:7"], { selector: { type: "unix", value: "uid:7" } }],
    [
      ["--jwts-of", "spiffe://a/b", "--before", "2030-01-31T08:00:00Z"],
      { jwtsOf: { spiffeId: "spiffe://a/b", issuedBeforeMs: Date.UTC(2030, 0, 31, 8) } },
    ],
    [["--node", "n"], { node: "n" }],
    [["--token", "t"], { token: "t" }],
    [["--bot", "b"], { bot: "b" }],
    [["--jti", "j"], { jti: "j" }],
    [["--authority", "x"], { authority: "x" }],
  ])("%j names its target", async (flags, request) => {
    await using server = await startFakeServer({ [METHOD]: () => ANSWER });
    await runAt(server, ["revoke", ...flags, "--reason", "r"]);
    expect(server.requestsTo(METHOD)).toMatchObject([request]);
  });

  test.each([
    [[], "0 targets"],
    [["--bot", "a", "--node", "b"], "2 targets"],
    [["--bot", "a", "--before", "1h"], "--before"],
    [["--serial", "xyz"], '--serial "xyz"'],
    [["--jwts-of", "no"], '--jwts-of "no"'],
    [["--selector", "no"], '--selector "no"'],
  ])("%j is a usage error, before anything is dialled", async (flags, named) => {
    await using server = await startFakeServer({});
    const { code, stderr } = await runAt(server, ["revoke", ...flags, "--reason", "r"]);
    expect(code).toBe(2);
    expect(stderr).toContain(named);
    expect(server.calls).toEqual([]);
  });
});
