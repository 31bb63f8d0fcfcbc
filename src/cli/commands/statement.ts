import { readFile, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { Command } from "commander";
import { holding } from "../../clock.ts";
import { messageOf } from "../../errors.ts";
import { parseSpiffeId } from "../../spiffe/index.ts";
import { addBotFlags, type BotFlags, connectBot } from "../bot-flags.ts";
import { type CliContext, printerOf } from "../context.ts";
import { CliFailure, usageError } from "../failure.ts";
import { readFlagFile, requireAbsent, writeFilesAtomically } from "../files.ts";
import { example, rephrased } from "../flags.ts";
import { handoversOf, logKeyOf } from "../log-flags.ts";
import { showInstant } from "../table.ts";

interface SignFlags extends BotFlags {
  readonly out?: string;
  readonly force?: true;
}

interface VerifyFlags {
  readonly key: string;
  readonly handovers?: string;
  readonly spiffeId?: string;
}

/** `botpass sign` and `botpass verify`: statements that can be verified when the SVID is long gone. */
export function addStatementCommands(program: Command, context: CliContext): void {
  const sign = program
    .command("sign")
    .description("sign a file as a bot, with the log's proof that its SVID was valid then")
    .argument("<FILE>", "what is to be signed")
    .option("--out <FILE>", "where the statement goes (default: FILE.sig)")
    .option("--force", "replace it when it is there");
  addBotFlags(sign).action((file: string, flags: SignFlags, self: Command) =>
    holding(() => runSign(context, file, flags, self)),
  );
  example(sign, "botpass sign report.pdf --state-dir /var/lib/finance-bot");

  const verify = program
    .command("verify")
    .description("check a file and its statement, without a server")
    .argument("<FILE>", "what was signed")
    .argument("<SIG>", "the statement, FILE.sig")
    .requiredOption("--key <KEY>", "the log's key, as `audit key` prints it")
    .option("--handovers <FILE>", "how the log's key has changed, as `audit handovers` prints it")
    .option("--spiffe-id <SPIFFE_ID>", "who must have signed it (default: anybody)")
    .action((file: string, signature: string, flags: VerifyFlags, self: Command) =>
      runVerify(context, [file, signature], flags, self),
    );
  example(
    verify,
    "botpass verify report.pdf report.pdf.sig --key example.org/botpass/audit+1a2b3c4d+AQ…",
  );
}

async function runSign(
  context: CliContext,
  file: string,
  flags: SignFlags,
  self: Command,
): Promise<void> {
  const printer = printerOf(context, self);
  const bytes = await readBytes("FILE", resolve(context.cwd, file));
  const out = resolve(context.cwd, flags.out ?? `${file}.sig`);
  const [directory, name] = [dirname(out), basename(out)];
  if (flags.force !== true) await requireAbsent(directory, [name]);
  const bot = await connectBot(context, flags);
  try {
    const content = await bot.sign(bytes);
    await writeFilesAtomically(directory, [{ name, content, mode: 0o644 }]);
    const view = { file: out, spiffeId: bot.spiffeId.toString() };
    printer.result(view, () => `signed as ${view.spiffeId}: ${out}\n`);
  } finally {
    await bot.close();
  }
}

async function runVerify(
  context: CliContext,
  [file, signature]: readonly [string, string],
  flags: VerifyFlags,
  self: Command,
): Promise<void> {
  const printer = printerOf(context, self);
  const { key, spiffeId: wanted } = flags;
  await logKeyOf(key);
  const handovers =
    flags.handovers === undefined ? [] : await handoversOf(flags.handovers, context);
  if (wanted !== undefined) {
    rephrased("--spiffe-id", wanted, () => parseSpiffeId(wanted), "like spiffe://example.org/a");
  }
  const bytes = await readBytes("FILE", resolve(context.cwd, file));
  const text = await readFlagFile("SIG", resolve(context.cwd, signature));
  const { verifyStatement } = await import("../../statement/index.ts");
  const found = verifyStatement(bytes, text, { logKey: key, handovers });
  const spiffeId = found.spiffeId.toString();
  if (wanted !== undefined && wanted !== spiffeId) {
    const message = `the statement is not valid: ${spiffeId} signed it, not ${wanted}`;
    throw new CliFailure("STATEMENT_INVALID", message);
  }
  const view = { ...found, spiffeId, signedAt: found.signedAt.toISOString() };
  printer.record(view, () => [
    ["Signed by", spiffeId],
    ["At", showInstant(view.signedAt)],
    ["Bot", found.bot],
    ["Instance", found.instance],
    ["Entry", found.entry],
    ["Serial", found.serialHex],
    ["SHA-256", found.sha256],
    ["Proof", `record ${found.record} of ${found.origin}`],
  ]);
}

async function readBytes(flag: string, path: string): Promise<Buffer> {
  const { MAX_STATEMENT_BYTES } = await import("../../statement/index.ts");
  const shown = JSON.stringify(path);
  const unreadable = (cause: unknown): never => {
    throw usageError(`${flag} ${shown} cannot be read: ${messageOf(cause)}`, { cause });
  };
  const { size } = await stat(path).catch(unreadable);
  if (size > MAX_STATEMENT_BYTES) {
    throw usageError(`${flag} ${shown} has ${size} bytes, more than ${MAX_STATEMENT_BYTES}`);
  }
  return readFile(path).catch(unreadable);
}
