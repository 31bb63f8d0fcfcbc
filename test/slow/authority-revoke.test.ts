// `revoke --authority`: all that it signed ends at once, and is not spread as a taint is. 200 bots then want others in the same second.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bot } from "../../src/index.ts";
import { relayTo } from "../support/relay.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const BOTS = 200;
/** Machines under load take their time. */
const LONG = { timeout: 60_000, interval: 50 };
/** Nobody is without an SVID for longer than this, and nobody who comes in meanwhile waits longer. */
const MOST_MS = 30_000;

let server: TestServer;
let relay: Awaited<ReturnType<typeof relayTo>>;
let working = false;
beforeEach(async () => {
  server = await runningServer();
  relay = await relayTo(server.address);
});
afterEach(async () => {
  working = false;
  relay.close();
  await server.close();
});

/** @param address where their tokens say that the issuer is. */
async function crowd(count: number, address: string): Promise<readonly Bot[]> {
  const bots: Bot[] = [];
  for (let left = count; left > 0; left -= 50) {
    // Who came back by an SVID proves itself again, by the token.
    const { value } = await server.token("crowd", { uses: 100, addresses: [address] });
    const some = Array.from({ length: 50 }, () => server.connect({ token: value }));
    bots.push(...(await Promise.all(some)));
  }
  return bots;
}

/** Attaches one after the other, until it is told to stop. @returns how long each took, in milliseconds. */
async function newcomers(): Promise<readonly number[]> {
  const took: number[] = [];
  while (working) {
    const { value } = await server.token("newcomer");
    const begun = performance.now();
    const bot = await server.connect({ token: value });
    took.push(performance.now() - begun);
    await bot.close();
  }
  return took;
}

test("200 bots whose authority's SVIDs are revoked have others within seconds, and attaching goes on", async ({
  annotate,
}) => {
  await server.register("crowd");
  await server.register("newcomer");
  await server.register("erp", { kind: "service" });
  const erp = await server.connect({ token: (await server.token("erp")).value });
  const away = await crowd(BOTS / 2, relay.address);
  const bots = [...(await crowd(BOTS / 2, server.address)), ...away];
  // Half of the streams are opened anew, by SVIDs: these end with what they were opened with.
  const back = away.map((bot) => new Promise<void>((resolve) => bot.once("reconnected", resolve)));
  relay.cut();
  relay.join();
  await Promise.all(back);
  const ended = vi.fn();
  for (const bot of away) bot.on("disconnected", ended);

  const { authorities } = await server.admin.call("AuthorityService", "ListAuthorities", {});
  const { id } = (authorities as { id: string; kind: string }[]).find(
    ({ kind }) => kind === "x509",
  ) as { id: string };
  const before = new Map(bots.map((bot) => [bot, bot.x509Svid().serialHex]));
  const rotated = vi.fn();
  for (const bot of bots) bot.on("rotated", rotated);
  working = true;
  const attaching = newcomers();
  const begun = performance.now();
  const { x509Count } = await server.admin.call("RevocationService", "Revoke", {
    authority: id,
    reason: "a test",
  });
  expect(Number(x509Count)).toBeGreaterThanOrEqual(BOTS + 1);
  // Services refuse at once what bots replace within seconds.
  await vi.waitFor(() => {
    for (const serialHex of before.values()) expect(erp.isDenied({ serialHex })).toBe("revoked");
  }, LONG);
  const refusedMs = performance.now() - begun;
  const replaced: number[] = [];
  await vi.waitFor(() => {
    for (const [bot, serial] of before) {
      const now = bot.x509Svid().serialHex;
      if (now === serial) continue;
      expect(erp.isDenied({ serialHex: now })).toBeUndefined();
      before.delete(bot);
      replaced.push(performance.now() - begun);
    }
    expect(before.size).toBe(0);
  }, LONG);
  working = false;
  const attached = await attaching;
  const last = Math.max(...replaced);
  const middle = replaced[BOTS / 2] ?? 0;
  await annotate(
    `refused ${refusedMs.toFixed(0)} ms; replaced p50 ${middle.toFixed(0)} ms, last ${last.toFixed(0)} ms; ${attached.length} attached meanwhile, worst ${Math.max(...attached).toFixed(0)} ms`,
  );
  expect(ended.mock.calls.length).toBeGreaterThanOrEqual(BOTS / 2);
  expect(last).toBeLessThan(MOST_MS);
  expect(attached.length).toBeGreaterThan(0);
  expect(Math.max(...attached)).toBeLessThan(MOST_MS);
  // Each got one, and nobody asks without end.
  expect(rotated).toHaveBeenCalledTimes(BOTS);
});
