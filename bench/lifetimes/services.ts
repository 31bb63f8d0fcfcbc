// 200 services in a few processes, each with 5 open connections to one bot, which is revoked, while others go on asking.
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { tlsIdentity } from "../../src/crypto/index.ts";
import { type Bot, connect } from "../../src/index.ts";
import { quantile } from "../result.ts";
import type { BenchServer } from "../server.ts";
import type { Told } from "./service-process.ts";

export interface ServicesOrder {
  readonly services: number;
  readonly connections: number;
  readonly processes: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

export interface ServicesResult {
  /** From the order to retire to the end of each connection, as the bot's side sees it. */
  readonly endsMs: readonly number[];
  readonly stillOpen: number;
  readonly requests: number;
  readonly failed: number;
  /** Requests a second that were reached. */
  readonly rate: number;
}

/** Runs it once. */
export async function servicesRound(
  server: BenchServer,
  order: ServicesOrder,
): Promise<ServicesResult> {
  const admin = server.admin();
  const children: ChildProcess[] = [];
  const bots: Bot[] = [];
  try {
    const tokenFor = async (name: string, kind: string, uses: number): Promise<string> => {
      await admin.call("BotService", "RegisterBot", { name, kind, owner: "o", purpose: "p" });
      const { value } = await admin.call("TokenService", "CreateToken", { bot: name, uses });
      return String(value);
    };
    const open = async (token: string): Promise<Bot> => {
      const bot = await connect({ env: {}, token });
      bots.push(bot);
      return bot;
    };
    const thief = await open(await tokenFor("stolen", "bot", 1));
    const each = Math.ceil(order.services / order.processes);
    const ports: number[] = [];
    const told: Told[] = [];
    for (let i = 0; i < order.processes; i += 1) {
      const services = Math.min(each, order.services - i * each);
      const child = fork(join(import.meta.dirname, "service-process.ts"));
      children.push(child);
      child.send({
        serviceToken: await tokenFor(`many-${i}`, "service", services),
        callerToken: await tokenFor(`asking-${i}`, "bot", 1),
        services,
        requestsPerSecond: order.requestsPerSecond / order.processes,
      });
      const { ports: listening } = await answerOf<{ ports: number[] }>(child);
      ports.push(...listening);
    }
    process.stderr.write(`${ports.length} services listen …\n`);
    const theirs = thief.x509Svid();
    const ends: number[] = [];
    let last: TLSSocket[] = [];
    for (const port of ports) {
      for (let i = 0; i < order.connections; i += 1) {
        const socket = connectTls({
          host: "127.0.0.1",
          port,
          rejectUnauthorized: false,
          ...tlsIdentity(theirs),
        });
        socket.on("error", () => undefined);
        // A greeting says that it was let in.
        await new Promise<void>((resolve, reject) => {
          socket.once("data", () => resolve());
          socket.once("close", () => reject(new Error("a service has refused the bot")));
        });
        socket.once("close", () => ends.push(performance.now()));
        last.push(socket);
      }
    }
    process.stderr.write(`${last.length} connections are open …\n`);
    for (const child of children) child.send("load");
    await new Promise((resolve) => setTimeout(resolve, (order.seconds * 1000) / 2));
    const at = performance.now();
    await admin.call("BotService", "RetireBot", { name: "stolen" });
    await new Promise((resolve) => setTimeout(resolve, (order.seconds * 1000) / 2));
    const stillOpen = last.filter((socket) => !socket.destroyed).length;
    for (const child of children) {
      const answer = answerOf<Told>(child);
      child.send("stop");
      told.push(await answer);
    }
    last = [];
    const requests = told.reduce((sum, { requests: made }) => sum + made, 0);
    return {
      endsMs: ends.map((end) => end - at),
      stillOpen,
      requests,
      failed: told.reduce((sum, { failed }) => sum + failed, 0),
      rate: requests / order.seconds,
    };
  } finally {
    for (const child of children) child.kill();
    for (const bot of bots) await bot.close();
    admin.close();
  }
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const exited = (): void => reject(new Error("a process of services has ended"));
    child.once("exit", exited);
    child.once("message", (message) => {
      child.off("exit", exited);
      resolve(message as T);
    });
  });
}

/** Says what it was, and whether it held. */
export function tellServices(order: ServicesOrder, result: ServicesResult): boolean {
  const { endsMs, stillOpen, requests, failed, rate } = result;
  const wanted = order.services * order.connections;
  const [p50, p99, worst] = [quantile(endsMs, 0.5), quantile(endsMs, 0.99), Math.max(...endsMs)];
  process.stdout.write(
    `${order.services} services in ${order.processes} processes, ${order.connections} connections each, to one bot that is retired: ` +
      `${endsMs.length} of ${wanted} ended, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, last ${worst.toFixed(0)} ms\n` +
      `unrelated requests: ${requests}, ${rate.toFixed(0)} a second, ${failed} failed\n`,
  );
  return (
    stillOpen === 0 &&
    endsMs.length === wanted &&
    worst < 1000 &&
    failed === 0 &&
    rate >= order.requestsPerSecond * 0.95
  );
}
