/** What a process had at some time of a run. */
export interface Sample {
  readonly atMs: number;
  /** Bytes, or descriptors. */
  readonly value: number;
}

/** What may be seen in a process that loses nothing: garbage that waits, pools that fill, a page more here and there. */
export interface Tolerance {
  /** Growth over the time looked at, of what there was. */
  readonly part: number;
  /** The same, in what is counted: less says nothing. */
  readonly least: number;
}

export interface Growth {
  /** Middle of what was there in the time looked at; its highest point. */
  readonly level: number;
  readonly most: number;
  readonly perHour: number;
  /** What the slope comes to over the time looked at. */
  readonly grown: number;
  /** What was looked at. */
  readonly minutes: number;
  readonly flat: boolean;
}

/** The first part of a run, in which caches and pools fill. */
const WARM_PART = 0.3;
/** Fewer samples say nothing. */
const LEAST_SAMPLES = 8;
/** Samples are taken together to so many: one that was taken before a collection is no growth. */
const WINDOWS = 40;
const HOUR_MS = 3_600_000;

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function windowsOf(samples: readonly Sample[]): readonly Sample[] {
  const size = Math.max(Math.ceil(samples.length / WINDOWS), 1);
  const windows: Sample[] = [];
  for (let from = 0; from < samples.length; from += size) {
    const some = samples.slice(from, from + size);
    windows.push({
      atMs: median(some.map(({ atMs }) => atMs)),
      value: median(some.map(({ value }) => value)),
    });
  }
  return windows;
}

/** Theil and Sen: the median of the slopes of all pairs, which a third of wild samples does not move. */
function slopeOf(samples: readonly Sample[]): number {
  const slopes: number[] = [];
  for (const [index, a] of samples.entries()) {
    for (const b of samples.slice(index + 1)) {
      if (b.atMs > a.atMs) slopes.push((b.value - a.value) / (b.atMs - a.atMs));
    }
  }
  return median(slopes);
}

/** How what was sampled grows once a run is warm; undefined: there are too few samples to say. */
export function growthOf(samples: readonly Sample[], tolerance: Tolerance): Growth | undefined {
  if (samples.length < LEAST_SAMPLES) return undefined;
  const warm = samples.slice(Math.floor(samples.length * WARM_PART));
  const [first, last] = [warm[0], warm.at(-1)];
  const tookMs = (last?.atMs ?? 0) - (first?.atMs ?? 0);
  const perMs = slopeOf(windowsOf(warm));
  const values = warm.map(({ value }) => value);
  const level = median(values);
  const grown = perMs * tookMs;
  return {
    level,
    most: Math.max(...values),
    perHour: perMs * HOUR_MS,
    grown,
    minutes: tookMs / 60_000,
    flat: grown <= tolerance.least || grown <= tolerance.part * level,
  };
}
