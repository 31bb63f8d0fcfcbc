// The RPA bot: posts invoices, eight at a time, while its SVID rotates every few seconds.
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../src/index.ts";
import { answer } from "./processes.ts";

// The SVIDs live for two minutes; this makes the bot replace them every two or three seconds.
const bot = await connect({ rotateAt: 0.02 });
const peer = "spiffe://demo.example/bot/prod/erp";
let posting = false;
let inFlight = 0;
const counts = { sent: 0, failed: 0, rotations: 0, leastInFlight: Number.POSITIVE_INFINITY };
const failures: string[] = [];
let retired = "";

bot.on("rotated", () => {
  if (!posting) return;
  counts.rotations += 1;
  counts.leastInFlight = Math.min(counts.leastInFlight, inFlight);
});
bot.on("retired", ({ reason }) => {
  retired = reason;
});

async function postUntilStopped(url: string): Promise<void> {
  while (posting) {
    inFlight += 1;
    try {
      const body = JSON.stringify({ amount: Math.round(Math.random() * 100_000) / 100 });
      const response = await bot.fetch(url, { method: "POST", body, peer });
      await response.json();
      counts.sent += 1;
    } catch (error) {
      counts.failed += 1;
      failures.push(error instanceof Error ? error.message : String(error));
      await sleep(20);
    } finally {
      inFlight -= 1;
    }
  }
}

let workers: Promise<unknown> = Promise.resolve();
answer({
  start({ port }: { port: number }) {
    posting = true;
    const url = `https://127.0.0.1:${port}/invoices`;
    workers = Promise.all(Array.from({ length: 8 }, () => postUntilStopped(url)));
    return {};
  },
  counts: () => ({ ...counts, failures: failures.slice(0, 3) }),
  /** A connection that says nothing. */
  async idle({ port }: { port: number }) {
    const socket = await bot.connectTls({ host: "127.0.0.1", port, peer });
    socket.resume();
    return {};
  },
  async stop() {
    posting = false;
    await workers;
    return { ...counts };
  },
  svid: () => {
    const { serialHex, notAfter } = bot.x509Svid();
    return { serialHex, leftMs: notAfter.getTime() - Date.now() };
  },
  retired: () => ({ retired }),
});
