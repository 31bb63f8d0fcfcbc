// Services under test, and callers without the library: who has stolen an SVID has no reason to end anything.
import { once } from "node:events";
import { connect as connectSession, createSecureServer } from "node:http2";
import { Agent, createServer as createHttps, request as httpsRequest } from "node:https";
import type { AddressInfo, Server } from "node:net";
import type { Duplex } from "node:stream";
import { connect, createServer as createTls, type TLSSocket, type TlsOptions } from "node:tls";
import {
  ChannelCredentials,
  Client,
  connectivityState,
  Server as GrpcServer,
  ServerCredentials,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import express from "express";
import fastify from "fastify";
import { WebSocket, WebSocketServer } from "ws";
import { tlsIdentity } from "../../src/crypto/index.ts";
import {
  closeWebSockets,
  createGrpcServer,
  type IdMatcher,
  memberOf,
  type PeerIdentity,
  serverTls,
  type X509Svid,
} from "../../src/index.ts";
import { closing, type Open, type Probe, within } from "./probe.ts";

/** Who meets whom. */
export interface Sides {
  /** The side under test; undefined: plain Node with the SVID. */
  readonly identity: PeerIdentity | undefined;
  /** Its SVID now. */
  readonly own: X509Svid;
  /** What the other side has. */
  readonly theirs: X509Svid;
  readonly bundlePem: string;
  /** Whom the side under test accepts. */
  readonly rule: IdMatcher;
}

const TICK_MS = 5;
const ANSWER_MS = 2000;
export const ANY = memberOf("lifetimes.example");

/** As one writes it without the library: mutual TLS by the CA, any name. */
export function plainTls({ own, bundlePem }: Sides): TlsOptions {
  return { ...tlsIdentity(own), ca: bundlePem, requestCert: true, rejectUnauthorized: true };
}

function tlsOptionsOf(sides: Sides): TlsOptions {
  return sides.identity === undefined
    ? plainTls(sides)
    : serverTls(sides.identity, { authorize: sides.rule, minVersion: "TLSv1.2" });
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

export function tick(
  write: () => unknown,
  until: { once(e: "close", f: () => void): unknown },
): void {
  const timer = setInterval(write, TICK_MS);
  until.once("close", () => clearInterval(timer));
}

interface Writable {
  write(text: string): unknown;
  end(text?: string): unknown;
  once(event: "close", listener: () => void): unknown;
  on(event: "error", listener: () => void): unknown;
}

/** `/ticks` never ends. */
export function answer(path: string | undefined, response: Writable): void {
  response.on("error", () => undefined);
  if (path !== "/ticks") response.end("x");
  else tick(() => response.write("tick\n"), response);
}

/** A caller's TLS connections, with the sessions that it was given. */
class Caller {
  readonly #sides: Sides;
  readonly #port: number;
  #session: Buffer | undefined;
  resumed = 0;

  constructor(sides: Sides, port: number) {
    this.#sides = sides;
    this.#port = port;
  }

  async open(alpn: string[], resume = false): Promise<TLSSocket> {
    const socket = connect({
      host: "127.0.0.1",
      port: this.#port,
      rejectUnauthorized: false,
      ...(alpn.length === 0 ? {} : { ALPNProtocols: alpn }),
      ...tlsIdentity(this.#sides.theirs),
      ...(resume && this.#session && { session: this.#session }),
    });
    socket.on("error", () => undefined);
    socket.on("session", (session: Buffer) => {
      this.#session = session;
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("close", () => reject(new Error("refused")));
    });
    if (socket.isSessionReused()) this.resumed += 1;
    return socket;
  }
}

/** What a protocol does with a connection. */
interface Exchange {
  readonly alpn: string[];
  /** One request, answered. Rejects when the connection ends before. */
  ask(socket: TLSSocket): Promise<void>;
  /** Begins an answer that does not end. @returns when its last byte came, once the connection has ended. */
  stream(socket: TLSSocket): Promise<Open>;
}

/** Bytes on the socket itself are what a caller observes. */
function lastByte(socket: TLSSocket): Promise<number> {
  let last = performance.now();
  socket.on("data", () => {
    last = performance.now();
  });
  return new Promise((resolve) => socket.once("close", () => resolve(last)));
}

function heard(stream: Duplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error("closed before an answer"));
    stream.once("data", (chunk: Buffer) => {
      stream.off("close", closed);
      resolve(chunk);
    });
    stream.once("close", closed);
  });
}

const RAW: Exchange = {
  alpn: [],
  ask: async (socket) => {
    socket.write("x");
    await heard(socket);
  },
  stream: async (socket) => {
    const last = lastByte(socket);
    socket.write("s");
    await heard(socket);
    return { ended: last };
  },
};

const HTTP1: Exchange = {
  alpn: ["http/1.1"],
  ask: async (socket) => {
    socket.write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    const chunk = await heard(socket);
    if (!String(chunk).startsWith("HTTP/1.1 200")) throw new Error(String(chunk));
  },
  stream: async (socket) => {
    const last = lastByte(socket);
    socket.write("GET /ticks HTTP/1.1\r\nHost: x\r\n\r\n");
    await heard(socket);
    return { ended: last };
  },
};

const HTTP2: Exchange = {
  alpn: ["h2"],
  ask: async (socket) => {
    const session = connectSession("https://x", { createConnection: () => socket });
    session.on("error", () => undefined);
    const stream = session.request({ ":path": "/x" });
    stream.on("error", () => undefined);
    await heard(stream);
  },
  stream: async (socket) => {
    const session = connectSession("https://x", { createConnection: () => socket });
    session.on("error", () => undefined);
    const stream = session.request({ ":path": "/ticks" });
    stream.on("error", () => undefined);
    let last = performance.now();
    stream.on("data", () => {
      last = performance.now();
    });
    await once(stream, "data");
    return { ended: new Promise((resolve) => socket.once("close", () => resolve(last))) };
  },
};

/** A service over sockets that a caller opens itself. */
class SocketProbe implements Probe {
  readonly adapter: string;
  readonly #exchange: Exchange;
  readonly #caller: Caller;
  readonly #close: () => unknown;
  #kept: TLSSocket | undefined;

  constructor(adapter: string, exchange: Exchange, caller: Caller, close: () => unknown) {
    this.adapter = adapter;
    this.#exchange = exchange;
    this.#caller = caller;
    this.#close = close;
  }

  async idle(): Promise<Open> {
    const socket = await this.#open();
    await this.#exchange.ask(socket);
    return { ended: closing(socket) };
  }

  async load(): Promise<Open> {
    return this.#exchange.stream(await this.#open());
  }

  async fresh(resume: boolean): Promise<void> {
    const socket = await this.#open(resume);
    try {
      await within(ANSWER_MS, this.#exchange.ask(socket));
    } finally {
      socket.destroy();
    }
  }

  async pooled(): Promise<void> {
    // HTTP/2 has one session for a socket; its next requests are the load.
    if (this.#exchange === HTTP2) return this.fresh(false);
    if (this.#kept === undefined || this.#kept.destroyed) this.#kept = await this.#open();
    await within(ANSWER_MS, this.#exchange.ask(this.#kept));
  }

  resumed(): number {
    return this.#caller.resumed;
  }

  async close(): Promise<void> {
    this.#kept?.destroy();
    await this.#close();
  }

  #open(resume = false): Promise<TLSSocket> {
    return within(ANSWER_MS, this.#caller.open(this.#exchange.alpn, resume));
  }
}

const probe = async (
  adapter: string,
  exchange: Exchange,
  sides: Sides,
  server: Server,
): Promise<Probe> => {
  const port = await listen(server);
  server.on("tlsClientError", () => undefined);
  const close = (): void => {
    server.close();
    (server as Partial<import("node:https").Server>).closeAllConnections?.();
  };
  return new SocketProbe(adapter, exchange, new Caller(sides, port), close);
};

async function rawProbe(sides: Sides): Promise<Probe> {
  const server = createTls(tlsOptionsOf(sides), (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      if (String(chunk) === "s") tick(() => socket.write("t"), socket);
      else socket.write("x");
    });
  });
  return probe("tls server", RAW, sides, server);
}

async function httpsProbe(sides: Sides): Promise<Probe> {
  const server = createHttps(tlsOptionsOf(sides), (request, response) =>
    answer(request.url, response),
  );
  return probe("https server", HTTP1, sides, server);
}

async function expressProbe(sides: Sides): Promise<Probe> {
  const app = express();
  app.use((request, response) => answer(request.url, response));
  return probe("express", HTTP1, sides, createHttps(tlsOptionsOf(sides), app));
}

async function fastifyProbe(sides: Sides): Promise<Probe> {
  const app = fastify({ https: tlsOptionsOf(sides), forceCloseConnections: true });
  app.get("/*", (request, reply) => {
    reply.hijack();
    answer(request.url, reply.raw);
  });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const caller = new Caller(sides, Number(new URL(address).port));
  return new SocketProbe("fastify", HTTP1, caller, () => app.close());
}

async function http2Probe(sides: Sides): Promise<Probe> {
  const server = createSecureServer(tlsOptionsOf(sides) as never);
  server.on("sessionError", () => undefined);
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    stream.respond({ ":status": 200 });
    answer(headers[":path"], stream);
  });
  return probe("http2 server", HTTP2, sides, server);
}

async function webSocketProbe(sides: Sides): Promise<Probe> {
  const server = createHttps(tlsOptionsOf(sides));
  const sockets = new WebSocketServer({ server });
  if (sides.identity !== undefined) closeWebSockets(sockets);
  sockets.on("connection", (socket) => {
    socket.on("error", () => undefined);
    socket.on("message", (text) => {
      if (String(text) === "s") tick(() => socket.send("t"), socket);
      else socket.send("x");
    });
  });
  const port = await listen(server);
  const caller = new Caller(sides, port);
  const dial = async (resume = false): Promise<{ ws: WebSocket; socket: TLSSocket }> => {
    const socket = await within(ANSWER_MS, caller.open(["http/1.1"], resume));
    const ws = new WebSocket("wss://127.0.0.1/", { createConnection: () => socket as never });
    ws.on("error", () => undefined);
    await within(
      ANSWER_MS,
      new Promise<void>((resolve, reject) => {
        ws.once("open", resolve);
        ws.once("close", () => reject(new Error("refused")));
      }),
    );
    return { ws, socket };
  };
  const ask = (ws: WebSocket, text: string): Promise<unknown> => {
    ws.send(text);
    return within(
      ANSWER_MS,
      Promise.race([
        once(ws, "message"),
        closing(ws).then(() => Promise.reject(new Error("closed"))),
      ]),
    );
  };
  let kept: WebSocket | undefined;
  return {
    adapter: "ws server",
    async idle() {
      const { ws, socket } = await dial();
      await ask(ws, "x");
      return { ended: closing(socket) };
    },
    async load() {
      const { ws, socket } = await dial();
      let last = performance.now();
      ws.on("message", () => {
        last = performance.now();
      });
      await ask(ws, "s");
      return { ended: new Promise((resolve) => socket.once("close", () => resolve(last))) };
    },
    async fresh(resume) {
      const { ws } = await dial(resume);
      try {
        await ask(ws, "x");
      } finally {
        ws.terminate();
      }
    },
    async pooled() {
      if (kept === undefined || kept.readyState !== WebSocket.OPEN) kept = (await dial()).ws;
      await ask(kept, "x");
    },
    resumed: () => caller.resumed,
    async close() {
      kept?.terminate();
      for (const each of sockets.clients) each.terminate();
      sockets.close();
      server.close();
    },
  };
}

export const ECHO = {
  One: {
    path: "/lifetimes.Echo/One",
    requestStream: false,
    responseStream: false,
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: (bytes: Buffer) => bytes.toString(),
    responseSerialize: (text: string) => Buffer.from(text),
    responseDeserialize: (bytes: Buffer) => bytes.toString(),
  },
  Ticks: {
    path: "/lifetimes.Echo/Ticks",
    requestStream: false,
    responseStream: true,
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: (bytes: Buffer) => bytes.toString(),
    responseSerialize: (text: string) => Buffer.from(text),
    responseDeserialize: (bytes: Buffer) => bytes.toString(),
  },
} as const;

export const ECHO_HANDLERS = {
  One: (_call: object, done: (error: null, text: string) => void) => done(null, "x"),
  Ticks: (call: ServerWritableStream<string, string>) => {
    const timer = setInterval(() => call.write("t"), TICK_MS);
    call.once("cancelled", () => clearInterval(timer));
    call.once("close", () => clearInterval(timer));
  },
};

export function askGrpc(client: Client): Promise<void> {
  const { path, requestSerialize, responseDeserialize } = ECHO.One;
  const options = { deadline: Date.now() + ANSWER_MS };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, "x", options, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}

export async function streamGrpc(client: Client): Promise<Open> {
  const { path, requestSerialize, responseDeserialize } = ECHO.Ticks;
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, "x");
  let last = performance.now();
  call.on("data", () => {
    last = performance.now();
  });
  call.on("error", () => undefined);
  const ended = new Promise<number>((resolve) => call.once("status", () => resolve(last)));
  await within(ANSWER_MS, once(call, "data"));
  return { ended };
}

async function grpcProbe(sides: Sides): Promise<Probe> {
  const { identity } = sides;
  let port: number;
  let close: () => unknown;
  if (identity === undefined) {
    const server = new GrpcServer();
    server.addService(ECHO, ECHO_HANDLERS);
    const { key, cert } = tlsIdentity(sides.own);
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
    const credentials = ServerCredentials.createSsl(Buffer.from(sides.bundlePem), [pair], true);
    port = await new Promise((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    close = () => server.forceShutdown();
  } else {
    const server = createGrpcServer(identity, { authorize: sides.rule });
    server.grpc.addService(ECHO, ECHO_HANDLERS);
    port = await server.listen({ host: "127.0.0.1", port: 0 });
    close = () => server.close(50);
  }
  const { key, cert } = tlsIdentity(sides.theirs);
  const dial = (): Client => {
    const credentials = ChannelCredentials.createSsl(
      Buffer.from(sides.bundlePem),
      Buffer.from(key),
      Buffer.from(cert),
      { checkServerIdentity: () => undefined },
    );
    return new Client(`127.0.0.1:${port}`, credentials, { "grpc.use_local_subchannel_pool": 1 });
  };
  const opened: Client[] = [];
  const kept = dial();
  return {
    adapter: "grpc-js server",
    async idle() {
      const client = dial();
      opened.push(client);
      await askGrpc(client);
      const channel = client.getChannel();
      const ended = new Promise<number>((resolve) =>
        channel.watchConnectivityState(connectivityState.READY, Date.now() + 60_000, (error) => {
          if (error === undefined || error === null) resolve(performance.now());
        }),
      );
      return { ended };
    },
    async load() {
      const client = dial();
      opened.push(client);
      return streamGrpc(client);
    },
    async fresh() {
      const client = dial();
      try {
        await askGrpc(client);
      } finally {
        client.close();
      }
    },
    pooled: () => askGrpc(kept),
    resumed: () => 0,
    async close() {
      for (const client of [...opened, kept]) client.close();
      await close();
    },
  };
}

/** An `https.Agent` without the library, which keeps sockets and sessions: of the plain comparison, and of nobody else. */
export function plainAgent({ theirs, bundlePem }: Sides): Agent {
  return new Agent({
    ...tlsIdentity(theirs),
    ca: bundlePem,
    keepAlive: true,
    checkServerIdentity: () => undefined,
  });
}

export function get(port: number, path: string, agent: Agent, headers = {}) {
  const sent = httpsRequest({ host: "127.0.0.1", port, path, agent, headers });
  sent.on("error", () => undefined);
  sent.end();
  return sent;
}

export const SERVER_SIDE: Readonly<Record<string, (sides: Sides) => Promise<Probe>>> = {
  "tls server": rawProbe,
  "https server": httpsProbe,
  express: expressProbe,
  fastify: fastifyProbe,
  "http2 server": http2Probe,
  "grpc-js server": grpcProbe,
  "ws server": webSocketProbe,
};
