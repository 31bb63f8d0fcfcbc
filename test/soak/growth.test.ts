import { expect, test } from "vitest";
import { growthOf, type Sample } from "./growth.ts";

const MB = 1024 * 1024;
const TOLERANCE = { part: 0.05, least: 2 * MB };

/** An hour, a sample each 10 s. */
function hour(valueAt: (index: number) => number): Sample[] {
  return Array.from({ length: 360 }, (_, index) => ({
    atMs: index * 10_000,
    value: valueAt(index),
  }));
}

/** Garbage that is collected each two minutes, up to 30 MB of it. */
const sawtooth = (index: number): number => 80 * MB + (index % 12) * 2.5 * MB;

test("garbage that comes and goes is no growth", () => {
  const growth = growthOf(hour(sawtooth), TOLERANCE);
  expect(growth).toMatchObject({ flat: true });
  expect(Math.abs(growth?.perHour ?? 99)).toBeLessThan(MB);
});

test("a leak shows beneath garbage, with what it comes to in an hour", () => {
  const growth = growthOf(
    hour((index) => sawtooth(index) + (index / 360) * 20 * MB),
    TOLERANCE,
  );
  expect(growth).toMatchObject({ flat: false });
  expect((growth?.perHour ?? 0) / MB).toBeCloseTo(20, 0);
  expect(growth?.minutes).toBeCloseTo(42, 0);
});

test("what fills in the first part, and one wild sample, are no growth", () => {
  const filling = (index: number) => (Math.min(index, 100) + 50 + (index === 300 ? 900 : 0)) * MB;
  expect(growthOf(hour(filling), TOLERANCE)).toMatchObject({ flat: true, most: 1050 * MB });
});

test("descriptors that are never given back are growth, a few more are not", () => {
  const handles = { part: 0, least: 4 };
  expect(
    growthOf(
      hour((index) => 30 + Math.floor(index / 30)),
      handles,
    )?.flat,
  ).toBe(false);
  expect(
    growthOf(
      hour((index) => 30 + (index % 5)),
      handles,
    )?.flat,
  ).toBe(true);
});

test("seven samples say nothing", () => {
  expect(growthOf(hour(sawtooth).slice(0, 7), TOLERANCE)).toBeUndefined();
});
