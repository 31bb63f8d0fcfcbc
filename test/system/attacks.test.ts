// What a hostile bot, a leaked token or an operator's second thought does to a running system.

import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket, connect as tlsConnect } from "node:tls";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tlsIdentity } from "../../src/crypto/index.ts";
import { type Bot, connect, type X509Svid } from "../../src/index.ts";
import { formatTokenString, parseTokenString } from "../../src/wire/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

let clock: DrivenClock;
let server: TestServer;
beforeEach(async () => {
  clock = new DrivenClock();
  server = await runningServer({ clock });
});
const closers: (() => void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await server.close();
});

async function attested(
  name = "a",
  more: object = {},
): Promise<{ bot: Bot; token: string; id: string }> {
  await server.register(name, more);
  const { id, value } = await server.token(name);
  return { bot: await server.connect({ token: value }), token: value, id };
}

const ends = (bot: Bot): string[] => {
  const seen: string[] = [];
  for (const name of ["suspended", "retired", "evicted", "locked"] as const) {
    bot.on(name, () => seen.push(name));
  }
  return seen;
};

test("a bot's SVID presented as the server is refused", async () => {
  const { bot } = await attested();
  await server.register("b");
  const { value } = await server.token("b");
  const impostor = createServer({ ...tlsIdentity(bot.x509Svid()), ALPNProtocols: ["h2"] });
  await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve));
  const { port } = impostor.address() as AddressInfo;
  const bundle = bot.bundleFor(bot.spiffeId.trustDomain);
  if (bundle === undefined) throw new Error("the bot has no bundle");
  const attempt = connect({
    token: value,
    addresses: [`127.0.0.1:${port}`],
    bundle,
    env: {},
    clock,
    timeoutMs: 1,
  });
  await expect(attempt).rejects.toThrow(
    /is spiffe:\/\/example.org\/bot\/default\/a, not spiffe:\/\/example.org\/botpass\/server/,
  );
  impostor.close();
});

test("a token whose pins name other authorities sends nothing secret", async () => {
  await server.register("a");
  const { value } = await server.token("a");
  const forged = formatTokenString({
    ...parseTokenString(value),
    authorityPins: ["00".repeat(32)],
  });
  await expect(connect({ token: forged, env: {}, clock })).rejects.toMatchObject({
    code: "SERVER_NOT_TRUSTED",
  });
  expect(
    (await server.audit()).filter(({ type }) => String(type).startsWith("attestation")),
  ).toEqual([]);
});

/** Somebody between, with a bot's SVID in place of the server's, who passes on all that is said. Closed with the test. */
async function between(own: X509Svid): Promise<{ address: string; seen: string[] }> {
  const [host = "", port = ""] = server.address.split(":");
  const seen: string[] = [];
  const sockets: TLSSocket[] = [];
  const impostor = createServer({ ...tlsIdentity(own), ALPNProtocols: ["h2"] }, (caller) => {
    const onward = tlsConnect({
      host,
      port: Number(port),
      ALPNProtocols: ["h2"],
      rejectUnauthorized: false,
    });
    sockets.push(caller, onward);
    for (const socket of [caller, onward]) socket.on("error", () => socket.destroy());
    caller.on("data", (chunk: Buffer) => seen.push(chunk.toString("latin1")));
    caller.pipe(onward).pipe(caller);
  });
  await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    impostor.close();
  });
  return { address: `127.0.0.1:${(impostor.address() as AddressInfo).port}`, seen };
}

test("somebody between who passes on the true bundle hears the question for it and no more", async () => {
  const { bot } = await attested();
  await server.register("b");
  const { value } = await server.token("b");
  const { address, seen } = await between(bot.x509Svid());
  const attempt = connect({ token: value, addresses: [address], env: {}, clock, timeoutMs: 1 });
  await expect(attempt).rejects.toThrow(
    /is spiffe:\/\/example.org\/bot\/default\/a, not spiffe:\/\/example.org\/botpass\/server/,
  );
  // It did pass on the question, and its answer; no stream was opened over it.
  expect(seen.join("")).not.toBe("");
  expect(seen.join("")).not.toContain(parseTokenString(value).tokenId);
  const types = (await server.audit({ bot: "b" })).map(({ type }) => String(type));
  expect(types.filter((type) => type.startsWith("attestation"))).toEqual([]);
  // And the token is as good as before.
  expect((await server.connect({ token: value })).spiffeId.path).toBe("/bot/default/b");
});

test("a token's second key is refused, audited, and shown beside the instance that holds it", async () => {
  const { token, id } = await attested();
  await expect(connect({ token, env: {}, clock })).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  const [instance] = await server.instances();
  const { tokens } = await server.admin.call("TokenService", "ListTokens", {});
  expect(tokens).toMatchObject([
    { id, state: "used", refused: 1, usedBy: [{ instanceId: instance?.id }] },
  ]);
  const [refusal] = await server.audit({ type: "attestation.refused" });
  expect(refusal).toMatchObject({
    bot: "a",
    code: "TOKEN_INVALID",
    details: { token: id, heldBy: instance?.id },
  });
});

test("unknown token, wrong secret, revoked and expired token all look the same", async () => {
  await server.register("a");
  const good = await server.token("a");
  const parsed = parseTokenString(good.value);
  const unknown = formatTokenString({ ...parsed, tokenId: "0123456789abcdef0123" });
  const wrong = formatTokenString({ ...parsed, secret: Buffer.alloc(32, 1) });
  const revoked = await server.token("a");
  await server.admin.call("TokenService", "RevokeToken", { id: revoked.id });
  const expired = await server.token("a", { ttlSeconds: 1 });
  await clock.advance(2000);
  const messages = new Set<string>();
  for (const token of [unknown, wrong, revoked.value, expired.value]) {
    const error: unknown = await connect({ token, env: {}, clock }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: "TOKEN_INVALID" });
    if (error instanceof Error) messages.add(error.message);
  }
  expect(messages.size).toBe(1);
  // And the good one still works.
  expect((await server.connect({ token: good.value })).spiffeId.path).toBe("/bot/default/a");
});

test("a token of several uses serves so many keys", async () => {
  await server.register("a");
  const { value } = await server.token("a", { uses: 2 });
  await server.connect({ token: value });
  await server.connect({ token: value });
  await expect(connect({ token: value, env: {}, clock })).rejects.toMatchObject({
    code: "TOKEN_INVALID",
  });
  expect(await server.instances()).toHaveLength(2);
});

test("suspending cuts at once; resuming revives no earlier SVID", async () => {
  const { bot, token } = await attested();
  const { bot: service } = await attested("s", { kind: "service" });
  const { serialHex } = bot.x509Svid();
  const spiffeId = bot.spiffeId.toString();
  const seen = ends(bot);
  await server.admin.call("BotService", "SuspendBot", { name: "a" });
  await vi.waitFor(() => expect(seen).toEqual(["suspended"]));
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "BOT_SUSPENDED" }));
  await vi.waitFor(() => expect(service.isDenied({ serialHex })).toBe("suspended"));
  expect(service.isDenied({ spiffeId })).toBe("suspended");
  await server.admin.call("BotService", "ResumeBot", { name: "a" });
  await vi.waitFor(() => expect(service.isDenied({ spiffeId })).toBeUndefined());
  expect(service.isDenied({ serialHex })).toBe("suspended");
  // The token is void, too.
  await expect(connect({ token, env: {}, clock })).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  const again = await server.connect({ token: (await server.token("a")).value });
  expect(service.isDenied({ serialHex: again.x509Svid().serialHex })).toBeUndefined();
});

test("retiring is for good: no token, no name, no ID again", async () => {
  const { bot } = await attested();
  const seen = ends(bot);
  await server.admin.call("BotService", "RetireBot", { name: "a" });
  await vi.waitFor(() => expect(seen).toEqual(["retired"]));
  await expect(server.token("a")).rejects.toMatchObject({ code: "BOT_RETIRED" });
  await expect(server.register("a")).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  await expect(server.register("b", { path: "/bot/default/a" })).rejects.toMatchObject({
    code: "ALREADY_EXISTS",
  });
  await expect(server.admin.call("BotService", "ResumeBot", { name: "a" })).rejects.toMatchObject({
    code: "WRONG_STATE",
  });
});

test("evicting ends the instance, and its token", async () => {
  const { bot, token } = await attested();
  const seen = ends(bot);
  const [instance] = await server.instances();
  await server.admin.call("InstanceService", "EvictInstance", { id: instance?.id });
  await vi.waitFor(() => expect(seen).toEqual(["evicted"]));
  await expect(connect({ token, env: {}, clock })).rejects.toMatchObject({ code: "TOKEN_INVALID" });
});

test("banning refuses the same evidence: here, the user of the local socket", async () => {
  const uid = process.getuid?.() ?? 0;
  await server.register("a", { entry: { selectors: [{ type: "unix", value: `uid:${uid}` }] } });
  const bot = await server.connect({ socketPath: server.botsSocket });
  const seen = ends(bot);
  const [instance] = await server.instances();
  await server.admin.call("InstanceService", "BanInstance", { id: instance?.id, reason: "stolen" });
  await vi.waitFor(() => expect(seen).toEqual(["evicted"]));
  const again = connect({ socketPath: server.botsSocket, env: {}, clock, timeoutMs: 1 });
  await expect(again).rejects.toThrow(/banned/);
});

test("an entry that is made, changed or deleted reaches a connected bot", async () => {
  const uid = process.getuid?.() ?? 0;
  const selectors = [{ type: "unix", value: `uid:${uid}` }];
  await server.register("a", { entry: { selectors } });
  const bot = await server.connect({ socketPath: server.botsSocket });
  expect(bot.identities().map(String)).toEqual(["spiffe://example.org/bot/default/a"]);
  await server.register("b", {
    entry: { selectors: [...selectors, { type: "unix", value: `gid:${process.getgid?.()}` }] },
  });
  await vi.waitFor(() => expect(bot.identities()).toHaveLength(2));
  await vi.waitFor(() =>
    expect(
      bot.identity({ spiffeId: "spiffe://example.org/bot/default/b" }).x509Svid(),
    ).toBeDefined(),
  );

  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: "b" });
  const [entry] = entries as { id: string }[];
  await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...entry, dnsNames: ["b.internal"] },
  });
  await vi.waitFor(async () => {
    await clock.advance(300);
    const { X509Certificate } = await import("node:crypto");
    const [leaf = Buffer.alloc(0)] = bot
      .identity({ spiffeId: "spiffe://example.org/bot/default/b" })
      .x509Svid().certChainDer;
    expect(new X509Certificate(leaf).subjectAltName).toContain("DNS:b.internal");
  });
  await server.admin.call("EntryService", "DeleteEntry", { id: entry?.id });
  await vi.waitFor(() => expect(bot.identities()).toHaveLength(1));
});

test("SVIDs of the local socket resume nothing", async () => {
  const uid = process.getuid?.() ?? 0;
  await server.register("a", { entry: { selectors: [{ type: "unix", value: `uid:${uid}` }] } });
  const bot = await server.connect({ socketPath: server.botsSocket });
  const { AttachLink } = await import("../../src/agent/link.ts");
  const { attest, svidEvidence } = await import("../../src/agent/evidence.ts");
  const { dialTls } = await import("../../src/agent/dial.ts");
  const { randomBytes } = await import("node:crypto");
  const bundle = bot.bundleFor(bot.spiffeId.trustDomain);
  if (bundle === undefined) throw new Error("the bot has no bundle");
  const link = new AttachLink(
    dialTls(server.address, () => bundle, clock, bot.x509Svid()),
    clock,
  );
  await expect(attest(link, svidEvidence, randomBytes)).rejects.toMatchObject({
    code: "ATTESTATION_REFUSED",
  });
  link.close(false);
});

test("a new stream takes the place of the instance's old one", async () => {
  const { bot } = await attested();
  const [before] = await server.instances();
  const { AttachLink } = await import("../../src/agent/link.ts");
  const { attest, svidEvidence } = await import("../../src/agent/evidence.ts");
  const { dialTls } = await import("../../src/agent/dial.ts");
  const { randomBytes } = await import("node:crypto");
  const bundle = bot.bundleFor(bot.spiffeId.trustDomain);
  if (bundle === undefined) throw new Error("the bot has no bundle");
  let cut = false;
  bot.on("disconnected", () => {
    cut = true;
  });
  const link = new AttachLink(
    dialTls(server.address, () => bundle, clock, bot.x509Svid()),
    clock,
  );
  const attached = await attest(link, svidEvidence, randomBytes);
  expect(attached.identities).toMatchObject([{ instanceId: before?.id }]);
  await vi.waitFor(() => expect(cut).toBe(true));
  link.close(false);
});
