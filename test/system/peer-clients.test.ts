// HTTP/2 sessions and dispatchers for those who bring their own client, over real sockets.
import { once } from "node:events";
import { type ClientHttp2Session, createSecureServer } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { request as undiciRequest } from "undici";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Bot, memberOf, peerOf } from "../../src/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const ERP = "spiffe://example.org/bot/default/erp";
const BOT = "spiffe://example.org/bot/default/bot";
let clock: DrivenClock;
let server: TestServer;
let erp: Bot;
let bot: Bot;
let web: Server;
let url: string;

async function listen(made: Server): Promise<void> {
  web = made;
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  url = `https://127.0.0.1:${(web.address() as AddressInfo).port}`;
}

const who = (request: object): string => {
  const { spiffeId, serialHex } = peerOf(request);
  return `${spiffeId} ${serialHex}`;
};

/** Answers HTTP/2 and HTTP/1.1 with the caller's ID and serial. */
async function listenBoth(): Promise<void> {
  const made = createSecureServer({
    ...erp.serverTls({ authorize: memberOf("example.org") }),
    allowHTTP1: true,
  });
  made.on("request", (request, response) => response.end(who(request)));
  made.on("sessionError", () => undefined);
  await listen(made);
}

const me = (): string => `${BOT} ${bot.x509Svid().serialHex}`;

async function ask(session: ClientHttp2Session): Promise<string> {
  const stream = session.request({ ":path": "/" });
  let heard = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    heard += chunk;
  });
  await once(stream, "end");
  return heard;
}

beforeEach(async () => {
  clock = new DrivenClock();
  server = await runningServer({ clock });
  const open = async (name: string, more: object = {}): Promise<Bot> => {
    await server.register(name, more);
    return server.connect({ token: (await server.token(name)).value });
  };
  erp = await open("erp", { kind: "service" });
  bot = await open("bot");
});
afterEach(async () => {
  await bot.close();
  web.close();
  await server.close();
});

test("http2Connect: the right peer answers, the wrong one is refused, and so is who speaks no HTTP/2", async () => {
  await listenBoth();
  const session = await bot.http2Connect(url, { peer: ERP });
  expect(await ask(session)).toBe(me());
  expect(String(peerOf(session).spiffeId)).toBe(ERP);
  session.close();
  await expect(bot.http2Connect(url, { peer: BOT })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
  });
  await expect(bot.http2Connect("http://127.0.0.1:1", { peer: ERP })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
  });
  web.close();
  await listen(createServer(erp.serverTls({ authorize: memberOf("example.org") })));
  await expect(bot.http2Connect(url, { peer: ERP })).rejects.toMatchObject({
    code: "UNIMPLEMENTED",
  });
});

test("http2Connect: a session ends with its SVIDs, and the next one brings the new serial", async () => {
  await listenBoth();
  const session = await bot.http2Connect(url, { peer: ERP });
  const first = me();
  const closed = once(session, "close");
  await clock.advance(45 * 60_000);
  await vi.waitFor(() => expect(me()).not.toBe(first));
  expect(await ask(session)).toBe(first);
  const next = await bot.http2Connect(url, { peer: ERP });
  expect(await ask(next)).toBe(me());
  await clock.advance(16 * 60_000);
  await closed;
  expect(next.closed).toBe(false);
  next.close();
});

test("http2Connect: a retired caller's session is cut at once", async () => {
  await listenBoth();
  const session = await bot.http2Connect(url, { peer: ERP });
  expect(await ask(session)).toBe(me());
  const closed = once(session, "close");
  await server.admin.call("BotService", "RetireBot", { name: "bot" });
  await closed;
});

test("dispatcher: one's own undici reaches the right peer alone, over https alone", async () => {
  await listenBoth();
  const dispatcher = await bot.dispatcher({ peer: ERP });
  const { body } = await undiciRequest(url, { dispatcher });
  expect(await body.text()).toBe(me());
  const wrong = await bot.dispatcher({ peer: BOT });
  await expect(undiciRequest(url, { dispatcher: wrong })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
  });
  await expect(undiciRequest("http://127.0.0.1:1/", { dispatcher })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
  });
  await dispatcher.close();
  await expect(undiciRequest(url, { dispatcher })).rejects.toMatchObject({ code: "CLOSED" });
  await wrong.destroy();
});

test("dispatcher: new requests go by the new SVID once it has rotated, and by none when retired", async () => {
  await listenBoth();
  const dispatcher = await bot.dispatcher({ peer: ERP });
  const get = async (): Promise<string> => (await undiciRequest(url, { dispatcher })).body.text();
  const first = await get();
  await clock.advance(45 * 60_000);
  await vi.waitFor(() => expect(me()).not.toBe(first));
  expect(await get()).toBe(me());
  await server.admin.call("BotService", "RetireBot", { name: "bot" });
  await vi.waitFor(() => expect(() => bot.x509Svid()).toThrow());
  await expect(get()).rejects.toMatchObject({ code: "BOT_RETIRED" });
});

/** Answers a connection's first request, and ends the connection at the second without an answer, as a service does that has had enough of it. */
async function listenOnce(): Promise<string[]> {
  const seen: string[] = [];
  const used = new WeakSet<object>();
  const tls = erp.serverTls({ authorize: memberOf("example.org") });
  await listen(
    createServer(tls, (request, response) => {
      seen.push(request.method ?? "");
      if (used.has(request.socket)) request.socket.destroy();
      else response.end("here");
      used.add(request.socket);
    }),
  );
  return seen;
}

test("a GET whose kept connection ends before the answer is asked again by another, a POST is not", async () => {
  const seen = await listenOnce();
  for (let i = 0; i < 4; i += 1) {
    const response = await bot.fetch(url, { peer: ERP });
    expect(await response.text()).toBe("here");
  }
  expect(seen.length).toBeGreaterThan(4);
  let posted = 0;
  const post = async (): Promise<string> => {
    posted += 1;
    const response = await bot.fetch(url, { peer: ERP, method: "POST", body: "x" });
    return response.text();
  };
  // Until one goes by a connection that was used before.
  await expect(post().then(post).then(post).then(post)).rejects.toThrow("fetch failed");
  expect(seen.filter((method) => method === "POST")).toHaveLength(posted);
});

test("a GET is not asked again of a service that cuts each connection, or does not let the bot in", async () => {
  let asked = 0;
  const tls = erp.serverTls({ authorize: memberOf("example.org") });
  await listen(
    createServer(tls, (request) => {
      asked += 1;
      request.socket.destroy();
    }),
  );
  const answer = expect(bot.fetch(url, { peer: ERP })).rejects.toThrow("fetch failed");
  await vi.waitFor(() => expect(asked).toBe(1));
  await clock.advance(100);
  await answer;
  expect(asked).toBe(1);

  const refused: string[] = [];
  const closed = erp.serverTls({
    authorize: "spiffe://example.org/bot/nobody",
    onRefused: ({ code }) => refused.push(code),
  });
  await listen(createServer(closed, (_, response) => response.end("here")));
  const refusal = expect(bot.fetch(url, { peer: ERP })).rejects.toThrow("fetch failed");
  await vi.waitFor(() => expect(refused).toEqual(["PEER_NOT_AUTHORIZED"]));
  await clock.advance(100);
  await refusal;
  expect(refused).toHaveLength(1);
});

test("of many GETs whose kept connections end at once each opens one more, and those are kept", async () => {
  const opened = new Set<object>();
  let old: ReadonlySet<object> = new Set();
  const tls = erp.serverTls({ authorize: memberOf("example.org") });
  await listen(
    createServer(tls, (request, response) => {
      opened.add(request.socket);
      // All are asked before one answers, so that no two go by one connection.
      if (old.has(request.socket)) request.socket.destroy();
      else setTimeout(() => response.end("here"), 50);
    }),
  );
  const many = async (): Promise<void> => {
    const asked = Array.from({ length: 16 }, async () => {
      const response = await bot.fetch(url, { peer: ERP });
      expect(await response.text()).toBe("here");
    });
    await Promise.all(asked);
  };
  await many();
  const kept = opened.size;
  old = new Set(opened);
  await many();
  const anew = opened.size - kept;
  // As many again, give or take those that meet while others are on their way.
  expect(anew).toBeLessThanOrEqual(kept + 4);
  await many();
  expect(opened.size - kept - anew).toBeLessThanOrEqual(4);
});

test("a GET that is led elsewhere is asked again by a new connection to where it was led", async () => {
  const tls = erp.serverTls({ authorize: memberOf("example.org") });
  const seen = new Set<object>();
  let old: ReadonlySet<object> = new Set();
  await listen(
    createServer(tls, (request, response) => {
      seen.add(request.socket);
      if (old.has(request.socket)) request.socket.destroy();
      else setTimeout(() => response.end("there"), 50);
    }),
  );
  const there = url;
  const first = createServer(tls, (_, response) => {
    response.writeHead(302, { location: there }).end();
  });
  await new Promise<void>((resolve) => first.listen(0, "127.0.0.1", resolve));
  const start = `https://127.0.0.1:${(first.address() as AddressInfo).port}`;
  const ask = async () => (await bot.fetch(start, { peer: ERP })).text();
  await Promise.all([ask(), ask(), ask(), ask()]);
  expect(seen.size).toBe(4);
  old = new Set(seen);
  expect(await ask()).toBe("there");
  first.closeAllConnections();
  first.close();
});
