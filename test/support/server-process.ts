import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

const CLI = join(import.meta.dirname, "../../src/cli/main.ts");

/** The issuer as a process of its own, and operators' commands for it. */
export interface ServerProcess {
  readonly directory: string;
  readonly dataDir: string;
  readonly botsSocket: string;
  /** What it has written to its log, over all its lives. */
  log(): string;
  /** @param dataDir another one than its own, from now on. */
  start(dataDir?: string): Promise<void>;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
  readonly pid: () => number;
  /** Runs `botpass …`; rejects with what it wrote to stderr when it fails. */
  botpass(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

export async function serverProcess(logLevel = "warn"): Promise<ServerProcess> {
  const directory = mkdtempSync(join(tmpdir(), "bp-proc-"));
  const dataDir = join(directory, "data");
  const botsSocket = join(directory, "bots/b.sock");
  const port = await freePort();
  const env = {
    ...process.env,
    BOTPASS_DATA_DIR: dataDir,
    BOTPASS_BOTS_SOCKET: botsSocket,
    BOTPASS_LOG_LEVEL: logLevel,
  };
  let child: ChildProcess | undefined;
  let written = "";
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  return {
    directory,
    dataDir,
    botsSocket,
    log: () => written,
    pid: () => child?.pid ?? 0,
    async start(other = dataDir) {
      const listen = `127.0.0.1:${port}`;
      const args = [CLI, "server", "run", "--trust-domain", "example.org", "--listen", listen];
      if (other !== dataDir) args.push("--data-dir", other);
      const server = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
      child = server;
      let said = "";
      await new Promise<void>((resolve, reject) => {
        const hear = (chunk: Buffer): void => {
          written += chunk.toString();
          said += chunk.toString();
          if (said.includes("serving bots on")) resolve();
        };
        server.stdout.on("data", hear);
        server.stderr.on("data", hear);
        server.once("exit", () => reject(new Error(`the server ended: ${said}`)));
      });
    },
    end,
    botpass: (...args) =>
      new Promise((resolve, reject) => {
        execFile(process.execPath, [CLI, ...args], { env }, (error, stdout, stderr) => {
          if (error === null) resolve(stdout.trim());
          else reject(new Error(`botpass ${args.join(" ")}: ${stderr}`));
        });
      }),
    async remove() {
      await end("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
