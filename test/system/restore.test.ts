// What a restore makes of what happened after the backup: ends and single uses stay, the rest is named, everything is explained.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../src/index.ts";
import { loadConfig, restoreBackup, startServer } from "../../src/server/index.ts";
import { openSqliteStore } from "../../src/store/index.ts";
import { run } from "../cli/run-cli.ts";
import { dialTestAdmin } from "../support/admin.ts";

let directory: string;
let old: string;
let fresh: string;
let backup: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bp-restore-"));
  old = join(directory, "old");
  fresh = join(directory, "fresh");
  backup = join(directory, "backup");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Admin = ReturnType<typeof dialTestAdmin>;

async function serve<T>(dataDir: string, work: (admin: Admin, cli: Cli) => Promise<T>): Promise<T> {
  const server = await startServer(
    await loadConfig({
      flags: { trustDomain: "example.org", dataDir, listen: "127.0.0.1:0" },
      env: { BOTPASS_BOTS_SOCKET: "", BOTPASS_LOG_LEVEL: "fatal" },
    }),
  );
  const admin = dialTestAdmin(server.adminSocket);
  const cli: Cli = (...argv) =>
    run(["--admin-socket", server.adminSocket, ...argv], { cwd: directory });
  try {
    return await work(admin, cli);
  } finally {
    admin.close();
    await server.close();
  }
}
type Cli = (...argv: string[]) => ReturnType<typeof run>;

const register = (admin: Admin, name: string) =>
  admin.call("BotService", "RegisterBot", { name, owner: "o", purpose: "p" });
const tokenFor = async (admin: Admin, bot: string) => {
  const { token, value } = await admin.call("TokenService", "CreateToken", { bot });
  return { id: (token as { id: string }).id, value: String(value) };
};

test("with the old directory at hand", async () => {
  const use = { id: "ab".repeat(32), keyFingerprint: "cd".repeat(32), instanceIds: [] };
  const made = await serve(old, async (admin) => {
    for (const name of ["pay", "mail", "stop", "mad"]) await register(admin, name);
    const selectors = [{ type: "unix", value: "uid:7" }];
    const entry = { bot: "mail", selectors };
    const { entry: created } = await admin.call("EntryService", "CreateEntry", { entry });
    await admin.call("OperatorService", "InviteOperator", { name: "eve", roles: ["registrar"] });
    const once = await tokenFor(admin, "pay");
    const revoked = await tokenFor(admin, "pay");
    const mad = await connect({ token: (await tokenFor(admin, "mad")).value, env: {} });
    await admin.call("ServerService", "Backup", { directory: backup });

    // Afterwards.
    await admin.call("OperatorService", "RemoveOperator", { name: "eve" });
    await admin.call("TokenService", "RevokeToken", { id: revoked.id });
    const bot = await connect({ token: once.value, env: {} });
    const { serialHex } = bot.x509Svid();
    const { instances } = await admin.call("InstanceService", "ListInstances", { bot: "mad" });
    const [{ id: instance = "" } = {}] = instances as { id: string }[];
    await admin.call("InstanceService", "BanInstance", { id: instance, reason: "went mad" });
    await admin.call("BotService", "SuspendBot", { name: "stop" });
    const { id: entryId } = (created ?? {}) as { id: string };
    const { entries } = await admin.call("EntryService", "ListEntries", { bot: "mail" });
    const [mailed] = (entries as { id: string; selectors: unknown[] }[]).filter(
      ({ id, selectors: some }) => id === entryId || JSON.stringify(some).includes("uid:7"),
    );
    await admin.call("EntryService", "DeleteEntry", { id: mailed?.id });
    await register(admin, "late");
    const { records } = await admin.call("AuditService", "ListAudit", {
      serial: serialHex,
      type: "svid.issued",
    });
    await Promise.all([bot.close(), mad.close()]);
    return { serialHex, once, revoked, entryId: mailed?.id, record: (records as string[])[0] };
  });
  const lostStore = await openSqliteStore({ file: join(old, "botpass.db") });
  const expiresAt = new Date(Date.now() + 600_000);
  await lostStore.transaction((tx) => tx.useIdToken({ ...use, expiresAt }));
  await lostStore.close();

  // Neither over a state, nor beside a server that runs.
  const request = { from: backup, dataDir: fresh, lost: old };
  await expect(restoreBackup({ ...request, acceptRollback: false })).rejects.toMatchObject({
    code: "WRONG_STATE",
    message: expect.stringMatching(
      /^backup is older \(change \d+, record \d+\) than the data directory/,
    ),
  });
  await expect(
    restoreBackup({ ...request, dataDir: old, acceptRollback: true }),
  ).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  await serve(old, async () => {
    await expect(restoreBackup({ ...request, acceptRollback: true })).rejects.toMatchObject({
      code: "WRONG_STATE",
      message: `data directory ${old} is in use by another server`,
    });
  });
  expect(existsSync(join(fresh, "botpass.db"))).toBe(false);

  const flags = ["--from", backup, "--data-dir", fresh, "--lost", old, "--accept-rollback"];
  const restore = await run(["server", "restore", ...flags, "--output", "json"]);
  expect(JSON.parse(restore.stdout)).toMatchObject({
    rolledBack: true,
    denied: 2,
    issuedAfter: 1,
    operators: ["eve"],
    // Used, revoked, and with the ban and the removal two voided.
    tokens: 4,
    idTokens: 1,
    bans: 1,
    stoppedBots: [
      { name: "operator.eve", state: "retired" },
      { name: "stop", state: "suspended" },
    ],
    revivedBots: [],
    revivedEntries: [`mail ${made.entryId}`],
    missingBots: ["late"],
  });
  for (const name of readdirSync(fresh)) {
    const { mode } = statSync(join(fresh, name));
    expect(mode & 0o077, name).toBe(0);
  }

  await serve(fresh, async (admin, cli) => {
    const { operators } = await admin.call("OperatorService", "ListOperators", {});
    expect(operators).toMatchObject([{ name: "eve", state: "removed", roles: [] }]);
    const eve = await admin.call("BotService", "GetBot", { name: "operator.eve" });
    expect(eve.state).toBe("retired");
    // Neither the token that was used nor the one that was revoked lets anybody else in.
    for (const { value } of [made.once, made.revoked]) {
      await expect(connect({ token: value, env: {}, timeoutMs: 1 })).rejects.toThrow();
    }
    // What nobody would find in the backup is explained, by the old record itself.
    const list = await cli("audit", "list", "--serial", made.serialHex, "--output", "json");
    const lines = list.stdout.trim().split("\n");
    const lost = JSON.parse(list.stdout);
    const found = (lost.records ?? lines.map((line) => JSON.parse(line))) as {
      type: string;
      bot: string;
      details: { record: string; denied: string };
    }[];
    expect(found).toMatchObject([{ type: "svid.lost", bot: "pay", details: { denied: "true" } }]);
    expect(found[0]?.details.record).toBe(made.record);
    await register(admin, "service");
    const service = await connect({ token: (await tokenFor(admin, "service")).value, env: {} });
    await service.deniedReady();
    expect(service.isDenied({ serialHex: made.serialHex })).toBe("restored");
    await service.close();
  });
  const store = await openSqliteStore({ file: join(fresh, "botpass.db") });
  expect(await store.getIdTokenUse(use.id)).toMatchObject({ keyFingerprint: use.keyFingerprint });
  await store.close();
});

test("with nothing left but the backup: known is denied, unknown has an end, and both sequences move ahead", async () => {
  const { serialHex, feed } = await serve(old, async (admin) => {
    await register(admin, "pay");
    const bot = await connect({ token: (await tokenFor(admin, "pay")).value, env: {} });
    await admin.call("ServerService", "Backup", { directory: backup });
    const { feedSequence } = await admin.call("ServerService", "GetInfo", {});
    const svid = bot.x509Svid();
    await bot.close();
    return { serialHex: svid.serialHex, feed: Number(feedSequence) };
  });
  rmSync(old, { recursive: true });
  const begun = Date.now();
  const flags = ["--from", backup, "--data-dir", fresh];
  const { code, stdout } = await run(["server", "restore", ...flags]);
  expect(code).toBe(0);
  const [, until = ""] = /Issued after it:? +unknown; over by (\S+)/.exec(stdout) ?? [];
  expect(Date.parse(until) - begun).toBeGreaterThanOrEqual(86_400_000);
  expect(stdout).toMatch(/SVIDs denied:? +1/);
  await serve(fresh, async (admin) => {
    const { feedSequence } = await admin.call("ServerService", "GetInfo", {});
    expect(Number(feedSequence)).toBeGreaterThan(feed + 1_000_000);
    const service = await connect({ token: (await tokenFor(admin, "pay")).value, env: {} });
    await service.deniedReady();
    expect(service.isDenied({ serialHex })).toBe("restored");
    expect(service.bundleFor(service.spiffeId.trustDomain)?.sequence).toBeGreaterThan(1_000_000n);
    await service.close();
  });
});

test("what was narrowed since stays narrow or is named", async () => {
  const entryOf = async (admin: Admin, bot: string) => {
    const { entries } = await admin.call("EntryService", "ListEntries", { bot });
    return (entries as { id: string; selectors: object[] }[])[0] ?? { id: "", selectors: [] };
  };
  const ids = await serve(old, async (admin) => {
    for (const name of ["ends", "gone", "kept", "new-owner", "short", "tight"]) {
      const selectors = [{ type: "unix", value: `user:${name}` }];
      const entry = { selectors, x509TtlSeconds: 3600 };
      await admin.call("BotService", "RegisterBot", { name, owner: "o", purpose: "p", entry });
    }
    const invited = { name: "eve", roles: ["admin", "registrar", "auditor"] };
    await admin.call("OperatorService", "InviteOperator", invited);
    await admin.call("OperatorService", "InviteOperator", { name: "root", roles: ["admin"] });
    await admin.call("ServerService", "Backup", { directory: backup });

    // Afterwards. Rights that were given since are not in the backup, and do not come by the restore.
    const now = { name: "eve", roles: ["auditor", "approver"] };
    await admin.call("OperatorService", "SetOperatorRoles", now);
    await admin.call("BotService", "SuspendBot", { name: "operator.root" });
    await admin.call("BotService", "RetireBot", { name: "gone" });
    await admin.call("BotService", "SuspendBot", { name: "kept" });
    await admin.call("BotService", "UpdateBot", { name: "new-owner", revision: 1, owner: "new" });
    const endsAtMs = Date.now() + 86_400_000;
    await admin.call("BotService", "UpdateBot", { name: "ends", revision: 1, endsAtMs });
    const tight = await entryOf(admin, "tight");
    const more = { type: "unix", value: "gid:7" };
    const narrowed = { ...tight, selectors: [...tight.selectors, more] };
    await admin.call("EntryService", "UpdateEntry", { entry: narrowed });
    const short = await entryOf(admin, "short");
    await admin.call("EntryService", "UpdateEntry", { entry: { ...short, x509TtlSeconds: 300 } });
    return { tight: tight.id, short: short.id, endsAtMs };
  });
  // Then it was not approved yet: it stays so, which is less than suspended.
  const draft = new Sqlite(join(backup, "botpass.db"));
  draft.exec("update bots set state = 'draft' where name = 'kept'");
  draft.close();
  const flags = ["--from", backup, "--data-dir", fresh, "--lost", old, "--accept-rollback"];
  const restore = await run(["server", "restore", ...flags, "--output", "json"]);
  expect(JSON.parse(restore.stdout)).toMatchObject({
    reducedOperators: [
      { name: "eve", before: ["registrar", "auditor", "admin"], roles: ["auditor"] },
    ],
    stoppedBots: [
      { name: "gone", state: "retired" },
      { name: "operator.root", state: "suspended" },
    ],
    shortened: ["ends", `short ${ids.short}`],
    revertedBots: ["new-owner"],
    revertedEntries: [`tight ${ids.tight}`],
    revivedBots: [],
    revivedEntries: [],
  });
  await serve(fresh, async (admin, cli) => {
    const { operators } = await admin.call("OperatorService", "ListOperators", {});
    expect(operators).toMatchObject([
      { name: "eve", roles: ["auditor"] },
      { name: "root", state: "suspended" },
    ]);
    expect((await admin.call("BotService", "GetBot", { name: "gone" })).state).toBe("retired");
    expect((await admin.call("BotService", "GetBot", { name: "kept" })).state).toBe("draft");
    const ends = await admin.call("BotService", "GetBot", { name: "ends" });
    expect(Number(ends.endsAtMs)).toBe(ids.endsAtMs);
    expect(await entryOf(admin, "short")).toMatchObject({ x509TtlSeconds: 300 });
    expect((await entryOf(admin, "tight")).selectors).toHaveLength(1);
    const { stdout } = await cli("audit", "list", "--output", "json");
    const { records } = JSON.parse(stdout) as { records: { type: string; details: object }[] };
    expect(records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: "operator.roles_set",
          details: expect.objectContaining({ name: "eve", roles: "auditor", by: "restore" }),
        }),
        expect.objectContaining({ type: "bot.retired", bot: "gone" }),
        expect.objectContaining({
          type: "backup.restored",
          details: expect.objectContaining({
            revertedEntries: `tight ${ids.tight}`,
            stoppedBots: "gone, operator.root",
          }),
        }),
      ]),
    );
  });
});
