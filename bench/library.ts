// What the library costs the bot that it lives in: start, import, memory, disk, idleness. The compiled package, as a bot has it.
import {
  type ExecFileSyncOptionsWithStringEncoding,
  execFileSync,
  spawn,
  spawnSync,
} from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuMs } from "./process.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const ROOT = join(import.meta.dirname, "..");
const MB = 1024 * 1024;

/** Says what its import cost, in milliseconds and resident bytes. */
const IMPORTS = `
const before = process.memoryUsage().rss;
const begun = performance.now();
await import("botpass");
console.log(JSON.stringify({ ms: performance.now() - begun, bytes: process.memoryUsage().rss - before }));
`;
/** Ends as soon as it holds an SVID. */
const CONNECTS = `
import { connect } from "botpass";
const bot = await connect();
bot.x509Svid();
process.exit(0);
`;
/** Says when it holds an SVID, and stays. */
const STAYS = `
const before = process.memoryUsage().rss;
const { connect } = await import("botpass");
const bot = await connect();
bot.x509Svid();
console.log(process.memoryUsage().rss - before);
`;

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** @param runs processes of each kind. @param idleMs how long a connected bot is looked at. */
export async function benchLibrary(runs: number, idleMs: number): Promise<Result[]> {
  const project = mkdtempSync(join(tmpdir(), "botpass-library-"));
  const server = new BenchServer();
  try {
    const installed = install(project);
    for (const [name, text] of Object.entries({ IMPORTS, CONNECTS, STAYS })) {
      writeFileSync(join(project, `${name}.mjs`), text);
    }
    writeFileSync(join(project, "NOTHING.mjs"), "");
    await server.start();
    const [token = ""] = await server.tokens("starter", 100);
    const env = { PATH: process.env.PATH, BOTPASS_TOKEN: token };
    const run = (name: string): { ms: number; said: string } => {
      const begun = performance.now();
      const child = spawnSync(process.execPath, [join(project, `${name}.mjs`)], { env });
      if (child.status !== 0) throw new Error(`${name}: ${child.stderr}`);
      return { ms: performance.now() - begun, said: child.stdout.toString() };
    };
    // The first of each reads the disk.
    for (const name of ["NOTHING", "CONNECTS", "IMPORTS"]) run(name);
    const bare: number[] = [];
    const starts: number[] = [];
    const imports: { ms: number; bytes: number }[] = [];
    for (let i = 0; i < runs; i += 1) {
      bare.push(run("NOTHING").ms);
      starts.push(run("CONNECTS").ms);
      imports.push(JSON.parse(run("IMPORTS").said));
    }
    const idle = await idleOf(join(project, "STAYS.mjs"), env, idleMs);
    return [
      {
        name: "process start to first SVID, over a bare start",
        says: `by join token over TLS, attestation included; median of ${runs}; a bare Node start ${median(bare).toFixed(0)} ms`,
        measured: median(starts) - median(bare),
        unit: "ms",
        goal: 150,
      },
      {
        name: "import of the library",
        says: `median of ${runs} processes`,
        measured: median(imports.map(({ ms }) => ms)),
        unit: "ms",
        goal: 120,
      },
      {
        name: "memory of the library, imported",
        says: `resident growth by the import; median of ${runs} processes`,
        measured: median(imports.map(({ bytes }) => bytes)) / MB,
        unit: "MB",
      },
      {
        name: "memory of the library, connected",
        says: "resident growth by import, stream and first SVID; one process",
        measured: idle.bytes / MB,
        unit: "MB",
        goal: 30,
      },
      {
        name: "what a bot installs",
        says: "the tarball and its dependencies in an empty project, as `du` counts",
        measured: installed / MB,
        unit: "MB",
        goal: 15,
      },
      {
        name: "processor time while idle",
        says: `of a connected bot, in ${idleMs / 1000} s; the kernel counts in steps of 10 ms`,
        measured: idle.cpuMs,
        unit: "ms",
        goal: 10,
      },
    ];
  } finally {
    await server.remove();
    rmSync(project, { recursive: true, force: true });
  }
}

/** Builds and packs what bots install, and installs it into an empty project. @returns bytes on disk. */
function install(project: string): number {
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: join(ROOT, "dist/packages/botpass"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  };
  execFileSync(process.execPath, [join(ROOT, "scripts/build.ts")], { ...options, cwd: ROOT });
  const args = ["pack", "--silent", "--pack-destination", project];
  const tarball = execFileSync("npm", args, options).trim().split("\n").at(-1) ?? "";
  writeFileSync(join(project, "package.json"), `{ "name": "bot", "private": true }\n`);
  const own = { ...options, cwd: project };
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--silent", `./${tarball}`], own);
  const kilobytes = execFileSync("du", ["-sk", "node_modules"], own).split("\t")[0];
  return Number(kilobytes) * 1024;
}

async function idleOf(script: string, env: NodeJS.ProcessEnv, idleMs: number) {
  const child = spawn(process.execPath, [script], { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    // What starting has left to do is not idleness.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const before = cpuMs(child.pid);
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    return { bytes: Number(chunk.toString()), cpuMs: cpuMs(child.pid) - before };
  } finally {
    child.kill("SIGKILL");
  }
}
