const UNIT_SECONDS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** Durations as people write them: `30d`, `12h`, `10m`, `45s`, `1h30m`. */
export const DURATION = /^(?=\d)(?:\d{1,9}d)?(?:\d{1,9}h)?(?:\d{1,9}m)?(?:\d{1,9}s)?$/;

/** A duration in whole seconds; undefined when it is none. */
export function tryDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([dhms])/g)) {
    seconds += Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  }
  return seconds;
}

/** Whole seconds as `tryDuration` reads them: `1h`, `5m`, `1h30m`, `0s`. */
export function formatDuration(seconds: number): string {
  let left = seconds;
  let written = "";
  for (const [unit, size] of Object.entries(UNIT_SECONDS)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) written += `${count}${unit}`;
  }
  return written === "" ? "0s" : written;
}
