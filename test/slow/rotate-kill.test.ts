// The server is killed at random moments while its log gets another key: afterwards one key signs, it is the one that the log was
// handed over to, and a bot that was there all the time has nothing to complain of.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { connect, type LogInconsistency } from "../../src/index.ts";
import { noteSigner } from "../../src/log/index.ts";
import { run } from "../cli/run-cli.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { serverProcess } from "../support/server-process.ts";

const KILLS = 25;
const server = await serverProcess("fatal");
afterAll(() => server.remove());

const keyFile = join(server.dataDir, "log.key.pem");
const nextFile = join(server.dataDir, "log.key.next.pem");
const dial = () => dialTestAdmin(`${server.dataDir}/admin.sock`);

interface LogKeys {
  readonly verifier: string;
  readonly handovers: readonly { readonly former: string; readonly verifier: string }[];
}

test(`${KILLS} times SIGKILL while the log's key changes`, { timeout: 300_000 }, async () => {
  await server.start();
  let admin = dial();
  const keysOf = async (): Promise<LogKeys> =>
    (await admin.call("KeyService", "ListLogKeys", {})) as unknown as LogKeys;
  await admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
  const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });
  const stateDirectory = join(server.directory, "state");
  const bot = await connect({ token: String(value), env: {}, stateDirectory });
  const complaints: LogInconsistency[] = [];
  bot.on("log_inconsistent", (each) => complaints.push(each));
  const { verifier: first } = await keysOf();
  let before = first;
  const ended = { undone: 0, done: 0, acknowledged: 0, left: 0 };
  for (let kill = 0; kill < KILLS; kill += 1) {
    let acknowledged = false;
    const ordered = admin.call("KeyService", "RotateKeys", { only: ["log"] }).then(
      () => {
        acknowledged = true;
      },
      () => undefined,
    );
    await sleep(Math.random() * 40);
    await server.end("SIGKILL");
    await ordered;
    if (existsSync(nextFile)) ended.left += 1;
    admin.close();
    await server.start();
    admin = dial();
    const { verifier, handovers } = await keysOf();
    const onDisk = noteSigner("example.org/botpass/audit", readFileSync(keyFile, "utf8"));
    expect(onDisk.verifier).toBe(verifier);
    expect(existsSync(nextFile)).toBe(false);
    if (acknowledged) expect(verifier).not.toBe(before);
    if (verifier !== before) expect(handovers.at(-1)).toMatchObject({ former: before, verifier });
    ended[acknowledged ? "acknowledged" : verifier === before ? "undone" : "done"] += 1;
    before = verifier;
  }
  await admin.call("AuditService", "MakeCheckpoint", {});
  const known = (): string =>
    (JSON.parse(readFileSync(join(stateDirectory, "log-checkpoint.json"), "utf8")) as LogKeys)
      .verifier;
  const deadline = Date.now() + 60_000;
  while (known() !== before && Date.now() < deadline) await sleep(50);
  expect(known()).toBe(before);
  expect(complaints).toEqual([]);
  await bot.close();
  writeFileSync(join(server.directory, "audit.jsonl"), await server.botpass("audit", "export"));
  const verified = await run(["audit", "verify", "audit.jsonl", "--key", first], {
    cwd: server.directory,
  });
  expect([verified.code, verified.stderr]).toEqual([0, ""]);
  admin.close();
  process.stdout.write(`${JSON.stringify(ended)}\n`);
});
