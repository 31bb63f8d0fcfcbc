import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockDataDirectory, openSqliteStore } from "../../src/store/index.ts";
import { openTestStore } from "../support/store.ts";
import { describeStore } from "./store-suite.ts";

describeStore("SQLite", openTestStore);

test("the database is its owner's alone", async () => {
  await using opened = await openTestStore();
  expect(statSync(opened.file).mode & 0o077).toBe(0);
});

test("a second server is kept out of a data directory, until the first lets go or dies", async () => {
  await using opened = await openTestStore();
  const lock = lockDataDirectory(opened.directory);
  expect(() => lockDataDirectory(opened.directory)).toThrow(
    expect.objectContaining({ code: "WRONG_STATE" }),
  );
  await lock.release();
  // A process that holds the lock and is killed leaves none.
  const store = join(import.meta.dirname, "../../src/store/index.ts");
  const program = `import { lockDataDirectory } from ${JSON.stringify(store)};
    lockDataDirectory(${JSON.stringify(opened.directory)});
    process.kill(process.pid, "SIGKILL");`;
  const run = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", program]);
  expect(run.signal).toBe("SIGKILL");
  await lockDataDirectory(opened.directory).release();
});

test("a backup is a whole database of its own", async () => {
  await using opened = await openTestStore();
  await opened.store.transaction((tx) => tx.setMeta("k", "v"));
  const copy = join(opened.directory, "copy.db");
  const { bytes } = await opened.store.backup(copy);
  expect(bytes).toBe(statSync(copy).size);
  expect(statSync(copy).mode & 0o077).toBe(0);
  const store = await openSqliteStore({ file: copy });
  expect(await store.getMeta("k")).toBe("v");
  await store.close();
  await expect(opened.store.backup(copy)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  expect(existsSync(copy)).toBe(true);
});
