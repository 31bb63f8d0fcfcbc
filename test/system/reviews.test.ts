// Reviews over a real server and by the real command line: what is due, what was used, what goes, and who may say so.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Agent } from "../../src/agent/index.ts";
import { run } from "../cli/run-cli.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { SkewedClock } from "../support/skewed-clock.ts";

const SETTINGS = `authority: { life: 365d }
environments:
  prod:
    review_every: 100d
    review_grace: 7d
    suspend_after: 7d
    person_allowed: true
`;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const driven = new DrivenClock();
const clock = new SkewedClock(driven);
const idOf = (name: string) => `spiffe://example.org/bot/prod/${name}`;

let server: TestServer;
const closers: (() => unknown)[] = [];

interface Step {
  readonly field: string;
  readonly entry: string | null;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

interface Shown {
  readonly bot: { readonly revision: number; readonly state: string; readonly terms: object };
  readonly digest: string;
  readonly used: readonly { service: string; count: number; unbacked: boolean; granted: boolean }[];
  readonly sources: readonly {
    service: string;
    count: number;
    alone: boolean;
    unbacked: boolean;
  }[];
  readonly callers: readonly { bot: string; rule: string; refused: string | null }[];
  readonly grants: readonly { kind: string; name: string; state: string; reportedBy: string[] }[];
  readonly instances: readonly { attestor: string; connected: boolean }[];
  readonly incidents: readonly { kind: string; summary: string; open: boolean }[];
  readonly proposals: readonly Step[];
  readonly commands: readonly string[];
  readonly advice: readonly string[];
}

beforeAll(async () => {
  server = await runningServer({ clock }, SETTINGS);
  await server.admin.call("OperatorService", "AddOperator", {
    name: "olga",
    roles: [],
    unixUser: "65531",
  });
  await server.admin.call("OperatorService", "AddOperator", {
    name: "otto",
    roles: [],
    unixUser: "65532",
  });
  const prod = (name: string, more: object = {}) =>
    server.register(name, { environment: "prod", owner: "olga", ...more });
  for (const name of ["erp", "hr", "crm", "liar"])
    await prod(name, { kind: "service", owner: "otto" });
  await prod("dash");
  await prod("idle", { owner: "otto" });
  await prod("ghost", { owner: "otto", terms: { mayCall: ["liar"] } });
  await prod("pay", {
    terms: {
      mayCall: ["erp", "crm", "hr"],
      calledBy: ["dash", "erp"],
      networks: ["127.0.0.0/8", "10.0.0.0/8"],
      maxInstances: 5,
      maxJwtTtlSeconds: 3600,
    },
    entry: { selectors: [{ type: "join_token", value: "bot:pay" }], audiences: ["ledger", "old"] },
  });
  await server.admin.call("EntryService", "CreateEntry", {
    entry: { bot: "pay", selectors: [{ type: "unix", value: "uid:9" }], audiences: ["ledger"] },
  });
  await prod("twin", {
    terms: { mayCall: ["erp", "hr"] },
    entry: { selectors: [{ type: "join_token", value: "bot:twin" }], audiences: ["it's old"] },
  });
  await jump(40 * DAY_MS);
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await server.close();
});

/** So much later, with what the server does about it. */
async function jump(aheadMs: number): Promise<void> {
  clock.jumpTo(aheadMs);
  await driven.advance(65_000, 2);
}

const root = (...argv: string[]) =>
  run(["--admin-socket", server.server.adminSocket, ...argv], { clock, cwd: server.directory });

async function json<T>(...argv: string[]): Promise<T> {
  const { code, stdout, stderr } = await root(...argv, "--output", "json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

const shown = (bot: string) => json<Shown>("review", "show", bot, "--days", "30");

async function agentOf(name: string): Promise<Agent> {
  const agent = new Agent({ clock, env: {}, token: (await server.token(name)).value });
  await agent.open();
  closers.push(() => agent.close());
  return agent;
}

/** What a service tells of one caller. */
async function report(agent: Agent, service: string, caller: string, more: object = {}) {
  const now = clock.now().getTime();
  const use = { audience: "", operation: "", refused: "", count: 5, firstMs: now, lastMs: now };
  await agent.reportUses({
    uses: [{ service: idOf(service), caller: idOf(caller), ...use, ...more }],
    svids: [],
    dropped: 0,
  });
}

/** An operator who has logged in from elsewhere. */
async function person(name: string, ...roles: string[]) {
  const home = mkdtempSync(join(tmpdir(), "bp-home-"));
  closers.push(() => rmSync(home, { recursive: true, force: true }));
  const env = { HOME: home };
  const flags = roles.flatMap((role) => ["--role", role]);
  const invited = await root("operator", "invite", name, ...flags);
  const done = await run(["login"], { env, clock, stdin: invited.stdout, cwd: home });
  expect(done.code, done.stderr).toBe(0);
  return (...argv: string[]) => run(argv, { env, clock, cwd: home });
}

test("use, grants, incidents and proposals are set beside each other; a source that cannot be is marked", async () => {
  const pay = await agentOf("pay");
  const erp = await agentOf("erp");
  const hr = await agentOf("hr");
  await report(erp, "erp", "pay", { operation: "POST /invoices/*" });
  await report(erp, "erp", "pay", { audience: "ledger", count: 2 });
  // It reports callers, and not this one: it was not called.
  await report(hr, "hr", "dash");
  await report(pay, "pay", "erp");
  await report(pay, "pay", "hr", { refused: "PEER_NOT_AUTHORIZED" });

  const first = await shown("pay");
  expect(first.sources).toEqual([
    { service: "erp", count: 7, alone: true, unbacked: false, lastAt: expect.any(String) },
  ]);
  expect(first.callers).toMatchObject([
    { bot: "erp", rule: "may_call does not", refused: null },
    { bot: "hr", rule: "neither names it", refused: "PEER_NOT_AUTHORIZED" },
  ]);
  const states = first.grants.map(({ kind, name, state }) =>
    kind === "entry" ? `entry ${state}` : `${kind} ${name} ${state}`,
  );
  expect(states.sort()).toEqual([
    "audience ledger used",
    "audience old unused",
    "called_by dash unused",
    "called_by erp used",
    "entry unused",
    "entry used",
    "may_call crm unknown",
    "may_call erp used",
    "may_call hr unused",
  ]);
  expect(first.grants.find(({ name }) => name === "ledger")?.reportedBy).toEqual(["erp"]);
  expect(first.instances).toMatchObject([{ attestor: "join_token", connected: true }]);
  const changes = first.proposals.map(
    ({ field, before, after }) => `${field} ${before.join(",")} => ${after.join(",")}`,
  );
  expect(changes.sort()).toEqual([
    "attestors  => join_token",
    "called_by dash,erp => erp",
    "entry unix:uid:9 => ",
    "entry.audiences ledger,old => ledger",
    "max_instances 5 => 1",
    "max_x509_ttl_seconds  => 3600",
    "may_call crm,erp,hr => crm,erp",
    "networks 10.0.0.0/8,127.0.0.0/8 => 127.0.0.0/8",
  ]);
  expect(first.advice).toEqual([
    "erp alone reports any use of it",
    "whether it calls crm is not known: nobody there reports callers",
  ]);
  const text = (await root("review", "show", "pay", "--days", "30")).stdout;
  expect(text).toMatch(/^Not counted: +callers behind Envoy, another SPIFFE agent/m);
  expect(text).toMatch(/^erp +x509 +POST \/invoices\/\* +accepted +5 /m);
  expect(text).toMatch(/^Proposed: +may_call: crm, erp, hr => crm, erp \(/m);
  await pay.close();
});

test("a review is refused to whom it is not open, and when it is not what was seen; narrowing is one transaction with it", async () => {
  const { bot, digest, commands } = await shown("pay");
  const ada = await person("ada", "auditor", "registrar");
  const pat = await person("pat", "approver");
  const complete = (revision: number) => [
    ...["review", "complete", "pay", "--revision", String(revision), "--days", "30"],
    ...["--note", "posts invoices", "--narrow"],
  ];
  const own = await ada(...complete(bot.revision));
  expect(own).toMatchObject({ code: 1, stdout: "" });
  expect(own.stderr).toContain(
    "CompleteReview needs role approver or admin, or to be the owner of the bots that it is about; ada has registrar, auditor (NOT_AUTHORIZED)",
  );
  const stale = await pat(...complete(bot.revision - 1 || 9));
  expect(stale.stderr).toContain("look at it again (STALE_REVISION)");
  const other = await pat(...complete(bot.revision), "--digest", "0".repeat(64));
  expect(other.stderr).toContain(`review of bot pay has digest ${digest}, not 0000`);
  expect(other.stderr).toContain("(STALE_REVISION)");
  expect((await shown("pay")).bot.revision).toBe(bot.revision);
  expect(await server.audit({ bot: "pay", type: "bot.reviewed" })).toEqual([]);

  const [update = ""] = commands;
  expect(update).toContain("botpass bot update pay --may-call crm --may-call erp ");
  for (const flag of [
    "--may-call crm",
    "--called-by erp",
    "--max-instances 1",
    "--max-x509-ttl 1h",
  ]) {
    expect(update).toContain(flag);
  }
  const actions = commands.map((line) => line.split(" ").slice(0, 3).join(" "));
  expect(actions.sort()).toEqual([
    "botpass bot update",
    "botpass entry delete",
    "botpass entry update",
  ]);

  const done = await pat(...complete(bot.revision), "--digest", digest, "--output", "json");
  expect(done.code, done.stderr).toBe(0);
  const after = await json<Shown["bot"]>("bot", "show", "pay");
  expect(after).toMatchObject({
    state: "active",
    terms: {
      mayCall: ["crm", "erp"],
      calledBy: ["erp"],
      networks: ["127.0.0.0/8"],
      attestors: ["join_token"],
      maxInstances: 1,
      maxX509TtlSeconds: 3600,
    },
    governance: { reviewedBy: "operator:pat", proposal: null },
  });
  const { entries } = await json<{ entries: { audiences: string[] }[] }>(
    ...["entry", "list", "--bot", "pay"],
  );
  expect(entries).toMatchObject([{ audiences: ["ledger"] }]);
  const [record] = (await server.audit({ bot: "pay", type: "bot.reviewed" })) as {
    actor: string;
    details: Record<string, string>;
  }[];
  expect(record).toMatchObject({
    actor: "operator:pat",
    details: { reason: "posts invoices", revision: String(bot.revision), digest },
  });
  expect(record?.details.narrowed?.split(" ").sort()).toContain("may_call");
  expect(await server.audit({ bot: "pay", type: "entry.deleted" })).toHaveLength(1);
  const again = await shown("pay");
  expect(again.proposals).toEqual([]);
  // The same once more is stale: it was looked at before.
  expect((await pat(...complete(bot.revision))).stderr).toContain("(STALE_REVISION)");
});

test("the commands that are proposed do what is proposed, lists that become empty too", async () => {
  const { commands, bot } = await shown("twin");
  expect(commands).toEqual([
    `botpass bot update twin --clear may-call --revision ${bot.revision}`,
    expect.stringMatching(/^botpass entry update [0-9a-f-]{36} --clear audiences$/),
  ]);
  for (const line of commands) {
    const [, ...argv] = line.split(" ");
    expect(await root(...argv)).toMatchObject({ code: 0 });
  }
  const after = await shown("twin");
  expect(after.proposals).toEqual([]);
  expect(after.advice).toEqual([
    expect.stringMatching(/^nobody has used it since \S+: botpass bot suspend twin, or retire$/),
  ]);
});

test("use that a service reports when the bot held no SVID stands out, and so does what was done to the bot", async () => {
  await jump(40 * DAY_MS + 6 * HOUR_MS);
  const liar = await agentOf("liar");
  await report(liar, "liar", "pay", { operation: "POST /invented", count: 9_000 });
  await server.admin.call("BotService", "SuspendBot", { name: "pay", reason: "looks odd" });
  const { sources, used, incidents, advice } = await shown("pay");
  expect(sources.map(({ service, alone, unbacked }) => ({ service, alone, unbacked }))).toEqual([
    { service: "liar", alone: false, unbacked: true },
    { service: "erp", alone: false, unbacked: false },
  ]);
  expect(used.filter(({ unbacked }) => unbacked).map(({ service }) => service)).toEqual(["liar"]);
  expect(advice).toContain("liar reports calls from a time when pay held no SVID: ask who runs it");
  expect(incidents.filter(({ kind }) => kind === "bot.suspended")).toMatchObject([
    { summary: "by uid:0: looks odd", open: false },
  ]);
  const { stdout } = await root("review", "show", "pay", "--days", "30");
  expect(stdout).toMatch(/^Source: +liar: 9000 calls, last \S+, some cannot have been$/m);
  expect(stdout).toMatch(/^liar +x509 +POST \/invented +cannot be: it held no SVID +9000 /m);
  await server.admin.call("BotService", "ResumeBot", { name: "pay" });

  // A bot that never had an SVID does not come to use its grants by what is said of it.
  await report(liar, "liar", "ghost");
  const ghost = await shown("ghost");
  expect(ghost.grants.filter(({ kind }) => kind === "may_call")).toMatchObject([
    { name: "liar", state: "unknown", reportedBy: ["liar"] },
  ]);
  expect(ghost.proposals).toEqual([]);
});

interface Campaign {
  readonly state: string;
  readonly done: number;
  readonly total: number;
  readonly owners: readonly { owner: string; done: number; total: number; left: string[] }[];
}

test("what is due is listed with what comes of it; a campaign counts by owner, and tells of those that are late", async () => {
  interface Due {
    readonly reviews: readonly { bot: string; days: number; use: string; unused: string[] }[];
  }
  expect((await json<Due>("review", "due", "--within", "30d")).reviews).toEqual([]);
  const due = await json<Due>(..."review due --within 61d --days 30 --owner otto".split(" "));
  expect(due.reviews.map(({ bot, days }) => `${bot} ${days}`).sort()).toEqual([
    ...["crm 59", "erp 59", "ghost 59", "hr 59", "idle 59", "liar 59"],
  ]);
  expect(due.reviews.find(({ bot }) => bot === "idle")).toMatchObject({
    use: "idle",
    unused: [expect.stringMatching(/^entry /)],
  });

  const start = ["review", "campaign", "start", "q3"];
  expect((await root(...start, "--until", "5d")).stderr).toContain("--selector or --owner is requ");
  const none = await root(...start, "--until", "5d", "--selector", "env=dev");
  expect(none.stderr).toContain("no bot is chosen whose environment asks for reviews");
  const begun = await json<Campaign>(...start, "--until", "5d", "--selector", "env=prod");
  expect(begun).toMatchObject({ state: "open", done: 0, total: 9 });
  expect((await root(...start, "--until", "5d", "--owner", "otto")).stderr).toContain(
    "there is, or was, a campaign q3 (ALREADY_EXISTS)",
  );
  expect((await root("review", "campaign", "status", "q4")).stderr).toContain("(NOT_FOUND)");
  await driven.advance(1000, 1);
  await root("bot", "review", "dash");
  await root("bot", "retire", "idle");
  const status = () => json<Campaign>("review", "campaign", "status", "q3");
  expect(await status()).toMatchObject({
    state: "open",
    done: 2,
    owners: [
      { owner: "olga", done: 1, total: 3, left: ["pay", "twin"] },
      { owner: "otto", done: 1, total: 6, left: ["crm", "erp", "ghost", "hr", "liar"] },
    ],
  });
  await jump(46 * DAY_MS);
  const told = async () => {
    const records = (await server.audit({ type: "bot.review_overdue", limit: 100 })) as {
      bot: string;
      details: Record<string, string>;
    }[];
    return records.filter(({ details }) => details.campaign === "q3").map(({ bot }) => bot);
  };
  await driven.advance(61_000, 2);
  await vi.waitFor(
    async () => expect(await told()).toEqual(["crm", "erp", "ghost", "hr", "liar", "pay", "twin"]),
    { timeout: 15_000 },
  );
  expect((await status()).state).toBe("late");
  await driven.advance(121_000, 2);
  expect(await told()).toHaveLength(7);
  expect((await root("review", "campaign", "list")).stdout).toMatch(/^q3 +late +2 of 9 /m);
});
