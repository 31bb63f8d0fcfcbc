// One client through the whole of it: identity, JWT, bundle, and mTLS with a Node service in both directions while SVIDs rotate.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HostAgent } from "../../src/host-agent/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { runningServer } from "../support/running-server.ts";
import { mtlsService } from "./http-service.ts";
import { startProgram } from "./program.ts";
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
  const service = await mtlsService(erp, id);
  closing.defer(service.close);

  const { port, serials: shown } = service;
  const peer = erp.spiffeId.toString();
  const program = closing.use(startProgram(command, { port, peer, endpoint: door.endpoint }));
  const limit = setTimeout(() => program[Symbol.dispose](), LIMIT);
  closing.defer(() => clearTimeout(limit));
  let said = "";
  const first = await program.first();
  const incoming = { requests: 0, failed: 0 };
  const until = performance.now() + LIMIT / 2;
  while (
    !program.hasEnded() &&
    performance.now() < until &&
    (shown.size <= ROTATIONS || incoming.requests <= 100)
  ) {
    incoming.requests += 1;
    try {
      const response = await erp.fetch(`https://${first.address}/`, { peer: id });
      if ((await response.text()) !== "hello\n") throw new Error("another answer");
    } catch (error) {
      incoming.failed += 1;
      said = `${said}to the client: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`;
    }
    await sleep(20);
  }
  // The client notes its newest certificate at its next request.
  await sleep(1_000);
  const last = await program.last();
  return {
    x509: first.spiffeId === id,
    jwtFetch: first.jwtSubject === undefined ? undefined : first.jwtSubject === id,
    jwtValidate: first.jwtValidated === undefined ? undefined : first.jwtValidated === id,
    bundle: first.bundle === "example.org",
    out: last,
    in: incoming,
    rotations: Math.min(shown.size, last.serials) - 1,
    faults: [],
    said: program.said() + said.slice(0, 4_000),
  };
}
