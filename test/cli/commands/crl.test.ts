import { expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { jsonAt, runAt } from "../run-cli.ts";

const crl = (authorityId: string) => ({
  authorityId,
  der: Buffer.from(authorityId),
  number: 7,
  thisUpdateMs: Date.UTC(2030, 0, 31),
  nextUpdateMs: Date.UTC(2030, 1, 1),
  entries: 2,
});

test("crl prints each list as PEM, or the one that is asked for", async () => {
  await using server = await startFakeServer({
    "AttachService/GetCrls": () => ({ crls: [crl("a"), crl("b")] }),
  });
  const { stdout } = await runAt(server, ["crl"]);
  expect(stdout.match(/-----BEGIN X509 CRL-----/g)).toHaveLength(2);
  const { value } = await jsonAt(server, ["crl", "--authority", "b"]);
  expect(value).toMatchObject({
    crls: [{ authority: "b", number: 7, entries: 2, nextUpdate: "2030-02-01T00:00:00.000Z" }],
  });
  const none = await runAt(server, ["crl", "--authority", "c"]);
  expect(none.code).toBe(1);
  expect(none.stderr).toContain("authority c has no list");
});
