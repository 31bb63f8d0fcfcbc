// The record is on disk before the answer leaves: seen from outside, with strace.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { connect } from "../../src/index.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { serverProcess } from "../support/server-process.ts";
import { openTestStore } from "../support/store.ts";

const server = await serverProcess();
afterAll(() => server.remove());
const haveStrace = spawnSync("strace", ["-V"]).status === 0;

test.runIf(haveStrace)(
  "the flush of a record returns before the answer is written",
  { timeout: 60_000 },
  async () => {
    await server.start();
    const admin = dialTestAdmin(`${server.dataDir}/admin.sock`);
    const entry = { audiences: ["a"], selectors: [] };
    await admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p", entry });
    const { value } = await admin.call("TokenService", "CreateToken", { bot: "a" });
    const bot = await connect({ token: String(value), env: {} });
    await sleep(500);

    const trace = join(server.directory, "trace.txt");
    const calls = "trace=fsync,fdatasync,write,writev,pwrite64,sendto,sendmsg";
    const strace = spawn("strace", [
      "-f",
      "-y",
      "-s",
      "4096",
      "-e",
      calls,
      "-o",
      trace,
      "-p",
      String(server.pid()),
    ]);
    await new Promise<void>((resolve) => strace.stderr.once("data", () => resolve()));
    await sleep(300);
    const { jti = "" } = await bot.jwtSvid("a");
    await sleep(300);
    strace.kill("SIGINT");
    await new Promise((resolve) => strace.once("exit", resolve));

    const lines = readFileSync(trace, "utf8").split("\n");
    const at = (what: RegExp, from = 0): number =>
      lines.findIndex((line, index) => index >= from && what.test(line));
    const record = at(new RegExp(`pwrite64\\(\\d+<[^>]*-wal>.*${jti}`));
    expect(record, "the record is written to the WAL").toBeGreaterThanOrEqual(0);
    const flushed = at(/(fsync|fdatasync)(\(\d+<[^>]*-wal>\)| resumed>.*\)) += 0/, record);
    expect(flushed, "the WAL is flushed").toBeGreaterThan(record);
    const answered = at(/(write|writev|sendto|sendmsg)\(\d+<(socket|TCP|TCPv6):/, record);
    expect(answered, "the answer is written after that").toBeGreaterThan(flushed);
    await bot.close();
    admin.close();
  },
);

test("the live connection says that it is durable", async () => {
  await using opened = await openTestStore();
  // NORMAL keeps the file sound; that commits last is seen to by flushes of the log of our own, as seen above.
  expect(await opened.store.pragmas()).toMatchObject({
    journal_mode: "wal",
    synchronous: "1",
    foreign_keys: "1",
  });
});
