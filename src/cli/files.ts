import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { IssuerError, messageOf } from "../errors.ts";
import { CliFailure, usageError } from "./failure.ts";

/** A file to write: its name in the directory, content and mode. */
export interface NewFile {
  readonly name: string;
  readonly content: string;
  readonly mode: number;
}

/**
 * Reads a text file that a flag names.
 * @throws CliFailure REQUEST_INVALID, exit code 2, naming flag and path.
 */
export async function readFlagFile(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw usageError(`${flag} ${JSON.stringify(path)} cannot be read: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/**
 * Reads a stream that a flag names to its end, `maxBytes` at most.
 * @throws CliFailure REQUEST_INVALID, exit code 2, naming flag and path.
 */
export async function readLimited(
  flag: string,
  path: string,
  stream: Readable,
  maxBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > maxBytes) break;
      chunks.push(bytes);
    }
  } catch (cause) {
    throw usageError(`${flag} ${JSON.stringify(path)} cannot be read: ${reasonOf(cause)}`, {
      cause,
    });
  }
  if (size > maxBytes) {
    throw usageError(`${flag} ${JSON.stringify(path)} is longer than ${maxBytes} bytes`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Refuses when one of `names` exists in `directory` already.
 * @throws CliFailure ALREADY_EXISTS, exit code 1.
 */
export async function requireAbsent(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(directory, name);
    if (await exists(path)) {
      const message = `--out ${JSON.stringify(directory)} holds ${name} already`;
      throw new CliFailure("ALREADY_EXISTS", message, { hint: "--force replaces it" });
    }
  }
}

/**
 * Writes files so that a reader sees each old or new, never half: into temporary files beside them, flushed, renamed in
 * the order given, and the directory flushed. Makes the directory (0700) when it is missing.
 * @throws IssuerError INTERNAL naming the directory.
 */
export async function writeFilesAtomically(
  directory: string,
  files: readonly NewFile[],
): Promise<void> {
  const suffix = randomBytes(8).toString("hex");
  const temporary = (file: NewFile): string => join(directory, `.${file.name}.${suffix}.tmp`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const file of files) await writeFlushed(temporary(file), file);
    for (const file of files) await rename(temporary(file), join(directory, file.name));
    await flushDirectory(directory);
  } catch (cause) {
    await Promise.all(files.map((file) => rm(temporary(file), { force: true })));
    const message = `cannot write to ${JSON.stringify(directory)}: ${reasonOf(cause)}`;
    throw new IssuerError("INTERNAL", message, { cause });
  }
}

async function writeFlushed(path: string, file: NewFile): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(file.content);
    // Not left to the umask, in either direction.
    await handle.chmod(file.mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    throw usageError(`--out ${JSON.stringify(path)} cannot be looked at: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** The system's word for what went wrong, without the path, which the message names already. */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/, \w+ '.*$/, "");
}
