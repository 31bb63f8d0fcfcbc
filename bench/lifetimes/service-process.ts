// Many services, and one caller that they have nothing against. Runs in a process of its own; orders by IPC.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type Dispatcher, request } from "undici";
import { type Bot, connect, memberOf } from "../../src/index.ts";

interface Order {
  readonly serviceToken: string;
  readonly callerToken: string;
  readonly services: number;
  readonly requestsPerSecond: number;
}

/** What it says at the end. */
export interface Told {
  readonly requests: number;
  readonly failed: number;
}

const ANY = memberOf("lifetimes.example");
const EVERY_MS = 20;
/** How many of the services the caller asks, over kept connections. */
const ASKED = 8;

async function listen(bot: Bot): Promise<number> {
  const web = createServer(bot.serverTls({ authorize: ANY }), (_request, response) =>
    response.end("x"),
  );
  web.keepAliveTimeout = 60_000;
  // A greeting, so that who opens a connection knows that it was let in. HTTP clients pass over it.
  web.on("secureConnection", (socket) => {
    if (socket.alpnProtocol === false) socket.write("in");
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  return (web.address() as AddressInfo).port;
}

let load: NodeJS.Timeout | undefined;
let caller: Dispatcher | undefined;
let ports: number[] = [];
let perSecond = 0;
const told = { requests: 0, failed: 0 };
const open = new Set<Promise<void>>();

/** The first is told, for who wants to know why. */
function fail(why: string): void {
  if (told.failed === 0) process.stderr.write(`a request failed: ${why}\n`);
  told.failed += 1;
}

async function ask(dispatcher: Dispatcher, port: number): Promise<void> {
  told.requests += 1;
  try {
    const { body } = await request(`https://127.0.0.1:${port}/`, { dispatcher });
    if ((await body.text()) !== "x") fail(`an answer of ${body}`);
  } catch (error) {
    fail(String(error));
  }
}

function beginLoad(dispatcher: Dispatcher): void {
  let owed = 0;
  let before = performance.now();
  let turn = 0;
  load = setInterval(() => {
    const now = performance.now();
    owed += ((now - before) / 1000) * perSecond;
    before = now;
    for (; owed >= 1; owed -= 1) {
      turn += 1;
      const asked = ask(dispatcher, ports[turn % Math.min(ASKED, ports.length)] ?? 0);
      open.add(asked);
      void asked.finally(() => open.delete(asked));
    }
  }, EVERY_MS);
}

process.on("message", async (message: Order | "load" | "stop") => {
  if (message === "load") {
    if (caller !== undefined) beginLoad(caller);
    return;
  }
  if (message === "stop") {
    clearInterval(load);
    await Promise.all(open);
    process.send?.(told satisfies Told);
    return;
  }
  perSecond = message.requestsPerSecond;
  // Each service is a bot's instance of its own, with a line of its own to the issuer.
  const services: Bot[] = [];
  while (services.length < message.services) {
    const some = Math.min(16, message.services - services.length);
    const opening = Array.from({ length: some }, () =>
      connect({ env: {}, token: message.serviceToken }),
    );
    services.push(...(await Promise.all(opening)));
  }
  ports = await Promise.all(services.map((bot) => listen(bot)));
  const bot = await connect({ env: {}, token: message.callerToken });
  caller = await bot.dispatcher({ peer: ANY });
  for (const port of ports.slice(0, ASKED)) await ask(caller, port);
  process.send?.({ ports });
});
