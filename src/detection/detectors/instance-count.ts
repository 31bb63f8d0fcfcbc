import type { Detector, Expectations } from "../finding.ts";
import { Recent } from "../recent.ts";

/** A bot renews at half of the life; by then it is late, and taken for gone. */
const RENEWED_BY = 0.6;
/** For so much of a life there must be too many, without a break. */
const SUSTAINED = 0.5;
/** Longer than the longest life: a bot that renewed nothing for so long runs nowhere. */
const LOOK_BACK_MS = 2 * 86_400_000;
const MOST_BOTS = 20_000;
/** More instances of a bot than these are not told apart: it is over its limit, or has none. */
const MOST_INSTANCES = 10_000;

interface Running {
  lastMs: number;
  ttlMs: number;
  renewals: number;
}

interface Counted {
  /** By instance, those that renewed last at the end. */
  readonly running: Map<string, Running>;
  /** Since when there are too many; undefined: there are not. */
  overSinceMs: number | undefined;
}

const ENDED: ReadonlySet<string> = new Set([
  "instance.ended",
  "instance.evicted",
  "instance.banned",
  "instance.locked",
  "instance.replaced",
]);

/**
 * More instances than the limit, for half of an SVID's life. Only those count that have renewed, and are not late for the next
 * time: after a deploy the old ones hold their SVIDs for a while, and are no more.
 */
export function instanceCount(expectations: Expectations): Detector {
  const bots = new Recent<Counted>(LOOK_BACK_MS, MOST_BOTS);
  return {
    name: "instance_count",
    types: ["svid.issued", ...ENDED],
    observe(observation) {
      const { at, type, bot, instance, sequence } = observation;
      if (bot === null || instance === null) return [];
      if (ENDED.has(type)) bots.get(bot, at)?.running.delete(instance);
      if (type !== "svid.issued") return [];
      const limit = expectations.instanceLimit(bot);
      if (limit === undefined) {
        bots.delete(bot);
        return [];
      }
      // Only now: most bots have no limit, and details have to be read first.
      const { details } = observation;
      if (details.kind !== "x509") return [];
      const counted = bots.get(bot, at) ?? { running: new Map(), overSinceMs: undefined };
      bots.set(bot, counted, at);
      const { running } = counted;
      const nowMs = at.getTime();
      const ttlMs = new Date(details.notAfter ?? at).getTime() - nowMs;
      const before = running.get(instance);
      running.delete(instance);
      running.set(instance, { lastMs: nowMs, ttlMs, renewals: (before?.renewals ?? -1) + 1 });
      if (running.size <= limit) {
        counted.overSinceMs = undefined;
        return [];
      }
      for (const [id, { lastMs, ttlMs: life }] of running) {
        // A clock that was set back makes the future of what was seen.
        const isGone = Math.abs(nowMs - lastMs) > life * RENEWED_BY;
        if (isGone || running.size > MOST_INSTANCES) running.delete(id);
      }
      const count = [...running.values()].filter(({ renewals }) => renewals > 0).length;
      counted.overSinceMs = count > limit ? (counted.overSinceMs ?? nowMs) : undefined;
      if (counted.overSinceMs === undefined) return [];
      if (nowMs - counted.overSinceMs < ttlMs * SUSTAINED) return [];
      return [
        {
          detector: "instance_count",
          severity: "medium",
          at,
          bot,
          instance: null,
          subject: bot,
          summary: `${bot} runs ${count} times at once; its limit is ${limit}.`,
          facts: { count: String(count), limit: String(limit) },
          evidence: [sequence],
        },
      ];
    },
  };
}
