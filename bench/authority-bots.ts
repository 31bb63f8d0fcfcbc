// Many bots in one process, each with a line of its own, that ask a service again and again. Runs as a process of its own.
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { type Bot, connect } from "../src/index.ts";

export interface CrowdOrder {
  /** Each for a hundred bots. */
  readonly tokens: readonly string[];
  readonly bots: number;
  /** Of the service: for requests, and a plain TLS one whose connections stay open. */
  readonly url: string;
  readonly tlsPort: number;
  readonly peer: string;
  /** Milliseconds between two requests of one bot. */
  readonly everyMs: number;
}

export interface CrowdStatus {
  /** Bots that have an identity and an open connection. */
  readonly ready: number;
  readonly requests: number;
  readonly failed: number;
  /** Why, of the first. */
  readonly reason: string;
  /** Bots whose SVID ends at each authority, by its serial. */
  readonly signers: Readonly<Record<string, number>>;
}

const bots: Bot[] = [];
let [ready, requests, failed] = [0, 0, 0];
let reason = "";

/** So many come in at once. */
const AT_ONCE = 8;

async function comeIn(order: CrowdOrder, token: string): Promise<Bot> {
  const bot = await connect({ token, env: {}, timeoutMs: 120_000 });
  for (;;) {
    const open = connectTls({
      ...bot.clientTls({ peer: order.peer }),
      host: "127.0.0.1",
      port: order.tlsPort,
    });
    open.on("error", () => undefined);
    const first = await Promise.race([once(open, "data"), once(open, "close")]).catch(() => []);
    if (!open.destroyed && first.length > 0) break;
  }
  // Whoever cannot follow the log's new key has failed too.
  bot.on("log_inconsistent", ({ reason: why }) => {
    failed += 1;
    reason ||= why;
  });
  const answer = await bot.fetch(order.url, { peer: order.peer });
  await answer.text();
  ready += 1;
  return bot;
}

async function work(order: CrowdOrder, bot: Bot): Promise<void> {
  await sleep(Math.random() * order.everyMs);
  for (;;) {
    try {
      const answer = await bot.fetch(order.url, { peer: order.peer });
      if ((await answer.text()) !== "done") throw new Error(`answered ${answer.status}`);
      requests += 1;
    } catch (error) {
      failed += 1;
      if (reason === "") reason = String((error as { cause?: unknown }).cause ?? error);
    }
    await sleep(order.everyMs);
  }
}

function signers(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const bot of bots) {
    const leaf = new X509Certificate(bot.x509Svid().certChainDer[0] ?? Buffer.alloc(0));
    const signer = bot
      .bundles()
      .flatMap(({ x509Authorities }) => x509Authorities)
      .map((der) => new X509Certificate(der))
      .find((each) => leaf.verify(each.publicKey));
    const id = signer?.serialNumber.toLowerCase() ?? "none";
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

let order: CrowdOrder | undefined;

process.on("message", (message: CrowdOrder | "status" | "go") => {
  if (message === "go") {
    for (const bot of bots) if (order !== undefined) void work(order, bot);
    return;
  }
  if (message === "status") {
    const status: CrowdStatus = { ready, requests, failed, reason, signers: signers() };
    process.send?.(status);
    return;
  }
  order = message;
  let next = 0;
  const some = async (): Promise<void> => {
    while (next < message.bots) {
      const token = message.tokens[Math.floor(next / 100)] ?? "";
      next += 1;
      await comeIn(message, token).then(
        (bot) => bots.push(bot),
        (error: unknown) => {
          failed += 1;
          reason ||= String(error);
        },
      );
    }
  };
  for (let each = 0; each < AT_ONCE; each += 1) void some();
});
process.on("disconnect", () => process.exit(0));
