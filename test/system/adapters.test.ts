// The packages that people use, as they use them: what they have open ends with the identity, and they reach nobody after it.
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import express from "express";
import fastify from "fastify";
import { Kafka, logLevel } from "kafkajs";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import {
  clientTls,
  closeWebSockets,
  httpsAgent,
  memberOf,
  peerOf,
  serverTls,
  verifyRequest,
} from "../../src/index.ts";
import { type Party, parties } from "../support/party.ts";
import { kafkaLike, postgresLike } from "../support/tcp-services.ts";

const ANY = memberOf("example.org");
let world: Awaited<ReturnType<typeof parties>>;
let service: Party;
let bot: Party;
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

/** A request whose answer does not end by itself, over a kept connection. */
async function openStream(port: number, headers: Record<string, string> = {}) {
  const { request } = await import("node:https");
  const agent = httpsAgent(bot.identity, { peer: ANY, keepAlive: true });
  closers.push(() => agent.destroy());
  const sent = request({ host: "127.0.0.1", port, path: "/ticks", agent, headers });
  sent.on("error", () => undefined);
  sent.end();
  const [response] = await once(sent, "response");
  response.on("error", () => undefined);
  await once(response, "data");
  return response as import("node:http").IncomingMessage;
}

/** `once` would reject with the error that a cut is. */
const closed = (stream: NodeJS.ReadableStream): Promise<unknown> =>
  new Promise((resolve) => stream.once("close", resolve));

const tick = (response: {
  write(text: string): unknown;
  once(e: "close", f: () => void): unknown;
}) => {
  const timer = setInterval(() => response.write("tick\n"), 5);
  response.once("close", () => clearInterval(timer));
};

test("express: an open stream ends, and the caller is not let in again", async () => {
  const app = express();
  app.get("/ticks", (request, response) => {
    response.setHeader("x-caller", String(peerOf(request).spiffeId));
    tick(response);
  });
  const port = await listen(createServer(serverTls(service.identity, { authorize: ANY }), app));
  const response = await openStream(port);
  expect(response.headers["x-caller"]).toBe(bot.id);
  response.resume();
  service.deny(bot.id, "suspended");
  await closed(response);
  expect(response.complete).toBe(false);
  await vi.waitFor(() => expect(service.cuts).toHaveLength(1));
  await expect(openStream(port)).rejects.toThrow();
});

test("express: a stream that a token authorised ends with the token, and the connection's other requests go on", async () => {
  const app = express();
  app.get("/ticks", (request, response) => {
    verifyRequest(service.identity, request, response, { audience: "reports" });
    tick(response);
  });
  const port = await listen(createServer(serverTls(service.identity, { authorize: ANY }), app));
  const response = await openStream(port, {
    authorization: `Bearer ${await world.ca.jwt({ jti: "j" })}`,
  });
  response.resume();
  service.deny("j", "revoked");
  await closed(response);
  expect(response.complete).toBe(false);
  // The bot itself is still welcome.
  const again = await openStream(port, { authorization: `Bearer ${await world.ca.jwt()}` });
  again.destroy();
});

test("fastify, over HTTP/1 and HTTP/2: an open stream ends, and the caller is not let in again", async () => {
  for (const http2 of [false, true]) {
    const https = serverTls(service.identity, { authorize: ANY });
    const options = http2 ? { http2: true, https: { ...https, allowHTTP1: true } } : { https };
    const app = fastify(options as { https: typeof https });
    app.get("/ticks", (request, reply) => {
      reply.hijack();
      reply.raw.setHeader("x-caller", String(peerOf(request.raw).spiffeId));
      tick(reply.raw as never);
    });
    closers.push(() => app.close());
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    const port = Number(new URL(address).port);
    const caller = bot;
    const response = await openStream(port);
    expect(response.headers["x-caller"]).toBe(caller.id);
    response.resume();
    service.deny(caller.svid().serialHex, "evicted");
    await closed(response);
    await expect(openStream(port)).rejects.toThrow();
    await bot.rotate();
  }
});

test("ws: both sides close with 1008 and the reason", async () => {
  const web = createServer(serverTls(service.identity, { authorize: ANY }));
  const sockets = new WebSocketServer({ server: web });
  closeWebSockets(sockets);
  sockets.on("connection", (socket, request) => {
    socket.on("error", () => undefined);
    socket.send(String(peerOf(request).spiffeId));
  });
  const port = await listen(web);
  const dial = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/`, {
      agent: httpsAgent(bot.identity, { peer: ANY }),
    });
    closeWebSockets(socket);
    const [said] = await once(socket, "message");
    expect(String(said)).toBe(bot.id);
    return socket;
  };
  const first = await dial();
  service.deny(bot.svid().serialHex, "suspended");
  const [code, reason] = await once(first, "close");
  expect([code, String(reason)]).toEqual([1008, "botpass: your identity is suspended"]);
  await vi.waitFor(() => expect(service.cuts).toHaveLength(1));
  await bot.rotate();
  const second = await dial();
  const heard = new Promise<unknown[]>((resolve) => {
    for (const each of sockets.clients) each.once("close", (...args) => resolve(args));
  });
  bot.deny(service.id, "retired");
  const [theirs, why] = await heard;
  expect([theirs, String(why)]).toEqual([1008, "botpass: your identity is retired"]);
  second.terminate();
});

test("pg: the pool's connections end with what they were opened with, and the next has the new SVID", async () => {
  const { server, serials } = postgresLike(service.identity, { authorize: ANY });
  const port = await listen(server);
  const pool = new pg.Pool({
    host: "127.0.0.1",
    port,
    user: "bot",
    database: "bot",
    ssl: clientTls(bot.identity, { peer: ANY }),
    max: 2,
  });
  closers.push(() => pool.end());
  const lost = vi.fn();
  pool.on("error", lost);
  await pool.query("select 1");
  expect(pool.idleCount).toBe(1);
  const busy = pool.query("wait");
  await pool.query("select 1");
  const first = bot.svid().serialHex;
  await bot.rotate();
  bot.deny(first, "revoked");
  // One was busy, one was idle.
  await expect(busy).rejects.toThrow();
  await vi.waitFor(() => expect(lost).toHaveBeenCalled());
  await pool.query("select 1");
  const wanted = [first, first, bot.svid().serialHex].map((each) => BigInt(`0x${each}`));
  expect(serials.map((each) => BigInt(`0x${each}`))).toEqual(wanted);
  bot.deny(service.id, "retired");
  await vi.waitFor(() => expect(pool.totalCount).toBe(0));
  await expect(pool.query("select 1")).rejects.toMatchObject({ code: "DENIED" });
  const lone = await world.party("/lone");
  const ssl = clientTls(lone.identity, { peer: ANY });
  lone.lose("BOT_SUSPENDED");
  const without = new pg.Client({ host: "127.0.0.1", port, user: "bot", ssl });
  await expect(without.connect()).rejects.toMatchObject({ code: "BOT_SUSPENDED" });
  const wrong = new pg.Client({
    host: "127.0.0.1",
    port,
    user: "bot",
    ssl: clientTls((await world.party("/other")).identity, { peer: bot.id }),
  });
  await expect(wrong.connect()).rejects.toMatchObject({ code: "PEER_NOT_AUTHORIZED" });
});

test("kafkajs: a broker's connection ends with what it was opened with, and the next has the new SVID", async () => {
  const { server, serials } = kafkaLike(service.identity, { authorize: ANY });
  const port = await listen(server);
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    ssl: clientTls(bot.identity, { peer: ANY }),
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 20 },
  });
  const admin = kafka.admin();
  await admin.connect();
  closers.push(() => admin.disconnect());
  expect(await admin.listTopics()).toEqual([]);
  const before = new Set(serials);
  expect(before.size).toBe(1);
  const first = bot.svid().serialHex;
  await bot.rotate();
  bot.deny(first, "revoked");
  await vi.waitFor(() => expect(bot.cuts.length).toBeGreaterThan(0));
  expect(await admin.listTopics()).toEqual([]);
  expect(BigInt(`0x${serials.at(-1)}`)).toBe(BigInt(`0x${bot.svid().serialHex}`));
  bot.deny(service.id, "retired");
  await expect(admin.listTopics()).rejects.toThrow();
});
