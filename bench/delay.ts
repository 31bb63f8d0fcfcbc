import { join } from "node:path";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { loadHealthService } from "../src/wire/index.ts";
import { load } from "./issuing.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

interface Delays {
  readonly loopP99Ms: number;
  readonly health: readonly number[];
}

/** How long the event loop is held up, and how fast a health check is answered, at 70 % of the highest rate and at it. */
export async function benchDelay(seconds: number): Promise<Result[]> {
  const server = new BenchServer();
  const port = 20_000 + (process.pid % 20_000);
  process.env.BOTPASS_METRICS_LISTEN = `127.0.0.1:${port}`;
  try {
    await server.start();
    delete process.env.BOTPASS_METRICS_LISTEN;
    const { Client } = loadHealthService();
    const socket = `unix:${join(server.place.dataDir, "admin.sock")}`;
    const health = new Client(socket, credentials.createInsecure());
    const check = promisify(
      (done: (error: Error | null) => void) => void health.check?.({ service: "" }, done),
    );
    const scrape = async (): Promise<string> =>
      (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const run = async (rate: number | undefined): Promise<Delays & { readonly rate: number }> => {
      const tokens = await server.tokens(
        `delay-${rate ?? 0}`.replace(/\D+$/, "").replace(".", "-"),
        64,
      );
      const order = {
        tokens,
        kind: "x509",
        streams: 64,
        pipeline: 4,
        batch: 1,
        seconds,
        warmupSeconds: seconds,
      } as const;
      const answered: number[] = [];
      let loopP99Ms = 0;
      const result = await load(
        { ...order, ...(rate === undefined ? {} : { rate }) },
        async ({ over }) => {
          await scrape();
          while (!over()) {
            const begun = performance.now();
            await check();
            answered.push(performance.now() - begun);
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          const text = await scrape();
          loopP99Ms = Number(/nodejs_eventloop_lag_p99_seconds ([\d.e-]+)/.exec(text)?.[1]) * 1000;
        },
      );
      return { loopP99Ms, health: answered, rate: result.issued / result.seconds };
    };
    const full = await run(undefined);
    const part = await run(Math.floor(full.rate * 0.7));
    health.close();
    const line = (
      name: string,
      { loopP99Ms, health, rate }: typeof full,
      goal: number,
    ): Result[] => [
      {
        name: `event loop delay p99, ${name}`,
        says: `the server's own histogram; ${Math.round(rate)} X509-SVIDs/s`,
        measured: loopP99Ms,
        unit: "ms",
        goal,
      },
      {
        name: `health check answered, ${name}, p99`,
        says: `over the admin socket, every 50 ms, ${health.length} times`,
        measured: quantile(health, 0.99),
        unit: "ms",
        goal: 100,
      },
    ];
    return [...line("highest rate", full, 50), ...line("70 % of it", part, 20)];
  } finally {
    await server.remove();
  }
}
