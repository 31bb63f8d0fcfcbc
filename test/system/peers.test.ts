// Services and their callers, over real sockets: HTTP/1, HTTP/2, gRPC, raw TLS, tokens.
import { once } from "node:events";
import { connect as connectHttp2, createSecureServer } from "node:http2";
import { createServer, request as httpsRequest, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import {
  connect as connectTlsPlain,
  createServer as createTlsServer,
  type TLSSocket,
} from "node:tls";
import { Client, type ServiceDefinition } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { tlsIdentity } from "../../src/crypto/index.ts";
import { type Bot, bearerToken, exactly, memberOf, peerOf, under } from "../../src/index.ts";
import { testAuthority } from "../support/ca.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const clock = new DrivenClock();
let server: TestServer;
let erp: Bot;
let bot: Bot;
let other: Bot;
const ERP = "spiffe://example.org/bot/default/erp";
const BOT = "spiffe://example.org/bot/default/bot";
const closers: (() => void)[] = [];

beforeAll(async () => {
  server = await runningServer({ clock });
  const open = async (name: string, more: object = {}): Promise<Bot> => {
    await server.register(name, more);
    return server.connect({ token: (await server.token(name)).value });
  };
  erp = await open("erp", { kind: "service" });
  bot = await open("bot", { entry: { audiences: ["crm"], selectors: [] } });
  other = await open("other");
});
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});
afterAll(() => server.close());

async function listen(web: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve) => web.listen(port, "127.0.0.1", resolve));
  closers.push(() => {
    web.close();
    web.closeAllConnections?.();
  });
  return `https://127.0.0.1:${(web.address() as AddressInfo).port}`;
}

const echo = (refused: string[] = [], authorize = exactly(BOT)) =>
  createServer(
    erp.serverTls({ authorize, onRefused: (error) => refused.push(error.code) }),
    (request, response) => {
      const { spiffeId, serialHex, expiresAt } = peerOf(request);
      response.end(JSON.stringify({ spiffeId: String(spiffeId), serialHex, expiresAt }));
    },
  );

const portOf = (url: string): number => Number(new URL(url).port);

test("fetch: both sides know each other", async () => {
  const url = await listen(echo());
  const response = await bot.fetch(url, { peer: ERP });
  const { serialHex, notAfter } = bot.x509Svid();
  expect(await response.json()).toEqual({
    spiffeId: BOT,
    serialHex,
    expiresAt: notAfter.toISOString(),
  });
});

test("fetch refuses a peer by rule, plain HTTP, and a call without a rule", async () => {
  const url = await listen(echo());
  await expect(bot.fetch(url, { peer: `${ERP}2` })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
  });
  await expect(
    bot.fetch(url, { peer: under("spiffe://example.org/bot/prod") }),
  ).rejects.toMatchObject({ code: "PEER_NOT_AUTHORIZED" });
  await expect(bot.fetch("http://127.0.0.1:1/", { peer: ERP })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
  });
  await expect(bot.fetch(url, {} as never)).rejects.toThrow(TypeError);
});

test("a connection that one rule opened serves no other rule", async () => {
  const url = await listen(echo());
  await (await bot.fetch(url, { peer: memberOf("example.org") })).text();
  await expect(bot.fetch(url, { peer: exactly(BOT) })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
  });
});

test("redirects keep the rule, and never go to plain HTTP", async () => {
  const target = await listen(echo());
  const redirecting = (location: string) =>
    createServer(erp.serverTls({ authorize: exactly(BOT) }), (_request, response) => {
      response.writeHead(302, { location }).end();
    });
  const good = await listen(redirecting(target));
  expect(await (await bot.fetch(good, { peer: ERP })).json()).toMatchObject({ spiffeId: BOT });
  const plain = await listen(redirecting("http://127.0.0.1:8080/"));
  await expect(bot.fetch(plain, { peer: ERP })).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  const otherWeb = createServer(
    other.serverTls({ authorize: memberOf("example.org") }),
    (_request, response) => response.end("other"),
  );
  const elsewhere = await listen(redirecting(await listen(otherWeb)));
  await expect(bot.fetch(elsewhere, { peer: ERP })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
  });
});

test("a service refuses who has no SVID, another domain's, an expired one, or is not on the list", async () => {
  const refused: string[] = [];
  const url = await listen(echo(refused));
  const knock = (identity: object): Promise<string> =>
    new Promise((resolve) => {
      const socket = connectTlsPlain({
        host: "127.0.0.1",
        port: portOf(url),
        rejectUnauthorized: false,
        ...identity,
      });
      let heard = "";
      socket.on("secureConnect", () => socket.write("GET / HTTP/1.1\r\nHost: erp\r\n\r\n"));
      socket.on("data", (chunk: Buffer) => {
        heard += chunk.toString();
      });
      socket.on("error", () => resolve(heard));
      socket.on("close", () => resolve(heard));
    });
  const foreign = await testAuthority({ trustDomain: "other.test" });
  const sameName = await testAuthority();
  expect(await knock({})).toBe("");
  expect(await knock(tlsIdentity(await foreign.issue({ path: "/bot/default/bot" })))).toBe("");
  expect(await knock(tlsIdentity(await sameName.issue({ path: "/bot/default/bot" })))).toBe("");
  expect(await knock(tlsIdentity(other.x509Svid()))).toBe("");
  expect(refused).toEqual([
    "CLIENT_CERTIFICATE_REQUIRED",
    "PEER_NOT_TRUSTED",
    "PEER_NOT_TRUSTED",
    "PEER_NOT_AUTHORIZED",
  ]);
});

test("no TLS session is resumed, in TLS 1.3 or 1.2", async () => {
  const web = createServer(
    erp.serverTls({ authorize: exactly(BOT), minVersion: "TLSv1.2" }),
    (_request, response) => response.end("x"),
  );
  const url = await listen(web);
  for (const maxVersion of ["TLSv1.3", "TLSv1.2"] as const) {
    const options = {
      host: "127.0.0.1",
      port: portOf(url),
      rejectUnauthorized: false,
      maxVersion,
      ...tlsIdentity(bot.x509Svid()),
    };
    const first = connectTlsPlain(options);
    let session: Buffer | undefined;
    first.on("session", (each: Buffer) => {
      session = each;
    });
    await once(first, "secureConnect");
    session ??= first.getSession();
    first.destroy();
    const second = connectTlsPlain({ ...options, ...(session && { session }) });
    await once(second, "secureConnect");
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  }
});

test("a server that was never adopted makes no handshake", async () => {
  const options = erp.serverTls({ authorize: memberOf("example.org") });
  const { sessionIdContext: _, ...stripped } = options;
  const web = createTlsServer(stripped, (socket) => socket.end("open"));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  closers.push(() => web.close());
  const socket = connectTlsPlain({
    host: "127.0.0.1",
    port: (web.address() as AddressInfo).port,
    rejectUnauthorized: false,
  });
  await expect(once(socket, "secureConnect")).rejects.toThrow();
});

test("HTTP/2", async () => {
  const web = createSecureServer(erp.serverTls({ authorize: exactly(BOT) }) as never);
  web.on("request", (request, response) => response.end(String(peerOf(request).spiffeId)));
  web.on("sessionError", () => undefined);
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  closers.push(() => web.close());
  const port = (web.address() as AddressInfo).port;
  const socket = await bot.connectTls({
    host: "127.0.0.1",
    port,
    peer: ERP,
    alpnProtocols: ["h2"],
  });
  const session = connectHttp2("https://127.0.0.1", { createConnection: () => socket });
  const stream = session.request({ ":path": "/" });
  let heard = "";
  stream.on("data", (chunk: Buffer) => {
    heard += chunk.toString();
  });
  await once(stream, "end");
  expect(heard).toBe(BOT);
  session.close();
});

test("https.Agent and clientTls", async () => {
  const url = await listen(echo());
  const get = (options: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = httpsRequest(url, options, (response) => {
        let heard = "";
        response.on("data", (chunk: Buffer) => {
          heard += chunk.toString();
        });
        response.on("end", () => resolve(heard));
      });
      sent.on("error", reject);
      sent.end();
    });
  expect(await get({ agent: bot.httpsAgent({ peer: ERP }) })).toContain(BOT);
  await expect(get({ agent: bot.httpsAgent({ peer: BOT }) })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
  });
  expect(await get({ ...bot.clientTls({ peer: ERP }), agent: false })).toContain(BOT);
  await expect(get({ ...bot.clientTls({ peer: BOT }), agent: false })).rejects.toMatchObject({
    code: "PEER_NOT_AUTHORIZED",
  });
});

const ECHO = {
  Who: {
    path: "/test.Echo/Who",
    requestStream: false,
    responseStream: false,
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: (bytes: Buffer) => bytes.toString(),
    responseSerialize: (text: string) => Buffer.from(text),
    responseDeserialize: (bytes: Buffer) => bytes.toString(),
  },
} satisfies ServiceDefinition;

test("gRPC, both sides", async () => {
  const grpc = erp.grpcServer({ authorize: exactly(BOT) });
  grpc.grpc.addService(ECHO, {
    Who: (call: object, answer: (error: null, text: string) => void) =>
      answer(null, String(peerOf(call).spiffeId)),
  });
  const port = await grpc.listen({ host: "127.0.0.1", port: 0 });
  const who = (from: Bot, peer: string): Promise<string> => {
    const client = new Client(`127.0.0.1:${port}`, from.grpcCredentials({ peer }));
    const { path, requestSerialize, responseDeserialize } = ECHO.Who;
    return new Promise<string>((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        "x",
        { deadline: Date.now() + 2000 },
        (error, text) => {
          client.close();
          if (error) reject(error);
          else resolve(text ?? "");
        },
      );
    });
  };
  expect(await who(bot, ERP)).toBe(BOT);
  await expect(who(other, ERP)).rejects.toThrow();
  await expect(who(bot, BOT)).rejects.toThrow(/refused/);
  await grpc.close(100);
});

test("a token goes by bearer, and is refused once its bot is suspended", async () => {
  const { token } = await bot.jwtSvid("crm");
  expect(String(erp.verifyJwt(bearerToken(`Bearer ${token}`), { audience: "crm" }).spiffeId)).toBe(
    BOT,
  );
  expect(() => erp.verifyJwt(token, { audience: "erp" })).toThrow(
    expect.objectContaining({ code: "SVID_INVALID" }),
  );
  await expect(bot.jwtSvid("erp")).rejects.toMatchObject({ code: "AUDIENCE_NOT_ALLOWED" });
  expect((await bot.jwtSvid("crm")).token).toBe(token);
});

test("connections end when an SVID expires: the caller's, or the service's", async () => {
  const web = echo();
  const url = await listen(web);
  const raw = await bot.connectTls({ host: "127.0.0.1", port: portOf(url), peer: ERP });
  let closed = false;
  raw.on("close", () => {
    closed = true;
  });
  await clock.advance(59 * 60_000);
  expect(closed).toBe(false);
  await clock.advance(2 * 60_000);
  await vi.waitFor(() => expect(closed).toBe(true));
  // The identity itself went on.
  expect(await (await bot.fetch(url, { peer: ERP })).json()).toMatchObject({ spiffeId: BOT });
});

test("a denied caller is cut at once, and let in no more", async () => {
  const refused: string[] = [];
  const url = await listen(echo(refused));
  const sockets: TLSSocket[] = [];
  for (let i = 0; i < 3; i += 1) {
    sockets.push(await bot.connectTls({ host: "127.0.0.1", port: portOf(url), peer: ERP }));
  }
  const svid = bot.x509Svid();
  const closed = Promise.all(sockets.map((socket) => once(socket, "close")));
  await server.admin.call("BotService", "SuspendBot", { name: "bot" });
  await closed;
  await vi.waitFor(() => expect(erp.isDenied({ serialHex: svid.serialHex })).toBe("suspended"));
  const knock = connectTlsPlain({
    host: "127.0.0.1",
    port: portOf(url),
    rejectUnauthorized: false,
    ...tlsIdentity(svid),
  });
  knock.on("error", () => undefined);
  await once(knock, "close");
  await vi.waitFor(() => expect(refused).toEqual(["DENIED"]));
});
