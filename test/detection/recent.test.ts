import { expect, test } from "vitest";
import { Recent } from "../../src/detection/recent.ts";

const at = (minute: number): Date => new Date(Date.UTC(2030, 0, 1) + minute * 60_000);

test("what is older than the time is not there", () => {
  const recent = new Recent<number>(60 * 60_000);
  recent.set("a", 1, at(0));
  recent.set("a", 2, at(5));
  expect(recent.get("a", at(65))).toBe(2);
  expect(recent.get("a", at(66))).toBeUndefined();
});

test("there are so many at most, and those go that were used longest ago", () => {
  const recent = new Recent<number>(60 * 60_000, 3);
  for (const [index, key] of ["a", "b", "c"].entries()) recent.set(key, index, at(index));
  recent.set("a", 9, at(20));
  recent.set("d", 3, at(21));
  expect(["a", "b", "c", "d"].map((key) => recent.get(key, at(21)))).toEqual([9, undefined, 2, 3]);
  for (let index = 0; index < 1000; index += 1) recent.set(`x${index}`, index, at(30));
  expect(recent.get("a", at(30))).toBeUndefined();
  expect(recent.get("x999", at(30))).toBe(999);
});
