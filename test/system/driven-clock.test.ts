// A bot's identity as time passes: replaced, expired, ended.
import { expect, test, vi } from "vitest";
import { drivenSystem } from "../support/driven-system.ts";

const MINUTE = 60_000;

test("an SVID is replaced at half life, and the service sees the new serial", async () => {
  const { clock, bot, events, request } = await drivenSystem("7d");
  const first = await request();
  expect(first).toBe(bot.x509Svid().serialHex);
  await clock.advance(20 * MINUTE);
  expect(events).toEqual([]);
  await clock.advance(20 * MINUTE);
  await vi.waitFor(() => expect(events).toEqual(["rotated"]));
  const second = await request();
  expect(second).not.toBe(first);
  expect(second).toBe(bot.x509Svid().serialHex);
});

test("what has expired is dropped, with a clear error", async () => {
  const { clock, bot, request, stopServer } = await drivenSystem("7d");
  await request();
  await stopServer();
  await clock.advance(61 * MINUTE, 1);
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "SVID_EXPIRED" }));
  await expect(request()).rejects.toMatchObject({ code: "SVID_EXPIRED" });
  // Processes behind it wait until it is back: nothing was taken from them.
  expect(() => bot.openBeside()).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
});

test("a bot's end date takes its identity away at that instant", async () => {
  const { clock, bot, events, admin, request } = await drivenSystem("7d");
  await request();
  const { revision } = await admin.call("BotService", "GetBot", { name: "a" });
  const endsAtMs = clock.now().getTime() + 10 * MINUTE;
  await admin.call("BotService", "UpdateBot", { name: "a", revision, endsAtMs });
  await clock.advance(9 * MINUTE);
  await request();
  await clock.advance(MINUTE + 1000);
  await vi.waitFor(() => expect(events).toContain("retired"));
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "BOT_RETIRED" }));
});
