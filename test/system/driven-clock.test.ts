// A whole system in one process on a driven clock: issuer, bot and service, with real sockets, TLS and SQLite.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createPlainServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { type Bot, connect, memberOf, peerOf } from "../../src/index.ts";
import { loadConfig, type RunningServer, startServer } from "../../src/server/index.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { DrivenClock } from "../support/driven-clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function freePort(): Promise<number> {
  const probe = createPlainServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function system(authorityLife: string) {
  const clock = new DrivenClock();
  const directory = mkdtempSync(join(tmpdir(), "bp-clock-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const listen = `127.0.0.1:${await freePort()}`;
  const start = async (): Promise<RunningServer> => {
    const { writeFileSync } = await import("node:fs");
    const file = join(directory, "server.yaml");
    writeFileSync(
      file,
      [
        "trust_domain: example.org",
        `data_dir: ${join(directory, "data")}`,
        `listen: ${listen}`,
        `bots_socket: ${join(directory, "bots/bots.sock")}`,
        `authority: { life: ${authorityLife} }`,
        "lifetimes: { x509_default: 1h, x509_max: 1h }",
        "log_level: fatal",
      ].join("\n"),
    );
    return startServer(await loadConfig({ file }), { clock });
  };
  let server = await start();
  closers.push(() => server.close());
  const admin = dialTestAdmin(server.adminSocket);
  closers.push(() => admin.close());
  const register = async (name: string, kind: string): Promise<string> => {
    await admin.call("BotService", "RegisterBot", { name, kind, owner: "o", purpose: "p" });
    const { value } = await admin.call("TokenService", "CreateToken", { bot: name });
    return String(value);
  };
  const tokens = { erp: await register("erp", "service"), bot: await register("a", "bot") };
  const open = async (token: string): Promise<Bot> => {
    const bot = await connect({ token, clock, env: {} });
    closers.push(() => bot.close());
    return bot;
  };
  const erp = await open(tokens.erp);
  const bot = await open(tokens.bot);
  const events: string[] = [];
  bot.on("rotated", () => events.push("rotated"));
  bot.on("bundle", () => events.push("bundle"));
  bot.on("disconnected", () => events.push("disconnected"));
  bot.on("reconnected", () => events.push("reconnected"));
  bot.on("retired", () => events.push("retired"));
  const web = createServer(
    erp.serverTls({ authorize: memberOf("example.org") }),
    (request, answer) => {
      answer.end(peerOf(request).serialHex);
    },
  );
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    web.closeAllConnections();
    web.close();
  });
  const url = `https://127.0.0.1:${(web.address() as AddressInfo).port}/`;
  return {
    clock,
    bot,
    erp,
    events,
    admin,
    request: async () => {
      const response = await bot.fetch(url, { peer: "spiffe://example.org/bot/default/erp" });
      return response.text();
    },
    stopServer: () => server.close(),
    startServer: async () => {
      server = await start();
    },
  };
}

test("an SVID is replaced at half life, and the service sees the new serial", async () => {
  const { clock, bot, events, request } = await system("7d");
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

test("authorities rotate under a running system, and no request fails", {
  timeout: 60_000,
}, async () => {
  const { clock, bot, erp, events, request, admin } = await system("6h");
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
  const { clock, bot, events, request, stopServer, startServer: startAgain } = await system("7d");
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

test("what has expired is dropped, with a clear error", async () => {
  const { clock, bot, request, stopServer } = await system("7d");
  await request();
  await stopServer();
  await clock.advance(61 * MINUTE, 1);
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "SVID_EXPIRED" }));
  await expect(request()).rejects.toMatchObject({ code: "SVID_EXPIRED" });
  // Processes behind it wait until it is back: nothing was taken from them.
  expect(() => bot.openBeside()).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
});

test("a bot's end date takes its identity away at that instant", async () => {
  const { clock, bot, events, admin, request } = await system("7d");
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
