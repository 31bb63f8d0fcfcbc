// The soak: SVIDs rotate every few seconds while server, agent, services and bots are killed at random. `npm run soak -- --minutes 60`. Exits
// with 1 when a request failed for lack of identity, or memory or handles grow.
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { add, type Counts, noCounts, type Told } from "../test/soak/counts.ts";
import { type Growth, growthOf, median, type Sample, type Tolerance } from "../test/soak/growth.ts";
import { dialTestAdmin } from "../test/support/admin.ts";
import { freePort } from "../test/support/free-port.ts";
import { serverProcess } from "../test/support/server-process.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    "svid-seconds": { type: "string", default: "20" },
  },
});

function numberOf(name: keyof typeof values, least: number): number {
  const number = Number(values[name]);
  if (number >= least) return number;
  process.stderr.write(`--${name} ${values[name]} is not a number from ${least} on\n`);
  process.exit(2);
}

const minutes = numberOf("minutes", 0.1);
const SVID_SECONDS = numberOf("svid-seconds", 10);
/** Bots and services replace their SVIDs after so many seconds, whatever those live. */
const ROTATE_SECONDS = 3;
const ACTOR = join(import.meta.dirname, "../test/soak/actor.ts");
const CLI = join(import.meta.dirname, "../src/cli/main.ts");
/** Milliseconds between two kills, and until the server is back. */
const KILL_MS = [1_500, 6_000] as const;
const AWAY_MS = [100, 2_500] as const;
/** One life of the server in so many is left alone for so long: what it has then is compared over the run. */
const LONG_LIFE_EVERY = 10;
const LONG_LIFE_MS = 120_000;
const SAMPLE_MS = 2_000;
const MB = 1024 * 1024;
/** Resident memory holds what V8 has not given back; what lives on the heap after a collection is the closer measure. */
const OF_MEMORY: Tolerance = { part: 0.1, least: 4 * MB };
const OF_HEAP: Tolerance = { part: 0.05, least: MB };
const OF_HANDLES: Tolerance = { part: 0, least: 4 };

const begun = Date.now();
const minutesNow = (): string => ((Date.now() - begun) / 60_000).toFixed(1);

const between = ([least, most]: readonly [number, number]): number =>
  least + Math.random() * (most - least);

/** One process that may be killed, and is started again. */
class Actor {
  readonly name: string;
  readonly counts: Counts = noCounts();
  readonly seen = noSamples();
  readonly #start: () => ChildProcess;
  #child: ChildProcess | undefined;
  kills = 0;
  #ending = false;

  constructor(name: string, start: () => ChildProcess) {
    this.name = name;
    this.#start = start;
  }

  start(): void {
    const child = this.#start();
    this.#child = child;
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2_000);
    });
    child.on("message", ({ counts, heapBytes }: Told) => {
      this.#tellNew(counts);
      add(this.counts, counts);
      if (heapBytes !== undefined)
        this.seen.heap.push({ atMs: performance.now(), value: heapBytes });
    });
    child.once("exit", (code, signal) => {
      if (this.#ending) return;
      if (signal !== "SIGKILL") {
        const text = `ended by itself with ${code ?? signal}: ${said}`;
        this.counts.failures[`identity: ${this.name} ${text}`.slice(0, 600)] = 1;
      }
      this.start();
    });
  }

  /** Each cause that is lack of identity is told when it is seen first. */
  #tellNew({ failures }: Counts): void {
    for (const cause of Object.keys(failures)) {
      if (!cause.startsWith("identity") || cause in this.counts.failures) continue;
      console.log(`${minutesNow()} min: ${this.name}, ${cause}`);
    }
  }

  kill(): void {
    this.kills += 1;
    this.#child?.kill("SIGKILL");
  }

  sample(): void {
    take(this.seen, this.#child?.pid);
  }

  async end(): Promise<void> {
    this.#ending = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

interface Samples {
  /** What is resident, in bytes. */
  readonly memory: Sample[];
  /** What is left on the heap, and beside it, after a collection, in bytes: where a process tells. */
  readonly heap: Sample[];
  /** Open descriptors. */
  readonly handles: Sample[];
}

function noSamples(): Samples {
  return { memory: [], heap: [], handles: [] };
}

/** Nothing when the process is not there any more. */
function take(samples: Samples, pid: number | undefined): void {
  if (!pid || !existsSync(`/proc/${pid}/fd`)) return;
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    const handles = readdirSync(`/proc/${pid}/fd`).length;
    const atMs = performance.now();
    // A process that ends has given back all, and is still there.
    if (rss === 0) return;
    samples.memory.push({ atMs, value: rss });
    samples.handles.push({ atMs, value: handles });
  } catch {
    // Killed between the two.
  }
}

/** Whether what was sampled is flat, in words. */
function verdictOf(name: string, { memory, heap, handles }: Samples) {
  const growths: [what: string, unit: string, divisor: number, Growth | undefined][] = [
    ["memory", "MB", MB, growthOf(memory, OF_MEMORY)],
    ["heap", "MB", MB, growthOf(heap, OF_HEAP)],
    ["handles", "", 1, growthOf(handles, OF_HANDLES)],
  ];
  const texts = growths.flatMap(([what, unit, divisor, growth]) => {
    if (growth === undefined) return [];
    const said = (value: number): string => (value / divisor).toFixed(divisor === 1 ? 0 : 1);
    const slope = `${growth.perHour < 0 ? "" : "+"}${(growth.perHour / divisor).toFixed(1)}`;
    const much = `${what} ${said(growth.level)} ${unit} (most ${said(growth.most)})`;
    return `  ${name.padEnd(15)} ${much.padEnd(36)} ${slope} an hour over ${growth.minutes.toFixed(0)} min: ${growth.flat ? "flat" : "GROWS"}`;
  });
  const text = texts.length > 0 ? texts.join("\n") : `  ${name.padEnd(15)} too few samples to say`;
  return { flat: growths.every(([, , , growth]) => growth?.flat ?? true), text };
}

await using stack = new AsyncDisposableStack();
const server = await serverProcess("error");
stack.defer(() => server.remove());
await server.start();
const admin = dialTestAdmin(join(server.dataDir, "admin.sock"));
const entry = { selectors: [], x509TtlSeconds: SVID_SECONDS };
const register = (name: string, more: object = {}) =>
  admin.call("BotService", "RegisterBot", { name, owner: "soak", purpose: "soak", entry, ...more });
const tokenFile = async (bot: string): Promise<string> => {
  const wish = { bot, ttlSeconds: 86_400, uses: 100 };
  const { value } = await admin.call("TokenService", "CreateToken", wish);
  const file = join(server.directory, `${bot}.token`);
  writeFileSync(file, String(value), { mode: 0o600 });
  return file;
};

const environmentOf = (more: Record<string, string>) => {
  const { BOTPASS_TOKEN: _, SPIFFE_ENDPOINT_SOCKET: __, ...rest } = process.env;
  return { ...rest, ...more };
};
const actorOf = (name: string, env: Record<string, string>, args: readonly string[]): Actor =>
  new Actor(name, () =>
    fork(ACTOR, [...args], {
      env: environmentOf({ ...env, SOAK_ROTATE_AT: String(ROTATE_SECONDS / SVID_SECONDS) }),
      // Who is left alone says what is left after a collection.
      execArgv: name.startsWith("steady") ? ["--expose-gc"] : [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    }),
  );
const withToken = async (name: string) => {
  const stateDirectory = join(server.directory, `${name}-state`);
  mkdirSync(stateDirectory, { mode: 0o700 });
  return { BOTPASS_TOKEN_FILE: await tokenFile(name), BOTPASS_STATE_DIR: stateDirectory };
};

// Of services and bots one is left alone: memory and handles are followed there.
const services = ["steady-service", "service"];
const ports = new Map<string, number>();
const actors: Actor[] = [];
for (const name of services) {
  await register(name, { kind: "service" });
  ports.set(name, await freePort());
  actors.push(actorOf(name, await withToken(name), ["service", String(ports.get(name))]));
}
const targets = services.map((name) => `${name}=${ports.get(name)}`);
for (const name of ["steady-bot", "bot"]) {
  await register(name);
  actors.push(actorOf(name, await withToken(name), ["bot", ...targets]));
}
await register("host", { kind: "node" });
await register("behind");
const uid = { type: "unix", value: `uid:${process.getuid?.()}` };
await admin.call("EntryService", "CreateEntry", {
  entry: { bot: "behind", selectors: [uid], nodes: ["host"], x509TtlSeconds: SVID_SECONDS },
});
const agentSocket = join(server.directory, "agent/api.sock");
const ofHost = await withToken("host");
const agent = new Actor("agent", () => {
  const args = ["agent", "run", "--socket", agentSocket, "--token-file", ofHost.BOTPASS_TOKEN_FILE];
  return spawn(process.execPath, [CLI, ...args, "--state-dir", ofHost.BOTPASS_STATE_DIR], {
    env: environmentOf({}),
    stdio: ["ignore", "ignore", "pipe"],
  });
});
const behind = actorOf("behind", { SPIFFE_ENDPOINT_SOCKET: `unix://${agentSocket}` }, [
  "bot",
  ...targets,
]);
admin.close();

stack.defer(async () => {
  for (const each of [behind, agent, ...actors]) await each.end();
});
for (const each of actors) each.start();
agent.start();
while (!existsSync(agentSocket)) await sleep(100);
behind.start();
await sleep(5_000);

const all = [...actors, agent, behind];
const endsAt = Date.now() + minutes * 60_000;
let serverKills = 0;
let longLives = 0;
/** From a kill of the server until it answers again. */
const awayMs: number[] = [];
/** Of each long life of the server, and of the others, what it had at its end. */
const ends = { long: noSamples(), short: noSamples() };
const killable = [agent, agent, behind, ...actors.filter(({ name }) => !name.startsWith("steady"))];

async function killServer(ofLong: boolean): Promise<void> {
  take(ofLong ? ends.long : ends.short, server.pid());
  if (ofLong) longLives += 1;
  serverKills += 1;
  const killedMs = performance.now();
  await server.end("SIGKILL");
  await sleep(between(AWAY_MS));
  await server.start();
  awayMs.push(performance.now() - killedMs);
}

async function kill(): Promise<void> {
  let serverDue = Date.now() + 10_000;
  const isLong = (): boolean => serverKills % LONG_LIFE_EVERY === LONG_LIFE_EVERY - 1;
  while (Date.now() < endsAt) {
    await sleep(between(KILL_MS));
    if (Date.now() > serverDue) {
      await killServer(isLong());
      serverDue = Date.now() + (isLong() ? LONG_LIFE_MS : between([8_000, 25_000]));
    } else killable[Math.floor(Math.random() * killable.length)]?.kill();
  }
}

function sumOf(): Counts {
  const sum = noCounts();
  for (const { counts } of all) add(sum, counts);
  return sum;
}

function failed(counts: Counts, kind: string): number {
  const of = Object.entries(counts.failures).filter(([cause]) => cause.startsWith(kind));
  return of.reduce((sum, [, count]) => sum + count, 0);
}

const sampling = setInterval(() => {
  for (const each of all) each.sample();
}, SAMPLE_MS);
const telling = setInterval(() => {
  const sum = sumOf();
  const away = (Math.max(0, ...awayMs) / 1000).toFixed(1);
  console.log(
    `${minutesNow()} min: ${sum.requests} requests, ${sum.rotations} rotations, ${serverKills} kills of the server, away ${away} s at most, failed: ${failed(sum, "identity")} for lack of identity, ${failed(sum, "line")} at killed services`,
  );
}, 30_000);
await kill();
clearInterval(sampling);
clearInterval(telling);
await sleep(500);

const sum = sumOf();
console.log(
  `\n${minutes} minutes, SVIDs of ${SVID_SECONDS} s, rotated every ${ROTATE_SECONDS} s (behind the agent every ${SVID_SECONDS / 2} s)`,
);
console.log(`requests ${sum.requests}, rotations ${sum.rotations}`);
const kills = all.filter((each) => each.kills > 0).map((each) => `${each.name} ${each.kills}`);
console.log(
  `kills: server ${serverKills} (${longLives} after ${LONG_LIFE_MS / 1000} s or more), ${kills.join(", ")}`,
);
for (const [cause, count] of Object.entries(sum.failures)) console.log(`  ${count} × ${cause}`);
const lacking = failed(sum, "identity");
console.log(
  `the issuer was away for ${(median(awayMs) / 1000).toFixed(1)} s (median), ${(Math.max(0, ...awayMs) / 1000).toFixed(1)} s at most`,
);
console.log(`requests failed for lack of identity: ${lacking}`);
const verdicts = [
  ...actors
    .filter(({ name }) => name.startsWith("steady"))
    .map(({ name, seen }) => verdictOf(name, seen)),
  verdictOf("server's lives", ends.short),
  verdictOf("its long lives", ends.long),
];
console.log(
  "what those have who are left alone, and the server at the end of each life, without the first 3 of 10 parts of the run:",
);
for (const { text } of verdicts) console.log(text);
process.exitCode = lacking === 0 && verdicts.every(({ flat }) => flat) ? 0 : 1;
await stack.disposeAsync();
process.exit();
