// Who may call, on the way to services: whole, without gaps, and no more than has changed.
import { afterEach, expect, test, vi } from "vitest";
import { NO_TERMS } from "../../src/bots/index.ts";
import { CallersFeed } from "../../src/server/attach/callers-feed.ts";
import { ChangeFollower } from "../../src/server/attach/follower.ts";
import type { BotRecord } from "../../src/store/index.ts";
import type { CallersUpdate } from "../../src/wire/index.ts";
import { newBot } from "../store/builders.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { openTestStore } from "../support/store.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function rig() {
  const clock = new DrivenClock();
  const { store, close } = await openTestStore({ clock });
  closers.push(close);
  const errors: unknown[] = [];
  const feed = new CallersFeed(store, clock, (error) => errors.push(error));
  const bot = (name: string, mayCall: string[], more: Partial<BotRecord> = {}) => ({
    ...newBot(name),
    ...more,
    terms: { ...NO_TERMS, mayCall },
  });
  const erp = await store.transaction((tx) => tx.createBot(bot("erp", [])));
  return {
    clock,
    store,
    feed,
    errors,
    erp,
    add: (count: number, target = "erp", from = 0) =>
      store.transaction(async (tx) => {
        for (let i = from; i < from + count; i += 1) await tx.createBot(bot(`b${i}`, [target]));
      }),
    async say(name: string, mayCall: string[]) {
      await store.transaction(async (tx) => {
        const known = await tx.getBot(name);
        if (known === undefined) throw new Error(`${name} is not there`);
        await tx.updateBot({ ...known, terms: { ...NO_TERMS, mayCall } });
      });
    },
    /** What the follower hands on since it last did. */
    async follow(): Promise<void> {
      const { changes } = await store.changesAfter(position, 10_000);
      position = changes.at(-1)?.sequence ?? position;
      await feed.onChanges(changes);
    },
  };
}
let position = 0;

/** A service, as its library takes it in: what it knows, and what it was sent. */
function service() {
  const updates: CallersUpdate[] = [];
  const known = new Set<string>();
  let sequence = 0;
  let whole = true;
  return {
    updates,
    known,
    get sequence() {
      return sequence;
    },
    get answered() {
      return updates.filter(({ spiffeId }) => spiffeId === undefined).length;
    },
    names: () => [...known].map((id) => id.slice(id.lastIndexOf("/") + 1)).sort(),
    sendCallers(update: CallersUpdate) {
      updates.push(update);
      if (update.spiffeId === undefined) return;
      if (!update.snapshot) expect(update.afterSequence).toBe(sequence);
      else if (whole) known.clear();
      whole = !update.more;
      for (const id of update.removed ?? []) known.delete(id);
      for (const id of update.added ?? []) known.add(id);
      if (!update.more) sequence = Number(update.sequence);
    },
  };
}

test("a snapshot comes in parts; then only what concerns the service does", async () => {
  position = 0;
  const { feed, erp, add, say, follow, store } = await rig();
  await add(2_500);
  await add(3, "spiffe://example.org/bot/prod/*", 3_000);
  await add(5, "crm", 4_000);
  const seen = service();
  await feed.subscribe(seen, [{ bot: erp, afterSequence: 0 }], 7);
  expect(seen.updates.map(({ added, more }) => [added?.length, more])).toEqual([
    [2_000, true],
    [503, false],
    [undefined, undefined],
  ]);
  expect(seen.known.size).toBe(2_503);
  await follow();
  const before = seen.updates.length;
  await say("b4000", ["other"]);
  await say("b4001", []);
  await follow();
  expect(seen.updates).toHaveLength(before);
  await say("b0", ["crm"]);
  await say("b4000", ["other", "spiffe://example.org/*"]);
  // By name and by pattern: one of the two is enough.
  await say("b3000", ["erp"]);
  await follow();
  expect(seen.updates).toHaveLength(before + 1);
  const last = seen.updates.at(-1);
  expect(last?.removed).toEqual(["spiffe://example.org/bot/prod/b0"]);
  expect(last?.added?.map((id) => id.split("/").at(-1)).sort()).toEqual(["b3000", "b4000"]);
  expect(await store.feedSequence()).toBe(seen.sequence);
});

test("who comes back gets what it missed, and a snapshot only when that is not known any more", async () => {
  position = 0;
  const { feed, erp, add, say, follow, store, clock } = await rig();
  await add(100);
  const seen = service();
  await feed.subscribe(seen, [{ bot: erp, afterSequence: 0 }], 1);
  feed.unsubscribe(seen);
  await say("b1", []);
  await say("b2", ["spiffe://example.org/*"]);
  await add(1, "crm", 200);
  await follow();
  seen.updates.length = 0;
  await feed.subscribe(seen, [{ bot: erp, afterSequence: seen.sequence }], 2);
  expect(seen.updates).toHaveLength(2);
  expect(seen.updates[0]).toMatchObject({
    snapshot: false,
    added: ["spiffe://example.org/bot/prod/b2"],
    removed: ["spiffe://example.org/bot/prod/b1"],
  });
  expect(seen.sequence).toBe(await store.feedSequence());
  // While nothing concerns it, it hears how far the feed is, so that it need not go back far.
  await add(10, "crm", 300);
  await follow();
  seen.updates.length = 0;
  await clock.advance(60_000);
  expect(seen.updates).toHaveLength(1);
  expect(seen.updates[0]?.added ?? []).toEqual([]);
  expect(seen.sequence).toBe(await store.feedSequence());
  feed.unsubscribe(seen);
  const later = new Date(clock.now().getTime() + 1);
  await say("b3", []);
  await store.transaction((tx) => tx.prune({ changesBefore: later }));
  // A server that was started since has nothing else than what the store says.
  const anew = new CallersFeed(store, clock, (error) => expect.unreachable(String(error)));
  seen.updates.length = 0;
  await anew.subscribe(seen, [{ bot: erp, afterSequence: seen.sequence }], 3);
  expect(seen.updates[0]).toMatchObject({ snapshot: true });
  expect(seen.updates[0]?.added).toHaveLength(98);
  anew.unsubscribe(seen);
});

test("what changes while a snapshot is read is not lost, nor is what the store could not say", async () => {
  position = 0;
  const { feed, erp, add, say, store, clock, errors } = await rig();
  await add(1_500);
  const follower = new ChangeFollower(store, [(changes) => feed.onChanges(changes)], (error) =>
    expect.unreachable(String(error)),
  );
  await follower.start();
  closers.push(() => follower.stop());
  const seen = service();
  const read = store.callersOf.bind(store);
  let pages = 0;
  store.callersOf = async (...asked) => {
    const page = await read(...asked);
    pages += 1;
    if (pages === 1) {
      // It was read already, and is no caller any more; another one comes to be in what is still to be read.
      await say("b0", []);
      await add(1, "erp", 9_000);
    }
    return page;
  };
  await feed.subscribe(seen, [{ bot: erp, afterSequence: 0 }], 1);
  await expect.poll(() => seen.known.size).toBe(1_500);
  expect([seen.names().includes("b0"), seen.names().includes("b9000")]).toEqual([false, true]);
  expect(seen.answered).toBe(1);

  const getBot = store.getBot.bind(store);
  store.getBot = () => Promise.reject(new Error("the disk is away"));
  await say("b1", []);
  await expect.poll(() => errors).toHaveLength(1);
  expect(seen.names()).toContain("b1");
  store.getBot = getBot;
  await clock.advance(1_000);
  await expect.poll(() => seen.names().includes("b1")).toBe(false);
  // And from there on as usual.
  await say("b2", []);
  await expect.poll(() => seen.names().includes("b2")).toBe(false);
});

test("one that has lost the identity is told nothing of it any more", async () => {
  position = 0;
  const { feed, erp, add, follow, clock } = await rig();
  const seen = service();
  await feed.subscribe(seen, [{ bot: erp, afterSequence: 0 }], 1);
  feed.drop(seen, "erp");
  await add(2);
  await follow();
  await clock.advance(120_000);
  expect(seen.known.size).toBe(0);
});

test("those who come back together have the store read once for all, each from where it was", async () => {
  position = 0;
  const { erp, add, say, store, clock } = await rig();
  await add(10);
  const feed = new CallersFeed(store, clock, (error) => expect.unreachable(String(error)));
  const all = Array.from({ length: 6 }, () => service());
  for (const [i, each] of all.entries()) {
    await feed.subscribe(each, [{ bot: erp, afterSequence: 0 }], 1);
    feed.unsubscribe(each);
    await say(`b${i}`, i % 2 === 0 ? [] : ["crm"]);
  }
  // Started again: the oldest position first, then others, one of them the newest there is.
  const anew = new CallersFeed(store, clock, (error) => expect.unreachable(String(error)));
  const read = vi.spyOn(store, "changesAfter");
  for (const [i, each] of all.entries()) {
    each.updates.length = 0;
    await anew.subscribe(each, [{ bot: erp, afterSequence: each.sequence }], 2);
    expect(each.updates[0]).toMatchObject({ snapshot: false });
    expect(each.updates[0]?.removed).toHaveLength(6 - i);
    expect(each.names()).toEqual(["b6", "b7", "b8", "b9"]);
  }
  expect(read).toHaveBeenCalledTimes(1);
  read.mockRestore();
  // What the follower brings is told to all, and to who comes back from before it.
  const [first, last] = [all[0], all[5]];
  if (first === undefined || last === undefined) throw new Error("they are there");
  anew.unsubscribe(last);
  const from = await store.feedSequence();
  await say("b9", []);
  await anew.onChanges((await store.changesAfter(from, 100)).changes);
  expect(first.names()).toEqual(["b6", "b7", "b8"]);
  await anew.subscribe(last, [{ bot: erp, afterSequence: last.sequence }], 3);
  expect(last.names()).toEqual(["b6", "b7", "b8"]);
  expect(last.updates.at(-2)).toMatchObject({ snapshot: false });
});

test("a gap that is too long is looked through once, not by each", async () => {
  position = 0;
  const { erp, add, store, clock } = await rig();
  await add(3);
  const newest = await store.feedSequence();
  const [change] = (await store.changesAfter(newest - 1, 1)).changes;
  if (change === undefined) throw new Error("there is a change");
  const read = vi
    .spyOn(store, "changesAfter")
    .mockResolvedValue({ changes: Array.from({ length: 10_000 }, () => change), pruned: false });
  const feed = new CallersFeed(store, clock, (error) => expect.unreachable(String(error)));
  for (const afterSequence of [newest - 1, newest - 2, newest - 1]) {
    const seen = service();
    await feed.subscribe(seen, [{ bot: erp, afterSequence }], 1);
    expect(seen.updates[0]).toMatchObject({ snapshot: true });
    expect(seen.names()).toEqual(["b0", "b1", "b2"]);
  }
  expect(read).toHaveBeenCalledTimes(1);
  read.mockRestore();
});
