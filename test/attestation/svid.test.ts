// Which of an instance's SVIDs may resume it: its bot may have died with answers on their way.
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AttestationContext, type Step, svidAttestor } from "../../src/attestation/index.ts";
import { createRecorder } from "../../src/audit/index.ts";
import { Admission } from "../../src/issuance/index.ts";
import { parseSpiffeId } from "../../src/spiffe/index.ts";
import { addBot, at, newAuthority, newInstance, newIssuance, T0 } from "../store/builders.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { openTestStore, type TestStore } from "../support/store.ts";

let test1: TestStore;
beforeEach(async () => {
  test1 = await openTestStore();
  const { store } = test1;
  await addBot(store);
  await store.transaction(async (tx) => {
    await tx.createAuthority(newAuthority("x1"));
    await tx.createInstance(newInstance("i1"));
  });
});
afterEach(() => test1.close());

const issue = (serial: string) =>
  test1.store.transaction((tx) => tx.appendIssuances([newIssuance(serial)]));

/** The bot says that it holds its newest. */
async function use(): Promise<void> {
  const instance = await test1.store.getInstance("i1");
  if (instance === undefined) throw new Error("there is no instance");
  await test1.store.transaction((tx) => tx.updateInstance({ ...instance, newestUsed: true }));
}

function resumeBy(serialHex: string): Promise<Step> {
  const spiffeId = parseSpiffeId("spiffe://example.org/bot/prod/a");
  const peerSvid = {
    serialHex,
    spiffeId,
    notAfter: at(3600),
  } as unknown as AttestationContext["peerSvid"];
  const clock = new DrivenClock(T0);
  const attestor = svidAttestor({
    store: test1.store,
    clock,
    lock: async (tx, instance) => tx.updateInstance({ ...instance, state: "locked" }),
  });
  const context = { clientNonce: Buffer.alloc(32), transport: "tls", remoteAddress: "" } as const;
  return attestor.begin({}, { ...context, ...(peerSvid && { peerSvid }) });
}

test("however many answers were lost, the one that was used last resumes", async () => {
  await issue("01");
  await use();
  for (const lost of ["02", "03", "04"]) {
    await issue(lost);
    expect(await resumeBy("01")).toMatchObject({ kind: "proof", proof: { attestor: "svid" } });
  }
  expect(await resumeBy("04")).toMatchObject({ kind: "proof" });
  expect(await test1.store.getInstance("i1")).toMatchObject({ state: "active" });
});

test("once a later one is used, what was used before is a copy", async () => {
  await issue("01");
  await use();
  await issue("02");
  await issue("03");
  await use();
  await expect(resumeBy("01")).rejects.toMatchObject({ code: "INSTANCE_LOCKED" });
  expect(await test1.store.getInstance("i1")).toMatchObject({ state: "locked" });
});

test("one whose answer was lost, and that another has followed, is in nobody's hands: it is a copy", async () => {
  await issue("01");
  await use();
  await issue("02");
  await issue("03");
  await expect(resumeBy("02")).rejects.toMatchObject({ code: "INSTANCE_LOCKED" });
});

test("what the bot says that it holds resumes, though another was issued in the same transaction", async () => {
  await issue("01");
  await use();
  const { store } = test1;
  await store.transaction((tx) => tx.appendIssuances([newIssuance("02", { issuedAt: at(1) })]));
  const recorder = createRecorder({ store });
  const clock = new DrivenClock(T0);
  const admission = new Admission({ store, recorder, clock, lineageSeconds: 60 });
  // The recorder writes what was issued first, whatever came in first.
  await Promise.all([
    admission.confirm("i1", "02"),
    recorder.append({ issuances: [newIssuance("03", { issuedAt: at(2) })] }),
  ]);
  expect(await resumeBy("02")).toMatchObject({ kind: "proof" });
  // One from before says nothing any more.
  await admission.confirm("i1", "01");
  await recorder.close();
  await expect(resumeBy("01")).rejects.toMatchObject({ code: "INSTANCE_LOCKED" });
});
