// What a staging holds is there for nobody, then for everybody.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NO_TERMS } from "../../src/bots/index.ts";
import { systemClock } from "../../src/clock.ts";
import { recoverStagings } from "../../src/server/admin/state.ts";
import { openSqliteStore, type Store } from "../../src/store/index.ts";

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bp-staging-"));
  store = await openSqliteStore({ file: join(directory, "db") });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const now = new Date("2026-01-01T00:00:00Z");
const bot = (name: string) => ({
  name,
  kind: "bot" as const,
  owner: "o",
  purpose: "p",
  environment: "default",
  endsAt: new Date("2027-01-01T00:00:00Z"),
  state: "active" as const,
  spiffeId: `spiffe://example.org/${name}`,
  createdAt: now,
  updatedAt: now,
});
const selector = { type: "unix", value: "uid:1" };
const entry = (id: string, of: string) => ({
  id,
  bot: of,
  selectors: [selector],
  x509TtlSeconds: null,
  jwtTtlSeconds: null,
  dnsNames: [],
  audiences: [],
  hint: "",
  expiresAt: new Date("2027-01-01T00:00:00Z"),
  createdAt: now,
  updatedAt: now,
  createdBy: null,
  nodes: [],
  nodeSelectors: [],
});
const stage = (count: number) =>
  store.transaction(async (tx) => {
    await tx.openStaging({ id: "s", actor: "uid:0", createdAt: now });
    for (let i = 0; i < count; i++) {
      await tx.stageBot("s", bot(`b${i}`));
      await tx.stageEntry("s", entry(`e${i}`, `b${i}`));
    }
  });
/** How many each way of reading finds. */
const found = async () => {
  const all = { after: new Date(0), until: new Date("2030-01-01T00:00:00Z") };
  return [
    (await store.listBots()).items.length,
    (await store.listEntries()).items.length,
    (await store.candidateEntries([selector])).length,
    (await store.nearEntries([selector], 100)).length,
    (await store.nearEntries([{ type: "unix", value: "uid:2" }], 100)).length,
    (await store.botsEnding(all)).length,
    (await store.entriesExpiring(all)).length,
    (await store.entriesOfBot("b0")).length * 5,
    (await store.getBot("b0")) === undefined ? 0 : 5,
    (await store.getBotBySpiffeId("spiffe://example.org/b0")) === undefined ? 0 : 5,
    (await store.getEntry("e0")) === undefined ? 0 : 5,
    (await store.nextBotEnd(now)) === undefined ? 0 : 5,
    (await store.nextEntryExpiry(now)) === undefined ? 0 : 5,
  ];
};
const none = Array(13).fill(0);
const five = Array(13).fill(5);

test("no way of reading finds what is staged, and each finds it once it is live", async () => {
  await stage(5);
  expect(await found()).toEqual(none);
  expect(await store.feedSequence()).toBe(0);
  await store.transaction((tx) => tx.goLive("s"));
  expect(await found()).toEqual(five);
  let rounds = 0;
  while (await store.transaction((tx) => tx.announceStaged("s", 3))) rounds += 1;
  expect(rounds).toBe(3);
  const { changes } = await store.changesAfter(0, 100);
  expect(changes.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    ...[0, 1, 2, 3, 4].map((i) => `bot b${i}`),
    ...[0, 1, 2, 3, 4].map((i) => `entry e${i}`),
  ]);
  expect(await store.listStagings()).toEqual([]);
  expect(await found()).toEqual(five);
});

test("what is dropped leaves nothing behind, not even its name", async () => {
  await stage(5);
  await expect(store.transaction((tx) => tx.createBot(bot("b1")))).rejects.toMatchObject({
    code: "ALREADY_EXISTS",
  });
  await expect(store.transaction((tx) => tx.announceStaged("s", 3))).rejects.toMatchObject({
    code: "WRONG_STATE",
  });
  while (await store.transaction((tx) => tx.dropStaged("s", 3)));
  expect(await found()).toEqual(none);
  await stage(5);
  await store.transaction((tx) => tx.goLive("s"));
  await expect(store.transaction((tx) => tx.dropStaged("s", 3))).rejects.toMatchObject({
    code: "WRONG_STATE",
  });
  expect(await found()).toEqual(five);
});

test("the next start tells of what was live, and takes back what was not", async () => {
  await stage(5);
  await store.transaction((tx) => tx.goLive("s"));
  await store.transaction((tx) => tx.announceStaged("s", 3));
  await store.close();
  store = await openSqliteStore({ file: join(directory, "db") });
  await recoverStagings(store, systemClock);
  expect(await store.feedSequence()).toBe(10);
  expect(await found()).toEqual(five);
  await store.transaction(async (tx) => {
    await tx.openStaging({ id: "t", actor: "uid:0", createdAt: now });
    await tx.stageBot("t", bot("late"));
  });
  await store.close();
  store = await openSqliteStore({ file: join(directory, "db") });
  await recoverStagings(store, systemClock);
  expect(await store.listStagings()).toEqual([]);
  expect(await found()).toEqual(five);
  await store.transaction((tx) => tx.createBot(bot("late")));
  const dropped = await store.listAudit({ type: "state.dropped" });
  expect(JSON.parse(dropped[0]?.bytes ?? "{}").details).toEqual({
    apply: "t",
    reason: "the server stopped",
  });
});

test("what a staged bot may call is told when it is there, and forgotten when it is dropped", async () => {
  const caller = { ...bot("caller"), terms: { ...NO_TERMS, mayCall: ["erp"] } };
  const open = (id: string) =>
    store.transaction(async (tx) => {
      await tx.openStaging({ id, actor: "uid:0", createdAt: now });
      await tx.stageBot(id, caller);
    });
  await open("dropped");
  await store.transaction((tx) => tx.dropStaged("dropped", 100));
  await open("kept");
  expect((await store.callersOf("erp")).items).toEqual([]);
  await store.transaction((tx) => tx.goLive("kept"));
  await store.transaction((tx) => tx.announceStaged("kept", 100));
  expect((await store.callersOf("erp")).items.map(({ name }) => name)).toEqual(["caller"]);
  const { changes } = await store.changesAfter(0, 100);
  expect(changes.map(({ data }) => JSON.parse(data))).toEqual([
    { state: "active", calls: ["erp"] },
  ]);
});
