import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { delay, systemClock } from "../clock.ts";
import { IssuerError } from "../errors.ts";

/** Another command renews or logs in: it is waited for so long. */
const LOCK_MS = 30_000;
const POLL_MS = 50;

/**
 * The directory (0700) of one context's login, which is replaced whole. What is needed for that is beside the contexts'
 * directories, in `<parent>.work/<name>`: `lock`, `new` while a login is made, `old` while it takes its place.
 */
export class LoginDirectory {
  readonly path: string;
  readonly #work: string;
  readonly #old: string;

  constructor(path: string) {
    this.path = path;
    this.#work = join(`${dirname(path)}.work`, basename(path));
    this.#old = join(this.#work, "old");
  }

  /**
   * Runs one work at a time, over all processes. The lock is the operating system's, on a file that SQLite holds: it ends with
   * the process, however that ends, and there is no stale one to remove.
   * @throws IssuerError UNAVAILABLE when another command has it for 30 s.
   */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    const { default: Sqlite } = await import("better-sqlite3");
    await mkdir(this.#work, { recursive: true, mode: 0o700 });
    const file = join(this.#work, "lock");
    await (await open(file, "a", 0o600)).close();
    const database = new Sqlite(file, { fileMustExist: true, timeout: 0 });
    try {
      for (let waitedMs = 0; ; waitedMs += POLL_MS) {
        try {
          database.exec("begin exclusive");
          break;
        } catch (error) {
          if (!isBusy(error)) throw error;
        }
        if (waitedMs >= LOCK_MS)
          throw new IssuerError("UNAVAILABLE", `another command holds ${file}`);
        await delay(systemClock, POLL_MS);
      }
      return await work();
    } finally {
      database.close();
    }
  }

  /** Takes up a login that a crash has left out of its place. */
  async recover(): Promise<void> {
    if ((await exists(this.path)) || !(await exists(this.#old))) return;
    await this.locked(() => this.#putBack());
  }

  /**
   * Puts what `fill` writes into a new directory in place of what is there; when anything fails, that is in its place still.
   * @returns what `fill` did.
   */
  async replace<T>(fill: (fresh: string) => Promise<T>): Promise<T> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    return this.locked(async () => {
      await this.#putBack();
      const fresh = join(this.#work, "new");
      await rm(fresh, { recursive: true, force: true });
      try {
        const filled = await fill(fresh);
        await this.#swap(fresh);
        return filled;
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    });
  }

  /** Removes the login, and what is left of any before it. The lock's file stays: others may wait on it. */
  remove(): Promise<void> {
    return this.locked(async () => {
      await rm(this.#old, { recursive: true, force: true });
      await rm(this.path, { recursive: true, force: true });
    });
  }

  async #swap(fresh: string): Promise<void> {
    const had = await renamed(this.path, this.#old);
    try {
      await rename(fresh, this.path);
    } catch (error) {
      if (had) await rename(this.#old, this.path);
      throw error;
    }
    await rm(this.#old, { recursive: true, force: true });
  }

  /** `old` is the login where there is no other, and else what a crash has left of one that was replaced. */
  async #putBack(): Promise<void> {
    if (!(await exists(this.path))) await renamed(this.#old, this.path);
    await rm(this.#old, { recursive: true, force: true });
  }
}

/** @returns whether there was anything. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
}
