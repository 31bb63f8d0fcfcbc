import { createPublicKey, randomBytes, verify as verifySignature } from "node:crypto";
import { cp, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditLog } from "../audit/index.ts";
import { diskKeyStore, type KeyStore } from "../ca/index.ts";
import { systemClock } from "../clock.ts";
import { parseCertificate } from "../crypto/index.ts";
import { messageOf } from "../errors.ts";
import { ExportVerifier, parseVerifier, readCheckpoint } from "../log/index.ts";
import {
  type AuthorityRecord,
  checkDatabase,
  openSqliteStore,
  type Store,
} from "../store/index.ts";
import { DATABASE_FILE, exists, KEYS_DIRECTORY } from "./backup.ts";
import { type BackupManifest, describeFiles, readManifest } from "./backup-manifest.ts";
import { LOG_KEY_FILE, logName, openLogKey } from "./log/key.ts";

/** One thing that a drill has looked at. */
export interface DrillCheck {
  readonly name: "files" | "database" | "upgrade" | "state" | "log" | "keys";
  /** `skipped`: what it needs has failed. */
  readonly outcome: "ok" | "failed" | "skipped";
  /** What was proven, or what is wrong; sentences for people. */
  readonly says: readonly string[];
}

export interface DrillReport {
  readonly directory: string;
  readonly ok: boolean;
  /** When the backup was made; undefined: it does not say. */
  readonly madeAt: Date | undefined;
  readonly checks: readonly DrillCheck[];
}

export interface DrillRequest {
  readonly directory: string;
  /** Checkpoints of the log that were kept elsewhere. */
  readonly against?: readonly string[];
  /** Where the copy is made, in a directory of its own (0700) that is gone afterwards; default: the system's. */
  readonly scratch?: string;
}

type Name = DrillCheck["name"];
const PAGE = 1000;
const MOST_SAID = 20;

/** Something that is not as it must be. */
class Failed extends Error {
  readonly says: readonly string[];

  constructor(says: readonly string[]) {
    super(says.join("; "));
    this.says = says;
  }
}

/**
 * Does with a copy of a backup what a restore would, and looks at all of it. The backup itself is only read. Never rejects for
 * what is wrong with it: the report says that.
 */
export async function verifyBackup(request: DrillRequest): Promise<DrillReport> {
  const { directory } = request;
  const scratch = await mkdtemp(join(request.scratch ?? tmpdir(), "botpass-drill-"));
  const checks: DrillCheck[] = [];
  const attempt = async (name: Name, work: () => Promise<readonly string[]>): Promise<boolean> => {
    try {
      checks.push({ name, outcome: "ok", says: await work() });
      return true;
    } catch (error) {
      const says = error instanceof Failed ? error.says : [messageOf(error)];
      checks.push({ name, outcome: "failed", says: says.slice(0, MOST_SAID) });
      return false;
    }
  };
  const skip = (...names: Name[]): void => {
    for (const name of names) checks.push({ name, outcome: "skipped", says: [] });
  };
  let manifest: BackupManifest | undefined;
  let store: Store | undefined;
  const file = join(scratch, DATABASE_FILE);
  try {
    await attempt("files", async () => {
      manifest = await readManifest(directory);
      return checkFiles(directory, manifest);
    });
    const sound = await attempt("database", async () => {
      await copyOf(directory, scratch);
      return checkPages(file);
    });
    const opened =
      sound &&
      (await attempt("upgrade", async () => {
        const { schema, currentSchema } = checkDatabase(file);
        store = await openSqliteStore({ file });
        return schema === currentSchema
          ? [`schema ${schema} is this version's`]
          : [`schema ${schema} was upgraded to ${currentSchema}`];
      }));
    if (opened && store !== undefined) {
      const open = store;
      await attempt("state", () => checkState(open, manifest));
      await attempt("log", () => checkLog(open, scratch, request.against ?? []));
      await attempt("keys", () => checkKeys(open, scratch, manifest));
    } else {
      if (!sound) skip("upgrade");
      skip("state", "log", "keys");
    }
  } finally {
    await store?.close();
    await rm(scratch, { recursive: true, force: true });
  }
  const ok = checks.every(({ outcome }) => outcome === "ok");
  return { directory, ok, madeAt: manifest?.madeAt, checks };
}

/** Nobody else can read it, and every byte is what was written. */
async function checkFiles(
  directory: string,
  manifest: BackupManifest | undefined,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = [directory, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  for (const path of paths) {
    const { mode } = await lstat(path);
    if ((mode & 0o077) !== 0)
      wrong.push(`${path} is open to others: ${(mode & 0o777).toString(8)}`);
  }
  const found = await describeFiles(directory);
  const names = Object.keys(found);
  if (manifest === undefined) {
    if (wrong.length > 0) throw new Failed(wrong);
    return [
      `${names.length} files, for their owner alone`,
      "made before backups listed their files: whether all bytes are what was written is not known",
    ];
  }
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    if (found[name] === undefined) wrong.push(`${name} is missing`);
    else if (found[name].sha256 !== sha256) wrong.push(`${name} is not what was written`);
  }
  for (const name of names) {
    if (manifest.files[name] === undefined) wrong.push(`${name} was added`);
  }
  if (wrong.length > 0) throw new Failed(wrong);
  return [`${names.length} files, for their owner alone, byte for byte what was written`];
}

async function copyOf(directory: string, scratch: string): Promise<void> {
  for (const name of [DATABASE_FILE, KEYS_DIRECTORY, LOG_KEY_FILE]) {
    const from = join(directory, name);
    if (await exists(from)) await cp(from, join(scratch, name), { recursive: true });
    else if (name === DATABASE_FILE) throw new Failed([`${from} is not there: not a backup`]);
  }
}

async function checkPages(file: string): Promise<readonly string[]> {
  const { problems } = checkDatabase(file);
  if (problems.length > 0) throw new Failed(problems);
  return ["every page, index and reference is sound"];
}

async function checkState(
  store: Store,
  manifest: BackupManifest | undefined,
): Promise<readonly string[]> {
  const trustDomain = await store.getMeta("trust_domain");
  if (trustDomain === undefined) throw new Failed(["it belongs to no trust domain"]);
  const feed = await store.feedSequence();
  const wrong: string[] = [];
  if (manifest !== undefined && manifest.trustDomain !== trustDomain) {
    wrong.push(`it is of trust domain ${trustDomain}, and says ${manifest.trustDomain}`);
  }
  if (manifest !== undefined && manifest.feedSequence !== feed) {
    wrong.push(`it holds changes up to ${feed}, and says ${manifest.feedSequence}`);
  }
  if (wrong.length > 0) throw new Failed(wrong);
  const live = await store.liveIssuances({}, systemClock.now());
  return [
    `trust domain ${trustDomain}, changes up to ${feed}, ${await countBots(store)} bots`,
    `${live.length} SVIDs that still live, which a restore denies when it goes back`,
  ];
}

async function countBots(store: Store): Promise<number> {
  let count = 0;
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Store["listBots"]>> = await store.listBots(
      {},
      { limit: PAGE, ...(after !== null && { after }) },
    );
    count += page.items.length;
    after = page.next;
  } while (after !== null);
  return count;
}

/** Every record is what was logged, from the first that is kept, and leads to each checkpoint. */
async function checkLog(
  store: Store,
  scratch: string,
  against: readonly string[],
): Promise<readonly string[]> {
  const newest = await store.newestLogCheckpoint();
  const keyFile = join(scratch, LOG_KEY_FILE);
  if (newest !== undefined && !(await exists(keyFile))) {
    throw new Failed([`${LOG_KEY_FILE}, the log's key, is not there`]);
  }
  // A database from before the log has no key yet: a restored server makes one.
  const signer = await openLogKey(keyFile, logName((await store.getMeta("trust_domain")) ?? ""));
  const faults: unknown[] = [];
  const log = new AuditLog({
    store,
    clock: systemClock,
    signer,
    intervalSeconds: 60,
    onError: (error) => void faults.push(error),
  });
  const { size } = await store.logExtent();
  // One that is newer than the backup says nothing of it.
  const elsewhere = against.filter((note) => readCheckpoint(note).size <= size);
  const notes = [...elsewhere, ...(newest === undefined ? [] : [newest.note])];
  const verifier = new ExportVerifier({ verifier: parseVerifier(signer.verifier), against: notes });
  let after = 0;
  let upTo = 0;
  do {
    const page = await log.exportPage({ after, upTo, limit: PAGE });
    for (const line of page.lines) verifier.line(line);
    upTo = page.upTo;
    after = page.next;
  } while (after > 0);
  const report = verifier.end();
  if (report.findings.length > 0) throw new Failed(report.findings.map(({ says }) => says));
  const says = [`records ${report.from} to ${report.to} are what was logged, none is missing`];
  if (newest === undefined) says.push("there is no checkpoint yet");
  else
    says.push(`the newest checkpoint, of ${newest.size} records, holds, by key ${signer.verifier}`);
  if (against.length > 0) {
    says.push(
      `${elsewhere.length} of ${against.length} checkpoints kept elsewhere are of its time, and hold`,
    );
  }
  return says;
}

/** Each authority that signs has its key, and what that signs verifies. */
async function checkKeys(
  store: Store,
  scratch: string,
  manifest: BackupManifest | undefined,
): Promise<readonly string[]> {
  const authorities = await store.listAuthorities();
  if (manifest?.keysOnDisk === false) {
    return ["keys were kept in memory: after a restore the server makes new authorities"];
  }
  if (!(await exists(join(scratch, KEYS_DIRECTORY)))) {
    throw new Failed([`${KEYS_DIRECTORY} is not there`]);
  }
  const keys = await diskKeyStore(join(scratch, KEYS_DIRECTORY));
  const now = systemClock.now();
  const wrong: string[] = [];
  const says: string[] = [];
  for (const authority of authorities) {
    const problem = await keyProblem(keys, authority);
    const what = `${authority.state} ${authority.kind} authority ${authority.id}`;
    if (problem !== undefined && authority.state !== "old") wrong.push(`${what}: ${problem}`);
    else if (problem !== undefined) says.push(`${what}: ${problem}; it signs nothing any more`);
    else says.push(`${what}: its key fits and signs`);
  }
  for (const kind of ["x509", "jwt"] as const) {
    const active = authorities.find((each) => each.kind === kind && each.state === "active");
    if (active === undefined) wrong.push(`there is no active ${kind} authority`);
    else if (active.notAfter <= now) {
      says.push(
        `the ${kind} authority ended at ${active.notAfter.toISOString()}: a restore makes a new one`,
      );
    }
  }
  if (wrong.length > 0) throw new Failed(wrong);
  return says;
}

async function keyProblem(keys: KeyStore, authority: AuthorityRecord): Promise<string | undefined> {
  const signer = await keys.open(authority.keyRef);
  if (signer === undefined) return "its key is not there";
  if (!signer.publicKeyDer.equals(authority.publicKeyDer)) return "its key is another one";
  const { certificateDer } = authority;
  if (certificateDer !== null) {
    const certified = parseCertificate(certificateDer).publicKeyDer;
    if (!certified.equals(authority.publicKeyDer)) return "its certificate is of another key";
  }
  const data = randomBytes(32);
  const key = createPublicKey({ key: authority.publicKeyDer, format: "der", type: "spki" });
  const signature = await signer.sign(data, "der");
  const digest = authority.keyType === "ec-p384" ? "sha384" : "sha256";
  return verifySignature(digest, data, key, signature)
    ? undefined
    : "what it signs does not verify";
}
