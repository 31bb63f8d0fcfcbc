// What a real server writes to its log, beside the page that lists it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadConfig, startServer } from "../../src/server/index.ts";
import { createLogger } from "../../src/server/logging.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { serverProcess } from "../support/server-process.ts";

type LogRecord = Record<string, unknown>;

const page = readFileSync(join(import.meta.dirname, "../../docs/logging.md"), "utf8");
const directory = mkdtempSync(join(tmpdir(), "bp-logging-"));
const records: LogRecord[] = [];
let plain: string[] = [];

/** A server that has a day full of trouble, in this process: its clock is driven and its disk is made up. */
async function troubledServer(): Promise<void> {
  const clock = new DrivenClock();
  const logger = createLogger("trace", { write: (line) => records.push(JSON.parse(line)) });
  const GIB = 2 ** 30;
  let free = 10 * GIB;
  const diskSpace = async () => {
    if (free >= 0) return { free, size: 100 * GIB };
    throw Object.assign(new Error("the disk does not answer"), { code: "EIO" });
  };
  const file = join(directory, "server.yaml");
  const start = async (settings: string) => {
    writeFileSync(file, settings);
    const flags = {
      trustDomain: "example.org",
      dataDir: join(directory, "d"),
      listen: "127.0.0.1:0",
    };
    const env = { BOTPASS_BOTS_SOCKET: "" };
    return startServer(await loadConfig({ file, flags, env }), { clock, logger, diskSpace });
  };
  await (await start("{}")).close();
  const narrow = "audit_max_bytes: 1000\nmetrics_listen: 127.0.0.1:0\n";
  const server = await start(narrow);
  const admin = dialTestAdmin(server.adminSocket);
  try {
    await expect(admin.call("BotService", "GetBot", { name: "nobody" })).rejects.toThrow();
    await admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
    const entry = { bot: "a", selectors: [{ type: "unix", value: "uid:1" }], audiences: ["x"] };
    await admin.call("EntryService", "CreateEntry", { entry });
    // Whoever asks for an SVID has the disk looked at.
    const mint = () =>
      admin
        .call("MintService", "MintJwtSvid", { bot: "a", audience: ["x"] })
        .catch(() => undefined);
    for (const [bytes, said] of [
      [GIB / 2, "the disk is filling up"],
      [GIB / 16, "the disk is almost full: nothing is issued"],
      [-1, "internal error"],
    ] as const) {
      free = bytes;
      await vi.waitFor(async () => {
        await clock.advance(1500);
        await mint();
        expect(records.map(({ msg }) => msg)).toContain(said);
      }, PATIENCE);
    }
  } finally {
    admin.close();
    await server.close();
  }
  free = 10 * GIB;
  await clock.advance(25 * 3_600_000);
  const later = await start(narrow);
  await vi.waitFor(() => expect(records.map(({ msg }) => msg)).toContain(NEAR_BOUND), PATIENCE);
  await later.close();
}
const GET_BOT = "/botpass.v1.BotService/GetBot";
/** For a machine that is busy with other things. */
const PATIENCE = { timeout: 20_000 };
const NEAR_BOUND = "the audit is near audit_max_bytes: its oldest records go";

/** The process as operators run it. */
async function realServer(): Promise<void> {
  const server = await serverProcess("trace");
  try {
    await server.start();
    await expect(server.botpass("bot", "show", "nobody")).rejects.toThrow();
    await server.end("SIGTERM");
    const lines = server.log().trimEnd().split("\n");
    plain = lines.filter((line) => !line.startsWith("{"));
    for (const line of lines) if (line.startsWith("{")) records.push(JSON.parse(line));
  } finally {
    await server.remove();
  }
}

beforeAll(async () => {
  await troubledServer();
  await realServer();
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fieldsOf(record: object, prefix = ""): [string, string][] {
  return Object.entries(record).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? fieldsOf(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, typeof value] as [string, string]],
  );
}

test("docs/logging.md lists each field with its type, and nothing else", () => {
  const rows = [...page.matchAll(/^\| `([\w.]+)` \| (number|string|boolean) \| .+ \|$/gm)];
  const listed = Object.fromEntries(rows.map(([, name, type]) => [name, type]));
  expect(Object.fromEntries(records.flatMap((record) => fieldsOf(record)))).toEqual(listed);
});

test("docs/logging.md lists each message with its level and fields, and nothing else", () => {
  const LEVELS = { info: 30, warn: 40, error: 50 };
  const own = records.filter(({ code }) => code === undefined);
  const seen = Object.fromEntries(own.map(({ msg, level }) => [msg, level]));
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (info|warn|error) \| (.*)\|$/gm)];
  const listed = rows.map(([, msg, level]) => [msg, LEVELS[level as keyof typeof LEVELS]]);
  expect(seen).toEqual(Object.fromEntries(listed));
  for (const [, msg, , cell = ""] of rows) {
    const named = [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    if (named.length === 0) continue;
    for (const record of own.filter((each) => each.msg === msg)) {
      const { level, time, msg: _, ...fields } = record;
      expect(named, String(msg)).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
  }
});

test("a refusal is one record with its request, method and code", () => {
  const refused = records.filter(({ rpc, code }) => rpc === GET_BOT && code !== undefined);
  expect(refused).toHaveLength(2);
  for (const record of refused) {
    expect(record).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      msg: expect.stringContaining("nobody"),
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      rpc: GET_BOT,
      code: "NOT_FOUND",
    });
  }
});

test("what is no JSON is the command's own word", () => {
  expect(plain.length).toBeGreaterThan(0);
  for (const line of plain) expect(line).toMatch(/^botpass: /);
});
