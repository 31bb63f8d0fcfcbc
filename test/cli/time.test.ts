import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFutureInstant, parseInstant, parseTtlSeconds, tryDate } from "../../src/cli/time.ts";
import { formatDuration, tryDuration } from "../../src/duration.ts";

const now = new Date("2030-01-31T08:00:00Z");

describe("tryDuration", () => {
  test.each([
    ["45s", 45],
    ["10m", 600],
    ["12h", 43_200],
    ["30d", 2_592_000],
    ["1h30m", 5400],
    ["1d2h3m4s", 93_784],
    ["0s", 0],
  ])("reads %s", (text, seconds) => {
    expect(tryDuration(text)).toBe(seconds);
  });

  test.each([
    "",
    "10",
    "m",
    "10 m",
    "-10m",
    "1.5h",
    "10w",
    "30m1h",
    "1h1h",
    "1e3s",
    "10M",
    "9999999999s",
  ])("refuses %j", (text) => {
    expect(tryDuration(text)).toBeUndefined();
  });
});

describe("tryDate", () => {
  test.each([
    ["2030-12-31", "2030-12-31T00:00:00.000Z"],
    ["2028-02-29", "2028-02-29T00:00:00.000Z"],
    ["2030-12-31T18:00:00Z", "2030-12-31T18:00:00.000Z"],
    ["2030-12-31t18:00:00z", "2030-12-31T18:00:00.000Z"],
    ["2030-12-31T18:00:00.5Z", "2030-12-31T18:00:00.500Z"],
    ["2030-12-31T18:00:00.123456789Z", "2030-12-31T18:00:00.123Z"],
    ["2030-12-31T18:00:00+02:00", "2030-12-31T16:00:00.000Z"],
    ["2030-12-31T23:30:00-01:00", "2031-01-01T00:30:00.000Z"],
    ["0099-01-01", "0099-01-01T00:00:00.000Z"],
  ])("reads %s", (text, expected) => {
    expect(tryDate(text)?.toISOString()).toBe(expected);
  });

  test.each([
    "2030-02-30",
    "2029-02-29",
    "2030-13-01",
    "2030-00-01",
    "2030-01-00",
    "2030-1-1",
    "30-01-01",
    "2030-12-31T18:00:00",
    "2030-12-31 18:00:00Z",
    "2030-12-31T24:00:00Z",
    "2030-12-31T18:60:00Z",
    "2030-12-31T18:00:60Z",
    "2030-12-31T18:00Z",
    "2030-12-31T18:00:00+24:00",
    "2030-12-31T18:00:00+0200",
    "tomorrow",
    "1893456000",
    "",
  ])("refuses %j", (text) => {
    expect(tryDate(text)).toBeUndefined();
  });

  test("reads what Date writes", () => {
    const dates = fc.date({
      min: new Date("0000-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(tryDate(date.toISOString())?.getTime()).toBe(date.getTime());
      }),
    );
  });
});

describe("parseInstant", () => {
  test("counts a duration forward for ends, backward for an audit's start", () => {
    expect(parseInstant("--ends", "1d", "after", now).toISOString()).toBe(
      "2030-02-01T08:00:00.000Z",
    );
    expect(parseInstant("--since", "1d", "before", now).toISOString()).toBe(
      "2030-01-30T08:00:00.000Z",
    );
  });

  test("names flag and value, and ends with exit code 2", () => {
    expect(() => parseInstant("--since", "yesterday", "before", now)).toThrow(
      expect.objectContaining({
        code: "REQUEST_INVALID",
        exitCode: 2,
        message: '--since "yesterday" is neither a date nor a duration',
      }),
    );
  });

  test("refuses a duration that leads past the end of time", () => {
    expect(() => parseInstant("--ends", "999999999d", "after", now)).toThrow(/--ends/);
  });
});

describe("parseFutureInstant", () => {
  test.each(["2030-01-31T08:00:00Z", "2029-12-31", "0s"])("refuses %s", (text) => {
    expect(() => parseFutureInstant("--ends", text, now)).toThrow(
      expect.objectContaining({ exitCode: 2, message: `--ends "${text}" is not in the future` }),
    );
  });
});

describe("parseTtlSeconds", () => {
  test("takes the bounds", () => {
    expect(parseTtlSeconds("--ttl", "1s", 86_400)).toBe(1);
    expect(parseTtlSeconds("--ttl", "24h", 86_400)).toBe(86_400);
  });

  test.each(["0s", "24h1s", "2d"])("refuses %s", (text) => {
    expect(() => parseTtlSeconds("--ttl", text, 86_400)).toThrow(
      expect.objectContaining({ exitCode: 2, message: `--ttl "${text}" is not 1s to 1d` }),
    );
  });

  test.each(["3600", "2030-01-01", "forever"])("refuses %s", (text) => {
    expect(() => parseTtlSeconds("--ttl", text, 86_400)).toThrow(/is not a duration/);
  });
});

test("formatDuration writes what tryDuration reads", () => {
  expect(formatDuration(5400)).toBe("1h30m");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e8 }), (seconds) => {
      expect(tryDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
});
