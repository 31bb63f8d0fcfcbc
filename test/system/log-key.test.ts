// The log's key on disk: a change that fails, or that is cut short at any point, leaves the log with one key that signs.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AuditLog, auditDraft, type KeyTransact } from "../../src/audit/index.ts";
import { systemClock } from "../../src/clock.ts";
import {
  type NoteSigner,
  noteSigner,
  openCheckpoint,
  parseVerifier,
  verifyHandover,
} from "../../src/log/index.ts";
import {
  LOG_KEY_FILE,
  LogKeyFile,
  NEXT_LOG_KEY_FILE,
  openLogKey,
  settleLogKey,
} from "../../src/server/log/key.ts";
import { openTestStore, type TestStore } from "../support/store.ts";

const name = "example.org/botpass/audit";
let made: TestStore;
let signer: NoteSigner;
let log: AuditLog;
let keys: LogKeyFile;
beforeEach(async () => {
  made = await openTestStore();
  await start();
});
afterEach(() => made.close());

const file = (which: string): string => join(made.directory, which);

/** What a server does first. */
async function start(): Promise<void> {
  const { store, directory } = made;
  await settleLogKey(directory, name, store);
  signer = await openLogKey(file(LOG_KEY_FILE), name);
  const onError = (error: unknown): void => {
    throw error;
  };
  log = new AuditLog({ store, clock: systemClock, signer, intervalSeconds: 3600, onError });
  keys = new LogKeyFile({ dataDir: directory, name, log });
}

async function record(count = 1): Promise<void> {
  const event = { type: "svid.issued", outcome: "ok", bot: "a", serial: "01" } as const;
  const drafts = Array.from({ length: count }, () => auditDraft(event, new Date()));
  await made.store.transaction((tx) => tx.appendAudit(drafts));
}

const transact: KeyTransact = (work) =>
  made.store.transaction((tx) =>
    work(tx, new Date(), async (details) => {
      const event = { type: "log.key_rotated", outcome: "ok", details } as const;
      await tx.appendAudit([auditDraft(event, new Date())]);
    }),
  );

/** The key of a file. */
const keyIn = (which: string): string =>
  noteSigner(name, readFileSync(file(which), "utf8")).verifier;

test("the next key signs what comes after the hand-over, and the file of the one before is gone", async () => {
  await record(700);
  const before = await log.checkpoint();
  const handover = await keys.rotate(transact);
  const next = parseVerifier(handover.verifier);
  expect(verifyHandover(handover.note, parseVerifier(signer.verifier))).toMatchObject({
    size: 701,
    next: { text: next.text },
  });
  expect(await made.store.logHandovers()).toEqual([handover]);
  expect([keyIn(LOG_KEY_FILE), existsSync(file(NEXT_LOG_KEY_FILE))]).toEqual([next.text, false]);
  expect(statSync(file(LOG_KEY_FILE)).mode & 0o777).toBe(0o600);
  // Nothing new: the hand-over is the newest checkpoint.
  expect((await log.checkpoint()).note).toBe(handover.note);
  await record(300);
  const { note, size } = await log.checkpoint();
  expect(openCheckpoint(note, next).size).toBe(1001);
  expect(() => openCheckpoint(note, parseVerifier(signer.verifier))).toThrow("is not signed by");
  expect(await log.consistency(before.size, size)).not.toEqual([]);
  await start();
  await record();
  expect((await log.checkpoint()).verifier).toBe(next.text);
});

test("hand-overs stay when everything else of the log is let go", async () => {
  await record(10);
  const handover = await keys.rotate(transact);
  await record(10);
  await log.checkpoint();
  const later = new Date(Date.now() + 86_400_000);
  const { audit } = await made.store.transaction((tx) => tx.prune({ auditBefore: later }));
  expect(audit).toBe(21);
  expect(await made.store.logHandovers()).toEqual([handover]);
});

test("when the transaction fails nothing has happened", async () => {
  await record();
  const failing: KeyTransact = (work) =>
    transact(async (...given) => {
      await work(...given);
      throw new Error("the disk is full");
    });
  await expect(keys.rotate(failing)).rejects.toThrow("the disk is full");
  expect([log.verifier, keyIn(LOG_KEY_FILE)]).toEqual([signer.verifier, signer.verifier]);
  expect(existsSync(file(NEXT_LOG_KEY_FILE))).toBe(false);
  await record();
  expect((await log.checkpoint()).verifier).toBe(signer.verifier);
  // A receipt is by the key that the log has.
  const [header = ""] = log.signJws("receipt", {}).split(".");
  expect(JSON.parse(Buffer.from(header, "base64url").toString()).kid).toBe(signer.verifier);
  expect((await keys.rotate(transact)).former).toBe(signer.verifier);
});

test("killed before the transaction: the new key is removed at the next start", async () => {
  await record();
  const killed: KeyTransact = () => {
    throw new Error("killed");
  };
  // As the process leaves it: the file is there, and nothing cleans up.
  await expect(
    keys.rotate((work) => {
      writeFileSync(file("copy"), readFileSync(file(NEXT_LOG_KEY_FILE)), { mode: 0o600 });
      return killed(work);
    }),
  ).rejects.toThrow("killed");
  writeFileSync(file(NEXT_LOG_KEY_FILE), readFileSync(file("copy")), { mode: 0o600 });
  const before = signer.verifier;
  await start();
  expect([signer.verifier, existsSync(file(NEXT_LOG_KEY_FILE))]).toEqual([before, false]);
  await record();
  expect((await log.checkpoint()).verifier).toBe(before);
});

test("killed after the transaction: the next start puts the new key in its place", async () => {
  await record();
  const killed: KeyTransact = async (work) => {
    await transact(work);
    throw new Error("killed");
  };
  await expect(keys.rotate(killed)).rejects.toThrow("killed");
  // What is in the store is followed, and both files stay until somebody knows that it is on disk.
  const [handover] = await made.store.logHandovers();
  expect(log.verifier).toBe(handover?.verifier);
  expect(keyIn(LOG_KEY_FILE)).toBe(signer.verifier);
  expect(keyIn(NEXT_LOG_KEY_FILE)).toBe(handover?.verifier);
  // A backup of that time takes the key that signs.
  expect(await keys.steady(async (which) => which)).toBe(file(NEXT_LOG_KEY_FILE));
  await expect(keys.rotate(transact)).rejects.toMatchObject({ code: "WRONG_STATE" });
  await start();
  expect([signer.verifier, existsSync(file(NEXT_LOG_KEY_FILE))]).toEqual([
    handover?.verifier,
    false,
  ]);
  await record();
  expect((await log.checkpoint()).verifier).toBe(handover?.verifier);
});

test("where the store does not say whether it has the hand-over, no key is removed and none signs wrongly", async () => {
  await record();
  const killed: KeyTransact = async (work) => {
    await transact(work);
    throw new Error("killed");
  };
  const told: unknown[] = [];
  const onError = (error: unknown): number => told.push(error);
  const { store, directory } = made;
  log = new AuditLog({ store, clock: systemClock, signer, intervalSeconds: 3600, onError });
  keys = new LogKeyFile({ dataDir: directory, name, log });
  await log.checkpoint();
  const asked = vi.spyOn(store, "logHandovers").mockRejectedValue(new Error("no answer"));
  await expect(keys.rotate(killed)).rejects.toThrow("killed");
  await expect(keys.steady(async (which) => which)).rejects.toThrow("no answer");
  asked.mockRestore();
  expect(told).toMatchObject([{ message: "no answer" }]);
  const [handover] = await store.logHandovers();
  expect(keyIn(LOG_KEY_FILE)).toBe(signer.verifier);
  expect(keyIn(NEXT_LOG_KEY_FILE)).toBe(handover?.verifier);
  expect(await keys.steady(async (which) => which)).toBe(file(NEXT_LOG_KEY_FILE));
  await record();
  await expect(log.checkpoint()).rejects.toMatchObject({ code: "LOG_INCONSISTENT" });
  await expect(keys.rotate(transact)).rejects.toMatchObject({ code: "WRONG_STATE" });
  await start();
  expect((await log.checkpoint()).verifier).toBe(handover?.verifier);
});

test("no key signs that the log was not handed over to, not even the one before", async () => {
  await record();
  const former = readFileSync(file(LOG_KEY_FILE));
  await keys.rotate(transact);
  writeFileSync(file(LOG_KEY_FILE), former, { mode: 0o600 });
  await start();
  await record();
  await expect(log.checkpoint()).rejects.toMatchObject({
    code: "LOG_INCONSISTENT",
    message: expect.stringContaining("the log was handed over to key"),
  });
  await expect(keys.rotate(transact)).rejects.toMatchObject({ code: "LOG_INCONSISTENT" });
  expect(existsSync(file(NEXT_LOG_KEY_FILE))).toBe(false);
});

test.each<[string, () => void, string]>([
  ["others may read it", () => chmodSync(file(NEXT_LOG_KEY_FILE), 0o644), "is open to others"],
  ["it is no key", () => writeFileSync(file(NEXT_LOG_KEY_FILE), "x"), "cannot be read"],
])("a next key is neither taken nor removed when %s", async (_, spoil, says) => {
  writeFileSync(file(NEXT_LOG_KEY_FILE), readFileSync(file(LOG_KEY_FILE)), { mode: 0o600 });
  spoil();
  await expect(start()).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining(says),
  });
  expect(existsSync(file(NEXT_LOG_KEY_FILE))).toBe(true);
});

test("where the new key cannot be written nothing is handed over", async () => {
  await record();
  mkdirSync(file(NEXT_LOG_KEY_FILE));
  await expect(keys.rotate(transact)).rejects.toThrow();
  expect(await made.store.logHandovers()).toEqual([]);
  await record();
  expect((await log.checkpoint()).verifier).toBe(signer.verifier);
});
