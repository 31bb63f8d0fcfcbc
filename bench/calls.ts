// What byPassport costs a service: to ask among many callers and among few, to know them, and how soon a change of a passport acts.
import { once } from "node:events";
import { createServer, type TLSSocket } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CallRules } from "../src/agent/index.ts";
import { byPassport, connect, exactly, parseSpiffeId } from "../src/index.ts";
import { boundRule } from "../src/peer/passport.ts";
import { loadAttachService } from "../src/wire/index.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const MB = 1024 * 1024;
const ASKED = 500_000;
const MOST_IN_MESSAGE = 2_000;
const OWN = "spiffe://example.org/bot/prod/erp";

/**
 * @param count of callers.
 * @param tries of changes, one after the other.
 */
export async function benchCalls(count: number, tries: number): Promise<Result[]> {
  const few = asking(10);
  const many = asking(count);
  return [
    {
      name: "authorize by passport",
      says: `among ${count} callers, beside 10; mean of ${ASKED}, allowed and refused in turn`,
      measured: many.microseconds,
      bare: few.microseconds,
      unit: "µs",
      goal: 2,
    },
    {
      name: "memory of callers in a service",
      says: `${count} of them, as they come from a server; heap after a collection`,
      measured: many.bytes / MB,
      unit: "MB",
    },
    ...(await acting(count, tries)),
  ];
}

function asking(count: number): { readonly microseconds: number; readonly bytes: number } {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const { responseSerialize, responseDeserialize } = loadAttachService().definition.Attach;
  const id = (i: number): string => `spiffe://example.org/bot/prod/invoice-poster-${i}`;
  const rules = new CallRules();
  rules.setOwn(OWN, { mayCall: [], calledBy: ["spiffe://example.org/bot/*"] });
  const before = used();
  for (let from = 0; from < count; from += MOST_IN_MESSAGE) {
    const length = Math.min(MOST_IN_MESSAGE, count - from);
    const added = Array.from({ length }, (_, i) => id(from + i));
    const more = from + MOST_IN_MESSAGE < count;
    const update = { spiffeId: OWN, snapshot: true, sequence: 1, added, more };
    const { callers } = responseDeserialize(responseSerialize({ callers: update }));
    if (callers) rules.apply(callers);
  }
  const bytes = used() - before;
  const own = parseSpiffeId(OWN);
  const calls = {
    refusal: (call: Parameters<CallRules["refusal"]>[0]) => rules.refusal(call),
    follow: () => undefined,
    onChange: () => () => undefined,
  };
  // The SVID itself is beside the point.
  const svid = () =>
    ({ spiffeId: own }) as ReturnType<Parameters<typeof boundRule>[1]["svid"] & {}>;
  const rule = boundRule(byPassport(), { calls, svid }, "caller");
  const peers = Array.from({ length: 1_000 }, (_, i) => parseSpiffeId(id(i % count)));
  const other = parseSpiffeId("spiffe://example.org/bot/prod/nobody");
  const round = (asked: number): number => {
    const begun = performance.now();
    for (let i = 0; i < asked; i += 1) {
      rule(peers[i % 1_000] ?? other);
      if (rules.refusal({ own, peer: other, peerIs: "caller" }) === undefined) {
        throw new Error("nobody is let in");
      }
    }
    return ((performance.now() - begun) * 1000) / (asked * 2);
  };
  round(ASKED / 10);
  return { microseconds: round(ASKED / 2), bytes };
}

/** From the order of an operator to the end of an open connection, with all those callers known. */
async function acting(count: number, tries: number): Promise<Result[]> {
  const server = new BenchServer();
  const closers: (() => unknown)[] = [];
  try {
    await server.start();
    const admin = server.admin();
    closers.push(() => admin.close());
    const [token = ""] = await server.tokens("poster", 1);
    const [erpToken = ""] = await server.tokens("erp", 1);
    const say = async (name: string, terms: object): Promise<void> => {
      const { revision } = await admin.call("BotService", "GetBot", { name });
      await admin.call("BotService", "UpdateBot", { name, revision: Number(revision), terms });
    };
    const register = (i: number) =>
      admin.call("BotService", "RegisterBot", {
        name: `caller-${i}`,
        owner: "o",
        purpose: "p",
        terms: { mayCall: ["erp"] },
      });
    for (let from = 0; from < count; from += 100) {
      const length = Math.min(100, count - from);
      await Promise.all(Array.from({ length }, (_, i) => register(from + i)));
    }
    const erp = await connect({ token: erpToken, env: {} });
    closers.push(() => erp.close());
    const poster = await connect({ token, env: {} });
    closers.push(() => poster.close());
    const begun = performance.now();
    await erp.calls.ready();
    const readyMs = performance.now() - begun;
    await say("poster", { mayCall: ["erp"] });
    const web = createServer(erp.serverTls({ authorize: byPassport() }), (socket) => {
      socket.on("error", () => undefined).write("hello");
    });
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    closers.push(() => web.close());
    const { port } = web.address() as { port: number };
    const peer = exactly(erp.spiffeId);
    const open = async (): Promise<TLSSocket> => {
      for (;;) {
        const socket = await poster.connectTls({ host: "127.0.0.1", port, peer });
        const first = await Promise.race([once(socket, "data"), once(socket, "close")]);
        if (Buffer.isBuffer(first[0])) return socket;
      }
    };
    const [narrowed, widened]: [number[], number[]] = [[], []];
    for (let i = 0; i < tries; i += 1) {
      const allowedMs = performance.now();
      await say("erp", { calledBy: ["spiffe://bench.example/*"] });
      const socket = await open();
      widened.push(performance.now() - allowedMs);
      const closed = once(socket, "close");
      const refusedMs = performance.now();
      // Now the caller's passport, now the service's.
      if (i % 2 === 0) await say("erp", { calledBy: ["caller-0"] });
      else await say("poster", { mayCall: [] });
      await closed;
      narrowed.push(performance.now() - refusedMs);
      if (i % 2 === 1) await say("poster", { mayCall: ["erp"] });
    }
    const line = (name: string, times: readonly number[]): Result => ({
      name,
      says: `p99 of ${tries}, from the operator's order; p50 ${quantile(times, 0.5).toFixed(1)} ms, worst ${Math.max(...times).toFixed(1)} ms; ${count} callers`,
      measured: quantile(times, 0.99),
      unit: "ms",
      goal: 1_000,
    });
    return [
      {
        name: "a service learns who may call it",
        says: `${count} callers, its first time`,
        measured: readyMs,
        unit: "ms",
      },
      line("a passport is narrowed: an open TLS connection ends", narrowed),
      line("a passport is widened: a connection is let in", widened),
    ];
  } finally {
    for (const close of closers.reverse()) await close();
    await server.remove();
  }
}
