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
      },
    ],
  });
  const { stdout } = await runAt(server, ["authority", "list"]);
  expect(stdout).toMatch(
    /^a1 +x509 +active +ec-p256 +2030-01-01T00:00:00Z +2030-01-08T00:00:00Z +f00d$/m,
  );
});
