import { formatDuration, tryDuration } from "../duration.ts";
import { usageError } from "./failure.ts";

const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1000 } as const;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** An RFC 3339 date (midnight UTC) or date and time with its zone; undefined when it is none. */
export function tryDate(text: string): Date | undefined {
  const date = DATE.exec(text);
  if (date !== null) {
    const [year, month, day] = numbers(date);
    return calendarDate(year, month, day);
  }
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hours, minutes, seconds] = numbers(match);
  const midnight = calendarDate(year, month, day);
  if (midnight === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const [zoneHours, zoneMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (zoneHours > 23 || zoneMinutes > 59) return undefined;
  const milliseconds = Math.floor(Number(`0.${match[7] ?? "0"}`) * 1000);
  const offset = (zoneHours * UNIT_MS.h + zoneMinutes * UNIT_MS.m) * (match[8] === "-" ? -1 : 1);
  const ofDay = hours * UNIT_MS.h + minutes * UNIT_MS.m + seconds * UNIT_MS.s + milliseconds;
  return new Date(midnight.getTime() + ofDay - offset);
}

/**
 * Parses a flag's instant: an RFC 3339 date or date and time, or a duration counted from now.
 * @param direction where a duration leads: `after` now (an end date) or `before` it (an audit's start).
 * @throws CliFailure REQUEST_INVALID, exit code 2, naming flag and value.
 */
export function parseInstant(
  flag: string,
  text: string,
  direction: "after" | "before",
  now: Date,
): Date {
  const duration = tryDuration(text);
  const at =
    duration === undefined
      ? tryDate(text)
      : new Date(now.getTime() + (direction === "after" ? duration : -duration) * 1000);
  if (at === undefined || Number.isNaN(at.getTime())) {
    throw usageError(`${flag} ${JSON.stringify(text)} is neither a date nor a duration`, {
      hint: "write 2030-12-31, 2030-12-31T18:00:00Z, or a duration like 30d, 12h, 10m",
    });
  }
  return at;
}

/**
 * Parses a flag's instant that must lie ahead.
 * @throws CliFailure REQUEST_INVALID, exit code 2, naming flag and value.
 */
export function parseFutureInstant(flag: string, text: string, now: Date): Date {
  const at = parseInstant(flag, text, "after", now);
  if (at.getTime() <= now.getTime()) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not in the future`);
  }
  return at;
}

/**
 * Parses a flag's duration into whole seconds.
 * @throws CliFailure REQUEST_INVALID, exit code 2, naming flag and value.
 */
export function parseDuration(flag: string, text: string, least: number, most: number): number {
  const seconds = tryDuration(text);
  if (seconds === undefined) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a duration`, {
      hint: "write a duration like 12h, 10m, 45s or 1h30m",
    });
  }
  if (seconds >= least && seconds <= most) return seconds;
  const range = `${formatDuration(least)} to ${formatDuration(most)}`;
  throw usageError(`${flag} ${JSON.stringify(text)} is not ${range}`);
}

/** Parses a flag's lifetime into whole seconds: 1 at least. As `parseDuration`. */
export function parseTtlSeconds(flag: string, text: string, maxSeconds: number): number {
  return parseDuration(flag, text, 1, maxSeconds);
}

function numbers(match: RegExpExecArray): [number, number, number, number, number, number] {
  return match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
}

function calendarDate(year: number, month: number, day: number): Date | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same ? date : undefined;
}
