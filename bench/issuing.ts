import { fork } from "node:child_process";
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { join } from "node:path";
import type { LoadOrder, LoadResult } from "./load.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

/** SPIRE 1.15.3's rates on a machine of this kind: see docs/performance.md. */
const SPIRE = { one: 3164, hundred: 7726, jwt: 4400 };
const STREAMS = 64;

/** Microseconds of processor time of `work`, the least of five rounds: what others do on the machine only adds. */
function cost(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage();
    for (let i = 0; i < 1000; i += 1) work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Verify, import, sign with P-256, and the signature alone. */
export function bareCosts(): { readonly x509: number; readonly jwt: number } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = publicKey.export({ format: "der", type: "spki" });
  const data = Buffer.alloc(300, 7);
  const signature = sign("sha256", data, privateKey);
  const x509 = cost(() => {
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    if (!verify("sha256", data, key, signature)) throw new Error("the signature does not verify");
    sign("sha256", data, privateKey);
  });
  return { x509, jwt: cost(() => void sign("sha256", data, privateKey)) };
}

/** Runs a load in another process; `during` while it is at work. */
export async function load(
  order: LoadOrder,
  during: (running: { readonly over: () => boolean }) => Promise<void> = async () => undefined,
  onStart: () => void = () => undefined,
): Promise<LoadResult> {
  const child = fork(join(import.meta.dirname, "load.ts"));
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      child.once("message", (message: { error?: string }) => {
        if (message?.error === undefined) resolve(message);
        else reject(new Error(message.error));
      });
      child.once("exit", (code) => reject(new Error(`the load ended with code ${code}`)));
    });
  child.setMaxListeners(0);
  child.send(order);
  await next();
  let over = false;
  const measuring = next();
  child.send("go");
  await measuring;
  onStart();
  const finished = next();
  await Promise.all([finished.finally(() => (over = true)), during({ over: () => over })]);
  return (await finished) as LoadResult;
}

export async function benchIssuing(kind: "x509" | "jwt", seconds: number): Promise<Result[]> {
  const bare = bareCosts();
  const server = new BenchServer();
  const results: Result[] = [];
  try {
    await server.start();
    const runs =
      kind === "jwt"
        ? ([{ batch: 1, pipeline: 8, goal: 335 / 4 / 26, rate: 3 * SPIRE.jwt }] as const)
        : ([
            { batch: 1, pipeline: 4, goal: 1.6, rate: 2.5 * SPIRE.one },
            { batch: 10, pipeline: 1, goal: undefined, rate: undefined },
            { batch: 100, pipeline: 1, goal: 1.4, rate: 1.3 * SPIRE.hundred },
          ] as const);
    for (const { batch, pipeline, goal, rate } of runs) {
      const order = { kind, streams: STREAMS, pipeline, batch, seconds, warmupSeconds: seconds };
      const tokens = await server.tokens(`bench-${kind}-${batch}`, STREAMS);
      let cpu = 0;
      const {
        issued,
        seconds: took,
        latenciesMs,
      } = await load({ ...order, tokens }, undefined, () => (cpu = server.cpuSeconds()));
      const cpuUs = ((server.cpuSeconds() - cpu) * 1e6) / issued;
      const how = `${STREAMS} streams over TLS, ${pipeline} on the way in each, ${batch} a request`;
      const what = kind === "jwt" ? "JWT-SVID" : `X509-SVID, by ${batch}`;
      results.push({
        name: `${what}: server CPU`,
        says: `${how}; all threads; bare: ${kind === "jwt" ? "sign" : "verify, import, sign"}`,
        measured: cpuUs,
        bare: bare[kind],
        unit: "us",
        ...(goal === undefined ? {} : { goal }),
      });
      results.push({
        name: `${what}: rate`,
        says: `${how}; load in one other process on the same processors; p50 ${quantile(latenciesMs, 0.5).toFixed(0)} ms, p99 ${quantile(latenciesMs, 0.99).toFixed(0)} ms`,
        measured: issued / took,
        unit: "/s",
        more: true,
        ...(rate === undefined ? {} : { goal: rate }),
      });
    }
  } finally {
    await server.remove();
  }
  return results;
}
