import { createHash } from "node:crypto";

/** Numbers that follow from a seed alone. Each name gives a stream of its own, so that one drawing more moves no other. */
export class Random {
  readonly #seed: string;
  readonly #state: Uint32Array;

  constructor(seed: string) {
    this.#seed = seed;
    const digest = createHash("sha256").update(seed).digest();
    this.#state = Uint32Array.from([0, 4, 8, 12], (at) => digest.readUInt32LE(at));
  }

  /** A stream of its own. */
  of(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** 0 to 2^32 - 1: sfc32. */
  word(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, counter = 0] = state;
    const result = (a + b + counter) >>> 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + result;
    return result;
  }

  /** A whole number from `least` to `most`, both included. */
  within(least: number, most: number): number {
    return least + Math.floor((this.word() / 2 ** 32) * (most - least + 1));
  }

  chance(part: number): boolean {
    return this.word() / 2 ** 32 < part;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.within(0, from.length - 1)];
    if (picked === undefined) throw new RangeError("nothing to pick from");
    return picked;
  }

  bytes(size: number): Buffer {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += 1) bytes[at] = this.word() >>> 24;
    return bytes;
  }
}
