// The log of a running issuer: checkpoints leave it, exports are verified without it, bots hold it to what it said.
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type LogInconsistency } from "../../src/index.ts";
import { leafHash, readCheckpoint, splitCheckpoints } from "../../src/log/index.ts";
import {
  loadConfig,
  type RunningServer,
  restoreBackup,
  startServer,
} from "../../src/server/index.ts";
import { run } from "../cli/run-cli.ts";
import { dialTestAdmin } from "../support/admin.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-log-"));
const dataDir = join(directory, "data");
const checkpointFile = join(directory, "checkpoints.txt");
const fed = join(directory, "fed");
let server: RunningServer;
let admin: ReturnType<typeof dialTestAdmin>;

async function start(name = "data"): Promise<void> {
  const program = join(directory, "witness");
  writeFileSync(program, `#!/bin/sh\nexec cat >> '${fed}'\n`);
  chmodSync(program, 0o700);
  const config = join(directory, `${name}.yaml`);
  writeFileSync(
    config,
    `trust_domain: example.org
data_dir: ${join(directory, name)}
listen: 127.0.0.1:0
bots_socket: ""
log_level: fatal
log:
  checkpoint_interval: 1h
  checkpoint_file: ${checkpointFile}
  checkpoint_command: [${program}]
`,
  );
  server = await startServer(await loadConfig({ file: config }));
  admin = dialTestAdmin(server.adminSocket);
}

async function stop(): Promise<void> {
  admin.close();
  await server.close();
}

async function cli(...argv: string[]) {
  return run(["--admin-socket", server.adminSocket, ...argv], { cwd: directory });
}

async function newBot(stateDirectory?: string) {
  const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });
  return connect({
    token: String(value),
    env: {},
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
  });
}

/** Resolves with the first thing that the bot says against the log. */
function complaint(bot: Awaited<ReturnType<typeof connect>>): Promise<LogInconsistency> {
  return new Promise((resolve) => bot.once("log_inconsistent", resolve));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const write = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return name;
};

beforeAll(async () => {
  await start();
  await admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
});
afterAll(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

test("an export verifies offline, and names a record that was edited, removed, moved or cut off", async () => {
  const early = (await cli("audit", "checkpoint")).stdout;
  for (let count = 0; count < 4; count += 1) await (await newBot()).close();
  const key = (await cli("audit", "key")).stdout.trim();
  const { stdout, code } = await cli("audit", "export");
  expect(code).toBe(0);
  const latest = (await cli("audit", "checkpoint")).stdout;
  const against = write("against.txt", `${early}\n${latest}`);
  const good = write("good.jsonl", stdout);
  const verify = (file: string, ...more: string[]) =>
    run(["audit", "verify", file, ...more], { cwd: directory });
  const fine = await verify(good, "--against", against, "--key", key);
  expect(fine).toMatchObject({ code: 0, stderr: "" });
  expect(fine.stdout).toMatch(/^verified: records 1 to \d+ of example.org\/botpass\/audit, by 2/);

  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(15);
  const swapped = [...lines];
  [swapped[5], swapped[7]] = [lines[7] ?? "", lines[5] ?? ""];
  const last = lines.length - 1;
  const cases: [string, readonly string[], string, RegExp][] = [
    [
      "edited",
      lines.map((line, at) => (at === 6 ? line.replace('"outcome":"ok"', '"outcome":"no"') : line)),
      "edited",
      /^botpass: the log was tampered with: record 6 was edited/,
    ],
    ["missing", lines.toSpliced(4, 1), "removed", /record 4 was removed/],
    ["moved", swapped, "reordered", /record 6 stands out of order/],
    ["cut", lines.slice(0, -2), "truncated", new RegExp(`records ${last - 1} to ${last} were cut`)],
    ["doubled", [...lines.slice(0, 3), ...lines.slice(2)], "added", /record 2 was added/],
    ["blank", lines.toSpliced(3, 1, ""), "unreadable", /line 4, where record 3 is due/],
  ];
  for (const [name, changed, what, says] of cases) {
    const file = write(`${name}.jsonl`, `${changed.join("\n")}\n`);
    const { code, stderr, stdout } = await verify(file, "--against", against, "--output", "json");
    expect([name, code]).toEqual([name, 1]);
    expect(stderr).toMatch(says);
    expect(stderr).toContain("(LOG_INCONSISTENT)");
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { what: string }[] };
    expect(ok).toBe(false);
    expect(findings.map((each) => each.what)).toContain(what);
  }
  // Hashed again by whoever edited: only a checkpoint can tell, and it says between which.
  const forged = lines.map((line, at) => {
    if (at !== last) return line;
    const bytes = line.slice(line.indexOf('"record":') + 9, -1).replace('"ok"', '"no"');
    return `{"hash":"${leafHash(bytes).toString("base64")}","record":${bytes}}`;
  });
  const { code: found, stderr } = await verify(write("forged.jsonl", `${forged.join("\n")}\n`));
  expect(found).toBe(1);
  expect(stderr).toMatch(/records 1 to \d+ were altered/);
  const narrowed = await verify("forged.jsonl", "--against", against);
  const { size } = readCheckpoint(early);
  expect(narrowed.stderr).toContain(`records ${size + 1} to ${last} were altered`);
});

test("a checkpoint of another log, and files that are none, are refused", async () => {
  const good = write("whole.jsonl", (await cli("audit", "export")).stdout);
  const verify = (...more: string[]) => run(["audit", "verify", ...more], { cwd: directory });
  const note = (await cli("audit", "checkpoint")).stdout;
  const other = note.replace("example.org/botpass/audit\n", "example.com/botpass/audit\n");
  expect(await verify(good, "--against", write("other.txt", other))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /the checkpoint is of log "example.com\/botpass\/audit", not "example.org\/botpass\/audit" \(LOG_INCONSISTENT\)/,
    ),
  });
  const resized = note.replace(/\n\d+\n/, "\n3\n");
  expect((await verify(good, "--against", write("resized.txt", resized))).stderr).toMatch(
    /signature by example.org\/botpass\/audit does not verify/,
  );
  const torn = await verify(good, "--against", write("torn.txt", note.slice(0, 60)));
  expect(torn).toMatchObject({ code: 2, stderr: expect.stringContaining('--against "torn.txt"') });
  expect(await verify(write("no.jsonl", "{}\n"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("line 1 is not the head of an audit export"),
  });
  expect(await verify("nowhere.jsonl")).toMatchObject({ code: 2 });
  const key = "example.org/botpass/audit+00000000+AAAA";
  expect(await verify(good, "--key", key)).toMatchObject({ code: 2 });
});

test("the record of a serial is proven, offline", async () => {
  const bot = await newBot();
  const { serialHex } = bot.x509Svid();
  await bot.close();
  const { stdout } = await cli("audit", "prove", "--serial", serialHex.toUpperCase());
  const file = write("proof.json", stdout);
  const key = (await cli("audit", "key")).stdout.trim();
  const verify = (name: string) =>
    run(["audit", "verify", name, "--key", key, "--output", "json"], { cwd: directory });
  const good = await verify(file);
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({
    ok: true,
    record: { serial: serialHex, type: "svid.issued", bot: "a" },
  });
  const forged = stdout.replace('"bot":"a"', '"bot":"b"');
  expect(await verify(write("forged.json", forged))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("the record is not leaf"),
  });
  expect((await cli("audit", "prove", "--serial", "ab")).stderr).toContain("(NOT_FOUND)");
});

test("each checkpoint is appended to the file and given to the command; the key is the owner's alone", async () => {
  await (await newBot()).close();
  const note = (await cli("audit", "checkpoint")).stdout;
  const kept = (): readonly string[] => splitCheckpoints(readFileSync(checkpointFile, "utf8"));
  await until(() => kept().at(-1) === note && readFileSync(fed, "utf8").endsWith(note));
  const sizes = kept().map((each) => readCheckpoint(each).size);
  expect(sizes).toEqual([...new Set(sizes)].sort((one, other) => one - other));
  expect(statSync(join(dataDir, "log.key.pem")).mode & 0o777).toBe(0o600);
});

test("a bot remembers the log across restarts, and complains when it is not the same any more", async () => {
  const state = join(directory, "state");
  const known = join(state, "log-checkpoint.json");
  const bot = await newBot(state);
  const sizeKnown = (): number =>
    readCheckpoint((JSON.parse(readFileSync(known, "utf8")) as { note: string }).note).size;
  const backup = join(directory, "backup");
  await admin.call("ServerService", "Backup", { directory: backup });
  const { size } = await admin.call("AuditService", "MakeCheckpoint", {});
  await until(() => sizeKnown() === size);
  await (await newBot()).close();
  const { size: later } = await admin.call("AuditService", "MakeCheckpoint", {});
  await until(() => sizeKnown() === later);
  const address = server.addresses[0] ?? "";
  await bot.close();

  // The same log, two restarts later, by a proof that the bot asks for.
  await stop();
  await start();
  const again = () =>
    connect({ env: {}, stateDirectory: state, addresses: [server.addresses[0] ?? address] });
  const returned = await again();
  await until(() => sizeKnown() > Number(later));
  await returned.close();
  await stop();

  // A record is edited, hashed again, and what was signed before thrown away.
  const database = new Sqlite(join(dataDir, "botpass.db"));
  database.function("leaf", (bytes) => leafHash(String(bytes)));
  database.exec(
    'update audit set bytes = replace(bytes, \'"outcome":"ok"\', \'"outcome":"OK"\') where sequence = 4',
  );
  database.exec("update audit set leaf = leaf(bytes)");
  database.exec("delete from log_checkpoints; delete from log_nodes");
  database.close();
  const before = sizeKnown();
  await start();
  const deceived = await again();
  const { reason, known: believed } = await complaint(deceived);
  expect(reason).toMatch(/^the log of \d+ records does not begin with the \d+ that were in it$/);
  expect(readCheckpoint(believed.note).size).toBe(before);
  expect(sizeKnown()).toBe(before);
  await deceived.close();
  await stop();

  // An older backup is a shorter log.
  await restoreBackup({ from: backup, dataDir, acceptRollback: true });
  await start();
  const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });
  const behind = await connect({
    env: {},
    stateDirectory: state,
    token: String(value),
    addresses: [server.addresses[0] ?? ""],
  });
  expect((await complaint(behind)).reason).toMatch(/^the log has \d+ records, and had \d+$/);
  await behind.close();
});
