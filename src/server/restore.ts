import { chmod, cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AuditEvent, AuditLog, auditDraft } from "../audit/index.ts";
import { MAX_X509_TTL_SECONDS, POLICIES_KEY, retireBot, suspendBot } from "../bots/index.ts";
import { systemClock } from "../clock.ts";
import { errorCodeOf, IssuerError } from "../errors.ts";
import {
  type CarriedOver,
  carryOver,
  type DirectoryLock,
  type IssuanceRecord,
  type LogHandoverRecord,
  lockDataDirectory,
  openSqliteStore,
  reopenTokens,
  type Store,
  type StoreTransaction,
} from "../store/index.ts";
import { DATABASE_FILE, exists, flush, KEYS_DIRECTORY } from "./backup.ts";
import { LOG_KEY_FILE, LogKeyFile, logName, openLogKey } from "./log/key.ts";

export interface RestoreRequest {
  /** A directory that backup made. */
  readonly from: string;
  readonly dataDir: string;
  /** Goes back behind what the data directory, or `lost`, holds now. */
  readonly acceptRollback: boolean;
  /** The data directory that is given up, when another one takes its place; it is read, and upgraded if it is older. */
  readonly lost?: string;
}

export interface RestoreResult {
  readonly rolledBack: boolean;
  /** SVIDs that are denied now. */
  readonly denied: number;
  /** SVIDs that were issued after the backup; each is in the audit as `svid.lost`. undefined: nobody knows. */
  readonly issuedAfter?: number;
  /**
   * Set when nothing is left of what was there: SVIDs that were issued after the backup are not known, and cannot be denied one
   * by one. At this instant the last of them has ended.
   */
  readonly unknownUntil?: Date;
  /** What was there knew; undefined when nothing of it is left. */
  readonly carried?: CarriedOver;
  /** Set when the log had handed over its key since the backup. */
  readonly logKey?: RestoredLogKey;
}

/** The key of the backup was out of use: it hands the log over to a new one at once. */
export interface RestoredLogKey {
  /** The key of the log that is given up: name+hash+base64. */
  readonly lost: string;
  /** The backup's. */
  readonly restored: string;
  /** The one that signs from now on; the backup's, when its log is not what it was, and nothing is signed over it. */
  readonly present: string;
}

/** Far enough that no bundle and no change of the time that is lost had a higher number. */
const LEAP = 1_000_000;
/** Records of one transaction. */
const TOGETHER = 500;

/**
 * Puts a backup in the place of a data directory, while no server runs on it. Going back denies all SVIDs that either
 * database knows, moves the bundle's sequence ahead, and brings over what must not be undone. Where nothing is left of what
 * was there, the same is done with what the backup knows.
 * @throws IssuerError WRONG_STATE when a server runs, or the backup is older and that was not accepted; REQUEST_INVALID.
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoreResult> {
  const { from, dataDir, acceptRollback } = request;
  if (!(await exists(join(from, DATABASE_FILE)))) {
    throw new IssuerError("REQUEST_INVALID", `${from} holds no ${DATABASE_FILE}: not a backup`);
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const locks: DirectoryLock[] = [lockDataDirectory(dataDir)];
  const scratch = join(dataDir, "restoring");
  try {
    const lostFile = await findLost(request, locks);
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { mode: 0o700 });
    // All is prepared beside what is there, and then takes its place.
    await copyInto(from, scratch);
    const file = join(scratch, DATABASE_FILE);
    const lost = lostFile === undefined ? undefined : await readState(lostFile);
    const backup = await readState(file);
    if (lost?.trustDomain !== undefined && lost.trustDomain !== backup.trustDomain) {
      const message = `backup is of trust domain ${backup.trustDomain}, not ${lost.trustDomain}`;
      throw new IssuerError("WRONG_STATE", message);
    }
    // What was issued since is no change, and a record.
    const rolledBack =
      lost === undefined ||
      lost.feedSequence > backup.feedSequence ||
      lost.auditSequence > backup.auditSequence;
    if (lost !== undefined && rolledBack && !acceptRollback) {
      const message =
        `backup is older (change ${backup.feedSequence}, record ${backup.auditSequence}) than the data directory ` +
        `(change ${lost.feedSequence}, record ${lost.auditSequence}): accept the rollback to restore it`;
      throw new IssuerError("WRONG_STATE", message);
    }
    const done = rolledBack
      ? await goBack(file, backup, lostFile, lost)
      : { rolledBack, denied: 0 };
    const logKey = await replaceOldLogKey(scratch, backup, lost);
    const result = logKey === undefined ? done : { ...done, logKey };
    await takePlace(scratch, dataDir);
    return result;
  } finally {
    await rm(scratch, { recursive: true, force: true });
    for (const lock of locks) lock.release();
  }
}

/** The database that is given up; undefined: there is none. */
async function findLost(
  { dataDir, lost }: RestoreRequest,
  locks: DirectoryLock[],
): Promise<string | undefined> {
  const own = join(dataDir, DATABASE_FILE);
  const inPlace = await exists(own);
  if (lost === undefined) return inPlace ? own : undefined;
  if (inPlace) {
    const message = `${dataDir} holds a state itself: another one that is lost goes with an empty directory`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  const file = join(lost, DATABASE_FILE);
  if (!(await exists(file))) {
    throw new IssuerError("REQUEST_INVALID", `${lost} holds no ${DATABASE_FILE}`);
  }
  // A server that still runs there would go on beside the restored one.
  locks.push(lockDataDirectory(lost));
  return file;
}

interface State {
  readonly trustDomain: string | undefined;
  readonly feedSequence: number;
  readonly bundleSequence: bigint;
  readonly auditSequence: number;
  readonly live: readonly IssuanceRecord[];
  readonly handovers: readonly LogHandoverRecord[];
}

async function readState(file: string): Promise<State> {
  return withStore(file, async (store) => ({
    trustDomain: await store.getMeta("trust_domain"),
    feedSequence: await store.feedSequence(),
    bundleSequence: BigInt((await store.getMeta("bundle_sequence")) ?? "0"),
    auditSequence: await store.auditSequence(),
    live: await store.liveIssuances({}, new Date()),
    handovers: await store.logHandovers(),
  }));
}

async function withStore<T>(file: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ file });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const NAMES = [DATABASE_FILE, KEYS_DIRECTORY, LOG_KEY_FILE];

async function copyInto(from: string, scratch: string): Promise<void> {
  for (const name of NAMES) {
    if (await exists(join(from, name))) {
      await cp(join(from, name), join(scratch, name), { recursive: true });
      await chmod(join(scratch, name), name === KEYS_DIRECTORY ? 0o700 : 0o600);
    }
  }
}

async function takePlace(scratch: string, dataDir: string): Promise<void> {
  // What was there was opened and closed: nothing of it is in a log of writes any more.
  for (const suffix of ["-wal", "-shm"]) {
    await rm(join(dataDir, DATABASE_FILE + suffix), { force: true });
  }
  for (const name of NAMES) {
    if (!(await exists(join(scratch, name)))) continue;
    await flushAll(join(scratch, name));
    if (name === KEYS_DIRECTORY) await rm(join(dataDir, name), { recursive: true, force: true });
    await rename(join(scratch, name), join(dataDir, name));
  }
  await flush(dataDir);
}

async function flushAll(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) {
    for (const name of await readdir(path)) await flushAll(join(path, name));
  }
  await flush(path);
}

/**
 * Where the log that is given up had handed its key over since the backup, the key of the backup was out of use, and its hand-over was
 * over records that are gone. It signs one thing more: that another new key comes after it.
 */
async function replaceOldLogKey(
  dataDir: string,
  backup: State,
  lost: State | undefined,
): Promise<RestoredLogKey | undefined> {
  const last = lost?.handovers.at(-1);
  if (last === undefined || backup.handovers.some(({ note }) => note === last.note)) {
    return undefined;
  }
  const name = logName(backup.trustDomain ?? "");
  const signer = await openLogKey(join(dataDir, LOG_KEY_FILE), name);
  const keys = { lost: last.verifier, restored: signer.verifier };
  return withStore(join(dataDir, DATABASE_FILE), async (store) => {
    const options = { store, clock: systemClock, signer, intervalSeconds: 60 };
    const log = new AuditLog({ ...options, onError: () => undefined });
    const reason = `a backup was restored from before the hand-over to ${last.verifier}`;
    try {
      await new LogKeyFile({ dataDir, name, log }).rotate((work) =>
        store.transaction((tx) => {
          const now = new Date();
          return work(tx, now, (details) =>
            note(
              tx,
              [{ type: "log.key_rotated", outcome: "ok", details: { ...details, reason } }],
              now,
            ),
          );
        }),
      );
    } catch (error) {
      // A log that is not what it was is restored all the same, and no key signs over it.
      if (errorCodeOf(error) !== "LOG_INCONSISTENT") throw error;
    }
    return { ...keys, present: log.verifier };
  });
}

async function goBack(
  file: string,
  backup: State,
  lostFile: string | undefined,
  lost: State | undefined,
): Promise<RestoreResult> {
  const now = new Date();
  const ends = new Date(now.getTime() + MAX_X509_TTL_SECONDS * 1000);
  const opening = { now, until: ends };
  const carried = lostFile === undefined ? undefined : carryOver(file, lostFile, opening);
  const reopened = carried?.reopenedTokens ?? reopenTokens(file, opening);
  const bundleSequence = (lost ?? backup).bundleSequence + BigInt(LEAP);
  const changes = lost?.feedSequence ?? backup.feedSequence + LEAP;
  const keyFile = join(dirname(file), LOG_KEY_FILE);
  const logKey = (await exists(keyFile))
    ? (await openLogKey(keyFile, logName(backup.trustDomain ?? ""))).verifier
    : undefined;
  return withStore(file, async (store) => {
    if (carried !== undefined) await store.transaction((tx) => stopAgain(tx, carried, now));
    const all = new Map([...backup.live, ...(lost?.live ?? [])].map((each) => [each.id, each]));
    const after =
      lostFile === undefined ? undefined : await noteLost(store, lostFile, backup, all, now);
    await store.transaction(async (tx) => {
      // Whoever followed the feed that is lost starts from a snapshot.
      await tx.skipChanges(changes);
      const denials = [...all.values()].map(({ id, kind, notAfter }) => ({
        kind: kind === "x509" ? ("serial" as const) : ("jti" as const),
        value: id,
        expiresAt: notAfter,
        reason: "restored",
      }));
      if (denials.length > 0) await tx.addDenials(denials);
      await tx.setMeta("bundle_sequence", bundleSequence.toString());
      // Owners may be gone by what was carried over: the next start looks at all passports.
      await tx.setMeta(POLICIES_KEY, undefined);
      const details = {
        denied: String(denials.length),
        lostChanges: String(lost?.feedSequence ?? "unknown"),
        issuedAfter: after === undefined ? "unknown" : String(after),
        reopenedTokens: String(reopened),
        ...(logKey === undefined ? {} : { logKey }),
        ...summaryOf(carried),
      };
      await note(tx, [{ type: "backup.restored", outcome: "ok", details }], now);
    });
    return {
      rolledBack: true,
      denied: all.size,
      ...(after === undefined ? { unknownUntil: ends } : { issuedAfter: after }),
      ...(carried && { carried }),
    };
  });
}

/** Ends what bots hold that were stopped since, and puts on record whom less is allowed than the backup says. */
async function stopAgain(tx: StoreTransaction, carried: CarriedOver, now: Date): Promise<void> {
  const by = { by: "restore" };
  const events: AuditEvent[] = [];
  for (const { name, state } of carried.stoppedBots) {
    await (state === "retired" ? retireBot : suspendBot)(tx, name, now);
    events.push({ type: `bot.${state}`, outcome: "ok", bot: name, details: by });
  }
  for (const name of carried.operators) {
    events.push({ type: "operator.removed", outcome: "ok", details: { name, ...by } });
  }
  for (const { name, before, roles } of carried.reducedOperators) {
    const details = { name, roles: roles.join(" "), before: before.join(" "), ...by };
    events.push({ type: "operator.roles_set", outcome: "ok", details });
  }
  await note(tx, events, now);
}

/**
 * Puts what was issued after the backup on record, so that none of it is unexplained.
 * @returns how many SVIDs that were.
 */
async function noteLost(
  store: Store,
  lostFile: string,
  backup: State,
  denied: ReadonlyMap<string, IssuanceRecord>,
  now: Date,
): Promise<number> {
  return withStore(lostFile, async (lost) => {
    let noted = 0;
    let afterSequence = backup.auditSequence;
    for (;;) {
      const page = await lost.listAudit({ type: "svid.issued", afterSequence, limit: TOGETHER });
      const events = page.map(
        ({ bot, serial, instanceId, bytes }): AuditEvent => ({
          type: "svid.lost",
          outcome: "ok",
          bot: bot ?? "",
          serial: serial ?? "",
          instance: instanceId,
          // The record itself, as it was: it tells who, by which evidence, and until when.
          details: { record: bytes, denied: String(denied.has(serial ?? "")) },
        }),
      );
      if (events.length > 0) await store.transaction((tx) => note(tx, events, now));
      noted += events.length;
      if (page.length < TOGETHER) return noted;
      afterSequence = page.at(-1)?.sequence ?? afterSequence;
    }
  });
}

async function note(tx: StoreTransaction, events: readonly AuditEvent[], now: Date): Promise<void> {
  const who = { actor: "operator", requestId: null } as const;
  await tx.appendAudit(events.map((event) => auditDraft({ ...event, ...who }, now)));
}

/** Names in one text, so many at most. */
const MOST_NAMED = 200;

function summaryOf(carried: CarriedOver | undefined): Record<string, string> {
  if (carried === undefined) return {};
  const named = (names: readonly string[]): string => {
    const more = names.length - MOST_NAMED;
    return names.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  };
  const { reducedOperators, stoppedBots } = carried;
  return {
    operators: carried.operators.join(" "),
    reducedOperators: named(reducedOperators.map(({ name }) => name)),
    stoppedBots: named(stoppedBots.map(({ name }) => name)),
    shortened: named(carried.shortened),
    revivedBots: named(carried.revivedBots),
    revertedBots: named(carried.revertedBots),
    revivedEntries: named(carried.revivedEntries),
    revertedEntries: named(carried.revertedEntries),
    revivedAuthorities: named(carried.revivedAuthorities),
    missingBots: named(carried.missingBots),
    tokens: String(carried.tokens),
    idTokens: String(carried.idTokens),
    bans: String(carried.bans),
    instances: String(carried.instances),
  };
}
