import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { IssuerError, messageOf } from "../../errors.ts";
import type { ExportCheck, ExportReport, Finding } from "../../log/index.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { CliFailure, usageError } from "../failure.ts";
import { example } from "../flags.ts";
import { checkpointsOf, logKeyOf } from "../log-flags.ts";
import type { Printer } from "../output.ts";
import { PAGE_SIZE } from "../paging.ts";
import { type Column, renderTable } from "../table.ts";
import { serialOf } from "./serial.ts";

interface VerifyFlags {
  readonly against?: string;
  readonly key?: string;
}

const FINDINGS: readonly Column<Finding>[] = [
  { heading: "WHAT", cell: ({ what }) => what },
  {
    heading: "RECORDS",
    cell: ({ records: [from, to] = [0, 0] }) =>
      from === 0 ? "-" : from === to ? `${from}` : `${from}-${to}`,
  },
  { heading: "LINE", cell: ({ line }) => `${line ?? "-"}` },
  { heading: "WHY", cell: ({ says }) => says },
];

/** The commands of `botpass audit` that are about the log: nothing can be taken out of it unseen. */
export function addLogCommands(group: Command, context: CliContext): void {
  const key = group
    .command("key")
    .description("print the log's key, for those who verify: name+hash+base64")
    .action((_: object, self: Command) =>
      withServer(context, self, async (server) => {
        const { verifier } = await server.call("AuditService", "GetLogKey", {});
        printerOf(context, self).result({ verifier }, () => `${verifier}\n`);
      }),
    );
  example(key, "botpass audit key > log.key");

  const checkpoint = group
    .command("checkpoint")
    .description("sign how far the log has come, and print that")
    .action((_: object, self: Command) =>
      withServer(context, self, async (server) => {
        const { note, size } = await server.call("AuditService", "MakeCheckpoint", {});
        const { readCheckpoint } = await import("../../log/index.ts");
        const root = readCheckpoint(note).root.toString("base64");
        printerOf(context, self).result({ checkpoint: note, size, root }, () => note);
      }),
    );
  example(checkpoint, "botpass audit checkpoint > checkpoint.txt");

  const prove = group
    .command("prove")
    .description("print a record with the proof that the log holds it")
    .requiredOption("--serial <HEX>", "serial number or JWT ID of the SVID")
    .action((flags: { readonly serial: string }, self: Command) => {
      const serial = serialOf(flags.serial);
      return withServer(context, self, async (server) => {
        const { verifier } = await server.call("AuditService", "GetLogKey", {});
        const proof = await server.call("AuditService", "ProveRecord", { serial });
        const { formatRecordProof } = await import("../../log/index.ts");
        printerOf(context, self).raw(`${formatRecordProof({ ...proof, verifier })}\n`);
      });
    });
  example(prove, "botpass audit prove --serial 1A2B3C4D > proof.json");

  const exporting = group
    .command("export")
    .description("print the whole log as JSON lines that can be verified without a server")
    .action((_: object, self: Command) => {
      const printer = printerOf(context, self);
      return withServer(context, self, async (server) => {
        let request = { pageSize: PAGE_SIZE, afterSequence: 0, upTo: 0 };
        for (;;) {
          const page = await server.call("AuditService", "ExportAudit", request);
          if (page.lines.length > 0) printer.raw(`${page.lines.join("\n")}\n`);
          const { nextAfterSequence, upTo } = page;
          if (nextAfterSequence === 0) return;
          if (nextAfterSequence <= request.afterSequence) {
            throw new IssuerError("INTERNAL", "the server gives the same part twice");
          }
          request = { pageSize: PAGE_SIZE, afterSequence: nextAfterSequence, upTo };
        }
      });
    });
  example(exporting, "botpass audit export > audit.jsonl");

  const verify = group
    .command("verify")
    .description("check an export or a proof, without a server")
    .argument("<FILE>", "what `audit export` or `audit prove` printed")
    .option("--against <FILE>", "checkpoints that were kept elsewhere")
    .option("--key <KEY>", "the log's key, as `audit key` prints it")
    .action(async (file: string, flags: VerifyFlags, self: Command) => {
      const printer = printerOf(context, self);
      const check = await checkOf(flags, context);
      const path = resolve(context.cwd, file);
      if (flags.key === undefined && check.against === undefined) {
        printer.note(
          "checked by the key that the file itself names: --key and --against prove more",
        );
      }
      await verifyFile(printer, path, file, check);
    });
  example(verify, "botpass audit verify audit.jsonl --against checkpoints.txt");
}

async function checkOf({ key, against }: VerifyFlags, context: CliContext): Promise<ExportCheck> {
  return {
    ...(key !== undefined && { verifier: await logKeyOf(key) }),
    ...(against !== undefined && { against: await checkpointsOf(against, context) }),
  };
}

/** Reads line by line: an export can be longer than what fits into memory. */
async function verifyFile(
  printer: Printer,
  path: string,
  file: string,
  check: ExportCheck,
): Promise<void> {
  const { ExportVerifier, isRecordProof } = await import("../../log/index.ts");
  const verifier = new ExportVerifier(check);
  const stream = createReadStream(path, "utf8");
  let first = true;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: 0 })) {
      if (first && isRecordProof(line)) return await verifyProof(printer, line, check);
      first = false;
      verifier.line(line);
    }
  } catch (cause) {
    if (cause instanceof IssuerError) throw cause;
    const shown = JSON.stringify(file);
    throw usageError(`FILE ${shown} cannot be read: ${messageOf(cause)}`, { cause });
  } finally {
    stream.destroy();
  }
  printReport(printer, verifier.end());
}

async function verifyProof(printer: Printer, line: string, check: ExportCheck): Promise<void> {
  if (check.against !== undefined) {
    throw usageError("--against is for exports: a proof brings its own checkpoint");
  }
  const { checkRecordProof, parseRecordProof } = await import("../../log/index.ts");
  const facts = checkRecordProof(parseRecordProof(line), check.verifier);
  const { origin, key, size, index } = facts;
  const record: unknown = JSON.parse(facts.record);
  printer.result(
    { ok: true, origin, key, size, index, record },
    () => `verified: the record is leaf ${index} of the ${size} of ${origin}\n`,
  );
}

/** @throws CliFailure LOG_INCONSISTENT when there is anything to find. */
function printReport(printer: Printer, report: ExportReport): void {
  const { findings, more, from, to, origin, held, tooOld } = report;
  const ok = findings.length === 0;
  if (tooOld.length > 0) {
    printer.note(
      `${tooOld.length} checkpoints are from before the oldest record and prove nothing of it`,
    );
  }
  printer.result({ ok, ...report }, () =>
    ok
      ? `verified: records ${from} to ${to} of ${origin}, by ${held.length} checkpoints\n`
      : renderTable(FINDINGS, findings),
  );
  if (ok) return;
  const count = findings.length + more;
  const [first] = findings;
  const message = `the log was tampered with: ${first?.says ?? ""}${count > 1 ? ` (and ${count - 1} more)` : ""}`;
  throw new CliFailure("LOG_INCONSISTENT", message);
}
