import type { Clock } from "../clock.ts";
import type { ErrorCode } from "../errors.ts";

/** What one bot has done since the server started. */
export interface BotActivity {
  readonly bot: string;
  readonly issued: number;
  readonly refused: number;
  /** In the last `windowMs`. */
  readonly issuedInWindow: number;
  readonly refusedInWindow: number;
  /** undefined: nothing was issued. */
  readonly lastIssuedAt: Date | undefined;
}

/** The busiest first: by what was issued, or refused, in the window. */
export type ActivityOrder = "issued" | "refused";

const SLOT_MS = 10_000;
const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Bots that are counted by name; when there are more, those that were quiet for longest are forgotten. */
const MOST_BOTS = 50_000;

/** Counts of one bot: since the start, in this slot of ten seconds, and in the one before. */
interface Counts {
  issued: number;
  refused: number;
  slot: number;
  issuedNow: number;
  issuedBefore: number;
  refusedNow: number;
  refusedBefore: number;
  lastIssuedMs: number;
}

/** Counts for `botpass status` and `botpass top`: by bot, and refusals of the last hour by code. Each count is a few additions. */
export class Activity {
  readonly #clock: Clock;
  readonly #bots = new Map<string, Counts>();
  readonly #minutes: { minute: number; readonly codes: Map<ErrorCode, number> }[] = [];
  readonly startedAt: Date;
  #issuedX509 = 0;
  #issuedJwt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.startedAt = clock.now();
  }

  /** SVIDs handed over since the start. */
  get issued(): { readonly x509: number; readonly jwt: number } {
    return { x509: this.#issuedX509, jwt: this.#issuedJwt };
  }

  countIssued(kind: "x509" | "jwt", bot: string): void {
    if (kind === "x509") this.#issuedX509 += 1;
    else this.#issuedJwt += 1;
    const counts = this.#countsOf(bot);
    counts.issued += 1;
    counts.issuedNow += 1;
    counts.lastIssuedMs = this.#clock.now().getTime();
  }

  /** @param bot undefined: nobody known. */
  countRefused(code: ErrorCode, bot: string | undefined): void {
    const minute = Math.floor(this.#clock.monotonicMs() / MINUTE_MS);
    const at = minute % MINUTES;
    let bucket = this.#minutes[at];
    if (bucket?.minute !== minute) {
      bucket = { minute, codes: new Map() };
      this.#minutes[at] = bucket;
    }
    bucket.codes.set(code, (bucket.codes.get(code) ?? 0) + 1);
    if (bot === undefined) return;
    const counts = this.#countsOf(bot);
    counts.refused += 1;
    counts.refusedNow += 1;
  }

  /** Refusals of the last hour, to the minute, the most frequent first. */
  refusalsOfLastHour(): readonly { readonly code: ErrorCode; readonly count: number }[] {
    const minute = Math.floor(this.#clock.monotonicMs() / MINUTE_MS);
    const sums = new Map<ErrorCode, number>();
    for (const bucket of this.#minutes) {
      if (bucket === undefined || bucket.minute <= minute - MINUTES) continue;
      for (const [code, count] of bucket.codes) sums.set(code, (sums.get(code) ?? 0) + count);
    }
    return [...sums]
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  }

  /** Length of the window that rates are over: this slot and the whole one before it. */
  get windowMs(): number {
    return SLOT_MS + Math.max(Math.floor(this.#clock.monotonicMs() % SLOT_MS), 1);
  }

  /** How many bots are counted by name. */
  get bots(): number {
    return this.#bots.size;
  }

  /** The busiest bots. @param limit the most to answer with. */
  busiest(limit: number, order: ActivityOrder): readonly BotActivity[] {
    const slot = this.#slot();
    const all = [...this.#bots].map(([bot, counts]) => {
      advance(counts, slot);
      return {
        bot,
        issued: counts.issued,
        refused: counts.refused,
        issuedInWindow: counts.issuedNow + counts.issuedBefore,
        refusedInWindow: counts.refusedNow + counts.refusedBefore,
        lastIssuedAt: counts.lastIssuedMs === 0 ? undefined : new Date(counts.lastIssuedMs),
      };
    });
    const [first, second] =
      order === "issued"
        ? (["issuedInWindow", "issued"] as const)
        : (["refusedInWindow", "refused"] as const);
    all.sort((a, b) => b[first] - a[first] || b[second] - a[second] || (a.bot < b.bot ? -1 : 1));
    return all.slice(0, limit);
  }

  #slot(): number {
    return Math.floor(this.#clock.monotonicMs() / SLOT_MS);
  }

  #countsOf(bot: string): Counts {
    const slot = this.#slot();
    const known = this.#bots.get(bot);
    if (known !== undefined) {
      advance(known, slot);
      return known;
    }
    if (this.#bots.size >= MOST_BOTS) this.#forgetQuiet();
    const counts = {
      issued: 0,
      refused: 0,
      slot,
      issuedNow: 0,
      issuedBefore: 0,
      refusedNow: 0,
      refusedBefore: 0,
      lastIssuedMs: 0,
    };
    this.#bots.set(bot, counts);
    return counts;
  }

  /** A tenth at once, so that it is rare. */
  #forgetQuiet(): void {
    const quietest = [...this.#bots].sort(([, a], [, b]) => a.slot - b.slot);
    for (const [bot] of quietest.slice(0, MOST_BOTS / 10)) this.#bots.delete(bot);
  }
}

function advance(counts: Counts, slot: number): void {
  if (counts.slot === slot) return;
  const next = counts.slot + 1 === slot;
  counts.issuedBefore = next ? counts.issuedNow : 0;
  counts.refusedBefore = next ? counts.refusedNow : 0;
  counts.issuedNow = 0;
  counts.refusedNow = 0;
  counts.slot = slot;
}
