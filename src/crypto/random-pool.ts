import { randomFillSync } from "node:crypto";

const POOL_BYTES = 8192;

/**
 * Random bytes of the system's generator, fetched in large pieces: a call of its own for each costs as much as half a
 * signature. What is handed out is wiped from the pool.
 */
export function randomPool(): (size: number) => Buffer {
  const pool = Buffer.alloc(POOL_BYTES);
  let at = POOL_BYTES;
  return (size) => {
    if (size > POOL_BYTES) return randomFillSync(Buffer.alloc(size));
    if (at + size > POOL_BYTES) {
      randomFillSync(pool);
      at = 0;
    }
    const bytes = Buffer.from(pool.subarray(at, at + size));
    pool.fill(0, at, at + size);
    at += size;
    return bytes;
  };
}
