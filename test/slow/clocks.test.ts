// Bots whose wall time is off, or is set while they run: nothing expired is accepted or shown, and nothing rotates without end.
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Bot, memberOf } from "../../src/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { SkewedClock } from "../support/skewed-clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const AUDIENCE = "https://a.example.org";

let issuer: DrivenClock;
let server: TestServer;
beforeEach(async () => {
  issuer = new DrivenClock();
  server = await runningServer({ clock: issuer });
});
afterEach(() => server.close());

/** A bot on a machine whose wall time is `aheadMs` off. */
async function botOn(name: string, aheadMs: number) {
  const clock = new SkewedClock(issuer, aheadMs);
  await server.register(name, {
    kind: "service",
    entry: { selectors: [{ type: "join_token", value: `bot:${name}` }], audiences: [AUDIENCE] },
  });
  const bot = await server.connect({ token: (await server.token(name)).value, clock });
  let rotated = 0;
  bot.on("rotated", () => {
    rotated += 1;
  });
  bot.on("error", () => undefined);
  return { bot, clock, rotations: () => rotated };
}

async function serving(service: Bot) {
  const web = createServer(service.serverTls({ authorize: memberOf("example.org") }), (_, answer) =>
    answer.end("done"),
  );
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  const { port } = web.address() as AddressInfo;
  return {
    ask: async (bot: Bot) => {
      const answer = await bot.fetch(`https://127.0.0.1:${port}/`, {
        peer: String(service.spiffeId),
      });
      return answer.text();
    },
    close: () => {
      web.closeAllConnections();
      web.close();
    },
  };
}

test.each([4 * MINUTE, -4 * MINUTE, 20 * MINUTE])(
  "a bot that is %d ms off comes in, works with others, and rotates as often as they do",
  { timeout: 60_000 },
  async (aheadMs) => {
    const right = await botOn("right", 0);
    const off = await botOn("off", aheadMs);
    const service = await serving(off.bot);
    expect(await service.ask(right.bot)).toBe("done");
    const token = await right.bot.jwtSvid(AUDIENCE);
    for (let passed = 0; passed < 3 * HOUR; passed += 5 * MINUTE) {
      await issuer.advance(5 * MINUTE, 2);
    }
    await vi.waitFor(() => expect(off.rotations()).toBeGreaterThanOrEqual(3));
    expect(off.rotations()).toBeLessThanOrEqual(8);
    expect(off.bot.x509Svid().notAfter.getTime()).toBeGreaterThan(issuer.now().getTime());
    expect(await service.ask(right.bot)).toBe("done");
    // It has expired long since, whatever the machine says.
    expect(() => off.bot.verifyJwt(token.token, { audience: AUDIENCE })).toThrow(/expired/);
    service.close();
  },
);

test.each([48 * HOUR, -48 * HOUR])(
  "wall time that is set by %d ms while a bot runs costs it nothing",
  async (byMs) => {
    const other = await botOn("other", 0);
    const bot = await botOn("a", 0);
    const service = await serving(bot.bot);
    const token = await other.bot.jwtSvid(AUDIENCE);
    const jumped = vi.fn();
    bot.bot.on("clock_jumped", jumped);
    bot.clock.jumpTo(byMs);
    await vi.waitFor(() => expect(jumped).toHaveBeenCalledExactlyOnceWith(byMs));
    // The machine is wrong, and the bot knows.
    expect(bot.bot.clock.now()).toEqual(issuer.now());
    expect(bot.bot.verifyJwt(token.token, { audience: AUDIENCE }).jti).toBe(token.jti);
    await vi.waitFor(async () => expect(await service.ask(other.bot)).toBe("done"));
    await issuer.advance(10 * MINUTE);
    expect(() => bot.bot.verifyJwt(token.token, { audience: AUDIENCE })).toThrow(/expired/);
    expect(bot.rotations()).toBeLessThanOrEqual(1);
    service.close();
  },
);

test("wall time that runs ahead while the issuer is away may be sleep: nothing expired is shown", async () => {
  const { bot, clock, rotations } = await botOn("a", 0);
  const gone = vi.fn();
  bot.on("disconnected", gone);
  await server.server.close();
  await vi.waitFor(() => expect(gone).toHaveBeenCalled());
  const { notAfter } = bot.x509Svid();
  clock.jumpTo(2 * HOUR);
  expect(clock.now().getTime()).toBeGreaterThan(notAfter.getTime());
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "SVID_EXPIRED" }));
  expect(rotations()).toBe(0);
});

test("wall time set back while the issuer is away gives an expired SVID no more life", async () => {
  const { bot, clock } = await botOn("a", 0);
  const gone = vi.fn();
  bot.on("disconnected", gone);
  await server.server.close();
  await vi.waitFor(() => expect(gone).toHaveBeenCalled());
  clock.jumpTo(-24 * HOUR);
  await issuer.advance(61 * MINUTE, 1);
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "SVID_EXPIRED" }));
});
