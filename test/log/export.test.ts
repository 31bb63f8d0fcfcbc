// An export that anybody has changed in any way does not verify; one that nobody has, does.
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CompactRange,
  ExportVerifier,
  formatCheckpoint,
  formatExportHead,
  formatExportRecord,
  leafHash,
  noteSigner,
  parseVerifier,
  readCheckpoint,
  splitCheckpoints,
} from "../../src/log/index.ts";

const pem = generateKeyPairSync("ed25519")
  .privateKey.export({ format: "pem", type: "pkcs8" })
  .toString();
const origin = "example.org/botpass/audit";
const signer = noteSigner(origin, pem);

const bytesOf = (sequence: number): string =>
  `{"details":{},"sequence":${sequence},"type":"svid.issued","what":"${"x".repeat(sequence % 5)}"}`;

/** An export of records `from` to `size`, and the checkpoints of all sizes. */
function logOf(size: number, from: number, bytes = bytesOf) {
  const range = new CompactRange();
  const notes: string[] = [];
  let edge: readonly Buffer[] = [];
  for (let sequence = 1; sequence <= size; sequence += 1) {
    if (sequence === from) edge = range.hashes;
    range.append(leafHash(bytes(sequence)));
    notes.push(signer.sign(formatCheckpoint({ origin, size: sequence, root: range.root() })));
  }
  const checkpoint = notes.at(-1) ?? "";
  const head = formatExportHead({ verifier: signer.verifier, checkpoint, first: 1, from, edge });
  const records = Array.from({ length: size - from + 1 }, (_, place) =>
    formatExportRecord(leafHash(bytes(from + place)), bytes(from + place)),
  );
  return { head, records, notes };
}

function check(lines: readonly string[], against: readonly string[]) {
  const verifier = new ExportVerifier({ against, verifier: parseVerifier(signer.verifier) });
  for (const line of lines) verifier.line(line);
  return verifier.end();
}

/** The log says itself that it was pruned, in its last record. */
const pruned =
  (size: number, upTo: number) =>
  (sequence: number): string =>
    sequence === size && upTo > 0
      ? `{"details":{"upTo":"${upTo}"},"sequence":${sequence},"type":"audit.pruned"}`
      : bytesOf(sequence);

describe("an export", () => {
  const shape = fc
    .record({
      size: fc.integer({ min: 4, max: 80 }),
      from: fc.nat(),
      at: fc.nat(),
      other: fc.nat(),
    })
    .map(({ size, from, at, other }) => ({ size, from: 1 + (from % (size - 3)), at, other }));

  test("holds against each checkpoint from its first record on", () => {
    fc.assert(
      fc.property(shape, ({ size, from }) => {
        const { head, records, notes } = logOf(size, from, pruned(size, from - 1));
        const report = check([head, ...records], notes);
        expect(report.findings).toEqual([]);
        expect(report.tooOld).toHaveLength(Math.max(from - 2, 0));
        expect(report.held.at(-1)).toBe(size);
      }),
      { numRuns: 50 },
    );
  });

  test("does not hold when a line was changed, taken out, moved or added", () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 6 }), ({ size, from, at, other }, how) => {
        const { head, records, notes } = logOf(size, from, pruned(size, from - 1));
        const place = at % records.length;
        const line = records[place] ?? "";
        const second = (place + 1 + (other % (records.length - 1))) % records.length;
        const changed = [...records];
        if (how === 0) changed.splice(place, 1);
        if (how === 1)
          changed.splice(second, 1, ...changed.splice(place, 1, records[second] ?? ""));
        if (how === 2) changed.splice(place, 0, line);
        if (how === 3) changed[place] = line.replace(/"type":"(.)/, '"type":"$1$1');
        if (how === 4) changed.splice(place);
        if (how === 5) changed[place] = line.replace(/"hash":"..../, '"hash":"AAAA');
        if (how === 6) changed[place] = "";
        const { findings } = check([head, ...changed], notes.slice(-1));
        expect(findings).not.toEqual([]);
        const named = findings.flatMap(({ records: span = [0, 0] }) => span);
        if ([0, 2, 3, 6].includes(how)) expect(named).toContain(from + place);
      }),
      { numRuns: 300 },
    );
  });

  test("does not hold when all was hashed and signed again, and says between which checkpoints", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), (size, at) => {
        const changed = 1 + (at % size);
        const { notes } = logOf(size, 1);
        const forged = logOf(size, 1, (sequence) =>
          bytesOf(sequence).replace("svid", sequence === changed ? "gone" : "svid"),
        );
        const { findings } = check([forged.head, ...forged.records], notes);
        expect(findings.map(({ what }) => what)).toContain("altered");
        expect(findings.find(({ what }) => what === "altered")?.records).toEqual([
          changed,
          changed,
        ]);
      }),
      { numRuns: 50 },
    );
  });

  test("does not hold when the oldest records are gone without a word", () => {
    const { head, records, notes } = logOf(20, 6);
    expect(check([head, ...records], notes.slice(-1)).findings).toMatchObject([
      { what: "removed", records: [1, 5] },
    ]);
  });

  test("is not said to hold when all checkpoints are too old, or there is none of its own", () => {
    const { head, records, notes } = logOf(20, 6, pruned(20, 5));
    expect(check([head, ...records], notes.slice(0, 3)).findings).toMatchObject([
      { what: "checkpoint" },
    ]);
    const unsigned = JSON.stringify({ ...JSON.parse(head), checkpoint: null });
    expect(check([unsigned, ...records], notes.slice(-1)).findings).toMatchObject([
      { what: "checkpoint" },
    ]);
  });
});

describe("a file of checkpoints", () => {
  const notes = logOf(3, 1).notes;

  test("is taken apart, with or without empty lines between", () => {
    expect(splitCheckpoints(notes.join(""))).toEqual(notes);
    expect(splitCheckpoints(notes.join("\n"))).toEqual(notes);
    expect(splitCheckpoints(`\n${notes.join("\n\n\n")}\n\n`)).toEqual(notes);
  });

  test.each([
    ["", "without a signed checkpoint"],
    [`${notes[0]}${notes[1]?.slice(0, 40)}`, "without a signed checkpoint"],
    ["a\n".repeat(99), "line 65 is not of a checkpoint"],
  ])("%j is refused", (text, says) => {
    expect(() => splitCheckpoints(text)).toThrow(says);
  });

  test.each([
    ["a size that is no number", /\n3\n/, "\n3x\n"],
    ["a leading zero", /\n3\n/, "\n03\n"],
    ["a short root", /\n[^\n]{8}([^\n]*=)\n/, "\n$1\n"],
    ["no signature", /\n— .*/, ""],
  ])("%s is refused", (_, from, to) => {
    expect(() => readCheckpoint((notes[2] ?? "").replace(from, to))).toThrow(
      expect.objectContaining({ code: "REQUEST_INVALID" }),
    );
  });
});
