// One text for one value, whatever order its members came in.
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, type JsonValue } from "../../src/audit/index.ts";

/** RFC 8785, a member at a time. */
function reference(value: JsonValue | undefined): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(reference).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${reference(member)}`).join(",")}}`;
}

const text = fc.string({ unit: "binary" });
const name = fc.oneof(
  text,
  fc.constantFrom("10", "9", "__proto__", "", "a", "Z", "é", "\u{1f600}"),
);
const { value: any } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    // biome-ignore format: one line for each kind
    fc.dictionary(name, fc.option(tie("value"), { nil: undefined }), { maxKeys: 6 }) as fc.Arbitrary<JsonValue>,
  ) as fc.Arbitrary<JsonValue>,
}));

test("members are sorted at every depth, and what is undefined is left out", () => {
  fc.assert(
    fc.property(any, (value) => {
      expect(canonicalJson(value)).toBe(reference(value));
    }),
    { numRuns: 3000 },
  );
  expect(canonicalJson({ b: 1, a: { 9: 1, 10: 2 }, c: undefined, "10": [] })).toBe(
    '{"10":[],"a":{"10":2,"9":1},"b":1}',
  );
});

test("what JSON cannot hold is refused, wherever it stands", () => {
  const wrong: readonly unknown[] = ["\ud800", Number.NaN, 1n, new Date(), Buffer.from("a")];
  for (const each of wrong) {
    for (const value of [each, [each], { a: [{ b: each }] }, { 1: each, a: 0 }]) {
      expect(() => canonicalJson(value as JsonValue)).toThrow(TypeError);
    }
  }
  expect(() => canonicalJson({ "\ud800": 1 })).toThrow(TypeError);
});
