import { hash } from "node:crypto";

/** Bytes of every hash here: SHA-256. */
export const HASH_BYTES = 32;

/** The root of a log without leaves. */
export const EMPTY_ROOT: Buffer = hash("sha256", "", "buffer");

/** Levels between two that a store keeps: nodes over 256, 65,536, … leaves. */
export const KEPT_LEVELS = 8;
/** Leaves under a node of the lowest level that is kept. */
export const TILE_LEAVES = 2 ** KEPT_LEVELS;

/**
 * The hash of one entry: SHA-256 of a zero byte and the entry's UTF-8 bytes.
 * @see RFC 9162 section 2.1.1.
 */
export function leafHash(entry: string): Buffer {
  return hash("sha256", `\0${entry}`, "buffer");
}

const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** The hash over two subtrees: SHA-256 of a byte 1, the left and the right hash. @see RFC 9162 section 2.1.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return hash("sha256", pair, "buffer");
}

/** A subtree with all of its leaves: 2^level of them, from leaf `index` × 2^level on. */
export interface LogNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Buffer;
}

/**
 * The right edge of a growing tree: the full subtrees that it falls into, largest first. Enough to append and to know the
 * root, whatever the size.
 */
export class CompactRange {
  readonly #edge: { readonly level: number; readonly hash: Buffer }[] = [];
  #size = 0;

  /**
   * @param size leaves that are in it already; default none.
   * @param hashes one for each bit of `size` that is set, the highest first.
   * @throws TypeError when there are more or fewer.
   */
  constructor(size = 0, hashes: readonly Buffer[] = []) {
    const levels = levelsOf(size);
    if (levels.length !== hashes.length) {
      throw new TypeError(`${hashes.length} hashes cannot stand for ${size} leaves`);
    }
    levels.forEach((level, place) => {
      this.#edge.push({ level, hash: hashes[place] ?? EMPTY_ROOT });
    });
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  get hashes(): readonly Buffer[] {
    return this.#edge.map((each) => each.hash);
  }

  /** Appends one leaf. @param onNode is told of each subtree that it completes. */
  append(leaf: Buffer, onNode?: (node: LogNode) => void): void {
    let node = { level: 0, hash: leaf };
    this.#size += 1;
    for (;;) {
      const left = this.#edge.at(-1);
      if (left === undefined || left.level !== node.level) break;
      this.#edge.pop();
      node = { level: node.level + 1, hash: nodeHash(left.hash, node.hash) };
      onNode?.({ ...node, index: this.#size / 2 ** node.level - 1 });
    }
    this.#edge.push(node);
  }

  root(): Buffer {
    return rootOf(this.hashes);
  }
}

/** The root over full subtrees, largest and leftmost first. */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  let root: Buffer | undefined;
  for (let place = hashes.length - 1; place >= 0; place -= 1) {
    const left = hashes[place] ?? EMPTY_ROOT;
    root = root === undefined ? left : nodeHash(left, root);
  }
  return root ?? EMPTY_ROOT;
}

/** Levels of the full subtrees that the first `size` leaves fall into, the highest first. */
export function levelsOf(size: number): readonly number[] {
  const levels: number[] = [];
  for (let level = Math.floor(Math.log2(Math.max(size, 1))) + 1; level >= 0; level -= 1) {
    if (Math.floor(size / 2 ** level) % 2 === 1) levels.push(level);
  }
  return levels;
}
