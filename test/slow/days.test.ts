// Hours and days of a running system: authorities come and go, and the server is away.
import { expect, test, vi } from "vitest";
import { drivenSystem } from "../support/driven-system.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test("authorities rotate under a running system, and no request fails", {
  timeout: 60_000,
}, async () => {
  const { clock, bot, erp, events, request, admin } = await drivenSystem("6h");
  const states = async (): Promise<string[]> => {
    const { authorities } = await admin.call("AuthorityService", "ListAuthorities", {});
    return (authorities as { kind: string; state: string }[])
      .filter(({ kind }) => kind === "x509")
      .map(({ state }) => state)
      .sort();
  };
  expect(await states()).toEqual(["active"]);
  const firstAuthority = bot.bundleFor(bot.spiffeId.trustDomain)?.x509Authorities[0];
  const seen = new Set<string>();
  for (let passed = 0; passed < 7 * HOUR; passed += 10 * MINUTE) {
    await clock.advance(10 * MINUTE, 1);
    await vi.waitFor(() =>
      expect(bot.x509Svid().notAfter.getTime()).toBeGreaterThan(clock.now().getTime()),
    );
    await request();
    seen.add((await states()).join());
  }
  // The next one may be prepared before the old one is gone.
  expect([...seen].slice(0, 3)).toEqual(["active", "active,prepared", "active,old"]);
  await clock.advance(HOUR);
  await request();
  const bundle = bot.bundleFor(bot.spiffeId.trustDomain);
  expect(bundle?.x509Authorities.some((der) => firstAuthority?.equals(der))).toBe(false);
  expect(erp.bundleFor(erp.spiffeId.trustDomain)?.sequence).toBe(bundle?.sequence);
  expect(events.filter((each) => each === "bundle").length).toBeGreaterThanOrEqual(3);
  expect(events.filter((each) => each === "rotated").length).toBeGreaterThanOrEqual(12);
  expect(events).not.toContain("disconnected");
});

test("a server away for longer than half a life and back", { timeout: 60_000 }, async () => {
  const {
    clock,
    bot,
    events,
    request,
    stopServer,
    startServer: startAgain,
  } = await drivenSystem("7d");
  const before = await request();
  await stopServer();
  await vi.waitFor(() => expect(events).toEqual(["disconnected"]));
  for (let passed = 0; passed < 40; passed += 5) {
    await clock.advance(5 * MINUTE, 2);
    expect(await request()).toBe(before);
  }
  await startAgain();
  await vi.waitFor(async () => {
    await clock.advance(MINUTE);
    expect(events).toEqual(["disconnected", "reconnected", "rotated"]);
  }, 20_000);
  expect(await request()).toBe(bot.x509Svid().serialHex);
  expect(bot.x509Svid().serialHex).not.toBe(before);
});
