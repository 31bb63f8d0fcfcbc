// A governed environment, over a real server and by the real command line: who approves, what waits, and what time does.
import { createPublicKey, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../cli/run-cli.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const MINUTE = 60_000;
/** Days are minutes here: the rules are the same. */
const SETTINGS = `lifetimes: { x509_max: 40m, x509_default: 40m, jwt_default: 20m, jwt_max: 40m }
environments:
  prod:
    approval: second_person
    review_every: 30m
    review_grace: 10m
    suspend_after: 10m
    owner_grace: 5m
    max_end: 10h
`;
const [ERP, CRM, HR] = ["erp", "crm", "hr"] as const;

let clock: DrivenClock;
let server: TestServer;
const homes: string[] = [];

beforeEach(async () => {
  clock = new DrivenClock();
  server = await runningServer({ clock }, SETTINGS);
});
afterEach(async () => {
  await server.close();
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** Root at the server. */
const root = (...argv: string[]) =>
  run(["--admin-socket", server.server.adminSocket, ...argv], { clock, cwd: server.directory });

/** An operator who has logged in from elsewhere. */
async function person(name: string, ...roles: string[]) {
  const home = mkdtempSync(join(tmpdir(), "bp-home-"));
  homes.push(home);
  const env = { HOME: home };
  const flags = roles.flatMap((role) => ["--role", role]);
  const logIn = async (...context: string[]) => {
    const invited = await root("operator", "invite", name, ...flags);
    expect(invited.code, invited.stderr).toBe(0);
    const done = await run(["login", ...context], { env, clock, stdin: invited.stdout, cwd: home });
    expect(done.code, done.stderr).toBe(0);
  };
  await logIn();
  return {
    logIn,
    async may(...argv: string[]): Promise<Record<string, unknown>> {
      const { code, stdout, stderr } = await run([...argv, "--output", "json"], {
        ...{ env, clock, cwd: home },
      });
      expect(code, stderr).toBe(0);
      return stdout === "" ? {} : JSON.parse(stdout);
    },
    async mayNot(...argv: string[]): Promise<string> {
      const { code, stdout, stderr } = await run(argv, { env, clock, cwd: home });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      return stderr;
    },
    apply: (text: string, ...more: string[]) =>
      run(["apply", "-f", "-", ...more], { env, clock, cwd: home, stdin: text }),
  };
}

type Person = Awaited<ReturnType<typeof person>>;

const REGISTER = [
  ...["bot", "register", "pay", "--owner", "olga", "--purpose", "pays", "--environment", "prod"],
  ...["--ends", "8h", "--selector", "join_token:bot:pay"],
  ...[ERP, CRM, HR].flatMap((each) => ["--audience", each]),
];

async function shown(name = "pay") {
  const { stdout } = await root("bot", "show", name, "--output", "json");
  return JSON.parse(stdout);
}

async function approve(by: Person, name = "pay"): Promise<void> {
  const { revision } = await shown(name);
  await by.may("bot", "approve", name, "--revision", String(revision));
}

async function tokenOf(name = "pay"): Promise<string> {
  return (await server.token(name, { uses: 5, ttlSeconds: 80_000 })).value;
}

const attempt = async (token: string) => server.connect({ token, timeoutMs: 400 });

const addOwner = (name: string, unixUser: string) =>
  server.admin.call("OperatorService", "AddOperator", { name, roles: [], unixUser });

/** alice writes, bob approves, olga owns. */
async function people() {
  const alice = await person("alice", "registrar");
  const bob = await person("bob", "approver");
  await addOwner("olga", "65531");
  return { alice, bob };
}

async function approvedBot(...more: string[]) {
  const { alice, bob } = await people();
  await alice.may(...REGISTER, "--propose", ...more);
  await approve(bob);
  return { alice, bob };
}

async function audited(type: string) {
  return (await server.audit({ bot: "pay", type })) as {
    actor: string;
    code?: string;
    details: Record<string, string>;
  }[];
}

async function letPass(minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) await clock.advance(MINUTE, 1);
}

test("a passport is written by one person and approved by another, whatever the first one tries", async () => {
  const { alice, bob } = await people();
  const process_ = `unix:uid:${process.getuid?.()}`;
  await alice.may(...REGISTER.map((each) => (each === "join_token:bot:pay" ? process_ : each)));
  const knock = () => server.connect({ socketPath: server.botsSocket, timeoutMs: 400 });
  expect((await shown()).state).toBe("draft");
  await expect(knock()).rejects.toThrow("bot pay is a draft that nobody has proposed");
  const { revision: drafted } = await shown();
  const early = await bob.mayNot("bot", "approve", "pay", "--revision", String(drafted));
  expect(early).toContain("bot pay is draft: approve is not possible (WRONG_STATE)");

  await alice.may("bot", "propose", "pay");
  const { revision } = await shown();
  const own = ["bot", "approve", "pay", "--revision", String(revision)];
  expect(await alice.mayNot(...own)).toContain("needs role approver or admin; alice has registrar");
  // In another role, and in another context.
  await root("operator", "set-roles", "alice", "--role", "registrar", "--role", "approver");
  const refused = "operator:alice wrote what is to be approved of bot pay: another person must";
  expect(await alice.mayNot(...own)).toContain(refused);
  const twice = await person("alice", "registrar", "approver");
  await twice.logIn("--context", "other");
  expect(await twice.mayNot("--context", "other", ...own)).toContain(refused);
  expect((await shown()).state).toBe("proposed");

  // By apply she only becomes the author once more.
  const file = `version: 1
bots:
  - name: pay
    owner: olga
    purpose: pays more
    environment: prod
    ends: ${(await shown()).endsAt}
`;
  expect(await alice.apply(file)).toMatchObject({ code: 0 });
  expect(await shown()).toMatchObject({ state: "draft", purpose: "pays more" });
  await alice.may("bot", "propose", "pay");
  expect(await alice.mayNot(...own.slice(0, -1), String((await shown()).revision))).toContain(
    refused,
  );

  const stale = await bob.mayNot(...own);
  expect(stale).toContain("(STALE_REVISION)");
  await approve(bob);
  expect(await shown()).toMatchObject({
    state: "active",
    governance: { approvedBy: "operator:bob", authors: [] },
  });
  const bot = await knock();
  expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/prod/pay");
  expect(await audited("bot.approved")).toMatchObject([
    { actor: "operator:bob", details: { authors: "operator:alice" } },
  ]);
});

test("what is wider waits for the second person, what is narrower acts at once", async () => {
  const { alice, bob } = await approvedBot("--max-jwt-ttl", "15m");
  const bot = await attempt(await tokenOf());
  const lifetime = async (audience: string): Promise<number> => {
    const { expiresAt } = await bot.jwtSvid(audience);
    return Math.round((expiresAt.getTime() - clock.now().getTime()) / MINUTE);
  };
  expect(await lifetime(ERP)).toBe(15);
  await alice.may("bot", "update", "pay", "--max-jwt-ttl", "10m");
  expect(await lifetime(CRM)).toBe(10);
  await alice.may("bot", "update", "pay", "--max-jwt-ttl", "20m");
  expect(await shown()).toMatchObject({
    state: "active",
    terms: { maxJwtTtlSeconds: 600 },
    governance: {
      authors: ["operator:alice"],
      proposal: { terms: { maxJwtTtlSeconds: 1200 } },
    },
  });
  expect((await root("bot", "show", "pay")).stdout).toMatch(/^Waits, by: +operator:alice$/m);
  await approve(bob);
  expect(await lifetime(HR)).toBe(20);
});

test("a review that nobody makes: warned, restricted, suspended, and back again", async () => {
  await approvedBot();
  const token = await tokenOf();
  const bot = await attempt(token);
  bot.on("error", () => undefined);
  await letPass(31);
  await expect.poll(() => audited("bot.review_overdue")).toHaveLength(1);
  await expect.poll(async () => (await shown()).state).toBe("active");

  await letPass(10);
  await expect.poll(async () => (await shown()).state).toBe("restricted");
  await expect(attempt(token)).rejects.toMatchObject({
    code: "BOT_RESTRICTED",
    message: expect.stringContaining("its review is overdue"),
  });
  const jwt = await bot.jwtSvid(ERP);
  expect(jwt.expiresAt.getTime() - clock.now().getTime()).toBeLessThanOrEqual(5 * MINUTE);

  await letPass(10);
  await expect.poll(async () => (await shown()).state).toBe("suspended");
  await expect(attempt(token)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  expect((await root("token", "create", "--bot", "pay")).stderr).toContain("(BOT_SUSPENDED)");
  const resumed = await root("bot", "resume", "pay");
  expect(resumed.stderr).toContain("its review is overdue; botpass bot review pay (WRONG_STATE)");
  await root("bot", "review", "pay", "--reason", "still needed");
  await root("bot", "resume", "pay");
  await expect.poll(async () => (await shown()).state).toBe("active");
  const told = ["bot.review_overdue", "bot.restricted", "bot.suspended"];
  for (const type of told) expect(await audited(type), type).toMatchObject([{ actor: "botpass" }]);
});

test("an owner who is removed: the deputy, and where there is none a restriction", async () => {
  const { alice, bob } = await approvedBot("--deputy", "alice");
  await root("operator", "remove", "olga");
  expect(await shown()).toMatchObject({ owner: "alice", state: "active" });
  expect(await audited("bot.owner_lost")).toMatchObject([
    { details: { owner: "olga", now: "alice" } },
  ]);
  await root("operator", "remove", "alice");
  expect(await shown()).toMatchObject({ owner: "alice", state: "active" });
  expect((await root("bot", "show", "pay")).stdout).toMatch(/^Owner gone since: /m);
  await letPass(6);
  await expect.poll(async () => (await shown()).state).toBe("restricted");
  await expect(attempt(await tokenOf())).rejects.toMatchObject({
    code: "BOT_RESTRICTED",
    message: expect.stringContaining("neither its owner nor a deputy is an operator"),
  });
  // A new owner is a change that somebody else approves.
  await addOwner("otto", "65532");
  await root("bot", "update", "pay", "--owner", "otto");
  await approve(bob);
  expect(await shown()).toMatchObject({ owner: "otto", state: "active" });
  expect(await alice.mayNot("bot", "list")).toContain("operator alice was removed");
});

/** What a receipt says, its signature verified by the key that `audit key` prints. */
async function receiptOf(name: string) {
  const receipt = (await root("bot", "receipt", name)).stdout.trim();
  const [header = "", payload = "", signature = ""] = receipt.split(".");
  const key = (await root("audit", "key")).stdout.trim();
  const raw = Buffer.from(key.split("+").slice(2).join("+"), "base64").subarray(1);
  const x = raw.toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const bytes = Buffer.from(signature, "base64url");
  expect(verify(null, Buffer.from(`${header}.${payload}`), publicKey, bytes)).toBe(true);
  expect(verify(null, Buffer.from(`${header}.${payload}x`), publicKey, bytes)).toBe(false);
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}

test("a bot retires at its end date, or by its registrar; its receipt says what was cut, by the log's key", async () => {
  const { alice, bob } = await approvedBot("--ends", "20m");
  const bot = await attempt(await tokenOf());
  bot.on("error", () => undefined);
  await alice.may(...REGISTER.map((each) => each.replace("pay", "post")), "--propose");
  await approve(bob, "post");
  const other = await attempt(await tokenOf("post"));
  other.on("error", () => undefined);
  const { serialHex } = other.x509Svid();
  await letPass(10);
  await alice.may("bot", "retire", "post", "--reason", "replaced");
  const [instance] = await server.instances({ bot: "post" });
  expect(await receiptOf("post")).toMatchObject({
    ...{ by: "operator:alice", reason: "replaced", denied: 1, instances: [instance?.id] },
    serials: [{ id: serialHex }],
  });

  await letPass(11);
  await expect.poll(async () => (await shown()).state).toBe("retired");
  const [own] = await server.instances({ bot: "pay" });
  expect(await receiptOf("pay")).toMatchObject({
    ...{ bot: "pay", spiffeId: "spiffe://example.org/bot/prod/pay" },
    // No SVID outlives the end date: none was left to be cut.
    ...{ by: "botpass", reason: "end date", instances: [own?.id], serials: [] },
  });
  expect((await root("bot", "receipt", "nobody")).stderr).toContain("(NOT_FOUND)");
});

test("a refusal names the rule of the passport: to the caller, in entry explain and in the audit", async () => {
  await approvedBot("--allow-network", "10.0.0.0/8");
  await expect(attempt(await tokenOf())).rejects.toMatchObject({
    code: "PASSPORT_REFUSED",
    message: expect.stringContaining("refuses by rule networks: 127.0.0.1 is not in 10.0.0.0/8"),
  });
  expect(await audited("attestation.refused")).toMatchObject([
    { code: "PASSPORT_REFUSED", details: { rule: "passport.networks" } },
  ]);
  const { stdout } = await root("entry", "explain", "--address", "127.0.0.1", "--last", "1");
  expect(stdout).toMatch(/^Refused by: +passport\.networks \(PASSPORT_REFUSED\)$/m);
});

test("what a policy forbids is refused with all reasons at once, and nothing is registered", async () => {
  const { alice } = await people();
  const wrong = REGISTER.map((each) => (each === "8h" ? "20h" : each === "olga" ? "nobody" : each));
  const stderr = await alice.mayNot(...wrong, "--review-every", "2h", "--person", "allowed");
  expect(stderr).toContain("passport of bot pay is not one that environment prod allows");
  for (const reason of [
    "review_every_seconds 7200 is above 1800",
    "is after",
    "a person is allowed",
    "owner nobody is no operator",
  ]) {
    expect(stderr).toContain(reason);
  }
  expect((await root("bot", "show", "pay")).stderr).toContain("(NOT_FOUND)");
});

const BY_USER = `unix:uid:${process.getuid?.()}`;
const knock = () => server.connect({ socketPath: server.botsSocket, timeoutMs: 400 });

test("a further way in is pending until somebody approves it who did not write it, by whatever route it came", async () => {
  const { alice, bob } = await approvedBot();
  const create = ["entry", "create", "--bot", "pay", "--selector", BY_USER, "--audience", ERP];
  const entry = (await alice.may(...create)) as { id: string; revision: number };
  expect(entry).toMatchObject({ governance: { pending: true, authors: ["operator:alice"] } });
  await expect(knock()).rejects.toThrow(`entry ${entry.id} of bot pay waits for approval`);
  const { stdout } = await root("entry", "explain", "--uid", String(process.getuid?.()));
  expect(stdout).toMatch(/^Refused by: +entry\.approval \(NO_IDENTITY\)$/m);
  expect((await root("entry", "list", "--bot", "pay")).stdout).toMatch(/ pending *$/m);

  const decide = (verb: string, revision = entry.revision) =>
    ["entry", verb, entry.id, "--revision", String(revision)] as const;
  await root("operator", "set-roles", "alice", "--role", "registrar", "--role", "approver");
  expect(await alice.mayNot(...decide("approve"))).toContain("another person must approve it");
  expect(await bob.mayNot(...decide("approve", 9))).toContain("(STALE_REVISION)");
  expect(await bob.may(...decide("approve"))).toMatchObject({
    governance: { pending: false, approvedBy: "operator:bob" },
  });
  const bot = await knock();
  expect(bot.spiffeId.path).toBe("/bot/prod/pay");

  // Narrower at once, wider when approved; the bot goes on meanwhile.
  await alice.may("entry", "update", entry.id, "--audience", ERP, "--audience", HR);
  const { stdout: waits } = await root("entry", "show", entry.id);
  expect(waits).toMatch(/^Audiences: +erp$/m);
  expect(waits).toMatch(/^Proposed audiences: +erp, hr$/m);
  await expect(bot.jwtSvid(HR)).rejects.toMatchObject({ code: "AUDIENCE_NOT_ALLOWED" });
  await bot.jwtSvid(ERP);
  await bob.may(...decide("reject", 3), "--reason", "who reads that?");
  await alice.may("entry", "update", entry.id, "--audience", HR);
  await bob.may(...decide("approve", 5));
  await bot.jwtSvid(HR);
  await alice.may("entry", "update", entry.id, "--clear", "audiences");
  expect(
    JSON.parse((await root("entry", "show", entry.id, "--output", "json")).stdout),
  ).toMatchObject({ audiences: [], governance: { proposal: null } });

  // By apply, and by a token.
  const { endsAt: ends } = await shown();
  const declared = `version: 1
bots:
  - { name: pay, owner: olga, purpose: pays, environment: prod, ends: ${ends}, entries: [{ selectors: ["x509pop:name:x"] }] }
`;
  await alice.apply(declared);
  await alice.may("entry", "delete", entry.id);
  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: "pay" });
  const pending = (entries as { governance: { pending: boolean } }[]).map(
    ({ governance }) => governance.pending,
  );
  expect(pending.toSorted()).toEqual([false, true]);
  await expect(knock()).rejects.toThrow("no registration entry matches");
  const told = (await server.audit({ bot: "pay" }))
    .filter(({ type }) => String(type).startsWith("entry."))
    .map(({ type, actor }) => `${type} ${actor}`);
  expect(told).toEqual([
    "entry.created operator:alice",
    "entry.approved operator:bob",
    "entry.created operator:alice",
    "entry.approved operator:bob",
    "entry.updated operator:alice",
    "entry.proposed operator:alice",
    "entry.rejected operator:bob",
    "entry.updated operator:alice",
    "entry.proposed operator:alice",
    "entry.approved operator:bob",
    "entry.updated operator:alice",
    "entry.created operator:alice",
    "entry.deleted operator:alice",
  ]);
});

test("whoever adds an entry to a passport that is not approved yet is an author of it, and its revision moves", async () => {
  const { alice, bob } = await people();
  await alice.may(...REGISTER, "--propose");
  const { revision } = await shown();
  const carol = await person("carol", "registrar", "approver");
  await carol.may("entry", "create", "--bot", "pay", "--selector", BY_USER);
  const stale = ["bot", "approve", "pay", "--revision", String(revision)];
  expect(await bob.mayNot(...stale)).toContain("(STALE_REVISION)");
  const now = ["bot", "approve", "pay", "--revision", String(revision + 1)];
  expect(await carol.mayNot(...now)).toContain("operator:carol wrote what is to be approved");
  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: "pay" });
  const id = (entries as { id: string; selectors: { type: string }[] }[]).find(
    ({ selectors }) => selectors[0]?.type === "unix",
  )?.id as string;
  const alone = await bob.mayNot("entry", "approve", id, "--revision", "1");
  expect(alone).toContain(`nothing of entry ${id} waits for approval (WRONG_STATE)`);
  await bob.may(...now);
  expect((await knock()).spiffeId.path).toBe("/bot/prod/pay");
  expect((await root("entry", "show", id)).stdout).toMatch(/^Approved: +\S+ by operator:bob$/m);
});

/** A bot with every term, as declared. */
const declaredTerms = (more: Record<string, unknown> = {}): object => ({
  ...{ deputy: "olga2", ticket: "OPS-1", reviewEvery: "20m", maxX509Ttl: "30m", maxJwtTtl: "5m" },
  ...{ audiences: [ERP], mayCall: ["post"], calledBy: ["spiffe://example.org/*"] },
  ...{ attestors: ["join_token", "unix"], networks: ["127.0.0.0/8"], maxInstances: 2 },
  ...{ person: "forbidden", ...more },
});

/** JSON is YAML too. */
const declared = (ends: string, terms?: object, more: object = {}): string =>
  JSON.stringify({
    version: 1,
    bots: [
      {
        ...{ name: "pay", owner: "olga", purpose: "pays", environment: "prod", ends },
        ...(terms && { terms }),
        entries: [{ selectors: ["join_token:bot:pay"], audiences: [ERP, CRM], jwtTtl: "10m" }],
        ...more,
      },
    ],
  });

test("declared state holds every term: applied, shown, exported and applied again without a difference", async () => {
  const { alice, bob } = await people();
  await addOwner("olga2", "65530");
  const ends = new Date(clock.now().getTime() + 6 * 3600_000).toISOString();
  const file = declared(ends, declaredTerms());
  const first = await alice.apply(file);
  expect(first.stderr).toBe("");
  expect(first.stdout).toContain("    + terms.maxJwtTtl: 5m\n");
  expect(first.stdout).toContain("\nwaits for approval: bot pay\napplied as ");
  await approve(bob);
  expect((await shown()).terms).toEqual({
    ...{ deputy: "olga2", ticket: "OPS-1", reviewEverySeconds: 1200, maxX509TtlSeconds: 1800 },
    ...{ maxJwtTtlSeconds: 300, audiences: [ERP], mayCall: ["post"], maxInstances: 2 },
    ...{ calledBy: ["spiffe://example.org/*"], attestors: ["join_token", "unix"] },
    ...{ networks: ["127.0.0.0/8"], personAllowed: false },
  });
  const same = async (text: string) =>
    expect(await alice.apply(text)).toMatchObject({ code: 0, stdout: "no change\n" });
  await same(file);
  await same((await root("export")).stdout);
  // Nothing is said of terms that a file does not name.
  await same(declared(ends));
  await same(declared(ends, { ticket: "OPS-1" }));

  // Narrower and wider in one: a difference that a person can read, and what of it waits.
  const wider = declared(ends, declaredTerms({ maxJwtTtl: "10m", maxInstances: 1, audiences: [] }));
  const dry = await alice.apply(wider, "--dry-run");
  expect(dry.code).toBe(2);
  expect(dry.stdout).toBe(`~ bot pay
    - terms.maxJwtTtl: 5m
    + terms.maxJwtTtl: 10m
    - terms.audiences: ["erp"]
    - terms.maxInstances: 2
    + terms.maxInstances: 1
1 bot to change
`);
  const applied = await alice.apply(wider);
  expect(applied.stdout).toContain("waits for approval: bot pay: audiences maxJwtTtlSeconds\n");
  expect((await shown()).terms).toMatchObject({ maxJwtTtlSeconds: 300, maxInstances: 1 });
  await same(wider);
  const exported = (await root("export")).stdout;
  await same(exported);
  expect((await alice.apply(wider, "--dry-run")).stderr).toContain(
    "waits for approval already: bot pay: terms.maxJwtTtl, terms.audiences\n",
  );
  // The file from before: nothing of it would act, and the server holds what it does not declare.
  const before = declared(ends, declaredTerms({ maxInstances: 1 }));
  const old = await alice.apply(before, "--dry-run");
  expect(old).toMatchObject({ code: 0, stdout: "no change\n" });
  expect(old.stderr).toContain("terms.maxJwtTtl, terms.audiences, which is not declared so");

  // Whoever applied it cannot approve it.
  await root("operator", "set-roles", "alice", "--role", "registrar", "--role", "approver");
  const own = ["bot", "approve", "pay", "--revision", String((await shown()).revision)];
  expect(await alice.mayNot(...own)).toContain("operator:alice wrote what is to be approved");
  await approve(bob);
  expect((await shown()).terms).toMatchObject({ maxJwtTtlSeconds: 600, audiences: [] });
  await same(exported);

  // A wider entry waits as well, a narrower part of it acts.
  const entries = [{ selectors: ["join_token:bot:pay"], audiences: [ERP, CRM, HR], jwtTtl: "5m" }];
  const entry = await alice.apply(declared(ends, undefined, { entries }));
  expect(entry.stdout).toMatch(/^waits for approval: entry \S+ of bot pay: audiences$/m);
  await same(declared(ends, undefined, { entries }));
  await same((await root("export")).stdout);
  const listed = await server.admin.call("EntryService", "ListEntries", { bot: "pay" });
  expect(listed.entries).toMatchObject([{ audiences: [ERP, CRM], jwtTtlSeconds: 300 }]);

  const unknown = await alice.apply(declared(ends, { ...declaredTerms(), deputy: "nobody" }));
  expect(unknown.stderr).toContain("deputy nobody is no operator");
  const wrong = await alice.apply(declared(ends, { maxJwtTtl: "2h", attestors: ["luck"] }));
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/bots\[0\] \(pay\)\.terms\.maxJwtTtl "2h"/);
  expect(wrong.stderr).toMatch(/bots\[0\] \(pay\)\.terms\.attestors\[0\] "luck"/);
  // --prune retires as the governor does, with a receipt.
  const empty = declared(ends).replaceAll("pay", "other");
  expect((await alice.apply(empty, "--prune")).code).toBe(0);
  expect(await receiptOf("pay")).toMatchObject({
    ...{ by: "operator:alice", reason: "not in the applied state" },
  });
});

test("of many new bots each owner is asked for, and none is there when one of them is no operator", async () => {
  const { alice } = await people();
  const bots = (owner: (index: number) => string): string =>
    JSON.stringify({
      version: 1,
      bots: Array.from({ length: 130 }, (_, index) => ({
        ...{ name: `pay-${index}`, owner: owner(index), purpose: "pays", environment: "prod" },
        ends: new Date(clock.now().getTime() + 3600_000).toISOString(),
      })),
    });
  const refused = await alice.apply(bots((index) => (index === 125 ? "nobody" : "olga")));
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain("owner nobody is no operator");
  expect((await root("bot", "list", "--environment", "prod")).stdout).not.toContain("pay-");
  const done = await alice.apply(bots(() => "olga"));
  expect(done.stdout.match(/^waits for approval: bot pay-/gm)).toHaveLength(130);
  expect((await shown("pay-129")).state).toBe("proposed");
});

test("explain tells who wrote and who approved passport and entry, and the passport as it stood then, with the proof", async () => {
  const { alice, bob } = await approvedBot("--max-jwt-ttl", "15m", "--deputy", "alice");
  const bot = await attempt(await tokenOf());
  const { serialHex } = bot.x509Svid();
  await clock.advance(MINUTE, 1);
  await alice.may("bot", "update", "pay", "--max-jwt-ttl", "20m");
  await approve(bob);
  const [entry] = (await server.admin.call("EntryService", "ListEntries", { bot: "pay" }))
    .entries as { id: string; revision: number }[];
  const id = entry?.id ?? "";
  await alice.may("entry", "update", id, "--audience", "new");
  await bob.may("entry", "approve", id, "--revision", String((entry?.revision ?? 0) + 1));

  const explain = async (...argv: string[]) =>
    JSON.parse((await root("explain", ...argv, "--output", "json")).stdout);
  const key = (await root("audit", "key")).stdout.trim();
  const first = { by: "operator:bob", authors: ["operator:alice"] };
  const then = await explain("--serial", serialHex, "--key", key);
  expect(then).toMatchObject({
    passport: { fields: { owner: "olga", deputy: "alice", maxJwtTtlSeconds: "900" } },
    stateThen: "active",
    registered: { by: "operator:alice" },
    passportChanged: null,
    approvals: [{ type: "bot.approved", ...first, entry: null }, { type: "entry.approved" }],
    entries: [
      {
        id,
        content: { audiences: "erp crm hr" },
        made: { by: "operator:alice" },
        changed: null,
        approved: { type: "entry.approved", ...first, entry: id },
      },
    ],
    gaps: [],
  });
  expect(then.passport.fields).not.toHaveProperty("authors");
  const proven = then.approvals.map(({ record }: { record: number }) => record);
  expect(then.proof.records).toEqual(expect.arrayContaining(proven));

  const now = await explain("--spiffe-id", String(bot.spiffeId));
  expect(now).toMatchObject({
    passport: { fields: { maxJwtTtlSeconds: "1200" } },
    entries: [{ content: { audiences: "new" }, approved: first }],
  });
  expect(now.approvals).toHaveLength(4);
  const { stdout } = await root("explain", "--serial", serialHex);
  const line = "by operator:bob \\(tls 127\\.0\\.0\\.1\\) at \\S+ \\(record \\d+\\)";
  expect(stdout).toMatch(new RegExp(`^Approved: +${line}, written by operator:alice$`, "m"));
  expect(stdout).toMatch(new RegExp(`^Entry approved: +${line}, written by operator:alice$`, "m"));
  expect(stdout).toMatch(/^Passport maxJwtTtlSeconds: +900$/m);
  // The deputy's from then on, and restricted when time has said so.
  await root("operator", "remove", "olga");
  expect(await explain("--spiffe-id", String(bot.spiffeId))).toMatchObject({
    passport: { fields: { owner: "alice" } },
    passportChanged: { type: "bot.updated" },
  });
  await root("operator", "remove", "alice");
  await letPass(6);
  expect(await explain("--spiffe-id", String(bot.spiffeId))).toMatchObject({
    stateThen: "restricted",
  });
});

test("nobody gets a name below a governed environment past its policy", async () => {
  const { alice } = await people();
  const outside = ["--owner", "olga", "--purpose", "none", "--environment", "lab"];
  const refused = await alice.mayNot(
    "bot",
    "register",
    "evil",
    ...outside,
    "--path",
    "/bot/prod/pay",
  );
  expect(refused).toContain("is below environment prod, which has a policy");
  await alice.may("bot", "register", "fine", ...outside, "--path", "/bot/tools/fine");
  const bot =
    "{ name: evil, owner: olga, purpose: none, environment: lab, path: /bot/prod/pay, entries: [] }";
  const applied = await alice.apply(`version: 1\ntrustDomain: example.org\nbots:\n  - ${bot}\n`);
  expect(applied.code).not.toBe(0);
  expect(applied.stderr).toContain("which has a policy");
});

test("narrower networks deny what is still held by those who have left", async () => {
  const { alice } = await approvedBot();
  const thief = await attempt(await tokenOf());
  const { serialHex } = thief.x509Svid();
  await thief.close();
  await expect.poll(async () => (await server.instances({ bot: "pay" }))[0]?.state).toBe("ended");
  await alice.may("bot", "update", "pay", "--allow-network", "192.0.2.0/24");
  const denials = await server.admin.call("StatusService", "GetStatus", {});
  expect(Number(denials.denials)).toBe(1);
  const explained = await root("explain", "--serial", serialHex);
  expect(explained.stdout).toMatch(/SVID denied/);
});
