import { expect, test } from "vitest";
import { planRevocation, prepareRevocation, revoke } from "../../src/bots/index.ts";
import { parseSelector } from "../../src/spiffe/index.ts";
import type { InstanceState, Store, StoreReader } from "../../src/store/index.ts";
import { addBot, at, newInstance, newIssuance, newToken } from "../store/builders.ts";
import { openTestStore } from "../support/store.ts";

const NOW = at(100);

/** Counts what is read through it. */
function counted(store: StoreReader): { reader: StoreReader; reads: string[] } {
  const reads: string[] = [];
  const reader = new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        reads.push(String(name));
        return value.apply(target, args);
      };
    },
  });
  return { reader, reads };
}

async function addInstances(store: Store, from: number, count: number, state: InstanceState) {
  await store.transaction(async (tx) => {
    for (let place = from; place < from + count; place += 1) {
      const evidenceKey = `join_token:t${place}`;
      await tx.createToken(newToken(`t${place}`, { expiresAt: at(1000) }));
      const selectors = [parseSelector(state === "active" ? "k8s:pod:a" : "k8s:pod:b")];
      await tx.createInstance(newInstance(`i${place}`, { state, evidenceKey, selectors }));
      const instanceId = `i${place}`;
      await tx.appendIssuances([newIssuance(`s${place}`, { instanceId, notAfter: at(1000) })]);
    }
  });
}

test("what a bot held is found without a look at each instance that it ever had", async () => {
  await using made = await openTestStore();
  const { store } = made;
  await addBot(store);
  await addInstances(store, 0, 2, "active");
  await addInstances(store, 2, 3, "ended");
  await store.transaction((tx) =>
    tx.appendIssuances([newIssuance("minted", { instanceId: null, notAfter: at(500) })]),
  );
  const few = counted(store);
  const plan = await planRevocation(few.reader, { bot: "a" }, NOW);
  expect(plan.svids.map(({ id }) => id)).toEqual(["minted", "s0", "s1", "s2", "s3", "s4"]);
  expect(plan.instances.map(({ id }) => id)).toEqual(["i0", "i1"]);
  expect(plan.tokens).toHaveLength(5);
  // But for whether each SVID is denied already, it reads as much with more of them.
  const besides = ({ reads }: { reads: string[] }) => reads.filter((name) => name !== "getDenial");
  await addInstances(store, 5, 40, "ended");
  const many = counted(store);
  expect((await planRevocation(many.reader, { bot: "a" }, NOW)).svids).toHaveLength(46);
  expect(besides(many)).toEqual(besides(few));
});

test("a bot that is restricted is suspended with what it held", async () => {
  await using made = await openTestStore();
  const { store } = made;
  await addBot(store, "a", { state: "restricted" });
  await store.transaction(async (tx) =>
    revoke(tx, await planRevocation(tx, { bot: "a" }, NOW), NOW),
  );
  expect((await store.getBot("a"))?.state).toBe("suspended");
});

test("who proved a selector is looked for before the transaction, and who came since is found in it", async () => {
  await using made = await openTestStore();
  const { store } = made;
  await addBot(store);
  await addInstances(store, 0, 3, "active");
  await addInstances(store, 3, 3, "ended");
  const selector = parseSelector("k8s:pod:a");
  const planned = await prepareRevocation(store, { selector });
  await addInstances(store, 6, 1, "active");
  await addInstances(store, 7, 1, "locked");
  const inside = counted(store);
  const plan = await planned(inside.reader, NOW);
  expect(plan.instances.map(({ id }) => id).sort()).toEqual(["i0", "i1", "i2", "i6"]);
  expect(plan.svids.map(({ id }) => id).sort()).toEqual(["s0", "s1", "s2", "s6"]);
  // The list of those behind each, never that of all.
  const listed = inside.reads.filter((name) => name === "listInstances");
  expect(listed).toHaveLength(4);
  expect(await planRevocation(store, { selector }, NOW)).toEqual(plan);
});
