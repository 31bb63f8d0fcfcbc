// SPIRE's own server and agent: Node service and Node client with mTLS by this library's client of the Workload API.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { connectTls, createFetch, serverTls, verifyJwt } from "../../src/index.ts";
import {
  JwtSource,
  WorkloadApiClient,
  workloadIdentity,
  X509BundleSource,
  X509Source,
} from "../../src/workload-api.ts";
import { freePort } from "../support/free-port.ts";
import { getByMtls, mtlsService } from "./http-service.ts";
import { type Result, ROTATIONS } from "./result.ts";

const run = promisify(execFile);
/** Seconds that an X509-SVID lives; the agent, which asks every second here, replaces it at half of it. */
const TTL_SECONDS = 10;
/** Milliseconds in which SPIRE must be up, and in which the rotations must be seen. */
const LIMIT = 60_000;
const HOST = "spiffe://example.org/host";
const SERVICE = "spiffe://example.org/service";
const CALLER = "spiffe://example.org/caller";

/** The version of the `spire-agent` of the PATH; its server must be there, too. Rejects when it is not. */
export async function spireVersion(): Promise<string> {
  await run("spire-server", ["--version"]);
  const { stdout, stderr } = await run("spire-agent", ["--version"]);
  return (stdout + stderr).trim();
}

/** Starts a program that is killed with the stack, and waits until its health check succeeds. */
async function start(
  closing: AsyncDisposableStack,
  [program, ...args]: readonly [string, ...string[]],
  socket: string,
): Promise<void> {
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  }
  closing.defer(async () => {
    if (child.exitCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  });
  const until = performance.now() + LIMIT;
  for (;;) {
    const healthy = await run(program, ["healthcheck", "-socketPath", socket]).then(
      () => true,
      () => false,
    );
    if (healthy) return;
    if (child.exitCode !== null || performance.now() > until) {
      throw new Error(`${program} is not up: ${said}`);
    }
    await sleep(100);
  }
}

/** A server and an agent that gives this user's processes two identities; returns the agent's endpoint. */
async function startSpire(closing: AsyncDisposableStack): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "bp-spire-"));
  closing.defer(() => rmSync(directory, { recursive: true, force: true }));
  const port = await freePort();
  const serverSocket = join(directory, "server.sock");
  const agentSocket = join(directory, "agent.sock");
  const serverConfig = join(directory, "server.conf");
  writeFileSync(
    serverConfig,
    `server {
  bind_address = "127.0.0.1"
  bind_port = "${port}"
  socket_path = "${serverSocket}"
  trust_domain = "example.org"
  data_dir = "${directory}/server"
  log_level = "WARN"
}
plugins {
  DataStore "sql" {
    plugin_data { database_type = "sqlite3", connection_string = "${directory}/db.sqlite3" }
  }
  NodeAttestor "join_token" { plugin_data {} }
  KeyManager "memory" { plugin_data {} }
}
`,
  );
  await start(closing, ["spire-server", "run", "-config", serverConfig], serverSocket);
  const spire = async (...args: string[]): Promise<string> =>
    (await run("spire-server", [...args, "-socketPath", serverSocket])).stdout;
  writeFileSync(join(directory, "bundle.pem"), await spire("bundle", "show"));
  const generated = await spire("token", "generate", "-spiffeID", HOST);
  const token = /Token: (\S+)/.exec(generated)?.[1];
  if (token === undefined) throw new Error(`no token in ${generated}`);
  for (const id of [SERVICE, CALLER]) {
    const selector = ["-selector", `unix:uid:${process.getuid?.()}`];
    const ttl = ["-x509SVIDTTL", `${TTL_SECONDS}`];
    await spire("entry", "create", "-parentID", HOST, "-spiffeID", id, ...selector, ...ttl);
  }
  const agentConfig = join(directory, "agent.conf");
  writeFileSync(
    agentConfig,
    `agent {
  data_dir = "${directory}/agent"
  log_level = "WARN"
  server_address = "127.0.0.1"
  server_port = "${port}"
  socket_path = "${agentSocket}"
  trust_bundle_path = "${directory}/bundle.pem"
  trust_domain = "example.org"
  experimental { sync_interval = "1s" }
}
plugins {
  NodeAttestor "join_token" { plugin_data {} }
  KeyManager "memory" { plugin_data {} }
  WorkloadAttestor "unix" { plugin_data {} }
}
`,
  );
  const agent = ["run", "-config", agentConfig, "-joinToken", token];
  await start(closing, ["spire-agent", ...agent], agentSocket);
  return `unix://${agentSocket}`;
}

/** All five calls, the three sources, and requests while SPIRE rotates. Rejects when SPIRE does not start. */
export async function exerciseSpire(): Promise<Result> {
  await using closing = new AsyncDisposableStack();
  const endpoint = await startSpire(closing);
  const identityOf = async (id: string) => {
    const source = await X509Source.open({
      endpoint,
      pick: (svids) => svids.find(({ spiffeId }) => spiffeId.toString() === id),
    });
    closing.use(source);
    const jwt = closing.use(await JwtSource.open({ endpoint }));
    return { source, jwt, identity: workloadIdentity(source, { jwt }) };
  };
  const service = await identityOf(SERVICE);
  const caller = await identityOf(CALLER);
  const client = new WorkloadApiClient({ endpoint });
  closing.defer(() => client.close());

  const { spiffeId } = caller.source.x509Svid();
  const { token } = await caller.jwt.jwtSvid(["erp"], spiffeId);
  const verified = verifyJwt(service.identity, token, { audience: "erp" });
  const validated = await client.validateJwtSvid(token, "erp");
  const bundles = closing.use(await X509BundleSource.open({ endpoint }));
  const { trustDomain } = spiffeId;
  const bundle =
    bundles.bundleFor(trustDomain) !== undefined &&
    (await client.fetchJwtBundles()).some((each) => each.trustDomain.equals(trustDomain));

  const { identity } = service;
  const door = await mtlsService({ serverTls: (options) => serverTls(identity, options) }, CALLER);
  closing.defer(door.close);
  const fetch = createFetch(caller.identity);
  closing.defer(() => fetch.close());
  const serials = new Set<string>();
  const counts = { out: { requests: 0, failed: 0 }, in: { requests: 0, failed: 0 } };
  let said = "";
  const ask = async (way: "out" | "in", request: () => Promise<unknown>): Promise<void> => {
    counts[way].requests += 1;
    await request().catch((error: unknown) => {
      counts[way].failed += 1;
      said = `${said}${way}: ${error}\n`.slice(0, 4_000);
    });
  };
  const until = performance.now() + LIMIT;
  const rotations = (): number => Math.min(serials.size, door.serials.size) - 1;
  while (performance.now() < until && !(rotations() >= ROTATIONS && counts.out.requests > 100)) {
    await ask("out", async () => {
      const answer = await fetch(`https://127.0.0.1:${door.port}/`, { peer: SERVICE });
      if ((await answer.text()) !== "hello\n") throw new Error("another answer");
    });
    await ask("in", async () => {
      const connected = {
        connectTls: (target: Parameters<typeof connectTls>[1]) =>
          connectTls(caller.identity, target),
      };
      serials.add(await getByMtls(connected, door.port, SERVICE, "hello\n"));
    });
    await sleep(20);
  }
  return {
    x509: spiffeId.toString() === CALLER,
    jwtFetch: verified.spiffeId.toString() === CALLER,
    jwtValidate: validated.spiffeId.toString() === CALLER,
    bundle,
    ...counts,
    rotations: rotations(),
    faults: [],
    said,
  };
}
