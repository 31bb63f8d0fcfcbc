import { expect, test } from "vitest";
import { auditDraft, issuedAround } from "../../src/audit/index.ts";
import { openTestStore } from "../support/store.ts";

const AT = new Date("2030-01-31T12:00:00.000Z");
const issued = (serial: string, secondsAgo: number) => {
  const at = new Date(AT.getTime() - secondsAgo * 1000);
  const details = { kind: "x509", notAfter: new Date(at.getTime() + 86_000_000).toISOString() };
  const event = { type: "svid.issued", outcome: "ok", bot: "a", serial, details } as const;
  return auditDraft({ ...event, instance: `i${serial}` }, at);
};

test("of a bot with very many SVIDs the newest are looked at, and that there are older ones is said", async () => {
  await using made = await openTestStore();
  const { store } = made;
  const before = Array.from({ length: 20_000 }, (_, place) => issued(`a${place}`, 3600));
  await store.transaction((tx) => tx.appendAudit(before));
  expect((await issuedAround(store, "a", AT, 86_400)).issued).toHaveLength(20_000);
  const after = [issued("b1", 20), issued("b2", 10), issued("later", -10)];
  await store.transaction((tx) => tx.appendAudit(after));
  const { issued: found, more } = await issuedAround(store, "a", AT, 86_400);
  expect(more).toBe(true);
  expect(found.slice(0, 3).map(({ id }) => id)).toEqual(["b2", "b1", "a19999"]);
  expect(await issuedAround(store, "nobody", AT, 86_400)).toEqual({ issued: [], more: false });
});
