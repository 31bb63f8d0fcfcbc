// What bots are granted beside what services report that they use: over real sockets, with the packages that people use.
import { once } from "node:events";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer, request as httpsRequest, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import {
  Client,
  Metadata,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import express from "express";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Agent } from "../../src/agent/index.ts";
import { errorCodeOf } from "../../src/errors.ts";
import { type Bot, exactly, type GrpcCall, memberOf, verifyRequest } from "../../src/index.ts";
import type { UsesReport } from "../../src/wire/index.ts";
import { run } from "../cli/run-cli.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { SkewedClock } from "../support/skewed-clock.ts";

const driven = new DrivenClock();
const clock = new SkewedClock(driven);
const ANY = memberOf("example.org");
const idOf = (name: string) => `spiffe://example.org/bot/default/${name}`;
const DAY_MS = 86_400_000;

let server: TestServer;
let erp: Bot;
let poster: Bot;
const closers: (() => unknown)[] = [];

interface Used {
  readonly service: string;
  readonly audience: string;
  readonly operation: string;
  readonly refused: string;
  readonly count: number;
  readonly granted: boolean;
}

beforeAll(async () => {
  server = await runningServer({ clock });
  const join = (name: string) => ({ selectors: [{ type: "join_token", value: `bot:${name}` }] });
  await server.register("erp", { kind: "service" });
  await server.register("hr", { kind: "service" });
  await server.register("poster", {
    terms: { mayCall: ["erp", "spiffe://example.org/bot/billing/*"] },
    owner: "olga",
    entry: { ...join("poster"), audiences: ["erp", "crm"] },
  });
  await server.register("other");
  await server.register("never", { entry: { ...join("never"), audiences: ["erp"] } });
  erp = await open("erp");
  poster = await open("poster");
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await server.close();
});

async function open(name: string, options: object = {}): Promise<Bot> {
  return server.connect({ token: (await server.token(name)).value, ...options });
}

async function listen(web: Server): Promise<number> {
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    web.close();
    web.closeAllConnections?.();
  });
  return (web.address() as AddressInfo).port;
}

/** One interval, and what comes with it. */
const report = () => driven.advance(75_000, 15);

async function usage(bot: string, more: object = {}) {
  const answer = await server.admin.call("ExplainService", "GetUsage", { bot, ...more });
  return answer as unknown as {
    readonly used: readonly Used[];
    readonly audiences: readonly { audience: string; lastUsedMs: number }[];
    readonly state: string;
    readonly lastUsedMs: number;
  };
}

/** "service audience operation outcome count", without what was not asked for. */
async function told(bot: string, service: string): Promise<string[]> {
  const { used } = await usage(bot);
  return used
    .filter((each) => each.service === service)
    .map((each) =>
      [each.audience, each.operation, each.refused, each.count]
        .filter((part) => part !== "")
        .join(" "),
    )
    .sort();
}

async function cli(...argv: string[]) {
  return run(["--admin-socket", server.server.adminSocket, ...argv], { cwd: server.directory });
}

test("requests over HTTP/1 are told by method and route, once an interval has passed; the last use is known", async () => {
  const app = express();
  const invoices = express.Router();
  invoices.post("/:id", (_request, response) => response.end("ok"));
  app.use("/invoices", invoices);
  const port = await listen(createServer(erp.serverTls({ authorize: ANY }), app));
  for (const path of ["/invoices/4711?draft=1", "/invoices/4712"]) {
    const response = await poster.fetch(`https://127.0.0.1:${port}${path}`, {
      method: "POST",
      peer: exactly(idOf("erp")),
    });
    expect(await response.text()).toBe("ok");
  }
  const lost = await poster.fetch(`https://127.0.0.1:${port}/secret/4711/mail@x?key=1`, {
    peer: ANY,
  });
  await lost.text();
  expect(await told("poster", "erp")).toEqual([]);
  const at = clock.now().getTime();
  await report();
  const counted = [expect.stringMatching(/^\d$/), "GET /secret/*/* 1", "POST /invoices/:id 2"];
  const first = await told("poster", "erp");
  expect(first).toEqual(counted);
  const { state, lastUsedMs } = await usage("poster");
  expect(state).toBe("used");
  expect(Math.abs(lastUsedMs - at)).toBeLessThan(5_000);
  // Nothing is told twice.
  await report();
  expect(await told("poster", "erp")).toEqual(first);
});

test("a connection that outlives a report goes on being counted", async () => {
  const service = await open("hr");
  const web = createServer(service.serverTls({ authorize: ANY }), (_q, response) =>
    response.end("ok"),
  );
  const port = await listen(web);
  const agent = poster.httpsAgent({ peer: ANY });
  closers.push(() => agent.destroy());
  Object.assign(agent, { keepAlive: true, maxSockets: 1 });
  const get = async () => {
    const sent = httpsRequest({ host: "127.0.0.1", port, path: "/", agent }).end();
    const [response] = await once(sent, "response");
    response.resume();
    await once(response, "end");
  };
  await get();
  await report();
  await get();
  await get();
  await report();
  const { used } = await usage("poster");
  const counts = used
    .filter((each) => each.service === "hr")
    .map((each) => `${each.operation} ${each.count}`);
  expect(counts.sort()).toEqual([" 1", "GET / 3"]);
  await service.close();
});

test("HTTP/2 streams, gRPC calls and WebSockets are told by what they name", async () => {
  const service = await open("erp");
  const h2 = createSecureServer(service.serverTls({ authorize: ANY }));
  h2.on("stream", (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 200 });
    stream.end("ok");
  });
  const h2Port = await listen(h2 as unknown as Server);
  const session = await poster.http2Connect(`https://127.0.0.1:${h2Port}`, { peer: ANY });
  for (const path of ["/v2/stock/77", "/v2/stock/78"]) {
    const stream = session.request({ ":path": path });
    stream.resume();
    await once(stream, "end");
  }
  session.close();

  const definition = {
    Post: {
      path: "/erp.v1.Invoices/Post",
      requestStream: false,
      responseStream: false,
      requestSerialize: (value: Buffer) => value,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (value: Buffer) => value,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  } satisfies ServiceDefinition;
  const grpc = service.grpcServer({ authorize: ANY });
  grpc.grpc.addService(definition, {
    Post: (call: GrpcCall, done: (error: null, value: Buffer) => void) => {
      service.verifyCall(call, { audience: "erp" });
      done(null, Buffer.from("ok"));
    },
  } as UntypedServiceImplementation);
  const grpcPort = await grpc.listen({ host: "127.0.0.1", port: 0 });
  closers.push(() => grpc.close(100));
  const client = new Client(`127.0.0.1:${grpcPort}`, poster.grpcCredentials({ peer: ANY }));
  const metadata = new Metadata();
  const { jti = "", token } = await poster.jwtSvid("erp");
  metadata.set("authorization", `Bearer ${token}`);
  await new Promise<void>((resolve, reject) =>
    client.makeUnaryRequest(
      definition.Post.path,
      definition.Post.requestSerialize,
      definition.Post.responseDeserialize,
      Buffer.alloc(0),
      metadata,
      (error) => (error ? reject(error) : resolve()),
    ),
  );
  client.close();

  const web = createServer(service.serverTls({ authorize: ANY }));
  const sockets = new WebSocketServer({ server: web });
  const wsPort = await listen(web);
  const socket = new WebSocket(`wss://127.0.0.1:${wsPort}/feed`, {
    agent: poster.httpsAgent({ peer: ANY }),
  });
  await once(socket, "open");
  socket.terminate();
  sockets.close();

  const before = await told("poster", "erp");
  await report();
  const after = await told("poster", "erp");
  expect(after.filter((line) => !before.includes(line) && !/^\d/.test(line))).toEqual([
    "/erp.v1.Invoices/Post 1",
    "GET /feed 1",
    "GET /v2/stock/* 2",
    "erp /erp.v1.Invoices/Post 1",
  ]);
  await service.close();

  // Where each live SVID was seen.
  const { stdout } = await cli("blast-radius", "bot", "poster", "--output", "json");
  const radius = JSON.parse(stdout) as { seen: { id: string; service: string }[] };
  const seen = radius.seen.map(({ id, service }) => `${service} ${id}`).sort();
  const own = poster.x509Svid().serialHex;
  expect(seen).toEqual([`erp ${jti}`, `erp ${own}`, `hr ${own}`].sort());
  expect((await cli("blast-radius", "bot", "poster")).stdout).toMatch(/^Seen by: +erp, hr$/m);
});

test("tokens are told by audience; a close tells the rest; grants that nobody uses are named", async () => {
  const service = await open("erp");
  const web = createServer(
    service.serverTls({ authorize: ANY, requireClientCertificate: false }),
    (request, response) => {
      verifyRequest(service.peerIdentity, request, response, { audience: "erp" });
      response.end("ok");
    },
  );
  const port = await listen(web);
  const { token } = await poster.jwtSvid("erp");
  const other = await open("other");
  const sent = httpsRequest({
    host: "127.0.0.1",
    port,
    path: "/vendors/9",
    agent: other.httpsAgent({ peer: ANY }),
    headers: { authorization: `Bearer ${token}` },
  }).end();
  const [response] = await once(sent, "response");
  response.resume();
  await once(response, "end");
  service.verifyJwt(token, { audience: "erp" });
  // Shown where it does not belong; what proves nobody is not told.
  expect(() => service.verifyJwt(token, { audience: "payroll" })).toThrow(/"payroll" is not among/);
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  expect(() => service.verifyJwt(forged, { audience: "payroll" })).toThrow();
  await service.close();
  await other.close();
  const lines = await told("poster", "erp");
  expect(lines).toContain("erp GET /vendors/* 1");
  expect(lines).toContain("erp 1");
  expect(lines).toContain("payroll SVID_INVALID 1");
  // The connection was another's.
  expect(await told("other", "erp")).toEqual(["1", "GET /vendors/* 1"]);
  const { audiences } = await usage("poster");
  expect(audiences).toMatchObject([
    { audience: "crm", lastUsedMs: 0 },
    { audience: "erp", lastUsedMs: expect.any(Number) },
  ]);
  const { stdout } = await cli("usage", "poster");
  expect(stdout).toMatch(/^Audience: +crm: not used$/m);
  expect(stdout).toMatch(/^May call: +erp: 20[0-9-]+T[0-9:]+Z$/m);
  expect(stdout).toMatch(/^Not used: +crm, spiffe:\/\/example.org\/bot\/billing\/\*$/m);
  expect(stdout).toMatch(/^erp +jwt erp +GET \/vendors\/\* +accepted +1 /m);
});

test("a caller who is refused is told as refused, and one who proves nothing is not told", async () => {
  const refused: string[] = [];
  const web = createServer(
    erp.serverTls({
      authorize: exactly(idOf("poster")),
      onRefused: ({ code }) => refused.push(code),
    }),
    (_request, response) => response.end("ok"),
  );
  const port = await listen(web);
  const other = await open("other");
  const call = (bot: Bot) => bot.fetch(`https://127.0.0.1:${port}/`, { peer: ANY });
  for (let i = 1; i <= 2; i += 1) {
    const answer = expect(call(other)).rejects.toThrow();
    await vi.waitFor(() => expect(refused).toHaveLength(i));
    // It waits whether it has another SVID by then.
    await driven.advance(100);
    await answer;
  }
  await expect(fetch(`https://127.0.0.1:${port}/`)).rejects.toThrow();
  await vi.waitFor(() => expect(refused).toEqual(expect.arrayContaining(["PEER_NOT_AUTHORIZED"])));
  await erp.deniedReady();
  await server.admin.call("BotService", "SuspendBot", { name: "other" });
  await report();
  expect(await told("other", "erp")).toContain("PEER_NOT_AUTHORIZED 2");
});

test("what a bot has used without being granted it today is marked", async () => {
  const { entries } = (await server.admin.call("EntryService", "ListEntries", {
    bot: "poster",
  })) as unknown as { entries: object[] };
  const entry = { ...entries[0], audiences: ["crm"] };
  await server.admin.call("EntryService", "UpdateEntry", { entry });
  const { used } = await usage("poster");
  const jwt = used.filter(({ audience }) => audience === "erp");
  expect(jwt.length).toBeGreaterThan(0);
  expect(jwt.every(({ granted }) => !granted)).toBe(true);
  // The passport names erp, and not hr.
  const byX509 = used.filter(({ audience, refused }) => audience === "" && refused === "");
  const granted = new Set(byX509.map((each) => `${each.service} ${each.granted}`));
  expect([...granted].sort()).toEqual(["erp true", "hr false"]);
  expect((await cli("usage", "poster")).stdout).toContain("accepted, not granted today");
});

test("a service tells nothing of another, nor what is malformed, and then nothing of the report is kept", async () => {
  const agent = new Agent({ clock, env: {}, token: (await server.token("hr")).value });
  await agent.open();
  const now = clock.now().getTime();
  const good = {
    service: idOf("hr"),
    caller: idOf("never"),
    audience: "",
    operation: "lie",
    refused: "",
    count: 1,
    firstMs: now,
    lastMs: now,
  };
  const seen = { service: idOf("hr"), id: "00ff", lastMs: now };
  const wrong: readonly (readonly [object, string, string])[] = [
    [
      { uses: [good, { ...good, service: idOf("erp") }] },
      "NOT_AUTHORIZED",
      "is not of this stream",
    ],
    [{ uses: [good, { ...good, service: "" }] }, "NOT_AUTHORIZED", "is not of this stream"],
    [
      { uses: [good], svids: [{ ...seen, service: idOf("erp") }] },
      "NOT_AUTHORIZED",
      "of this stream",
    ],
    [{}, "REQUEST_INVALID", "neither uses nor svids"],
    [{ uses: Array(201).fill(good) }, "REQUEST_INVALID", "uses has 201 items, more than 200"],
    [{ svids: Array(401).fill(seen) }, "REQUEST_INVALID", "svids has 401 items"],
    [{ uses: [good, { ...good, caller: "" }] }, "REQUEST_INVALID", "caller is required"],
    [
      { uses: [good, { ...good, operation: "x".repeat(257) }] },
      "REQUEST_INVALID",
      "operation has 257 bytes",
    ],
    [
      { uses: [good, { ...good, operation: "a\x1b[2J" }] },
      "REQUEST_INVALID",
      "operation holds a control",
    ],
    [
      { uses: [good, { ...good, audience: "x".repeat(513) }] },
      "REQUEST_INVALID",
      "audience has 513 bytes",
    ],
    [{ uses: [good, { ...good, refused: "LIKED" }] }, "REQUEST_INVALID", 'refused "LIKED" is not'],
    [{ uses: [good, { ...good, count: 0 }] }, "REQUEST_INVALID", "count 0 is not 1 to"],
    [{ uses: [good, { ...good, firstMs: now + 1 }] }, "REQUEST_INVALID", "in this order"],
    [{ uses: [good], svids: [{ ...seen, id: "" }] }, "REQUEST_INVALID", "svids.id is required"],
  ];
  for (const [report, code, message] of wrong) {
    const whole = { uses: [], svids: [], dropped: 0, ...report } as UsesReport;
    await expect(agent.reportUses(whole)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  }
  expect((await usage("never")).used).toEqual([]);

  // Who and what does not exist is passed over; what lies in the future, or long ago, is moved to where it can be.
  const real = poster.x509Svid().serialHex;
  await agent.reportUses({
    uses: [
      { ...good, caller: idOf("nobody") },
      { ...good, firstMs: 1, lastMs: now + DAY_MS },
    ],
    svids: [seen, { ...seen, id: real.toUpperCase() }],
    dropped: 0,
  });
  const { used } = await usage("never");
  expect(used).toMatchObject([{ service: "hr", operation: "lie", lastMs: clock.now().getTime() }]);
  expect(used[0]).toMatchObject({ firstMs: clock.now().getTime() - 7 * DAY_MS });

  // A flood is held off.
  const flood = Array.from({ length: 60 }, () =>
    agent.reportUses({ uses: [good], svids: [], dropped: 0 }),
  );
  const codes = (await Promise.allSettled(flood)).map((each) => each.status);
  expect(codes.filter((status) => status === "rejected").length).toBeGreaterThanOrEqual(20);
  await agent.close();
});

test("bots that nobody uses are listed, with grants that are as old; new ones are not", async () => {
  for (const bot of [poster, erp]) await bot.close();
  // What the server hears after the jump would be new.
  await vi.waitFor(async () => expect(await server.instances({ state: "active" })).toEqual([]));
  clock.jumpTo(60 * DAY_MS);
  await server.register("young", {
    entry: { selectors: [{ type: "unix", value: "uid:9" }], audiences: ["x"] },
  });
  const list = async (more: object) => {
    const { bots } = await server.admin.call("ExplainService", "ListUsage", more);
    return bots as {
      bot: string;
      state: string;
      unusedAudiences: string[];
      unusedEntries: string[];
      unusedPeers: string[];
    }[];
  };
  const unused = await list({ unused: true });
  expect(unused.map(({ bot, state }) => `${bot} ${state}`)).toEqual([
    "erp idle",
    "hr idle",
    "never idle",
    "other idle",
    "poster idle",
  ]);
  expect(unused.find(({ bot }) => bot === "never")).toMatchObject({
    unusedAudiences: ["erp"],
    unusedEntries: [expect.any(String)],
  });
  expect(unused.find(({ bot }) => bot === "poster")).toMatchObject({
    unusedPeers: ["erp", "spiffe://example.org/bot/billing/*"],
  });
  const all = await list({});
  expect(all.find(({ bot }) => bot === "young")).toMatchObject({
    state: "new",
    unusedAudiences: [],
  });
  // Looked at over a longer time, it was used.
  const longer = await list({ days: 90, owner: "olga" });
  expect(longer).toMatchObject([{ bot: "poster", state: "used", unusedAudiences: [] }]);
  expect(longer).toHaveLength(1);
  const shown = await cli("usage", "--unused");
  expect(shown.stdout).toMatch(/^never +o +idle +\S+ +- +erp +- +[0-9a-f-]{36}$/m);
  expect((await cli("usage", "--days", "401")).code).toBe(2);
  expect((await cli("usage", "poster", "--unused")).code).toBe(2);
  expect((await cli("usage", "nobody")).stderr).toContain("(NOT_FOUND)");
});

test("reports that there is no room for, on a full disk, are told later", async () => {
  let free = 10 ** 12;
  const time = new DrivenClock();
  const full = await runningServer(
    { clock: time, diskSpace: async () => ({ free, size: 10 ** 13 }) },
    "disk: { warn: 200M, refuse: 100M }\n",
  );
  try {
    await full.register("shop", { kind: "service" });
    const entry = { selectors: [{ type: "join_token", value: "bot:buyer" }], audiences: ["a"] };
    await full.register("buyer", { entry });
    const shop = await full.connect({ token: (await full.token("shop")).value });
    const buyer = await full.connect({ token: (await full.token("buyer")).value });
    const port = await listen(
      createServer(shop.serverTls({ authorize: ANY }), (_q, response) => response.end("ok")),
    );
    const told = async () => {
      const { used } = await full.admin.call("ExplainService", "GetUsage", { bot: "buyer" });
      return (used as { count: number }[]).map(({ count }) => count);
    };
    await (await buyer.fetch(`https://127.0.0.1:${port}/`, { peer: ANY })).text();
    free = 0;
    const look = async () => {
      await time.advance(1_000, 15);
      const mint = { bot: "buyer", audience: ["a"] };
      const minted = full.admin.call("MintService", "MintJwtSvid", mint);
      return minted.then(() => "issued", errorCodeOf);
    };
    await expect.poll(look).toBe("STORE_UNAVAILABLE");
    await time.advance(150_000, 15);
    expect(await told()).toEqual([]);
    free = 10 ** 12;
    await time.advance(150_000, 15);
    expect(await told()).toEqual([1, 1]);
  } finally {
    await full.close();
  }
});
