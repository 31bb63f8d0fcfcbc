import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type AuditEvent, auditDraft } from "../audit/index.ts";
import type { Clock, Timer } from "../clock.ts";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";
import type { Store } from "../store/index.ts";

export interface BackupScheduleOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Made (0700) when it does not exist. */
  readonly directory: string;
  readonly everySeconds: number;
  /** So many are kept; older ones go when a new one is there. */
  readonly keep: number;
  /** Makes one, whole or not at all. */
  readonly make: (directory: string) => Promise<{ readonly bytes: number }>;
  readonly onError: (error: unknown) => void;
}

const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;
/** Timers do not reach further, lest a clock that is set leave a backup out. */
const LONGEST_PAUSE_MS = 600_000;
const NAME = /^botpass-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** What a crash has left of one that was made, or removed. */
const REMAINS = /^botpass-\d{8}T\d{6}Z\.(partial-[0-9a-f]{8}|removing)$/;

/** Name of the backup of an instant: `botpass-20300131T120000Z`. */
export function backupName(at: Date): string {
  return `botpass-${at.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** The instant of a backup's name; undefined: it is another name. */
export function backupInstant(name: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  if (year === undefined) return undefined;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/**
 * Makes backups by itself. When the next one is due follows from those that are there, so that one that was missed
 * while no server ran is made soon after the start. What fails is recorded, and tried again.
 */
export class BackupSchedule {
  readonly #options: BackupScheduleOptions;
  #timer: Timer | undefined;
  #stopped = false;
  #failures = 0;
  #retryAt = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: BackupScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#run();
  }

  /** Waits for one that is being made. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #run(): void {
    this.#running = this.#look()
      .catch(this.#options.onError)
      .then(() => this.#plan())
      .catch(this.#options.onError);
  }

  async #plan(): Promise<void> {
    if (this.#stopped) return;
    const { clock } = this.#options;
    const now = clock.now().getTime();
    const due = this.#failures > 0 ? this.#retryAt : await this.#dueAt(now).catch(() => now);
    const delay = Math.min(Math.max(due - now, 1000), LONGEST_PAUSE_MS);
    this.#timer = clock.schedule(delay, () => this.#run());
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    const { clock, directory } = this.#options;
    const now = clock.now();
    if (this.#failures > 0 && now.getTime() < this.#retryAt) return;
    try {
      await prepare(directory);
      const due = (await this.#dueAt(now.getTime())) <= now.getTime();
      if (due) await this.#make(now);
      this.#failures = 0;
      if (!due) return;
    } catch (error) {
      await this.#failed(error, now);
      return;
    }
    await this.#removeOld(now);
  }

  async #make(now: Date): Promise<void> {
    const directory = join(this.#options.directory, backupName(now));
    const { bytes } = await this.#options.make(directory);
    const details = { directory, bytes: String(bytes), scheduled: "true" };
    await this.#note({ type: "backup.made", outcome: "ok", details });
  }

  /** Told at once, and on record where that still goes. */
  async #failed(error: unknown, now: Date): Promise<void> {
    const { everySeconds, directory, onError } = this.#options;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#retryAt = now.getTime() + Math.min(pause, everySeconds * 1000);
    this.#failures += 1;
    const reason = messageOf(error);
    onError(new IssuerError(errorCodeOf(error), `backup failed: ${reason}`, { cause: error }));
    const details = { directory, reason, retryAt: new Date(this.#retryAt).toISOString() };
    await this.#note({
      type: "backup.failed",
      outcome: "failed",
      code: errorCodeOf(error),
      details,
    });
  }

  async #removeOld(now: Date): Promise<void> {
    const { directory, keep } = this.#options;
    const names = await this.#made(now.getTime());
    for (const name of names.slice(0, Math.max(names.length - keep, 0))) {
      const path = join(directory, name);
      // Its name goes first: half of one must not look like one.
      await rename(path, `${path}.removing`);
      await rm(`${path}.removing`, { recursive: true });
      await this.#note({ type: "backup.removed", outcome: "ok", details: { directory: path } });
    }
  }

  async #dueAt(now: number): Promise<number> {
    const newest = (await this.#made(now)).at(-1);
    if (newest === undefined) return now;
    return instantMs(newest) + this.#options.everySeconds * 1000;
  }

  /** Names of those that there are, the oldest first; not those of a future that the clock was in. */
  async #made(now: number): Promise<readonly string[]> {
    const names = await readdir(this.#options.directory);
    return names.filter((name) => instantMs(name) <= now).sort();
  }

  async #note(event: AuditEvent): Promise<void> {
    const { store, clock } = this.#options;
    const draft = auditDraft({ ...event, actor: "botpass", requestId: null }, clock.now());
    await store.transaction((tx) => tx.appendAudit([draft]));
  }
}

/** Infinity of what is no backup's name. */
function instantMs(name: string): number {
  return backupInstant(name)?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** Makes the directory, and clears away what a crash has left. */
async function prepare(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (!(await stat(directory)).isDirectory()) throw new Error("it is no directory");
    for (const name of await readdir(directory)) {
      if (REMAINS.test(name)) await rm(join(directory, name), { recursive: true });
    }
  } catch (cause) {
    const message = `backup.directory ${directory}: ${messageOf(cause)}`;
    throw new IssuerError("STORE_UNAVAILABLE", message, { cause });
  }
}
