// Clients under test, and services without the library that have a stolen SVID: what they see of the client is measured.
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { type Agent, createServer as createHttps } from "node:https";
import { connect, createServer as createTls, type TLSSocket, type TlsOptions } from "node:tls";
import {
  type Client,
  Client as GrpcClient,
  Server as GrpcServer,
  ServerCredentials,
} from "@grpc/grpc-js";
import { Kafka, logLevel } from "kafkajs";
import pg from "pg";
import type { Dispatcher } from "undici";
import { request as undiciRequest } from "undici";
import { WebSocket, WebSocketServer } from "ws";
import { tlsIdentity } from "../../src/crypto/index.ts";
import {
  clientTls,
  closeWebSockets,
  connectHttp2,
  connectTls,
  createDispatcher,
  createFetch,
  grpcCredentials,
  httpsAgent,
  type PeerIdentity,
} from "../../src/index.ts";
import { kafkaLike, postgresLike } from "../../test/support/tcp-services.ts";
import { type Probe, within } from "./probe.ts";
import {
  ANY,
  answer,
  askGrpc,
  ECHO,
  ECHO_HANDLERS,
  get,
  listen,
  type Sides,
  streamGrpc,
  tick,
} from "./server-side.ts";

type Ours = Sides & { readonly identity: PeerIdentity };
const ANSWER_MS = 2000;

/** A service that takes every certificate of the trust domain, and sees sockets come and go. */
class Watched {
  readonly #waiting: ((socket: TLSSocket) => void)[] = [];
  resumed = 0;

  /** The next connection's end, and its last byte to us. */
  next(): Promise<number> {
    return new Promise((resolve) =>
      this.#waiting.push((socket) => socket.once("close", () => resolve(performance.now()))),
    );
  }

  see(socket: TLSSocket): void {
    socket.on("error", () => undefined);
    if (socket.isSessionReused()) this.resumed += 1;
    this.#waiting.shift()?.(socket);
  }
}

function stolen({ theirs, bundlePem }: Sides): TlsOptions {
  return { ...tlsIdentity(theirs), ca: bundlePem, requestCert: true, rejectUnauthorized: false };
}

/** How a client does its things. `open` leaves a connection behind that is not used again. */
interface Client1 {
  open(): Promise<unknown>;
  stream(): Promise<unknown>;
  fresh(resume: boolean): Promise<unknown>;
  pooled(): Promise<unknown>;
  close(): unknown;
}

function probeOf(adapter: string, watched: Watched, client: Client1, close: () => unknown): Probe {
  return {
    adapter,
    async idle() {
      const end = watched.next();
      await within(ANSWER_MS, client.open());
      return { ended: end };
    },
    async load() {
      const end = watched.next();
      await within(ANSWER_MS, client.stream());
      return { ended: end };
    },
    fresh: async (resume) => void (await within(ANSWER_MS, client.fresh(resume))),
    pooled: async () => void (await within(ANSWER_MS, client.pooled())),
    resumed: () => watched.resumed,
    async close() {
      await client.close();
      await close();
    },
  };
}

async function web(sides: Sides) {
  const watched = new Watched();
  const server = createHttps(stolen(sides), (request, response) => answer(request.url, response));
  server.on("secureConnection", (socket) => watched.see(socket));
  const port = await listen(server);
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { watched, port, close, url: `https://127.0.0.1:${port}` };
}

async function raw(sides: Sides) {
  const watched = new Watched();
  const server = createTls(stolen(sides), (socket) => {
    watched.see(socket);
    socket.on("data", (chunk: Buffer) => {
      if (String(chunk) === "s") tick(() => socket.write("t"), socket);
      else socket.write("x");
    });
  });
  return { watched, port: await listen(server), close: () => server.close() };
}

/** Over sockets that we open and write on ourselves. */
function rawClient(dial: (resume?: boolean) => Promise<TLSSocket>): Client1 {
  let kept: TLSSocket | undefined;
  const opened: TLSSocket[] = [];
  const ask = async (text: string, keep = true, resume = false): Promise<TLSSocket> => {
    const socket = await dial(resume);
    socket.on("error", () => undefined);
    socket.write(text);
    await once(socket, "data");
    socket.resume();
    if (keep) opened.push(socket);
    else socket.destroy();
    return socket;
  };
  return {
    open: () => ask("x"),
    stream: () => ask("s"),
    fresh: (resume) => ask("x", false, resume),
    async pooled() {
      if (kept === undefined || kept.destroyed) kept = await ask("x");
      kept.write("x");
      await once(kept, "data");
    },
    close() {
      for (const each of opened) each.destroy();
    },
  };
}

async function connectTlsProbe(sides: Ours): Promise<Probe> {
  const { watched, port, close } = await raw(sides);
  const dial = () => connectTls(sides.identity, { host: "127.0.0.1", port, peer: sides.rule });
  return probeOf("tls client (connectTls)", watched, rawClient(dial), close);
}

async function clientTlsProbe(sides: Ours): Promise<Probe> {
  const { watched, port, close } = await raw(sides);
  const options = clientTls(sides.identity, { peer: sides.rule });
  let session: Buffer | undefined;
  const dial = async (resume = false): Promise<TLSSocket> => {
    // A caller that keeps sessions itself, and is refused with them.
    const kept = resume && session ? { session } : {};
    const socket = connect({ host: "127.0.0.1", port, ...options, ...kept });
    socket.on("session", (each: Buffer) => {
      session = each;
    });
    socket.on("error", () => undefined);
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("close", () => reject(new Error("refused")));
    });
    return socket;
  };
  return probeOf("tls client (clientTls)", watched, rawClient(dial), close);
}

/** By any agent of `node:https`. */
function agentClient(port: number, make: () => Agent): Client1 {
  const kept = make();
  const agents: Agent[] = [kept];
  const once1 = async (agent: Agent, path = "/x"): Promise<void> => {
    const [response] = await once(get(port, path, agent), "response");
    response.on("error", () => undefined);
    response.resume();
    if (path === "/x") await once(response, "end");
  };
  const own = (): Agent => {
    const agent = make();
    agents.push(agent);
    return agent;
  };
  return {
    open: () => once1(own()),
    stream: () => once1(own(), "/ticks"),
    async fresh() {
      const agent = make();
      try {
        await once1(agent);
      } finally {
        agent.destroy();
      }
    },
    pooled: () => once1(kept),
    close() {
      for (const each of agents) each.destroy();
    },
  };
}

async function httpsAgentProbe(sides: Ours): Promise<Probe> {
  const { watched, port, close } = await web(sides);
  const make = () => httpsAgent(sides.identity, { peer: sides.rule, keepAlive: true });
  return probeOf("https client (httpsAgent)", watched, agentClient(port, make), close);
}

async function fetchProbe(sides: Ours): Promise<Probe> {
  const { watched, url, close } = await web(sides);
  const opened = [createFetch(sides.identity)];
  const own = () => {
    const made = createFetch(sides.identity);
    opened.push(made);
    return made;
  };
  const [kept] = opened as [ReturnType<typeof createFetch>];
  const ask = async (fetch: typeof kept): Promise<void> => {
    await (await fetch(`${url}/x`, { peer: sides.rule })).text();
  };
  const client: Client1 = {
    open: () => ask(own()),
    async stream() {
      const { body } = await own()(`${url}/ticks`, { peer: sides.rule });
      const reader = body?.getReader();
      await reader?.read();
      void (async () => {
        while (!(await reader?.read())?.done);
      })().catch(() => undefined);
    },
    async fresh() {
      const fetch = createFetch(sides.identity);
      try {
        await ask(fetch);
      } finally {
        await fetch.close();
      }
    },
    pooled: () => ask(kept),
    close: () => undefined,
  };
  return probeOf("fetch", watched, client, close);
}

async function undiciProbe(sides: Ours): Promise<Probe> {
  const { watched, url, close } = await web(sides);
  const opened: Dispatcher[] = [];
  const own = async (): Promise<Dispatcher> => {
    const made = await createDispatcher(sides.identity, { peer: sides.rule });
    opened.push(made);
    return made;
  };
  const ask = async (dispatcher: Dispatcher): Promise<void> => {
    await (await undiciRequest(`${url}/x`, { dispatcher })).body.text();
  };
  const kept = await own();
  const client: Client1 = {
    open: async () => ask(await own()),
    async stream() {
      const { body } = await undiciRequest(`${url}/ticks`, { dispatcher: await own() });
      body.on("error", () => undefined);
      await once(body, "data");
    },
    async fresh() {
      const dispatcher = await createDispatcher(sides.identity, { peer: sides.rule });
      try {
        await ask(dispatcher);
      } finally {
        await dispatcher.close();
      }
    },
    pooled: () => ask(kept),
    close: () => Promise.all(opened.map((each) => each.destroy())),
  };
  return probeOf("undici (dispatcher)", watched, client, close);
}

async function http2ClientProbe(sides: Ours): Promise<Probe> {
  const watched = new Watched();
  const server = createSecureServer(stolen(sides) as never);
  server.on("secureConnection", (socket) => watched.see(socket));
  server.on("sessionError", () => undefined);
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    stream.respond({ ":status": 200 });
    answer(headers[":path"], stream);
  });
  const port = await listen(server);
  const dial = () =>
    connectHttp2(sides.identity, `https://127.0.0.1:${port}`, { peer: sides.rule });
  type Session = Awaited<ReturnType<typeof dial>>;
  const opened: Session[] = [];
  const ask = async (session: Session, path = "/x"): Promise<void> => {
    const stream = session.request({ ":path": path });
    stream.on("error", () => undefined);
    await once(stream, "data");
    stream.resume();
    if (path === "/x" && !stream.readableEnded) await once(stream, "end");
  };
  const own = async (): Promise<Session> => {
    const made = await dial();
    opened.push(made);
    return made;
  };
  let kept: Session | undefined;
  const client: Client1 = {
    open: async () => ask(await own()),
    stream: async () => ask(await own(), "/ticks"),
    async fresh() {
      const session = await dial();
      try {
        await ask(session);
      } finally {
        session.destroy();
      }
    },
    async pooled() {
      if (kept === undefined || kept.closed || kept.destroyed) kept = await own();
      await ask(kept);
    },
    close() {
      for (const each of opened) each.destroy();
    },
  };
  return probeOf("http2 client (http2Connect)", watched, client, () => server.close());
}

async function grpcClientProbe(sides: Ours): Promise<Probe> {
  const watched = new Watched();
  const server = new GrpcServer();
  server.addService(ECHO, ECHO_HANDLERS);
  // TLS is ended here, so that the sockets can be watched.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const tls = createTls({ ...stolen(sides), ALPNProtocols: ["h2"] }, (socket) => {
    watched.see(socket);
    injector.injectConnection(socket);
  });
  const port = await listen(tls);
  const dial = (): Client =>
    new GrpcClient(`127.0.0.1:${port}`, grpcCredentials(sides.identity, { peer: sides.rule }), {
      "grpc.use_local_subchannel_pool": 1,
    });
  const opened: Client[] = [];
  const own = (): Client => {
    const made = dial();
    opened.push(made);
    return made;
  };
  const kept = own();
  const client: Client1 = {
    open: () => askGrpc(own()),
    stream: () => streamGrpc(own()).then(() => undefined),
    async fresh() {
      const made = dial();
      try {
        await askGrpc(made);
      } finally {
        made.close();
      }
    },
    pooled: () => askGrpc(kept),
    close() {
      for (const each of opened) each.close();
    },
  };
  return probeOf("grpc-js client", watched, client, () => {
    tls.close();
    server.forceShutdown();
  });
}

async function webSocketClientProbe(sides: Ours): Promise<Probe> {
  const watched = new Watched();
  const server = createHttps(stolen(sides));
  server.on("secureConnection", (socket) => watched.see(socket));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.on("error", () => undefined);
    socket.on("message", (text) => {
      if (String(text) === "s") tick(() => socket.send("t"), socket);
      else socket.send("x");
    });
  });
  const port = await listen(server);
  const opened: WebSocket[] = [];
  const dial = async (text: string): Promise<WebSocket> => {
    const agent = httpsAgent(sides.identity, { peer: sides.rule });
    const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { agent });
    closeWebSockets(socket);
    await once(socket, "open");
    socket.on("error", () => undefined);
    socket.send(text);
    await once(socket, "message");
    opened.push(socket);
    return socket;
  };
  let kept: WebSocket | undefined;
  const client: Client1 = {
    open: () => dial("x"),
    stream: () => dial("s"),
    fresh: async () => (await dial("x")).terminate(),
    async pooled() {
      if (kept === undefined || kept.readyState !== WebSocket.OPEN) kept = await dial("x");
      kept.send("x");
      await once(kept, "message");
    },
    close() {
      for (const each of opened) each.terminate();
    },
  };
  return probeOf("ws client", watched, client, () => {
    sockets.close();
    server.close();
  });
}

/** Of a service that accepts whoever has a certificate. */
function anyone(sides: Sides): PeerIdentity {
  const { identity, theirs } = sides as Ours;
  const { bundles, clock } = identity;
  return { svid: () => theirs, bundles, clock, onChange: () => () => undefined };
}

async function postgresProbe(sides: Ours): Promise<Probe> {
  const watched = new Watched();
  const { server, tls } = postgresLike(anyone(sides), { authorize: ANY }, false);
  tls.on("secureConnection", (socket) => watched.see(socket));
  const port = await listen(server);
  const options = () => ({
    host: "127.0.0.1",
    port,
    user: "bot",
    database: "bot",
    ssl: clientTls(sides.identity, { peer: sides.rule }),
  });
  const opened: pg.Client[] = [];
  const dial = async (): Promise<pg.Client> => {
    const made = new pg.Client(options());
    made.on("error", () => undefined);
    await made.connect();
    opened.push(made);
    return made;
  };
  const pool = new pg.Pool({ ...options(), max: 1 });
  pool.on("error", () => undefined);
  const client: Client1 = {
    open: async () => (await dial()).query("select 1"),
    async stream() {
      const made = await dial();
      void (async () => {
        for (;;) await made.query("select 1");
      })().catch(() => undefined);
    },
    fresh: async () => {
      const made = await dial();
      await made.query("select 1");
      await made.end();
    },
    pooled: () => pool.query("select 1"),
    close: () => Promise.allSettled([pool.end(), ...opened.map((each) => each.end())]),
  };
  return probeOf("pg", watched, client, () => server.close());
}

async function kafkaProbe(sides: Ours): Promise<Probe> {
  const watched = new Watched();
  const { server, tls } = kafkaLike(anyone(sides), { authorize: ANY }, false);
  tls.on("secureConnection", (socket) => watched.see(socket));
  const port = await listen(server);
  type Admin = ReturnType<Kafka["admin"]>;
  const opened: Admin[] = [];
  const dial = async (): Promise<Admin> => {
    const kafka = new Kafka({
      brokers: [`127.0.0.1:${port}`],
      ssl: clientTls(sides.identity, { peer: sides.rule }),
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    await admin.connect();
    opened.push(admin);
    return admin;
  };
  const kept = await dial();
  const client: Client1 = {
    open: () => dial(),
    async stream() {
      const admin = await dial();
      void (async () => {
        for (;;) await admin.listTopics();
      })().catch(() => undefined);
    },
    fresh: async () => {
      const admin = await dial();
      await admin.listTopics();
      await admin.disconnect();
    },
    pooled: () => kept.listTopics(),
    close: () => Promise.allSettled(opened.map((each) => each.disconnect())),
  };
  return probeOf("kafkajs", watched, client, () => server.close());
}

export const CLIENT_SIDE: Readonly<Record<string, (sides: Ours) => Promise<Probe>>> = {
  "tls client (connectTls)": connectTlsProbe,
  "tls client (clientTls)": clientTlsProbe,
  "https client (httpsAgent)": httpsAgentProbe,
  fetch: fetchProbe,
  "undici (dispatcher)": undiciProbe,
  "http2 client (http2Connect)": http2ClientProbe,
  "grpc-js client": grpcClientProbe,
  "ws client": webSocketClientProbe,
  pg: postgresProbe,
  kafkajs: kafkaProbe,
};
