import { randomBytes } from "node:crypto";
import { lstat, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { IssuerError } from "../errors.ts";

/**
 * Writes a file for its owner alone (0600), whole; when this resolves it survives the loss of power. What a crash in between
 * leaves, `<file>.<random>.tmp`, is in nobody's way.
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushNames(file);
}

/** Puts a private file in the place of another, whose content is gone then; this survives the loss of power. */
export async function movePrivateFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await flushNames(to);
}

/** Removes a private file, or passes over one that is not there; this survives the loss of power. */
export async function removePrivateFile(file: string): Promise<void> {
  await rm(file, { force: true });
  await flushNames(file);
}

async function flushNames(file: string): Promise<void> {
  const parent = await open(dirname(file), "r");
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

/**
 * Reads a file that only its owner may read; undefined when there is none.
 * @throws IssuerError CONFIG_INVALID when others may, or it belongs to somebody else.
 */
export async function readPrivateFile(file: string): Promise<string | undefined> {
  try {
    const { mode, uid } = await lstat(file);
    if ((mode & 0o077) !== 0) {
      throw new IssuerError("CONFIG_INVALID", `key file ${file} is open to others: chmod 600 it`);
    }
    if (uid !== process.getuid?.()) {
      throw new IssuerError("CONFIG_INVALID", `key file ${file} belongs to uid ${uid}`);
    }
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
