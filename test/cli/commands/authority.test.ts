import { expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { jsonAt, runAt } from "../run-cli.ts";

test("authority list prints the authorities", async () => {
  await using server = await startFakeServer({
    "AuthorityService/ListAuthorities": () => ({
      authorities: [
        {
          id: "a1",
          kind: "x509",
          state: "active",
          keyType: "ec-p256",
          notBeforeMs: Date.UTC(2030, 0, 1),
          notAfterMs: Date.UTC(2030, 0, 8),
          keyFingerprint: "f00d",
          liveSvids: 7,
          instances: 5,
          connected: 4,
        },
      ],
    }),
  });
  expect((await jsonAt(server, ["authority", "list"])).value).toEqual({
    authorities: [
      {
        id: "a1",
        kind: "x509",
        state: "active",
        keyType: "ec-p256",
        notBefore: "2030-01-01T00:00:00.000Z",
        notAfter: "2030-01-08T00:00:00.000Z",
        keyFingerprint: "f00d",
        liveSvids: 7,
        instances: 5,
        connected: 4,
      },
    ],
  });
  const { stdout } = await runAt(server, ["authority", "list"]);
  expect(stdout).toMatch(
    /^a1 +x509 +active +ec-p256 +2030-01-01T00:00:00Z +2030-01-08T00:00:00Z +7 +5 \(4 connected\) +f00d$/m,
  );
});

const record = (id: string, state: string) => ({ id, kind: "x509", state, liveSvids: 3 });

test.each([
  [["prepare", "--kind", "jwt"], "PrepareAuthority", { kind: "jwt" }],
  [["activate", "a1", "--lead", "0s"], "ActivateAuthority", { id: "a1", leadMs: 0 }],
  [
    ["taint", "--spread", "1m", "--lead", "7s", "--reason", "r"],
    "TaintAuthority",
    { id: "", kind: "x509", spreadMs: 60_000, leadMs: 7_000, reason: "r" },
  ],
  [["revoke", "a1", "--reason", "r"], "RevokeAuthority", { id: "a1", reason: "r" }],
])("authority %j orders it", async (args, method, expected) => {
  let asked: object = {};
  await using server = await startFakeServer({
    [`AuthorityService/${method}`]: (request: object) => {
      asked = request;
      return { authority: record("a1", "tainted"), active: record("a2", "active") };
    },
  });
  const { value } = await jsonAt(server, ["authority", ...args]);
  expect(asked).toMatchObject(expected);
  expect(value).toMatchObject({
    authority: { id: "a1", liveSvids: 3 },
    active: { id: "a2" },
    strandedTokens: 0,
  });
  expect((await runAt(server, ["authority", ...args])).stdout).toMatch(/^Signs now: +a2$/m);
});

test.each([
  [["taint", "--spread", "soon"], '--spread "soon" is not a duration'],
  [["taint", "--lead", "11m"], '--lead "11m" is not 0s to 10m'],
  [["revoke", "--kind", "ssh"], '--kind "ssh" is not one of x509, jwt'],
])("authority %j is refused before anything is asked", async (args, message) => {
  await using server = await startFakeServer({});
  const { code, stderr } = await runAt(server, ["authority", ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
