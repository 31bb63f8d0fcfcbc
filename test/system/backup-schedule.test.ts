// Backups by themselves: when they are due, how many stay, and what happens when one fails.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeBackup } from "../../src/server/backup.ts";
import { BackupSchedule, backupName } from "../../src/server/backup-schedule.ts";
import { loadConfig } from "../../src/server/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer } from "../support/running-server.ts";
import { openTestStore, type TestStore } from "../support/store.ts";

const HOUR_MS = 3_600_000;
let clock: DrivenClock;
let opened: TestStore;
let directory: string;
let errors: string[];
const schedules: BackupSchedule[] = [];

beforeEach(async () => {
  clock = new DrivenClock(new Date("2030-01-31T12:00:00Z"));
  opened = await openTestStore({ clock });
  directory = join(opened.directory, "backups");
  errors = [];
  writeFileSync(join(opened.directory, "log.key.pem"), "key", { mode: 0o600 });
});
afterEach(async () => {
  for (const schedule of schedules.splice(0)) await schedule.stop();
  await opened.close();
});

function start(make?: (directory: string) => Promise<{ bytes: number }>): BackupSchedule {
  const { store } = opened;
  const schedule = new BackupSchedule({
    store,
    clock,
    directory,
    everySeconds: 3600,
    keep: 3,
    make: make ?? ((to) => makeBackup(store, opened.directory, to, clock.now())),
    onError: (error) => void errors.push(String(error)),
  });
  schedules.push(schedule);
  schedule.start();
  return schedule;
}
const names = () => (existsSync(directory) ? readdirSync(directory).sort() : []);
/** It has done what is due, and waits for the next. */
const waits = () => expect.poll(() => clock.planned).toBe(1);
const audit = async (type: string) =>
  (await opened.store.listAudit({ type })).map(({ bytes }) => JSON.parse(bytes));

test("one at once, then one each hour; the newest three stay, for their owner alone", async () => {
  start();
  await expect.poll(names).toEqual(["botpass-20300131T120000Z"]);
  for (let hour = 1; hour <= 4; hour += 1) {
    // It looks every ten minutes; each look reads the disk, for which a driven clock does not wait.
    for (let look = 0; look < 6; look += 1) {
      await waits();
      await clock.advance(HOUR_MS / 6);
    }
    await expect.poll(async () => (await audit("backup.made")).length).toBe(hour + 1);
  }
  await expect.poll(async () => (await audit("backup.removed")).length).toBe(2);
  const kept = ["14", "15", "16"].map((hour) => `botpass-20300131T${hour}0000Z`);
  expect(names()).toEqual(kept);
  const newest = join(directory, kept[2] ?? "");
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(newest).mode & 0o777).toBe(0o700);
  expect(readdirSync(newest).sort()).toEqual(["backup.json", "botpass.db", "log.key.pem"]);
  for (const name of readdirSync(newest)) {
    expect(statSync(join(newest, name)).mode & 0o777, name).toBe(0o600);
  }
  expect(JSON.parse(readFileSync(join(newest, "backup.json"), "utf8"))).toMatchObject({
    botpass: "backup",
    made_at: "2030-01-31T16:00:00.000Z",
    files: { "botpass.db": { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  });
  expect((await audit("backup.removed"))[0].details.directory).toBe(
    join(directory, "botpass-20300131T120000Z"),
  );
  expect(errors).toEqual([]);
});

test("one that was missed is made after the start, one that is not due is not", async () => {
  await start().stop();
  await clock.advance(HOUR_MS / 2);
  const second = start();
  await clock.advance(1000);
  await second.stop();
  expect(names()).toHaveLength(1);
  await clock.advance(2 * HOUR_MS);
  start();
  await expect.poll(names).toContain("botpass-20300131T143001Z");
});

test("what a crash has left goes; what others keep there stays", async () => {
  mkdirSync(directory);
  const left = `${backupName(clock.now())}.partial-00ff00ff`;
  for (const name of [left, "botpass-20300101T000000Z.removing", "notes"]) {
    mkdirSync(join(directory, name));
  }
  start();
  await expect.poll(names).toEqual(["botpass-20300131T120000Z", "notes"]);
});

test("a failure is told, recorded and tried again, and leaves nothing half made", async () => {
  let broken = true;
  start((to) => {
    const from = broken ? join(opened.directory, "nowhere") : opened.directory;
    return makeBackup(opened.store, from, to, clock.now());
  });
  await expect.poll(async () => (await audit("backup.failed")).length).toBe(1);
  expect(names()).toEqual([]);
  expect(errors[0]).toContain("backup failed: backup ");
  await waits();
  await clock.advance(60_000);
  await expect.poll(async () => (await audit("backup.failed")).length).toBe(2);
  await waits();
  expect(await audit("backup.failed")).toMatchObject([
    { code: "STORE_UNAVAILABLE", outcome: "failed", details: { directory } },
    { details: { retryAt: "2030-01-31T12:03:00.000Z" } },
  ]);
  broken = false;
  await clock.advance(60_000);
  expect(names()).toEqual([]);
  await waits();
  await clock.advance(60_000);
  await expect.poll(names).toHaveLength(1);
});

test("what failed when nothing was due is looked at again at the usual pace", async () => {
  start();
  await expect.poll(names).toHaveLength(1);
  await waits();
  const aside = `${directory}.aside`;
  renameSync(directory, aside);
  writeFileSync(directory, "");
  await clock.advance(600_000);
  await expect.poll(async () => (await audit("backup.failed")).length).toBe(1);
  rmSync(directory);
  renameSync(aside, directory);
  await waits();
  await clock.advance(60_000);
  await waits();
  // Not before the next look in ten minutes: a second later nothing is read.
  const looked = vi.spyOn(clock, "schedule");
  await clock.advance(60_000);
  expect(looked).not.toHaveBeenCalled();
  looked.mockRestore();
  expect(names()).toHaveLength(1);
  errors.splice(0);
});

test("names of a future that the clock was in push out nothing", async () => {
  mkdirSync(directory);
  const future = ["1", "2", "3"].map((day) => `botpass-2031010${day}T000000Z`);
  for (const name of future) mkdirSync(join(directory, name));
  start();
  await expect.poll(async () => (await audit("backup.made")).length).toBe(1);
  await waits();
  expect(names()).toEqual(["botpass-20300131T120000Z", ...future]);
});

test("a directory that is a file is named, and nothing old is removed for one that failed", async () => {
  writeFileSync(directory, "");
  start();
  await expect.poll(() => errors[0]).toContain(`backup.directory ${directory}`);
  rmSync(directory);
});

test("the server makes them by its configuration; the configuration is checked", async () => {
  const settings = (backup: string) => `trust_domain: example.org\nbackup: ${backup}\n`;
  const file = join(opened.directory, "server.yaml");
  const refused = async (backup: string) => {
    writeFileSync(file, settings(backup));
    return loadConfig({ file, flags: { dataDir: directory } }).catch((error) => error.message);
  };
  expect(await refused("{ every: 59s }")).toContain("backup.every: 59 s is below 60 s");
  expect(await refused("{ keep: 0 }")).toContain("backup.keep: 0: ");
  expect(await refused(`{ directory: ${directory} }`)).toContain("the data directory itself");
  const to = join(opened.directory, "server-backups");
  const server = await runningServer({}, `backup: { directory: ${to}, keep: 2 }\n`);
  try {
    await expect.poll(() => server.audit({ type: "backup.made" })).toHaveLength(1);
    const [name = ""] = readdirSync(to);
    expect(readdirSync(join(to, name)).sort()).toEqual([
      "backup.json",
      "botpass.db",
      "keys",
      "log.key.pem",
    ]);
  } finally {
    await server.close();
  }
  chmodSync(to, 0o700);
});
