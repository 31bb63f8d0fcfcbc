// The log of the database: flushed beside the event loop, and written back before it grows without end.
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { WalFlush } from "../../src/store/sqlite/wal-flush.ts";
import { openTestStore } from "../support/store.ts";
import { newAudit } from "./builders.ts";

test("a log of many megabytes is written back while the store is used", {
  timeout: 30_000,
}, async () => {
  await using place = await openTestStore();
  const { store, directory } = place;
  const wal = () => statSync(join(directory, "botpass.db-wal")).size;
  const text = JSON.stringify("x".repeat(4000));
  let highest = 0;
  let written = 0;
  await vi.waitFor(
    async () => {
      for (let i = 0; i < 70; i += 1) {
        const drafts = Array.from({ length: 100 }, () => newAudit({ bytes: () => text }));
        await store.transaction((tx) => tx.appendAudit(drafts));
        written += 100;
        highest = Math.max(highest, wal());
      }
      expect(highest).toBeGreaterThan(16 * 1024 * 1024);
      expect(wal()).toBeLessThan(highest / 2);
    },
    { timeout: 25_000, interval: 1 },
  );
  expect(await store.auditSequence()).toBe(written);
});

test("a flush that fails is told, and later ones do not hide it", async () => {
  await using place = await openTestStore();
  const flush = new WalFlush(join(place.directory, "none.db"), () => 0);
  await expect(flush.flush()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  expect(flush.broken).toBe(true);
  flush.repaired();
  expect(flush.broken).toBe(false);
  await flush.close();
  rmSync(join(place.directory, "none.db-wal"), { force: true });
});
