// go-spiffe as it is, behind a host agent: X.509 and JWT, and mTLS with a Node service in both directions while SVIDs rotate.
import { spawn, spawnSync } from "node:child_process";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { HostAgent } from "../../src/host-agent/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { runningServer } from "../support/running-server.ts";

const directory = join(import.meta.dirname, "../interop/workload");
const haveGo = spawnSync("go", ["version"]).status === 0;

test.runIf(haveGo)("go-spiffe behind a host agent", { timeout: 300_000 }, async () => {
  const server = await runningServer();
  const program = join(server.directory, "workload");
  const built = spawnSync("go", ["build", "-mod=mod", "-o", program, "."], { cwd: directory });
  expect(built.status, built.stderr.toString()).toBe(0);
  await server.register("host", { kind: "node" });
  await server.register("gopher");
  await server.register("erp", { kind: "service" });
  await server.admin.call("EntryService", "CreateEntry", {
    entry: {
      bot: "gopher",
      selectors: [{ type: "unix", value: `uid:${process.getuid?.()}` }],
      audiences: ["erp"],
      nodes: ["host"],
      x509TtlSeconds: 4,
    },
  });
  const node = await server.connect({ token: (await server.token("host")).value });
  const erp = await server.connect({ token: (await server.token("erp")).value });
  const host = new HostAgent({ node });
  const door = await serveWorkloadApi({
    path: join(server.directory, "a/api.sock"),
    provider: host,
  });
  const gopher = "spiffe://example.org/bot/default/gopher";
  const service = https.createServer(erp.serverTls({ authorize: gopher }), (_request, response) => {
    response.end("hello\n");
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const { port } = service.address() as AddressInfo;

  const child = spawn(program, [`https://127.0.0.1:${port}/`, erp.spiffeId.toString()], {
    env: { ...process.env, SPIFFE_ENDPOINT_SOCKET: door.endpoint },
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value: line, done } = await lines.next();
    if (done) throw new Error(`the client ended: ${said}`);
    return JSON.parse(line);
  };
  const first = await next();
  expect(first).toMatchObject({ spiffeId: gopher, jwtSubject: gopher });
  const until = Date.now() + 9_000;
  let answered = 0;
  while (Date.now() < until) {
    const response = await erp.fetch(`https://${first.address}/`, { peer: gopher });
    expect(await response.text()).toBe("hello\n");
    answered += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.stdin.end();
  const last = await next();
  expect(last.failed, said).toBe(0);
  expect(Number(last.requests)).toBeGreaterThan(50);
  expect(Number(last.serials)).toBeGreaterThanOrEqual(4);
  expect(answered).toBeGreaterThan(50);
  service.close();
  service.closeAllConnections();
  await door.close();
  await host.close();
  await server.close();
});
