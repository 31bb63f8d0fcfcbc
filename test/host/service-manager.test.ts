import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inheritedSockets, ServiceManager } from "../../src/host/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { notifySocket } from "../support/notify-socket.ts";

const PID = 4711;
let directory: string;
let clock: DrivenClock;
let errors: unknown[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bp-notify-"));
  clock = new DrivenClock();
  errors = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function managerOf(env: Record<string, string>): ServiceManager | undefined {
  return ServiceManager.of({ env, pid: PID, clock, onError: (error) => errors.push(error) });
}

test.each(["path", "abstract name"])("says what it is told, to a %s", async (kind) => {
  const name = kind === "path" ? join(directory, "notify") : `@bp-notify-${process.pid}`;
  const listener = notifySocket(name);
  try {
    const manager = managerOf({ NOTIFY_SOCKET: name });
    manager?.ready("serving\nREADY=0 and more");
    expect(listener.poll()).toBe("READY=1\nSTATUS=serving READY=0 and more");
    manager?.stopping("stopping");
    expect(listener.poll()).toBe("STOPPING=1\nSTATUS=stopping");
    expect(listener.poll()).toBeUndefined();
    expect(errors).toEqual([]);
  } finally {
    listener.close();
  }
});

test("gives a sign of life twice in the time allowed, until it is closed", async () => {
  const name = join(directory, "notify");
  const listener = notifySocket(name);
  const env = { NOTIFY_SOCKET: name, WATCHDOG_USEC: "10000000", WATCHDOG_PID: String(PID) };
  const manager = managerOf(env);
  await clock.advance(60_000);
  expect(listener.poll()).toBeUndefined();
  manager?.ready("serving");
  expect([listener.poll(), listener.poll()]).toEqual(["READY=1\nSTATUS=serving", "WATCHDOG=1"]);
  for (let round = 0; round < 3; round += 1) {
    await clock.advance(4_999);
    expect(listener.poll()).toBeUndefined();
    await clock.advance(1);
    expect(listener.poll()).toBe("WATCHDOG=1");
  }
  manager?.close();
  await clock.advance(60_000);
  expect(listener.poll()).toBeUndefined();
  listener.close();
});

test("another process's watchdog is not ours", () => {
  const name = join(directory, "notify");
  const listener = notifySocket(name);
  managerOf({ NOTIFY_SOCKET: name, WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" })?.ready("s");
  expect([listener.poll(), listener.poll()]).toEqual(["READY=1\nSTATUS=s", undefined]);
  listener.close();
});

test("nobody at the other end is told once for each word, and is no failure", () => {
  const name = join(directory, "nobody");
  managerOf({ NOTIFY_SOCKET: name })?.ready("serving");
  expect(errors).toMatchObject([{ code: "UNAVAILABLE" }]);
  expect(String(errors[0])).toContain(name);
});

test.each([
  [{ NOTIFY_SOCKET: "vsock:2:1234" }, "NOTIFY_SOCKET"],
  [{ NOTIFY_SOCKET: "@" }, "NOTIFY_SOCKET"],
  [{ NOTIFY_SOCKET: `/${"a".repeat(107)}` }, "NOTIFY_SOCKET"],
  [{ NOTIFY_SOCKET: "/x", WATCHDOG_USEC: "soon" }, 'WATCHDOG_USEC "soon"'],
  [{ NOTIFY_SOCKET: "/x", WATCHDOG_USEC: "0" }, 'WATCHDOG_USEC "0"'],
])("%j is refused by name", (env, named) => {
  expect(() => managerOf(env as Record<string, string>)).toThrow(named);
});

test("no service manager, none told", () => {
  expect(managerOf({})).toBeUndefined();
  expect(managerOf({ NOTIFY_SOCKET: "" })).toBeUndefined();
});

test("sockets are handed over by name, to the process that they are for", () => {
  const env = { LISTEN_PID: String(PID), LISTEN_FDS: "2", LISTEN_FDNAMES: "tls:other" };
  expect(inheritedSockets({}, PID)).toEqual(new Map());
  expect(inheritedSockets(env, PID + 1)).toEqual(new Map());
  expect(() => inheritedSockets({ ...env, LISTEN_FDS: "3" }, PID)).toThrow('LISTEN_FDS "3"');
  expect(() => inheritedSockets({ ...env, LISTEN_FDS: "x" }, PID)).toThrow('LISTEN_FDS "x"');
});
