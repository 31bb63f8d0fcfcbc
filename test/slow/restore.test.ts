// A backup under load, a kill, and a restore on another directory: every bot comes back by itself, and every SVID that was ever handed
// out is explained: it is in the audit, or it is among those that nobody can know of and that end by a known instant.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "vitest";
import { type Bot, connect } from "../../src/index.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { serverProcess } from "../support/server-process.ts";

const BOTS = 8;

interface Received {
  readonly id: string;
  readonly kind: "serial" | "jti";
  readonly notAfter: Date;
}

type Admin = ReturnType<typeof dialTestAdmin>;

/** All records with a serial, by it. */
async function bySerial(admin: Admin): Promise<Map<string, { type: string; denied?: string }[]>> {
  const found = new Map<string, { type: string; denied?: string }[]>();
  let afterSequence = 0;
  do {
    const page = { pageSize: 1000, afterSequence };
    const { records, nextAfterSequence } = await admin.call("AuditService", "ListAudit", page);
    for (const text of records as string[]) {
      const { serial, type, details } = JSON.parse(text);
      if (serial === null) continue;
      const told = { type, ...(details.denied === undefined ? {} : { denied: details.denied }) };
      found.set(serial, [...(found.get(serial) ?? []), told]);
    }
    afterSequence = Number(nextAfterSequence);
  } while (afterSequence !== 0);
  return found;
}

/** Bots that rotate and ask for tokens without a pause, some of which came in by a token that has ended. */
async function load(admin: Admin, bots: Bot[], received: Map<string, Received>) {
  const note = ({ id, kind, notAfter }: Received) => received.set(id, { id, kind, notAfter });
  for (let i = 0; i < BOTS; i += 1) {
    const name = `bot-${i}`;
    const entry = { audiences: ["a"], selectors: [], x509TtlSeconds: 600 };
    await admin.call("BotService", "RegisterBot", { name, owner: "o", purpose: "p", entry });
    const ttlSeconds = i % 2 === 0 ? 60 : 86_400;
    const { value } = await admin.call("TokenService", "CreateToken", { bot: name, ttlSeconds });
    const bot = await connect({ token: String(value), env: {}, rotateAt: 0.001 });
    const take = ({ serialHex, notAfter }: { serialHex: string; notAfter: Date }) =>
      note({ id: serialHex, kind: "serial", notAfter });
    take(bot.x509Svid());
    bot.on("rotated", take);
    bots.push(bot);
  }
  const state = { working: true };
  const asking = bots.map(async (bot) => {
    while (state.working) {
      try {
        const { jti = "", expiresAt } = await bot.jwtSvid("a");
        note({ id: jti, kind: "jti", notAfter: expiresAt });
      } catch {
        // The server is away: that is what this test does to it.
      }
      await sleep(20);
    }
  });
  return {
    async stop() {
      state.working = false;
      await Promise.all(asking);
    },
  };
}

// Side by side: most of the time each waits for tokens to end.
test.concurrent.for([
  ["the old directory is at hand", true],
  ["nothing is left but the backup", false],
] as const)(
  "backup under load, kill, restore elsewhere: %s",
  { timeout: 400_000 },
  async ([what, atHand], { expect, onTestFinished }) => {
    const server = await serverProcess();
    onTestFinished(() => server.remove());
    const bots: Bot[] = [];
    onTestFinished(async () => {
      for (const bot of bots) await bot.close();
    });
    await server.start();
    let admin = dialTestAdmin(`${server.dataDir}/admin.sock`);
    const received = new Map<string, Received>();
    const work = await load(admin, bots, received);
    await sleep(2_000);
    const backup = join(server.directory, "backup");
    const early = new Set(received.keys());
    const start = Date.now();
    await server.botpass("server", "backup", "--out", backup);
    const during = { ms: Date.now() - start, issued: received.size - early.size };
    // Operators go on as well: a bot of that time is lost with it.
    await admin.call("BotService", "RegisterBot", { name: "late", owner: "o", purpose: "p" });
    // Half of the join tokens end before the restore.
    await sleep(62_000);
    await server.end("SIGKILL");
    const before = bots.map((bot) => bot.x509Svid().serialHex);
    const handedOut = [...received.values()];
    expect(handedOut.length).toBeGreaterThan(early.size);
    expect(readdirSync(backup).sort()).toEqual([
      "backup.json",
      "botpass.db",
      "keys",
      "log.key.pem",
    ]);

    await server.botpass("backup", "verify", backup);
    const fresh = join(server.directory, "fresh");
    const lost = atHand ? ["--lost", server.dataDir, "--accept-rollback"] : [];
    const at = ["--data-dir", fresh, "--output", "json"];
    const restored = JSON.parse(
      await server.botpass("server", "restore", "--from", backup, ...lost, ...at),
    );
    const now = Date.now();
    admin.close();
    await server.start(fresh);
    admin = dialTestAdmin(`${fresh}/admin.sock`);

    // Every bot comes back by itself.
    const deadline = Date.now() + 90_000;
    const back = () => bots.filter((bot, i) => bot.x509Svid().serialHex !== before[i]).length;
    while (back() < BOTS && Date.now() < deadline) await sleep(200);
    const secondsBack = (Date.now() - now) / 1000;
    expect(back()).toBe(BOTS);
    await work.stop();

    // Every SVID is explained.
    const recorded = await bySerial(admin);
    const told = { issued: 0, lost: 0, unknown: 0 };
    for (const { id, notAfter } of handedOut) {
      const records = recorded.get(id) ?? [];
      if (records.some(({ type }) => type === "svid.issued")) told.issued += 1;
      else if (records.some(({ type }) => type === "svid.lost")) {
        told.lost += 1;
        const live = notAfter.getTime() > now + 2_000;
        if (live) expect(records, id).toContainEqual({ type: "svid.lost", denied: "true" });
      } else {
        told.unknown += 1;
        expect(atHand, `${id} is nowhere`).toBe(false);
        expect(notAfter.getTime(), id).toBeLessThanOrEqual(Date.parse(restored.unknownUntil));
      }
      // What was issued before the backup was made is in it.
      if (early.has(id)) expect(records[0]?.type, id).toBe("svid.issued");
    }
    // What they hold now was issued here.
    for (const bot of bots) {
      const { serialHex } = bot.x509Svid();
      expect(recorded.get(serialHex) ?? (await bySerial(admin)).get(serialHex)).toBeDefined();
    }

    // Services are told: everything that is known and lives on is denied.
    const [witness] = bots;
    if (witness === undefined) throw new Error("there is no bot");
    witness.isDenied({ serialHex: "00" });
    await witness.deniedReady();
    let denied = 0;
    for (const { id, kind, notAfter } of handedOut) {
      const known = recorded.has(id);
      if (!known || notAfter.getTime() <= Date.now() + 5_000) continue;
      const query = kind === "serial" ? { serialHex: id } : { jti: id };
      expect(witness.isDenied(query), id).toBe("restored");
      denied += 1;
    }
    expect(denied).toBeGreaterThan(BOTS);
    if (atHand) expect(restored).toMatchObject({ missingBots: ["late"], reopenedTokens: BOTS / 2 });
    process.stdout.write(
      `${what}: backup in ${during.ms} ms with ${during.issued} SVIDs meanwhile; of ${handedOut.length} handed out ` +
        `${told.issued} in the backup, ${told.lost} noted as lost, ${told.unknown} unknown until ${restored.unknownUntil ?? "-"}; ` +
        `${denied} that live are denied; ${BOTS} of ${BOTS} bots back within ${secondsBack.toFixed(1)} s\n`,
    );
    admin.close();
  },
);
