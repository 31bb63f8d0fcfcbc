import { basename, dirname, resolve } from "node:path";
import type { Command } from "commander";
import type { LineResult } from "../../reports/index.ts";
import type { Report__Output } from "../../wire/index.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { EXIT, ProgramEnded, usageError } from "../failure.ts";
import { writeFilesAtomically } from "../files.ts";
import { addGroup, checkChoice, example } from "../flags.ts";
import { printable } from "../table.ts";
import { instant } from "../views.ts";

const RESULTS = ["pass", "fail", "not_applicable"] as const;

/** `botpass report …`: live checks, as lists that others know. */
export function addReportCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "report", "reports: live checks over what the server holds");
  add(group, context, "owasp-nhi", "check by the OWASP Non-Human Identities Top 10 of 2025");
  add(group, context, "zero-trust", "check by the tenets of zero trust of NIST SP 800-207");
}

function add(
  group: Command,
  context: CliContext,
  name: "owasp-nhi" | "zero-trust",
  description: string,
): void {
  const command = group
    .command(name)
    .description(description)
    .option("--html <FILE>", "write it as one self-contained page, too")
    .option("--strict", "exit code 1 when a line fails")
    .action(async (flags: { html?: string; strict?: boolean }, self: Command) => {
      const printer = printerOf(context, self);
      if (flags.html === "") throw usageError("--html names no file");
      await withServer(context, self, async (server) => {
        const answer = await server.call("ReportService", "GetReport", { name });
        const report = reportView(answer);
        if (flags.html !== undefined) {
          const { reportHtml } = await import("../../reports/index.ts");
          const file = resolve(context.cwd, flags.html);
          const content = reportHtml({ ...report, name, madeAt: new Date(answer.madeAtMs) });
          // Names of bots and their faults are nobody else's business.
          await writeFilesAtomically(dirname(file), [
            { name: basename(file), content, mode: 0o600 },
          ]);
        }
        printer.result({ report }, () => textOf(report));
        if (flags.html !== undefined) printer.note(`wrote ${flags.html}`);
        const hasFailed = report.lines.some(({ result }) => result === "fail");
        if (flags.strict === true && hasFailed) throw new ProgramEnded(EXIT.failed);
      });
    });
  example(command, `botpass report ${name} --html ${name}.html`);
}

type ReportView = ReturnType<typeof reportView>;

function reportView(report: Report__Output) {
  const { name, title, trustDomain, madeAtMs, madeBy, version, scope, checkpoint, lines } = report;
  return {
    name,
    title,
    trustDomain,
    madeAt: instant(madeAtMs),
    madeBy,
    version,
    scope,
    checkpoint,
    lines: lines.map(({ id, title, result, check, lookedAt, evidence, remedy }) => ({
      id,
      title,
      result: checkChoice("result", result, RESULTS),
      check,
      lookedAt,
      evidence,
      remedy,
    })),
  };
}

const MARK: Readonly<Record<LineResult, string>> = {
  pass: "pass",
  fail: "FAIL",
  not_applicable: "n/a ",
};

/** A line for each line, and below it what was found. */
function textOf({ title, trustDomain, madeAt, scope, lines }: ReportView): string {
  const count = (result: LineResult): number =>
    lines.filter((each) => each.result === result).length;
  const sums = `${count("fail")} fail, ${count("pass")} pass, ${count("not_applicable")} not applicable`;
  return [
    `${title}: ${trustDomain}, ${madeAt}`,
    ...scope.map((each) => `  ${printable(each)}`),
    ...lines.flatMap((line) => [
      `${MARK[line.result]}  ${line.id.padEnd(5)}  ${line.title}`,
      ...shownOf(line.evidence).map((each) => `             ${printable(each)}`),
      ...(line.remedy === "" ? [] : [`             → ${line.remedy}`]),
    ]),
    sums,
    "",
  ].join("\n");
}

/** The first ones; JSON and the page have the others. */
function shownOf(evidence: readonly string[]): readonly string[] {
  if (evidence.length <= MOST_SHOWN) return evidence;
  const more = evidence.length - MOST_SHOWN;
  return [...evidence.slice(0, MOST_SHOWN), `and ${more} more: --output json or --html`];
}

const MOST_SHOWN = 20;
