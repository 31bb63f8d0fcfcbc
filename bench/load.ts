// Asks a server for SVIDs as fast as it answers. Runs in a process of its own: `node bench/load.ts`, orders by IPC.
import { randomBytes } from "node:crypto";
import { dialPinned } from "../src/agent/dial.ts";
import { attest, tokenEvidence } from "../src/agent/evidence.ts";
import { AttachLink } from "../src/agent/link.ts";
import { systemClock } from "../src/clock.ts";
import { buildCsr, generateKey } from "../src/crypto/index.ts";
import { parseTokenString } from "../src/wire/index.ts";

export interface LoadOrder {
  /** Each for a hundred streams. */
  readonly tokens: readonly string[];
  readonly kind: "x509" | "jwt";
  readonly streams: number;
  /** Requests of one stream that are on the way at once. */
  readonly pipeline: number;
  /** Items of one request. */
  readonly batch: number;
  readonly seconds: number;
  /** Seconds under load before anything counts: the server compiles what it uses much. */
  readonly warmupSeconds: number;
  /** Requests a second over all streams; absent: as many as are answered. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly issued: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
}

async function open(text: string) {
  const token = parseTokenString(text);
  const address = token.addresses[0] ?? "";
  const { channel } = await dialPinned(address, token, systemClock);
  const link = new AttachLink(channel, systemClock);
  const key = await generateKey("ec-p256");
  const attached = await attest(link, tokenEvidence(token, key), randomBytes);
  const csrs = await Promise.all(
    Array.from({ length: 4 }, async () => buildCsr(await generateKey("ec-p256"))),
  );
  return { link, csrs, instanceId: attached.identities[0]?.instanceId ?? "" };
}

async function run(order: LoadOrder): Promise<() => Promise<LoadResult>> {
  const streams: Awaited<ReturnType<typeof open>>[] = [];
  while (streams.length < order.streams) {
    const some = Math.min(32, order.streams - streams.length);
    streams.push(
      ...(await Promise.all(
        Array.from({ length: some }, (_, i) =>
          open(order.tokens[Math.floor((streams.length + i) / 100)] ?? ""),
        ),
      )),
    );
  }
  return async () => {
    let issued = 0;
    const latenciesMs: number[] = [];
    const begun = performance.now();
    const from = begun + order.warmupSeconds * 1000;
    const until = from + order.seconds * 1000;
    setTimeout(() => process.send?.("measuring"), order.warmupSeconds * 1000);
    const loops = streams.flatMap((each) => Array<typeof each>(order.pipeline).fill(each));
    const pauseMs = order.rate === undefined ? 0 : (1000 * loops.length) / order.rate;
    await Promise.all(
      loops.map(async ({ link, csrs, instanceId }, index) => {
        let next = begun + (pauseMs * index) / loops.length;
        for (let round = 0; performance.now() < until; round += 1) {
          const items = Array.from({ length: order.batch }, (_, i) =>
            order.kind === "jwt"
              ? { instanceId, jwt: { audience: ["bench"] } }
              : { instanceId, x509: { csr: csrs[(round + i) % csrs.length] ?? Buffer.alloc(0) } },
          );
          if (pauseMs > 0) {
            await new Promise((resolve) =>
              setTimeout(resolve, Math.max(0, next - performance.now())),
            );
            next += pauseMs;
          }
          const asked = performance.now();
          const { issued: answer } = await link.request({ issue: { items } });
          const counts = performance.now() >= from;
          if (counts) latenciesMs.push(performance.now() - asked);
          for (const { result, error } of answer?.results ?? []) {
            if (result !== order.kind) throw new Error(`an SVID was refused: ${error?.message}`);
            if (counts) issued += 1;
          }
        }
      }),
    );
    const seconds = (performance.now() - from) / 1000;
    for (const { link } of streams) link.close(true);
    return { issued, seconds, latenciesMs };
  };
}

process.once("message", (order: LoadOrder) => {
  run(order)
    .then((start) => {
      process.once("message", () => {
        start().then(
          (result) => process.send?.(result, () => process.disconnect()),
          (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
        );
      });
      process.send?.("ready");
    })
    .catch((error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)));
});
