// Processes whose wall clock is really another than the machine's (libfaketime), and is set while they run. Monotonic time stays the
// machine's: no kernel sets that.
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { tlsIdentity } from "../../src/crypto/index.ts";
import { type Bot, memberOf, type X509Svid } from "../../src/index.ts";
import type { ClockState, Question, Told } from "../support/clock-bot.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { hasTool } from "../support/tools.ts";

const CLOCK_BOT = join(import.meta.dirname, "../support/clock-bot.ts");
const AUDIENCE = "https://a.example.org";
const SVID_SECONDS = 20;
const MINUTE_S = 60;
const HOUR_S = 3_600;
/** Wall time is looked at once a second, and then the issuer is asked. */
const SAME_MS = 1_500;
const SOON = { timeout: 10_000, interval: 100 };

let server: TestServer;
let right: Bot;
let library: string;
const directory = mkdtempSync(join(tmpdir(), "bp-faketime-"));
const children: ChildProcess[] = [];
let made = 0;

async function botNamed(name: string): Promise<string> {
  await server.register(name, {
    kind: "service",
    entry: {
      selectors: [{ type: "join_token", value: `bot:${name}` }],
      audiences: [AUDIENCE],
      x509TtlSeconds: SVID_SECONDS,
      jwtTtlSeconds: SVID_SECONDS,
    },
  });
  return (await server.token(name)).value;
}

/** A service whose process is `aheadSeconds` off from its start. */
async function clockBot(aheadSeconds: number) {
  made += 1;
  const file = join(directory, `offset-${made}`);
  const set = (seconds: number): void =>
    writeFileSync(file, `${seconds < 0 ? "" : "+"}${seconds}\n`);
  set(aheadSeconds);
  const child = fork(CLOCK_BOT, {
    env: {
      PATH: process.env.PATH,
      BOTPASS_TOKEN: await botNamed(`off-${made}`),
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  children.push(child);
  const told = async (): Promise<Told> => (await once(child, "message"))[0];
  const begun = await told();
  const ask = async (question: Question): Promise<Told> => {
    const answer = told();
    child.send(question);
    return answer;
  };
  const state = async (): Promise<ClockState> => {
    const answer = await ask({ ask: "state" });
    if ("state" in answer) return answer.state;
    throw new Error(JSON.stringify(answer));
  };
  return { begun, ask, state, set };
}

/** Whether a service lets in who shows this. */
async function letsIn(port: number, svid: X509Svid): Promise<boolean> {
  const socket = connectTls({
    host: "127.0.0.1",
    port,
    rejectUnauthorized: false,
    ...tlsIdentity(svid),
  });
  socket.on("error", () => undefined);
  socket.once("secureConnect", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  const heard = once(socket, "data").then(
    () => true,
    () => false,
  );
  const closed = new Promise<boolean>((resolve) => socket.once("close", () => resolve(false)));
  const letIn = await Promise.race([heard, closed]);
  socket.destroy();
  return letIn;
}

describe.skipIf(!hasTool("faketime"))("with another wall clock", () => {
  beforeAll(async () => {
    library = execFileSync("faketime", ["-f", "+0", "printenv", "LD_PRELOAD"], {
      encoding: "utf8",
    }).trim();
    server = await runningServer();
    right = await server.connect({ token: await botNamed("right") });
    right.on("error", () => undefined);
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });
  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([HOUR_S, -HOUR_S])(
    "who begins %d s off does not take the issuer for its own",
    async (seconds) => {
      const { begun } = await clockBot(seconds);
      expect(begun).toEqual({ refused: expect.stringMatching(/^SERVER_NOT_TRUSTED/) });
    },
  );

  test("who begins 20 minutes ahead, and is set an hour ahead and an hour back, goes by the issuer's time", async () => {
    const stolen = right.x509Svid();
    const { token } = await right.jwtSvid(AUDIENCE);
    const web = createServer(right.serverTls({ authorize: memberOf("example.org") }), (_, answer) =>
      answer.end("done"),
    );
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    const url = `https://127.0.0.1:${(web.address() as AddressInfo).port}/`;
    const begunAt = performance.now();
    const off = await clockBot(20 * MINUTE_S);
    if (!("port" in off.begun)) throw new Error(JSON.stringify(off.begun));
    const { port, spiffeId } = off.begun;

    /** Works with others, both ways, and knows what time it is. */
    const isWell = async (aheadSeconds: number, jumps: number): Promise<void> => {
      await vi.waitFor(async () => {
        const { wallMs, botMs, notAfterMs = 0, jumps: seen } = await off.state();
        const now = Date.now();
        expect(Math.abs(wallMs - now - aheadSeconds * 1000)).toBeLessThan(SAME_MS);
        expect(Math.abs(botMs - now)).toBeLessThan(SAME_MS);
        expect(notAfterMs).toBeGreaterThan(now);
        expect(seen).toBe(jumps);
      }, SOON);
      await vi.waitFor(async () => {
        const peer = right.spiffeId.toString();
        expect(await off.ask({ ask: "fetch", url, peer })).toEqual({ done: "done" });
      }, SOON);
      await vi.waitFor(async () => {
        const answer = await right.fetch(`https://127.0.0.1:${port}/`, { peer: spiffeId });
        expect(await answer.text()).toBe("done");
      }, SOON);
    };
    /** What it would show at any time between is never past its end. */
    const showsNothingExpired = async (forMs: number): Promise<void> => {
      const until = performance.now() + forMs;
      while (performance.now() < until) {
        const { notAfterMs } = await off.state();
        if (notAfterMs !== undefined) expect(notAfterMs).toBeGreaterThan(Date.now() - SAME_MS);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    const verify = () => off.ask({ ask: "verify", token, audience: AUDIENCE });

    await isWell(20 * MINUTE_S, 0);
    expect(await letsIn(port, stolen)).toBe(true);
    expect(await verify()).toEqual({ done: right.spiffeId.toString() });
    off.set(HOUR_S);
    await isWell(HOUR_S, 1);
    await showsNothingExpired(8_000);
    off.set(-HOUR_S);
    await isWell(-HOUR_S, 2);
    await showsNothingExpired(8_000);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(stolen.notAfter.getTime()), {
      timeout: SVID_SECONDS * 1000,
    });
    // By its own wall clock these live for an hour yet.
    expect(await letsIn(port, stolen)).toBe(false);
    expect(await verify()).toEqual({ refused: expect.stringMatching(/expired/) });
    await isWell(-HOUR_S, 2);

    // Each SVID is replaced after about half of its life; each time that the clock was set may have cost one more.
    const lives = (performance.now() - begunAt) / 1000 / (SVID_SECONDS / 2);
    const { rotations } = await off.state();
    expect(rotations).toBeGreaterThanOrEqual(Math.floor(lives * 0.7));
    expect(rotations).toBeLessThanOrEqual(Math.ceil(lives * 1.2) + 3);
    web.closeAllConnections();
    web.close();
  });
});
