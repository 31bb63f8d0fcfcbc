import type { Detector, Expectations } from "../finding.ts";

/** A bot renews at half of the life; by then it is late, and taken for gone. */
const RENEWED_BY = 0.6;
/** For so much of a life there must be too many, without a break. */
const SUSTAINED = 0.5;

interface Running {
  lastMs: number;
  ttlMs: number;
  renewals: number;
}

interface Counted {
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
  const bots = new Map<string, Counted>();
  return {
    name: "instance_count",
    observe({ at, type, bot, instance, details, sequence }) {
      if (bot === null || instance === null) return [];
      const counted = bots.get(bot) ?? { running: new Map(), overSinceMs: undefined };
      bots.set(bot, counted);
      const { running } = counted;
      if (ENDED.has(type)) running.delete(instance);
      if (type !== "svid.issued" || details.kind !== "x509") return [];
      const nowMs = at.getTime();
      const ttlMs = new Date(details.notAfter ?? at).getTime() - nowMs;
      const before = running.get(instance);
      running.set(instance, { lastMs: nowMs, ttlMs, renewals: (before?.renewals ?? -1) + 1 });
      const limit = expectations.instanceLimit(bot);
      if (limit === undefined) return [];
      for (const [id, { lastMs, ttlMs: life }] of running) {
        if (nowMs - lastMs > life * RENEWED_BY) running.delete(id);
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
