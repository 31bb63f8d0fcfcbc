import { randomBytes } from "node:crypto";
import { cp, mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readPrivateFile } from "../ca/index.ts";
import { IssuerError, messageOf } from "../errors.ts";
import type { Store } from "../store/index.ts";
import { BACKUP_FILE, describeFiles, formatManifest } from "./backup-manifest.ts";
import { LOG_KEY_FILE } from "./log/key.ts";

export const DATABASE_FILE = "botpass.db";
export const KEYS_DIRECTORY = "keys";

/** What was copied. */
export interface MadeBackup {
  readonly bytes: number;
  readonly feedSequence: number;
}

/**
 * Copies database and keys into a new directory (0700), while the server runs. It is there whole, and on disk, or not at all:
 * what a crash leaves has `.partial-` in its name. Database first: each authority in the copy has its key, since keys are
 * made before their records.
 * @param logKeyFile of the key that the log is signed by; it must not change meanwhile.
 * @throws IssuerError ALREADY_EXISTS; REQUEST_INVALID when it cannot be made there; STORE_UNAVAILABLE when the disk is full.
 */
export async function makeBackup(
  store: Store,
  dataDir: string,
  directory: string,
  now: Date = new Date(),
  logKeyFile: string = join(dataDir, LOG_KEY_FILE),
): Promise<MadeBackup> {
  if (await exists(directory)) {
    throw new IssuerError("ALREADY_EXISTS", `directory ${directory} exists already`);
  }
  const partial = `${directory}.partial-${randomBytes(4).toString("hex")}`;
  await makeDirectory(partial, directory);
  try {
    await requireRoom(dataDir, dirname(directory));
    const made = await store.backup(join(partial, DATABASE_FILE));
    const keys = join(dataDir, KEYS_DIRECTORY);
    const keysOnDisk = await exists(keys);
    if (keysOnDisk) await copyKeys(keys, join(partial, KEYS_DIRECTORY));
    await cp(logKeyFile, join(partial, LOG_KEY_FILE));
    const trustDomain = (await store.getMeta("trust_domain")) ?? "";
    const files = await describeFiles(partial);
    const { feedSequence } = made;
    const manifest = { trustDomain, madeAt: now, feedSequence, keysOnDisk, files };
    const handle = await open(join(partial, BACKUP_FILE), "wx", 0o600);
    await handle.writeFile(formatManifest(manifest)).finally(() => handle.close());
    for (const name of [...Object.keys(files), BACKUP_FILE]) await flush(join(partial, name));
    if (keysOnDisk) await flush(join(partial, KEYS_DIRECTORY));
    await flush(partial);
    await rename(partial, directory);
    await flush(dirname(directory));
    return made;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (error instanceof IssuerError) throw error;
    const message = `backup ${directory} cannot be written: ${messageOf(error)}`;
    throw new IssuerError("STORE_UNAVAILABLE", message, { cause: error, retryAfterMs: 60_000 });
  }
}

async function makeDirectory(partial: string, directory: string): Promise<void> {
  try {
    await mkdir(partial, { mode: 0o700 });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : messageOf(cause);
    const message = `directory ${directory} cannot be made: ${code}`;
    throw new IssuerError("REQUEST_INVALID", message, { cause });
  }
}

/** A backup must not be what fills the disk. */
async function requireRoom(dataDir: string, parent: string): Promise<void> {
  const { size } = await stat(join(dataDir, DATABASE_FILE));
  const { bavail, bsize } = await statfs(parent);
  const free = bavail * bsize;
  if (free >= size) return;
  const message = `no room for a backup in ${parent}: ${free} bytes are free, the database has ${size}`;
  throw new IssuerError("STORE_UNAVAILABLE", message, { retryAfterMs: 60_000 });
}

/** One after the other: a key whose authority ends meanwhile may go, and is not missed. */
async function copyKeys(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  for (const name of await readdir(from)) {
    const pem = name.endsWith(".pem") ? await readPrivateFile(join(from, name)) : undefined;
    if (pem === undefined) continue;
    const handle = await open(join(to, name), "wx", 0o600);
    await handle.writeFile(pem).finally(() => handle.close());
  }
}

/** Makes a file, or the names in a directory, survive the loss of power. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}

/** Whether there is anything by that name. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
