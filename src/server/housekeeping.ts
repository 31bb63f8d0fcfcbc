import { type AuditEvent, auditDraft, type Recorder } from "../audit/index.ts";
import { endBot, endEntry, type Governor } from "../bots/index.ts";
import type { Clock, Timer } from "../clock.ts";
import type { PruneResult, Store, StoreTransaction } from "../store/index.ts";
import { remindOfCampaigns } from "./admin/campaigns.ts";
import { AuditBudget, type AuditDue } from "./audit-budget.ts";

export interface HousekeepingOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly auditKeepSeconds: number;
  /** 0, the default: no bound. */
  readonly auditMaxBytes?: number;
  /** Told of what will be lost, before it is. */
  readonly onWarning?: (message: string, facts: Readonly<Record<string, number>>) => void;
  readonly governor: Governor;
  readonly onError: (error: unknown) => void;
}

const LONGEST_PAUSE_MS = 60_000;
const PRUNE_EVERY_MS = 3_600_000;
/** Rows of each kind that go in one transaction: issuance must not wait long for it. */
const PRUNED_TOGETHER = 2000;
/** How long changes stay in the feed for those who come back. */
const KEEP_CHANGES_MS = 7 * 86_400_000;
/** Reviews look back a year. */
const KEEP_USES_MS = 400 * 86_400_000;
/** How long what has expired stays, for questions. */
const KEEP_EXPIRED_MS = 30 * 86_400_000;
const POSITION_KEY = "ended_until";

/** Acts on dates: ends bots and entries whose time has come, and lets go of what is too old. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #timer: Timer | undefined;
  #stopped = false;
  readonly #budget: AuditBudget;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#budget = new AuditBudget({
      store: options.store,
      clock: options.clock,
      keepSeconds: options.auditKeepSeconds,
      maxBytes: options.auditMaxBytes ?? 0,
      onWarning: options.onWarning ?? (() => undefined),
    });
  }

  start(): void {
    this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** Looks again: a date may have changed. */
  wake(): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#run();
  }

  #run(): void {
    this.#running = this.#running
      .then(async () => {
        if (this.#stopped) return;
        await this.#endWhatIsDue();
        await this.#govern();
        await this.#prune();
        await remindOfCampaigns(this.#options, () => this.#stopped);
      })
      .catch(this.#options.onError)
      .then(() => this.#plan());
  }

  async #plan(): Promise<void> {
    if (this.#stopped) return;
    const { store, clock } = this.#options;
    const now = clock.now();
    let due = now.getTime() + LONGEST_PAUSE_MS;
    try {
      const dates = await Promise.all([
        store.nextBotEnd(now),
        store.nextEntryExpiry(now),
        store.nextBotDue(),
      ]);
      for (const date of dates) if (date !== undefined) due = Math.min(due, date.getTime());
    } catch (error) {
      this.#options.onError(error);
    }
    this.#timer?.cancel();
    this.#timer = clock.schedule(Math.max(due - now.getTime(), 1), () => this.#run());
  }

  async #endWhatIsDue(): Promise<void> {
    const { store, recorder, clock } = this.#options;
    const until = clock.now();
    const after = new Date(Number((await store.getMeta(POSITION_KEY)) ?? 0));
    const window = { after, until };
    const bots = await store.botsEnding(window);
    const entries = await store.entriesExpiring(window);
    if (bots.length === 0 && entries.length === 0) return;
    await recorder.record(async (tx) => {
      for (const bot of bots) {
        // A governed passport retires, with its other steps; another one may still be given a later date.
        if (bot.governance !== undefined) continue;
        const { denied } = await endBot(tx, bot, until);
        await note(tx, { type: "bot.ended", bot: bot.name, ...ended(denied) }, until);
      }
      for (const { id, bot } of entries) {
        const denied = await endEntry(tx, id, until);
        await tx.appendChange({ kind: "entry", key: id, data: { bot } });
        await note(tx, { type: "entry.ended", bot, entry: id, ...ended(denied) }, until);
      }
      const reached = [
        ...bots.map((each) => each.endsAt),
        ...entries.map((each) => each.expiresAt),
      ];
      const full = bots.length >= 1000 || entries.length >= 1000;
      const last = Math.min(...reached.map((each) => each?.getTime() ?? 0));
      await tx.setMeta(POSITION_KEY, String(full ? last : until.getTime()));
    });
  }

  /** Steps of passports whose stored time has come, whatever the clock did meanwhile. */
  async #govern(): Promise<void> {
    const { store, recorder, clock, governor } = this.#options;
    for (;;) {
      const now = clock.now();
      const due = await store.botsDue(now);
      if (due.length === 0 || this.#stopped) return;
      let steps = 0;
      for (const { name } of due) {
        await recorder.record(async (tx) => {
          for (const event of await governor.takeSteps(tx, name, now)) {
            const base = { actor: "botpass", requestId: null, outcome: "ok" } as const;
            await note(tx, { ...event, ...base }, now);
            steps += 1;
          }
        });
      }
      if (steps === 0) return;
    }
  }

  async #prune(): Promise<void> {
    const { clock } = this.#options;
    if (clock.monotonicMs() - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = clock.monotonicMs();
    const due = await this.#budget.due();
    for (;;) {
      const { auditUpTo, ...gone } = await this.#pruneSome(due);
      if (this.#stopped || Object.values(gone).every((rows) => rows < PRUNED_TOGETHER)) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #pruneSome(due: AuditDue | undefined): Promise<PruneResult> {
    const { store, clock } = this.#options;
    const at = clock.now();
    const now = at.getTime();
    const expired = new Date(now - KEEP_EXPIRED_MS);
    return store.transaction(async (tx) => {
      const gone = await tx.prune({
        issuancesExpiredBefore: expired,
        // An hour more than the clocks of services may differ.
        denialsExpiredBefore: new Date(now - 3_600_000),
        tokensExpiredBefore: expired,
        // A day more: a clock that was set back must not let a token in again.
        idTokenUsesExpiredBefore: new Date(now - 86_400_000),
        instancesEndedBefore: expired,
        usesBefore: new Date(now - KEEP_USES_MS).toISOString().slice(0, 10),
        changesBefore: new Date(now - KEEP_CHANGES_MS),
        ...(due && { auditBefore: due.before, auditUpTo: due.upTo }),
        limit: PRUNED_TOGETHER,
      });
      if (gone.audit === 0) return gone;
      // Whoever verifies the log can tell this from records that somebody took out.
      const details = {
        upTo: String(gone.auditUpTo),
        records: String(gone.audit),
        reason: gone.auditUpTo <= (due?.upTo ?? 0) ? "size" : "age",
      };
      const event = {
        type: "audit.pruned",
        actor: "botpass",
        requestId: null,
        outcome: "ok",
      } as const;
      await note(tx, { ...event, details }, at);
      return gone;
    });
  }
}

function ended(denied: number) {
  return {
    actor: "botpass",
    requestId: null,
    outcome: "ok",
    details: { denied: String(denied) },
  } as const;
}

async function note(tx: StoreTransaction, event: AuditEvent, now: Date): Promise<void> {
  await tx.appendAudit([auditDraft(event, now)]);
}
