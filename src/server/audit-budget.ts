import { type AuditEvent, auditDraft } from "../audit/index.ts";
import type { Clock } from "../clock.ts";
import type { Store, StoreTransaction } from "../store/index.ts";

export interface AuditBudgetOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly keepSeconds: number;
  /** 0: no bound. */
  readonly maxBytes: number;
  readonly onWarning: (message: string, facts: Readonly<Record<string, number>>) => void;
}

/** What may go now; undefined: nothing. */
export interface AuditDue {
  readonly before: Date;
  /** Records up to this sequence go because of their size; 0: none. */
  readonly upTo: number;
}

interface Policy {
  readonly keep: number;
  readonly max: number;
  /** From this instant on it is acted on, in Unix milliseconds. */
  readonly from: number;
}

const POLICY_KEY = "audit_budget";
/** A bound that was made narrower is acted on after this time, so that nobody loses records by a slip of the pen. */
const GRACE_MS = 86_400_000;
/** From this part of the budget on it is said that records will go. */
const WARN_AT = 0.8;
const WARN_EVERY_MS = 86_400_000;

/** How long, and how much of the audit is kept. Nothing goes without a word before. */
export class AuditBudget {
  readonly #options: AuditBudgetOptions;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AuditBudgetOptions) {
    this.#options = options;
  }

  /** What is too old, or too much. Says and records before that what will be. */
  async due(): Promise<AuditDue | undefined> {
    const { store, clock, keepSeconds, maxBytes } = this.#options;
    const now = clock.now();
    if ((await this.#policyFrom(now)) > now.getTime()) return undefined;
    const before = new Date(now.getTime() - keepSeconds * 1000);
    if (maxBytes === 0) return { before, upTo: 0 };
    const size = await store.auditSize();
    if (size.bytes >= maxBytes * WARN_AT) await this.#warn(size, now);
    if (size.bytes <= maxBytes) return { before, upTo: 0 };
    const kept = Math.floor((size.records * maxBytes) / size.bytes);
    return { before, upTo: size.newest - kept };
  }

  async #policyFrom(now: Date): Promise<number> {
    const { store, keepSeconds: keep, maxBytes: max, onWarning } = this.#options;
    const text = await store.getMeta(POLICY_KEY);
    // Before there was a bound by size, there was none.
    const was: Policy = text === undefined ? { keep, max: 0, from: 0 } : JSON.parse(text);
    if (text !== undefined && was.keep === keep && was.max === max) return was.from;
    const narrower = keep < was.keep || (max > 0 && (was.max === 0 || max < was.max));
    // A bound that is put right within the time of another keeps that time.
    const from = narrower ? now.getTime() + GRACE_MS : was.from;
    await store.transaction(async (tx) => {
      await tx.setMeta(POLICY_KEY, JSON.stringify({ keep, max, from } satisfies Policy));
      if (!narrower) return;
      const details = {
        keepSeconds: String(keep),
        maxBytes: String(max),
        keptSecondsBefore: String(was.keep),
        maxBytesBefore: String(was.max),
        prunesFrom: new Date(from).toISOString(),
      };
      await record(tx, { type: "audit.budget_narrowed", outcome: "ok", details }, now);
    });
    if (narrower) {
      const facts = { keepSeconds: keep, maxBytes: max, prunesInSeconds: GRACE_MS / 1000 };
      onWarning("less of the audit is to be kept than before: export what goes", facts);
    }
    return from;
  }

  async #warn(size: { records: number; bytes: number }, now: Date): Promise<void> {
    const { store, clock, maxBytes, onWarning } = this.#options;
    if (clock.monotonicMs() - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = clock.monotonicMs();
    const { records, bytes } = size;
    onWarning("the audit is near audit_max_bytes: its oldest records go", {
      bytes,
      maxBytes,
      records,
    });
    const details = {
      bytes: String(bytes),
      maxBytes: String(maxBytes),
      records: String(records),
    };
    await store.transaction((tx) =>
      record(tx, { type: "audit.filling", outcome: "ok", details }, now),
    );
  }
}

async function record(tx: StoreTransaction, event: AuditEvent, now: Date): Promise<void> {
  await tx.appendAudit([auditDraft({ ...event, actor: "botpass", requestId: null }, now)]);
}
