import { expect, test } from "vitest";
import { Grants } from "../../src/issuance/index.ts";
import { newBot, newEntry, newInstance, T0 } from "../store/builders.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { openTestStore } from "../support/store.ts";

test("a grant is kept until a commit changes anything of it", async () => {
  await using place = await openTestStore();
  const { store } = place;
  const selectors = [{ type: "unix", value: "uid:1" }];
  await store.transaction(async (tx) => {
    for (const name of ["a", "b"]) {
      await tx.createBot(newBot(name));
      await tx.createEntry(newEntry(`e-${name}`, ["unix:uid:1"], { bot: name }));
      const more = { bot: name, entryId: `e-${name}`, selectors, evidenceKey: `k-${name}` };
      await tx.createInstance(newInstance(`i-${name}`, more));
    }
  });
  const grants = new Grants(store, new DrivenClock(T0));
  const [a, b] = [await grants.read("i-a"), await grants.read("i-b")];
  expect(await grants.read("i-a")).toBe(a);

  // Another's change is none of its.
  await store.transaction(async (tx) => tx.updateBot({ ...b.bot, purpose: "another" }));
  expect([grants.isCurrent(a), grants.isCurrent(b)]).toEqual([true, false]);
  expect((await grants.read("i-b")).bot.purpose).toBe("another");

  await store.transaction(async (tx) => tx.updateEntry({ ...a.entry, hint: "new" }));
  expect(grants.isCurrent(a)).toBe(false);
  const again = await grants.read("i-a");
  expect(again.entry.hint).toBe("new");

  const ban = { evidenceKey: "k-a", bot: "a", reason: "r", createdAt: T0 };
  await store.transaction(async (tx) => tx.addBan(ban));
  expect(grants.isCurrent(again)).toBe(false);
  await expect(grants.read("i-a")).rejects.toMatchObject({ code: "ATTESTATION_REFUSED" });

  const { bot } = await grants.read("i-b");
  await store.transaction(async (tx) => tx.updateBot({ ...bot, state: "suspended" }));
  await expect(grants.read("i-b")).rejects.toMatchObject({ code: "BOT_SUSPENDED" });
});
