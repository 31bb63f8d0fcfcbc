import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { startFakeServer } from "./fake-server.ts";
import { botMessage } from "./messages.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Starts the CLI as a process of its own. */
function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close").then(([code]) => code as number | null);
  return { child, closed };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

describe("the botpass process", () => {
  test("speaks to a server and ends by itself", async () => {
    await using server = await startFakeServer({ "BotService/GetBot": () => botMessage() });
    const { child, closed } = start(["bot", "show", "invoice-poster", "--output", "json"], {
      BOTPASS_ADMIN_SOCKET: server.socket,
    });
    const stdout = await textOf(child.stdout);
    expect(await closed).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: "invoice-poster" });
  });

  test("ends with the exit code of the failure", async () => {
    const { child, closed } = start(["bot", "list"], { BOTPASS_DATA_DIR: "/missing" });
    const stderr = await textOf(child.stderr);
    expect(await closed).toBe(3);
    expect(stderr).toContain("botpass server run");
  });

  test("a reader that stops reading is no failure", async () => {
    const bots = Array.from({ length: 5000 }, (_, index) => botMessage({ name: `bot-${index}` }));
    await using server = await startFakeServer({ "BotService/ListBots": () => ({ bots }) });
    const { child, closed } = start(["bot", "list", "--admin-socket", server.socket]);
    await once(child.stdout, "readable");
    child.stdout.destroy();
    const stderr = await textOf(child.stderr);
    expect({ code: await closed, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
