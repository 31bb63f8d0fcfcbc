// Authorities whose keys are in doubt: everybody moves to another without a failed request, and then what they signed ends.
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Bot, memberOf } from "../../src/index.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const waitFor = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 30_000, interval: 50 });

const AUDIENCE = "https://a.example.org";
const directories: string[] = [];
let server: TestServer;
/** Whether the load of a test goes on; a test that fails must not leave it behind. */
let working = false;
beforeEach(async () => {
  server = await runningServer();
});
afterEach(async () => {
  working = false;
  await server.close();
  for (const each of directories.splice(0)) rmSync(each, { recursive: true, force: true });
});

interface Authority {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly liveSvids: number;
  readonly instances: number;
  readonly connected: number;
}

interface Answer {
  readonly authority: Authority;
  readonly active: Authority | null;
  readonly strandedTokens: number;
}

const order = async (method: string, request: object): Promise<Answer> =>
  (await server.admin.call("AuthorityService", method, request)) as unknown as Answer;

const list = async (kind: string): Promise<readonly Authority[]> => {
  const { authorities } = await server.admin.call("AuthorityService", "ListAuthorities", {});
  return (authorities as Authority[]).filter((each) => each.kind === kind);
};

const taint = (kind: string) =>
  order("TaintAuthority", { kind, leadMs: 300, spreadMs: 500, reason: "key in a backup" });

/** The authority that signed what the bot holds. */
function signerOf(bot: Bot): string | undefined {
  const leaf = new X509Certificate(bot.x509Svid().certChainDer[0] ?? Buffer.alloc(0));
  return authoritiesOf(bot)
    .find((each) => leaf.verify(each.publicKey))
    ?.serialNumber.toLowerCase();
}

function authoritiesOf(bot: Bot): readonly X509Certificate[] {
  const [bundle] = bot.bundles();
  return (bundle?.x509Authorities ?? []).map((der) => new X509Certificate(der));
}

/** The certificate that the issuer shows. */
async function serverCertificate(): Promise<X509Certificate> {
  const [host, port] = server.address.split(":");
  const socket = connectTls({ host, port: Number(port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const shown = socket.getPeerX509Certificate();
  socket.destroy();
  if (shown === undefined) throw new Error("the issuer shows no certificate");
  return shown;
}

async function manyBots(count: number): Promise<readonly Bot[]> {
  await server.register("crowd", {
    entry: {
      selectors: [{ type: "join_token", value: "bot:crowd" }],
      audiences: [AUDIENCE],
    },
  });
  const bots: Bot[] = [];
  for (let left = count; left > 0; left -= 50) {
    const { value } = await server.token("crowd", { uses: Math.min(left, 50) });
    const some = Array.from({ length: Math.min(left, 50) }, () => server.connect({ token: value }));
    bots.push(...(await Promise.all(some)));
  }
  return bots;
}

test("200 bots move to another authority, no request fails, and what the old one signed ends", {
  timeout: 180_000,
}, async () => {
  await server.register("erp", { kind: "service" });
  const erp = await server.connect({ token: (await server.token("erp")).value });
  const bots = await manyBots(200);
  const web = createServer(erp.serverTls({ authorize: memberOf("example.org") }), (_, answer) =>
    answer.end("done"),
  );
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  const { port } = web.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}/`;
  const failed: unknown[] = [];
  let served = 0;
  working = true;
  const load = bots.slice(0, 20).map(async (bot) => {
    while (working) {
      const request = bot.fetch(url, { peer: String(erp.spiffeId) });
      await request.then(
        async (answer) => {
          if ((await answer.text()) === "done") served += 1;
        },
        (error: unknown) => failed.push(error),
      );
    }
  });
  // One that stays open, from before.
  const open = connectTls({
    ...(bots[0] as Bot).clientTls({ peer: String(erp.spiffeId) }),
    host: "127.0.0.1",
    port,
  });
  open.on("error", () => undefined);
  await once(open, "secureConnect");
  const told = vi.fn();
  for (const bot of bots) bot.on("revoked", told);

  const [old] = await list("x509");
  expect(old).toMatchObject({ state: "active", instances: 201, connected: 201 });
  const { authority, active } = await taint("x509");
  expect(authority).toMatchObject({ id: old?.id, state: "tainted" });
  expect(active?.id).not.toBe(old?.id);
  // The issuer has changed by now.
  const issuer = (await serverCertificate()).issuer;
  const signers = authoritiesOf(erp).filter(
    (each) => each.serialNumber.toLowerCase() === active?.id,
  );
  expect(signers).toHaveLength(1);
  expect((await serverCertificate()).verify((signers[0] as X509Certificate).publicKey)).toBe(true);
  expect(issuer).toBeDefined();
  await waitFor(async () => {
    expect((await list("x509")).find(({ id }) => id === old?.id)).toMatchObject({
      instances: 0,
      connected: 0,
    });
  });
  // What is on record may still be on its way.
  await waitFor(() => {
    for (const bot of [erp, ...bots]) expect(signerOf(bot)).toBe(active?.id);
  });
  expect(told).not.toHaveBeenCalled();
  expect(open.destroyed).toBe(false);
  const before = served;
  await waitFor(() => expect(served).toBeGreaterThan(before + 100));
  expect(failed).toEqual([]);

  await order("RevokeAuthority", { kind: "x509", reason: "key in a backup" });
  await waitFor(() => expect(open.destroyed).toBe(true));
  await waitFor(() => {
    for (const bot of [erp, ...bots]) {
      expect(authoritiesOf(bot).map((each) => each.serialNumber.toLowerCase())).toEqual([
        active?.id,
      ]);
    }
  });
  const after = served;
  await waitFor(() => expect(served).toBeGreaterThan(after + 100));
  working = false;
  await Promise.all(load);
  web.closeAllConnections();
  web.close();
  expect(failed).toEqual([]);
  expect((await list("x509")).map(({ id, state }) => [id, state])).toEqual([
    [active?.id, "active"],
  ]);
  const ordered = ["authority.prepared", "authority.activated", "authority.tainted"];
  for (const type of [...ordered, "authority.revoked"]) {
    const last = (await server.audit({ type })).at(-1);
    expect(last).toMatchObject({
      actor: `uid:${process.getuid?.()}`,
      details: { kind: "x509", reason: "key in a backup" },
    });
  }
});

test("JWT-SVIDs of a tainted key are fetched anew, and are refused once it is revoked", async () => {
  const [bot] = await manyBots(1);
  if (bot === undefined) throw new Error("there is no bot");
  const { serialHex } = bot.x509Svid();
  const early = await bot.jwtSvid(AUDIENCE);
  expect(await bot.jwtSvid(AUDIENCE)).toBe(early);
  const { authority, active } = await taint("jwt");
  expect(authority).toMatchObject({ kind: "jwt", state: "tainted", liveSvids: 1 });
  await waitFor(async () => expect((await bot.jwtSvid(AUDIENCE)).jti).not.toBe(early.jti));
  const late = await bot.jwtSvid(AUDIENCE);
  const header = JSON.parse(Buffer.from(late.token.split(".")[0] ?? "", "base64url").toString());
  expect(header.kid).toBe(active?.id);
  // Still trusted: others hold such tokens.
  expect(bot.verifyJwt(early.token, { audience: AUDIENCE }).jti).toBe(early.jti);
  await order("RevokeAuthority", { id: authority.id });
  await waitFor(() =>
    expect(() => bot.verifyJwt(early.token, { audience: AUDIENCE })).toThrow(/key|authority/),
  );
  expect(bot.verifyJwt(late.token, { audience: AUDIENCE }).jti).toBe(late.jti);
  expect(bot.x509Svid().serialHex).toBe(serialHex);
});

const stateDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "bp-taint-"));
  directories.push(directory);
  return directory;
};

test("a bot that was away since before the taint renews as soon as it is back", async () => {
  await server.register("a");
  const directory = stateDirectory();
  const first = await server.connect({
    token: (await server.token("a")).value,
    stateDirectory: directory,
  });
  // It hears of the next authority, and leaves.
  const { authority } = await order("PrepareAuthority", { kind: "x509" });
  await waitFor(() => expect(authoritiesOf(first)).toHaveLength(2));
  const { serialHex } = first.x509Svid();
  await first.close();
  await taint("x509");
  const back = await server.connect({ stateDirectory: directory });
  await waitFor(() => expect(signerOf(back)).toBe(authority.id));
  expect(back.x509Svid().serialHex).not.toBe(serialHex);
  expect(await server.instances({ bot: "a" })).toHaveLength(1);
});

test("a bot that was away while its authority was revoked must prove itself again", async () => {
  await server.register("a");
  const directory = stateDirectory();
  const first = await server.connect({
    token: (await server.token("a")).value,
    stateDirectory: directory,
  });
  await order("PrepareAuthority", { kind: "x509" });
  await waitFor(() => expect(authoritiesOf(first)).toHaveLength(2));
  await first.close();
  await taint("x509");
  await order("RevokeAuthority", { kind: "x509" });
  await expect(server.connect({ stateDirectory: directory })).rejects.toMatchObject({
    code: expect.stringMatching(/CLIENT_CERTIFICATE_REQUIRED|ATTESTATION_REFUSED/),
  });
  const again = await server.connect({
    token: (await server.token("a")).value,
    stateDirectory: directory,
  });
  expect((await server.instances({ bot: "a" })).map(({ id }) => id)).toHaveLength(2);
  await again.close();
});

test("a stream that was opened with an SVID of a revoked authority is opened anew with another", async () => {
  await server.register("a");
  const directory = stateDirectory();
  const first = await server.connect({
    token: (await server.token("a")).value,
    stateDirectory: directory,
  });
  await first.close();
  const resumed = await server.connect({ stateDirectory: directory });
  const [gone, back] = [vi.fn(), vi.fn()];
  resumed.on("disconnected", gone).on("reconnected", back);
  const { active } = await taint("x509");
  await waitFor(() => expect(signerOf(resumed)).toBe(active?.id));
  expect(gone).not.toHaveBeenCalled();
  await order("RevokeAuthority", { kind: "x509" });
  await waitFor(() => expect(back).toHaveBeenCalledOnce());
  expect(await server.instances({ bot: "a" })).toMatchObject([{ state: "active" }]);
});

test("a token names no tainted authority, and unused ones that name no other are counted", async () => {
  await server.register("a");
  await server.token("a");
  expect(await taint("x509")).toMatchObject({ strandedTokens: 1 });
  const { value } = await server.token("a");
  const bot = await server.connect({ token: value });
  expect(await order("RevokeAuthority", { kind: "x509" })).toMatchObject({ strandedTokens: 1 });
  const fresh = await server.connect({ token: (await server.token("a")).value });
  expect(signerOf(fresh)).toBe(signerOf(bot));
});

test("authorities are prepared and put in force by hand", async () => {
  const [first] = await list("x509");
  const { authority } = await order("PrepareAuthority", { kind: "x509" });
  await expect(order("PrepareAuthority", { kind: "x509" })).rejects.toMatchObject({
    code: "WRONG_STATE",
    message: `x509 authority ${authority.id} is prepared already`,
  });
  await expect(order("ActivateAuthority", { kind: "x509" })).rejects.toMatchObject({
    code: "WRONG_STATE",
    message: expect.stringContaining("has not been published for 300 s"),
  });
  await order("ActivateAuthority", { kind: "x509", leadMs: 0 });
  expect((await list("x509")).map(({ id, state }) => [id, state])).toEqual([
    [first?.id, "old"],
    [authority.id, "active"],
  ]);
  await server.register("a");
  const bot = await server.connect({ token: (await server.token("a")).value });
  expect(signerOf(bot)).toBe(authority.id);
});

test.each([
  ["PrepareAuthority", {}, "REQUEST_INVALID", "kind is required"],
  ["PrepareAuthority", { kind: "ssh" }, "REQUEST_INVALID", 'kind "ssh"'],
  ["PrepareAuthority", { id: "x", kind: "x509" }, "REQUEST_INVALID", "id"],
  ["ActivateAuthority", { kind: "jwt" }, "WRONG_STATE", "no jwt authority is prepared"],
  ["ActivateAuthority", { id: "nobody" }, "NOT_FOUND", "nobody"],
  ["TaintAuthority", { id: "nobody" }, "NOT_FOUND", "nobody"],
  ["TaintAuthority", {}, "REQUEST_INVALID", "id or kind is required"],
  ["TaintAuthority", { kind: "x509", leadMs: 600_001 }, "REQUEST_INVALID", "lead_ms 600001"],
  ["TaintAuthority", { kind: "x509", spreadMs: 86_400_001 }, "REQUEST_INVALID", "spread_ms"],
  ["TaintAuthority", { kind: "x509", reason: "a\nb" }, "REQUEST_INVALID", "reason"],
  ["RevokeAuthority", { kind: "x509" }, "WRONG_STATE", "no x509 authority is tainted"],
  ["RevokeAuthority", { id: "nobody" }, "NOT_FOUND", "nobody"],
])("%s %j is refused as %s", async (method, request, code, named) => {
  const before = [...(await list("x509")), ...(await list("jwt"))];
  await expect(order(method, request)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(named),
  });
  expect([...(await list("x509")), ...(await list("jwt"))]).toEqual(before);
});

test("the authority that signs cannot be revoked, and none is tainted twice", async () => {
  const [active] = await list("x509");
  await expect(order("RevokeAuthority", { id: active?.id })).rejects.toMatchObject({
    code: "WRONG_STATE",
    message: `x509 authority ${active?.id} is active, not tainted: taint it first`,
  });
  await taint("x509");
  await expect(order("TaintAuthority", { id: active?.id })).rejects.toMatchObject({
    code: "WRONG_STATE",
    message: `x509 authority ${active?.id} is tainted already`,
  });
});
