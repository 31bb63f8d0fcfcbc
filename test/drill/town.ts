// The issuer as a process, a bot, and three services that it calls: one of this library, Envoy, and go-spiffe.
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { HostAgent } from "../../src/host-agent/index.ts";
import { type Bot, connect, peerOf } from "../../src/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { CLIENTS, install } from "../interop/clients.ts";
import { installEnvoy, startEnvoy } from "../interop/envoy.ts";
import { listen, mtlsService, plainService } from "../interop/http-service.ts";
import { configurationOf } from "../interop/page.ts";
import { startProgram } from "../interop/program.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { serverProcess } from "../support/server-process.ts";

export const BOT = "payer";
export const BOT_ID = "spiffe://example.org/bot/default/payer";
/** Seconds that the bot's X509-SVIDs live. */
export const SVID_SECONDS = 60;
/** After so many seconds Envoy closes a connection, whatever its peer. */
export const ENVOY_SECONDS = 15;

/** A service that the bot may call. */
export interface Service {
  readonly name: string;
  readonly id: string;
  readonly port: number;
}

/** The same SVID, seen from two addresses. */
export interface Alarm {
  readonly serial: string;
  readonly addresses: readonly string[];
}

export interface Town extends AsyncDisposable {
  readonly directory: string;
  readonly stateDirectory: string;
  readonly bot: Bot;
  readonly services: readonly Service[];
  /** What the service of this library has noticed. */
  readonly alarms: readonly Alarm[];
  /** Runs `botpass …`. */
  botpass(...args: string[]): Promise<string>;
}

/** Starts all of it. Rejects when Envoy or go-spiffe cannot be installed. */
export async function openTown(): Promise<Town> {
  const stack = new AsyncDisposableStack();
  try {
    return await open(stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function open(stack: AsyncDisposableStack): Promise<Town> {
  const envoyProgram = await installEnvoy(join(tmpdir(), "botpass-interop", "envoy"));
  const goSpiffe = CLIENTS.find(({ name }) => name === "go-spiffe");
  if (goSpiffe === undefined) throw new Error("there is no program with go-spiffe");
  const goCommand = await install(goSpiffe);

  const server = await serverProcess("fatal");
  stack.defer(() => server.remove());
  await server.start();
  const admin = dialTestAdmin(join(server.dataDir, "admin.sock"));
  stack.defer(() => admin.close());
  const register = (name: string, more: object = {}) =>
    admin.call("BotService", "RegisterBot", { name, owner: "drill", purpose: "drill", ...more });
  const tokenOf = async (bot: string) =>
    String((await admin.call("TokenService", "CreateToken", { bot })).value);
  await register("host", { kind: "node" });
  for (const name of ["ledger", "edge", "go"]) await register(name, { kind: "service" });
  await register(BOT, { entry: { selectors: [], x509TtlSeconds: SVID_SECONDS } });
  for (const [bot, path] of [
    ["edge", envoyProgram],
    ["go", goCommand[0] ?? ""],
  ] as const) {
    const values = [`uid:${process.getuid?.()}`, `path:${path}`];
    const selectors = values.map((value) => ({ type: "unix", value }));
    const entry = { bot, selectors, audiences: ["erp"], nodes: ["host"] };
    await admin.call("EntryService", "CreateEntry", { entry });
  }
  const stateDirectory = join(server.directory, "payer-state");
  const connected = async (name: string, more: object = {}): Promise<Bot> => {
    const bot = await connect({ token: await tokenOf(name), env: {}, ...more });
    stack.defer(() => bot.close());
    return bot;
  };
  const bot = await connected(BOT, { stateDirectory });
  const ledger = await connected("ledger");
  const node = await connected("host");

  const host = new HostAgent({ node });
  stack.defer(() => host.close());
  const path = join(server.directory, "a/api.sock");
  const door = await serveWorkloadApi({ path, provider: host });
  stack.defer(() => door.close());

  const watched = await watchedService(ledger);
  stack.defer(watched.close);
  const app = await plainService();
  stack.defer(app.close);
  const config = configurationOf("envoy", "yaml", [
    ["/run/botpass/agent/api.sock", path],
    ["address: 0.0.0.0, port_value: 8443", "address: 127.0.0.1, port_value: 0"],
    ["port_value: 9000", "port_value: 0"],
    ["port_value: 9901", "port_value: 0"],
    ["port_value: 8080", `port_value: ${app.port}`],
    ["address: 10.0.0.7, port_value: 8443", "address: 127.0.0.1, port_value: 9"],
    ["spiffe://example.org/bot/default/erp", BOT_ID],
    ["max_connection_duration: 900s", `max_connection_duration: ${ENVOY_SECONDS}s`],
  ]);
  const envoy = await startEnvoy(envoyProgram, server.directory, config);
  stack.defer(() => void envoy.child.kill("SIGTERM"));
  // What the program with go-spiffe calls all the time.
  const target = await mtlsService(bot, "spiffe://example.org/bot/default/go");
  stack.defer(target.close);
  const program = startProgram(goCommand, {
    port: target.port,
    peer: BOT_ID,
    endpoint: door.endpoint,
  });
  stack.defer(() => program[Symbol.dispose]());
  const { address } = await program.first();
  const idOf = (name: string) => `spiffe://example.org/bot/default/${name}`;
  return {
    directory: server.directory,
    stateDirectory,
    bot,
    alarms: watched.alarms,
    services: [
      { name: "this library", id: idOf("ledger"), port: watched.port },
      { name: "Envoy", id: idOf("edge"), port: envoy.inbound },
      { name: "go-spiffe", id: idOf("go"), port: Number(address.split(":").at(-1)) },
    ],
    botpass: (...args) => server.botpass(...args),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A service that notes from where each SVID is used: one from two addresses is in two hands. */
async function watchedService(self: Bot) {
  const alarms: Alarm[] = [];
  const seen = new Map<string, Set<string>>();
  const server = https.createServer(
    self.serverTls({ authorize: BOT_ID }),
    (_request, response) => void response.end("hello\n"),
  );
  server.on("secureConnection", (socket: TLSSocket) => {
    const { serialHex } = peerOf(socket);
    const addresses = seen.get(serialHex) ?? new Set();
    seen.set(serialHex, addresses);
    const known = addresses.size;
    addresses.add(socket.remoteAddress ?? "");
    if (known === 1 && addresses.size === 2) {
      alarms.push({ serial: serialHex, addresses: [...addresses] });
    }
  });
  return {
    alarms,
    port: await listen(server),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
