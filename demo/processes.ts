import { type ChildProcess, execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const CLI = join(import.meta.dirname, "../src/cli/main.ts");

/** What an operator's commands need to know. */
export interface Place {
  readonly dataDir: string;
  readonly botsSocket: string;
}

function environmentOf({ dataDir, botsSocket }: Place): NodeJS.ProcessEnv {
  return {
    ...process.env,
    BOTPASS_DATA_DIR: dataDir,
    BOTPASS_BOTS_SOCKET: botsSocket,
    BOTPASS_LOG_LEVEL: "warn",
  };
}

/** Runs `botpass …` as an operator on the issuer's machine would, and gives what it printed. */
export function botpass(place: Place, ...args: string[]): Promise<string> {
  return runBotpass(environmentOf(place), args);
}

/** An operator elsewhere, with a login of its own in `home`. */
export function operator(home: string) {
  const { BOTPASS_DATA_DIR: _data, BOTPASS_ADMIN_SOCKET: _socket, ...rest } = process.env;
  const env = {
    ...rest,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_STATE_HOME: join(home, "state"),
  };
  return {
    login: (token: string) => runBotpass({ ...env, BOTPASS_TOKEN: token }, ["login"]),
    botpass: (...args: string[]) => runBotpass(env, args),
  };
}

function runBotpass(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, ...args], { env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else reject(new Error(`botpass ${args.join(" ")} failed: ${stderr.trim()}`));
    });
  });
}

/** Starts `botpass server run` and waits until it serves. */
export async function startIssuer(
  place: Place,
  trustDomain: string,
  { listen = "127.0.0.1:0", config }: { readonly listen?: string; readonly config?: string } = {},
): Promise<ChildProcess> {
  const args = [CLI, "server", "run", "--trust-domain", trustDomain, "--listen", listen];
  if (config !== undefined) {
    const file = join(dirname(place.dataDir), "server.yaml");
    writeFileSync(file, config);
    args.push("--config", file);
  }
  const server = spawn(process.execPath, args, {
    env: environmentOf(place),
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    let said = "";
    server.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("serving bots on")) resolve();
    });
    server.once("exit", () => reject(new Error(`the issuer ended: ${said}`)));
  });
  return server;
}

/** A bot or a service in a process of its own. */
export interface Actor {
  /** Asks it something, by name. */
  ask(what: string, body?: unknown): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Starts a program of this folder with this in its environment, and waits until it is ready. */
export async function startActor(file: string, env: NodeJS.ProcessEnv): Promise<Actor> {
  const child = fork(join(import.meta.dirname, file), { env: { ...process.env, ...env } });
  // A listener for each question that is open.
  child.setMaxListeners(0);
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  let lastId = 0;
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message: { id: number; answer: Record<string, unknown> }) => {
      if (message.id === 0) resolve();
      waiting.get(message.id)?.(message.answer);
      waiting.delete(message.id);
    });
    child.once("exit", (code) => reject(new Error(`${file} ended with code ${code}`)));
  });
  await ready;
  return {
    ask(what, body) {
      lastId += 1;
      const id = lastId;
      child.send({ id, what, body });
      return new Promise((resolve, reject) => {
        waiting.set(id, resolve);
        child.once("exit", () => reject(new Error(`${file} ended before it answered`)));
      });
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
  };
}

/** The actor's own side: answers what is asked. */
export function answer(
  handlers: Readonly<Record<string, (body: never) => Promise<object> | object>>,
): void {
  process.on("message", async ({ id, what, body }: { id: number; what: string; body: unknown }) => {
    try {
      const handle = handlers[what];
      if (handle === undefined) throw new Error(`nobody knows ${what}`);
      process.send?.({ id, answer: await handle(body as never) });
    } catch (error) {
      process.send?.({ id, answer: { error: error instanceof Error ? error.message : "unknown" } });
    }
  });
  process.send?.({ id: 0, answer: {} });
}
