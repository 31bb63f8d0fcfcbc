// A server's keys are replaced while it serves: no call fails, and who holds it to its log follows the log's new key, and no other.
import { generateKeyPairSync } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bot, connect, type LogInconsistency, memberOf } from "../../src/index.ts";
import {
  formatCheckpoint,
  noteSigner,
  readCheckpoint,
  splitCheckpoints,
} from "../../src/log/index.ts";
import { loadConfig, type RunningServer, startServer } from "../../src/server/index.ts";
import { run } from "../cli/run-cli.ts";
import { dialTestAdmin } from "../support/admin.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-rotate-"));
const dataDir = join(directory, "data");
const keyFile = join(dataDir, "log.key.pem");
const nextFile = join(dataDir, "log.key.next.pem");
const witness = join(directory, "witness.txt");
let server: RunningServer;
let admin: ReturnType<typeof dialTestAdmin>;
const bots: Bot[] = [];

async function start(...more: string[]): Promise<void> {
  const config = join(directory, "server.yaml");
  const lines = [
    "trust_domain: example.org",
    `data_dir: ${dataDir}`,
    "listen: 127.0.0.1:0",
    'bots_socket: ""',
    "log_level: fatal",
    `log: { checkpoint_interval: 1h, checkpoint_file: ${witness} }`,
    ...more,
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  server = await startServer(await loadConfig({ file: config }));
  admin = dialTestAdmin(server.adminSocket);
}

async function stop(): Promise<void> {
  admin.close();
  await server.close();
}

const cli = (...argv: string[]) =>
  run(["--admin-socket", server.adminSocket, ...argv], { cwd: directory });
const offline = (...argv: string[]) => run(argv, { cwd: directory });

/** What the command prints; it must do well. */
async function done(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(...argv);
  expect([code, stderr.replace(/^botpass: new authorities sign .*\n/, "")]).toEqual([0, ""]);
  return stdout;
}

interface Rotated {
  readonly kind: string;
  readonly before: string;
  readonly after: string | null;
  readonly beforeUntil: string | null;
}

const rotate = async (...argv: string[]): Promise<readonly Rotated[]> => {
  const stdout = await done("server", "rotate-keys", ...argv, "--output", "json");
  return (JSON.parse(stdout) as { keys: Rotated[] }).keys;
};

const keyNow = async (): Promise<string> => (await done("audit", "key")).trim();

async function newBot(name: string, stateDirectory?: string): Promise<Bot> {
  const { value } = await admin.call("TokenService", "CreateToken", { bot: name });
  const where = stateDirectory === undefined ? {} : { stateDirectory };
  const bot = await connect({ token: String(value), env: {}, ...where });
  bots.push(bot);
  return bot;
}

/** The bot of a state directory, back on the line. */
async function returned(stateDirectory: string): Promise<Bot> {
  const bot = await connect({ env: {}, stateDirectory, addresses: server.addresses });
  bots.push(bot);
  return bot;
}

function complaintsOf(bot: Bot): readonly LogInconsistency[] {
  const complaints: LogInconsistency[] = [];
  bot.on("log_inconsistent", (each) => complaints.push(each));
  return complaints;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** What the bot believes of the log. */
function knownIn(stateDirectory: string): { verifier: string; note: string } {
  return JSON.parse(readFileSync(join(stateDirectory, "log-checkpoint.json"), "utf8"));
}

const write = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return name;
};

beforeAll(async () => {
  await start();
  for (const name of ["a", "b", "erp"]) {
    await admin.call("BotService", "RegisterBot", { name, owner: "o", purpose: "p" });
  }
});
afterAll(async () => {
  for (const bot of bots) await bot.close();
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

test("a dry run says which keys these are, and replaces none", async () => {
  const before = await rotate("--dry-run");
  expect(before.map(({ kind, after }) => [kind, after])).toEqual([
    ["x509", null],
    ["jwt", null],
    ["svid", null],
    ["log", null],
  ]);
  expect(await rotate("--dry-run")).toEqual(before);
  expect(before.at(-1)?.before).toBe(await keyNow());
  const { records } = await admin.call("AuditService", "ListAudit", { type: "log.key_rotated" });
  expect(records).toEqual([]);
});

test("all keys are replaced while bots call each other, and none of their calls fails", async () => {
  const state = join(directory, "connected");
  const caller = await newBot("a", state);
  const erp = await newBot("erp");
  const complaints = [complaintsOf(caller), complaintsOf(erp)];
  const authorize = memberOf("example.org");
  const web = createServer(erp.serverTls({ authorize }), (_, answer) => answer.end("fine"));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { port } = web.address() as AddressInfo;
  let calls = 0;
  let going = true;
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    while (going) {
      try {
        // A new identity, an answer of a peer, and a proof of the log each time.
        await (await newBot("b")).close();
        const peer = erp.spiffeId.toString();
        const answer = await caller.fetch(`https://127.0.0.1:${port}/`, { peer });
        expect(await answer.text()).toBe("fine");
        calls += 1;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const statement = await caller.sign(Buffer.from("turnover: 42\n"));
  write("report.txt", "turnover: 42\n");
  write("report.txt.sig", statement);
  const logKey = await keyNow();
  const working = work();
  await until(() => calls > 2);
  const keys = await rotate("--lead", "1s", "--reason", "yearly");
  const then = calls;
  await until(() => calls > then + 2);
  going = false;
  await working;
  web.close();
  web.closeAllConnections();
  expect(failures).toEqual([]);

  expect(keys.map(({ kind }) => kind)).toEqual(["x509", "jwt", "svid", "log"]);
  for (const { before, after } of keys) {
    expect(before).not.toBe("");
    expect(after).not.toBe(before);
  }
  const present = await rotate("--dry-run");
  expect(present.map(({ before }) => before)).toEqual(keys.map(({ after }) => after));
  const { authorities } = await admin.call("AuthorityService", "ListAuthorities", {});
  const states = (authorities as { id: string; state: string }[]).map((each) => [
    each.id,
    each.state,
  ]);
  for (const { before, after } of keys.slice(0, 2)) {
    expect(states).toContainEqual([before, "old"]);
    expect(states).toContainEqual([after, "active"]);
  }
  for (const type of ["authority.activated", "server.key_rotated", "log.key_rotated"]) {
    const json = await done("audit", "list", "--type", type, "--output", "json");
    expect(json).toContain('"reason":"yearly"');
    expect(json).toMatch(/"actor":"(uid:\d+|operator:\w+)"/);
  }

  // The bot on the line was told, and believes; the witness has the hand-over; the key before is gone.
  const log = keys[3];
  expect(log).toMatchObject({ before: logKey, after: await keyNow() });
  await until(() => knownIn(state).verifier === log?.after);
  expect(complaints).toEqual([[], []]);
  const notes = splitCheckpoints(readFileSync(witness, "utf8"));
  const handover = notes.find((note) => note.includes("botpass-log-key-handover"));
  expect(handover).toContain(`${logKey} ${log?.after}`);
  expect(existsSync(nextFile)).toBe(false);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  const { verifier } = noteSigner("example.org/botpass/audit", readFileSync(keyFile, "utf8"));
  expect(verifier).toBe(log?.after);

  // What was signed before verifies by the key of its time, and by the present one with the hand-overs.
  const handovers = write("handovers.txt", await done("audit", "handovers"));
  const verify = (key: string, ...more: string[]) =>
    offline("verify", "report.txt", "report.txt.sig", "--key", key, ...more);
  expect(await verify(logKey)).toMatchObject({ code: 0 });
  expect(await verify(verifier, "--handovers", handovers)).toMatchObject({ code: 0 });
  const refused = await verify(verifier);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`the proof is by the key ${logKey}, not ${verifier}`);
  expect(await verify(logKey, "--handovers", write("none.txt", notes[0] ?? ""))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is no hand-over"),
  });
  const later = await caller.sign(Buffer.from("turnover: 42\n"));
  write("report.txt.sig", later);
  expect(await verify(verifier)).toMatchObject({ code: 0 });
  // Who kept the key of before needs nothing else: the statement brings the hand-over, and so does a proof.
  expect(await verify(logKey)).toMatchObject({ code: 0 });
  const jws = JSON.parse(later) as { header: { "botpass-log": { handovers: string[] } } };
  expect(jws.header["botpass-log"].handovers).toHaveLength(1);
  const without = { ...jws.header["botpass-log"], handovers: [] };
  write("report.txt.sig", JSON.stringify({ ...jws, header: { "botpass-log": without } }));
  expect((await verify(logKey)).stderr).toContain(`the proof is by the key ${verifier}`);
  const { serialHex } = caller.x509Svid();
  const proof = write("proof.json", await done("audit", "prove", "--serial", serialHex));
  for (const key of [logKey, verifier]) {
    expect(await offline("audit", "verify", proof, "--key", key)).toMatchObject({ code: 0 });
    await done("explain", "--serial", serialHex, "--key", key);
  }
});

test("join tokens that would outlive the authority that they name are counted", async () => {
  const token = { bot: "b", ttlSeconds: 86_400 };
  await admin.call("TokenService", "CreateToken", token);
  const { code, stdout, stderr } = await cli(
    ...["server", "rotate-keys", "--only", "x509", "--lead", "0s", "--output", "json"],
  );
  expect(code).toBe(0);
  const [key] = (JSON.parse(stdout) as { keys: (Rotated & { strandedTokens: number })[] }).keys;
  expect(key).toMatchObject({ kind: "x509", strandedTokens: 1 });
  expect(stderr).toMatch(/^botpass: 1 unused join tokens know the server only until /);
  const leftMs = Date.parse(key?.beforeUntil ?? "") - Date.now();
  expect(leftMs).toBeGreaterThan(3_000_000);
  expect(leftMs).toBeLessThan(3_700_000);
});

test("a bot that was away for several changes follows them, and no key that was not handed to", async () => {
  const state = join(directory, "away");
  const away = await newBot("a", state);
  await until(() => existsSync(join(state, "log-checkpoint.json")));
  await away.close();
  const knew = knownIn(state);
  const keys = [await keyNow()];
  for (let round = 0; round < 3; round += 1) {
    const [rotated] = await rotate("--only", "log");
    expect(rotated?.before).toBe(keys.at(-1));
    keys.push(String(rotated?.after));
  }
  await stop();
  await start();
  const back = await returned(state);
  const complaints = complaintsOf(back);
  await until(() => knownIn(state).verifier === keys.at(-1));
  expect(readCheckpoint(knownIn(state).note).size).toBeGreaterThan(readCheckpoint(knew.note).size);
  await back.close();
  expect(complaints).toEqual([]);

  // Somebody else's key in the place of the one that was known.
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
  const other = noteSigner("example.org/botpass/audit", pem.toString());
  const note = other.sign(formatCheckpoint(readCheckpoint(knew.note)));
  const file = join(state, "log-checkpoint.json");
  writeFileSync(file, JSON.stringify({ verifier: other.verifier, note }));
  const deceived = await returned(state);
  const [complaint] = await new Promise<LogInconsistency[]>((resolve) =>
    deceived.once("log_inconsistent", (...args) => resolve(args)),
  );
  expect(complaint?.reason).toBe(
    `the log has another key: ${keys.at(-1)}, not ${other.verifier}, and ${other.verifier} has not handed the log over`,
  );
  expect(knownIn(state).verifier).toBe(other.verifier);
  await deceived.close();
});

test("an export verifies by each key that the log had, and against what was signed under any", async () => {
  const history = await done("audit", "key", "--history");
  const keys = history
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split(/ +/)[0] ?? "");
  expect(keys.length).toBeGreaterThan(4);
  expect(keys.at(-1)).toBe(await keyNow());
  const view = JSON.parse(await done("audit", "key", "--history", "--output", "json"));
  expect(view.handovers.map(({ former }: { former: string }) => former)).toEqual(keys.slice(0, -1));
  write("audit.jsonl", await done("audit", "export"));
  const verify = (...more: string[]) => offline("audit", "verify", "audit.jsonl", ...more);
  for (const key of keys) {
    const { code, stderr, stdout } = await verify("--key", key, "--against", "witness.txt");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^verified: records 1 to \d+ of example.org\/botpass\/audit/);
  }
  const [head = "", ...records] = readFileSync(join(directory, "audit.jsonl"), "utf8").split("\n");
  const { handovers, ...rest } = JSON.parse(head) as { handovers: string[] };
  const cut = [JSON.stringify(rest), ...records].join("\n");
  const without = (...more: string[]) =>
    offline("audit", "verify", write("cut.jsonl", cut), ...more);
  expect(await without("--key", keys[0] ?? "")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no hand-over leads from one to the other"),
  });
  expect((await without()).stderr).toMatch(/became the log's key, and no hand-over does/);
  expect(await verify("--handovers", "handovers.txt")).toMatchObject({ code: 2 });
  const backup = join(directory, "verified");
  await admin.call("ServerService", "Backup", { directory: backup });
  const drill = await offline("backup", "verify", backup, "--against", "witness.txt");
  expect([drill.code, drill.stderr]).toEqual([0, ""]);
  expect(handovers).toHaveLength(keys.length - 1);
});

test("what a crash leaves half done is finished, or undone, at the next start", async () => {
  const before = await keyNow();
  await stop();
  // The new key was written, and nothing was recorded.
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
  writeFileSync(nextFile, pem, { mode: 0o600 });
  await start();
  expect([await keyNow(), existsSync(nextFile)]).toEqual([before, false]);
  await done("audit", "checkpoint");

  // All was recorded, and the new key had not taken its place.
  copyFileSync(keyFile, join(directory, "before.pem"));
  const [rotated] = await rotate("--only", "log");
  await stop();
  renameSync(keyFile, nextFile);
  renameSync(join(directory, "before.pem"), keyFile);
  await start();
  expect([await keyNow(), existsSync(nextFile)]).toEqual([rotated?.after, false]);
  const note = await done("audit", "checkpoint");
  write("late.jsonl", await done("audit", "export"));
  const verified = await offline(
    "audit",
    "verify",
    "late.jsonl",
    "--against",
    write("late.txt", note),
  );
  expect([verified.code, verified.stderr]).toEqual([0, ""]);
});

test("the key of a restored backup that was out of use hands the log over at once", async () => {
  const backup = join(directory, "old");
  const old = await keyNow();
  await admin.call("ServerService", "Backup", { directory: backup });
  const [rotated] = await rotate("--only", "log");
  await stop();
  const restore = ["server", "restore", "--from", backup, "--data-dir", dataDir];
  const { code, stdout } = await offline(...restore, "--accept-rollback", "--output", "json");
  expect(code).toBe(0);
  const { logKey } = JSON.parse(stdout) as { logKey: Record<string, string> };
  expect(logKey).toMatchObject({ lost: rotated?.after, restored: old });
  expect([old, rotated?.after]).not.toContain(logKey.present);
  await start();
  expect(await keyNow()).toBe(logKey.present);
  const json = await done("audit", "list", "--type", "log.key_rotated", "--output", "json");
  expect(json).toContain(`from before the hand-over to ${rotated?.after}`);
  write("restored.jsonl", await done("audit", "export"));
  const verified = await offline("audit", "verify", "restored.jsonl", "--key", old);
  expect([verified.code, verified.stderr]).toEqual([0, ""]);
  // The hand-over that is lost is of another log.
  const lost = splitCheckpoints(readFileSync(witness, "utf8")).find((note) =>
    note.includes(`${old} ${rotated?.after}`),
  );
  const against = await offline(
    "audit",
    "verify",
    "restored.jsonl",
    "--against",
    write("lost.txt", lost ?? ""),
  );
  expect(against.code).toBe(1);
});

test.each([
  [["--only", "x509,tls"], /--only/],
  [["--only", "log,log"], /names log twice/],
  [["--lead", "1h"], /--lead/],
])("is refused before anything is done: %j", async (flags, says) => {
  const before = await rotate("--dry-run");
  const { code, stderr } = await cli("server", "rotate-keys", ...flags);
  expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  expect(await rotate("--dry-run")).toEqual(before);
  await expect(
    admin.call("KeyService", "RotateKeys", { only: ["log", "log"] }),
  ).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  await expect(admin.call("KeyService", "RotateKeys", { only: ["tls"] })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
    message: expect.stringContaining("tls"),
  });
});

test("where authorities would be published for too long the other keys are replaced all the same", async () => {
  await stop();
  await start("bundle_refresh_hint: 15m");
  const before = await keyNow();
  expect(await rotate("--only", "log")).toMatchObject([{ kind: "log", before }]);
  expect(await keyNow()).not.toBe(before);
  expect(await cli("server", "rotate-keys", "--only", "jwt")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("bundle_refresh_hint is 900 s, longer than a call may wait"),
  });
});
