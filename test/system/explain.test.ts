// From a serial, a jti, an instance or a name to owner, entry, evidence and process, each proven by the log.

import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explanationOf } from "../../src/cli/explanation.ts";
import type { Bot } from "../../src/index.ts";
import { run } from "../cli/run-cli.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

let server: TestServer;
let poster: Bot;
const uid = process.getuid?.() ?? 0;

async function cli(...argv: string[]) {
  return run(["--admin-socket", server.server.adminSocket, ...argv], { cwd: server.directory });
}

async function explain(...argv: string[]) {
  const { stdout, stderr, code } = await cli("explain", ...argv, "--output", "json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

beforeAll(async () => {
  server = await runningServer();
  const entry = { selectors: [{ type: "join_token", value: "bot:poster" }], audiences: ["erp"] };
  await server.register("poster", { owner: "alice", purpose: "posts invoices", entry });
  poster = await server.connect({ token: (await server.token("poster")).value });
});
afterAll(() => server.close());

test("a serial leads to owner, entry and its writer, evidence, token and address, with the proof", async () => {
  const { serialHex } = poster.x509Svid();
  const key = (await cli("audit", "key")).stdout.trim();
  const view = await explain("--serial", serialHex, "--key", key);
  const [instance] = await server.instances({ bot: "poster" });
  expect(view).toMatchObject({
    bot: "poster",
    svid: { id: serialHex, kind: "x509", owner: "alice", limitedBy: "entry" },
    passport: { fields: { owner: "alice", purpose: "posts invoices", environment: "default" } },
    stateThen: "active",
    registered: { type: "bot.registered", by: `uid:${uid}` },
    instances: [
      {
        id: instance?.id,
        evidence: { attestor: "join_token" },
        evidenceKey: expect.stringMatching(/^join_token:/),
        keySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        remoteAddress: expect.stringContaining("127.0.0.1"),
      },
    ],
    tokens: [{ made: { type: "token.created", by: `uid:${uid}` } }],
    entries: [
      {
        content: { selectors: "join_token:bot:poster", audiences: "erp" },
        made: { type: "entry.created", by: `uid:${uid}`, from: "unix" },
        changed: null,
      },
    ],
    today: { bot: { state: "active" }, svid: "live", denial: null },
    gaps: [],
  });
  expect(view.proof.records.length).toBeGreaterThanOrEqual(6);
  expect(view.proof.key).toBe(key);
  const { stdout } = await cli("explain", "--serial", serialHex);
  expect(stdout).toMatch(/^Owner: +alice$/m);
  expect(stdout).toMatch(
    new RegExp(`^Entry written: +by uid:${uid} \\(unix\\) at .* \\(record \\d+\\)$`, "m"),
  );
  expect(stdout).toMatch(
    /^Proof: +\d+ records verified, in the \d+ of example.org\/botpass\/audit$/m,
  );
});

test("a jti leads to the same, with its audience; the instance's other SVIDs are listed", async () => {
  const { jti = "" } = await poster.jwtSvid("erp");
  const view = await explain("--jti", jti);
  expect(view).toMatchObject({
    svid: { id: jti, kind: "jwt", audience: ["erp"] },
    receivedCount: 1,
    received: [{ kind: "x509", id: poster.x509Svid().serialHex, state: "live" }],
  });
});

test("the passport and the entry are as they stood then, and what has changed since is told", async () => {
  const { serialHex } = poster.x509Svid();
  const before = await explain("--serial", serialHex);
  const bot = await server.admin.call("BotService", "GetBot", { name: "poster" });
  await server.admin.call("BotService", "UpdateBot", {
    name: "poster",
    revision: bot.revision,
    owner: "bob",
  });
  const id = before.entries[0].id;
  const entry = await server.admin.call("EntryService", "GetEntry", { id });
  await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...entry, audiences: ["crm"] },
  });
  const after = await explain("--serial", serialHex);
  expect(after.passport).toEqual(before.passport);
  expect(after.entries).toEqual(before.entries);
  expect(after.since).toMatchObject([{ type: "bot.updated" }, { type: "entry.updated" }]);
  expect(after.today).toMatchObject({ bot: { owner: "bob" }, entries: [{ audiences: ["crm"] }] });
  const now = await explain("--spiffe-id", poster.spiffeId.toString());
  expect(now).toMatchObject({
    svid: null,
    passport: { fields: { owner: "bob" } },
    passportChanged: { type: "bot.updated" },
    entries: [{ content: { audiences: "crm" }, changed: { type: "entry.updated" } }],
    instances: [{ evidence: { attestor: "join_token" } }],
    since: [],
  });
  expect(await explain("--instance", now.instances[0].id)).toMatchObject({
    passport: now.passport,
  });
});

test("a local process is named by its number and user", async () => {
  await server.register("local", { entry: { selectors: [{ type: "unix", value: `uid:${uid}` }] } });
  const bot = await server.connect({ socketPath: server.botsSocket });
  const view = await explain("--serial", bot.x509Svid().serialHex);
  expect(view.instances).toMatchObject([
    {
      pid: String(process.pid),
      actor: `uid:${uid}`,
      remoteAddress: null,
      evidence: { attestor: "unix" },
    },
  ]);
  expect((await cli("explain", "--serial", bot.x509Svid().serialHex)).stdout).toMatch(
    new RegExp(`^Process: +process ${process.pid} of this machine, uid:${uid}$`, "m"),
  );
});

test("the last attempts of a caller name the rule that refused", async () => {
  await server.register("late");
  const { value } = await server.token("late");
  const spent = await server.token("late");
  await server.admin.call("TokenService", "RevokeToken", { id: spent.id });
  await expect(server.connect({ token: spent.value, timeoutMs: 500 })).rejects.toThrow();
  await (await server.connect({ token: value })).close();
  const { stdout } = await cli("entry", "explain", "--address", "127.0.0.1", "--output", "json");
  const { attempts } = JSON.parse(stdout);
  expect(attempts[0]).toMatchObject({ code: "TOKEN_INVALID", rule: "evidence.token", bot: "late" });

  // The local bot of the test before: suspended, then its entry asks for more than is proven.
  await server.admin.call("BotService", "SuspendBot", { name: "local" });
  const knock = () => server.connect({ socketPath: server.botsSocket, timeoutMs: 500 });
  await expect(knock()).rejects.toThrow();
  await server.admin.call("BotService", "ResumeBot", { name: "local" });
  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: "local" });
  const [local] = entries as { id: string; selectors: object[] }[];
  const more = { type: "unix", value: "gid:424242" };
  const asking = { ...local, selectors: [...(local?.selectors ?? []), more] };
  await server.admin.call("EntryService", "UpdateEntry", { entry: asking });
  await expect(knock()).rejects.toThrow();
  const own = await cli(
    "entry",
    "explain",
    "--uid",
    String(uid),
    "--last",
    "2",
    "--output",
    "json",
  );
  expect(JSON.parse(own.stdout).attempts).toMatchObject([
    {
      rule: "entry.selectors",
      code: "NO_IDENTITY",
      actor: `uid:${uid}`,
      entries: [{ entry: { id: local?.id }, missing: ["unix:gid:424242"] }],
    },
    { rule: "passport.state", code: "BOT_SUSPENDED" },
  ]);
  const people = await cli("entry", "explain", "--uid", String(uid), "--last", "1");
  expect(people.stdout).toMatch(/^Refused by: entry\.selectors \(NO_IDENTITY\)$/m);
  expect(people.stdout).toContain("of local: misses unix:gid:424242");
  const none = await cli("entry", "explain", "--uid", "4242");
  expect(none.stderr).toContain("no refused attempt of this caller is on record");
  expect((await cli("entry", "explain", "--uid", "1", "--selector", "a:b")).code).toBe(2);
});

test("a blast radius lists what is live, and is empty once it was revoked", async () => {
  await server.register("stolen", { owner: "eve" });
  const token = await server.token("stolen", { uses: 2 });
  const bot = await server.connect({ token: token.value });
  const radius = async (...argv: string[]) =>
    JSON.parse((await cli("blast-radius", ...argv, "--output", "json")).stdout);
  const [instance] = await server.instances({ bot: "stolen" });
  const live = { svidCount: 1, bots: ["stolen"], svids: [{ id: bot.x509Svid().serialHex }] };
  for (const [what, name] of [
    ["bot", "stolen"],
    ["owner", "eve"],
    ["token", token.id],
    ["instance", instance?.id ?? ""],
  ]) {
    expect(await radius(what ?? "", name ?? "")).toMatchObject({ ...live, tokens: [token.id] });
  }
  expect((await radius("node", "stolen")).svidCount).toBe(0);
  await server.admin.call("BotService", "SuspendBot", { name: "stolen" });
  expect((await radius("bot", "stolen")).instanceCount).toBe(0);
  expect((await cli("blast-radius", "bot", "nobody")).stderr).toContain("(NOT_FOUND)");
  expect((await cli("blast-radius", "thing", "a")).code).toBe(2);
});

test("a name tells of what was minted for it, and that more instances had it than are explained", async () => {
  const MANY = 22;
  const selectors = [{ type: "join_token", value: "bot:crowd" }];
  await server.register("crowd", { entry: { selectors, audiences: ["erp"] } });
  const { value } = await server.token("crowd", { uses: MANY });
  for (let place = 0; place < MANY; place += 1) await server.connect({ token: value });
  const minted = await cli(
    "jwt",
    "mint",
    "--bot",
    "crowd",
    "--audience",
    "erp",
    "--output",
    "json",
  );
  const { jti } = JSON.parse(minted.stdout);
  const spiffeId = "spiffe://example.org/bot/default/crowd";
  const { stdout, stderr } = await cli("explain", "--spiffe-id", spiffeId, "--output", "json");
  const view = JSON.parse(stdout);
  expect(view.instances).toHaveLength(20);
  const newest = (await server.instances({ bot: "crowd" })).map(({ id }) => id);
  expect(newest).toEqual(
    expect.arrayContaining(view.instances.map(({ id }: { id: string }) => id)),
  );
  expect(view.received).toContainEqual(
    expect.objectContaining({ kind: "jwt", id: jti, instance: "", state: "live" }),
  );
  const gap = `22 instances held ${spiffeId}: only those 20 that were given an SVID last are explained`;
  expect(view.gaps).toEqual([gap]);
  expect(stderr).toContain(gap);
  await server.register("tool", { entry: { selectors: [{ type: "a", value: "b" }] } });
  expect((await cli("x509", "mint", "--bot", "tool", "--out", "tool")).code).toBe(0);
  const tool = await cli("explain", "--spiffe-id", "spiffe://example.org/bot/default/tool");
  expect(tool.stdout).toMatch(/^Given out besides: 1:\n.*\n.*x509 +[0-9a-f]+ +- +minting +live$/m);
});

test("true records that are about somebody else are no answer", async () => {
  await server.register("other");
  const other = await server.connect({ token: (await server.token("other")).value });
  const [{ id: instance } = { id: "" }] = await server.instances({ bot: "poster" });
  const [{ id: others } = { id: "" }] = await server.instances({ bot: "other" });
  const questions = [
    [{ serial: poster.x509Svid().serialHex }, { serial: other.x509Svid().serialHex }],
    [{ instance }, { instance: others }],
    [{ spiffeId: String(poster.spiffeId) }, { spiffeId: String(other.spiffeId) }],
  ] as const;
  for (const [asked, else_] of questions) {
    const answer = await server.admin.call("ExplainService", "ExplainIdentity", asked);
    expect(explanationOf(answer as never, asked, undefined)).toMatchObject({ bot: "poster" });
    expect(() => explanationOf(answer as never, else_, undefined)).toThrow(
      expect.objectContaining({ code: "LOG_INCONSISTENT" }),
    );
  }
});

test("what does not exist, and a record that was edited, are refused", async () => {
  const unknown = await cli("explain", "--serial", "00ff");
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toContain("(NOT_FOUND)");
  expect((await cli("explain")).code).toBe(2);
  expect((await cli("explain", "--serial", "00", "--jti", "a")).code).toBe(2);
  const { serialHex } = poster.x509Svid();
  const other = "example.org/botpass/audit+00000000+AAAA";
  expect((await cli("explain", "--serial", serialHex, "--key", other)).code).toBe(2);
  // The owner of the database makes the entry somebody else's.
  const database = new Sqlite(join(server.directory, "data/botpass.db"));
  const edited = database
    .prepare(
      "update audit set bytes = replace(bytes, 'uid:', 'uid:4') where type = 'bot.registered' and bot = 'poster'",
    )
    .run();
  expect(edited.changes).toBe(1);
  database.close();
  const refused = await cli("explain", "--serial", serialHex);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("(LOG_INCONSISTENT)");
});
