// The watch over the audit, on a real store: nothing that was found is lost or told twice.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { auditDraft, createRecorder, type Recorder } from "../../src/audit/index.ts";
import { NO_TERMS } from "../../src/bots/index.ts";
import { PassportExpectations } from "../../src/server/detection/expectations.ts";
import { DetectionWatch } from "../../src/server/detection/watch.ts";
import { type FindingRecord, openSqliteStore, type Store } from "../../src/store/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function watched(
  settings: Partial<ConstructorParameters<typeof PassportExpectations>[1]> = {},
) {
  const directory = mkdtempSync(join(tmpdir(), "bp-watch-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const clock = new DrivenClock();
  const store = await openSqliteStore({ file: join(directory, "db"), clock });
  closers.push(() => store.close());
  const recorder = createRecorder({ store });
  closers.push(() => recorder.close());
  const told: FindingRecord[] = [];
  const errors: unknown[] = [];
  /** Records that were read from the store. */
  const read: number[] = [];
  const listAudit = store.listAudit.bind(store);
  store.listAudit = async (filter) => {
    const records = await listAudit(filter);
    read.push(...records.map(({ sequence }) => sequence));
    return records;
  };
  const state = { isFull: false };
  const failing: Recorder = {
    get waiting() {
      return recorder.waiting;
    },
    append: (writes) => recorder.append(writes),
    close: () => recorder.close(),
    record: (work) =>
      state.isFull ? Promise.reject(new Error("the disk is full")) : recorder.record(work),
  };
  const open = async (): Promise<DetectionWatch> => {
    const watch = new DetectionWatch({
      store,
      recorder: failing,
      clock,
      expectations: new PassportExpectations(store, {
        instanceLimit: undefined,
        people: [],
        ...settings,
      }),
      trustDomain: "example.org",
      format: "json",
      webhooks: ["siem"],
      keepSeconds: 86_400,
      onFinding: (finding) => told.push(finding),
      onDropped: () => undefined,
      onError: (error) => errors.push(error),
    });
    await watch.start();
    closers.push(() => watch.stop());
    return watch;
  };
  return { clock, store, told, errors, state, read, open };
}

/** An SVID that was replaced comes back while its holder is connected. */
async function lock(store: Store, clock: DrivenClock, instance: string): Promise<void> {
  const event = {
    type: "instance.locked",
    outcome: "ok",
    bot: "a",
    instance,
    details: { connected: "yes" },
  } as const;
  await store.transaction((tx) => tx.appendAudit([auditDraft(event, clock.now())]));
}

test("what was found while nothing could be written is written later, once", async () => {
  const { clock, store, told, errors, state, open } = await watched();
  const watch = await open();
  state.isFull = true;
  await lock(store, clock, "i1");
  watch.wake();
  await clock.advance(3000, 20);
  await vi.waitFor(() => expect(errors.length).toBeGreaterThan(0));
  expect((await store.listFindings()).items).toEqual([]);
  // After 1, 2, 4, 8 … seconds: what fails fills no log.
  await clock.advance(60_000, 20);
  expect(errors.length).toBeLessThan(8);
  state.isFull = false;
  await clock.advance(60_000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  await lock(store, clock, "i2");
  watch.wake();
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(2));
  const { items } = await store.listFindings();
  expect(items.map(({ id, instance }) => [id, instance])).toEqual([
    [2, "i2"],
    [1, "i1"],
  ]);
  expect(await store.nextDeliveries("siem", 10)).toHaveLength(2);
});

test("what came in while no server ran is looked at, and what was told before is not told again", async () => {
  const { clock, store, told, open } = await watched();
  const first = await open();
  await lock(store, clock, "i1");
  first.wake();
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  await first.stop();
  await lock(store, clock, "i1");
  await lock(store, clock, "i2");
  await open();
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told.map(({ instance }) => instance)).toEqual(["i1", "i2"]));
});

test("a record that somebody has spoilt hides no other", async () => {
  const { clock, store, told, errors, open } = await watched();
  const watch = await open();
  const draft = auditDraft(
    { type: "server.started", outcome: "ok", actor: "botpass", requestId: null },
    clock.now(),
  );
  await store.transaction((tx) => tx.appendAudit([{ ...draft, bytes: () => "{" }]));
  await lock(store, clock, "i1");
  watch.wake();
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect(errors).toHaveLength(1);
});

test("what is recorded while it is up to date is not read again, whatever else is undone beside it", async () => {
  const { clock, store, told, read, open } = await watched();
  const watch = await open();
  await clock.advance(2000, 20);
  await store.transaction(async (tx) => {
    const draft = auditDraft({ type: "server.started", outcome: "ok" }, clock.now());
    await tx.appendAudit([draft]);
    const undone = tx.savepoint(async () => {
      const event = { type: "instance.locked", outcome: "ok", bot: "a", instance: "i0" } as const;
      const details = { connected: "yes" };
      await tx.appendAudit([auditDraft({ ...event, details }, clock.now())]);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
  });
  await lock(store, clock, "i1");
  watch.wake();
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect(told[0]).toMatchObject({ instance: "i1", evidence: [2] });
  await lock(store, clock, "i2");
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(2));
  // Its own records of the findings are 3 and 5.
  expect(told[1]).toMatchObject({ instance: "i2", evidence: [4] });
  expect(read.filter((sequence) => sequence !== 3 && sequence !== 5)).toEqual([]);
});

test("what is too much to wait in memory is read from the store, and then what is new is followed again", async () => {
  const { clock, store, told, read, open } = await watched();
  await open();
  await clock.advance(2000, 20);
  const started = auditDraft({ type: "server.started", outcome: "ok" }, clock.now());
  const lots = new Array<typeof started>(10_000).fill(started);
  const locked = { type: "instance.locked", outcome: "ok", bot: "a", instance: "i1" } as const;
  const last = auditDraft({ ...locked, details: { connected: "yes" } }, clock.now());
  // Nobody wakes it but what it is told itself.
  await store.transaction((tx) => tx.appendAudit([...lots, last]));
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 10_000 });
  expect(told[0]).toMatchObject({ instance: "i1", evidence: [10_001] });
  expect(read).toContain(10_001);
  // 10,002 is its own record of the finding.
  await lock(store, clock, "i2");
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(told[1]).toMatchObject({ instance: "i2", evidence: [10_003] });
  expect(read).not.toContain(10_003);
});

test("a changed passport counts for what is recorded after it", async () => {
  const { clock, store } = await watched();
  const at = clock.now();
  const bot = {
    ...{ name: "a", kind: "bot" as const, owner: "o", purpose: "p", endsAt: null },
    ...{ environment: "prod", state: "active" as const, createdAt: at, updatedAt: at },
    spiffeId: "spiffe://example.org/bot/a",
  };
  const created = await store.transaction((tx) =>
    tx.createBot({ ...bot, terms: { ...NO_TERMS, maxInstances: 3 } }),
  );
  const expectations = new PassportExpectations(store, { instanceLimit: 9, people: [] });
  await expectations.load([{ bot: "a" }, { bot: "none" }]);
  expect([expectations.instanceLimit("a"), expectations.instanceLimit("none")]).toEqual([3, 9]);
  const terms = { ...NO_TERMS, maxInstances: 5 };
  await store.transaction((tx) => tx.updateBot({ ...created, terms }));
  await store.transaction((tx) =>
    tx.createBot({ ...bot, name: "none", spiffeId: "spiffe://example.org/bot/none", terms }),
  );
  await expectations.load([{ bot: "a" }, { bot: "none" }]);
  expect([expectations.instanceLimit("a"), expectations.instanceLimit("none")]).toEqual([5, 5]);
});

test("numbers of findings are not given again when old findings have gone, and there are so many at most", async () => {
  const { clock, store } = await watched();
  const add = () =>
    store.transaction((tx) =>
      tx.addFinding({
        ...{ at: clock.now(), detector: "refusal_burst", severity: "low", bot: null },
        ...{ instance: null, subject: "s", summary: "s", facts: {}, evidence: [] },
      }),
    );
  for (let times = 0; times < 5; times += 1) await add();
  const prune = (before: Date, most: number) =>
    store.transaction((tx) => tx.pruneFindings({ before, most, limit: 100 }));
  expect(await prune(new Date(0), 3)).toBe(2);
  expect((await store.listFindings()).items.map(({ id }) => id)).toEqual([5, 4, 3]);
  expect(await prune(new Date(clock.now().getTime() + 1), 3)).toBe(2);
  expect((await add()).id).toBe(6);
});

test("passports say how many instances, whether a person, and which peers", async () => {
  const { clock, store } = await watched();
  const at = clock.now();
  const bot = (name: string, more: object) => ({
    ...{ name, kind: "bot" as const, owner: "o", purpose: "p", environment: "prod", endsAt: null },
    ...{ state: "active" as const, spiffeId: `spiffe://example.org/bot/${name}` },
    ...{ createdAt: at, updatedAt: at, ...more },
  });
  const terms = {
    ...{ deputy: null, ticket: "", reviewEverySeconds: null, maxX509TtlSeconds: null },
    ...{ maxJwtTtlSeconds: null, audiences: [], calledBy: [], attestors: [], networks: [] },
    ...{ mayCall: ["plain", "spiffe://x.test/s/*"], maxInstances: 3, personAllowed: true },
  };
  await store.transaction(async (tx) => {
    await tx.createBot(bot("termed", { terms }));
    await tx.createBot(bot("plain", {}));
  });
  const expectations = new PassportExpectations(store, { instanceLimit: 9, people: ["listed"] });
  const about = (name: string) => ({
    ...{ sequence: 1, at, type: "svid.issued", bot: name, instance: null, code: null },
    ...{ source: "", details: {} },
  });
  await expectations.load([about("termed"), about("plain"), about("listed")]);
  expect(["termed", "plain"].map((each) => expectations.instanceLimit(each))).toEqual([3, 9]);
  const people = ["termed", "plain", "listed"].map((each) => expectations.personAllowed(each));
  expect(people).toEqual([true, false, true]);
  expect(expectations.peersOf("plain")).toBeUndefined();
  expect(expectations.peersOf("termed")).toEqual({
    allowed: ["spiffe://example.org/bot/plain", "spiffe://x.test/s/*"],
    since: at,
  });
});

test("a call that a service reports is held against the caller's passport", async () => {
  const { clock, store, told, open } = await watched();
  const at = new Date(clock.now().getTime() - 3_600_000);
  const terms = { ...NO_TERMS, mayCall: ["spiffe://example.org/service/erp"] };
  await store.transaction((tx) =>
    tx.createBot({
      ...{ name: "poster", kind: "bot", owner: "o", purpose: "p", environment: "prod" },
      ...{ endsAt: null, state: "active", spiffeId: "spiffe://example.org/bot/poster" },
      ...{ createdAt: at, updatedAt: at, terms },
    }),
  );
  const watch = await open();
  for (const name of ["erp", "hr"]) {
    const peer = `spiffe://example.org/service/${name}`;
    watch.used({ bot: "poster", peer, calls: 3, lastAt: clock.now() });
  }
  await clock.advance(2000, 20);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect(told[0]).toMatchObject({
    detector: "outside_peers",
    bot: "poster",
    summary: "poster called spiffe://example.org/service/hr, which its passport does not name.",
  });
});
