import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { open, readFile, readlink, stat } from "node:fs/promises";

/** What /proc says of a process. */
export interface ProcessFacts {
  /** When it started, in ticks since boot. */
  readonly startTicks: number;
  readonly uid: number;
  readonly gid: number;
  readonly supplementaryGids: readonly number[];
  /** Path of the executable in the process's own view; undefined when it was deleted or cannot be read. */
  readonly executablePath: string | undefined;
  /** Lower-case hex; undefined when it was not asked for, or the file is larger than the limit. */
  readonly executableSha256: string | undefined;
  /** Of the container that it runs in, as its control group names it; undefined outside of one. */
  readonly containerId: string | undefined;
  /** Whether it has a controlling terminal; undefined: cannot be read. */
  readonly hasTerminal: boolean | undefined;
  /** Name of the program that started it, as the kernel keeps it (15 bytes); undefined: it has ended, or cannot be read. */
  readonly parent: string | undefined;
}

/** Executables above this size are not hashed. */
const MAX_HASHED_BYTES = 256 * 1024 * 1024;

/**
 * Reads the facts of a process; undefined when the pid was reused or the process has ended meanwhile.
 * @param pid as the kernel gave it for a socket.
 * @param openedBefore the process must have started before its connection was made: Unix milliseconds.
 */
export async function readProcessFacts(
  pid: number,
  options: { readonly hash: boolean; readonly openedBefore: number },
): Promise<ProcessFacts | undefined> {
  const startedBefore = await startTicks(pid);
  if (startedBefore === undefined) return undefined;
  if ((await startedAt(startedBefore)) > options.openedBefore) return undefined;
  const facts = await readFacts(pid, options.hash);
  // The same start time afterwards: all of it was read of one process.
  if (facts === undefined || (await startTicks(pid)) !== startedBefore) return undefined;
  return { ...facts, startTicks: startedBefore };
}

async function readFacts(
  pid: number,
  hash: boolean,
): Promise<Omit<ProcessFacts, "startTicks"> | undefined> {
  const status = await readText(`/proc/${pid}/status`);
  if (status === undefined) return undefined;
  // Real, effective, saved, file system: the effective one is what the kernel gave for the socket.
  const uid = numbersOf(status, "Uid")[1];
  const gid = numbersOf(status, "Gid")[1];
  if (uid === undefined || gid === undefined) return undefined;
  const executable = await readExecutable(pid, hash);
  const containerId = containerOf((await readText(`/proc/${pid}/cgroup`)) ?? "");
  const groups = { supplementaryGids: numbersOf(status, "Groups") };
  return { uid, gid, ...groups, containerId, ...executable, ...(await readSession(pid)) };
}

/** Fields 4 and 7 of /proc/PID/stat: parent and terminal, 0 for none. */
async function readSession(pid: number): Promise<Pick<ProcessFacts, "hasTerminal" | "parent">> {
  const text = await readText(`/proc/${pid}/stat`);
  if (text === undefined) return { hasTerminal: undefined, parent: undefined };
  const fields = statFields(text);
  const parent = (await readText(`/proc/${Number(fields[1])}/comm`))?.trim();
  return { hasTerminal: Number(fields[4]) !== 0, parent };
}

/** Container runtimes name a control group by the container's id, 64 hex digits; the innermost counts. */
function containerOf(cgroups: string): string | undefined {
  for (const line of cgroups.split("\n")) {
    const ids = line.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g);
    if (ids !== null) return ids.at(-1);
  }
  return undefined;
}

/**
 * Whether the pid still stands for the process that started then, and it runs: a zombie does not.
 * Reads without waiting: /proc is memory, and a round through the pool of threads costs ten times as much.
 */
export function isAlive(process: { readonly pid: number; readonly startTicks: number }): boolean {
  try {
    const fields = statFields(readFileSync(`/proc/${process.pid}/stat`, "utf8"));
    return Number(fields[19]) === process.startTicks && fields[0] !== "Z";
  } catch (error) {
    return passMissing(error as NodeJS.ErrnoException) ?? false;
  }
}

async function readExecutable(pid: number, hash: boolean) {
  const link = `/proc/${pid}/exe`;
  const path = await readlink(link).catch(passMissing);
  // The kernel says so when the file was replaced or removed: then the path proves nothing.
  const executablePath = path?.startsWith("/") && !path.endsWith(" (deleted)") ? path : undefined;
  const executableSha256 = hash ? await hashFile(link).catch(passMissing) : undefined;
  return { executablePath, executableSha256 };
}

async function hashFile(path: string): Promise<string | undefined> {
  if ((await stat(path)).size > MAX_HASHED_BYTES) return undefined;
  const file = await open(path, "r");
  try {
    const hash = createHash("sha256");
    for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk);
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}

/** Field 22 of /proc/PID/stat. */
async function startTicks(pid: number): Promise<number | undefined> {
  const text = await readText(`/proc/${pid}/stat`);
  return text === undefined ? undefined : Number(statFields(text)[19]);
}

/** The fields from the third on, the state; the name before it may hold anything, so count from its last parenthesis. */
function statFields(text: string): string[] {
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** Ticks of /proc are hundredths of a second on all Linux that Node runs on (sysconf _SC_CLK_TCK). */
const TICK_MS = 10;

async function startedAt(ticks: number): Promise<number> {
  const boot = /^btime (\d+)$/m.exec((await readText("/proc/stat")) ?? "")?.[1];
  return Number(boot ?? 0) * 1000 + ticks * TICK_MS;
}

function numbersOf(status: string, name: string): number[] {
  const line = new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(status)?.[1] ?? "";
  return line.split(/\s+/).filter(Boolean).map(Number);
}

function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(passMissing);
}

/** The process has gone, or its facts are not ours to read: no fact, rather than a failure. */
function passMissing(error: NodeJS.ErrnoException): undefined {
  if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(error.code ?? "")) return undefined;
  throw error;
}
