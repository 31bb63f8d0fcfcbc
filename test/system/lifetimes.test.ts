// What stands on an identity ends with it: each cause, each protocol, over real sockets. The wait is for the end itself.
import { once } from "node:events";
import { type ClientHttp2Session, createSecureServer } from "node:http2";
import { createServer, request as httpsRequest } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTlsServer, connect as tlsConnect } from "node:tls";
import {
  Client,
  Metadata,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
} from "@grpc/grpc-js";
import { request as undiciRequest } from "undici";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tlsIdentity } from "../../src/crypto/index.ts";
import type { ErrorCode } from "../../src/errors.ts";
import {
  clientTls,
  connectHttp2,
  connectTls,
  createDispatcher,
  createFetch,
  createGrpcServer,
  grpcCredentials,
  httpsAgent,
  memberOf,
  peerOf,
  secureServer,
  serverTls,
  verifyCall,
  verifyRequest,
} from "../../src/index.ts";
import { type Party, parties } from "../support/party.ts";

let world: Awaited<ReturnType<typeof parties>>;
let service: Party;
let bot: Party;
const ANY = memberOf("example.org");
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  world = await parties();
  service = await world.party("/service");
  bot = await world.party("/bot");
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const rawServer = (of = service): Promise<number> =>
  listen(
    createTlsServer(serverTls(of.identity, { authorize: ANY }), (socket) => {
      socket.on("error", () => undefined);
      socket.write("in");
    }),
  );
const cutBy = (of: Party, cause: string, whose: string): Promise<void> =>
  vi.waitFor(() => expect(of.cuts.at(-1)).toMatchObject({ cause, whose }));
const knock = (port: number, from = bot) =>
  connectTls(from.identity, { host: "127.0.0.1", port, peer: ANY });
/** Let in by a raw server. */
const open = async (port: number, from = bot) => {
  const socket = await knock(port, from);
  await once(socket, "data");
  return socket;
};

describe("each cause", () => {
  const denials = ["suspended", "retired", "evicted", "banned", "locked", "ended", "restored"];
  test.each([
    ...denials.map((reason) => [reason, reason]),
    ["stale", "stale"],
    ["revoked", "key compromise"],
    ["revoked", "constructor"],
  ])("the peer is %s (%s)", async (cause, reason) => {
    const port = await rawServer();
    const socket = await open(port);
    service.deny(bot.svid().serialHex, reason);
    await once(socket, "close");
    await vi.waitFor(() => expect(service.cuts).toHaveLength(1));
    expect(service.cuts[0]).toMatchObject({
      cause,
      whose: "peer",
      peer: { spiffeId: bot.svid().spiffeId },
    });
    expect(service.cuts[0]?.ms).toBeLessThan(500);
    // Nor is it let in again.
    const again = await knock(port);
    await once(again, "close");
  });

  test("the peer's SVID expires, and a bit later ours", async () => {
    const port = await rawServer();
    const soon = await world.party("/soon", { notAfter: new Date(Date.now() + 2000) });
    const socket = await open(port, soon);
    await once(socket, "close");
    expect(Date.now()).toBeLessThan(soon.svid().notAfter.getTime() + 500);
    await vi.waitFor(() => expect(service.cuts.length + soon.cuts.length).toBeGreaterThan(0));
    const [cut] = [...service.cuts, ...soon.cuts];
    expect(cut).toMatchObject({ cause: "expired" });
    const shortLived = await world.party("/short", { notAfter: new Date(Date.now() + 2000) });
    const socket2 = await open(await rawServer(shortLived));
    await once(socket2, "close");
    expect([...bot.cuts, ...shortLived.cuts][0]).toMatchObject({ cause: "expired" });
  });

  test("the authority leaves the bundle", async () => {
    const port = await rawServer();
    const socket = await open(port);
    service.removeAuthorities();
    await once(socket, "close");
    await cutBy(service, "authority_removed", "peer");
    await once(await knock(port), "close");
  });

  test.each<[ErrorCode, string]>([
    ["BOT_SUSPENDED", "suspended"],
    ["BOT_RETIRED", "retired"],
    ["INSTANCE_EVICTED", "evicted"],
    ["INSTANCE_LOCKED", "locked"],
    ["NO_IDENTITY", "withdrawn"],
  ])("our own identity is taken away: %s", async (code, cause) => {
    const port = await rawServer();
    const socket = await open(port);
    service.lose(code);
    await once(socket, "close");
    await cutBy(service, cause, "own");
    await once(await knock(port), "close");
    bot.lose(code);
    await expect(knock(port)).rejects.toMatchObject({ code });
  });

  test("the SVID that it was opened with is denied, after ours has rotated", async () => {
    const socket = await open(await rawServer());
    const { serialHex } = bot.svid();
    await bot.rotate();
    const next = await open(await rawServer());
    bot.deny(serialHex, "revoked");
    await once(socket, "close");
    await cutBy(bot, "revoked", "own");
    expect(next.destroyed).toBe(false);
    next.destroy();
  });

  test("a bundle that still has the authority cuts nothing", async () => {
    const socket = await open(await rawServer());
    await service.rotate();
    await bot.rotate();
    service.deny("another", "revoked");
    expect(socket.destroyed).toBe(false);
    expect(service.cuts).toEqual([]);
    socket.destroy();
  });
});

describe("HTTP/1", () => {
  const get = (
    port: number,
    path: string,
    agent = httpsAgent(bot.identity, { peer: ANY, keepAlive: true }),
  ) => {
    closers.push(() => agent.destroy());
    const sent = httpsRequest({ host: "127.0.0.1", port, path, agent });
    sent.end();
    return sent;
  };
  const bodyOf = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let heard = "";
    for await (const chunk of stream) heard += String(chunk);
    return heard;
  };

  test("an answer under way is finished, says why it is the last, and the connection closes", async () => {
    let answer: (() => void) | undefined;
    const web = createServer(
      serverTls(service.identity, { authorize: ANY }),
      (_request, response) => {
        answer = () => response.end("done");
      },
    );
    const sent = get(await listen(web), "/");
    await vi.waitFor(() => expect(answer).toBeDefined());
    service.deny(bot.id, "suspended");
    answer?.();
    const [response] = await once(sent, "response");
    expect(response.headers).toMatchObject({ connection: "close", "botpass-cut": "suspended" });
    expect(await bodyOf(response)).toBe("done");
    await once(response.socket, "close");
    await vi.waitFor(() => expect(service.cuts).toHaveLength(1));
    expect(service.cuts[0]?.ms).toBeLessThan(200);
  });

  test("an answer that does not end is cut when the grace is over; an idle connection at once", async () => {
    const web = createServer(
      serverTls(service.identity, { authorize: ANY }),
      (request, response) => {
        if (request.url === "/short") return response.end("x");
        const timer = setInterval(() => response.write("tick\n"), 5);
        response.once("close", () => clearInterval(timer));
        return undefined;
      },
    );
    const port = await listen(web);
    const sent = get(port, "/long");
    const [response] = await once(sent, "response");
    const idle = get(port, "/short");
    const [short] = await once(idle, "response");
    const { socket } = short;
    await bodyOf(short);
    const begun = performance.now();
    service.deny(bot.id, "retired");
    await once(socket, "close");
    expect(performance.now() - begun).toBeLessThan(150);
    await expect(bodyOf(response)).rejects.toThrow();
    expect(performance.now() - begun).toBeGreaterThan(150);
    expect(performance.now() - begun).toBeLessThan(600);
  });

  test("no grace goes on past the expiry", async () => {
    const patient = await world.party("/patient", { graceMs: 3_000 });
    const notAfter = new Date(Date.now() + 1_500);
    const brief = await world.party("/brief", { notAfter });
    const web = createServer(serverTls(patient.identity, { authorize: ANY }), (_, response) => {
      const timer = setInterval(() => response.write("tick\n"), 5);
      response.once("close", () => clearInterval(timer));
    });
    // A client that goes on as long as it is let.
    const sent = httpsRequest({
      ...{ host: "127.0.0.1", port: await listen(web), agent: false, rejectUnauthorized: false },
      ...tlsIdentity(brief.svid()),
    });
    sent.end();
    const [response] = await once(sent, "response");
    const { socket } = response;
    // Before the expiry itself begins to count.
    patient.deny(brief.id, "suspended");
    expect(Date.now()).toBeLessThan(notAfter.getTime() - 500);
    await Promise.all([once(socket, "close"), bodyOf(response).catch(() => undefined)]);
    expect(Date.now()).toBeLessThan(notAfter.getTime() + 500);
    await vi.waitFor(() => expect(patient.cuts[0]?.cause).toBe("suspended"));
  });

  test("a request that comes while the connection is being cut is answered 401, with the reason", async () => {
    let answer: (() => void) | undefined;
    let asked = 0;
    const web = createServer(
      serverTls(service.identity, { authorize: ANY }),
      (_request, response) => {
        asked += 1;
        answer = () => response.end("done");
      },
    );
    const socket = await knock(await listen(web));
    let heard = "";
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
    });
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    await vi.waitFor(() => expect(answer).toBeDefined());
    service.deny(bot.id, "suspended");
    // Pipelined: Node hands it over before the first is answered.
    socket.write("POST /more HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    await vi.waitFor(() => expect(asked).toBe(1));
    answer?.();
    await once(socket, "close");
    expect(asked).toBe(1);
    expect(heard).toMatch(/^HTTP\/1.1 200 /);
  });

  test("an https.Agent drops what is pooled to a service that is denied, and reaches it no more", async () => {
    const web = createServer(
      serverTls(service.identity, { authorize: ANY }),
      (_request, response) => response.end("x"),
    );
    const port = await listen(web);
    const agent = httpsAgent(bot.identity, { peer: ANY, keepAlive: true });
    const [response] = await once(get(port, "/", agent), "response");
    const { socket } = response;
    await bodyOf(response);
    bot.deny(service.id, "retired");
    await once(socket, "close");
    await expect(once(get(port, "/", agent), "response")).rejects.toMatchObject({ code: "DENIED" });
  });

  test("an https.Agent keeps no socket for a new SVID or for none, and says why there is none", async () => {
    const callers: string[] = [];
    const answers: (() => void)[] = [];
    const web = createServer(
      serverTls(service.identity, { authorize: ANY }),
      (request, response) => {
        callers.push(peerOf(request).serialHex);
        if (request.url === "/wait") answers.push(() => response.end("x"));
        else response.end("x");
      },
    );
    const port = await listen(web);
    const agent = httpsAgent(bot.identity, { peer: ANY, keepAlive: true });
    const first = bot.svid().serialHex;
    const ask = async (path: string): Promise<void> => {
      const [response] = await once(get(port, path, agent), "response");
      await bodyOf(response);
    };
    const waiting = ask("/wait");
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await bot.rotate();
    answers.pop()?.();
    await waiting;
    await ask("/");
    expect(callers).toEqual([first, bot.svid().serialHex]);
    const last = ask("/wait");
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    bot.lose("BOT_SUSPENDED");
    answers.pop()?.();
    await last;
    await expect(ask("/")).rejects.toMatchObject({ code: "BOT_SUSPENDED" });
  });

  test("fetch and a dispatcher: the same", async () => {
    const web = createServer(
      serverTls(service.identity, { authorize: ANY }),
      (_request, response) => response.end("x"),
    );
    const port = await listen(web);
    const url = `https://127.0.0.1:${port}/`;
    const fetch = createFetch(bot.identity);
    const dispatcher = await createDispatcher(bot.identity, { peer: ANY });
    closers.push(
      () => fetch.close(),
      () => dispatcher.close(),
    );
    await (await fetch(url, { peer: ANY })).text();
    await (await undiciRequest(url, { dispatcher })).body.text();
    bot.deny(service.id, "retired");
    await vi.waitFor(() => expect(bot.cuts).toHaveLength(2));
    await expect(fetch(url, { peer: ANY })).rejects.toMatchObject({ code: "DENIED" });
    await expect(undiciRequest(url, { dispatcher })).rejects.toMatchObject({ code: "DENIED" });
  });
});

describe("HTTP/2", () => {
  const serve = (): Promise<number> => {
    const web = createSecureServer(serverTls(service.identity, { authorize: ANY }) as never);
    web.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      stream.respond({ ":status": 200 });
      if (headers[":path"] === "/soon") setTimeout(() => stream.end("done"), 50);
      else stream.write("open");
    });
    web.on("sessionError", () => undefined);
    return listen(web);
  };
  const stream = (session: ClientHttp2Session, path: string) => {
    const sent = session.request({ ":path": path });
    sent.on("error", () => undefined);
    return sent;
  };

  test("GOAWAY tells why; what is under way is finished within the grace; what does not end is cut", async () => {
    const port = await serve();
    const session = await connectHttp2(bot.identity, `https://127.0.0.1:${port}`, { peer: ANY });
    const soon = stream(session, "/soon");
    const long = stream(session, "/long");
    await Promise.all([once(soon, "response"), once(long, "response")]);
    let heard = "";
    soon.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
    });
    const goaway = once(session, "goaway");
    const closed = once(session, "close");
    service.deny(bot.id, "evicted");
    const [, , text] = await goaway;
    expect(String(text)).toBe("botpass: your instance is evicted");
    await once(soon, "close");
    expect(heard).toBe("done");
    await closed;
    expect(long.destroyed).toBe(true);
    await cutBy(service, "evicted", "peer");
    expect(service.cuts[0]?.ms).toBeGreaterThan(150);
  });

  test("the client's side tells the service why, too", async () => {
    const web = createSecureServer(serverTls(service.identity, { authorize: ANY }) as never);
    const told = new Promise<string>((resolve) =>
      web.on("session", (each) => each.on("goaway", (_code, _last, data) => resolve(String(data)))),
    );
    const port = await listen(web);
    const session = await connectHttp2(bot.identity, `https://127.0.0.1:${port}`, { peer: ANY });
    bot.deny(service.id, "suspended");
    expect(await told).toBe("botpass: your identity is suspended");
    await vi.waitFor(() => expect(session.destroyed).toBe(true));
  });
});

const TICKS = {
  Ticks: {
    path: "/test.Ticks/Ticks",
    requestStream: false,
    responseStream: true,
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: (bytes: Buffer) => bytes.toString(),
    responseSerialize: (text: string) => Buffer.from(text),
    responseDeserialize: (bytes: Buffer) => bytes.toString(),
  },
} satisfies ServiceDefinition;

describe("gRPC", () => {
  async function serve(
    begun: (call: ServerWritableStream<string, string>) => void = () => undefined,
  ) {
    const grpc = createGrpcServer(service.identity, { authorize: ANY });
    let cancelled = 0;
    grpc.grpc.addService(TICKS, {
      Ticks: (stream: ServerWritableStream<string, string>) => {
        begun(stream);
        const timer = setInterval(() => stream.write("tick"), 5);
        stream.on("cancelled", () => {
          cancelled += 1;
          clearInterval(timer);
        });
      },
    });
    const port = await grpc.listen({ host: "127.0.0.1", port: 0 });
    closers.push(() => grpc.close(100));
    return { port, cancelled: () => cancelled };
  }
  const call = (port: number, metadata = new Metadata(), client = dial(port)) =>
    client.makeServerStreamRequest(
      TICKS.Ticks.path,
      TICKS.Ticks.requestSerialize,
      TICKS.Ticks.responseDeserialize,
      "x",
      metadata,
    );
  const dial = (port: number): Client => {
    const client = new Client(`127.0.0.1:${port}`, grpcCredentials(bot.identity, { peer: ANY }));
    closers.push(() => client.close());
    return client;
  };

  test("an open stream ends with UNAUTHENTICATED and the reason; its handler hears of it", async () => {
    const { port, cancelled } = await serve();
    const stream = call(port);
    await once(stream, "data");
    service.deny(bot.id, "suspended");
    const [error] = await once(stream, "error");
    expect(error).toMatchObject({
      code: status.UNAUTHENTICATED,
      details: "botpass: your identity is suspended",
    });
    await vi.waitFor(() => expect(service.cuts).toHaveLength(1));
    expect(cancelled()).toBe(1);
    expect(service.cuts[0]?.ms).toBeLessThan(500);
  });

  test("a client cuts its streams to a service that is denied, and calls it no more", async () => {
    const { port } = await serve();
    const client = dial(port);
    const stream = call(port, undefined, client);
    await once(stream, "data");
    bot.deny(service.id, "retired");
    await once(stream, "error");
    const next = call(port, undefined, client);
    const [error] = await once(next, "error");
    expect(error.details).toMatch(/denied/);
  });

  test("a stream that a token authorised ends with the token", async () => {
    const { port } = await serve((each) =>
      verifyCall(service.identity, each, { audience: "reports" }),
    );
    const metadata = new Metadata();
    const exp = Math.floor(Date.now() / 1000) + 2;
    metadata.set("authorization", `Bearer ${await world.ca.jwt({ exp })}`);
    const stream = call(port, metadata);
    await once(stream, "data");
    stream.resume();
    const [error] = await once(stream, "error");
    expect(error).toMatchObject({ code: status.UNAUTHENTICATED });
    expect(Date.now() / 1000 - exp).toBeLessThan(0.7);
    expect(Date.now() / 1000 - exp).toBeGreaterThanOrEqual(-0.05);
  });
});

describe("a request that a token authorised", () => {
  async function serve(onEnding?: boolean) {
    const options = serverTls(service.identity, {
      authorize: ANY,
      requireClientCertificate: false,
    });
    const web = createServer(options, (request, response) => {
      verifyRequest(service.identity, request, response, {
        audience: "reports",
        ...(onEnding && { onEnding: ({ text }) => response.end(text) }),
      });
      if (request.url === "/short") return response.end("x");
      const timer = setInterval(() => response.write("tick\n"), 5);
      response.once("close", () => clearInterval(timer));
      return undefined;
    });
    return listen(web);
  }
  const ask = async (port: number, token: string, path = "/") => {
    const headers = { authorization: `Bearer ${token}` };
    const options = { host: "127.0.0.1", port, path, headers, rejectUnauthorized: false };
    const sent = httpsRequest({ ...options, agent: false });
    sent.end();
    const [response] = await once(sent, "response");
    return response as NodeJS.ReadableStream;
  };
  const drain = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let heard = "";
    for await (const chunk of stream) heard += String(chunk);
    return heard;
  };

  test("the leeway that holds an answer is the one that verifies its token", async () => {
    const exp = Math.floor(Date.now() / 1000) - 299;
    const begun = vi.fn();
    const options = serverTls(service.identity, {
      authorize: ANY,
      requireClientCertificate: false,
    });
    const port = await listen(
      createServer(options, (request, response) => {
        verifyRequest(service.identity, request, response, {
          audience: "reports",
          leewaySeconds: 3_600,
        });
        begun();
        response.write("tick\n");
      }),
    );
    const answer = await ask(port, await world.ca.jwt({ exp }));
    expect(begun).toHaveBeenCalled();
    await expect(drain(answer)).rejects.toThrow();
    expect(Date.now() / 1000).toBeLessThan(exp + 300 + 1);
    await vi.waitFor(() => expect(service.cuts[0]?.cause).toBe("expired"));
  });

  test("nothing is held to a token for an answer that is over already", async () => {
    const options = serverTls(service.identity, {
      authorize: ANY,
      requireClientCertificate: false,
    });
    const verified = vi.fn();
    let destroy = vi.fn();
    const port = await listen(
      createServer(options, (request, response) => {
        request.once("close", () => {
          verifyRequest(service.identity, request, response, { audience: "reports" });
          destroy = vi.spyOn(response, "destroy");
          verified();
        });
      }),
    );
    const headers = { authorization: `Bearer ${await world.ca.jwt({})}` };
    const sent = httpsRequest({
      ...{ host: "127.0.0.1", port, headers, rejectUnauthorized: false, agent: false },
    });
    sent.on("error", () => undefined);
    sent.end();
    await once(sent, "socket");
    await new Promise((resolve) => setTimeout(resolve, 100));
    sent.destroy();
    await vi.waitFor(() => expect(verified).toHaveBeenCalled());
    // What is denied now ends nothing: nothing stands on it.
    service.deny("*", "revoked");
    expect(destroy).not.toHaveBeenCalled();
  });

  test("ends when the token expires, is denied, or its authority leaves the bundle", async () => {
    const port = await serve();
    const exp = Math.floor(Date.now() / 1000) + 2;
    const expiring = await ask(port, await world.ca.jwt({ exp }));
    await expect(drain(expiring)).rejects.toThrow();
    expect(Date.now() / 1000).toBeGreaterThan(exp - 0.05);
    expect(Date.now() / 1000).toBeLessThan(exp + 0.7);
    const byId = await ask(port, await world.ca.jwt({ jti: "j1" }));
    const other = await ask(port, await world.ca.jwt({ jti: "j2" }));
    service.deny("j1", "revoked");
    await expect(drain(byId)).rejects.toThrow();
    service.removeAuthorities();
    await expect(drain(other)).rejects.toThrow();
    await vi.waitFor(() => expect(service.cuts.length).toBeGreaterThan(2));
    expect(service.cuts.map(({ cause }) => cause).slice(0, 3)).toEqual([
      "expired",
      "revoked",
      "authority_removed",
    ]);
  });

  test("one that is over is left alone, and a last word may be said", async () => {
    const port = await serve(true);
    expect(await drain(await ask(port, await world.ca.jwt({ jti: "j" }), "/short"))).toBe("x");
    const long = await ask(port, await world.ca.jwt({ jti: "j" }));
    service.deny("j", "suspended");
    expect(await drain(long)).toMatch(/botpass: your identity is suspended$/);
    await vi.waitFor(() => expect(service.cuts).toHaveLength(1));
  });
});

describe("sessions", () => {
  const versions = ["TLSv1.2", "TLSv1.3"] as const;

  /** A service that does resume: plain TLS with tickets and session ids, and our SVID. */
  function resuming(maxVersion: "TLSv1.2" | "TLSv1.3") {
    const ca = world.ca.bundle.x509Authorities.map((der) => der.toString("base64"));
    const pem = `-----BEGIN CERTIFICATE-----\n${ca[0]}\n-----END CERTIFICATE-----\n`;
    const options = { ...tlsIdentity(service.svid()), ca: pem, requestCert: true, maxVersion };
    return createServer(options, (_request, response) => {
      const { socket } = response;
      response.end(String((socket as unknown as { isSessionReused(): boolean }).isSessionReused()));
    });
  }

  test.each(versions)("%s: clientTls resumes none, whatever the agent keeps", async (version) => {
    const port = await listen(resuming(version));
    const { Agent } = await import("node:https");
    const agent = new Agent({ ...clientTls(bot.identity, { peer: ANY }), maxVersion: version });
    const reused: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const sent = httpsRequest({ host: "127.0.0.1", port, agent });
      sent.end();
      const [response] = await once(sent, "response");
      for await (const chunk of response) reused.push(String(chunk));
    }
    expect(reused).toEqual(["false", "false", "false"]);
    const { Agent: UndiciAgent } = await import("undici");
    const connect = { ...clientTls(bot.identity, { peer: ANY }), maxVersion: version } as never;
    for (let i = 0; i < 2; i += 1) {
      const dispatcher = new UndiciAgent({ connect });
      const { body } = await undiciRequest(`https://127.0.0.1:${port}/`, { dispatcher });
      expect(await body.text()).toBe("false");
      await dispatcher.close();
    }
  });

  test.each(versions)("%s: a session that was put in by hand is not resumed", async (version) => {
    const port = await listen(resuming(version));
    const options = { host: "127.0.0.1", port, maxVersion: version };
    const first = tlsConnect({ ...options, ...clientTls(bot.identity, { peer: ANY }) });
    first.on("error", () => undefined);
    let session: Buffer | undefined;
    first.on("session", (each: Buffer) => {
      session = each;
    });
    first.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(first, "data");
    first.destroy();
    expect(session).toBeDefined();
    const second = tlsConnect({
      ...options,
      ...clientTls(bot.identity, { peer: ANY }),
      ...(session && { session }),
    });
    // Node drops it, or OpenSSL refuses it.
    const resumed = await once(second, "secureConnect").then(
      () => second.isSessionReused(),
      () => false,
    );
    expect(resumed).toBe(false);
    second.destroy();
  });

  test.each(versions)(
    "%s: a service with a session store of its own checks what it resumes",
    async (version) => {
      const kept = new Map<string, Buffer>();
      const options = { authorize: ANY, minVersion: version };
      const web = createTlsServer(
        { ...serverTls(service.identity, options), maxVersion: version },
        (socket) => socket.end(`in ${socket.isSessionReused()}`),
      );
      web.on("newSession", (id: Buffer, data: Buffer, done: () => void) => {
        kept.set(id.toString("hex"), data);
        done();
      });
      web.on("resumeSession", (id: Buffer, done: (error: null, data?: Buffer) => void) =>
        done(null, kept.get(id.toString("hex"))),
      );
      const port = await listen(web);
      const connect = async (session?: Buffer): Promise<{ said: string; session?: Buffer }> => {
        const socket = tlsConnect({
          host: "127.0.0.1",
          port,
          rejectUnauthorized: false,
          ...tlsIdentity(bot.svid()),
          ...(session && { session }),
        });
        let said = "";
        let got: Buffer | undefined;
        socket.on("session", (each: Buffer) => {
          got = each;
        });
        socket.on("data", (chunk: Buffer) => {
          said += chunk.toString();
        });
        socket.on("error", () => undefined);
        await once(socket, "close");
        return { said, ...(got && { session: got }) };
      };
      const first = await connect();
      expect(first.said).toBe("in false");
      service.deny(bot.id, "suspended");
      expect((await connect(first.session)).said).toBe("");
    },
  );

  test("clientTls brings the SVID of the moment to each connection, and cuts each by its own", async () => {
    const seen: string[] = [];
    const web = createTlsServer({ requestCert: true, rejectUnauthorized: false }, (socket) => {
      seen.push(String(socket.getPeerCertificate().serialNumber).toLowerCase());
      socket.on("error", () => undefined);
      socket.write("x");
    });
    secureServer(web, service.identity, { authorize: ANY });
    const port = await listen(web);
    const options = clientTls(bot.identity, { peer: ANY });
    const first = tlsConnect({ host: "127.0.0.1", port, ...options });
    await once(first, "data");
    const before = bot.svid().serialHex;
    await bot.rotate();
    const second = tlsConnect({ host: "127.0.0.1", port, ...options });
    await once(second, "data");
    expect(seen.map((each) => each.padStart(32, "0"))).toEqual(
      [before, bot.svid().serialHex].map((each) => each.padStart(32, "0")),
    );
    bot.deny(before, "revoked");
    await expect(once(first, "close")).rejects.toMatchObject({ code: "DENIED" });
    expect(second.destroyed).toBe(false);
    bot.deny(service.id, "retired");
    await expect(once(second, "close")).rejects.toMatchObject({ code: "DENIED" });
  });
});
