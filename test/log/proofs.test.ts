// Proofs and roots against a tree built the slow way, straight from the definitions of RFC 9162.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CompactRange,
  consistencyProof,
  EMPTY_ROOT,
  edgeHashes,
  type HashSource,
  inclusionProof,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from "../../src/log/index.ts";
import { rootOf } from "../../src/log/merkle.ts";

const rootAt = async (source: HashSource, size: number): Promise<Buffer> =>
  rootOf(await edgeHashes(source, size));

const sha256 = (...parts: Buffer[]): Buffer =>
  createHash("sha256").update(Buffer.concat(parts)).digest();

/** MTH of section 2.1.1, word for word. */
function naiveRoot(entries: readonly string[]): Buffer {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), Buffer.from(entries[0] ?? ""));
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return sha256(Buffer.of(1), naiveRoot(entries.slice(0, split)), naiveRoot(entries.slice(split)));
}

const entriesOf = (size: number, salt = ""): string[] =>
  Array.from({ length: size }, (_, place) => `{"sequence":${place + 1},"é":"${salt}"}`);

/** A log as the store keeps it: leaves, and nodes over 256 and 65,536 of them. */
function logOf(entries: readonly string[]): { source: HashSource; edge: CompactRange } {
  const levels = new Map<number, Buffer[]>([[0, entries.map(leafHash)]]);
  const edge = new CompactRange();
  for (const leaf of levels.get(0) ?? []) {
    edge.append(leaf, ({ level, index, hash }) => {
      if (level % 8 !== 0) return;
      const kept = levels.get(level) ?? [];
      expect(index).toBe(kept.length);
      levels.set(level, [...kept, hash]);
    });
  }
  const source: HashSource = {
    hashes: async (level, index, count) => (levels.get(level) ?? []).slice(index, index + count),
  };
  return { source, edge };
}

const flipped = (hash: Buffer): Buffer => {
  const other = Buffer.from(hash);
  other[7] = (other[7] ?? 0) ^ 1;
  return other;
};

describe("roots", () => {
  test("the empty log's is SHA-256 of nothing", () => {
    expect(EMPTY_ROOT).toEqual(naiveRoot([]));
    expect(new CompactRange().root()).toEqual(EMPTY_ROOT);
  });

  test("of each size up to 600, as defined, appended and read back", async () => {
    const entries = entriesOf(600);
    const { source } = logOf(entries);
    const edge = new CompactRange();
    for (let size = 0; size <= 600; size += 1) {
      const expected = naiveRoot(entries.slice(0, size));
      expect(edge.root()).toEqual(expected);
      expect(await rootAt(source, size)).toEqual(expected);
      const again = new CompactRange(size, await edgeHashes(source, size));
      expect(again.root()).toEqual(expected);
      edge.append(leafHash(entries[size] ?? ""));
    }
  });

  test("a range refuses more or fewer hashes than its size has bits", () => {
    expect(() => new CompactRange(5, [EMPTY_ROOT])).toThrow("1 hashes cannot stand for 5 leaves");
  });
});

describe("proofs", () => {
  const SIZE = 70_000;
  const entries = entriesOf(SIZE);
  const { source } = logOf(entries);
  const sizes = fc.oneof(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: SIZE }));

  test("of inclusion hold for any leaf of any size, and for nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, pick, spot) => {
        const index = pick % size;
        const proof = await inclusionProof(source, index, size);
        const root = await rootAt(source, size);
        const leaf = leafHash(entries[index] ?? "");
        const claim = { leaf, index, size, root, proof };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: flipped(leaf) })).toBe(false);
        expect(verifyInclusion({ ...claim, root: flipped(root) })).toBe(false);
        expect(verifyInclusion({ ...claim, index: size })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, root] })).toBe(false);
        if (proof.length === 0) return;
        const at = spot % proof.length;
        const bent = proof.map((hash, place) => (place === at ? flipped(hash) : hash));
        expect(verifyInclusion({ ...claim, proof: bent })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
        const elsewhere = index === 0 ? size - 1 : index - 1;
        expect(verifyInclusion({ ...claim, index: elsewhere })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("of consistency hold for any two sizes, and for nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (to, pick, spot) => {
        const from = 1 + (pick % to);
        const proof = await consistencyProof(source, from, to);
        const fromRoot = await rootAt(source, from);
        const toRoot = await rootAt(source, to);
        const claim = { from, fromRoot, to, toRoot, proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, fromRoot: flipped(fromRoot) })).toBe(false);
        expect(verifyConsistency({ ...claim, toRoot: flipped(toRoot) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, toRoot] })).toBe(false);
        if (proof.length === 0) return;
        const at = spot % proof.length;
        const bent = proof.map((hash, place) => (place === at ? flipped(hash) : hash));
        expect(verifyConsistency({ ...claim, proof: bent })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: proof.slice(0, -1) })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("of a log that was changed before the old size cannot be had", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 400 }), fc.nat(), fc.nat(), async (to, a, b) => {
        const from = 1 + (a % to);
        const changed = b % from;
        const forged = logOf(
          entries.slice(0, to).map((entry, place) => (place === changed ? `${entry} ` : entry)),
        );
        const proof = await consistencyProof(forged.source, from, to);
        const claim = {
          from,
          fromRoot: await rootAt(source, from),
          to,
          toRoot: forged.edge.root(),
          proof,
        };
        expect(verifyConsistency(claim)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  test("are refused beyond the log, and where hashes are missing", async () => {
    await expect(inclusionProof(source, 5, 5)).rejects.toThrow(RangeError);
    await expect(consistencyProof(source, 0, 5)).rejects.toThrow(RangeError);
    await expect(inclusionProof(source, 0, SIZE + 1)).rejects.toThrow(RangeError);
  });
});
