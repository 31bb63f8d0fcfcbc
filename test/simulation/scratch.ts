import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** In memory where there is such a place. */
const ROOT = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const PREFIX = "botpass-sim-";

let own: string | undefined;

/**
 * The directory of all that this process writes in runs. It goes when the process ends, also by a signal that can be heard; what a process
 * has left behind that was killed is taken away by the next.
 */
export function scratchDirectory(): string {
  if (own !== undefined) return own;
  for (const name of readdirSync(ROOT)) {
    const pid = new RegExp(`^${PREFIX}([0-9]+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(ROOT, name));
  }
  const directory = mkdtempSync(join(ROOT, `${PREFIX}${process.pid}-`));
  own = directory;
  process.once("exit", () => remove(directory));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  return directory;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's, where it is not "no such process".
    return error instanceof Error && "code" in error && error.code !== "ESRCH";
  }
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
