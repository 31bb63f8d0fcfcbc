// The server signs nothing over a log that does not continue what it signed before.
import { generateKeyPairSync } from "node:crypto";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { AuditLog, auditDraft } from "../../src/audit/index.ts";
import { systemClock } from "../../src/clock.ts";
import {
  consistencyProof,
  ExportVerifier,
  leafHash,
  noteSigner,
  readCheckpoint,
  verifyConsistency,
} from "../../src/log/index.ts";
import { openSqliteStore, type Store } from "../../src/store/index.ts";
import { openTestStore } from "../support/store.ts";

const newSigner = () =>
  noteSigner(
    "example.org/botpass/audit",
    generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  );
const signer = newSigner();
const logOn = (store: Store, by = signer): AuditLog =>
  new AuditLog({
    store,
    clock: systemClock,
    signer: by,
    intervalSeconds: 3600,
    onError: (error) => {
      throw error;
    },
  });

async function record(store: Store, count: number): Promise<void> {
  const event = { type: "svid.issued", outcome: "ok", bot: "a", serial: "01" } as const;
  const drafts = Array.from({ length: count }, () => auditDraft(event, new Date()));
  await store.transaction((tx) => tx.appendAudit(drafts));
}

test.each([
  ["a leaf was changed", "update audit set leaf = zeroblob(32) where sequence = 550"],
  ["a record is gone", "delete from audit where sequence = 550"],
  ["the newest is gone", "delete from audit where sequence = 600"],
  ["a node was changed", "update log_nodes set hash = zeroblob(32) where position = 0"],
])("nothing is signed when %s; the log is exported all the same", async (_, statement) => {
  await using made = await openTestStore();
  await record(made.store, 600);
  const { note } = await logOn(made.store).checkpoint();
  await made.store.close();
  const database = new Sqlite(made.file);
  database.exec(statement);
  database.close();
  const store = await openSqliteStore({ file: made.file });
  await record(store, 5);
  const log = logOn(store);
  await expect(log.checkpoint()).rejects.toMatchObject({ code: "LOG_INCONSISTENT" });
  expect((await store.newestLogCheckpoint())?.note).toBe(note);
  const { lines } = await log.exportPage({ after: 0, upTo: 0, limit: 1000 });
  const verifier = new ExportVerifier({ against: [note] });
  for (const line of lines) verifier.line(line);
  // Nodes can be made again: what they stand for was not touched.
  expect(verifier.end().findings.length > 0).toBe(!statement.includes("log_nodes"));
  await store.close();
});

test("a record that is gone from under a node that is kept shows when the export is verified", async () => {
  await using made = await openTestStore();
  await record(made.store, 600);
  const { note } = await logOn(made.store).checkpoint();
  await made.store.close();
  const database = new Sqlite(made.file);
  database.exec("delete from audit where sequence = 100");
  database.close();
  const store = await openSqliteStore({ file: made.file });
  const { lines } = await logOn(store).exportPage({ after: 0, upTo: 0, limit: 1000 });
  const verifier = new ExportVerifier({ against: [note] });
  for (const line of lines) verifier.line(line);
  expect(verifier.end().findings[0]).toMatchObject({ what: "removed", records: [100, 100] });
  await store.close();
});

test("nothing is signed by another key than before", async () => {
  await using made = await openTestStore();
  await record(made.store, 3);
  await logOn(made.store).checkpoint();
  await record(made.store, 3);
  await expect(logOn(made.store, newSigner()).checkpoint()).rejects.toMatchObject({
    code: "LOG_INCONSISTENT",
    message: expect.stringContaining("is not signed by example.org/botpass/audit+"),
  });
});

test("a record that was undone has no leaf, and no checkpoint is made when nothing is new", async () => {
  await using made = await openTestStore();
  const { store } = made;
  await record(store, 2);
  await store.transaction(async (tx) => {
    const failing = tx.savepoint(async () => {
      await tx.appendAudit([auditDraft({ type: "server.started", outcome: "ok" }, new Date())]);
      throw new Error("undone");
    });
    await expect(failing).rejects.toThrow("undone");
    await tx.appendAudit([auditDraft({ type: "server.stopped", outcome: "ok" }, new Date())]);
  });
  const log = logOn(store);
  const first = await log.checkpoint();
  expect(first.size).toBe(3);
  expect(await log.checkpoint()).toBe(first);
  const kept = await store.listAudit();
  expect(await store.logHashes(0, 0, 9)).toEqual(kept.map(({ bytes }) => leafHash(bytes)));
});

test("each checkpoint comes with the proof from the one before, also after a restart", async () => {
  await using made = await openTestStore();
  const { store } = made;
  const notes: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    await record(store, 1 + round * 37);
    const log = logOn(store);
    const told: { size: number; previousSize: number; consistency: readonly Buffer[] }[] = [];
    log.onCheckpoint((checkpoint) => told.push(checkpoint));
    const { note } = await log.checkpoint();
    const before = notes.at(-1);
    notes.push(note);
    if (before === undefined) continue;
    const [from, to] = [readCheckpoint(before), readCheckpoint(note)];
    expect(told).toMatchObject([{ size: to.size, previousSize: from.size }]);
    const proof = told[0]?.consistency ?? [];
    const claim = { from: from.size, fromRoot: from.root, to: to.size, toRoot: to.root, proof };
    expect(verifyConsistency(claim)).toBe(true);
    // the same from leaves alone
    const leaves = await store.logHashes(0, 0, to.size);
    const source = {
      hashes: async (level: number, index: number, count: number) =>
        level === 0
          ? leaves.slice(index, index + count)
          : await store.logHashes(level, index, count),
    };
    expect(await consistencyProof(source, from.size, to.size)).toEqual(proof);
  }
});
