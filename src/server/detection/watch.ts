import { setImmediate as nextTurn } from "node:timers/promises";
import { auditDraft, type Recorder } from "../../audit/index.ts";
import type { Clock, Timer } from "../../clock.ts";
import {
  Detection,
  type EventFormat,
  type Finding,
  type FindingEvent,
  formatFinding,
  type Observation,
  observationOf,
  type UsageReport,
  usageObservation,
} from "../../detection/index.ts";
import type {
  AppendedAudit,
  AuditRecord,
  FindingRecord,
  Store,
  StoreTransaction,
} from "../../store/index.ts";
import { VERSION } from "../version.ts";
import type { PassportExpectations } from "./expectations.ts";

export interface DetectionWatchOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly expectations: PassportExpectations;
  readonly trustDomain: string;
  readonly format: EventFormat;
  /** Names of the webhooks that are told. */
  readonly webhooks: readonly string[];
  /** Findings older than this are let go. */
  readonly keepSeconds: number;
  /** Told of each finding when it is on disk. @param text the finding in the format of the configuration. */
  readonly onFinding: (finding: FindingRecord, text: string) => void;
  /** Told when a webhook's queue was full, and its oldest delivery went. */
  readonly onDropped: (webhook: string) => void;
  readonly onError: (error: unknown) => void;
}

/** How long after something was recorded it is read, or what was found in it told: what comes in meanwhile goes along. */
const DELAY_MS = 1000;
/** After a failure it is twice as long each time, a minute at most. */
const LONGEST_DELAY_MS = 60_000;
/** Records that are looked at in one turn of the event loop, which issuance needs too. */
const PAGE = 200;
/** Records before the position that are read again at the start, so that the detectors know what was usual. */
const REMEMBER = 20_000;
const POSITION_KEY = "detection_until";
/** The position is written with a finding, and else once in so many records. */
const SAVE_EVERY = 10_000;
const MOST_QUEUED = 10_000;
/** Records that wait in memory to be looked at. When there are more they are read from the store. */
const MOST_FRESH = 10_000;
const MOST_FINDINGS = 100_000;
const PRUNE_AT_ONCE = 1000;

/**
 * Follows the audit and lets the detectors look at it. What is recorded while it is up to date comes from the commit, in memory;
 * what it has missed is read from the store, at its own pace. Issuance never waits for it.
 */
export class DetectionWatch {
  readonly #options: DetectionWatchOptions;
  readonly #detection: Detection;
  #position = 0;
  #saved = 0;
  #timer: Timer | undefined;
  #stopped = true;
  #running: Promise<void> = Promise.resolve();
  #usage: UsageReport[] = [];
  /** What was committed since it was looked at last, without gaps. */
  #fresh: AppendedAudit[] = [];
  #unfollow: () => void = () => undefined;
  /** What was found and could not be written yet. */
  #found: Finding[] = [];
  #failures = 0;

  constructor(options: DetectionWatchOptions) {
    this.#options = options;
    this.#detection = new Detection(options.expectations);
  }

  /** Remembers what was before, and then follows. What came in while no server ran is looked at too. */
  async start(): Promise<void> {
    const { store, onError } = this.#options;
    const known = await store.getMeta(POSITION_KEY);
    this.#position = known === undefined ? await store.auditSequence() : Number(known);
    this.#saved = known === undefined ? -1 : this.#position;
    this.#stopped = false;
    await this.#save();
    this.#running = this.#remember().catch(onError);
    this.#unfollow = store.onAppended((records) => this.#appended(records));
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unfollow();
    this.#timer?.cancel();
    await this.#running;
    await this.#save();
  }

  /** Something may have been recorded. */
  wake(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    const delayMs = Math.min(DELAY_MS * 2 ** this.#failures, LONGEST_DELAY_MS);
    this.#timer = this.#options.clock.schedule(delayMs, () => {
      this.#timer = undefined;
      this.#running = this.#running
        .then(() => this.#read())
        .then(() => {
          this.#failures = 0;
        })
        .catch((error: unknown) => {
          this.#failures += 1;
          this.#options.onError(error);
          this.wake();
        });
    });
  }

  /** A service has reported who called it; looked at with what is recorded next. */
  used(report: UsageReport): void {
    if (this.#usage.length >= MOST_QUEUED) this.#usage.shift();
    this.#usage.push(report);
    this.wake();
  }

  #appended(records: readonly AppendedAudit[]): void {
    const isFirst = this.#fresh.length === 0;
    for (const each of records) this.#fresh.push(each);
    if (this.#fresh.length > MOST_FRESH) {
      this.#fresh = [];
      // From the position on it is missing, and so it is read.
      this.wake();
      return;
    }
    if (!isFirst) return;
    this.#running = this.#running
      .then(() => this.#look())
      .catch((error: unknown) => {
        this.#options.onError(error);
        this.wake();
      });
  }

  /** Looks at what was committed, if nothing before it is to be read or told first. */
  async #look(): Promise<void> {
    // What was read from the store meanwhile is no news.
    const fresh = this.#fresh.filter(({ sequence }) => sequence > this.#position);
    this.#fresh = [];
    if (fresh.length === 0) return;
    const isBehind = fresh[0]?.sequence !== this.#position + 1;
    if (this.#stopped || isBehind || this.#failures > 0) return this.wake();
    const seen = this.#parsed(fresh, ({ sequence, draft }) =>
      observationOf({ ...draft, sequence }, () => draft.bytes(sequence)),
    );
    this.#found.push(...(await this.#observe(seen)));
    this.#position = fresh.at(-1)?.sequence ?? this.#position;
    if (this.#found.length > 0) this.wake();
  }

  async #remember(): Promise<void> {
    const { store } = this.#options;
    let after = Math.max(this.#position - REMEMBER, 0);
    while (after < this.#position && !this.#stopped) {
      const records = await store.listAudit({ afterSequence: after, limit: PAGE });
      const before = records.filter(({ sequence }) => sequence <= this.#position);
      await this.#observe(this.#parsed(before, ofRecord));
      after = records.at(-1)?.sequence ?? this.#position;
      await nextTurn();
    }
  }

  async #read(): Promise<void> {
    const { store } = this.#options;
    for (;;) {
      if (this.#found.length > 0) await this.#tell();
      if (this.#stopped) return;
      const records = await store.listAudit({ afterSequence: this.#position, limit: PAGE });
      const reports = this.#usage.slice(0, PAGE);
      const seen = [...this.#parsed(records, ofRecord), ...reports.map(usageObservation)];
      // From here on these records count as seen, and what was found in them waits until it is on disk.
      const found = await this.#observe(seen);
      this.#usage = this.#usage.slice(reports.length);
      this.#found.push(...found);
      this.#position = records.at(-1)?.sequence ?? this.#position;
      if (this.#found.length > 0) await this.#tell();
      else if (this.#position - this.#saved >= SAVE_EVERY) await this.#save();
      if (records.length < PAGE && this.#usage.length === 0) return;
      await nextTurn();
    }
  }

  /** A record that somebody has spoilt is told of, and hides no other. */
  #parsed<T>(records: readonly T[], parse: (record: T) => Observation): Observation[] {
    const parsed: Observation[] = [];
    for (const record of records) {
      try {
        parsed.push(parse(record));
      } catch (error) {
        this.#options.onError(error);
      }
    }
    return parsed;
  }

  async #observe(seen: readonly Observation[]): Promise<readonly Finding[]> {
    // What it wrote itself is no news.
    const news = seen.filter(({ type }) => !type.startsWith("detection."));
    await this.#options.expectations.load(news);
    const found: Finding[] = [];
    for (const each of news) {
      try {
        found.push(...this.#detection.observe(each));
      } catch (error) {
        // One whose bytes were asked for only now.
        this.#options.onError(error);
      }
    }
    return found;
  }

  /** In one transaction: the findings, their audit records, who is to be told, and how far the audit was read. */
  async #tell(): Promise<void> {
    const { recorder, clock, webhooks, keepSeconds } = this.#options;
    const dropped = new Set<string>();
    const now = clock.now();
    const found = this.#found;
    const upTo = this.#position;
    const told = await recorder.record(async (tx) => {
      const records: FindingRecord[] = [];
      for (const finding of found) {
        const record = await tx.addFinding(finding);
        records.push(record);
        await note(tx, record, now);
        for (const webhook of webhooks) {
          const delivery = { findingId: record.id, webhook, createdAt: now, dueAt: now };
          if (await tx.addDelivery(delivery, MOST_QUEUED)) dropped.add(webhook);
        }
      }
      await tx.setMeta(POSITION_KEY, String(upTo));
      const before = new Date(now.getTime() - keepSeconds * 1000);
      await tx.pruneFindings({ before, most: MOST_FINDINGS, limit: PRUNE_AT_ONCE });
      return records;
    });
    this.#found = [];
    this.#saved = upTo;
    for (const record of told) this.#options.onFinding(record, this.format(record).text);
    for (const webhook of dropped) this.#options.onDropped(webhook);
  }

  /** A finding in the format of the configuration. */
  format(finding: FindingRecord): ReturnType<typeof formatFinding> {
    const { trustDomain, format } = this.#options;
    const { id, at, detector, severity, bot, instance, summary, facts, evidence } = finding;
    const told = { id, at, detector, severity, bot, instance, summary, facts, evidence };
    const event: FindingEvent = { ...told, trustDomain, version: VERSION };
    return formatFinding(event, format);
  }

  async #save(): Promise<void> {
    // A position that is ahead of what is written would lose it.
    if (this.#saved === this.#position || this.#found.length > 0) return;
    const position = this.#position;
    await this.#options.store.transaction((tx) => tx.setMeta(POSITION_KEY, String(position)));
    this.#saved = position;
  }
}

function ofRecord(record: AuditRecord): Observation {
  return observationOf(record, () => record.bytes);
}

async function note(tx: StoreTransaction, finding: FindingRecord, now: Date): Promise<void> {
  const { id, detector, severity, bot, instance, summary, facts, evidence } = finding;
  const event = {
    type: "detection.finding",
    outcome: "ok",
    bot,
    instance,
    details: {
      ...facts,
      finding: String(id),
      detector,
      severity,
      summary,
      records: evidence.join(" "),
    },
  } as const;
  await tx.appendAudit([auditDraft(event, now)]);
}
