// An authority is tainted and then revoked, and then all keys are rotated, under many bots that work on: who fails, how long until none uses it, when its last connection ends.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { connect, memberOf } from "../src/index.ts";
import type { CrowdOrder, CrowdStatus } from "./authority-bots.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const OF_ONE_PROCESS = 500;
/** Each bot asks once in so long. */
const EVERY_MS = 8_000;
const LONGEST_MS = 240_000;

interface Authority {
  readonly id: string;
  readonly state: string;
  readonly instances: number;
}

async function statusOf(children: readonly ChildProcess[]): Promise<readonly CrowdStatus[]> {
  return Promise.all(
    children.map(
      (child) =>
        new Promise<CrowdStatus>((resolve) => {
          child.once("message", (status: CrowdStatus) => resolve(status));
          child.send("status");
        }),
    ),
  );
}

const total = (all: readonly CrowdStatus[], of: (each: CrowdStatus) => number): number =>
  all.reduce((sum, each) => sum + of(each), 0);

/** @param bots how many. @param spreadMs over how long their renewals are spread. */
export async function benchAuthority(bots: number, spreadMs: number): Promise<Result[]> {
  const server = new BenchServer();
  const children: ChildProcess[] = [];
  const closers: (() => unknown)[] = [];
  try {
    await server.start();
    const admin = server.admin();
    closers.push(() => admin.close());
    const tokens = await server.tokens("crowd", bots);
    const [own = ""] = await server.tokens("erp", 1);
    const erp = await connect({ token: own, env: {} });
    closers.push(() => erp.close());
    const options = erp.serverTls({ authorize: memberOf("bench.example") });
    const web = createServer(options, (_, answer) => answer.end("done"));
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    closers.push(() => web.close());
    const open = new Set<TLSSocket>();
    const ended: number[] = [];
    let revokedAt = Number.POSITIVE_INFINITY;
    const plain = createTlsServer(options, (socket) => {
      open.add(socket);
      socket.on("error", () => undefined).write("hello");
      socket.once("close", () => {
        open.delete(socket);
        ended.push(performance.now() - revokedAt);
      });
    });
    plain.listen(0, "127.0.0.1");
    await once(plain, "listening");
    closers.push(() => plain.close());
    const { port } = web.address() as AddressInfo;
    const { port: tlsPort } = plain.address() as AddressInfo;
    for (let at = 0; at < bots; at += OF_ONE_PROCESS) {
      const child = fork(join(import.meta.dirname, "authority-bots.ts"));
      const count = Math.min(OF_ONE_PROCESS, bots - at);
      child.send({
        tokens: tokens.slice(at / 100, Math.ceil((at + count) / 100)),
        bots: count,
        url: `https://127.0.0.1:${port}/`,
        tlsPort,
        peer: String(erp.spiffeId),
        everyMs: EVERY_MS,
      } satisfies CrowdOrder);
      children.push(child);
    }
    const until = async (done: () => Promise<boolean>): Promise<void> => {
      const begun = performance.now();
      while (!(await done())) {
        if (performance.now() - begun > LONGEST_MS) {
          throw new Error(
            `not within ${LONGEST_MS / 1000} s: ${JSON.stringify(await statusOf(children))}`,
          );
        }
        await sleep(200);
      }
    };
    await until(
      async () => total(await statusOf(children), ({ ready, failed }) => ready + failed) >= bots,
    );
    for (const child of children) child.send("go");
    await sleep(EVERY_MS);
    const before = await statusOf(children);

    const list = async (): Promise<readonly Authority[]> =>
      (await admin.call("AuthorityService", "ListAuthorities", {})).authorities as Authority[];
    const taintAt = performance.now();
    const { authority } = await admin.call("AuthorityService", "TaintAuthority", {
      kind: "x509",
      spreadMs,
    });
    const { id } = authority as Authority;
    const answeredMs = performance.now() - taintAt;
    await until(async () => (await list()).find((each) => each.id === id)?.instances === 0);
    const movedMs = performance.now() - taintAt;
    await sleep(EVERY_MS);
    const moved = await statusOf(children);
    const left = total(moved, ({ signers }) => signers[id] ?? 0);

    const standing = open.size;
    revokedAt = performance.now();
    await admin.call("AuthorityService", "RevokeAuthority", { id });
    await until(async () => open.size === 0);
    await sleep(2 * EVERY_MS);
    const after = await statusOf(children);

    const orderedAt = performance.now();
    const rotation = { leadMs: 5_000, reason: "bench" };
    await admin.call("KeyService", "RotateKeys", rotation);
    const rotatedMs = performance.now() - orderedAt;
    await sleep(2 * EVERY_MS);
    const rotated = await statusOf(children);
    const failedOf = (all: readonly CrowdStatus[]) => total(all, ({ failed }) => failed);
    const asked = (all: readonly CrowdStatus[]) => total(all, ({ requests }) => requests);
    const why = (all: readonly CrowdStatus[]) =>
      all.map(({ reason }) => reason).find((each) => each !== "") ?? "";
    const text = bots.toLocaleString("en");
    return [
      {
        name: `authority taint, ${text} bots: requests that failed`,
        says: `of ${asked(moved) - asked(before)}, each bot one in ${EVERY_MS / 1000} s; from before the order until none uses the old one ${why(moved)}`,
        measured: failedOf(moved) - failedOf(before),
        unit: "requests",
        goal: 0,
      },
      {
        name: `authority taint, ${text} bots: until none uses the old one`,
        says: `from the order; it is answered after ${(answeredMs / 1000).toFixed(1)} s, when another signs; the renewals are spread over ${spreadMs / 1000} s`,
        measured: movedMs / 1000,
        unit: "s",
        goal: answeredMs / 1000 + spreadMs / 1000 + 10,
      },
      {
        name: `authority taint, ${text} bots: left on the old one`,
        says: "as the bots say",
        measured: left,
        unit: "bots",
        goal: 0,
      },
      {
        name: `authority revoke, ${standing} connections from before: p99 until they end`,
        says: `from the order; p50 ${quantile(ended, 0.5).toFixed(0)} ms, last ${Math.max(...ended).toFixed(0)} ms; the service's side, all in one process`,
        measured: quantile(ended, 0.99),
        unit: "ms",
        goal: 1_000,
      },
      {
        name: `authority revoke, ${text} bots: requests that failed`,
        says: `of ${asked(after) - asked(moved)} after the order ${why(after)}`,
        measured: failedOf(after) - failedOf(moved),
        unit: "requests",
        goal: 0,
      },
      {
        name: `server rotate-keys, ${text} bots: requests that failed, and bots that lost the log`,
        says: `of ${asked(rotated) - asked(after)}; answered after ${(rotatedMs / 1000).toFixed(1)} s, the new authorities published for ${rotation.leadMs / 1000} s ${why(rotated)}`,
        measured: failedOf(rotated) - failedOf(after),
        unit: "requests",
        goal: 0,
      },
    ];
  } finally {
    for (const child of children) child.kill();
    for (const close of closers.reverse()) await close();
    await server.remove();
  }
}
