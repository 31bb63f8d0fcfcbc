// What 100,000 revocations cost a service: memory, and the time to ask.
import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DenySet } from "../src/agent/deny-set.ts";
import { systemClock } from "../src/clock.ts";
import { loadAttachService } from "../src/wire/index.ts";
import type { Result } from "./result.ts";

const MB = 1024 * 1024;
const MOST_IN_MESSAGE = 2_000;

/** @param count of revocations, which come as a server sends them: encoded, in parts. */
export async function benchDenySet(count: number): Promise<Result[]> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const { responseSerialize, responseDeserialize } = loadAttachService().definition.WatchTrust;
  const expiresAtMs = Date.now() + 3_600_000;
  const serials: string[] = [];
  const part = (from: number, parts: number): Buffer =>
    responseSerialize({
      denied: {
        snapshot: true,
        sequence: count,
        more: from + MOST_IN_MESSAGE < count,
        added: Array.from({ length: parts }, () => {
          const value = randomBytes(16).toString("hex");
          if (serials.length < 1_000) serials.push(value);
          return { kind: "serial", value, reason: "revoked", expiresAtMs };
        }),
      },
    });
  const used = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  // The first of each warms what is not the set's own.
  responseDeserialize(part(count, 1));
  serials.length = 0;
  const set = new DenySet(systemClock);
  const before = used();
  for (let from = 0; from < count; from += MOST_IN_MESSAGE) {
    const { denied } = responseDeserialize(part(from, Math.min(MOST_IN_MESSAGE, count - from)));
    if (denied) set.apply(denied);
  }
  const bytes = used() - before;
  if (set.size !== count) throw new Error(`${set.size} of ${count} are in the set`);
  const asked = 200_000;
  const begun = performance.now();
  for (let i = 0; i < asked; i += 1) {
    const serialHex = serials[i % serials.length] ?? "";
    if (set.reasonFor({ serialHex }) !== "revoked") throw new Error(`${serialHex} is not denied`);
  }
  const microseconds = ((performance.now() - begun) * 1000) / asked;
  set.close();
  return [
    {
      name: "memory of revocations in a service",
      says: `${count} serials, as they come from a server; heap and buffers after a collection; the table itself ${(set.bytes / MB).toFixed(2)} MB`,
      measured: bytes / MB,
      unit: "MB",
      goal: 10,
    },
    {
      name: "asking whether an SVID is revoked",
      says: `among ${count}; mean of ${asked}`,
      measured: microseconds,
      unit: "µs",
    },
  ];
}
