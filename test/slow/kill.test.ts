// The server is killed at random moments under load: nothing that was acknowledged is lost, and bots go on by themselves.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { type Bot, connect } from "../../src/index.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { serverProcess } from "../support/server-process.ts";

const KILLS = 50;
const BOTS = 4;
const server = await serverProcess();
afterAll(() => server.remove());

test(`${KILLS} times SIGKILL under issuing load`, { timeout: 300_000 }, async () => {
  await server.start();
  const dial = () => dialTestAdmin(`${server.dataDir}/admin.sock`);
  let admin = dial();
  const received = new Set<string>();
  const bots: Bot[] = [];
  for (let i = 0; i < BOTS; i += 1) {
    const name = `bot-${i}`;
    const entry = { audiences: ["a"], selectors: [], x509TtlSeconds: 600 };
    await admin.call("BotService", "RegisterBot", { name, owner: "o", purpose: "p", entry });
    const { value } = await admin.call("TokenService", "CreateToken", {
      bot: name,
      ttlSeconds: 86_400,
    });
    const bot = await connect({ token: String(value), env: {}, rotateAt: 0.0005 });
    received.add(bot.x509Svid().serialHex);
    bot.on("rotated", (svid) => received.add(svid.serialHex));
    bots.push(bot);
  }
  let working = true;
  const load = bots.map(async (bot) => {
    while (working) {
      try {
        // Another audience list each time would be refused; a token that is fresh is kept, so ask past its half.
        const { jti } = await bot.jwtSvid("a");
        if (jti !== undefined) received.add(jti);
      } catch {
        // The server is away: that is what this test does to it.
      }
      await sleep(15);
    }
  });

  const acknowledged = {
    registered: new Set<string>(),
    retired: new Set<string>(),
    tokens: new Set<string>(),
  };
  const operate = async (): Promise<void> => {
    for (let i = 0; working; i += 1) {
      const name = `temp-${Date.now()}-${i}`;
      try {
        await admin.call("BotService", "RegisterBot", { name, owner: "o", purpose: "p" });
        acknowledged.registered.add(name);
        const { token } = await admin.call("TokenService", "CreateToken", { bot: name });
        acknowledged.tokens.add((token as { id: string }).id);
        await admin.call("BotService", "RetireBot", { name });
        acknowledged.retired.add(name);
      } catch {
        await sleep(20);
      }
    }
  };
  const operating = operate();

  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(100 + Math.random() * 500);
    await server.end("SIGKILL");
    await server.start();
    admin.close();
    admin = dial();
  }
  // All come back by themselves and rotate again.
  const before = bots.map((bot) => bot.x509Svid().serialHex);
  const deadline = Date.now() + 60_000;
  while (bots.some((bot, i) => bot.x509Svid().serialHex === before[i]) && Date.now() < deadline) {
    await sleep(100);
  }
  for (const [i, bot] of bots.entries()) {
    expect(bot.x509Svid().serialHex, `bot-${i} renews`).not.toBe(before[i]);
  }
  working = false;
  await Promise.all([...load, operating]);
  // From here on nothing new is received.
  for (const bot of bots) await bot.close();

  // The audit is dense, and holds a record of everything that a bot has received.
  const recorded = new Set<string>();
  let after = 0;
  let expected = 1;
  for (;;) {
    const { records, nextAfterSequence } = await admin.call("AuditService", "ListAudit", {
      pageSize: 1000,
      afterSequence: after,
    });
    for (const text of records as string[]) {
      const record = JSON.parse(text) as { sequence: number; type: string; serial: string };
      expect(record.sequence).toBe(expected);
      expected += 1;
      if (record.type === "svid.issued") recorded.add(record.serial);
    }
    after = Number(nextAfterSequence);
    if (after === 0) break;
  }
  expect(received.size).toBeGreaterThan(BOTS * 5);
  for (const serial of received) expect(recorded.has(serial), serial).toBe(true);

  // Everything that an operator was told stands.
  expect(acknowledged.retired.size).toBeGreaterThan(5);
  for (const name of acknowledged.registered) {
    const bot = await admin.call("BotService", "GetBot", { name });
    if (acknowledged.retired.has(name)) expect(bot.state, name).toBe("retired");
  }
  const tokens = new Set<string>();
  let pageToken = "";
  do {
    const page = await admin.call("TokenService", "ListTokens", { pageSize: 1000, pageToken });
    for (const { id, usedBy, bot } of page.tokens as {
      id: string;
      usedBy: unknown[];
      bot: string;
    }[]) {
      tokens.add(id);
      if (/^bot-\d$/.test(bot)) expect(usedBy, bot).toHaveLength(1);
    }
    pageToken = String(page.nextPageToken);
  } while (pageToken !== "");
  for (const id of acknowledged.tokens) expect(tokens.has(id), id).toBe(true);
  admin.close();
});
