import { EMPTY_ROOT, HASH_BYTES, KEPT_LEVELS, levelsOf, nodeHash, rootOf } from "./merkle.ts";

/** Where the hashes of a log are kept. */
export interface HashSource {
  /**
   * Hashes of full subtrees of 2^level leaves, `count` of them from `index` on.
   * @param level a multiple of `KEPT_LEVELS`; 0: the leaves.
   */
  hashes(level: number, index: number, count: number): Promise<readonly Buffer[]>;
}

/** The hashes of the full subtrees that the first `size` leaves fall into, the largest first. */
export async function edgeHashes(source: HashSource, size: number): Promise<readonly Buffer[]> {
  const hashes: Buffer[] = [];
  let begin = 0;
  for (const level of levelsOf(size)) {
    hashes.push(await fullSubtree(source, level, begin));
    begin += 2 ** level;
  }
  return hashes;
}

/**
 * Proves that leaf `index` is in the log of `size` leaves.
 * @returns hashes from the leaf up.
 * @throws RangeError when the log has no such leaf.
 * @see RFC 9162 section 2.1.3.1.
 */
export async function inclusionProof(
  source: HashSource,
  index: number,
  size: number,
): Promise<readonly Buffer[]> {
  if (!(index >= 0 && index < size)) throw new RangeError(`leaf ${index} of ${size}`);
  const proof: Buffer[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      proof.unshift(await subtree(source, middle, end));
      end = middle;
    } else {
      proof.unshift(await subtree(source, begin, middle));
      begin = middle;
    }
  }
  return proof;
}

/**
 * Proves that the log of `to` leaves begins with that of `from`.
 * @throws RangeError unless 0 < from ≤ to.
 * @see RFC 9162 section 2.1.4.1.
 */
export async function consistencyProof(
  source: HashSource,
  from: number,
  to: number,
): Promise<readonly Buffer[]> {
  if (!(from > 0 && from <= to)) throw new RangeError(`${from} of ${to} leaves`);
  const proof: Buffer[] = [];
  let begin = 0;
  let end = to;
  // whether what is left begins where the old log does: its root is then known to who asks
  let whole = true;
  while (from !== end) {
    const middle = begin + splitOf(end - begin);
    if (from <= middle) {
      proof.unshift(await subtree(source, middle, end));
      end = middle;
    } else {
      proof.unshift(await subtree(source, begin, middle));
      begin = middle;
      whole = false;
    }
  }
  if (!whole) proof.unshift(await subtree(source, begin, end));
  return proof;
}

/**
 * Whether the proof leads from the leaf to the root.
 * @see RFC 9162 section 2.1.3.2.
 */
export function verifyInclusion(claim: {
  readonly leaf: Buffer;
  readonly index: number;
  readonly size: number;
  readonly root: Buffer;
  readonly proof: readonly Buffer[];
}): boolean {
  const { leaf, index, size, root, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes(proof)) return false;
  let place = index;
  let last = size - 1;
  let reached = leaf;
  for (const hash of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      reached = nodeHash(hash, reached);
      while (place % 2 === 0 && place !== 0) {
        place /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      reached = nodeHash(reached, hash);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && reached.equals(root);
}

/**
 * Whether the proof shows that the log of `to` leaves begins with that of `from`. Anything begins with a log of none.
 * @see RFC 9162 section 2.1.4.2.
 */
export function verifyConsistency(claim: {
  readonly from: number;
  readonly fromRoot: Buffer;
  readonly to: number;
  readonly toRoot: Buffer;
  readonly proof: readonly Buffer[];
}): boolean {
  const { from, fromRoot, to, toRoot, proof } = claim;
  if (!isCount(from) || !isCount(to) || from > to || !areHashes(proof)) return false;
  if (from === 0) return proof.length === 0 && fromRoot.equals(EMPTY_ROOT);
  if (from === to) return proof.length === 0 && fromRoot.equals(toRoot);
  const isPowerOfTwo = levelsOf(from).length === 1;
  const [first, ...rest] = isPowerOfTwo ? [fromRoot, ...proof] : proof;
  if (first === undefined) return false;
  let place = from - 1;
  let last = to - 1;
  while (place % 2 === 1) {
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  let before = first;
  let after = first;
  for (const hash of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      before = nodeHash(hash, before);
      after = nodeHash(hash, after);
      while (place % 2 === 0 && place !== 0) {
        place /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      after = nodeHash(after, hash);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && before.equals(fromRoot) && after.equals(toRoot);
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** The root over the leaves from `begin` to before `end`, where a split of RFC 9162 has put them together. */
async function subtree(source: HashSource, begin: number, end: number): Promise<Buffer> {
  const hashes: Buffer[] = [];
  let at = begin;
  for (const level of levelsOf(end - begin)) {
    hashes.push(await fullSubtree(source, level, at));
    at += 2 ** level;
  }
  return rootOf(hashes);
}

/** The root over 2^level leaves from `begin`, a multiple of as many. */
async function fullSubtree(source: HashSource, level: number, begin: number): Promise<Buffer> {
  const kept = Math.floor(level / KEPT_LEVELS) * KEPT_LEVELS;
  const count = 2 ** (level - kept);
  let hashes = await source.hashes(kept, begin / 2 ** kept, count);
  if (hashes.length !== count) {
    throw new RangeError(`${hashes.length} hashes of level ${kept}, not ${count}`);
  }
  while (hashes.length > 1) {
    const above: Buffer[] = [];
    for (let place = 0; place < hashes.length; place += 2) {
      above.push(nodeHash(hashes[place] ?? EMPTY_ROOT, hashes[place + 1] ?? EMPTY_ROOT));
    }
    hashes = above;
  }
  return hashes[0] ?? EMPTY_ROOT;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(proof: readonly Buffer[]): boolean {
  return proof.every((hash) => hash.length === HASH_BYTES);
}
