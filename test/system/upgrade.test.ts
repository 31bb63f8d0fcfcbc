// A data directory of the version before the log: it opens, is migrated, and every bot is who it was.
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { connect } from "../../src/index.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../src/store/sqlite/schema.ts";
import { run } from "../cli/run-cli.ts";
import { dialTestAdmin } from "../support/admin.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-up-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const dataDir = join(directory, "data");
const file = join(dataDir, "botpass.db");
const BEFORE = MIGRATIONS.findIndex((each) => each.includes("log_tiles"));

async function start() {
  const server = await startServer(
    await loadConfig({
      flags: { trustDomain: "example.org", dataDir, listen: "127.0.0.1:0" },
      env: { BOTPASS_BOTS_SOCKET: "", BOTPASS_LOG_LEVEL: "fatal" },
    }),
  );
  const admin = dialTestAdmin(server.adminSocket);
  return {
    server,
    admin,
    async stop() {
      admin.close();
      await server.close();
    },
  };
}

/** Moves what the database holds into one of the old schema, as the version before would have left it. */
function makeOld(): void {
  const old = join(dataDir, "old.db");
  const database = new Sqlite(old);
  database.pragma("foreign_keys = off");
  for (const migration of MIGRATIONS.slice(0, BEFORE)) database.exec(migration);
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma(`user_version = ${BEFORE}`);
  database.exec(`attach '${file}' as made`);
  const tables = database
    .prepare(
      "select name from main.sqlite_schema where type = 'table' and name not like 'sqlite_%'",
    )
    .pluck()
    .all() as string[];
  for (const table of tables) {
    const columns = database
      .prepare(`select name from pragma_table_info('${table}')`)
      .pluck()
      .all();
    const names = columns.join(", ");
    database.exec(`delete from main.${table}`);
    database.exec(`insert into main.${table} (${names}) select ${names} from made.${table}`);
  }
  const names = "'audit', 'audit_index', 'feed', 'feed_floor'";
  database.exec(`delete from counters where name not in (${names})`);
  database.exec("detach made");
  database.close();
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  const moved = new Sqlite(old);
  moved.exec(`vacuum into '${file}'`);
  moved.close();
  rmSync(old);
  rmSync(join(dataDir, "log.key.pem"));
}

test("keeps bots, instances and records; a copy is kept; old records are in the log", async () => {
  const stateDirectory = join(directory, "state");
  const first = await start();
  await first.admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
  const { value } = await first.admin.call("TokenService", "CreateToken", { bot: "a" });
  const bot = await connect({ token: String(value), env: {}, stateDirectory });
  const { serialHex } = bot.x509Svid();
  await bot.close();
  const { instances: before } = await first.admin.call("InstanceService", "ListInstances", {});
  const { records } = await first.admin.call("AuditService", "ListAudit", {});
  await first.stop();
  makeOld();
  rmSync(join(stateDirectory, "log-checkpoint.json"), { force: true });

  const second = await start();
  const copy = `${file}.schema-${BEFORE}`;
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const kept = new Sqlite(copy, { readonly: true });
  expect(kept.pragma("user_version", { simple: true })).toBe(BEFORE);
  expect(kept.prepare("select count(*) from bots").pluck().get()).toBe(1);
  kept.close();
  expect(existsSync(`${copy}.tmp`)).toBe(false);

  // The state directory names the old address: the server listens elsewhere now.
  const addresses = [...second.server.addresses];
  const again = await connect({ env: {}, stateDirectory, addresses });
  expect(again.spiffeId.toString()).toBe("spiffe://example.org/bot/default/a");
  await again.close();
  const { instances: after } = await second.admin.call("InstanceService", "ListInstances", {});
  expect((after as { id: string }[]).map(({ id }) => id)).toEqual(
    (before as { id: string }[]).map(({ id }) => id),
  );
  const { records: all } = await second.admin.call("AuditService", "ListAudit", {});
  expect((all as string[]).slice(0, (records as string[]).length)).toEqual(records);

  const cli = (...argv: string[]) =>
    run(["--admin-socket", second.server.adminSocket, ...argv], { cwd: directory });
  expect(JSON.parse((await cli("audit", "prove", "--serial", serialHex)).stdout)).toMatchObject({
    botpass: "audit-proof",
    record: { serial: serialHex, type: "svid.issued" },
  });
  await second.stop();
});
