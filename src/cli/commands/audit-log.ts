import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { IssuerError, messageOf } from "../../errors.ts";
import type { ExportCheck, ExportReport, Finding } from "../../log/index.ts";
import type { ResponseOf } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { CliFailure, usageError } from "../failure.ts";
import { example } from "../flags.ts";
import { checkpointsOf, handoversOf, logKeyOf } from "../log-flags.ts";
import type { Printer } from "../output.ts";
import { PAGE_SIZE } from "../paging.ts";
import { type Column, renderTable, showInstant } from "../table.ts";
import { instant } from "../views.ts";
import { serialOf } from "./serial.ts";

interface VerifyFlags {
  readonly against?: string;
  readonly handovers?: string;
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
    .option("--history", "the keys before it too, and which records each has signed")
    .action((flags: { readonly history?: true }, self: Command) =>
      withServer(context, self, async (server) => {
        const printer = printerOf(context, self);
        if (flags.history === true) {
          const keys = await server.call("KeyService", "ListLogKeys", {});
          const { handovers } = keys;
          const view = { ...keys, handovers: handovers.map(handoverView) };
          printer.result(view, () => renderTable(KEYS, keyViews(keys)));
          return;
        }
        const { verifier } = await server.call("AuditService", "GetLogKey", {});
        printer.result({ verifier }, () => `${verifier}\n`);
      }),
    );
  example(key, "botpass audit key > log.key", "botpass audit key --history");

  const handovers = group
    .command("handovers")
    .description("print how the log's key has changed: signed notes, the oldest first")
    .action((_: object, self: Command) =>
      withServer(context, self, async (server) => {
        const keys = await server.call("KeyService", "ListLogKeys", {});
        const notes = keys.handovers.map(({ note }) => note);
        const printer = printerOf(context, self);
        printer.result({ handovers: notes }, () => notes.join("\n"));
        if (notes.length === 0) printer.note("the log has had no other key");
      }),
    );
  example(handovers, "botpass audit handovers > handovers.txt");

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
        const proof = await server.call("AuditService", "ProveRecord", { serial });
        const { formatRecordProof } = await import("../../log/index.ts");
        printerOf(context, self).raw(`${formatRecordProof(proof)}\n`);
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
    .option("--key <KEY>", "a key that the log has or had, as `audit key` prints it")
    .option(
      "--handovers <FILE>",
      "for a proof: how the log's key has changed, see `audit handovers`",
    )
    .action(async (file: string, flags: VerifyFlags, self: Command) => {
      const printer = printerOf(context, self);
      const check = await checkOf(flags, context);
      const path = resolve(context.cwd, file);
      if (flags.key === undefined && check.against === undefined) {
        printer.note(
          "checked by the key that the file itself names: --key and --against prove more",
        );
      }
      const handovers =
        flags.handovers === undefined ? undefined : await handoversOf(flags.handovers, context);
      await verifyFile(printer, path, file, { ...check, ...(handovers && { handovers }) });
    });
  example(verify, "botpass audit verify audit.jsonl --against checkpoints.txt");
}

async function checkOf({ key, against }: VerifyFlags, context: CliContext): Promise<ExportCheck> {
  return {
    ...(key !== undefined && { verifier: await logKeyOf(key) }),
    ...(against !== undefined && { against: await checkpointsOf(against, context) }),
  };
}

type Check = ExportCheck & { readonly handovers?: readonly string[] };

interface KeyView {
  readonly verifier: string;
  readonly records: string;
  readonly since: string;
}

const KEYS: readonly Column<KeyView>[] = [
  { heading: "KEY", cell: ({ verifier }) => verifier },
  { heading: "SIZES", cell: ({ records }) => records },
  { heading: "SINCE", cell: ({ since }) => since },
];

type LogKeys = ResponseOf<"KeyService", "ListLogKeys">;

/** Each key with the sizes of the log that it may have signed, the present one last. */
function keyViews({ verifier, handovers }: LogKeys): readonly KeyView[] {
  const all = [...handovers.map(({ former }) => former), verifier];
  return all.map((each, place) => {
    const [came, went] = [handovers[place - 1], handovers[place]];
    return {
      verifier: each,
      records: `${came?.size ?? 0}-${went?.size ?? ""}`,
      since: came === undefined ? "-" : showInstant(instant(came.atMs)),
    };
  });
}

function handoverView({ atMs, ...handover }: LogKeys["handovers"][number]) {
  return { ...handover, at: instant(atMs) };
}

/** Reads line by line: an export can be longer than what fits into memory. */
async function verifyFile(
  printer: Printer,
  path: string,
  file: string,
  check: Check,
): Promise<void> {
  const { ExportVerifier, isRecordProof } = await import("../../log/index.ts");
  const verifier = new ExportVerifier(check);
  const stream = createReadStream(path, "utf8");
  let first = true;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: 0 })) {
      if (first && isRecordProof(line)) return await verifyProof(printer, line, check);
      if (first && check.handovers !== undefined) {
        throw usageError("--handovers is for proofs: an export brings its own");
      }
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

async function verifyProof(printer: Printer, line: string, check: Check): Promise<void> {
  if (check.against !== undefined) {
    throw usageError("--against is for exports: a proof brings its own checkpoint");
  }
  const { checkRecordProof, parseRecordProof } = await import("../../log/index.ts");
  const facts = checkRecordProof(parseRecordProof(line), check.verifier, check.handovers);
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
