import { auditDraft, type Recorder } from "../../audit/index.ts";
import type { Clock, Timer } from "../../clock.ts";
import {
  Detection,
  type EventFormat,
  type Expectations,
  type Finding,
  type FindingEvent,
  formatFinding,
  type Observation,
  observationOf,
  type UsageReport,
  usageObservation,
} from "../../detection/index.ts";
import type { FindingRecord, Store, StoreTransaction } from "../../store/index.ts";
import { VERSION } from "../version.ts";

export interface DetectionWatchOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly expectations: Expectations;
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

/** How long after something was recorded it is looked at: what comes in meanwhile is read with it. */
const DELAY_MS = 1000;
const PAGE = 1000;
/** Records before the position that are read again at the start, so that the detectors know what was usual. */
const REMEMBER = 20_000;
const POSITION_KEY = "detection_until";
/** The position is written with a finding, and else once in so many records. */
const SAVE_EVERY = 10_000;
const MOST_QUEUED = 10_000;
const PRUNE_AT_ONCE = 1000;

/** Follows the audit and lets the detectors look at it. Issuance never waits for it, and it reads at its own pace. */
export class DetectionWatch {
  readonly #options: DetectionWatchOptions;
  readonly #detection: Detection;
  #position = 0;
  #saved = 0;
  #timer: Timer | undefined;
  #stopped = true;
  #running: Promise<void> = Promise.resolve();
  #usage: UsageReport[] = [];

  constructor(options: DetectionWatchOptions) {
    this.#options = options;
    this.#detection = new Detection(options.expectations);
  }

  /** Remembers what was before. What came in while no server ran is looked at then. */
  async start(): Promise<void> {
    const { store } = this.#options;
    const known = await store.getMeta(POSITION_KEY);
    this.#position = known === undefined ? await store.auditSequence() : Number(known);
    this.#saved = known === undefined ? -1 : this.#position;
    let after = Math.max(this.#position - REMEMBER, 0);
    while (after < this.#position) {
      const records = await store.listAudit({ afterSequence: after, limit: PAGE });
      for (const { sequence, bytes } of records) {
        if (sequence <= this.#position) this.#detection.observe(observationOf(bytes));
      }
      if (records.length < PAGE) break;
      after = records.at(-1)?.sequence ?? this.#position;
    }
    this.#stopped = false;
    await this.#save();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#save();
  }

  /** Something may have been recorded. */
  wake(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    this.#timer = this.#options.clock.schedule(DELAY_MS, () => {
      this.#timer = undefined;
      this.#running = this.#running.then(() => this.#read()).catch(this.#options.onError);
    });
  }

  /** A service has reported who called it; looked at with what is recorded next. */
  used(report: UsageReport): void {
    if (this.#usage.length >= MOST_QUEUED) this.#usage.shift();
    this.#usage.push(report);
    this.wake();
  }

  async #read(): Promise<void> {
    const { store } = this.#options;
    for (;;) {
      if (this.#stopped) return;
      const records = await store.listAudit({ afterSequence: this.#position, limit: PAGE });
      const reports = this.#usage.splice(0).map(usageObservation);
      const findings = [...records.map(({ bytes }) => observationOf(bytes)), ...reports].flatMap(
        (each) => this.#observe(each),
      );
      const upTo = records.at(-1)?.sequence ?? this.#position;
      if (findings.length > 0) await this.#tell(findings, upTo);
      this.#position = upTo;
      if (upTo - this.#saved >= SAVE_EVERY) await this.#save();
      if (records.length < PAGE) return;
    }
  }

  #observe(observation: Observation): readonly Finding[] {
    // What it wrote itself is no news.
    if (observation.type.startsWith("detection.")) return [];
    return this.#detection.observe(observation);
  }

  /** In one transaction: the findings, their audit records, who is to be told, and how far the audit was read. */
  async #tell(findings: readonly Finding[], upTo: number): Promise<void> {
    const { recorder, clock, webhooks, keepSeconds } = this.#options;
    const dropped = new Set<string>();
    const now = clock.now();
    const told = await recorder.record(async (tx) => {
      const records: FindingRecord[] = [];
      for (const finding of findings) {
        const record = await tx.addFinding(finding);
        records.push(record);
        await note(tx, record, now);
        for (const webhook of webhooks) {
          const delivery = { findingId: record.id, webhook, createdAt: now, dueAt: now };
          if (await tx.addDelivery(delivery, MOST_QUEUED)) dropped.add(webhook);
        }
      }
      await tx.setMeta(POSITION_KEY, String(upTo));
      await tx.pruneFindings(new Date(now.getTime() - keepSeconds * 1000), PRUNE_AT_ONCE);
      return records;
    });
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
    if (this.#saved === this.#position) return;
    const position = this.#position;
    await this.#options.store.transaction((tx) => tx.setMeta(POSITION_KEY, String(position)));
    this.#saved = position;
  }
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
