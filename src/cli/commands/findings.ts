import type { Command } from "commander";
import type { FindingRecord__Output } from "../../wire/index.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { addGroup, checkBotName, checkId, checkText, example, parseInteger } from "../flags.ts";
import type { Printer } from "../output.ts";
import { PAGE_SIZE } from "../paging.ts";
import { type Column, showInstant } from "../table.ts";
import { instant, optionalInstant } from "../views.ts";

interface ListFlags {
  readonly bot?: string;
  readonly detector?: string;
  readonly open?: boolean;
  readonly limit?: string;
}

type FindingView = ReturnType<typeof findingView>;

function findingView(finding: FindingRecord__Output) {
  const { id, detector, severity, subject, summary, facts, evidence, ackedBy, note } = finding;
  return {
    id,
    at: instant(finding.atMs),
    detector,
    severity,
    bot: finding.bot || null,
    instance: finding.instanceId || null,
    subject,
    summary,
    facts,
    evidence,
    ackedAt: optionalInstant(finding.ackedAtMs),
    ackedBy: ackedBy || null,
    note: note || null,
  };
}

const COLUMNS: readonly Column<FindingView>[] = [
  { heading: "ID", cell: ({ id }) => String(id) },
  { heading: "AT", cell: ({ at }) => showInstant(at) },
  { heading: "SEVERITY", cell: ({ severity }) => severity },
  { heading: "ACKED BY", cell: ({ ackedBy }) => ackedBy ?? "-" },
  { heading: "FINDING", cell: ({ summary }) => summary },
];

const DEFAULT_LIMIT = "100";

/** `botpass findings …`: what looks like misuse. */
export function addFindingsCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "findings", "findings: what looks like misuse");
  const list = group
    .command("list")
    .description("list findings, newest first")
    .option("--bot <NAME>", "only those about this bot")
    .option("--detector <NAME>", "only those of this detector, like token_second_key")
    .option("--open", "only those that nobody has acknowledged")
    .option("--limit <N>", `at most so many (default: ${DEFAULT_LIMIT})`)
    .action(async (flags: ListFlags, self: Command) => {
      const printer = printerOf(context, self);
      const filter = {
        open: flags.open === true,
        ...(flags.bot !== undefined && { bot: checkBotName("--bot", flags.bot) }),
        ...(flags.detector !== undefined && { detector: checkId("--detector", flags.detector) }),
      };
      const limit = parseInteger("--limit", flags.limit ?? DEFAULT_LIMIT, 1, 1_000_000);
      await withServer(context, self, async (server) => {
        const findings: FindingView[] = [];
        let pageToken = "";
        do {
          const pageSize = Math.min(PAGE_SIZE, limit - findings.length);
          const request = { ...filter, pageSize, pageToken };
          const page = await server.call("FindingService", "ListFindings", request);
          findings.push(...page.findings.map(findingView));
          pageToken = page.nextPageToken;
        } while (pageToken !== "" && findings.length < limit);
        printer.list("findings", findings, COLUMNS);
      });
    });
  example(list, "botpass findings list --open");
  const show = group
    .command("show <ID>")
    .description("show a finding, with what it rests on")
    .action(async (id: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { id: findingId(id) };
      await withServer(context, self, async (server) => {
        print(printer, findingView(await server.call("FindingService", "GetFinding", request)));
      });
    });
  example(show, "botpass findings show 12");
  const ack = group
    .command("ack <ID>")
    .description("acknowledge a finding: somebody has looked at it")
    .option("--note <TEXT>", "what was found out, for the audit")
    .action(async (id: string, flags: { note?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const request = {
        id: findingId(id),
        ...(flags.note !== undefined && { note: checkText("--note", flags.note, 1024) }),
      };
      await withServer(context, self, async (server) => {
        print(printer, findingView(await server.call("FindingService", "AckFinding", request)));
      });
    });
  example(ack, 'botpass findings ack 12 --note "the laptop was restored from a backup"');
}

function findingId(text: string): number {
  return parseInteger("ID", text, 1, Number.MAX_SAFE_INTEGER);
}

function print(printer: Printer, finding: FindingView): void {
  printer.record({ finding }, () => [
    ["ID", String(finding.id)],
    ["Finding", finding.summary],
    ["At", showInstant(finding.at)],
    ["Detector", finding.detector],
    ["Severity", finding.severity],
    ["Bot", finding.bot ?? "-"],
    ["Instance", finding.instance ?? "-"],
    ...Object.entries(finding.facts).map(([name, value]) => [`  ${name}`, value] as const),
    ["Audit records", finding.evidence.join(", ") || "-"],
    [
      "Acknowledged",
      finding.ackedBy === null ? "no" : `${showInstant(finding.ackedAt)} by ${finding.ackedBy}`,
    ],
    ["Note", finding.note ?? "-"],
  ]);
}
