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
