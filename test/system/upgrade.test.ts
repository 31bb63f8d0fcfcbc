// A data directory of each earlier schema: it opens, is migrated, a copy is kept, and every bot is who it was.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../src/index.ts";
import { leafHash } from "../../src/log/index.ts";
import { loadConfig, startServer, verifyBackup } from "../../src/server/index.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../src/store/sqlite/schema.ts";
import { run } from "../cli/run-cli.ts";
import { dialTestAdmin } from "../support/admin.ts";

let directory: string;
let dataDir: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bp-up-"));
  dataDir = join(directory, "data");
  file = join(dataDir, "botpass.db");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
/** The schemas from which on there is a log, and people. */
const since = (text: string) => MIGRATIONS.findIndex((each) => each.includes(text)) + 1;
const LOG = since("create table log_tiles");
const PEOPLE = since("create table operators");
/** The last schema in which nobody approved entries. */
const BEFORE_ENTRIES = since("alter table entries add column governance") - 1;
const EARLIER = MIGRATIONS.slice(1).map((_, index) => index + 1);

async function start(settings = "{}\n") {
  const configuration = join(directory, "server.yaml");
  writeFileSync(configuration, settings);
  const server = await startServer(
    await loadConfig({
      file: configuration,
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

/** Moves what the database holds into one of an old schema, as a version of its time would have left it. */
function makeOld(version: number): void {
  const old = join(dataDir, "old.db");
  const database = new Sqlite(old);
  database.pragma("foreign_keys = off");
  database.function("botpass_leaf_hash", (bytes) => leafHash(String(bytes)));
  for (const migration of MIGRATIONS.slice(0, version)) database.exec(migration);
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma(`user_version = ${version}`);
  database.exec(`attach '${file}' as made`);
  const names = (sql: string) => database.prepare(sql).pluck().all() as string[];
  const counters = names("select name from main.counters").map((name) => `'${name}'`);
  const tables = "type = 'table' and name not like 'sqlite_%'";
  for (const table of names(`select name from main.sqlite_schema where ${tables}`)) {
    const made = names(`select name from pragma_table_info('${table}', 'made')`);
    const columns = names(`select name from pragma_table_info('${table}', 'main')`);
    const common = columns.filter((name) => made.includes(name));
    // What has no place any more was the same for everything that is kept.
    const gone = columns.includes("result") ? ["result"] : [];
    database.exec(`delete from main.${table}`);
    database.exec(
      `insert into main.${table} (${[...common, ...gone].join(", ")})
        select ${[...common, ...gone.map(() => "'issued'")].join(", ")} from made.${table}`,
    );
  }
  database.exec(`delete from counters where name not in (${counters.join(", ")})`);
  database.exec("detach made");
  expect(database.pragma("foreign_key_check")).toEqual([]);
  database.close();
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  const moved = new Sqlite(old);
  moved.exec(`vacuum into '${file}'`);
  moved.close();
  chmodSync(file, 0o600);
  rmSync(old);
  if (version < LOG) rmSync(join(dataDir, "log.key.pem"));
}

test.each(EARLIER)(
  "from schema %i: bots, instances, records and log are kept, and a copy",
  async (version) => {
    const stateDirectory = join(directory, "state");
    const first = await start();
    await first.admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
    if (version >= PEOPLE) {
      await first.admin.call("OperatorService", "AddOperator", {
        name: "ann",
        roles: ["admin"],
        unixUser: "65533",
      });
    }
    const { value } = await first.admin.call("TokenService", "CreateToken", { bot: "a" });
    const bot = await connect({ token: String(value), env: {}, stateDirectory });
    const { serialHex } = bot.x509Svid();
    await bot.close();
    const { instances: before } = await first.admin.call("InstanceService", "ListInstances", {});
    const { records } = await first.admin.call("AuditService", "ListAudit", {});
    await first.stop();
    makeOld(version);
    // A backup from then would do.
    const backup = join(directory, "backup");
    cpSync(dataDir, backup, { recursive: true });
    for (const name of ["lock", "admin.sock"]) rmSync(join(backup, name), { force: true });
    for (const name of ["", "keys"]) chmodSync(join(backup, name), 0o700);
    const drill = await verifyBackup({ directory: backup });
    expect(drill, JSON.stringify(drill)).toMatchObject({ ok: true });
    expect(drill.checks.find(({ name }) => name === "upgrade")?.says).toEqual([
      `schema ${version} was upgraded to ${MIGRATIONS.length}`,
    ]);
    rmSync(join(stateDirectory, "log-checkpoint.json"), { force: true });

    const second = await start();
    const copy = `${file}.schema-${version}`;
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const kept = new Sqlite(copy, { readonly: true });
    expect(kept.pragma("user_version", { simple: true })).toBe(version);
    expect(kept.prepare("select count(*) from bots").pluck().get()).toBe(1);
    expect(kept.pragma("integrity_check", { simple: true })).toBe("ok");
    expect(kept.prepare("select count(*) from audit").pluck().get()).toBeGreaterThanOrEqual(
      (records as string[]).length,
    );
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
    const { operators } = await second.admin.call("OperatorService", "ListOperators", {});
    expect(operators).toHaveLength(version >= PEOPLE ? 1 : 0);
    await second.stop();
  },
);

test("a governed bot from before entries were approved: its entry counts, a further one waits", async () => {
  const governed = "environments: { prod: { approval: second_person } }\n";
  const stateDirectory = join(directory, "state");
  const first = await start();
  const passport = { name: "a", owner: "ann", purpose: "p", environment: "prod" };
  await first.admin.call("OperatorService", "AddOperator", {
    ...{ name: "ann", roles: ["admin"], unixUser: "65533" },
  });
  await first.admin.call("BotService", "RegisterBot", passport);
  const { value } = await first.admin.call("TokenService", "CreateToken", { bot: "a" });
  await (await connect({ token: String(value), env: {}, stateDirectory })).close();
  await first.stop();
  makeOld(BEFORE_ENTRIES);
  rmSync(join(stateDirectory, "log-checkpoint.json"), { force: true });

  const second = await start(governed);
  expect(existsSync(`${file}.schema-${BEFORE_ENTRIES}`)).toBe(true);
  const again = await connect({
    ...{ env: {}, stateDirectory, addresses: [...second.server.addresses] },
  });
  expect(String(again.spiffeId)).toBe("spiffe://example.org/bot/prod/a");
  await again.close();
  const selectors = [{ type: "x509pop", value: "name:a" }];
  await second.admin.call("EntryService", "CreateEntry", { entry: { bot: "a", selectors } });
  const { entries } = await second.admin.call("EntryService", "ListEntries", { bot: "a" });
  expect(entries).toMatchObject([{ governance: null }, { governance: { pending: true } }]);
  const bot = await second.admin.call("BotService", "GetBot", { name: "a" });
  expect(bot).toMatchObject({ state: "active", governance: { approvedBy: "adopted" } });
  await second.stop();
});
