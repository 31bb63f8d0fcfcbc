// Runs the conformance tests and prints every rule with its tests. Fails when a rule in scope has none, or one fails.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RULES } from "../test/conformance/rules.ts";

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

const root = join(import.meta.dirname, "..");
const directory = mkdtempSync(join(tmpdir(), "botpass-conformance-"));
const file = join(directory, "report.json");
const run = spawnSync(
  join(root, "node_modules/.bin/vitest"),
  ["run", "test/conformance", "--reporter=json", `--outputFile=${file}`],
  { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
);
const report = JSON.parse(readFileSync(file, "utf8")) as Report;
rmSync(directory, { recursive: true, force: true });

const tests = report.testResults.flatMap((each) => each.assertionResults);
let inScope = 0;
let missing = 0;
let failed = 0;
for (const { id, text, outOfScope } of RULES) {
  const own = tests.filter(({ title }) => new RegExp(`^([A-Z0-9]+-\\d+ )*${id}\\b`).test(title));
  const bad = own.filter(({ status }) => status !== "passed");
  if (outOfScope !== undefined) {
    console.log(`${id}  out of scope: ${outOfScope}`);
    continue;
  }
  inScope += 1;
  missing += own.length === 0 ? 1 : 0;
  failed += bad.length;
  const state = own.length === 0 ? "MISSING" : bad.length > 0 ? "FAILED" : "ok";
  console.log(`${id}  ${state}: ${text}`);
  for (const { title, status } of own) console.log(`    ${status}: ${title}`);
}
console.log(`${inScope} rules, ${tests.length} tests, ${missing} missing, ${failed} failed`);
process.exitCode = missing + failed > 0 || run.status !== 0 ? 1 : 0;
