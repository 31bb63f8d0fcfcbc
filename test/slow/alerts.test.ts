// The alert rules, as Prometheus' own tool runs them over recorded metrics.
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";

const PROMETHEUS = join(import.meta.dirname, "../../deploy/prometheus");
const RULES = join(PROMETHEUS, "botpass.rules.yml");

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; expr: string }[];
  }[];
}

const readRules = (): RuleFile => parse(readFileSync(RULES, "utf8"));
const rules = readRules().groups.flatMap((group) => group.rules);

/** @returns what it printed; fails with that when promtool says no, or is missing (Debian: prometheus). */
async function promtool(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)("promtool", args);
  return stdout + stderr;
}

describe("the alert rules", () => {
  test("are valid", async () => {
    expect(await promtool("check", "rules", RULES)).toContain(`SUCCESS: ${rules.length} rules`);
  });

  test("fire when they should, and keep quiet otherwise", async () => {
    const file = join(PROMETHEUS, "botpass.rules.test.yml");
    expect(await promtool("test", "rules", file)).toContain("SUCCESS");
  });

  test.each([
    ["vector(0) > 1", "fires"],
    ["vector(1)", "keeps quiet"],
  ])(
    "with every expression replaced by %s, each test of a rule that %s fails",
    async (expr, failing) => {
      const directory = mkdtempSync(join(tmpdir(), "bp-rules-"));
      try {
        const broken = readRules();
        for (const group of broken.groups) for (const rule of group.rules) rule.expr = expr;
        cpSync(PROMETHEUS, directory, { recursive: true });
        writeFileSync(join(directory, "botpass.rules.yml"), stringify(broken));
        const file = join(directory, "botpass.rules.test.yml");
        const refused = await promtool("test", "rules", file).catch((error: unknown) => error);
        const told = String(Reflect.get(refused as object, "stderr"));
        for (const { alert } of rules) expect(told).toContain(`name: ${alert} ${failing},`);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
});
