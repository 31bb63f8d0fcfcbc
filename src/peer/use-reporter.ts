import type { Clock, Timer } from "../clock.ts";
import { errorCodeOf, IssuerError } from "../errors.ts";
import type { UsesReport } from "../wire/index.ts";
import type { Counted, UseTally } from "./use-tally.ts";

/** Whether and how a bot tells its issuer who has called it. */
export interface UsageOptions {
  /** False: nothing is told. Default true. */
  readonly report?: boolean;
  /** About how often, in milliseconds: 1,000 to 3,600,000; a fifth of it is added or taken at random. Default 60,000. */
  readonly intervalMs?: number;
  /** False: methods and paths are not told. Default true. */
  readonly operations?: boolean;
}

export interface UseReporterOptions {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly intervalMs: number;
  /** Rejects when it was not taken. */
  readonly send: (report: UsesReport) => Promise<void>;
}

const DEFAULT_INTERVAL_MS = 60_000;
const SHORTEST_INTERVAL_MS = 1_000;
const LONGEST_INTERVAL_MS = 3_600_000;
/** What one report holds at most (proto/botpass/v1/reports.proto). */
const MOST_USES = 200;
const MOST_SVIDS = 400;
const MOST_OPERATION = 256;
/** An issuer that takes no such reports, or not these, is left alone for so long. */
const REFUSED_PAUSE_MS = 3_600_000;
/** How long an end may wait for its last report. */
const LAST_REPORT_MS = 2_000;
/** Codes by which nothing is gained from sending the same again. */
const IN_VAIN: ReadonlySet<string> = new Set(["REQUEST_INVALID", "UNIMPLEMENTED"]);

/**
 * The interval in milliseconds.
 * @throws IssuerError CONFIG_INVALID when it is out of bounds.
 */
export function usageIntervalOf({ intervalMs = DEFAULT_INTERVAL_MS }: UsageOptions = {}): number {
  if (intervalMs >= SHORTEST_INTERVAL_MS && intervalMs <= LONGEST_INTERVAL_MS) return intervalMs;
  const bounds = `${SHORTEST_INTERVAL_MS} to ${LONGEST_INTERVAL_MS}`;
  throw new IssuerError("CONFIG_INVALID", `usage.intervalMs ${intervalMs} is not ${bounds}`);
}

/** Sends what a tally has counted: some time after the first use, and so on; nothing while nobody calls. */
export class UseReporter {
  readonly #options: UseReporterOptions;
  readonly #tally: UseTally;
  #timer: Timer | undefined;
  /** One report after the other. */
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(tally: UseTally, options: UseReporterOptions) {
    this.#tally = tally;
    this.#options = options;
  }

  /** Something was counted. */
  wake(): void {
    if (this.#timer === undefined && !this.#isClosed) this.#plan(this.#options.intervalMs);
  }

  /** Sends what is left, for as long as an end may take. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    const late = new Promise<void>((resolve) => {
      this.#timer = this.#options.clock.schedule(LAST_REPORT_MS, resolve);
    });
    const last = this.#turn.then(() => this.#send());
    await Promise.race([last, late]);
    this.#timer?.cancel();
  }

  #plan(delayMs: number): void {
    const jitter = 0.8 + 0.4 * this.#options.random();
    this.#timer = this.#options.clock.schedule(delayMs * jitter, () => {
      this.#timer = undefined;
      this.#turn = this.#turn.then(() => this.#send());
    });
  }

  /** Never rejects: what is not taken is counted again, and sent with what comes. */
  async #send(): Promise<void> {
    const reports = reportsOf(this.#tally.take());
    for (const [index, report] of reports.entries()) {
      try {
        await this.#options.send(messageOf(report));
      } catch (error) {
        const inVain = IN_VAIN.has(errorCodeOf(error));
        for (const rest of reports.slice(inVain ? index + 1 : index)) this.#tally.putBack(rest);
        if (this.#isClosed) return;
        this.#timer?.cancel();
        this.#plan(inVain ? REFUSED_PAUSE_MS : this.#options.intervalMs);
        return;
      }
    }
  }
}

/** In parts that a report can hold. */
function reportsOf({ uses, svids, dropped }: Counted): readonly Counted[] {
  const parts = Math.max(Math.ceil(uses.length / MOST_USES), Math.ceil(svids.length / MOST_SVIDS));
  return Array.from({ length: parts }, (_, part) => ({
    uses: uses.slice(part * MOST_USES, (part + 1) * MOST_USES),
    svids: svids.slice(part * MOST_SVIDS, (part + 1) * MOST_SVIDS),
    dropped: part === 0 ? dropped : 0,
  }));
}

function messageOf({ uses, svids, dropped }: Counted): UsesReport {
  const told = uses.map((use) => ({ ...use, operation: use.operation.slice(0, MOST_OPERATION) }));
  return { uses: told, svids: [...svids], dropped };
}
