// Old records go by themselves, and what remains verifies.
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { AuditLog, auditDraft, createRecorder } from "../../src/audit/index.ts";
import { Governor } from "../../src/bots/index.ts";
import {
  ExportVerifier,
  noteSigner,
  readCheckpoint,
  verifyConsistency,
} from "../../src/log/index.ts";
import { Housekeeping } from "../../src/server/housekeeping.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { openTestStore } from "../support/store.ts";

const DAY_MS = 86_400_000;

test("a pruned log verifies, also against a checkpoint of what is gone", async () => {
  const clock = new DrivenClock();
  await using test = await openTestStore({ clock });
  const { store } = test;
  const faults: unknown[] = [];
  const onError = (error: unknown): void => void faults.push(error);
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
  const signer = noteSigner("example.org/botpass/audit", pem.toString());
  const log = new AuditLog({ store, clock, signer, intervalSeconds: 3600, onError });
  const record = async (count: number): Promise<string> => {
    const event = { type: "svid.issued", outcome: "ok", bot: "a", serial: "01" } as const;
    const drafts = Array.from({ length: count }, () => auditDraft(event, clock.now()));
    await store.transaction((tx) => tx.appendAudit(drafts));
    return (await log.checkpoint()).note;
  };
  const early = await record(100);
  const old = await record(500);
  await clock.advance(5 * DAY_MS);
  await record(300);
  const recorder = createRecorder({ store });
  const governor = new Governor({ policies: new Map(), uid: 0, sign: () => "" });
  const options = { store, recorder, clock, governor, auditKeepSeconds: 3 * 86_400, onError };
  const housekeeping = new Housekeeping(options);
  housekeeping.start();
  await expect.poll(() => store.listAudit({ type: "audit.pruned" })).toHaveLength(1);
  await housekeeping.stop();
  await recorder.close();
  const [first] = await store.listAudit({ limit: 1 });
  expect(first?.sequence).toBe(601);
  const [pruning] = await store.listAudit({ type: "audit.pruned" });
  expect(JSON.parse(pruning?.bytes ?? "")).toMatchObject({ details: { upTo: "600" } });

  const { lines } = await log.exportPage({ after: 0, upTo: 0, limit: 1000 });
  const verifier = new ExportVerifier({ against: [early, old] });
  for (const line of lines) verifier.line(line);
  expect(verifier.end()).toMatchObject({ findings: [], from: 601, to: 901, held: [600, 901] });

  // Of the older one the leaf hashes that were left still give the proof.
  const { note } = await log.checkpoint();
  const [from, to] = [readCheckpoint(early), readCheckpoint(note)];
  const proof = await log.consistency(from.size, to.size);
  const claim = { from: from.size, fromRoot: from.root, to: to.size, toRoot: to.root, proof };
  expect(verifyConsistency(claim)).toBe(true);
  expect(faults).toEqual([]);
});
