import { cp, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { auditDraft } from "../audit/index.ts";
import { IssuerError } from "../errors.ts";
import { lockDataDirectory, openSqliteStore, type Store } from "../store/index.ts";
import { LOG_KEY_FILE } from "./log/key.ts";

export const DATABASE_FILE = "botpass.db";
export const KEYS_DIRECTORY = "keys";

/** Database first: each authority in the copy has its key, since keys are made before their records. */
export async function makeBackup(
  store: Store,
  dataDir: string,
  directory: string,
): Promise<{ bytes: number; feedSequence: number }> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    if (code === "EEXIST") {
      throw new IssuerError("ALREADY_EXISTS", `directory ${directory} exists already`, { cause });
    }
    const message = `directory ${directory} cannot be made: ${code}`;
    throw new IssuerError("REQUEST_INVALID", message, { cause });
  }
  const made = await store.backup(join(directory, DATABASE_FILE));
  if (await exists(join(dataDir, KEYS_DIRECTORY))) {
    await cp(join(dataDir, KEYS_DIRECTORY), join(directory, KEYS_DIRECTORY), { recursive: true });
  }
  await cp(join(dataDir, LOG_KEY_FILE), join(directory, LOG_KEY_FILE));
  return made;
}

export interface RestoreRequest {
  /** A directory that backup made. */
  readonly from: string;
  readonly dataDir: string;
  /** Goes back behind what the data directory holds now. */
  readonly acceptRollback: boolean;
}

export interface RestoreResult {
  readonly rolledBack: boolean;
  /** SVIDs that are denied now. */
  readonly denied: number;
}

/** Far enough that no bundle of the time that is lost had a higher number. */
const SEQUENCE_LEAP = 1_000_000n;

/**
 * Puts a backup in the place of a data directory, while no server runs on it. Going back denies all SVIDs that
 * either database knows and moves the bundle's sequence ahead.
 * @throws IssuerError WRONG_STATE when a server runs, or the backup is older and that was not accepted.
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoreResult> {
  const { from, dataDir, acceptRollback } = request;
  if (!(await exists(join(from, DATABASE_FILE)))) {
    throw new IssuerError("REQUEST_INVALID", `${from} holds no ${DATABASE_FILE}: not a backup`);
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockDataDirectory(dataDir);
  try {
    const current = await readState(join(dataDir, DATABASE_FILE));
    const backup = await readState(join(from, DATABASE_FILE));
    if (current?.trustDomain !== undefined && current.trustDomain !== backup?.trustDomain) {
      const message = `backup is of trust domain ${backup?.trustDomain}, not ${current.trustDomain}`;
      throw new IssuerError("WRONG_STATE", message);
    }
    const rolledBack = (current?.feedSequence ?? 0) > (backup?.feedSequence ?? 0);
    if (rolledBack && !acceptRollback) {
      const message =
        `backup is older (change ${backup?.feedSequence}) than the data directory ` +
        `(change ${current?.feedSequence}): accept the rollback to restore it`;
      throw new IssuerError("WRONG_STATE", message);
    }
    await replace(from, dataDir);
    const denied = rolledBack && current !== undefined ? await denyEarlier(dataDir, current) : 0;
    return { rolledBack, denied };
  } finally {
    await lock.release();
  }
}

interface State {
  readonly trustDomain: string | undefined;
  readonly feedSequence: number;
  readonly bundleSequence: bigint;
  readonly live: readonly { kind: "serial" | "jti"; value: string; expiresAt: Date }[];
}

async function readState(file: string): Promise<State | undefined> {
  if (!(await exists(file))) return undefined;
  const store = await openSqliteStore({ file });
  try {
    const live = await store.liveIssuances({}, new Date());
    return {
      trustDomain: await store.getMeta("trust_domain"),
      feedSequence: await store.feedSequence(),
      bundleSequence: BigInt((await store.getMeta("bundle_sequence")) ?? "0"),
      live: live.map((each) => ({
        kind: each.kind === "x509" ? "serial" : "jti",
        value: each.id,
        expiresAt: each.notAfter,
      })),
    };
  } finally {
    await store.close();
  }
}

async function replace(from: string, dataDir: string): Promise<void> {
  const { rename, rm } = await import("node:fs/promises");
  for (const name of [DATABASE_FILE, KEYS_DIRECTORY, LOG_KEY_FILE]) {
    if (!(await exists(join(from, name)))) continue;
    const incoming = join(dataDir, `${name}.restoring`);
    await rm(incoming, { recursive: true, force: true });
    await cp(join(from, name), incoming, { recursive: true });
    if (name === DATABASE_FILE) {
      for (const suffix of ["-wal", "-shm"])
        await rm(join(dataDir, name + suffix), { force: true });
    }
    await rm(join(dataDir, name), { recursive: true, force: true });
    await rename(incoming, join(dataDir, name));
  }
}

async function denyEarlier(dataDir: string, lost: State): Promise<number> {
  const store = await openSqliteStore({ file: join(dataDir, DATABASE_FILE) });
  try {
    const known = await store.liveIssuances({}, new Date());
    const all = new Map(lost.live.map((each) => [each.value, each]));
    for (const each of known) {
      const kind = each.kind === "x509" ? "serial" : "jti";
      all.set(each.id, { kind, value: each.id, expiresAt: each.notAfter });
    }
    await store.transaction(async (tx) => {
      // Whoever followed the feed that is lost starts from a snapshot.
      await tx.skipChanges(lost.feedSequence);
      const denials = [...all.values()].map((each) => ({ ...each, reason: "restored" }));
      if (denials.length > 0) await tx.addDenials(denials);
      await tx.setMeta("bundle_sequence", (lost.bundleSequence + SEQUENCE_LEAP).toString());
      const event = {
        type: "backup.restored",
        outcome: "ok",
        actor: "operator",
        requestId: null,
        details: { denied: String(denials.length), lostChanges: String(lost.feedSequence) },
      } as const;
      await tx.appendAudit([auditDraft(event, new Date())]);
    });
    return all.size;
  } finally {
    await store.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
