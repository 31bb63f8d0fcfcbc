// The agent of a host and the server are killed and started again, each and both: clients that others made go on without a failed request.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { type Bot, connect } from "../../src/index.ts";
import { CLIENTS, type Client, install } from "../interop/clients.ts";
import { mtlsService } from "../interop/http-service.ts";
import { startProgram } from "../interop/program.ts";
import { serverProcess } from "../support/server-process.ts";

const CLI = join(import.meta.dirname, "../../src/cli/main.ts");
/** Half of it is longer than all outages together and a client's pause before it tries again, which grows. */
const TTL_SECONDS = 90;
const GUEST = "spiffe://example.org/bot/default/guest";
/** Those whose package manager is on this machine. `npm run interop` asks for all. */
const clients = CLIENTS.filter(({ tool }) => spawnSync(tool, ["--help"]).error === undefined);
const server = await serverProcess();
afterAll(() => server.remove());

let said = "";

async function startAgent(socket: string): Promise<ChildProcess> {
  const { directory } = server;
  const args = ["agent", "run", "--socket", socket, "--token-file", join(directory, "node.token")];
  const child = spawn(process.execPath, [CLI, ...args, "--state-dir", join(directory, "node")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let own = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      own += chunk.toString();
      said += chunk.toString();
      if (own.includes("serves processes on")) resolve();
    });
    child.once("exit", () => reject(new Error(`the agent ended: ${own}`)));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** A client's program under requests in both directions. */
async function underRequests(client: Client, erp: Bot, endpoint: string) {
  const command = await install(client);
  const service = await mtlsService(erp, GUEST);
  const { port, serials } = service;
  const program = startProgram(command, { port, peer: erp.spiffeId.toString(), endpoint });
  const { address } = await program.first();
  let calling = true;
  let answered = 0;
  const failures: string[] = [];
  const inbound = (async () => {
    while (calling) {
      await erp
        .fetch(`https://${address}/`, { peer: GUEST })
        .then((response) => response.text())
        .then(() => (answered += 1))
        .catch((error: Error) => failures.push(`${error} ${error.cause}`));
      await sleep(20);
    }
  })();
  return {
    async end() {
      calling = false;
      await inbound;
      // A program that has ended tells nothing: that is a failure as well.
      const last = await program.last().catch((error: Error) => {
        failures.push(error.message);
        return { requests: 0, failed: 0 };
      });
      program[Symbol.dispose]();
      service.close();
      return { ...last, serials: serials.size, answered, failures, said: program.said() };
    },
  };
}

test.runIf(clients.length > 0)(
  "restarts of agent and server under requests",
  { timeout: 600_000 },
  async () => {
    await server.start();
    const register = (name: string, kind: string) =>
      server.botpass("bot", "register", name, "--kind", kind, "--owner", "o", "--purpose", "p");
    await register("host", "node");
    await register("guest", "bot");
    await register("erp", "service");
    const uid = `unix:uid:${process.getuid?.()}`;
    const entry = ["--bot", "guest", "--selector", uid, "--node", "host", "--audience", "erp"];
    await server.botpass("entry", "create", ...entry, "--x509-ttl", `${TTL_SECONDS}s`);
    const token = join(server.directory, "node.token");
    writeFileSync(token, await server.botpass("token", "create", "--bot", "host"), { mode: 0o600 });
    const erp = await connect({
      token: await server.botpass("token", "create", "--bot", "erp"),
      env: {},
    });
    const socket = join(server.directory, "agent/api.sock");
    let agent = await startAgent(socket);
    const running = [];
    for (const client of clients) {
      running.push(await underRequests(client, erp, `unix://${socket}`));
    }

    await sleep(4_000);
    await kill(agent);
    await sleep(1_500);
    agent = await startAgent(socket);
    await sleep(3_000);
    await server.end("SIGKILL");
    await sleep(1_500);
    await server.start();
    await sleep(3_000);
    await Promise.all([kill(agent), server.end("SIGKILL")]);
    await sleep(1_000);
    await server.start();
    agent = await startAgent(socket);
    // Past the end of all that was held before the first kill.
    await sleep(TTL_SECONDS * 1_000);

    const ends = await Promise.all(running.map((each) => each.end()));
    for (const [index, end] of ends.entries()) {
      const name = clients[index]?.name;
      process.stdout.write(
        `${name}: ${end.requests} out, ${end.answered} in, ${end.failed + end.failures.length} failed, ${end.serials} certificates\n`,
      );
    }
    for (const [index, end] of ends.entries()) {
      const name = clients[index]?.name;
      expect(end.failures, `${name}: ${end.said}${said}`).toEqual([]);
      expect(end.failed, `${name}: ${end.said}${said}`).toBe(0);
      expect(end.requests, name).toBeGreaterThan(200);
      expect(end.answered, name).toBeGreaterThan(200);
      expect(end.serials, name).toBeGreaterThanOrEqual(3);
    }
    agent.kill("SIGTERM");
    await once(agent, "exit");
    await erp.close();
  },
);
