import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { IssuerError, messageOf } from "../errors.ts";

/** The file of a backup that says what else is in it. */
export const BACKUP_FILE = "backup.json";

/** What a backup says of itself. */
export interface BackupManifest {
  readonly trustDomain: string;
  readonly madeAt: Date;
  /** The change that the copy of the database holds last. */
  readonly feedSequence: number;
  /** Whether authorities' keys are in it; else they were in the server's memory. */
  readonly keysOnDisk: boolean;
  /** By path in the backup. */
  readonly files: Readonly<Record<string, FileFacts>>;
}

export interface FileFacts {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

const schema = z.object({
  botpass: z.literal("backup"),
  version: z.literal(1),
  trust_domain: z.string(),
  made_at: z.iso.datetime(),
  feed_sequence: z.int().min(0),
  keys: z.enum(["disk", "memory"]),
  files: z.record(
    z.string(),
    z.object({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

export function formatManifest(manifest: BackupManifest): string {
  const { trustDomain, madeAt, feedSequence, keysOnDisk, files } = manifest;
  const form: z.input<typeof schema> = {
    botpass: "backup",
    version: 1,
    trust_domain: trustDomain,
    made_at: madeAt.toISOString(),
    feed_sequence: feedSequence,
    keys: keysOnDisk ? "disk" : "memory",
    files,
  };
  return `${JSON.stringify(form, undefined, 2)}\n`;
}

/**
 * Reads what a backup says of itself; undefined: it is from before backups did.
 * @throws IssuerError REQUEST_INVALID when it cannot be read.
 */
export async function readManifest(directory: string): Promise<BackupManifest | undefined> {
  const file = join(directory, BACKUP_FILE);
  try {
    const form = schema.parse(JSON.parse(await readFile(file, "utf8")));
    return {
      trustDomain: form.trust_domain,
      madeAt: new Date(form.made_at),
      feedSequence: form.feed_sequence,
      keysOnDisk: form.keys === "disk",
      files: form.files,
    };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    const why = cause instanceof z.ZodError ? cause.issues[0]?.message : messageOf(cause);
    throw new IssuerError("REQUEST_INVALID", `${file}: ${why}`, { cause });
  }
}

/** Size and hash of every file below the directory but the manifest, by path. */
export async function describeFiles(directory: string): Promise<Record<string, FileFacts>> {
  const found: Record<string, FileFacts> = {};
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
  for (const path of paths.sort()) {
    if (path === BACKUP_FILE) continue;
    const file = join(directory, path);
    const hash = createHash("sha256");
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
    found[path] = { bytes: (await stat(file)).size, sha256: hash.digest("hex") };
  }
  return found;
}
