// Declared state at a real server, by the command line.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { errorFromStatus, loadAdminServices, tlsClientCredentials } from "../../src/wire/index.ts";
import { operatorOf } from "../support/operator.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

let server: TestServer;
let operator: ReturnType<typeof operatorOf>;
beforeEach(async () => {
  server = await runningServer();
  operator = operatorOf(server);
});
afterEach(() => server.close());

const STATE = `
version: 1
trustDomain: example.org
bots:
  - name: poster
    owner: finance
    purpose: posts invoices
    environment: prod
    ends: 2099-12-31
    entries:
      - selectors: [unix:uid:1001, unix:path:/opt/poster]
        x509Ttl: 60m
        audiences: [https://erp.example.org]
      - selectors: [unix:uid:1002]
        hint: second
  - name: token-bot
    owner: it
    purpose: comes in by tokens
`;

const bots = async () => {
  const { bots: all } = await server.admin.call("BotService", "ListBots", {});
  return all as { name: string; owner: string; state: string; revision: number }[];
};
const entries = async (bot: string) => {
  const { entries: all } = await server.admin.call("EntryService", "ListEntries", { bot });
  return all as { id: string; hint: string; revision: number; x509TtlSeconds: number }[];
};
/** Everything that a change would move. */
const everything = async () => ({
  bots: await bots(),
  entries: (await server.admin.call("EntryService", "ListEntries", {})).entries,
  feed: await operator.feed(),
  audit: (await server.audit({ pageSize: 1000 })).length,
});

test("applying makes what is declared; applying again changes nothing at all", async () => {
  const before = await everything();
  const dry = await operator.apply(STATE, "--dry-run");
  expect(dry.code).toBe(2);
  expect(dry.stdout).toBe(
    [
      "+ bot poster",
      "    + kind: bot",
      "    + owner: finance",
      "    + purpose: posts invoices",
      "    + environment: prod",
      "    + path: /bot/prod/poster",
      "    + ends: 2099-12-31T00:00:00Z",
      "    + entry unix:path:/opt/poster unix:uid:1001",
      "        + x509Ttl: 1h",
      '        + audiences: ["https://erp.example.org"]',
      "    + entry unix:uid:1002",
      "        + hint: second",
      "+ bot token-bot",
      "    + kind: bot",
      "    + owner: it",
      "    + purpose: comes in by tokens",
      "    + environment: default",
      "    + path: /bot/default/token-bot",
      "    + entry join_token:bot:token-bot",
      "2 bots to register, 3 entries to create",
      "",
    ].join("\n"),
  );
  expect(await everything()).toEqual(before);

  expect((await operator.apply(STATE)).code).toBe(0);
  expect((await bots()).map(({ name }) => name)).toEqual(["poster", "token-bot"]);
  expect(await entries("poster")).toHaveLength(2);
  const applied = (await server.audit({ type: "state.applied" }))[0] as {
    actor: string;
    details: Record<string, string>;
  };
  expect(applied.details).toMatchObject({ bots: "2", entries: "3", changes: "0" });
  const made = await server.audit({ bot: "poster" });
  expect(made.map(({ type }) => type)).toEqual([
    "bot.registered",
    "entry.created",
    "entry.created",
  ]);
  expect(made[0]?.details).toMatchObject({ apply: applied.details.apply, owner: "finance" });

  const after = await everything();
  const again = await operator.apply(STATE);
  expect(again).toEqual({ code: 0, stdout: "no change\n", stderr: "" });
  expect((await operator.apply(STATE, "--dry-run")).code).toBe(0);
  expect((await operator.apply(STATE, "--dry-run", "--prune")).code).toBe(0);
  expect(await everything()).toEqual(after);
  const token = await server.token("token-bot");
  const bot = await server.connect({ token: token.value });
  expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/default/token-bot");
});

test("a difference is shown by field, and what is not declared goes only with --prune", async () => {
  await operator.apply(STATE);
  await server.register("undeclared");
  const uid = process.getuid?.() ?? 0;
  const changed = `
version: 1
bots:
  - name: poster
    owner: accounting
    purpose: posts invoices
    environment: prod
    entries:
      - selectors: [unix:uid:1002]
        hint: changed
        x509Ttl: 30m
      - selectors: ["unix:uid:${uid}"]
  - {name: token-bot, owner: it, purpose: comes in by tokens}
`;
  const dry = await operator.apply(changed, "--dry-run");
  expect(dry.code).toBe(2);
  expect(dry.stdout).toBe(`~ bot poster
    - owner: finance
    + owner: accounting
    - ends: 2099-12-31T00:00:00Z
    ~ entry unix:uid:1002
        - hint: second
        + hint: changed
        + x509Ttl: 30m
    + entry unix:uid:${uid}
1 bot to change, 1 entry to create, 1 entry to change
`);
  expect(dry.stderr.split("\n").filter(Boolean)).toEqual([
    "botpass: not declared, left as it is: entry unix:path:/opt/poster unix:uid:1001 of bot poster",
    "botpass: not declared, left as it is: bot undeclared",
  ]);
  const json = await operator.apply(changed, "--dry-run", "--output", "json");
  expect([json.code, json.stderr]).toEqual([2, ""]);
  expect(JSON.parse(json.stdout)).toMatchObject({ update: 1, createEntries: 1, updateEntries: 1 });
  expect(JSON.parse(json.stdout).left).toHaveLength(2);
  expect((await operator.apply(changed)).code).toBe(0);
  expect(await entries("poster")).toHaveLength(3);
  expect((await bots()).find(({ name }) => name === "undeclared")?.state).toBe("active");

  const held = await server.connect({ token: (await server.token("undeclared")).value });
  const gone = new Promise((resolve) => held.once("retired", resolve));
  const pruned = await operator.apply(changed, "--prune");
  expect(pruned.code).toBe(0);
  expect(pruned.stdout).toContain("    - entry unix:path:/opt/poster unix:uid:1001\n");
  expect(pruned.stdout).toContain("- bot undeclared (retired for good)\n");
  expect(pruned.stdout).toContain("1 bot to retire, 1 entry to delete\n");
  await gone;
  expect(await entries("poster")).toHaveLength(2);
  expect((await bots()).find(({ name }) => name === "undeclared")?.state).toBe("retired");
  const again = await operator.apply(
    `${changed}  - {name: undeclared, owner: o, purpose: p}\n`,
    "--dry-run",
  );
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/-:14:12: bot undeclared is retired for good/);
});

test("a directory of files is one state, and JSON says what was done", async () => {
  const directory = join(server.directory, "state");
  mkdirSync(directory);
  writeFileSync(
    join(directory, "a.yaml"),
    "version: 1\nbots: [{name: a, owner: o, purpose: p}]\n---\nversion: 1\nbots: []\n",
  );
  writeFileSync(
    join(directory, "b.json"),
    '{"version":1,"bots":[{"name":"b","owner":"o","purpose":"p"}]}',
  );
  writeFileSync(join(directory, "notes.txt"), "not of the state");
  const { code, stdout } = await operator.botpass(["apply", "-f", "state", "--output", "json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ dryRun: false, register: 2, createEntries: 2 });
  expect((await bots()).map(({ name }) => name)).toEqual(["a", "b"]);
});

test("all or nothing: one refused change among many leaves no trace", async () => {
  await server.register("holder", { path: "/taken" });
  const before = await everything();
  for (const count of [3, 450]) {
    const many = Array.from(
      { length: count },
      (_, i) =>
        `  - {name: m${i}, owner: o, purpose: p, entries: [{selectors: ["unix:uid:${i}"]}]}`,
    ).join("\n");
    const text = `version: 1\nbots:\n${many}\n  - {name: thief, owner: o, purpose: p, path: /taken}\n`;
    const { code, stderr } = await operator.apply(text);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /name thief or the SPIFFE ID spiffe:\/\/example.org\/taken.*ALREADY_EXISTS/,
    );
    const after = await everything();
    expect({ ...after, audit: 0 }).toEqual({ ...before, audit: 0 });
    // What was staged, and taken back, is on record.
    const dropped = await server.audit({ type: "state.dropped" });
    expect(dropped).toHaveLength(count > 200 ? 1 : 0);
  }
  // The names are free again.
  const free = "version: 1\nbots: [{name: m0, owner: o, purpose: p}]\n";
  expect((await operator.apply(free)).code).toBe(0);
});

/** A caller of ApplyState who takes their time. */
function slowApply(
  client = new Client(`unix:${server.server.adminSocket}`, credentials.createInsecure()),
) {
  const { path, requestSerialize, responseDeserialize } =
    loadAdminServices().StateService.service.ApplyState;
  let call: ReturnType<typeof client.makeClientStreamRequest<unknown, unknown>> | undefined;
  const answer = new Promise<unknown>((resolve, reject) => {
    call = client.makeClientStreamRequest(
      path,
      requestSerialize as (request: unknown) => Buffer,
      responseDeserialize,
      (error, response) => {
        client.close();
        if (error) reject(errorFromStatus(error));
        else resolve(response);
      },
    );
  });
  answer.catch(() => undefined);
  return {
    answer,
    write: (message: object) => call?.write(message),
    end: () => call?.end(),
    cancel: () => call?.cancel(),
  };
}

const registrations = (from: number, count: number) => ({
  changes: {
    changes: Array.from({ length: count }, (_, i) => [
      { registerBot: { name: `s${from + i}`, owner: "o", purpose: "p" } },
      {
        createEntry: {
          bot: `s${from + i}`,
          selectors: [{ type: "unix", value: `uid:${70_000 + from + i}` }],
        },
      },
    ]).flat(),
  },
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
const staged = async () => (await server.audit({ type: "bot.staged", pageSize: 1000 })).length;

describe("many changes", () => {
  test("are there for nobody until all are, and then for everybody", async () => {
    const uid = process.getuid?.() ?? 0;
    await server.register("waiting", {
      entry: { selectors: [{ type: "unix", value: `uid:${uid}` }] },
    });
    const bot = await server.connect({ socketPath: server.botsSocket });
    const before = await operator.feed();
    const apply = slowApply();
    apply.write({ begin: { feedSequence: before } });
    for (const at of [0, 150, 300]) apply.write(registrations(at, 150));
    // One that the connected process can claim as well.
    apply.write({
      changes: {
        changes: [
          { registerBot: { name: "second", owner: "o", purpose: "p" } },
          { createEntry: { bot: "second", selectors: [{ type: "unix", value: `uid:${uid}` }] } },
        ],
      },
    });
    await until(async () => (await staged()) === 451);
    expect((await bots()).map(({ name }) => name)).toEqual(["waiting"]);
    await expect(server.admin.call("BotService", "GetBot", { name: "s7" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const explain = async () =>
      (
        await server.admin.call("EntryService", "ExplainEntries", {
          selectors: [{ type: "unix", value: "uid:70007" }],
        })
      ).entries as { matches: boolean; entry: { bot: string } }[];
    expect((await explain()).filter(({ matches }) => matches)).toEqual([]);
    await expect(server.token("s7")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await operator.feed()).toBe(before);
    // Others work on meanwhile, but for those who would apply as well.
    await server.register("meanwhile");
    const other = await operator.apply("version: 1\nbots: [{name: x, owner: o, purpose: p}]\n");
    expect(other.stderr).toMatch(/is applying a state since .*WRONG_STATE/);

    const more = new Promise((resolve) => bot.once("identities", resolve));
    apply.write({ commit: { changes: 902 } });
    apply.end();
    await apply.answer;
    expect(await bots()).toHaveLength(100);
    expect((await explain())[0]).toMatchObject({ matches: true, entry: { bot: "s7" } });
    await more;
    expect(bot.identities().map(({ path }) => path)).toContain("/bot/default/second");
    // Each of them was told to those who watch: 451 bots, 451 entries, and `meanwhile` with its entry.
    expect((await operator.feed()) - before).toBeGreaterThanOrEqual(904);
    const [applied] = await server.audit({ type: "state.applied" });
    expect(applied?.details).toMatchObject({ bots: "451", entries: "451" });
  });

  test("come from one caller at a time, by whatever door", async () => {
    const invited = { name: "alice", roles: ["registrar"] };
    const { value } = await server.admin.call("OperatorService", "InviteOperator", invited);
    const alice = await server.connect({ token: String(value) });
    const remote = new Client(
      server.address,
      tlsClientCredentials({ verify: () => undefined, svid: () => alice.x509Svid() }),
    );
    const apply = slowApply();
    apply.write({ begin: { feedSequence: await operator.feed() } });
    apply.write(registrations(0, 300));
    await until(async () => (await staged()) === 300);
    const other = slowApply(remote);
    other.write({ begin: { feedSequence: await operator.feed() } });
    await expect(other.answer).rejects.toMatchObject({
      code: "WRONG_STATE",
      message: expect.stringContaining("is applying a state since"),
    });
    apply.cancel();
    await until(async () => (await server.audit({ type: "state.dropped" })).length === 1);
  });

  test("are taken back when the caller goes away", async () => {
    const before = await everything();
    const apply = slowApply();
    apply.write({ begin: { feedSequence: before.feed } });
    apply.write(registrations(0, 300));
    await until(async () => (await staged()) === 300);
    apply.cancel();
    await until(async () => (await server.audit({ type: "state.dropped" })).length === 1);
    expect({ ...(await everything()), audit: 0 }).toEqual({ ...before, audit: 0 });
    await server.register("s7");
  });

  test("end with a commit of as many as came, or not at all", async () => {
    const apply = slowApply();
    apply.write({ begin: { feedSequence: await operator.feed() } });
    apply.write(registrations(0, 1));
    apply.write({ commit: { changes: 3 } });
    apply.end();
    await expect(apply.answer).rejects.toMatchObject({
      code: "REQUEST_INVALID",
      message: "commit of 3 changes, but 2 have come",
    });
    const other = slowApply();
    other.write({ begin: { feedSequence: await operator.feed() } });
    other.write(registrations(0, 1));
    other.end();
    await expect(other.answer).rejects.toMatchObject({ code: "REQUEST_INVALID" });
    expect(await bots()).toEqual([]);
  });
});

describe("the identity of a person", () => {
  test("is neither made nor changed by an apply", async () => {
    const invited = { name: "alice", roles: ["registrar"] };
    await server.admin.call("OperatorService", "InviteOperator", invited);
    const [person] = await bots();
    const [own] = await entries("operator.alice");
    expect(person).toMatchObject({ name: "operator.alice" });
    const selectors = [{ type: "unix", value: "uid:1001" }];
    const changes = {
      registerBot: { name: "operator.eve", kind: "bot", owner: "x", purpose: "x" },
      createEntry: { bot: "operator.alice", selectors },
      updateBot: { name: "operator.alice", revision: 1, purpose: "x" },
      updateEntry: { id: own?.id ?? "", bot: "operator.alice", revision: 1, selectors },
      deleteEntry: { key: own?.id ?? "", revision: 1 },
      retireBot: { key: "operator.alice", revision: 1 },
    };
    const before = await everything();
    for (const [kind, change] of Object.entries(changes)) {
      const apply = slowApply();
      apply.write({ begin: { feedSequence: await operator.feed() } });
      apply.write({ changes: { changes: [{ [kind]: change }] } });
      apply.write({ commit: { changes: 1 } });
      apply.end();
      await expect(apply.answer, kind).rejects.toMatchObject({
        code: "NOT_AUTHORIZED",
        message: expect.stringContaining("is the identity of a person"),
      });
    }
    expect(await everything()).toEqual(before);
  });

  test("is not exported, and --prune does not retire it", async () => {
    await server.admin.call("OperatorService", "InviteOperator", { name: "alice", roles: [] });
    await server.register("poster");
    const exported = await operator.botpass(["export"]);
    expect(exported.stdout).not.toContain("operator");
    const dry = await operator.apply(exported.stdout, "--dry-run", "--prune");
    expect(dry).toMatchObject({ code: 0 });
  });
});

describe("another operator's change in the meantime", () => {
  const cases: Readonly<Record<string, (entry: string) => Promise<unknown>>> = {
    "of the bot": () =>
      server.admin.call("BotService", "UpdateBot", { name: "a", revision: 1, owner: "other" }),
    "of an entry": (id) =>
      server.admin.call("EntryService", "UpdateEntry", {
        entry: {
          id,
          bot: "a",
          revision: 1,
          hint: "x",
          selectors: [{ type: "unix", value: "uid:5" }],
        },
      }),
    "that takes an entry away": (id) => server.admin.call("EntryService", "DeleteEntry", { id }),
    "that adds an entry": () =>
      server.admin.call("EntryService", "CreateEntry", {
        entry: { bot: "a", selectors: [{ type: "unix", value: "uid:6" }] },
      }),
    "that registers the same bot": () => server.register("s3"),
    "that suspends it": () => server.admin.call("BotService", "SuspendBot", { name: "a" }),
  };
  test.each(Object.entries(cases))("%s is named, and nothing was applied", async (_, change) => {
    await server.register("a", { entry: { selectors: [{ type: "unix", value: "uid:5" }] } });
    const [entry] = await entries("a");
    const apply = slowApply();
    apply.write({ begin: { feedSequence: await operator.feed() } });
    apply.write(registrations(0, 5));
    apply.write({
      changes: { changes: [{ updateBot: { name: "a", revision: 1, purpose: "changed" } }] },
    });
    await change(entry?.id ?? "");
    const raced = await everything();
    apply.write({ commit: { changes: 11 } });
    apply.end();
    await expect(apply.answer).rejects.toMatchObject({
      code: "STALE_REVISION",
      message: expect.stringMatching(/(bot a|bot s3) was changed by somebody else/),
    });
    expect(await everything()).toEqual(raced);
  });

  test("of a bot that is not concerned is none", async () => {
    await server.register("a");
    const apply = slowApply();
    apply.write({ begin: { feedSequence: await operator.feed() } });
    apply.write(registrations(0, 300));
    await until(async () => (await staged()) === 300);
    await server.register("b");
    apply.write({ commit: { changes: 600 } });
    apply.end();
    await apply.answer;
  });

  test("is named after staging too, and what was staged goes", async () => {
    await server.register("a");
    const apply = slowApply();
    apply.write({ begin: { feedSequence: await operator.feed() } });
    apply.write(registrations(0, 300));
    apply.write({
      changes: { changes: [{ updateBot: { name: "a", revision: 1, purpose: "changed" } }] },
    });
    await until(async () => (await staged()) === 300);
    await server.admin.call("BotService", "UpdateBot", { name: "a", revision: 1, owner: "other" });
    apply.write({ commit: { changes: 601 } });
    apply.end();
    await expect(apply.answer).rejects.toMatchObject({ code: "STALE_REVISION" });
    expect((await bots()).map(({ name, owner }) => [name, owner])).toEqual([["a", "other"]]);
  });
});

describe("what cannot be is refused before anything is done", () => {
  const refused = async (text: string, ...flags: string[]): Promise<string> => {
    const before = await everything();
    const { code, stdout, stderr } = await operator.apply(text, ...flags);
    expect([code, stdout]).toEqual([2, ""]);
    expect(await everything()).toEqual(before);
    return stderr;
  };
  const bot = "{name: a, owner: o, purpose: p}";
  const CASES: Readonly<Record<string, readonly [text: string, said: RegExp]>> = {
    "broken YAML": ["version: 1\nbots:\n  - name: [a\n", /-:4:1: not YAML: Flow sequence/],
    "a key twice": [
      "version: 1\nbots:\n  - name: a\n    name: b\n",
      /-:4:5: not YAML: Map keys must be unique/,
    ],
    "an unknown key": [
      "version: 1\nbots:\n  - name: a\n    owner: o\n    purpose: p\n    entries:\n      - selectors: [unix:uid:1]\n        ttl: 5m\n",
      /-:8:9: bots\[0\] \(a\)\.entries\[0\]\.ttl is not known/,
    ],
    "a missing owner": [
      "version: 1\nbots:\n  - name: a\n    purpose: p\n",
      /-:3:5: bots\[0\] \(a\)\.owner is required/,
    ],
    "a bot twice": [
      `version: 1\nbots:\n  - ${bot}\n  - ${bot}\n`,
      /-:4:12: bot a is declared already \(-:3:12\)/,
    ],
    "a bot in two documents": [
      `version: 1\nbots: [${bot}]\n---\nversion: 1\nbots: [${bot}]\n`,
      /-:5:15: bot a is declared already \(-:2:15\)/,
    ],
    "an entry twice": [
      "version: 1\nbots:\n- {name: a, owner: o, purpose: p, entries: [{selectors: [unix:uid:1, unix:gid:1]}, {selectors: [unix:gid:1, unix:uid:1]}]}\n",
      /-:3:84: bot a has two entries with the selectors unix:gid:1 unix:uid:1/,
    ],
    "a bad name": [
      "version: 1\nbots: [{name: A_b, owner: o, purpose: p}]\n",
      /-:2:15: bots\[0\] \(A_b\)\.name "A_b": is not 1 to 63/,
    ],
    "a bad selector": [
      "version: 1\nbots: [{name: a, owner: o, purpose: p, entries: [{selectors: [unix]}]}]\n",
      /selectors\[0\] "unix": selector "unix" is not type:value/,
    ],
    "a date that is none": [
      "version: 1\nbots: [{name: a, owner: o, purpose: p, ends: 2099-02-31}]\n",
      /ends "2099-02-31": is no day/,
    ],
    "too long a life": [
      "version: 1\nbots: [{name: a, owner: o, purpose: p, entries: [{selectors: [unix:uid:1], jwtTtl: 2h}]}]\n",
      /jwtTtl "2h": is not 1s to 3600s/,
    ],
    "another version": [`version: 2\nbots: [${bot}]\n`, /-:1:10: version: /],
    "another trust domain": [
      `version: 1\ntrustDomain: other.org\nbots: [${bot}]\n`,
      /-:2:14: trustDomain is other.org, and this server is of example.org/,
    ],
    nothing: ["", /-: it is empty|document is required/],
    "a list": ["- a\n- b\n", /-:1:1: the document: expected object/],
    "a bomb": [
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${"*a,".repeat(20)}]\nc: &c [${"*b,".repeat(20)}]\nd: [${"*c,".repeat(20)}]\n`,
      /not YAML: Excessive alias count/,
    ],
  };
  test.each(Object.entries(CASES))("%s", async (_, [text, said]) => {
    expect(await refused(text)).toMatch(said);
  });

  test("what a bot has for life, and --prune of everything", async () => {
    await server.register("a", { environment: "prod" });
    expect(await refused(`version: 1\nbots: [${bot}]\n`)).toMatch(
      /-:2:15: bot a is declared with environment default, and has prod for life/,
    );
    expect(await refused("version: 1\nbots: []\n", "--prune")).toMatch(/would retire every one/);
  });

  test("a file that is not there, a directory without state", async () => {
    mkdirSync(join(server.directory, "empty"));
    const none = await operator.botpass(["apply", "-f", "none.yaml"]);
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringMatching(/"none.yaml" cannot be read/),
    ]);
    const empty = await operator.botpass(["apply", "-f", "empty"]);
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringMatching(/holds no .yaml/)]);
  });
});

test("export leaves out who retired, says who is suspended, and writes one bot when asked", async () => {
  await operator.apply(STATE);
  await server.register("gone");
  await server.admin.call("BotService", "RetireBot", { name: "gone" });
  await server.admin.call("BotService", "SuspendBot", { name: "token-bot" });
  const all = await operator.botpass(["export"]);
  expect(all.stdout).toBe(`version: 1
trustDomain: example.org
bots:
  - name: poster
    owner: finance
    purpose: posts invoices
    environment: prod
    ends: 2099-12-31T00:00:00Z
    entries:
      - selectors:
          - unix:path:/opt/poster
          - unix:uid:1001
        x509Ttl: 1h
        audiences:
          - https://erp.example.org
      - selectors:
          - unix:uid:1002
        hint: second
  - name: token-bot
    owner: it
    purpose: comes in by tokens
    entries:
      - selectors:
          - join_token:bot:token-bot
`);
  expect(all.stderr).toMatch(/bot token-bot is suspended/);
  expect((await operator.apply(all.stdout, "--dry-run", "--prune")).stdout).toBe("no change\n");
  const one = await operator.botpass(["export", "--bot", "poster", "-o", "one.yaml"]);
  expect([one.code, one.stdout]).toEqual([0, ""]);
  const same = await operator.botpass(["apply", "-f", "one.yaml", "--dry-run"]);
  expect([same.code, same.stdout]).toEqual([0, "no change\n"]);
  expect((await operator.botpass(["export", "--bot", "nobody"])).code).toBe(1);
});
