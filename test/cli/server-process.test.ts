import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { notifySocket } from "../support/notify-socket.ts";
import { run } from "./run-cli.ts";

// The real server, by the commands that run it on the machine itself.

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "botpass-run-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe("server validate", () => {
  test("passes a configuration that is complete", async () => {
    const argv = ["server", "validate", "--trust-domain", "example.org", "--output", "json"];
    const { code, stdout } = await run(argv);
    expect({ code, value: JSON.parse(stdout) }).toEqual({ code: 0, value: { valid: true } });
  });

  test("names every wrong key of a file, exit code 2", async () => {
    const file = join(directory, "server.yaml");
    await writeFile(file, "trust_domain: example.org\nlisten: nowhere\ncolour: red\n");
    const { code, stdout, stderr } = await run(["server", "validate", "--config", file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const lines = stderr.split("\n");
    expect(lines[0]).toBe("botpass: configuration is not valid (CONFIG_INVALID)");
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}listen: /));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}colour: /));
  });
});

describe("server run", () => {
  test("serves on the socket that --admin-socket names until SIGTERM; backup and restore", async () => {
    const socket = join(directory, "operators.sock");
    const dataDir = join(directory, "data");
    const at = ["--admin-socket", socket];
    const child = spawn(
      process.execPath,
      [
        ...[MAIN, "server", "run", ...at, "--trust-domain", "example.org"],
        ...["--data-dir", dataDir, "--listen", "127.0.0.1:0"],
      ],
      {
        env: { PATH: process.env.PATH, BOTPASS_BOTS_SOCKET: "" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const closed = once(child, "close");
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    try {
      await saying(child.stderr, "botpass: serving bots on 127.0.0.1:");
      expect(await run(["server", "healthcheck", ...at])).toMatchObject({ code: 0 });
      expect((await stat(socket)).mode & 0o777).toBe(0o600);
      const backup = ["server", "backup", "--out", join(directory, "copy"), ...at];
      expect(await run(backup)).toMatchObject({ code: 0 });
    } finally {
      child.kill("SIGTERM");
    }
    expect(await closed).toEqual([0, null]);
    expect(stdout).toBe("");
    expect(await run(["server", "healthcheck", ...at])).toMatchObject({ code: 3 });
    const restore = ["server", "restore", "--from", join(directory, "copy"), "--output", "json"];
    const restored = await run([...restore, "--accept-rollback", "--data-dir", dataDir]);
    expect({ code: restored.code, value: JSON.parse(restored.stdout) }).toMatchObject({
      code: 0,
      value: { dataDir, denied: 0 },
    });
  });
});

describe("server run for a service manager", () => {
  test("says when it serves, that it lives, and that it stops; takes the socket that it is given", async () => {
    const notify = join(directory, "notify.sock");
    const manager = notifySocket(notify);
    const listening = createServer().listen(0, "127.0.0.1");
    await once(listening, "listening");
    const { port } = listening.address() as { port: number };
    const descriptor = (Reflect.get(listening, "_handle") as { fd: number }).fd;
    const server = `"$0" "$1" server run --trust-domain example.org --listen 192.0.2.1:1`;
    const child = spawn(
      "sh",
      // As systemd does it: the process that is started has the number that it is told.
      ["-c", `LISTEN_PID=$$ WATCHDOG_PID=$$ exec ${server}`, process.execPath, MAIN],
      {
        env: {
          PATH: process.env.PATH,
          BOTPASS_DATA_DIR: join(directory, "data"),
          BOTPASS_BOTS_SOCKET: "",
          BOTPASS_LOG_LEVEL: "fatal",
          NOTIFY_SOCKET: notify,
          WATCHDOG_USEC: "200000",
          LISTEN_FDS: "1",
          LISTEN_FDNAMES: "tls",
        },
        stdio: ["ignore", "ignore", "pipe", descriptor],
      },
    );
    const closed = once(child, "close");
    child.stderr?.resume();
    try {
      const ready = await manager.next("READY=1\n");
      expect(ready).toContain(`STATUS=serving bots on 127.0.0.1:${port}, operators on `);
      await manager.next("WATCHDOG=1");
      await manager.next("WATCHDOG=1");
      child.kill("SIGTERM");
      expect(await manager.next("STOPPING=1\n")).toContain("STATUS=stopping: SIGTERM");
      expect(await closed).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
      listening.close();
      manager.close();
    }
  });

  test("a service manager's word that is wrong ends it with code 2, before anything is made", async () => {
    const dataDir = join(directory, "data");
    const argv = ["server", "run", "--trust-domain", "example.org", "--data-dir", dataDir];
    const { code, stderr } = await run(argv, { env: { NOTIFY_SOCKET: "nowhere" } });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"nowhere"'),
    });
    await expect(stat(dataDir)).rejects.toThrow("ENOENT");
  });
});

/** Waits until a process has said something, and keeps listening, so that it can go on speaking. */
function saying(stream: Readable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    stream.on("data", (chunk) => {
      said += chunk;
      if (said.includes(text)) resolve();
    });
    stream.once("end", () =>
      reject(new Error(`it ended without ${JSON.stringify(text)}: ${said}`)),
    );
  });
}
