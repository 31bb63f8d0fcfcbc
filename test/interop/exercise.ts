// One client through the whole of it: identity, JWT, bundle, and mTLS with a Node service in both directions while SVIDs rotate.
import { spawn } from "node:child_process";
import { once } from "node:events";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TLSSocket } from "node:tls";
import { HostAgent } from "../../src/host-agent/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { runningServer } from "../support/running-server.ts";
import { type Result, ROTATIONS } from "./result.ts";

/** Seconds that a client's X509-SVID lives: it is replaced at half of it. */
const TTL_SECONDS = 4;
/** Milliseconds in which a client must begin, see its rotations, and end. */
const LIMIT = 60_000;

/** Runs a client's program behind a host agent of its own. Rejects when the program ends early or says nothing in time. */
export async function exercise(name: string, command: readonly string[]): Promise<Result> {
  await using closing = new AsyncDisposableStack();
  const server = await runningServer();
  closing.defer(() => server.close());
  await server.register("host", { kind: "node" });
  await server.register(name);
  await server.register("erp", { kind: "service" });
  await server.admin.call("EntryService", "CreateEntry", {
    entry: {
      bot: name,
      selectors: [{ type: "unix", value: `uid:${process.getuid?.()}` }],
      audiences: ["erp"],
      nodes: ["host"],
      x509TtlSeconds: TTL_SECONDS,
    },
  });
  const node = await server.connect({ token: (await server.token("host")).value });
  const erp = await server.connect({ token: (await server.token("erp")).value });
  const host = new HostAgent({ node });
  closing.defer(() => host.close());
  const door = await serveWorkloadApi({
    path: join(server.directory, "a/api.sock"),
    provider: host,
  });
  closing.defer(() => door.close());

  const id = `spiffe://example.org/bot/default/${name}`;
  const shown = new Set<string>();
  const service = https.createServer(erp.serverTls({ authorize: id }), (request, response) => {
    shown.add((request.socket as TLSSocket).getPeerCertificate().serialNumber);
    response.end("hello\n");
  });
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  closing.defer(() => {
    service.close();
    service.closeAllConnections();
  });
  const { port } = service.address() as AddressInfo;

  const [program = "", ...args] = command;
  const child = spawn(program, [...args, `https://127.0.0.1:${port}/`, erp.spiffeId.toString()], {
    env: { ...process.env, SPIFFE_ENDPOINT_SOCKET: door.endpoint },
  });
  closing.defer(() => {
    child.kill("SIGKILL");
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT);
  closing.defer(() => clearTimeout(limit));
  let said = "";
  const keep = (text: string): void => {
    said = (said + text).slice(0, 4_000);
  };
  child.on("error", (error) => keep(`${error.message}\n`));
  child.stdin.on("error", (error) => keep(`${error.message}\n`));
  child.stderr.on("data", (chunk: Buffer) => keep(chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value: line, done } = await lines.next();
    if (done) throw new Error(`the client ended early, or took longer than ${LIMIT} ms\n${said}`);
    return JSON.parse(line);
  };

  const first = await next();
  const incoming = { requests: 0, failed: 0 };
  const until = performance.now() + LIMIT / 2;
  while (
    child.exitCode === null &&
    performance.now() < until &&
    (shown.size <= ROTATIONS || incoming.requests <= 100)
  ) {
    incoming.requests += 1;
    try {
      const response = await erp.fetch(`https://${first.address}/`, { peer: id });
      if ((await response.text()) !== "hello\n") throw new Error("another answer");
    } catch (error) {
      incoming.failed += 1;
      keep(`to the client: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.stdin.end();
  const last = await next();
  return {
    x509: first.spiffeId === id,
    jwtFetch: first.jwtSubject === undefined ? undefined : first.jwtSubject === id,
    jwtValidate: first.jwtValidated === undefined ? undefined : first.jwtValidated === id,
    bundle: first.bundle === "example.org",
    out: { requests: Number(last.requests), failed: Number(last.failed) },
    in: incoming,
    rotations: Math.min(shown.size, Number(last.serials)) - 1,
    faults: [],
    said,
  };
}
