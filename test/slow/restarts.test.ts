// The agent of a host and the server are killed and started again, each and both: a client of others' making goes on without a failed request.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { connect } from "../../src/index.ts";
import { serverProcess } from "../support/server-process.ts";

const CLI = join(import.meta.dirname, "../../src/cli/main.ts");
const SOURCES = join(import.meta.dirname, "../interop/go-spiffe");
const haveGo = spawnSync("go", ["version"]).status === 0;
const server = await serverProcess();
afterAll(() => server.remove());

const said = { agent: "", client: "" };

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
      said.agent += chunk.toString();
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

test.runIf(haveGo)(
  "restarts of agent and server under requests",
  { timeout: 300_000 },
  async () => {
    const program = join(server.directory, "workload");
    const built = spawnSync("go", ["build", "-mod=mod", "-o", program, "."], { cwd: SOURCES });
    expect(built.status, built.stderr.toString()).toBe(0);
    await server.start();
    const register = (name: string, kind: string) =>
      server.botpass("bot", "register", name, "--kind", kind, "--owner", "o", "--purpose", "p");
    await register("host", "node");
    await register("gopher", "bot");
    await register("erp", "service");
    const uid = `unix:uid:${process.getuid?.()}`;
    const entry = ["--bot", "gopher", "--selector", uid, "--node", "host", "--audience", "erp"];
    await server.botpass("entry", "create", ...entry, "--x509-ttl", "20s");
    const token = join(server.directory, "node.token");
    writeFileSync(token, await server.botpass("token", "create", "--bot", "host"), { mode: 0o600 });
    const erp = await connect({
      token: await server.botpass("token", "create", "--bot", "erp"),
      env: {},
    });
    const socket = join(server.directory, "agent/api.sock");
    let agent = await startAgent(socket);

    const gopher = "spiffe://example.org/bot/default/gopher";
    const service = https.createServer(
      erp.serverTls({ authorize: gopher }),
      (_request, response) => {
        response.end("hello\n");
      },
    );
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const { port } = service.address() as AddressInfo;
    const child = spawn(program, [`https://127.0.0.1:${port}/`, erp.spiffeId.toString()], {
      env: { ...process.env, SPIFFE_ENDPOINT_SOCKET: `unix://${socket}` },
    });
    child.stderr.on("data", (chunk: Buffer) => (said.client += chunk.toString()));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<Record<string, unknown>> => {
      const { value: line, done } = await lines.next();
      if (done) throw new Error(`the client ended: ${said.client}`);
      return JSON.parse(line);
    };
    const { address } = await next();

    let calling = true;
    let answered = 0;
    const failures: unknown[] = [];
    const inbound = (async () => {
      while (calling) {
        await erp
          .fetch(`https://${address}/`, { peer: gopher })
          .then((response) => response.text())
          .then(() => (answered += 1))
          .catch((error: unknown) => failures.push(error));
        await sleep(20);
      }
    })();

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
    await sleep(20_000);

    calling = false;
    await inbound;
    child.stdin.end();
    const last = await next();
    expect(failures).toEqual([]);
    expect(last.failed, said.client + said.agent).toBe(0);
    expect(Number(last.requests)).toBeGreaterThan(500);
    expect(answered).toBeGreaterThan(500);
    expect(Number(last.serials)).toBeGreaterThanOrEqual(3);
    service.close();
    service.closeAllConnections();
    agent.kill("SIGTERM");
    await once(agent, "exit");
    await erp.close();
  },
);
