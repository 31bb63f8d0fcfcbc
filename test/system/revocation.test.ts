// Revocation by each target: what the dry run lists is what ends, it is recorded, and whoever held it hears of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { relayTo } from "../support/relay.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

/** Machines under load take their time: how soon is for bench/revocation.ts to say. */
const waitFor = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000 });

let server: TestServer;
beforeEach(async () => {
  server = await runningServer();
});
afterEach(() => server.close());

interface Answer {
  readonly svids: readonly { id: string; kind: string }[];
  readonly instances: readonly { id: string }[];
  readonly tokens: readonly string[];
  readonly x509Count: number;
  readonly jwtCount: number;
}

const revoke = async (target: object, dryRun = false): Promise<Answer> =>
  (await server.admin.call("RevocationService", "Revoke", {
    ...target,
    reason: "stolen",
    dryRun,
  })) as unknown as Answer;

const idsOf = ({ svids, instances, tokens }: Answer) => ({
  svids: svids.map(({ id }) => id).sort(),
  instances: instances.map(({ id }) => id).sort(),
  tokens: [...tokens].sort(),
});

/** A dry run, then the same in earnest: both say the same, and a second time nothing is left. */
async function revokeTwice(target: object): Promise<Answer> {
  const dry = await revoke(target, true);
  expect(await server.audit({ type: "svid.revoked" })).toEqual([]);
  const done = await revoke(target);
  expect(idsOf(done)).toEqual(idsOf(dry));
  const again = await revoke(target);
  expect(idsOf(again)).toEqual({ svids: [], instances: [], tokens: [] });
  return done;
}

const AUDIENCE = "https://a.example.org";

async function botAndService(options: { uses?: number } = {}) {
  await server.register("watcher", { kind: "service" });
  const watcher = await server.connect({ token: (await server.token("watcher")).value });
  await server.register("a", {
    entry: {
      selectors: [{ type: "join_token", value: "bot:a" }],
      audiences: [AUDIENCE],
    },
  });
  const token = await server.token("a", options);
  const bot = await server.connect({ token: token.value });
  return { watcher, bot, token };
}

test("an X509-SVID that is revoked is denied to services, and its bot has another at once", async () => {
  const { watcher, bot } = await botAndService();
  const { serialHex, notAfter } = bot.x509Svid();
  const told = vi.fn();
  bot.on("revoked", told);
  const done = await revokeTwice({ serial: serialHex.toUpperCase() });
  expect(idsOf(done)).toMatchObject({ svids: [serialHex], instances: [] });
  await waitFor(() => expect(watcher.isDenied({ serialHex })).toBe("revoked"));
  await waitFor(() => expect(bot.x509Svid().serialHex).not.toBe(serialHex));
  expect(told).toHaveBeenCalledWith({ serials: [serialHex], jtis: [] });
  expect(watcher.isDenied({ serialHex: bot.x509Svid().serialHex })).toBeUndefined();
  expect(await server.audit({ serial: serialHex, type: "svid.revoked" })).toMatchObject([
    {
      actor: `uid:${process.getuid?.()}`,
      bot: "a",
      serial: serialHex,
      details: { by: "serial", reason: "stolen", kind: "x509", expiresAt: notAfter.toISOString() },
    },
  ]);
});

test("who came in by an SVID that is revoked must prove itself again", async () => {
  const { token } = await botAndService();
  const directory = mkdtempSync(join(tmpdir(), "bp-revoke-"));
  const { value } = await server.token("a");
  const first = await server.connect({ token: value, stateDirectory: directory });
  const { serialHex } = first.x509Svid();
  await first.close();
  // Whoever has the state directory, its owner or a thief.
  const resumed = await server.connect({ stateDirectory: directory });
  resumed.on("error", () => undefined);
  const gone = vi.fn();
  resumed.on("disconnected", gone);
  await revoke({ serial: serialHex });
  await waitFor(() =>
    expect(gone).toHaveBeenCalledWith(expect.objectContaining({ code: "DENIED" })),
  );
  const copy = server.connect({ stateDirectory: directory });
  await expect(copy).rejects.toMatchObject({ code: "DENIED" });
  expect(token.id).not.toBe("");
  rmSync(directory, { recursive: true });
});

test("a bot that came in by an SVID that is revoked comes back by its token, and has another at once", async () => {
  await botAndService();
  const directory = mkdtempSync(join(tmpdir(), "bp-revoke-"));
  const { value: token } = await server.token("a");
  const first = await server.connect({ token, stateDirectory: directory });
  await first.close();
  const resumed = await server.connect({ token, stateDirectory: directory });
  const { serialHex } = resumed.x509Svid();
  const renewed = vi.fn();
  resumed.on("reconnected", renewed);
  await revoke({ serial: serialHex });
  await waitFor(() => expect(renewed).toHaveBeenCalled());
  await waitFor(() => expect(resumed.x509Svid().serialHex).not.toBe(serialHex));
  rmSync(directory, { recursive: true });
});

test("a bot that was away when its instance was evicted has nothing any more once it is back", async () => {
  await botAndService();
  const { value: token, id } = await server.token("a");
  const line = await relayTo(server.address);
  const bot = await server.connect({ token, addresses: [line.address] });
  bot.on("error", () => undefined);
  const serialHex = bot.x509Svid().serialHex;
  line.cut();
  await revoke({ token: id });
  expect(bot.x509Svid().serialHex).toBe(serialHex);
  line.join();
  await waitFor(() =>
    expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "DENIED" })),
  );
  line.close();
});

test("a JWT-SVID that is revoked is refused, and the bot hands out another", async () => {
  const { watcher, bot } = await botAndService();
  const token = await bot.jwtSvid(AUDIENCE);
  expect(watcher.verifyJwt(token.token, { audience: AUDIENCE }).jti).toBe(token.jti);
  await revokeTwice({ jti: token.jti });
  await waitFor(() =>
    expect(() => watcher.verifyJwt(token.token, { audience: AUDIENCE })).toThrow(
      expect.objectContaining({ code: "DENIED" }),
    ),
  );
  await waitFor(async () => expect((await bot.jwtSvid(AUDIENCE)).jti).not.toBe(token.jti));
  const next = await bot.jwtSvid(AUDIENCE);
  expect(watcher.verifyJwt(next.token, { audience: AUDIENCE }).jti).toBe(next.jti);
});

test("JWT-SVIDs of a SPIFFE ID are revoked by when they were issued", async () => {
  const { watcher, bot } = await botAndService();
  const early = await bot.jwtSvid(AUDIENCE);
  const mint = async () =>
    (
      (await server.admin.call("MintService", "MintJwtSvid", {
        bot: "a",
        audience: [AUDIENCE],
      })) as { svid: { jti: string; token: string } }
    ).svid;
  const minted = await mint();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const issuedBeforeMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const late = await mint();
  const done = await revokeTwice({
    jwtsOf: { spiffeId: bot.spiffeId.toString(), issuedBeforeMs },
  });
  expect(idsOf(done).svids).toEqual([early.jti, minted.jti].sort());
  await waitFor(() => expect(watcher.isDenied({ jti: minted.jti })).toBe("revoked"));
  expect(watcher.verifyJwt(late.token, { audience: AUDIENCE }).jti).toBe(late.jti);
});

test("an instance that is revoked loses all it holds, its token too, and hears why", async () => {
  const { watcher, bot, token } = await botAndService({ uses: 3 });
  bot.on("error", () => undefined);
  const { serialHex } = bot.x509Svid();
  const jwt = await bot.jwtSvid(AUDIENCE);
  const evicted = vi.fn();
  bot.on("evicted", evicted);
  const [instance] = await server.instances({ bot: "a" });
  const done = await revokeTwice({ instance: instance?.id });
  expect(idsOf(done)).toEqual({
    svids: [jwt.jti, serialHex].sort(),
    instances: [instance?.id],
    tokens: [token.id],
  });
  await waitFor(() => expect(evicted).toHaveBeenCalled());
  expect(() => bot.x509Svid()).toThrow(expect.objectContaining({ code: "INSTANCE_EVICTED" }));
  await waitFor(() => expect(watcher.isDenied({ serialHex })).toBe("revoked"));
  expect(await server.instances({ bot: "a" })).toMatchObject([{ state: "evicted" }]);
  await expect(server.connect({ token: token.value })).rejects.toMatchObject({
    code: "TOKEN_INVALID",
  });
});

test("a token that is revoked takes with it all that came by it, and nothing else", async () => {
  const { token } = await botAndService({ uses: 2 });
  await server.connect({ token: token.value });
  const other = await server.connect({ token: (await server.token("a")).value });
  const done = await revokeTwice({ token: token.id });
  expect(done.instances).toHaveLength(2);
  expect(done.tokens).toEqual([token.id]);
  expect(other.x509Svid().serialHex).toMatch(/^[0-9a-f]+$/);
  const states = (await server.instances({ bot: "a" })).map(({ state }) => state);
  expect(states.sort()).toEqual(["active", "evicted", "evicted"]);
});

test("a selector that is revoked ends each instance whose proof held it", async () => {
  const { bot } = await botAndService();
  const uid = process.getuid?.() ?? 0;
  await server.register("local", {
    entry: { selectors: [{ type: "unix", value: `uid:${uid}` }] },
  });
  const local = await server.connect({ socketPath: server.botsSocket });
  const { serialHex } = local.x509Svid();
  const target = { selector: { type: "unix", value: `uid:${uid}` } };
  const dry = await revoke(target, true);
  const done = await revoke(target);
  expect(idsOf(done)).toEqual(idsOf(dry));
  expect(idsOf(done)).toMatchObject({ svids: [serialHex], tokens: [] });
  expect(done.instances).toHaveLength(1);
  // The kernel still says who it is: that is proof enough for another instance.
  await waitFor(() => expect(local.x509Svid().serialHex).not.toBe(serialHex));
  expect(bot.x509Svid().serialHex).toMatch(/^[0-9a-f]+$/);
});

test("a bot that is revoked is suspended with all it holds, and comes back only when it is resumed", async () => {
  const { watcher, bot } = await botAndService();
  bot.on("error", () => undefined);
  const spare = await server.token("a");
  const suspended = vi.fn();
  bot.on("suspended", suspended);
  const { serialHex } = bot.x509Svid();
  const dry = await revoke({ bot: "a" }, true);
  expect(idsOf(dry).svids).toEqual([serialHex]);
  expect(idsOf(dry).tokens).toContain(spare.id);
  await revokeTwice({ bot: "a" });
  await waitFor(() => expect(suspended).toHaveBeenCalled());
  const spiffeId = bot.spiffeId.toString();
  await waitFor(() => expect(watcher.isDenied({ spiffeId })).toBe("suspended"));
  await server.admin.call("BotService", "ResumeBot", { name: "a" });
  await waitFor(() => expect(watcher.isDenied({ spiffeId })).toBeUndefined());
  expect(watcher.isDenied({ serialHex })).toBe("suspended");
  await expect(server.connect({ token: spare.value })).rejects.toMatchObject({
    code: "TOKEN_INVALID",
  });
});

test("all that came through a node is revoked, but not the node", async () => {
  await server.register("host", { kind: "node" });
  const node = await server.connect({ token: (await server.token("host")).value });
  const workload = [{ type: "unix", value: "uid:7" }];
  await server.register("job", { entry: { selectors: workload, nodes: ["host"] } });
  const job = await server.connect({ openChannel: async () => node.openBeside(), workload });
  const { serialHex } = job.x509Svid();
  const own = node.x509Svid().serialHex;
  const dry = await revoke({ node: "host" }, true);
  const done = await revoke({ node: "host" });
  expect(idsOf(done)).toEqual(idsOf(dry));
  expect(idsOf(done).svids).toEqual([serialHex]);
  expect(done.instances).toHaveLength(1);
  expect(node.x509Svid().serialHex).toBe(own);
  await waitFor(() => expect(node.isDenied({ serialHex })).toBe("revoked"));
});

test("all that an authority signed is denied, and connected bots get other SVIDs", async () => {
  const { watcher, bot } = await botAndService();
  const { authorities } = await server.admin.call("AuthorityService", "ListAuthorities", {});
  const x509 = (authorities as { id: string; kind: string }[]).find(({ kind }) => kind === "x509");
  const { serialHex } = bot.x509Svid();
  const done = await revoke({ authority: x509?.id });
  expect(idsOf(done).svids).toContain(serialHex);
  expect(done.x509Count).toBe(2);
  await waitFor(() => expect(watcher.isDenied({ serialHex })).toBe("revoked"));
  await waitFor(() => expect(bot.x509Svid().serialHex).not.toBe(serialHex));
});

test.each([
  [{ serial: "00ff" }, "NOT_FOUND", "00ff"],
  [{ jti: "nobody" }, "NOT_FOUND", "nobody"],
  [{ instance: "nobody" }, "NOT_FOUND", "nobody"],
  [{ bot: "nobody" }, "NOT_FOUND", "nobody"],
  [{ token: "nobody" }, "NOT_FOUND", "nobody"],
  [{ node: "nobody" }, "NOT_FOUND", "nobody"],
  [{ authority: "nobody" }, "NOT_FOUND", "nobody"],
  [{ selector: { type: "", value: "x" } }, "SELECTOR_INVALID", ":x"],
  [{ jwtsOf: { spiffeId: "no", issuedBeforeMs: 1 } }, "SPIFFE_ID_INVALID", "no"],
  [{ jwtsOf: { spiffeId: "spiffe://a/b" } }, "REQUEST_INVALID", "issued_before_ms"],
  [{}, "REQUEST_INVALID", "target"],
])("%j is refused as %s", async (target, code, named) => {
  await expect(revoke(target)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(named),
  });
  expect(await server.audit({ type: "svid.revoked" })).toEqual([]);
});

test("a narrower entry denies what it would not give any more, and no more than that", async () => {
  const { watcher, bot } = await botAndService();
  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: "a" });
  const [entry] = entries as { id: string; revision: number; selectors: object[] }[];
  const update = (change: object, revision: number) =>
    server.admin.call("EntryService", "UpdateEntry", {
      entry: { ...entry, audiences: [AUDIENCE, "b"], ...change, revision },
    });
  await update({}, Number(entry?.revision));
  const kept = await bot.jwtSvid(AUDIENCE);
  await waitFor(async () => expect((await bot.jwtSvid("b")).audience).toEqual(["b"]));
  const gone = await bot.jwtSvid("b");
  await watcher.deniedReady();
  const current = async () =>
    Number((await server.admin.call("EntryService", "GetEntry", { id: entry?.id })).revision);
  await update({ audiences: [AUDIENCE] }, await current());
  await waitFor(() => expect(watcher.isDenied({ jti: gone.jti ?? "" })).toBe("revoked"));
  expect(watcher.isDenied({ jti: kept.jti ?? "" })).toBeUndefined();

  const { serialHex } = bot.x509Svid();
  const more = [...(entry?.selectors ?? []), { type: "join_token", value: "id:another" }];
  await update({ audiences: [AUDIENCE], selectors: more }, await current());
  await waitFor(() => expect(watcher.isDenied({ serialHex })).toBe("ended"));
  expect(watcher.isDenied({ jti: kept.jti ?? "" })).toBe("ended");
  const updates = await server.audit({ type: "entry.updated" });
  expect(updates.map(({ details }) => (details as { denied?: string }).denied)).toEqual([
    undefined,
    "1",
    // The token of before among them.
    "3",
  ]);
});
