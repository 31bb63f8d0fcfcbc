// Many entries at once, each by itself.
import { expect, test } from "vitest";
import { runningServer } from "../support/running-server.ts";

test("CreateEntries makes what can be made, and says why the rest is not", async () => {
  const server = await runningServer();
  await server.admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
  const entry = (value: string, bot = "a") => ({ bot, selectors: [{ type: "unix", value }] });
  const { results } = (await server.admin.call("EntryService", "CreateEntries", {
    entries: [entry("uid:5001"), entry("uid:5001"), entry("uid:5002", "none"), entry("uid:5003")],
  })) as { results: { id?: string; error?: { code: string } }[] };
  expect(results.map(({ id, error }) => (id ? "made" : error?.code))).toEqual([
    "made",
    "ALREADY_EXISTS",
    "NOT_FOUND",
    "made",
  ]);
  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: "a" });
  // the one that registering made is there too
  expect(entries).toHaveLength(3);
  await expect(
    server.admin.call("EntryService", "CreateEntries", { entries: [] }),
  ).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  await server.close();
});

test("a thousand entries get ids in the order of the request, and a record each", async () => {
  const server = await runningServer();
  await server.register("a");
  const entries = Array.from({ length: 1000 }, (_, i) => ({
    bot: "a",
    // 0 to 9 exist when the second half asks for them again
    selectors: [{ type: "unix", value: `uid:${i < 990 ? i : i - 990}` }],
  }));
  const { results } = await server.admin.call("EntryService", "CreateEntries", { entries });
  const made = (results as { id?: string; error?: { code: string } }[]).map(
    ({ id, error }) => id ?? error?.code ?? "",
  );
  expect(made.slice(990)).toEqual(Array(10).fill("ALREADY_EXISTS"));
  const ids = made.slice(0, 990);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  // milliseconds, then chance: in order but for those of one moment
  const instants = ids.map((id) => id.slice(0, 13));
  expect(instants).toEqual([...instants].sort());
  const records = await server.audit({ bot: "a", type: "entry.created", pageSize: 1000 });
  expect(records.slice(1).map(({ entry }) => entry)).toEqual(ids);
  const explained = await server.admin.call("EntryService", "ExplainEntries", {
    selectors: [{ type: "unix", value: "uid:989" }],
  });
  expect((explained.entries as { matches: boolean }[])[0]?.matches).toBe(true);
  await server.close();
});
