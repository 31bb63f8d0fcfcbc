// Since when a passport has named its peers, as far as the records of its changes reach back.
import { expect, test } from "vitest";
import { auditDraft } from "../../src/audit/index.ts";
import { NO_TERMS } from "../../src/bots/terms.ts";
import { heldThroughout } from "../../src/server/admin/passport-history.ts";
import type { Store } from "../../src/store/index.ts";
import { addBot, at, newBot } from "../store/builders.ts";
import { openTestStore } from "../support/store.ts";

const DAY = 86_400;
const since = at(60 * DAY);

/** A passport that names erp from the start, and crm from day 30 or 90 on. */
async function history(store: Store, crmSinceDay: number, tokens = 0): Promise<void> {
  await addBot(store, "a", { terms: { ...NO_TERMS, mayCall: ["crm", "erp"] } });
  await store.transaction(async (tx) => {
    const tells = (type: "bot.registered" | "bot.updated", mayCall: string, day: number) => {
      const { owner, spiffeId } = newBot();
      const details = { owner, spiffeId, mayCall };
      return auditDraft({ type, outcome: "ok", bot: "a", details }, at(day * DAY));
    };
    const token = { type: "token.created", outcome: "ok", bot: "a", details: {} } as const;
    await tx.appendAudit([
      tells("bot.registered", "erp", 1),
      ...Array.from({ length: tokens }, () => auditDraft(token, at(2 * DAY))),
      tells("bot.updated", "crm erp", crmSinceDay),
    ]);
  });
}

async function oldPeers(store: Store, updatedDay: number): Promise<readonly string[]> {
  const bot = await store.getBot("a");
  if (bot?.terms === undefined) throw new Error("there is no bot with terms");
  const { mayCall } = await heldThroughout(
    store,
    { ...bot, updatedAt: at(updatedDay * DAY) },
    since,
  );
  return [...mayCall].sort();
}

test.each([
  [30, ["crm", "erp"]],
  [90, ["erp"]],
])("named since day %i: as old as the days are %j", async (day, peers) => {
  await using opened = await openTestStore();
  await history(opened.store, day, 200);
  expect(await oldPeers(opened.store, 95)).toEqual(peers);
});

test.each([
  ["the change itself", 100, []],
  ["what was before the change", 80, []],
  ["nothing that matters", 0, ["erp"]],
])("when the records were pruned of %s, what is not told is not old", async (_, day, peers) => {
  await using opened = await openTestStore();
  const { store } = opened;
  await history(store, 90);
  await store.transaction((tx) => tx.prune({ auditBefore: at(day * DAY) }));
  expect(await oldPeers(store, 95)).toEqual(peers);
});

test("a passport that was not touched since names what it named then", async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  await history(store, 30);
  await store.transaction((tx) => tx.prune({ auditBefore: at(100 * DAY) }));
  expect(await oldPeers(store, 59)).toEqual(["crm", "erp"]);
});
