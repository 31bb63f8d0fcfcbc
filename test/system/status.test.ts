// `botpass status` and `botpass top` at a real server that bots work with.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { operatorOf } from "../support/operator.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const clock = new DrivenClock();
let server: TestServer;
afterEach(() => server.close());

/** Two bots with three SVIDs, and one refusal. */
async function busyServer() {
  server = await runningServer({ clock });
  const uid = process.getuid?.();
  const selectors = [{ type: "unix", value: `uid:${uid}` }];
  await server.register("local", { entry: { selectors, audiences: ["api"] } });
  await server.register("far", { kind: "service" });
  const local = await server.connect({ socketPath: server.botsSocket });
  await server.connect({ token: (await server.token("far")).value });
  await local.jwtSvid("api");
  await expect(local.jwtSvid("other")).rejects.toMatchObject({ code: "AUDIENCE_NOT_ALLOWED" });
  return operatorOf(server);
}

const json = async (operator: ReturnType<typeof operatorOf>, ...args: string[]) => {
  const { code, stdout, stderr } = await operator.botpass([...args, "--output", "json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
};

/** Keys only, of objects inside objects too; counts by name are left out. */
function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(keysOf);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).map(([key, each]) =>
    ["streams", "refusalsLastHour"].includes(key) ? [key] : [key, keysOf(each)],
  );
}

test("status says who is connected, what was issued and refused, and where the state stands", async () => {
  const operator = await busyServer();
  const status = await json(operator, "status");
  expect(status).toMatchObject({
    trustDomain: "example.org",
    connected: {
      streams: { unix: 1, join_token: 1 },
      instances: 2,
      nearExpiry: 0,
      denySubscribers: 1,
    },
    issued: { x509: 2, jwt: 1 },
    refusalsLastHour: { AUDIENCE_NOT_ALLOWED: 1 },
    denials: 0,
    recordBacklog: 0,
  });
  expect(status.authorities.map((each: { kind: string }) => each.kind).sort()).toEqual([
    "jwt",
    "x509",
  ]);
  expect(status.database.bytes).toBeGreaterThan(4096);
  expect(status.disk.sizeBytes).toBeGreaterThan(status.disk.freeBytes);
  expect(status.auditLog.records).toBeGreaterThan(5);
  const page = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
  const shown = /### `botpass status`[\s\S]*?```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "{}";
  expect(keysOf(JSON.parse(shown))).toEqual(keysOf(status));
  const { stdout } = await operator.botpass(["status"]);
  expect(stdout).toMatch(/^Bots connected: +(1 unix, 1 join_token|1 join_token, 1 unix)$/m);
  expect(stdout).toMatch(/^Refused in an hour: +1 AUDIENCE_NOT_ALLOWED$/m);
  expect(stdout).toMatch(/^Authority x509: +active, ends in 6d23h\d+m/m);
});

test("refusals older than an hour are not counted any more", async () => {
  const operator = await busyServer();
  await clock.advance(59 * 60_000, 1);
  expect((await json(operator, "status")).refusalsLastHour).toEqual({ AUDIENCE_NOT_ALLOWED: 1 });
  await clock.advance(2 * 60_000, 1);
  expect((await json(operator, "status")).refusalsLastHour).toEqual({});
});

test("status names what somebody should look at, with its runbook", async () => {
  const operator = await busyServer();
  const own = async (): Promise<string[]> => {
    const { attention } = await json(operator, "status");
    // The machine's own disk may be full.
    return attention.filter((each: string) => !each.endsWith("(disk-full)"));
  };
  expect(await own()).toEqual([]);
  // A bot whose clock stands still does not know that it is time for another SVID.
  await server.register("stuck");
  const { value } = await server.token("stuck");
  await server.connect({ token: value, clock: new DrivenClock(clock.now()) });
  await clock.advance(55 * 60_000, 1);
  // The checkpoint of this hour is on its way.
  await expect.poll(own).toEqual(["1 connected instances do not rotate (svids-near-expiry)"]);
  const { stdout } = await operator.botpass(["status"]);
  expect(stdout).toContain(
    "\nAttention:\n  1 connected instances do not rotate (svids-near-expiry)\n",
  );
});

test("status counts denials", async () => {
  const operator = await busyServer();
  await server.admin.call("BotService", "SuspendBot", { name: "far" });
  expect((await json(operator, "status")).denials).toBe(2);
});

test("top shows the busiest first, with rates of the last seconds", async () => {
  const operator = await busyServer();
  const before = await json(operator, "top", "--once");
  const names = (answer: { bots: { bot: string }[] }) => answer.bots.map(({ bot }) => bot);
  expect(names(before)).toEqual(["local", "far"]);
  expect(before.bots[0]).toMatchObject({ connections: 1, issued: 2, refused: 1 });
  expect(before.bots[0].issuesPerSecond).toBeGreaterThan(0.09);
  expect(before.bots[0].issuesPerSecond).toBeLessThanOrEqual(0.2);
  expect(before.botsKnown).toBe(2);
  expect(names(await json(operator, "top", "--once", "--limit", "1"))).toEqual(["local"]);
  await clock.advance(21_000);
  const later = await json(operator, "top", "--once", "--by", "refused");
  expect(later.bots[0]).toMatchObject({ bot: "local", refusalsPerSecond: 0, refused: 1 });
  const { stdout } = await operator.botpass(["top", "--once"]);
  expect(stdout.split("\n")[0]).toMatch(/^BOT +STREAMS +ISSUES\/S +REFUSALS\/S/);
});

test("top without a terminal says how, and a wrong flag is named", async () => {
  const operator = await busyServer();
  const bare = await operator.botpass(["top"]);
  expect(bare.code).toBe(2);
  expect(bare.stderr).toContain("botpass top --once");
  const wrong = await operator.botpass(["top", "--once", "--interval", "0s"]);
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toContain('--interval "0s" is not 1s to 1h');
});

test("top on a terminal draws again until it is stopped", async () => {
  await busyServer();
  const drawn: string[] = [];
  let stop: (signal: string) => void = () => undefined;
  const code = await runCli(["--admin-socket", server.server.adminSocket, "top"], {
    stdout: {
      isTTY: true,
      write(text: string) {
        drawn.push(text);
        if (drawn.length === 3) stop("SIGINT");
        else setImmediate(() => void clock.advance(2000));
      },
    },
    stderr: { write: (text) => drawn.push(text) },
    stdin: Object.assign(Readable.from([]), { isTTY: true }),
    env: {},
    cwd: "/",
    clock,
    stopRequested: () =>
      new Promise((resolve) => {
        stop = resolve;
      }),
  });
  expect(code).toBe(0);
  expect(drawn).toHaveLength(3);
  for (const screen of drawn) {
    expect(screen.startsWith("\x1b[H\x1b[2J")).toBe(true);
    expect(screen).toMatch(/ 2 bots {2}[\s\S]*\nlocal /);
  }
});
