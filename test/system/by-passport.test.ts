// authorize: byPassport(). What passports say of calls, from the operator's command to the socket: a real server, TLS on every line.
import { once } from "node:events";
import { createServer, request as httpsRequest } from "node:https";
import type { AddressInfo, Server } from "node:net";
import {
  Client,
  type ServerWritableStream,
  type ServiceDefinition,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { CallRules } from "../../src/agent/index.ts";
import {
  type Bot,
  byPassport,
  connectTls,
  exactly,
  type IssuerError,
  type Peer,
  peerOf,
  serverTls,
  verifyJwt,
} from "../../src/index.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import { loadAdminServices, tlsClientCredentials } from "../../src/wire/index.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { parties } from "../support/party.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

/** Machines under load take their time. */
const waitFor = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000 });

let server: TestServer;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  server = await runningServer({}, "environments: { strict: { approval: second_person } }\n");
});
afterAll(() => server.close());
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function attach(name: string): Promise<Bot> {
  const bot = await server.connect({ token: (await server.token(name)).value });
  closers.push(() => bot.close());
  return bot;
}

/** What the operator says of a passport's calls. */
async function allow(name: string, terms: { mayCall?: string[]; calledBy?: string[] }) {
  const bot = await server.admin.call("BotService", "GetBot", { name });
  return server.admin.call("BotService", "UpdateBot", { name, revision: bot.revision, terms });
}

let made = 0;

/** An ERP and a bot that posts invoices to it, in an environment of their own. */
async function erpAndPoster() {
  made += 1;
  const names = { ERP: `erp-${made}`, POSTER: `poster-${made}` };
  const environment = `e${made}`;
  await server.register(names.ERP, { kind: "service", environment });
  await server.register(names.POSTER, { environment });
  const id = (name: string) => `spiffe://example.org/bot/${environment}/${name}`;
  return {
    erpName: names.ERP,
    posterName: names.POSTER,
    ERP: id(names.ERP),
    POSTER: id(names.POSTER),
    all: `spiffe://example.org/bot/${environment}/*`,
    erp: await attach(names.ERP),
    poster: await attach(names.POSTER),
  };
}

interface Web {
  readonly port: number;
  readonly refusals: IssuerError[];
}

async function listen(web: Server): Promise<number> {
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  closers.push(() => web.close());
  return (web.address() as AddressInfo).port;
}

/** Answers `/` with who calls, and anything else without an end. */
async function webOf(erp: Bot): Promise<Web> {
  const refusals: IssuerError[] = [];
  const onRefused = (error: IssuerError) => refusals.push(error);
  const web = createServer(erp.serverTls({ authorize: byPassport(), onRefused }), (req, res) => {
    if (req.url === "/") return res.end(peerOf(req).spiffeId.toString());
    const timer = setInterval(() => res.write("tick\n"), 5);
    res.once("close", () => clearInterval(timer));
    return undefined;
  });
  return { port: await listen(web), refusals };
}

const get = async (from: Bot, { port }: Web, peer = byPassport()): Promise<string> =>
  (await from.fetch(`https://127.0.0.1:${port}/`, { peer })).text();

/** An answer that does not end by itself. */
async function openStream(from: Bot, { port }: Web, peer = byPassport()) {
  const agent = from.httpsAgent({ peer });
  closers.push(() => agent.destroy());
  const sent = httpsRequest({ host: "127.0.0.1", port, path: "/ticks", agent });
  sent.on("error", () => undefined);
  sent.end();
  const [response] = await once(sent, "response");
  response.on("error", () => undefined);
  await once(response, "data");
  const closed = new Promise<void>((resolve) => response.once("close", () => resolve()));
  return { closed };
}

const cutsOf = (bot: Bot) => {
  const cuts: { cause: string; whose: string; peer: Pick<Peer, "spiffeId"> | undefined }[] = [];
  bot.on("cut", (cut) => cuts.push(cut));
  return cuts;
};

test("https: both passports must name the call; each that does not is named in the refusal", async () => {
  const { erp, poster, ERP, POSTER, erpName, posterName, all } = await erpAndPoster();
  const web = await webOf(erp);
  const anyone = { peer: exactly(ERP) };
  const refusedBy = async (rule: string, why: string) => {
    const known = web.refusals.length;
    await expect(poster.fetch(`https://127.0.0.1:${web.port}/`, anyone)).rejects.toThrow();
    await waitFor(() => expect(web.refusals.length).toBeGreaterThan(known));
    expect(web.refusals.at(-1)).toMatchObject({
      code: "PEER_NOT_AUTHORIZED",
      message: `peer ${POSTER} is refused by passport: ${why}`,
      details: { peer: POSTER, rule },
    });
  };
  await refusedBy("called_by, may_call", "no passport names this call");
  await allow(erpName, { calledBy: [posterName] });
  await waitFor(() => refusedBy("may_call", `may_call in its passport does not name ${ERP}`));
  await allow(erpName, {});
  await allow(posterName, { mayCall: [all] });
  await waitFor(() =>
    refusedBy("called_by", `called_by in the passport of ${ERP} does not name it`),
  );
  await allow(erpName, { calledBy: [posterName] });
  await waitFor(async () => expect(await get(poster, web)).toBe(POSTER));
});

test("a bot does not speak to a service that its own passport does not name", async () => {
  const { erp, poster, ERP, POSTER, erpName, posterName } = await erpAndPoster();
  await allow(erpName, { calledBy: [posterName] });
  await allow(posterName, { mayCall: ["another"] });
  const web = await webOf(erp);
  const refused = { code: "PEER_NOT_AUTHORIZED", details: { peer: ERP, rule: "may_call" } };
  await expect(get(poster, web)).rejects.toMatchObject({
    ...refused,
    message: `peer ${ERP} is refused by passport: may_call in the passport of ${POSTER} does not name it`,
  });
  const target = { host: "127.0.0.1", port: web.port, peer: byPassport() };
  await expect(poster.connectTls(target)).rejects.toMatchObject(refused);
  // It has not even come to the service's rule.
  expect(web.refusals).toEqual([]);
  await allow(posterName, { mayCall: ["another", erpName] });
  await waitFor(async () => expect(await get(poster, web)).toBe(POSTER));
});

test("what is open is cut when either passport stops to name it, with a cause of that name", async () => {
  const { erp, poster, ERP, POSTER, erpName, posterName } = await erpAndPoster();
  await allow(posterName, { mayCall: [erpName] });
  await allow(erpName, { calledBy: [posterName, "spiffe://partner.com/*"] });
  const web = await webOf(erp);
  const [atErp, atPoster] = [cutsOf(erp), cutsOf(poster)];
  await waitFor(() => get(poster, web));

  const first = await openStream(poster, web, byPassport());
  const begun = performance.now();
  await allow(erpName, { calledBy: ["spiffe://partner.com/*"] });
  await first.closed;
  expect(performance.now() - begun).toBeLessThan(5_000);
  await waitFor(() => expect(atErp).not.toEqual([]));
  for (const { cause, whose, peer } of atErp) {
    expect([cause, whose, peer?.spiffeId.toString()]).toEqual(["not_allowed", "peer", POSTER]);
  }

  await allow(erpName, { calledBy: [posterName] });
  await waitFor(() => get(poster, web));
  const known = atErp.length;
  // The caller checks nothing here: it is the service that hears of the caller's passport.
  const second = await openStream(poster, web, exactly(ERP));
  await allow(posterName, { mayCall: [] });
  await second.closed;
  await waitFor(() => expect(atErp.length).toBeGreaterThan(known));
  expect(atErp.at(-1)).toMatchObject({ cause: "not_allowed", whose: "peer" });
  // A connection that its pool had kept is one that the caller itself has cut.
  await waitFor(() => expect(atPoster.map(({ cause }) => cause)).toContain("not_allowed"));
});

test("a caller cuts what its own passport stops to name, with an error of that name", async () => {
  const { erp, poster, ERP, POSTER, erpName, posterName } = await erpAndPoster();
  await allow(posterName, { mayCall: [erpName] });
  const web = createServer(erp.serverTls({ authorize: POSTER }), (_, res) => res.write("x"));
  const port = await listen(web);
  const cuts = cutsOf(poster);
  const socket = await waitFor(() =>
    poster.connectTls({ host: "127.0.0.1", port, peer: byPassport() }),
  );
  const ended = once(socket, "close");
  await allow(posterName, { mayCall: ["spiffe://example.org/bot/test/*"] });
  await ended;
  await waitFor(() => expect(cuts).toHaveLength(1));
  expect(cuts[0]).toMatchObject({ cause: "not_allowed", whose: "peer" });
  expect(cuts[0]?.peer?.spiffeId.toString()).toBe(ERP);
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

test("grpc: let in by both passports, refused without, cut in mid-stream with the reason", async () => {
  const { erp, poster, ERP, erpName, posterName } = await erpAndPoster();
  const refusals: IssuerError[] = [];
  const grpc = erp.grpcServer({
    authorize: byPassport(),
    onRefused: (error) => refusals.push(error),
  });
  grpc.grpc.addService(TICKS, {
    Ticks: (stream: ServerWritableStream<string, string>) => {
      const timer = setInterval(() => stream.write("tick"), 5);
      stream.on("cancelled", () => clearInterval(timer));
    },
  });
  const port = await grpc.listen({ host: "127.0.0.1", port: 0 });
  closers.push(() => grpc.close(100));
  const call = (peer = byPassport()) => {
    const client = new Client(`127.0.0.1:${port}`, poster.grpcCredentials({ peer }));
    closers.push(() => client.close());
    const { path, requestSerialize, responseDeserialize } = TICKS.Ticks;
    return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, "x");
  };
  const failed = async (peer = byPassport()): Promise<ServiceError> => {
    const [error] = await once(call(peer), "error");
    return error as ServiceError;
  };
  // The caller's own rule, before a byte of the call is sent.
  expect((await failed()).details).toContain("may_call in the passport of");
  expect(refusals).toEqual([]);
  expect(await failed(exactly(ERP))).toMatchObject({ code: status.UNAVAILABLE });
  expect(refusals[0]?.details.rule).toBe("called_by, may_call");

  await allow(erpName, { calledBy: ["spiffe://example.org/*"] });
  await allow(posterName, { mayCall: [erpName] });
  const stream = await waitFor(async () => {
    const begun = call();
    await Promise.race([
      once(begun, "data"),
      once(begun, "error").then(([error]) => Promise.reject(error)),
    ]);
    return begun;
  });
  const ended = new Promise<ServiceError>((resolve) => stream.once("error", resolve));
  await allow(erpName, { calledBy: [] });
  expect(await ended).toMatchObject({
    code: status.UNAUTHENTICATED,
    details: "botpass: your identity is not allowed here by passport any more",
  });
});

test("tokens: the same rule for who is named in them, and for answers that they have opened", async () => {
  const { erp, poster, ERP, POSTER, erpName, posterName } = await erpAndPoster();
  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: posterName });
  const [entry] = entries as { id: string; revision: number }[];
  await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...entry, audiences: ["erp"] },
    updateMask: ["audiences"],
  });
  const token = await waitFor(async () => (await poster.jwtSvid("erp")).token);
  const options = { audience: "erp", authorize: byPassport() };
  const check = () => erp.verifyJwt(token, options).spiffeId.toString();
  expect(check).toThrow(/no passport names this call/);
  const other = () => {
    throw new Error("of another kind");
  };
  const odd = { audience: "erp", authorize: Object.assign(other, { description: "odd" }) };
  expect(() => erp.verifyJwt(token, odd)).toThrow("of another kind");
  // Nor is a token that is good for nobody let in by its passport.
  expect(() => erp.verifyJwt(token, { ...options, audience: "crm" })).toThrow(/audience/);
  await allow(posterName, { mayCall: [ERP] });
  await allow(erpName, { calledBy: [POSTER] });
  await waitFor(() => expect(check()).toBe(POSTER));

  const web = createServer(
    // The connection is let in by another rule: it is the token's answer that must end.
    erp.serverTls({ authorize: exactly(POSTER) }),
    (request, response) => {
      erp.verifyRequest(request, response, options);
      response.write("begun");
    },
  );
  const port = await listen(web);
  const agent = poster.httpsAgent({ peer: exactly(ERP) });
  closers.push(() => agent.destroy());
  const headers = { authorization: `Bearer ${token}` };
  const sent = httpsRequest({ host: "127.0.0.1", port, agent, headers });
  sent.on("error", () => undefined);
  sent.end();
  const [response] = await once(sent, "response");
  response.on("error", () => undefined);
  await once(response, "data");
  await allow(erpName, { calledBy: ["another"] });
  await new Promise((resolve) => response.once("close", resolve));
  expect(check).toThrow(/called_by in the passport of/);
});

test("a service that comes in by another entry goes on to hear who may call", async () => {
  const { poster, POSTER, posterName } = await erpAndPoster();
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  const entry = { selectors: [{ type: "unix", value: `uid:${uid}` }], audiences: [] };
  const local = { kind: "service", environment: "local", entry };
  const { entry: first } = await server.register("local-erp", local);
  const other = { bot: "local-erp", selectors: [{ type: "unix", value: `gid:${gid}` }] };
  await server.admin.call("EntryService", "CreateEntry", { entry: other });
  await allow("local-erp", { calledBy: [POSTER] });
  const LOCAL = "spiffe://example.org/bot/local/local-erp";
  await allow(posterName, { mayCall: [LOCAL] });
  const erp = await server.connect({ socketPath: server.botsSocket });
  closers.push(() => erp.close());
  const web = await webOf(erp);
  await waitFor(async () => expect(await get(poster, web)).toBe(POSTER));
  const before = erp.x509Svid().serialHex;
  await server.admin.call("EntryService", "DeleteEntry", { id: (first as { id: string }).id });
  await waitFor(() => expect(erp.x509Svid().serialHex).not.toBe(before));
  await waitFor(async () => expect(await get(poster, web)).toBe(POSTER));
  const { closed } = await openStream(poster, web, exactly(LOCAL));
  await allow(posterName, { mayCall: ["spiffe://example.org/bot/local/other"] });
  await closed;
  const url = `https://127.0.0.1:${web.port}/`;
  await expect(poster.fetch(url, { peer: exactly(LOCAL) })).rejects.toThrow();
  await waitFor(() => expect(web.refusals.at(-1)).toMatchObject({ details: { rule: "may_call" } }));
});

test("a bot that is named before it is registered is let in once it is there", async () => {
  await server.register("early", { kind: "service", terms: { calledBy: ["late"] } });
  const web = await webOf(await attach("early"));
  await server.register("late", { path: "/elsewhere/late", terms: { mayCall: ["early"] } });
  const late = await attach("late");
  await waitFor(async () =>
    expect(await get(late, web)).toBe("spiffe://example.org/elsewhere/late"),
  );
});

test("a bot that is no service asks who may call it as soon as it serves, before anybody calls", async () => {
  const { poster, erp, erpName, posterName, ERP } = await erpAndPoster();
  await allow(posterName, { calledBy: [erpName] });
  await allow(erpName, { mayCall: [posterName] });
  const took = vi.spyOn(CallRules.prototype, "apply");
  closers.push(() => took.mockRestore());
  const web = await webOf(poster);
  const posted = poster.spiffeId.toString();
  await waitFor(() => expect(took.mock.calls.map(([each]) => each.spiffeId)).toContain(posted));
  expect(await get(erp, web)).toBe(ERP);
  expect(web.refusals).toEqual([]);
});

test("wider waits for another person, narrower does not", async () => {
  const invited = { name: "alice", roles: ["approver"] };
  const { value } = await server.admin.call("OperatorService", "InviteOperator", invited);
  const alice = await server.connect({ token: String(value) });
  const approver = new Client(
    server.address,
    tlsClientCredentials({ verify: () => undefined, svid: () => alice.x509Svid() }),
  );
  closers.push(() => approver.close());
  const approve = async (name: string) => {
    const { revision } = await server.admin.call("BotService", "GetBot", { name });
    const { path, requestSerialize, responseDeserialize } =
      loadAdminServices().GovernanceService.service.ApproveBot;
    const request = { name, revision: Number(revision) };
    await new Promise<void>((resolve, reject) => {
      approver.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  };
  const add = async (name: string, more: object) => {
    await server.register(name, { owner: "alice", environment: "strict", ...more });
    await server.admin.call("GovernanceService", "ProposeBot", { name });
    await approve(name);
    return attach(name);
  };
  const caller = await add("caller", { terms: { mayCall: ["ledger"] } });
  const ledger = await add("ledger", { kind: "service", terms: { calledBy: ["another"] } });
  const web = await webOf(ledger);
  const call = () => get(caller, web);
  await allow("ledger", { calledBy: ["another", "caller"] });
  const { governance } = await server.admin.call("BotService", "GetBot", { name: "ledger" });
  expect(JSON.stringify(governance)).toContain("caller");
  await expect(call()).rejects.toThrow();
  expect(web.refusals.at(-1)?.details.rule).toBe("called_by");
  await approve("ledger");
  await waitFor(async () => expect(await call()).toBe(caller.spiffeId.toString()));
  const { closed } = await openStream(caller, web);
  await allow("ledger", { calledBy: ["another"] });
  await closed;
  await waitFor(() => expect(call()).rejects.toThrow());
});

test("a service goes on by what it knows while its issuer is away, and then hears what it missed, no more", async () => {
  const clock = new DrivenClock();
  const home = await runningServer({ clock });
  closers.push(() => home.close());
  const may = { terms: { mayCall: ["shop"] } };
  await home.register("shop", {
    kind: "service",
    terms: { calledBy: ["spiffe://example.org/bot/*"] },
  });
  const shop = await home.connect({ token: (await home.token("shop")).value });
  for (const name of ["a", "b"]) await home.register(name, may);
  const [a, b] = [
    await home.connect({ token: (await home.token("a")).value }),
    await home.connect({ token: (await home.token("b")).value }),
  ];
  const web = await webOf(shop);
  const cuts = cutsOf(shop);
  await waitFor(() => get(a, web, exactly(shop.spiffeId)));
  const stream = await openStream(b, web, exactly(shop.spiffeId));
  const took = vi.spyOn(CallRules.prototype, "apply");
  closers.push(() => took.mockRestore());

  await home.server.close();
  expect(await get(a, web, exactly(shop.spiffeId))).toBe(a.spiffeId.toString());
  const config = await loadConfig({
    flags: {
      trustDomain: "example.org",
      dataDir: `${home.directory}/data`,
      listen: home.address,
    },
    env: { BOTPASS_BOTS_SOCKET: home.botsSocket, BOTPASS_LOG_LEVEL: "fatal" },
  });
  const again = await startServer(config, { clock });
  closers.push(() => again.close());
  const admin = dialTestAdmin(again.adminSocket);
  closers.push(() => admin.close());
  await admin.call("BotService", "UpdateBot", { name: "b", revision: 1, terms: { mayCall: [] } });
  expect(cuts).toEqual([]);
  await waitFor(async () => {
    await clock.advance(1_000);
    expect(cuts).not.toEqual([]);
  });
  await stream.closed;
  expect(cuts[0]).toMatchObject({ cause: "not_allowed", peer: { spiffeId: b.spiffeId } });
  expect(await get(a, web, exactly(shop.spiffeId))).toBe(a.spiffeId.toString());
  const updates = took.mock.calls
    .map(([update]) => update)
    .filter(({ spiffeId }) => spiffeId !== "");
  expect(updates).toMatchObject([{ snapshot: false, removed: [b.spiffeId.toString()] }]);
}, 30_000);

test("without an issuer that tells, nobody is let in, and the reason says so", async () => {
  const { party } = await parties();
  const { identity } = await party("/alone");
  expect(() => verifyJwt(identity, "x", { audience: "a", authorize: byPassport() })).toThrow();
  const { spiffeId } = identity.svid();
  expect(() => byPassport()(spiffeId)).toThrow(/give it as authorize or peer/);
  const refusals: IssuerError[] = [];
  const web = createServer(
    serverTls(identity, { authorize: byPassport(), onRefused: (error) => refusals.push(error) }),
  );
  const port = await listen(web);
  const untold = {
    code: "PEER_NOT_AUTHORIZED",
    message: expect.stringContaining("nobody tells this identity what passports allow"),
    details: { rule: "untold" },
  };
  const target = { host: "127.0.0.1", port, peer: byPassport() };
  await expect(connectTls(identity, target)).rejects.toMatchObject(untold);
  const socket = await connectTls(identity, { ...target, peer: spiffeId.toString() });
  await once(socket, "close");
  expect(refusals[0]).toMatchObject(untold);
});
