// connect() over the Workload API of a host agent: what a bot of any SPIFFE agent has. Real sockets, driven clock.
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Client, type ServiceDefinition } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HostAgent } from "../../src/host-agent/index.ts";
import { type Bot, byPassport, connect, exactly, peerOf } from "../../src/index.ts";
import { TrustDomain } from "../../src/spiffe/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const UID = `uid:${process.getuid?.()}`;
const GID = `gid:${process.getgid?.()}`;
const MAIN = "spiffe://example.org/bot/default/main";
const OTHER = "spiffe://example.org/bot/default/other";
const ERP = "spiffe://example.org/bot/default/erp";

let clock: DrivenClock;
let server: TestServer;
let endpoint: string;
let entries: { main: string; other: string };
let bot: Bot;
let erp: Bot;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  clock = new DrivenClock();
  server = await runningServer({ clock });
  closing.push(() => server.close());
  await server.register("node", { kind: "node" });
  const host = new HostAgent({
    node: await server.connect({ token: (await server.token("node")).value }),
  });
  closing.push(() => host.close());
  const path = join(server.directory, "n/api.sock");
  const door = await serveWorkloadApi({ path, provider: host });
  closing.push(() => door.close());
  endpoint = `unix://${path}`;
  const entry = async (name: string, values: string[], hint: string): Promise<string> => {
    await server.register(name);
    const selectors = values.map((value) => ({ type: "unix", value }));
    const more = { nodes: ["node"], audiences: ["crm"], hint };
    const made = await server.admin.call("EntryService", "CreateEntry", {
      entry: { bot: name, selectors, ...more },
    });
    return (made.entry as { id: string }).id;
  };
  entries = {
    main: await entry("main", [UID, GID], "first"),
    other: await entry("other", [UID], "second"),
  };
  await server.register("erp", { kind: "service" });
  erp = await server.connect({ token: (await server.token("erp")).value });
  bot = await server.connect({ env: { SPIFFE_ENDPOINT_SOCKET: endpoint } });
});
afterEach(async () => {
  await bot.close();
  await erp.close();
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(of: Bot, peer: string): Promise<string> {
  const web = createServer(of.serverTls({ authorize: exactly(peer) }), (request, response) => {
    const { spiffeId, serialHex } = peerOf(request);
    response.end(`${spiffeId} ${serialHex}`);
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    web.close();
    web.closeAllConnections();
  });
  return `https://127.0.0.1:${(web.address() as AddressInfo).port}`;
}

const serialOf = (of: Bot): string => of.x509Svid().serialHex;

test("connect finds the Workload API by the environment, or by the option", async () => {
  expect(String(bot.spiffeId)).toBe(MAIN);
  expect(bot.identities().map(String)).toEqual([MAIN, OTHER]);
  expect(bot.x509Svids().map(({ hint }) => hint)).toEqual(["first", "second"]);
  expect(bot.kind).toBeUndefined();
  const second = bot.identity({ hint: "second" });
  expect(String(second.spiffeId)).toBe(OTHER);
  expect(String(second.x509Svid().spiffeId)).toBe(OTHER);
  expect(String((await second.jwtSvid(["crm"])).spiffeId)).toBe(OTHER);
  expect(() => bot.identity({ hint: "third" })).toThrow(
    expect.objectContaining({ code: "NO_IDENTITY" }),
  );
  const [bundle] = bot.bundles();
  expect(bundle?.x509Authorities).toHaveLength(1);
  expect(bundle?.jwtAuthorities).toHaveLength(1);
  expect(bot.bundleFor(TrustDomain.parse("example.org"))).toBe(bundle);
  expect(bot.bundleFor(TrustDomain.parse("other.test"))).toBeUndefined();
  expect(bot.isDenied({ spiffeId: MAIN })).toBeUndefined();
  await bot.deniedReady();
  await bot.calls.ready();
  const url = await listen(erp, MAIN);
  await expect(bot.fetch(url, { peer: byPassport() })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
    message: expect.stringContaining("a Workload API does not tell what passports allow"),
    details: { peer: ERP, rule: "untold" },
  });
  expect(() => bot.openBeside()).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));

  const named = await server.connect({ endpoint, identity: { hint: "second" } });
  expect(String(named.spiffeId)).toBe(OTHER);
  expect(String((await named.jwtSvid("crm")).spiffeId)).toBe(OTHER);
  await named.close();
  expect(() => named.x509Svid()).toThrow(expect.objectContaining({ code: "CLOSED" }));
});

test("what names a server comes first, and an endpoint beside it is refused", async () => {
  const env = { SPIFFE_ENDPOINT_SOCKET: endpoint };
  await server.register("named");
  const token = (await server.token("named")).value;
  const byToken = await server.connect({ env: { ...env, BOTPASS_TOKEN: token } });
  expect(byToken.spiffeId.path).toBe("/bot/default/named");
  await expect(server.connect({ endpoint, token })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
  await expect(
    server.connect({ env: { SPIFFE_ENDPOINT_SOCKET: "http://x" } }),
  ).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  // A socket that is named is asked, and no other.
  const nowhere = join(server.directory, "nowhere.sock");
  await expect(
    server.connect({ env: { ...env, BOTPASS_SOCKET: nowhere }, timeoutMs: 0 }),
  ).rejects.toThrow(nowhere);
});

test("a saved identity comes before the Workload API, and the Workload API when it is refused", async () => {
  const stateDirectory = join(server.directory, "state");
  await server.register("saved");
  const token = (await server.token("saved")).value;
  await (await server.connect({ token, stateDirectory })).close();
  const env = { SPIFFE_ENDPOINT_SOCKET: endpoint };
  const again = await server.connect({ env, stateDirectory });
  expect(again.spiffeId.path).toBe("/bot/default/saved");
  await again.close();
  await server.admin.call("BotService", "RetireBot", { name: "saved" });
  const fallen = await server.connect({ env, stateDirectory });
  expect(String(fallen.spiffeId)).toBe(MAIN);
});

test("NO_WAY_IN lists the Workload API with what was tried before it", async () => {
  const env = { SPIFFE_ENDPOINT_SOCKET: "unix:///nowhere/api.sock" };
  const error: unknown = await connect({ env, timeoutMs: 200 }).catch((each: unknown) => each);
  expect(error).toMatchObject({ code: "NO_WAY_IN" });
  expect(String(error)).toMatch(/join token: neither/);
  expect(String(error)).toMatch(/state directory: none/);
  expect(String(error)).toMatch(
    /SPIFFE_ENDPOINT_SOCKET unix:\/\/\/nowhere\/api.sock: no answer .*\(UNAVAILABLE\)/,
  );
});

test("mTLS both ways: fetch, raw TLS, gRPC, tokens", async () => {
  const theirs = await listen(erp, MAIN);
  expect(await (await bot.fetch(theirs, { peer: ERP })).text()).toBe(`${MAIN} ${serialOf(bot)}`);
  await expect(bot.fetch(theirs, { peer: MAIN })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
  });
  const ours = await listen(bot, ERP);
  expect(await (await erp.fetch(ours, { peer: MAIN })).text()).toBe(`${ERP} ${serialOf(erp)}`);
  let refused: Error | undefined;
  bot.fetch(ours, { peer: MAIN }).catch((error: Error) => (refused = error));
  // Who is not let in looks once more whether there is another SVID by now.
  while (refused === undefined) await clock.advance(20);
  expect(refused.message).toBe("fetch failed");
  const port = Number(new URL(theirs).port);
  const socket = await bot.connectTls({ host: "127.0.0.1", port, peer: ERP });
  socket.destroy();
  expect(bot.clientTls({ peer: ERP }).cert).toBeDefined();
  expect(bot.httpsAgent({ peer: ERP })).toBeDefined();

  const who = {
    path: "/test.Echo/Who",
    requestStream: false,
    responseStream: false,
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: (bytes: Buffer) => bytes.toString(),
    responseSerialize: (text: string) => Buffer.from(text),
    responseDeserialize: (bytes: Buffer) => bytes.toString(),
  };
  const grpc = bot.grpcServer({ authorize: exactly(MAIN) });
  grpc.grpc.addService({ Who: who } satisfies ServiceDefinition, {
    Who: (call: object, answer: (error: null, text: string) => void) =>
      answer(null, String(peerOf(call).spiffeId)),
  });
  const address = `127.0.0.1:${await grpc.listen({ host: "127.0.0.1", port: 0 })}`;
  const client = new Client(address, bot.grpcCredentials({ peer: MAIN }));
  const heard = await new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      who.path,
      who.requestSerialize,
      who.responseDeserialize,
      "x",
      (error, text) => (error ? reject(error) : resolve(text)),
    );
  });
  expect(heard).toBe(MAIN);
  client.close();
  await grpc.close(100);

  const { token } = await bot.jwtSvid("crm");
  expect(String(erp.verifyJwt(token, { audience: "crm" }).spiffeId)).toBe(MAIN);
  expect(String(bot.verifyJwt(token, { audience: "crm" }).spiffeId)).toBe(MAIN);
});

test("rotation: the agent's new SVID is told and used at once, and old connections end", async () => {
  const url = await listen(erp, MAIN);
  const first = serialOf(bot);
  const port = Number(new URL(url).port);
  const old = await bot.connectTls({ host: "127.0.0.1", port, peer: ERP });
  const ended = once(old, "close");
  const told: string[] = [];
  bot.on("rotated", ({ serialHex }) => told.push(serialHex));
  await clock.advance(45 * 60_000, 1);
  await vi.waitFor(() => expect(serialOf(bot)).not.toBe(first));
  expect(told).toContain(serialOf(bot));
  expect(await (await bot.fetch(url, { peer: ERP })).text()).toBe(`${MAIN} ${serialOf(bot)}`);
  await clock.advance(16 * 60_000, 1);
  await ended;
});

test("an identity that is taken away is told, and nothing is used any more", async () => {
  const url = await listen(erp, MAIN);
  const told: string[][] = [];
  bot.on("identities", (ids) => told.push(ids.map(String)));
  await server.admin.call("EntryService", "DeleteEntry", { id: entries.main });
  await vi.waitFor(() => expect(told).toEqual([[OTHER]]));
  expect(String(bot.spiffeId)).toBe(OTHER);
  await server.admin.call("EntryService", "DeleteEntry", { id: entries.other });
  await vi.waitFor(() => expect(told).toEqual([[OTHER], []]));
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "NO_IDENTITY" }));
  await expect(bot.jwtSvid("crm")).rejects.toMatchObject({ code: "NO_IDENTITY" });
  await expect(bot.fetch(url, { peer: ERP })).rejects.toMatchObject({ code: "NO_IDENTITY" });
});
