// A server in a process of its own, and what is measured of it from outside.
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Place, startIssuer } from "../demo/processes.ts";
import { dialTestAdmin } from "../test/support/admin.ts";
import { cpuMs, residentBytes } from "./process.ts";

export class BenchServer {
  readonly directory = mkdtempSync(join(tmpdir(), "botpass-bench-"));
  readonly place: Place = {
    dataDir: join(this.directory, "data"),
    botsSocket: join(this.directory, "bots/bots.sock"),
  };
  readonly listen: string;
  #process: ChildProcess | undefined;

  /** @param listen an address to come back to; default: a free port. */
  constructor(listen = "127.0.0.1:0") {
    this.listen = listen;
  }

  /** @returns milliseconds until it served. */
  async start(trustDomain = "bench.example"): Promise<number> {
    const begun = performance.now();
    this.#process = await startIssuer(this.place, trustDomain, { listen: this.listen });
    return performance.now() - begun;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined) return;
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  admin() {
    return dialTestAdmin(join(this.place.dataDir, "admin.sock"));
  }

  /** Registers a bot, and makes tokens that so many streams can use: a hundred each. */
  async tokens(bot: string, uses: number): Promise<readonly string[]> {
    const admin = this.admin();
    try {
      const entry = { audiences: ["bench"], selectors: [] };
      await admin.call("BotService", "RegisterBot", {
        name: bot,
        owner: "bench",
        purpose: "bench",
        entry,
      });
      const tokens: string[] = [];
      for (let left = uses; left > 0; left -= 100) {
        const request = { bot, uses: Math.min(left, 100) };
        const { value } = await admin.call("TokenService", "CreateToken", request);
        tokens.push(String(value));
      }
      return tokens;
    } finally {
      admin.close();
    }
  }

  cpuSeconds(): number {
    return cpuMs(this.pid) / 1000;
  }

  residentBytes(): number {
    return residentBytes(this.pid);
  }
}
