// Checkpoints and proofs, verified by what Go's checksum database uses: golang.org/x/mod/sumdb/note and tlog.
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AuditLog, auditDraft } from "../../src/audit/index.ts";
import { systemClock } from "../../src/clock.ts";
import { noteSigner, readCheckpoint } from "../../src/log/index.ts";
import { openTestStore } from "../support/store.ts";

const haveGo = spawnSync("go", ["version"]).status === 0;

test.runIf(haveGo)(
  "Go verifies checkpoints, inclusion and consistency",
  { timeout: 300_000 },
  async () => {
    const { store, directory, close } = await openTestStore();
    const program = join(directory, "log");
    const built = spawnSync("go", ["build", "-mod=readonly", "-o", program, "."], {
      cwd: join(import.meta.dirname, "../interop/go-log"),
    });
    expect(built.status, built.stderr.toString()).toBe(0);

    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const signer = noteSigner("example.org/botpass/audit", pem);
    const faults: unknown[] = [];
    const onError = (error: unknown): void => void faults.push(error);
    const log = new AuditLog({ store, clock: systemClock, signer, intervalSeconds: 3600, onError });
    const text = (hashes: readonly Buffer[]): string[] =>
      hashes.map((each) => each.toString("base64"));
    const notes: string[] = [];
    const inclusion: object[] = [];
    for (let serial = 0; notes.length < 40; ) {
      const count = 1 + ((notes.length * 7) % 31);
      const drafts = Array.from({ length: count }, (_, place) =>
        auditDraft(
          { type: "svid.issued", outcome: "ok", bot: "ä", serial: `${serial + place}` },
          new Date(),
        ),
      );
      await store.transaction((tx) => tx.appendAudit(drafts));
      notes.push((await log.checkpoint()).note);
      for (const each of [0, serial, serial + count - 1]) {
        const { record, index, hashes, note } = await log.prove(`${each}`);
        const proof = { checkpoint: note, index, record: record.bytes, hashes: text(hashes) };
        inclusion.push(proof);
      }
      serial += count;
    }
    const consistency: object[] = [];
    for (const from of notes) {
      for (const to of notes.slice(notes.indexOf(from))) {
        const sizes = [readCheckpoint(from).size, readCheckpoint(to).size] as const;
        consistency.push({ from, to, hashes: text(await log.consistency(...sizes)) });
      }
    }
    // The log gets another key: a hand-over under both, and then checkpoints under the next.
    const next = noteSigner(
      signer.name,
      generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    );
    const before = await log.checkpoint();
    const { note: handover, size } = await log.rotateKey(next, (work) =>
      store.transaction((tx) =>
        work(tx, new Date(), async (details) => {
          const event = { type: "log.key_rotated", outcome: "ok", details } as const;
          await tx.appendAudit([auditDraft(event, new Date())]);
        }),
      ),
    );
    const event = { type: "server.started", outcome: "ok" } as const;
    await store.transaction((tx) => tx.appendAudit([auditDraft(event, new Date())]));
    const after = await log.checkpoint();
    const handed = {
      before: signer.verifier,
      after: next.verifier,
      note: handover,
      consistency: [
        { from: before.note, to: handover, hashes: text(await log.consistency(before.size, size)) },
        { from: handover, to: after.note, hashes: text(await log.consistency(size, after.size)) },
      ],
    };
    expect(faults).toEqual([]);
    const verify = (input: object) =>
      spawnSync(program, { input: JSON.stringify({ verifier: signer.verifier, ...input }) });
    const good = verify({ consistency, inclusion, handovers: [handed] });
    expect(good.stderr.toString()).toBe("");
    expect(good.stdout.toString()).toBe(
      `${consistency.length} consistency proofs and ${inclusion.length} inclusion proofs hold, 1 hand-overs\n`,
    );
    process.stdout.write(good.stdout.toString());

    // What is wrong is refused, so that what holds says something.
    const [first] = inclusion as { record: string; checkpoint: string }[];
    const [, second] = consistency as { to: string; hashes: string[] }[];
    if (first === undefined || second === undefined) throw new Error("there are no proofs");
    const wrong: object[] = [
      { inclusion: [{ ...first, record: `${first.record} ` }] },
      { inclusion: [{ ...first, checkpoint: first.checkpoint.replace("\n1\n", "\n2\n") }] },
      { consistency: [{ ...second, to: second.to.replace(/[^\n]{4}=\n\n/, "AAA=\n\n") }] },
      { consistency: [{ ...second, hashes: second.hashes.slice(1) }] },
    ];
    const [grown, later] = handed.consistency;
    const unsigned = handover.split("\n— ");
    wrong.push(
      // A hand-over needs both signatures, and ordinary checkpoints are by one key alone.
      ...[
        [0, 1],
        [0, 2],
      ].map((lines) => ({
        handovers: [
          {
            ...handed,
            note: `${lines
              .map((at) => unsigned[at])
              .join("\n— ")
              .trimEnd()}\n`,
          },
        ],
      })),
      { handovers: [{ ...handed, after: signer.verifier }] },
      { handovers: [{ ...handed, consistency: [later, grown] }] },
      { consistency: [{ from: after.note, to: after.note, hashes: [] }] },
    );
    for (const each of wrong) expect(verify(each).status, JSON.stringify(each)).toBe(1);
    await close();
  },
);
