// The agent of a host under many processes: what a watch costs it, and what a new process waits.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "../src/index.ts";
import { cpuMs, residentBytes } from "./process.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const KB = 1024;
const CLI = join(import.meta.dirname, "../src/cli/main.ts");
const WATCHES = join(import.meta.dirname, "watches.pl");

/** @param watches processes that watch at once. @param fetches new processes, one after the other. */
export async function benchWorkloadApi(watches: number, fetches: number): Promise<Result[]> {
  const server = new BenchServer();
  let agent: ChildProcess | undefined;
  try {
    await server.start();
    const socket = join(server.directory, "agent/api.sock");
    await register(server);
    agent = await startAgent(server, socket);
    const roundTrips = await serverRoundTrips(server, Math.min(fetches, 100));
    await fetchOnce(socket, Math.min(fetches, 20));
    const waited = await fetchOnce(socket, fetches);

    const memory = residentBytes(agent.pid);
    const cpu = cpuMs(agent.pid);
    const crowd = spawn("perl", [WATCHES, socket, String(watches), ""], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await lines(crowd, watches);
    const opening = cpuMs(agent.pid) - cpu;
    const each = (residentBytes(agent.pid) - memory) / watches;
    const settled = cpuMs(agent.pid);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const idle = cpuMs(agent.pid) - settled;
    crowd.stdin?.end();
    await once(crowd, "exit");

    const says = `${watches} processes of their own, each with its key, instance and SVID`;
    return [
      { name: "watch of the Workload API: agent memory", says, measured: each / KB, unit: "KB" },
      {
        name: "watch of the Workload API: agent CPU to open",
        says: `${says}; identity at the server included`,
        measured: opening / watches,
        unit: "ms",
      },
      {
        name: "watch of the Workload API: agent CPU while idle",
        says: `all ${watches} together, a second; the pace at which processes are looked after`,
        measured: idle / 5,
        unit: "ms",
      },
      {
        name: "fetch by a new process, p50",
        says: `${fetches} one after the other, from its connect to its SVID; bare: the same from the server itself, by a new line over its local socket`,
        measured: quantile(waited, 0.5),
        bare: quantile(roundTrips, 0.5),
        unit: "ms",
      },
      {
        name: "fetch by a new process, p99",
        says: "as above",
        measured: quantile(waited, 0.99),
        bare: quantile(roundTrips, 0.99),
        unit: "ms",
      },
    ];
  } finally {
    agent?.kill("SIGKILL");
    await server.remove();
  }
}

async function register(server: BenchServer): Promise<void> {
  const admin = server.admin();
  try {
    const owned = { owner: "bench", purpose: "bench" };
    await admin.call("BotService", "RegisterBot", { name: "host", kind: "node", ...owned });
    const { value } = await admin.call("TokenService", "CreateToken", { bot: "host" });
    writeFileSync(join(server.directory, "node.token"), String(value), { mode: 0o600 });
    const selectors = [{ type: "unix", value: `uid:${process.getuid?.()}` }];
    for (const [name, nodes] of [
      ["process", ["host"]],
      ["local", []],
    ] as const) {
      await admin.call("BotService", "RegisterBot", { name, ...owned });
      await admin.call("EntryService", "CreateEntry", { entry: { bot: name, selectors, nodes } });
    }
  } finally {
    admin.close();
  }
}

async function startAgent(server: BenchServer, socket: string): Promise<ChildProcess> {
  const token = join(server.directory, "node.token");
  const args = ["agent", "run", "--socket", socket, "--token-file", token];
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("serves processes on")) resolve();
    });
    child.once("exit", () => reject(new Error(`the agent ended: ${said}`)));
  });
  return child;
}

/** Attestation and first SVID over the server's own socket, in milliseconds. */
async function serverRoundTrips(server: BenchServer, times: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < times + 5; i += 1) {
    const begun = performance.now();
    const bot = await connect({ socketPath: server.place.botsSocket, env: {} });
    // The first ones load what they need.
    if (i >= 5) found.push(performance.now() - begun);
    await bot.close();
  }
  return found;
}

async function fetchOnce(socket: string, times: number): Promise<number[]> {
  const child = spawn("perl", [WATCHES, socket, String(times), "once"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return lines(child, times);
}

/** So many lines, each a figure. */
async function lines(child: ChildProcess, count: number): Promise<number[]> {
  const found: number[] = [];
  if (child.stdout === null) throw new Error("watches.pl has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    found.push(Number(line));
    if (found.length === count) return found;
  }
  throw new Error(`${found.length} of ${count} processes got an SVID`);
}
