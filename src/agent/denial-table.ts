import { hash } from "node:crypto";

const FIRST_CAPACITY = 1024;
/** Slots in use, denials that were lifted included, before the table is made anew. */
const FULLEST = 0.8;
/** How full a table is at most when it is made. */
const ROOMY = 0.6;
const FREE = 0;
const LIFTED = 255;
/** An end beyond what 32 bits of seconds can say. */
const FOR_EVER = 0xffff_ffff;

/**
 * Denials by a hash of what is denied, in flat arrays: 21 bytes a slot. Of two identities that share the first 128 bits of a SHA-256
 * one could be taken for the other; nobody can make such a pair.
 */
export class DenialTable {
  /** The first 16 bytes of SHA-256 over `kind:value`, four numbers a slot. */
  #keys = new Uint32Array(FIRST_CAPACITY * 4);
  /** Unix seconds, rounded up. */
  #expires = new Uint32Array(FIRST_CAPACITY);
  /** 1 and up: a place in `#reasons`. */
  #reason = new Uint8Array(FIRST_CAPACITY);
  readonly #reasons: string[] = ["", "denied"];
  #size = 0;
  #used = 0;

  /** Denials that are kept, some of them perhaps expired. */
  get size(): number {
    return this.#size;
  }

  /** What the arrays take. */
  get bytes(): number {
    return this.#keys.byteLength + this.#expires.byteLength + this.#reason.byteLength;
  }

  /** Why it is denied at `nowMs`; undefined when it is not. */
  find(kind: string, value: string, nowMs: number): string | undefined {
    const slot = this.#slotOf(keyOf(kind, value));
    const reason = this.#reason[slot] ?? FREE;
    if (reason === FREE) return undefined;
    return isOver(this.#expires[slot] ?? 0, nowMs) ? undefined : this.#reasons[reason];
  }

  /** Denies, in place of what was said before. @param expiresAtMs when nothing of it can be valid any more. */
  put(kind: string, value: string, reason: string, expiresAtMs: number, nowMs: number): void {
    if (this.#used + 1 > this.#reason.length * FULLEST) this.#remake(nowMs);
    const key = keyOf(kind, value);
    const slot = this.#slotOf(key);
    if (this.#reason[slot] === FREE) {
      this.#size += 1;
      this.#used += 1;
      this.#keys.set(key, slot * 4);
    }
    this.#expires[slot] = Math.min(Math.ceil(expiresAtMs / 1000), FOR_EVER);
    this.#reason[slot] = this.#numberOf(reason);
  }

  lift(kind: string, value: string): void {
    const slot = this.#slotOf(keyOf(kind, value));
    if (this.#reason[slot] === FREE) return;
    this.#reason[slot] = LIFTED;
    this.#size -= 1;
  }

  /** Where the key is, or the free slot where it would be. */
  #slotOf(key: Uint32Array): number {
    const last = this.#reason.length - 1;
    for (let slot = (key[0] ?? 0) & last; ; slot = (slot + 1) & last) {
      const reason = this.#reason[slot];
      if (reason === FREE) return slot;
      if (reason === LIFTED) continue;
      const at = slot * 4;
      if (
        this.#keys[at] === key[0] &&
        this.#keys[at + 1] === key[1] &&
        this.#keys[at + 2] === key[2] &&
        this.#keys[at + 3] === key[3]
      ) {
        return slot;
      }
    }
  }

  /** Only what is still of use, in as many slots as that needs. */
  #remake(nowMs: number): void {
    const [keys, expires, reason] = [this.#keys, this.#expires, this.#reason];
    const kept: number[] = [];
    for (let slot = 0; slot < reason.length; slot += 1) {
      if (reason[slot] === FREE || reason[slot] === LIFTED) continue;
      if (!isOver(expires[slot] ?? 0, nowMs)) kept.push(slot);
    }
    let capacity = FIRST_CAPACITY;
    while (kept.length > capacity * ROOMY) capacity *= 2;
    this.#keys = new Uint32Array(capacity * 4);
    this.#expires = new Uint32Array(capacity);
    this.#reason = new Uint8Array(capacity);
    this.#size = kept.length;
    this.#used = kept.length;
    for (const slot of kept) {
      const key = keys.subarray(slot * 4, slot * 4 + 4);
      const next = this.#slotOf(key);
      this.#keys.set(key, next * 4);
      this.#expires[next] = expires[slot] ?? 0;
      this.#reason[next] = reason[slot] ?? FREE;
    }
  }

  #numberOf(reason: string): number {
    const known = this.#reasons.indexOf(reason, 1);
    if (known > 0) return known;
    // Reasons are few words; whoever invents more gets the general one.
    if (this.#reasons.length >= LIFTED) return 1;
    return this.#reasons.push(reason) - 1;
  }
}

function isOver(expiresSeconds: number, nowMs: number): boolean {
  return expiresSeconds !== FOR_EVER && expiresSeconds * 1000 <= nowMs;
}

function keyOf(kind: string, value: string): Uint32Array {
  const digest = hash("sha256", `${kind}:${value}`, "buffer");
  return Uint32Array.of(
    digest.readUInt32LE(0),
    digest.readUInt32LE(4),
    digest.readUInt32LE(8),
    digest.readUInt32LE(12),
  );
}
