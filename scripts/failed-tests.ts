/**
 * Prints the test files that failed in a JSON report of vitest, with spaces between: `node scripts/failed-tests.ts REPORT`.
 * Exit code 1 when the report cannot be read or names none, so that a suite that broke in another way is not taken for one that passed.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { z } from "zod";

const report = z.object({
  testResults: z.array(z.object({ name: z.string(), status: z.string() })),
});
const path = process.argv[2];
if (path === undefined) throw new Error("usage: node scripts/failed-tests.ts REPORT");
const failed = report
  .parse(JSON.parse(readFileSync(path, "utf8")))
  .testResults.filter(({ status }) => status !== "passed")
  .map(({ name }) => relative(process.cwd(), name));
if (failed.length === 0) throw new Error(`${path} names no file that failed`);
process.stdout.write(`${failed.join(" ")}\n`);
