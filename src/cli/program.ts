import { Command } from "commander";
import { addAgentCommands } from "./commands/agent.ts";
import { addAuditCommands } from "./commands/audit.ts";
import { addAuthorityCommands } from "./commands/authority.ts";
import { addBackupCommands } from "./commands/backup.ts";
import { addBlastRadiusCommand } from "./commands/blast-radius.ts";
import { addBotCommands } from "./commands/bot.ts";
import { addBundleCommands } from "./commands/bundle.ts";
import { addContextCommands } from "./commands/context.ts";
import { addCrlCommand } from "./commands/crl.ts";
import { addEntryCommands } from "./commands/entry.ts";
import { addExecCommand } from "./commands/exec.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addFilesCommand } from "./commands/files.ts";
import { addFindingsCommands } from "./commands/findings.ts";
import { addImportCommands } from "./commands/import.ts";
import { addInstanceCommands } from "./commands/instance.ts";
import { addJwtCommands } from "./commands/jwt.ts";
import { addLoginCommand } from "./commands/login.ts";
import { addOperatorCommands } from "./commands/operator.ts";
import { addReportCommands } from "./commands/report.ts";
import { addReviewCommands } from "./commands/review.ts";
import { addRevokeCommand } from "./commands/revoke.ts";
import { addServerCommands } from "./commands/server.ts";
import { addShellCommands } from "./commands/shell.ts";
import { addApplyCommand, addExportCommand } from "./commands/state.ts";
import { addStatementCommands } from "./commands/statement.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addTokenCommands } from "./commands/token.ts";
import { addTopCommand } from "./commands/top.ts";
import { addUsageCommand } from "./commands/usage.ts";
import { addWhoamiCommand } from "./commands/whoami.ts";
import { addX509Commands } from "./commands/x509.ts";
import type { CliContext } from "./context.ts";
import { OUTPUT_FORMATS } from "./output.ts";

const HELP_WIDTH = 100;

/**
 * Builds the tree of commands. Nothing exits and nothing is printed but through `context`: refusals are thrown.
 * @param version what `--version` prints.
 */
export function buildProgram(context: CliContext, version: string): Command {
  const program = new Command("botpass")
    .description(
      "Identity issuer for bots: short-lived SPIFFE identities, attested, rotated and governed.",
    )
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "show help")
    .option(
      "--admin-socket <PATH>",
      "the server's admin socket (env BOTPASS_ADMIN_SOCKET; default: admin.sock in BOTPASS_DATA_DIR or /var/lib/botpass)",
    )
    .option("--server <HOST:PORT>", "the server, over TLS with the login of a context")
    .option(
      "--context <NAME>",
      "one of botpass context list (env BOTPASS_CONTEXT; default: the current)",
    )
    .option(
      "--server-uid <UID>",
      "user that the server runs as, if neither root nor you (env BOTPASS_SERVER_UID)",
    )
    .option("--output <FORMAT>", `${OUTPUT_FORMATS.join(", ")} (default: table)`)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, helpWidth: HELP_WIDTH })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      // Refusals are told once, by reportFailure.
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  addServerCommands(program, context);
  addBackupCommands(program, context);
  addAgentCommands(program, context);
  addFilesCommand(program, context);
  addExecCommand(program, context);
  addStatementCommands(program, context);
  addBotCommands(program, context);
  addEntryCommands(program, context);
  addApplyCommand(program, context);
  addExportCommand(program, context);
  addImportCommands(program, context);
  addTokenCommands(program, context);
  addInstanceCommands(program, context);
  addRevokeCommand(program, context);
  addBundleCommands(program, context);
  addCrlCommand(program, context);
  addAuthorityCommands(program, context);
  addX509Commands(program, context);
  addJwtCommands(program, context);
  addAuditCommands(program, context);
  addExplainCommand(program, context);
  addBlastRadiusCommand(program, context);
  addUsageCommand(program, context);
  addFindingsCommands(program, context);
  addReportCommands(program, context);
  addReviewCommands(program, context);
  addOperatorCommands(program, context);
  addLoginCommand(program, context);
  addWhoamiCommand(program, context);
  addContextCommands(program, context);
  addStatusCommand(program, context);
  addTopCommand(program, context);
  addShellCommands(program, context, version);
  return program;
}
