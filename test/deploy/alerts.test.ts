// Alert rules (promtool runs them in test/slow/alerts.test.ts), dashboard and runbooks, beside a real server's metrics and the real command line.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { programTree } from "../cli/program-tree.ts";
import { freePort } from "../support/free-port.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { type Scrape, scrape } from "../support/scrape.ts";

const ROOT = join(import.meta.dirname, "../..");
const PROMETHEUS = join(ROOT, "deploy/prometheus");
const RULES = join(PROMETHEUS, "botpass.rules.yml");
const RUNBOOKS = join(ROOT, "docs/runbooks");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}
interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string }[];
}

const { groups }: RuleFile = parse(readFileSync(RULES, "utf8"));
const rules = groups.flatMap((group) => group.rules);
const tests: readonly RuleTest[] = parse(
  readFileSync(join(PROMETHEUS, "botpass.rules.test.yml"), "utf8"),
).tests;

test("each alert rule has a test that it fires, and one that it does not", () => {
  const wanted = rules.flatMap(({ alert }) => [`${alert} fires`, `${alert} keeps quiet`]);
  expect(tests.map(({ name }) => name)).toEqual(wanted);
});

describe("what rules and dashboard read", () => {
  let server: TestServer;
  let real: Scrape;

  beforeAll(async () => {
    const address = `127.0.0.1:${await freePort()}`;
    server = await runningServer({}, `metrics_listen: ${address}\n`);
    await server.register("one");
    const { value } = await server.token("one");
    await server.connect({ token: value });
    await expect(server.connect({ token: value, timeoutMs: 1 })).rejects.toThrow();
    real = await scrape(address);
  });
  afterAll(() => server.close());

  /** `job` and `instance` are Prometheus' own, and so is `up`. */
  const labelsOf = (name: string): ReadonlySet<string> | undefined => {
    if (name === "up") return new Set(["job", "instance"]);
    const found = real.series.filter((each) => each.name === name);
    if (found.length === 0) return undefined;
    return new Set(["job", "instance", ...found.flatMap(({ labels }) => Object.keys(labels))]);
  };
  const metricsIn = (expr: string): string[] => [
    ...new Set(
      [...expr.matchAll(/\b((?:botpass|nodejs|process)_\w+|up)\b/g)].map((m) => m[1] ?? ""),
    ),
  ];
  /** Names of labels that the expression filters by, with their metric. */
  const filtersIn = (expr: string): [string, string][] =>
    [...expr.matchAll(/\b([a-z]\w+)\{([^}]*)\}/g)].flatMap(([, name = "", inner = ""]) =>
      [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map((match): [string, string] => [
        name,
        match[1] ?? "",
      ]),
    );

  const check = (expr: string): void => {
    expect(metricsIn(expr).length, expr).toBeGreaterThan(0);
    for (const name of metricsIn(expr)) expect(labelsOf(name), name).toBeDefined();
    for (const [name, label] of filtersIn(expr))
      expect([...(labelsOf(name) ?? [])]).toContain(label);
  };

  test("is in a real server's metrics: rules", () => {
    for (const { expr } of rules) check(expr);
  });

  test("is in a real server's metrics: the recorded series of the rules' tests", () => {
    for (const { input_series } of tests) for (const { series } of input_series) check(series);
  });

  test("is in a real server's metrics: the dashboard", () => {
    const dashboard = JSON.parse(readFileSync(join(ROOT, "deploy/grafana/botpass.json"), "utf8"));
    const exprs: string[] = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
      panel.targets.map(({ expr }) => expr),
    );
    expect(exprs.length).toBeGreaterThan(20);
    for (const expr of exprs) check(expr);
    const shown = new Set(exprs.flatMap(metricsIn).map((name) => name.replace(/_bucket$/, "")));
    const own = [...real.types.keys()].filter((name) => name.startsWith("botpass_"));
    expect(own.filter((name) => !shown.has(name))).toEqual([]);
  });
});

describe("the runbooks", () => {
  const pages = readdirSync(RUNBOOKS).filter((name) => name !== "README.md");
  const pageOf = (name: string): string => readFileSync(join(RUNBOOKS, name), "utf8");

  test("there is one for each rule, which names it, and no other", () => {
    const wanted = rules.map(({ annotations }) => annotations.runbook);
    expect(pages.map((name) => `docs/runbooks/${name}`).sort()).toEqual(wanted.toSorted());
    for (const { alert, annotations, labels } of rules) {
      const page = readFileSync(join(ROOT, annotations.runbook), "utf8");
      expect(
        page.startsWith(`# ${alert}\n\n${annotations.summary}. Severity: ${labels.severity}.`),
        alert,
      ).toBe(true);
      for (const part of ["## What it means", "## What to look at", "## What to do"]) {
        expect(page, alert).toContain(`\n${part}\n\n`);
      }
    }
  });

  test("the list of them is whole", () => {
    const listed = [
      ...pageOf("README.md").matchAll(/^\| \[(\w+)\]\((.+)\) \| (\w+) \| (.+) \|$/gm),
    ];
    expect(listed.map(([, ...cells]) => cells)).toEqual(
      rules.map(({ alert, annotations, labels }) => [
        alert,
        annotations.runbook.replace("docs/runbooks/", ""),
        labels.severity,
        annotations.summary,
      ]),
    );
  });

  test("links lead to pages that are here", () => {
    for (const name of pages) {
      for (const [, link = ""] of pageOf(name).matchAll(/\]\(([^)#]+)\)/g)) {
        expect(() => readFileSync(join(RUNBOOKS, link)), `${name} ${link}`).not.toThrow();
      }
    }
  });

  test("what `botpass status` points at is here", () => {
    const source = readFileSync(join(ROOT, "src/cli/commands/status.ts"), "utf8");
    const named = [...source.matchAll(/\(([a-z]+(?:-[a-z]+)+)\)`/g)].map((each) => each[1]);
    expect(named.length).toBeGreaterThan(6);
    for (const name of named) expect(pages).toContain(`${name}.md`);
  });

  const commands = pages.flatMap((name) =>
    [...pageOf(name).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
      block
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => [name, line] as const),
    ),
  );

  test.each(commands)(
    "%s: `%s` is a command of the command line, with flags that it has",
    (_, line) => {
      const program = programTree();
      const words = [...line.replace(/ > \S+$/, "").matchAll(/"([^"]*)"|\S+/g)].map(
        (match) => match[1] ?? match[0],
      );
      expect(words.shift()).toBe("botpass");
      let command: Command = program;
      for (;;) {
        const next = command.commands.find((each) => each.name() === words[0]);
        if (next === undefined) break;
        command = next;
        words.shift();
      }
      expect(command.commands, line).toEqual([]);
      const known = [...command.options, ...program.options];
      const given = [];
      while (words.length > 0) {
        const word = words.shift() ?? "";
        if (!word.startsWith("-")) {
          given.push(word);
          continue;
        }
        const option = known.find((each) => each.long === word || each.short === word);
        expect(option, `${word} of ${line}`).toBeDefined();
        if (option?.required) words.shift();
      }
      const required = command.registeredArguments.filter((argument) => argument.required);
      expect(given.length, line).toBe(required.length);
      for (const option of command.options.filter(({ mandatory }) => mandatory)) {
        expect(line).toContain(option.long);
      }
    },
  );
});
