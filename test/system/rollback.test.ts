// Going back to an older backup: nothing that was issued before lives on, and everybody learns of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { connect } from "../../src/index.ts";
import { loadConfig, restoreBackup, startServer } from "../../src/server/index.ts";
import { dialTestAdmin } from "../support/admin.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-back-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const dataDir = join(directory, "data");

async function run<T>(work: (admin: ReturnType<typeof dialTestAdmin>) => Promise<T>): Promise<T> {
  const server = await startServer(
    await loadConfig({
      flags: { trustDomain: "example.org", dataDir, listen: "127.0.0.1:0" },
      env: { BOTPASS_BOTS_SOCKET: "", BOTPASS_LOG_LEVEL: "fatal" },
    }),
  );
  const admin = dialTestAdmin(server.adminSocket);
  try {
    return await work(admin);
  } finally {
    admin.close();
    await server.close();
  }
}

test("a rollback needs a word, denies what both databases know, and moves the bundle ahead", async () => {
  const backup = join(directory, "backup");
  const open = async (admin: ReturnType<typeof dialTestAdmin>) => {
    const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });
    const bot = await connect({ token: String(value), env: {} });
    const svid = bot.x509Svid();
    const sequence = bot.bundleFor(bot.spiffeId.trustDomain)?.sequence ?? 0n;
    await bot.close();
    return { serialHex: svid.serialHex, sequence };
  };
  const { before, after } = await run(async (admin) => {
    await admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
    const early = await open(admin);
    await admin.call("ServerService", "Backup", { directory: backup });
    return { before: early, after: await open(admin) };
  });

  const request = { from: backup, dataDir };
  await expect(restoreBackup({ ...request, acceptRollback: false })).rejects.toMatchObject({
    code: "WRONG_STATE",
  });
  expect(await restoreBackup({ ...request, acceptRollback: true })).toEqual({
    rolledBack: true,
    denied: 2,
    issuedAfter: 1,
    carried: {
      operators: [],
      reducedOperators: [],
      stoppedBots: [],
      shortened: [],
      tokens: 0,
      idTokens: 0,
      bans: 0,
      // The first bot may say goodbye before the backup, or after it.
      instances: expect.any(Number),
      reopenedTokens: 0,
      revivedBots: [],
      revertedBots: [],
      revivedEntries: [],
      revertedEntries: [],
      revivedAuthorities: [],
      missingBots: [],
    },
  });

  await run(async (admin) => {
    await admin.call("BotService", "UpdateBot", { name: "a", revision: 1, owner: "new" });
    const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });
    const bot = await connect({ token: String(value), env: {} });
    await bot.deniedReady();
    for (const { serialHex } of [before, after])
      expect(bot.isDenied({ serialHex })).toBe("restored");
    expect(bot.bundleFor(bot.spiffeId.trustDomain)?.sequence).toBeGreaterThan(
      after.sequence + 1000n,
    );
    await bot.close();
    const { records } = await admin.call("AuditService", "ListAudit", { type: "backup.restored" });
    expect(records).toHaveLength(1);
  });
  await expect(
    restoreBackup({ from: join(directory, "none"), dataDir, acceptRollback: true }),
  ).rejects.toMatchObject({ code: "REQUEST_INVALID" });
});

test("what was only issued since is lost too: a backup from before it is older", async () => {
  const backup = join(directory, "before-issuing");
  const token = await run(async (admin) => {
    const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });
    const bot = await connect({ token: String(value), env: {} });
    await admin.call("ServerService", "Backup", { directory: backup });
    // No operator changes anything; the bot gets a token.
    const entries = await admin.call("EntryService", "ListEntries", { bot: "a" });
    expect(entries.entries).toHaveLength(1);
    await admin.call("MintService", "MintJwtSvid", { bot: "a", audience: ["x"] }).catch(() => 0);
    await bot.close();
    return value;
  });
  expect(token).not.toBe("");
  await expect(
    restoreBackup({ from: backup, dataDir, acceptRollback: false }),
  ).rejects.toMatchObject({ code: "WRONG_STATE", message: expect.stringContaining("record") });
});
