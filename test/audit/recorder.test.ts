import { expect, test } from "vitest";
import { createRecorder } from "../../src/audit/index.ts";
import { newAudit, newBot, newInstance, newIssuance } from "../store/builders.ts";
import { openTestStore } from "../support/store.ts";

async function opened() {
  const { store, ...rest } = await openTestStore();
  await store.transaction(async (tx) => {
    await tx.createBot(newBot("a"));
    await tx.createInstance(newInstance("i1"));
  });
  return { store, ...rest };
}

test("writes that do not hold any more are kept out, and the rest is written", async () => {
  await using place = await openTestStore();
  const recorder = createRecorder({ store: place.store });
  const answers = await Promise.all([
    recorder.append({ audit: [newAudit({ serial: "01" })], stillHolds: () => false }),
    recorder.append({ audit: [newAudit({ serial: "02" })], stillHolds: () => true }),
    recorder.append({ audit: [newAudit({ serial: "03" })] }),
  ]);
  expect(answers).toEqual([false, true, true]);
  expect((await place.store.listAudit()).map(({ serial }) => serial)).toEqual(["02", "03"]);
});

test("one that is refused does not keep the others out", async () => {
  await using place = await openTestStore();
  const { store } = place;
  const recorder = createRecorder({ store });
  await recorder.append({ issuances: [newIssuance("01")] });
  const outcomes = await Promise.allSettled([
    recorder.append({ issuances: [newIssuance("02")], audit: [newAudit()] }),
    recorder.append({ issuances: [newIssuance("01")], audit: [newAudit()] }),
    recorder.record(async () => {
      throw new Error("mine");
    }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(outcomes[1]).toMatchObject({ reason: { code: "ALREADY_EXISTS" } });
  expect(await store.getIssuance("02")).toBeDefined();
  expect(await store.listAudit()).toHaveLength(1);
});

test("what is appended lies before the works of the same transaction, whatever came first", async () => {
  const { store, [Symbol.asyncDispose]: dispose } = await opened();
  const recorder = createRecorder({ store });
  const [live] = await Promise.all([
    recorder.record((tx) => tx.liveIssuances({ instanceId: "i1" }, new Date(0))),
    recorder.append({ issuances: [newIssuance("01")] }),
  ]);
  expect(live.map(({ id }) => id)).toEqual(["01"]);
  await dispose();
});

test("past its bound it answers LIMIT_EXCEEDED with a delay, and closed UNAVAILABLE", async () => {
  await using place = await openTestStore();
  const recorder = createRecorder({ store: place.store, maxWaiting: 2 });
  const waiting = [1, 2].map(() => recorder.append({ audit: [newAudit()] }));
  await expect(recorder.append({ audit: [newAudit()] })).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
    retryAfterMs: 1000,
  });
  expect(await Promise.all(waiting)).toEqual([true, true]);
  await recorder.close();
  await expect(recorder.append({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
