import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { checkLabel, checkText, example, parseInteger } from "../flags.ts";
import { botView } from "../views.ts";
import { printBot } from "./bot-fields.ts";

interface ReasonFlags {
  readonly reason?: string;
}

/** `botpass bot propose`, `approve`, `reject`, `review`, `receipt`. */
export function addGovernanceCommands(group: Command, context: CliContext): void {
  addPropose(group, context);
  addDecision(group, context, "approve", "ApproveBot", "let what was proposed of a bot hold");
  addDecision(group, context, "reject", "RejectBot", "send back what was proposed of a bot");
  addReview(group, context);
  addReceipt(group, context);
}

function addPropose(group: Command, context: CliContext): void {
  const command = group
    .command("propose <NAME>")
    .description("offer a draft for approval by another person")
    .action(async (name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { name: checkLabel("NAME", name) };
      await withServer(context, self, async (server) => {
        printBot(printer, botView(await server.call("GovernanceService", "ProposeBot", request)));
      });
    });
  example(command, "botpass bot propose invoice-poster");
}

function addDecision(
  group: Command,
  context: CliContext,
  verb: "approve" | "reject",
  method: "ApproveBot" | "RejectBot",
  description: string,
): void {
  const command = group
    .command(`${verb} <NAME>`)
    .description(description)
    .requiredOption("--revision <N>", "the revision that you have seen, as bot show tells it");
  if (verb === "reject") command.option("--reason <TEXT>", "why, for the audit");
  command.action(
    async (name: string, flags: ReasonFlags & { readonly revision: string }, self: Command) => {
      const printer = printerOf(context, self);
      const { revision } = flags;
      const request = {
        name: checkLabel("NAME", name),
        revision: parseInteger("--revision", revision, 1, Number.MAX_SAFE_INTEGER),
        ...reasonOf(flags),
      };
      await withServer(context, self, async (server) => {
        printBot(printer, botView(await server.call("GovernanceService", method, request)));
      });
    },
  );
  const reason = verb === "approve" ? "" : ' --reason "who needs this?"';
  example(command, `botpass bot ${verb} invoice-poster --revision 2${reason}`);
}

function addReview(group: Command, context: CliContext): void {
  const command = group
    .command("review <NAME>")
    .description("say that a bot's passport was looked at and may go on")
    .option("--reason <TEXT>", "what was found, for the audit")
    .action(async (name: string, flags: ReasonFlags, self: Command) => {
      const printer = printerOf(context, self);
      const request = { name: checkLabel("NAME", name), ...reasonOf(flags) };
      await withServer(context, self, async (server) => {
        printBot(printer, botView(await server.call("GovernanceService", "ReviewBot", request)));
      });
    });
  example(command, 'botpass bot review invoice-poster --reason "still posts invoices"');
}

function addReceipt(group: Command, context: CliContext): void {
  const command = group
    .command("receipt <NAME>")
    .description("print the signed receipt of a bot's retirement: what was cut, and when")
    .action(async (name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { name: checkLabel("NAME", name) };
      await withServer(context, self, async (server) => {
        const { jws } = await server.call("GovernanceService", "GetReceipt", request);
        printer.result({ receipt: jws }, () => `${jws}\n`);
      });
    });
  example(command, "botpass bot receipt invoice-poster > invoice-poster.receipt");
}

function reasonOf({ reason }: ReasonFlags) {
  return reason === undefined ? {} : { reason: checkText("--reason", reason, 1024) };
}
