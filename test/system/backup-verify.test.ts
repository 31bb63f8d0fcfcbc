// A restore drill: what it proves, and everything that it must find.
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../cli/run-cli.ts";
import { runningServer } from "../support/running-server.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-drill-"));
const backup = join(directory, "good");
const scratch = join(directory, "scratch");
let early = "";
let forged = "";

beforeAll(async () => {
  cpSync(mkdtempSync(join(directory, "s-")), scratch, { recursive: true });
  const server = await runningServer();
  await server.register("pay");
  await server.connect({ token: (await server.token("pay")).value });
  const { note } = await server.admin.call("AuditService", "MakeCheckpoint", {});
  early = String(note);
  await server.register("two");
  await server.admin.call("AuditService", "MakeCheckpoint", {});
  await server.admin.call("ServerService", "Backup", { directory: backup });
  await server.close();
  const other = await runningServer();
  forged = String((await other.admin.call("AuditService", "MakeCheckpoint", {})).note);
  await other.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function drill(of: string, ...flags: string[]) {
  const argv = ["backup", "verify", of, "--scratch", scratch, "--output", "json", ...flags];
  const { code, stdout, stderr } = await run(argv, { cwd: directory });
  expect(readdirSync(scratch), "the copy is gone").toEqual([]);
  const report = JSON.parse(stdout || "{}") as {
    ok: boolean;
    checks: { name: string; outcome: string; says: string[] }[];
  };
  const of_ = (name: string) => report.checks.find((check) => check.name === name);
  return { code, stderr, report, of: of_ };
}

/** A copy of the backup, changed. */
function changed(name: string, change: (copy: string) => void): string {
  const copy = join(directory, name);
  cpSync(backup, copy, { recursive: true });
  change(copy);
  return copy;
}

function sql(copy: string, statement: string): void {
  const database = new Sqlite(join(copy, "botpass.db"));
  database.exec(statement);
  database.close();
  rmSync(join(copy, "backup.json"));
}

test("a good backup is proven, and only read", async () => {
  const before = readFileSync(join(backup, "botpass.db"));
  const kept = join(directory, "kept.txt");
  writeFileSync(kept, early);
  const { code, report, of } = await drill(backup, "--against", kept);
  expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
  expect(report.checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(
    ["files", "database", "upgrade", "state", "log", "keys"].map((name) => `${name} ok`),
  );
  expect(of("files")?.says[0]).toMatch(/^4 files, .*byte for byte/);
  expect(of("state")?.says[0]).toMatch(/^trust domain example\.org, .* 2 bots$/);
  expect(of("state")?.says[1]).toMatch(/^1 SVIDs that still live/);
  expect(of("log")?.says.join("\n")).toMatch(/^records 1 to \d+ are .*\n.*newest checkpoint, of/);
  expect(of("log")?.says[2]).toMatch(/^1 of 1 checkpoints/);
  expect(of("keys")?.says).toHaveLength(2);
  expect(readFileSync(join(backup, "botpass.db"))).toEqual(before);
  const table = await run(["backup", "verify", backup, "--scratch", scratch], { cwd: directory });
  expect(table.stdout).toMatch(/^ok {7}files {5}4 files/);
});

const BROKEN: readonly (readonly [string, string, string, (copy: string) => void])[] = [
  [
    "a changed byte of a key file",
    "files",
    "log.key.pem is not what was written",
    (copy) => {
      const file = join(copy, "log.key.pem");
      writeFileSync(file, readFileSync(file, "utf8").replace(/=?\n-----END/, "\n\n-----END"));
    },
  ],
  [
    "a file that is gone",
    "files",
    "log.key.pem is missing",
    (copy) => rmSync(`${copy}/log.key.pem`),
  ],
  [
    "open to others",
    "files",
    "is open to others: 644",
    (copy) => chmodSync(`${copy}/botpass.db`, 0o644),
  ],
  [
    "a damaged page",
    "database",
    "",
    (copy) => {
      const file = join(copy, "botpass.db");
      const bytes = readFileSync(file);
      for (let page = 3; page * 4096 < bytes.length; page += 4)
        bytes.fill(7, page * 4096 + 8, page * 4096 + 900);
      writeFileSync(file, bytes);
    },
  ],
  [
    "a newer schema",
    "database",
    "this version of botpass knows none above",
    (copy) => sql(copy, "pragma user_version = 999"),
  ],
  [
    "an edited record",
    "log",
    "record 5 was edited",
    (copy) =>
      sql(copy, `update audit set bytes = replace(bytes, '"ok"', '"oK"') where sequence = 5`),
  ],
  [
    "records that were cut off",
    "log",
    "",
    (copy) =>
      sql(
        copy,
        "delete from audit where sequence > 6; update counters set value = 6 where name = 'audit'",
      ),
  ],
  [
    "no log key",
    "log",
    "the log's key, is not there",
    (copy) => sql(copy, "") ?? rmSync(`${copy}/log.key.pem`),
  ],
  [
    "an authority without its key",
    "keys",
    "its key is not there",
    (copy) => {
      const keys = join(copy, "keys");
      rmSync(join(keys, readdirSync(keys)[0] ?? ""));
    },
  ],
  [
    "keys that were exchanged",
    "keys",
    "its key is another one",
    (copy) => {
      const [one = "", two = ""] = readdirSync(join(copy, "keys"));
      cpSync(join(copy, "keys", one), join(copy, "keys", two));
    },
  ],
  [
    "no active authority",
    "keys",
    "there is no active jwt authority",
    (copy) => sql(copy, "update authorities set state = 'old' where kind = 'jwt'"),
  ],
];

test.each(BROKEN)("finds %s", async (what, check, says, change) => {
  const copy = changed(what, change);
  const { code, stderr, report, of } = await drill(copy);
  expect({ code, ok: report.ok }).toEqual({ code: 1, ok: false });
  expect(of(check)?.outcome).toBe("failed");
  expect(of(check)?.says.join("\n")).toContain(says);
  expect(stderr).toContain("the backup would not do: ");
});

test("finds a checkpoint of another log, and says what is not a backup", async () => {
  const kept = join(directory, "forged.txt");
  writeFileSync(kept, forged);
  expect((await drill(backup, "--against", kept)).of("log")?.outcome).toBe("failed");
  const none = await drill(join(directory, "none"));
  expect(none.code).toBe(1);
  expect(none.of("database")?.says[0]).toContain("not a backup");
});
