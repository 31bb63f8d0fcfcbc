import { once } from "node:events";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { IssuerError } from "../../src/errors.ts";
import { startFakeServer } from "./fake-server.ts";
import { botMessage } from "./messages.ts";
import { run, runAt } from "./run-cli.ts";

const isRoot = process.getuid?.() === 0;

describe("a refusal of the server", () => {
  test("is one line with the server's message and code, exit code 1", async () => {
    await using server = await startFakeServer({
      "BotService/GetBot": () => {
        throw new IssuerError("NOT_FOUND", "bot nobody does not exist");
      },
    });
    const { code, stdout, stderr } = await runAt(server, ["bot", "show", "nobody"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      "botpass: bot nobody does not exist (NOT_FOUND)\n" +
        "hint: the server's log knows this as request request-1\n",
    );
  });

  test("UNAVAILABLE with the server's own code is a refusal, not an absent server", async () => {
    await using server = await startFakeServer({
      "BotService/GetBot": () => {
        throw new IssuerError("STORE_UNAVAILABLE", "the disk is full", { retryAfterMs: 1500 });
      },
    });
    const { code, stderr } = await runAt(server, ["bot", "show", "a"]);
    expect(code).toBe(1);
    expect(stderr).toContain("botpass: the disk is full (STORE_UNAVAILABLE)\n");
    expect(stderr).toContain("hint: worth trying again in 2 s\n");
  });

  test("an internal error keeps its secrets", async () => {
    await using server = await startFakeServer({
      "BotService/GetBot": () => {
        throw new Error("password=hunter2");
      },
    });
    const { code, stderr } = await runAt(server, ["bot", "show", "a"]);
    expect(code).toBe(1);
    expect(stderr).toContain("botpass: internal error (INTERNAL)\n");
    expect(stderr).not.toContain("hunter2");
  });

  test("control characters in a message do not reach the terminal", async () => {
    await using server = await startFakeServer({
      "BotService/GetBot": () => {
        throw new IssuerError("NOT_FOUND", "bot \u001b[31m\n\rx");
      },
    });
    const { stderr } = await runAt(server, ["bot", "show", "a"]);
    expect(stderr.split("\n")[0]).toBe("botpass: bot  [31m x (NOT_FOUND)");
  });
});

describe("a server that is not there", () => {
  test("a socket that nobody listens on: exit code 3, and how to start it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "botpass-cli-"));
    const socket = join(directory, "admin.sock");
    try {
      await leaveDeadSocket(socket);
      const { code, stdout, stderr } = await run(["bot", "list", "--admin-socket", socket]);
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toBe(
        `botpass: server not reachable at ${socket}: nothing listens there (UNAVAILABLE)\n` +
          "hint: start it with `botpass server run`, or name its socket with --admin-socket\n",
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("something that hangs up: exit code 3", async () => {
    const directory = await mkdtemp(join(tmpdir(), "botpass-cli-"));
    const socket = join(directory, "admin.sock");
    const rude = createServer((connection) => connection.destroy()).listen(socket);
    try {
      await once(rude, "listening");
      const { code, stderr } = await run(["bot", "list", "--admin-socket", socket]);
      expect(stderr).toContain(`server not reachable at ${socket}:`);
      expect(code).toBe(3);
    } finally {
      rude.close();
      await rm(directory, { recursive: true });
    }
  });
});

describe("a socket that a stranger could have put there", () => {
  test("is refused before anything is said, with a hint", async () => {
    await using server = await startFakeServer({ "BotService/GetBot": () => botMessage() });
    await chmod(server.directory, 0o777);
    const { code, stderr } = await runAt(server, ["bot", "show", "a"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^botpass: .*others may write.* \(SOCKET_NOT_TRUSTED\)\nhint: .*--server-uid/,
    );
    expect(server.calls).toEqual([]);
  });

  test.runIf(isRoot)("another user's is trusted only when that user is named", async () => {
    await using server = await startFakeServer({ "BotService/GetBot": () => botMessage() });
    await chown(server.socket, 4711, 4711);
    await chown(server.directory, 4711, 4711);
    expect(await runAt(server, ["bot", "show", "a"])).toMatchObject({ code: 1 });
    expect(server.calls).toEqual([]);
    expect(await runAt(server, ["bot", "show", "a", "--server-uid", "4712"])).toMatchObject({
      code: 1,
    });
    expect(await runAt(server, ["bot", "show", "a", "--server-uid", "4711"])).toMatchObject({
      code: 0,
    });
    const env = { BOTPASS_SERVER_UID: "4711" };
    expect(await runAt(server, ["bot", "show", "a"], { env })).toMatchObject({ code: 0 });
  });
});

/** A socket file whose listener is gone without having removed it. */
async function leaveDeadSocket(path: string): Promise<void> {
  const { execFileSync } = await import("node:child_process");
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  try {
    execFileSync(process.execPath, ["-e", script], { stdio: "ignore" });
  } catch {
    // It ends by SIGKILL, so that it cannot tidy up.
  }
}
