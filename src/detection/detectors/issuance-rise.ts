import type { Detector } from "../finding.ts";
import { Recent } from "../recent.ts";
import { Baseline } from "../statistics.ts";

const BUCKET_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
/** Weight of the newest bucket in the level. */
const ALPHA = 0.2;
/** Spread is taken of four hours. */
const BUCKETS = 48;
/** An hour must have been seen before anything is said. */
const LEARNED = 12;
const DISTANCE = 6;
const AT_LEAST = 20;
/** What was as high at this hour of one of the last days is no news. */
const SAME_HOUR = 1.5;
const DAYS = 7;
/** After so long a silence all is learned afresh: a gap is not a run of zeros worth walking through. */
const LONGEST_GAP = 288;
const MOST_BOTS = 20_000;
/** Instances of one bucket that are told apart. */
const MOST_INSTANCES = 10_000;

interface Issuing {
  bucket: number;
  count: number;
  instances: Set<string>;
  told: boolean;
  totals: Baseline;
  /** Issuances for each instance that got any. */
  each: Baseline;
  /** Highest bucket by hour since 1970, for the days before. */
  hours: Map<number, number>;
}

/**
 * A bot gets far more SVIDs than it did, and so does each of its instances. When it only has more instances (it scales, it
 * was deployed), the count for each stays as it was.
 */
export function issuanceRise(): Detector {
  const bots = new Recent<Issuing>((DAYS + 1) * DAY_MS, MOST_BOTS);
  return {
    name: "issuance_rise",
    types: ["svid.issued"],
    observe({ at, type, bot, instance, sequence }) {
      if (type !== "svid.issued" || bot === null) return [];
      const bucket = Math.floor(at.getTime() / BUCKET_MS);
      const known = bots.get(bot, at);
      // The clock was set back: what was counted stands in a future that may be far.
      const isAhead = known !== undefined && known.bucket > bucket + 1;
      const issuing =
        known === undefined || isAhead || bucket - known.bucket > LONGEST_GAP
          ? fresh(bucket, known)
          : known;
      bots.set(bot, issuing, at);
      while (issuing.bucket < bucket) close(issuing);
      issuing.count += 1;
      if (issuing.instances.size < MOST_INSTANCES) issuing.instances.add(instance ?? "");
      const { count, instances, totals, each } = issuing;
      if (issuing.told || count < AT_LEAST || totals.count < LEARNED) return [];
      if (totals.distance(count) < DISTANCE) return [];
      if (each.distance(count / instances.size) < DISTANCE) return [];
      if (count <= usualAt(issuing, at) * SAME_HOUR) return [];
      issuing.told = true;
      return [
        {
          detector: "issuance_rise",
          severity: "medium",
          at,
          bot,
          instance: instances.size === 1 ? instance : null,
          subject: bot,
          summary: `${bot} got ${count} SVIDs within five minutes, by ${instances.size} instances: far more than it did.`,
          facts: {
            count: String(count),
            instances: String(instances.size),
            distance: totals.distance(count).toFixed(1),
          },
          evidence: [sequence],
        },
      ];
    },
  };
}

function fresh(bucket: number, before: Issuing | undefined): Issuing {
  return {
    bucket,
    count: 0,
    instances: new Set(),
    told: false,
    totals: new Baseline(ALPHA, BUCKETS),
    each: new Baseline(ALPHA, BUCKETS),
    hours: before?.hours ?? new Map<number, number>(),
  };
}

function close(issuing: Issuing): void {
  const { bucket, count, instances, hours } = issuing;
  issuing.totals.add(count);
  if (count > 0) issuing.each.add(count / instances.size);
  const hour = Math.floor((bucket * BUCKET_MS) / 3_600_000);
  if (count > 0) hours.set(hour, Math.max(hours.get(hour) ?? 0, count));
  for (const old of hours.keys()) {
    if (Math.abs(old - hour) > (DAYS + 1) * 24) hours.delete(old);
  }
  issuing.bucket += 1;
  issuing.count = 0;
  issuing.instances = new Set();
  issuing.told = false;
}

/** The highest bucket at this hour, and the one before and after it, of the days before. */
function usualAt({ hours }: Issuing, at: Date): number {
  let most = 0;
  for (let day = 1; day <= DAYS; day += 1) {
    const hour = Math.floor((at.getTime() - day * DAY_MS) / 3_600_000);
    for (const each of [hour - 1, hour, hour + 1]) most = Math.max(most, hours.get(each) ?? 0);
  }
  return most;
}
