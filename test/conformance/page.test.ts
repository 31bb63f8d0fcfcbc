import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RULES } from "./rules.ts";

test("docs/conformance.md lists each rule, and nothing else", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/conformance.md"), "utf8");
  const rows = [...page.matchAll(/^\| ((?:ID|X509|JWT|BND|EP|API)-\d+) \| (.+) \| (.+) \|$/gm)];
  expect(rows.map(([, id, text]) => [id, text])).toEqual(RULES.map(({ id, text }) => [id, text]));
  for (const [, id, , status] of rows) {
    const rule = RULES.find((each) => each.id === id);
    expect(status?.startsWith("out of scope"), id).toBe(rule?.outOfScope !== undefined);
  }
});
