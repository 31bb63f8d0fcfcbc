import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HoldOrder, HoldStatus } from "./hold.ts";
import type { Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const OF_ONE_PROCESS = 2500;
const MAX_WAIT_MS = 240_000;

async function statusOf(children: readonly ChildProcess[]): Promise<HoldStatus> {
  const all = await Promise.all(
    children.map(
      (child) =>
        new Promise<HoldStatus>((resolve) => {
          child.once("message", (status: HoldStatus) => resolve(status));
          child.send("status");
        }),
    ),
  );
  const sum = (of: (status: HoldStatus) => number) =>
    all.reduce((total, each) => total + of(each), 0);
  return {
    attached: sum((each) => each.attached),
    renewed: sum((each) => each.renewed),
    lost: sum((each) => each.lost),
    failedAttempts: sum((each) => each.failedAttempts),
  };
}

/** Seconds until all are attached. */
async function allAttached(children: readonly ChildProcess[], bots: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { attached, failedAttempts } = await statusOf(children);
    if (attached >= bots) return (performance.now() - begun) / 1000;
    if (performance.now() - begun > MAX_WAIT_MS) {
      throw new Error(`${attached} of ${bots} attached, ${failedAttempts} attempts failed`);
    }
    await sleep(250);
  }
}

/** So many bots connected: what each costs the server, and how they come back when it is restarted. */
export async function benchBots(bots: number): Promise<Result[]> {
  const server = new BenchServer(`127.0.0.1:${41_000 + (process.pid % 10_000)}`);
  const children: ChildProcess[] = [];
  try {
    await server.start();
    const tokens = await server.tokens("crowd", bots);
    const before = server.residentBytes();
    for (let at = 0; at < bots; at += OF_ONE_PROCESS) {
      const child = fork(join(import.meta.dirname, "hold.ts"));
      const count = Math.min(OF_ONE_PROCESS, bots - at);
      const own = tokens.slice(at / 100, (at + count) / 100);
      child.send({ tokens: own, bots: count, renewSeconds: 300 } satisfies HoldOrder);
      children.push(child);
    }
    const attachSeconds = await allAttached(children, bots);
    const each = (server.residentBytes() - before) / bots / 1024;
    await sleep(2000);
    await server.stop();
    await server.start();
    const backSeconds = await allAttached(children, bots);
    const { lost } = await statusOf(children);
    const text = bots.toLocaleString("en");
    return [
      {
        name: `${text} bots: first attach`,
        says: "all at once, by join token, first SVID included; clients on the same processors",
        measured: attachSeconds,
        unit: "s",
      },
      {
        name: `${text} bots: server memory each`,
        says: "resident growth from none to all connected, with an SVID each",
        measured: each,
        unit: "KB",
        goal: 150,
      },
      {
        name: `${text} bots: back after a restart`,
        says: "from the moment the server serves until all are attached by their SVIDs and have renewed",
        measured: backSeconds,
        unit: "s",
        goal: 30,
      },
      {
        name: `${text} bots: identities lost`,
        says: "instances that were not the same afterwards, or refused",
        measured: lost,
        unit: "bots",
        goal: 0,
      },
    ];
  } finally {
    for (const child of children) child.kill();
    await server.remove();
  }
}
