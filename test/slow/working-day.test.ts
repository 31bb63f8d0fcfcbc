// A whole working day of an operator, with the command line as processes of its own: invited, logged in over TCP, registering what is
// declared, refused what the role lacks, removed in the middle of an apply, and cut.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runningServer, type TestServer } from "../support/running-server.ts";

const CLI = join(import.meta.dirname, "../../src/cli/main.ts");
const MANY = 6000;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let server: TestServer;
beforeEach(async () => {
  server = await runningServer();
});
afterEach(() => server.close());

/** Somebody's command line, with a home and an environment of its own. */
function person(name: string) {
  const home = join(server.directory, name);
  mkdirSync(home);
  const env = { HOME: home, PATH: process.env.PATH };
  const botpass = (args: readonly string[], stdin = ""): Promise<Ended> =>
    new Promise((resolve) => {
      const options = { env, cwd: home, maxBuffer: 64 * 2 ** 20 };
      const child = execFile(process.execPath, [CLI, ...args], options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 255), stdout, stderr }),
      );
      child.stdin?.end(stdin);
    });
  return {
    home,
    botpass,
    write(file: string, text: string): string {
      writeFileSync(join(home, file), text);
      return file;
    },
  };
}

const STATE = `version: 1
trustDomain: example.org
bots:
  - name: poster
    owner: alice
    purpose: posts invoices
    environment: prod
    entries:
      - selectors: [unix:uid:1001]
        audiences: [https://erp.example.org]
  - name: courier
    owner: alice
    purpose: comes in by a token
`;

const names = async () => {
  const { bots } = await server.admin.call("BotService", "ListBots", {});
  const all = (bots as { name: string; kind: string }[]).filter(({ kind }) => kind !== "operator");
  return all.map(({ name }) => name);
};

test("a working day", { timeout: 240_000 }, async () => {
  const root = person("root");
  const alice = person("alice");
  const bob = person("bob");
  const atServer = (...args: string[]) =>
    root.botpass(["--admin-socket", server.server.adminSocket, ...args]);

  // 9:00. Root invites two people; each logs in from elsewhere, over TCP.
  for (const [who, role] of [
    [alice, "registrar"],
    [bob, "approver"],
  ] as const) {
    const name = who === alice ? "alice" : "bob";
    const invited = await atServer("operator", "invite", name, "--role", role);
    expect(invited.code, invited.stderr).toBe(0);
    const login = await who.botpass(["login", "--output", "json"], invited.stdout);
    expect(login.code, login.stderr).toBe(0);
    expect(JSON.parse(login.stdout)).toMatchObject({
      operator: name,
      server: server.address,
      spiffeId: `spiffe://example.org/operator/${name}`,
    });
  }
  const who = await alice.botpass(["whoami", "--output", "json"]);
  expect(JSON.parse(who.stdout)).toMatchObject({ roles: ["registrar"], source: "tls 127.0.0.1" });

  // 10:00. Alice declares two bots, looks at what would change, and applies it.
  const file = alice.write("state.yaml", STATE);
  const apply = (...flags: string[]) =>
    alice.botpass(["--server", server.address, "apply", "-f", file, ...flags]);
  const dry = await apply("--dry-run");
  expect(dry).toMatchObject({ code: 2, stdout: expect.stringContaining("+ bot poster\n") });
  expect(await names()).toEqual([]);
  const applied = await apply();
  expect(applied.code, applied.stderr).toBe(0);
  expect(await names()).toEqual(["courier", "poster"]);
  expect((await apply("--dry-run")).code).toBe(0);
  const token = await alice.botpass(["token", "create", "--bot", "courier"]);
  const courier = await server.connect({ token: token.stdout.trim() });
  expect(courier.spiffeId.toString()).toBe("spiffe://example.org/bot/default/courier");

  // 11:00. What a role lacks is refused, by name, whichever way it is asked for.
  expect((await alice.botpass(["bot", "suspend", "courier"])).code).toBe(0);
  for (const [person_, args, says] of [
    [
      alice,
      ["bot", "resume", "courier"],
      "ResumeBot needs role approver or admin; alice has registrar",
    ],
    [
      alice,
      ["operator", "invite", "eve", "--role", "admin"],
      "InviteOperator needs role admin; alice has",
    ],
    [alice, ["audit", "export"], "ExportAudit needs role auditor or admin; alice has registrar"],
    [
      bob,
      ["apply", "-f", bob.write("s.yaml", STATE.replace("invoices", "else"))],
      "ApplyState needs role registrar or admin; bob has approver",
    ],
  ] as const) {
    const refused = await person_.botpass(args);
    expect(refused.code, args.join(" ")).toBe(1);
    expect(refused.stderr).toContain(says);
    expect(refused.stderr).toContain("(NOT_AUTHORIZED)");
  }
  expect((await bob.botpass(["bot", "resume", "courier"])).code).toBe(0);

  // 12:00. She is removed while a large apply is on its way.
  const many = Array.from(
    { length: MANY },
    (_, i) => `  - {name: m${i}, owner: alice, purpose: p}`,
  );
  const large = alice.write("large.yaml", `${STATE}${many.join("\n")}\n`);
  const applying = alice.botpass(["apply", "-f", large]);
  const staged = async () => (await server.audit({ type: "bot.staged", pageSize: 1000 })).length;
  await expect.poll(staged, { timeout: 60_000, interval: 20 }).toBeGreaterThan(100);
  const removed = await atServer("operator", "remove", "alice", "--output", "json");
  expect(JSON.parse(removed.stdout)).toMatchObject({ operator: { state: "removed" } });
  const cut = await applying;
  expect(cut.code, cut.stderr).toBeGreaterThan(0);
  expect(cut.stdout).not.toContain("registered");

  // Nothing of it is there, now or later; what she did before stays.
  await expect
    .poll(() => server.audit({ type: "state.dropped" }), { timeout: 60_000 })
    .toHaveLength(1);
  expect(await names()).toEqual(["courier", "poster"]);
  const { entries } = await server.admin.call("EntryService", "ListEntries", {});
  const ofBots = (entries as { bot: string }[]).filter(({ bot }) => !bot.startsWith("operator."));
  expect(ofBots.map(({ bot }) => bot).sort()).toEqual(["courier", "poster"]);
  const applyOf = async (type: string) => {
    const [first] = await server.audit({ type, pageSize: 1 });
    return (first as { details: { apply: string } }).details.apply;
  };
  expect(await applyOf("state.dropped")).toBe(await applyOf("bot.staged"));

  // She is out, and stays out; others go on where she was.
  const after = await alice.botpass(["bot", "list"]);
  expect(after).toMatchObject({ code: 1, stdout: "" });
  expect(after.stderr).toContain("operator alice was removed (NOT_AUTHORIZED)");
  const again = await atServer("operator", "invite", "alice", "--role", "registrar");
  expect(again.stderr).toContain("operator alice is removed for good (WRONG_STATE)");
  alice.write("next.yaml", STATE.replace("invoices", "bills"));
  const next = await atServer("apply", "-f", join(alice.home, "next.yaml"));
  expect(next.code, next.stderr).toBe(0);
  expect(await server.admin.call("BotService", "GetBot", { name: "poster" })).toMatchObject({
    purpose: "posts bills",
  });

  // 17:00. The log tells all of it, by whom and from where, and verifies.
  const audit = await server.audit({ pageSize: 1000 });
  const told = audit.map(({ type, actor, source, bot }) => [type, actor, source, bot]);
  const alices = ["operator:alice", "tls 127.0.0.1"];
  expect(told).toContainEqual(["bot.registered", ...alices, "poster"]);
  expect(told).toContainEqual(["token.created", ...alices, "courier"]);
  expect(told).toContainEqual(["bot.suspended", ...alices, "courier"]);
  expect(told).toContainEqual(["bot.resumed", "operator:bob", "tls 127.0.0.1", "courier"]);
  const refusals = await server.audit({ type: "operator.refused" });
  expect(refusals.map(({ actor }) => actor)).toEqual([
    ...Array.from({ length: 3 }, () => "operator:alice"),
    "operator:bob",
  ]);
  const exported = await atServer("audit", "export");
  const kept = root.write("audit.jsonl", exported.stdout);
  expect(await root.botpass(["audit", "verify", kept])).toMatchObject({ code: 0 });
});
