import { type Command, Option } from "commander";
import type {
  ChangeBotStateResponse__Output,
  PassportTerms,
  UpdateBotRequest,
} from "../../wire/index.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { addEntryFlags, type EntryFlags, entryParts } from "../entry-flags.ts";
import { usageError } from "../failure.ts";
import {
  addGroup,
  checkBotName,
  checkChoice,
  checkLabel,
  checkText,
  example,
  parseInteger,
  repeatable,
} from "../flags.ts";
import type { Printer } from "../output.ts";
import { allPages, PAGE_SIZE } from "../paging.ts";
import { type Column, showInstant, showList } from "../table.ts";
import {
  addTermsFlags,
  CLEARED_TERMS,
  type TermsFlags,
  termsBase,
  termsParts,
} from "../terms-flags.ts";
import { parseFutureInstant } from "../time.ts";
import { type BotView, botView, entryView, present } from "../views.ts";
import { botFields, printBot } from "./bot-fields.ts";
import { addGovernanceCommands } from "./bot-governance.ts";

const KINDS = ["bot", "service", "node"] as const;
const STATES = ["draft", "proposed", "active", "restricted", "suspended", "retired"] as const;
const CLEARED: readonly string[] = ["ends", ...Object.keys(CLEARED_TERMS)];

const COLUMNS: readonly Column<BotView>[] = [
  { heading: "NAME", cell: (bot) => bot.name },
  { heading: "KIND", cell: (bot) => bot.kind },
  { heading: "STATE", cell: (bot) => bot.state },
  { heading: "ENVIRONMENT", cell: (bot) => bot.environment },
  { heading: "OWNER", cell: (bot) => bot.owner },
  { heading: "ENDS", cell: (bot) => showInstant(bot.endsAt) },
  { heading: "SPIFFE ID", cell: (bot) => bot.spiffeId },
];

interface RegisterFlags extends EntryFlags, TermsFlags {
  readonly propose?: true;
  readonly owner: string;
  readonly purpose: string;
  readonly kind?: string;
  readonly environment?: string;
  readonly ends?: string;
  readonly path?: string;
  readonly entryExpires?: string;
}

interface ListFlags {
  readonly state?: string;
  readonly owner?: string;
  readonly environment?: string;
}

interface UpdateFlags extends TermsFlags {
  readonly owner?: string;
  readonly purpose?: string;
  readonly ends?: string;
  readonly clear?: string[];
  readonly revision?: string;
}

/** `botpass bot …`: passports. */
export function addBotCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "bot", "bots and their passports");
  addRegister(group, context);
  addShow(group, context);
  addList(group, context);
  addUpdate(group, context);
  addStateChange(group, context, "suspend", "SuspendBot", "stop a bot and deny what it holds");
  addStateChange(group, context, "resume", "ResumeBot", "let a suspended bot attest again");
  addStateChange(group, context, "retire", "RetireBot", "stop a bot for good");
  addGovernanceCommands(group, context);
}

function addRegister(group: Command, context: CliContext): void {
  const command = group
    .command("register <NAME>")
    .description(
      "register a bot and its first entry (by join token, unless --selector says otherwise)",
    )
    .requiredOption("--owner <OWNER>", "who answers for it")
    .requiredOption("--purpose <TEXT>", "what it is for")
    .addOption(new Option("--kind <KIND>", `${KINDS.join(", ")} (default: bot)`))
    .option("--environment <NAME>", "environment, for life (default: default)")
    .option("--ends <WHEN>", "date or duration after which it is issued nothing")
    .option("--path <PATH>", "path of its SPIFFE ID (default: /bot/ENVIRONMENT/NAME)");
  addTermsFlags(command).option("--propose", "offer it for approval at once, where that is needed");
  addEntryFlags(command, "--entry-expires").action(
    async (name: string, flags: RegisterFlags, self: Command) => {
      const now = context.clock.now();
      const printer = printerOf(context, self);
      const { entryExpires, ends } = flags;
      const entry = entryParts(flags, { flag: "--entry-expires", text: entryExpires }, now);
      const terms = termsParts(flags);
      const request = {
        name: checkLabel("NAME", name),
        owner: checkText("--owner", flags.owner, 256),
        purpose: checkText("--purpose", flags.purpose, 1024),
        ...(flags.kind !== undefined && { kind: checkChoice("--kind", flags.kind, KINDS) }),
        ...(flags.environment !== undefined && {
          environment: checkLabel("--environment", flags.environment),
        }),
        ...(ends !== undefined && {
          endsAtMs: parseFutureInstant("--ends", ends, now).getTime(),
        }),
        ...(flags.path !== undefined && { path: checkPath(flags.path) }),
        ...(Object.keys(entry).length > 0 && { entry }),
        ...(Object.keys(terms).length > 0 && { terms }),
        ...(flags.propose && { propose: true }),
      };
      await withServer(context, self, async (server) => {
        const answer = await server.call("BotService", "RegisterBot", request);
        const bot = botView(present("bot", answer.bot));
        const first = answer.entry === null ? null : entryView(answer.entry);
        printer.record({ bot, entry: first }, () => [
          ...botFields(bot),
          ["Entry", first === null ? "-" : `${first.id} (${showList(first.selectors)})`],
        ]);
        printer.warnings(answer.warnings);
      });
    },
  );
  example(
    command,
    "botpass bot register invoice-poster --owner alice@example.org \\",
    '  --purpose "posts supplier invoices to the ERP" --environment prod --selector unix:uid:1001',
  );
}

function addShow(group: Command, context: CliContext): void {
  const command = group
    .command("show <NAME>")
    .description("show a bot's passport")
    .action(async (name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { name: checkBotName("NAME", name) };
      await withServer(context, self, async (server) => {
        printBot(printer, botView(await server.call("BotService", "GetBot", request)));
      });
    });
  example(command, "botpass bot show invoice-poster");
}

function addList(group: Command, context: CliContext): void {
  const command = group
    .command("list")
    .description("list bots")
    .option("--state <STATE>", `only those ${STATES.join(", ")}`)
    .option("--owner <OWNER>", "only those of this owner")
    .option("--environment <NAME>", "only those of this environment")
    .action(async (flags: ListFlags, self: Command) => {
      const printer = printerOf(context, self);
      const filter = {
        ...(flags.state !== undefined && { state: checkChoice("--state", flags.state, STATES) }),
        ...(flags.owner !== undefined && { owner: checkText("--owner", flags.owner, 256) }),
        ...(flags.environment !== undefined && {
          environment: checkLabel("--environment", flags.environment),
        }),
      };
      await withServer(context, self, async (server) => {
        const bots = await allPages(async (pageToken) => {
          const request = { ...filter, pageSize: PAGE_SIZE, pageToken };
          const page = await server.call("BotService", "ListBots", request);
          return { items: page.bots, next: page.nextPageToken };
        });
        printer.list("bots", bots.map(botView), COLUMNS);
      });
    });
  example(command, "botpass bot list --state active --environment prod");
}

function addUpdate(group: Command, context: CliContext): void {
  const command = group
    .command("update <NAME>")
    .description("change a bot's owner, purpose or end date")
    .option("--owner <OWNER>", "who answers for it")
    .option("--purpose <TEXT>", "what it is for")
    .option("--ends <WHEN>", "date or duration after which it is issued nothing")
    .addOption(repeatable("--clear <FIELD>", `take away: ${CLEARED.join(", ")}`));
  addTermsFlags(command)
    .option("--revision <N>", "refuse if the bot is at another revision (default: its current one)")
    .action(async (name: string, flags: UpdateFlags, self: Command) => {
      const printer = printerOf(context, self);
      const { change, terms } = updateOf(checkLabel("NAME", name), flags, context.clock.now());
      await withServer(context, self, async (server) => {
        const changesTerms = Object.keys(terms).length > 0;
        const seen =
          change.revision === undefined || changesTerms
            ? await server.call("BotService", "GetBot", { name })
            : undefined;
        const bot = await server.call("BotService", "UpdateBot", {
          ...change,
          revision: change.revision ?? seen?.revision ?? 0,
          ...(changesTerms && { terms: { ...termsBase(seen?.terms), ...terms } }),
        });
        printBot(printer, botView(bot));
      });
    });
  example(command, "botpass bot update invoice-poster --owner bob@example.org --ends 2030-12-31");
}

function updateOf(
  name: string,
  flags: UpdateFlags,
  now: Date,
): { readonly change: UpdateBotRequest; readonly terms: Partial<PassportTerms> } {
  const cleared = (flags.clear ?? []).map((field) => checkChoice("--clear", field, CLEARED));
  const terms: Partial<PassportTerms> = {
    ...termsParts(flags),
    ...Object.assign({}, ...cleared.map((field) => Reflect.get(CLEARED_TERMS, field) ?? {})),
  };
  if (flags.ends !== undefined && cleared.includes("ends")) {
    throw usageError("--ends and --clear ends exclude each other");
  }
  const change = {
    ...(flags.owner !== undefined && { owner: checkText("--owner", flags.owner, 256) }),
    ...(flags.purpose !== undefined && { purpose: checkText("--purpose", flags.purpose, 1024) }),
    ...(flags.ends !== undefined && {
      endsAtMs: parseFutureInstant("--ends", flags.ends, now).getTime(),
    }),
    ...(cleared.includes("ends") && { endsAtMs: 0 }),
  };
  if (Object.keys(change).length + Object.keys(terms).length === 0) {
    throw usageError("nothing to change: give --owner, --purpose, --ends, a term or --clear");
  }
  const { revision } = flags;
  return {
    terms,
    change: {
      name,
      ...change,
      ...(revision !== undefined && {
        revision: parseInteger("--revision", revision, 1, Number.MAX_SAFE_INTEGER),
      }),
    },
  };
}

function addStateChange(
  group: Command,
  context: CliContext,
  verb: "suspend" | "resume" | "retire",
  method: "SuspendBot" | "ResumeBot" | "RetireBot",
  description: string,
): void {
  const command = group
    .command(`${verb} <NAME>`)
    .description(description)
    .option("--reason <TEXT>", "why, for the audit")
    .action(async (name: string, flags: { reason?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const request = {
        name: checkBotName("NAME", name),
        ...(flags.reason !== undefined && { reason: checkText("--reason", flags.reason, 1024) }),
      };
      await withServer(context, self, async (server) => {
        printStateChange(printer, await server.call("BotService", method, request));
      });
    });
  const reason = verb === "resume" ? "" : ' --reason "found in a leaked image"';
  example(command, `botpass bot ${verb} invoice-poster${reason}`);
}

function printStateChange(printer: Printer, answer: ChangeBotStateResponse__Output): void {
  const bot = botView(present("bot", answer.bot));
  const { denied, streams, receipt } = answer;
  const signed = receipt === "" ? {} : { receipt };
  printer.record({ bot, denied, streams, ...signed }, () => [
    ...botFields(bot),
    ["SVIDs denied", String(denied)],
    ["Streams told", String(streams)],
    ...(receipt === "" ? [] : [["Receipt", receipt] as const]),
  ]);
}

function checkPath(path: string): string {
  if (path.startsWith("/")) return checkText("--path", path, 2048);
  throw usageError(`--path ${JSON.stringify(path)} does not start with /`);
}
