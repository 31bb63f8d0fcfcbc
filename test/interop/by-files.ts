// One program that reads its identity from files: mTLS with a Node service in both directions while `botpass files` replaces them.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bot } from "../../src/index.ts";
import { freePort } from "../support/free-port.ts";
import { runningServer } from "../support/running-server.ts";
import { type Requests, type Result, ROTATIONS } from "./result.ts";

const CLI = join(import.meta.dirname, "../../src/cli/main.ts");
/** Seconds that an X509-SVID lives: it is replaced at half of it. */
const TTL_SECONDS = 4;
/** Milliseconds in which a program must see its rotations. */
const LIMIT = 60_000;

/** What a program is given to work with. */
export interface Place {
  /** Empty; any user may enter it. */
  readonly directory: string;
  /** A free port, for the program to listen on. */
  readonly port: number;
  /** Where `botpass files` keeps the identity; written before the program starts. */
  readonly files: string;
  /** The SPIFFE ID of the program's bot. */
  readonly id: string;
  /** The bot of the Node service, which also calls the program. */
  readonly erp: Bot;
}

/** By which programs know the certificate of `erp` that know no SPIFFE ID. */
const ERP_NAME = "erp.example.org";

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** The serials that the Node service was shown. */
  readonly shown: ReadonlySet<string>;
  /** A request of Node over mTLS on a new connection; resolves with the serial that it was shown. */
  incoming(): Promise<string>;
  /** A request of the program to the Node service, on a new connection. */
  outgoing(): Promise<void>;
  /** Resolves when a caller without a certificate was answered: it must not be. */
  stranger(): Promise<void>;
  close(): void | Promise<void>;
}

/** A program and how it is told of new files. */
export interface FilesProgram {
  readonly name: string;
  /** Flags of `botpass files`: whom the files are for and who is told. */
  flags(place: Place): readonly string[];
  /** Starts it and resolves when it answers. */
  start(place: Place): Promise<Running>;
}

/** Runs a program until it was seen with enough certificates in both directions. Rejects when it does not start. */
export async function exerciseFiles(program: FilesProgram): Promise<Result> {
  await using closing = new AsyncDisposableStack();
  const server = await runningServer();
  closing.defer(() => server.close());
  const directory = mkdtempSync(join(tmpdir(), `bp-${program.name}-`));
  chmodSync(directory, 0o711);
  closing.defer(() => rmSync(directory, { recursive: true, force: true }));
  const register = async (bot: string, more: object): Promise<void> => {
    const answer = await server.register(bot, { kind: "service" });
    const entry = answer.entry as object;
    await server.admin.call("EntryService", "UpdateEntry", { entry: { ...entry, ...more } });
  };
  await register(program.name, { audiences: ["erp"], x509TtlSeconds: TTL_SECONDS });
  await register("erp", { dnsNames: [ERP_NAME] });
  const erp = await server.connect({ token: (await server.token("erp")).value });
  const id = `spiffe://example.org/bot/default/${program.name}`;
  const port = await freePort();
  const place: Place = { directory, port, files: join(directory, "identity"), id, erp };

  let said = "";
  const keep = (text: string): void => {
    said = (said + text).slice(0, 4_000);
  };
  const tokenFile = join(server.directory, "token");
  writeFileSync(tokenFile, (await server.token(program.name)).value, { mode: 0o600 });
  const keeper = startFiles(
    ["--dir", place.files, "--audience", "erp", "--token-file", tokenFile, ...program.flags(place)],
    keep,
  );
  closing.defer(() => ended(keeper.child));
  await keeper.ready;
  const token = readFileSync(join(place.files, "jwt-erp.token"), "utf8");
  const jwtFetch = erp.verifyJwt(token, { audience: "erp" }).spiffeId.toString() === id;

  const running = await program.start(place);
  closing.defer(() => running.close());
  closing.defer(() => ended(running.child));
  running.child.stderr?.on("data", (chunk: Buffer) => keep(chunk.toString()));
  const strangerIn = await running.stranger().then(
    () => true,
    () => false,
  );
  const serials = new Set<string>();
  const until = performance.now() + LIMIT;
  const enough = (): boolean => Math.min(serials.size, running.shown.size) > ROTATIONS;
  const ask = async (what: string, request: () => Promise<unknown>): Promise<Requests> => {
    const counts = { requests: 0, failed: 0 };
    while (performance.now() < until && !(enough() && counts.requests > 100)) {
      counts.requests += 1;
      await request().catch((error: unknown) => {
        counts.failed += 1;
        keep(`${what}: ${error instanceof Error ? error.message : error}\n`);
      });
      await sleep(20);
    }
    return counts;
  };
  const [incoming, outgoing] = await Promise.all([
    ask("to the program", async () => serials.add(await running.incoming())),
    ask("of the program", () => running.outgoing()),
  ]);
  return {
    x509: serials.size > 0,
    jwtFetch,
    jwtValidate: undefined,
    bundle: running.shown.size > 0,
    out: outgoing,
    in: incoming,
    rotations: Math.min(serials.size, running.shown.size) - 1,
    faults: strangerIn ? ["a caller without a certificate was answered"] : [],
    said,
  };
}

/** `botpass files`, which has written the first set when `ready` resolves. */
function startFiles(args: readonly string[], keep: (text: string) => void) {
  const child = spawn(process.execPath, [CLI, "files", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ready = new Promise<void>((resolve, reject) => {
    let heard = "";
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`botpass files ended: ${heard}`)));
    child.stderr.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      keep(chunk.toString());
      if (heard.includes("keeping the files of")) resolve();
    });
  });
  return { child, ready };
}

/** Ends a program, by force when it takes more than 5 seconds. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exit;
  clearTimeout(force);
}

/** Waits until a request succeeds. Rejects with its error when it does not in 10 seconds, or the program ends. */
export async function answering(
  child: ChildProcess,
  request: () => Promise<unknown>,
): Promise<void> {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      await request();
      return;
    } catch (error) {
      if (child.exitCode === null && performance.now() < until) {
        await sleep(50);
        continue;
      }
      throw new Error(`${child.spawnfile} does not answer: ${error}\n${said}`, { cause: error });
    }
  }
}
