import { resolve } from "node:path";
import type { Command } from "commander";
import { formatDuration } from "../../duration.ts";
import type { CreateEntryResponse__Output, Entry, Entry__Output } from "../../wire/index.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { addEntryFlags, type EntryFlags, type EntryParts, entryParts } from "../entry-flags.ts";
import { usageError } from "../failure.ts";
import { readFlagFile } from "../files.ts";
import {
  addGroup,
  checkChoice,
  checkId,
  checkLabel,
  checkText,
  example,
  parseInteger,
  parseSelectors,
  repeatable,
} from "../flags.ts";
import type { Printer } from "../output.ts";
import { allPages, PAGE_SIZE } from "../paging.ts";
import { type Column, renderRecord, renderTable, showInstant, showList } from "../table.ts";
import {
  type EntryContentView,
  type EntryView,
  entryView,
  present,
  selectorText,
  waitingOf,
} from "../views.ts";
import { type AttemptsFlags, attemptsOf, explainAttempts } from "./attempts.ts";

const CLEARABLE = [
  "x509-ttl",
  "jwt-ttl",
  "dns-names",
  "audiences",
  "hint",
  "expires",
  "nodes",
  "node-selectors",
] as const;
const MAX_EXPLAINED_SELECTORS = 1000;

type Clearable = (typeof CLEARABLE)[number];

/** What a field of an entry is when it is taken away. */
const CLEARED: Record<Clearable, Partial<Entry>> = {
  "x509-ttl": { x509TtlSeconds: 0 },
  "jwt-ttl": { jwtTtlSeconds: 0 },
  "dns-names": { dnsNames: [] },
  audiences: { audiences: [] },
  hint: { hint: "" },
  expires: { expiresAtMs: 0 },
  nodes: { nodes: [] },
  "node-selectors": { nodeSelectors: [] },
};

const COLUMNS: readonly Column<EntryView>[] = [
  { heading: "ID", cell: (entry) => entry.id },
  { heading: "BOT", cell: (entry) => entry.bot },
  { heading: "SELECTORS", cell: (entry) => showList(entry.selectors) },
  { heading: "X509 TTL", cell: (entry) => showTtl(entry.x509TtlSeconds) },
  { heading: "JWT TTL", cell: (entry) => showTtl(entry.jwtTtlSeconds) },
  { heading: "AUDIENCES", cell: (entry) => showList(entry.audiences) },
  { heading: "EXPIRES", cell: (entry) => showInstant(entry.expiresAt) },
  { heading: "APPROVAL", cell: (entry) => waitingOf(entry) || "-" },
];

interface ExplanationView {
  readonly entry: EntryView;
  readonly matches: boolean;
  readonly missing: readonly string[];
  readonly refusal: string | null;
}

const EXPLANATION_COLUMNS: readonly Column<ExplanationView>[] = [
  { heading: "ENTRY", cell: ({ entry }) => entry.id },
  { heading: "BOT", cell: ({ entry }) => entry.bot },
  { heading: "MATCHES", cell: ({ matches }) => (matches ? "yes" : "no") },
  { heading: "MISSING", cell: ({ missing }) => showList(missing) },
  { heading: "REFUSAL", cell: ({ refusal }) => refusal ?? "-" },
];

interface CreateFlags extends EntryFlags {
  readonly bot: string;
  readonly expires?: string;
}

interface UpdateFlags extends EntryFlags {
  readonly expires?: string;
  readonly clear?: string[];
  readonly revision?: string;
}

/** `botpass entry …`: the ways in which bots prove themselves. */
export function addEntryCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "entry", "registration entries: how bots prove themselves");
  addCreate(group, context);
  addShow(group, context);
  addList(group, context);
  addUpdate(group, context);
  addDelete(group, context);
  addDecision(
    group,
    context,
    "approve",
    "ApproveEntry",
    "let an entry, or what waits of it, count",
  );
  addDecision(group, context, "reject", "RejectEntry", "send back an entry, or what waits of it");
  addExplain(group, context);
}

function addCreate(group: Command, context: CliContext): void {
  const command = group
    .command("create")
    .description("give a bot one more way to prove itself")
    .requiredOption("--bot <NAME>", "whose entry it is");
  addEntryFlags(command, "--expires").action(async (flags: CreateFlags, self: Command) => {
    const printer = printerOf(context, self);
    const parts = partsOf(flags, context);
    if (parts.selectors === undefined) throw usageError("--selector is required, at least once");
    const entry = { ...parts, bot: checkLabel("--bot", flags.bot) };
    await withServer(context, self, async (server) => {
      printEntry(printer, await server.call("EntryService", "CreateEntry", { entry }));
    });
  });
  example(
    command,
    "botpass entry create --bot invoice-poster --selector unix:uid:1001 \\",
    "  --selector unix:path:/opt/rpa/bin/poster --audience https://erp.example.org --x509-ttl 1h",
  );
}

function addShow(group: Command, context: CliContext): void {
  const command = group
    .command("show <ID>")
    .description("show an entry")
    .action(async (id: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { id: checkId("ID", id) };
      await withServer(context, self, async (server) => {
        const entry = await server.call("EntryService", "GetEntry", request);
        printEntry(printer, { entry, warnings: [] });
      });
    });
  example(command, "botpass entry show 5f0c6f0e-3a5b-4e9c-9d53-0c6f0e3a5b4e");
}

function addList(group: Command, context: CliContext): void {
  const command = group
    .command("list")
    .description("list entries")
    .option("--bot <NAME>", "only those of this bot")
    .action(async (flags: { bot?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const filter = flags.bot === undefined ? {} : { bot: checkLabel("--bot", flags.bot) };
      await withServer(context, self, async (server) => {
        const entries = await allPages(async (pageToken) => {
          const request = { ...filter, pageSize: PAGE_SIZE, pageToken };
          const page = await server.call("EntryService", "ListEntries", request);
          return { items: page.entries, next: page.nextPageToken };
        });
        printer.list("entries", entries.map(entryView), COLUMNS);
      });
    });
  example(command, "botpass entry list --bot invoice-poster");
}

function addUpdate(group: Command, context: CliContext): void {
  const command = group
    .command("update <ID>")
    .description("change an entry; a list that is given replaces the whole list");
  addEntryFlags(command, "--expires")
    .addOption(repeatable("--clear <FIELD>", `take away: ${CLEARABLE.join(", ")}`))
    .option(
      "--revision <N>",
      "refuse if the entry is at another revision (default: its current one)",
    )
    .action(async (id: string, flags: UpdateFlags, self: Command) => {
      const printer = printerOf(context, self);
      const change = changeOf(flags, context);
      const expected =
        flags.revision === undefined
          ? undefined
          : parseInteger("--revision", flags.revision, 1, Number.MAX_SAFE_INTEGER);
      const request = { id: checkId("ID", id) };
      await withServer(context, self, async (server) => {
        const before = await server.call("EntryService", "GetEntry", request);
        const entry = { ...before, ...change, revision: expected ?? before.revision };
        printEntry(printer, await server.call("EntryService", "UpdateEntry", { entry }));
      });
    });
  example(
    command,
    "botpass entry update 5f0c6f0e-3a5b-4e9c-9d53-0c6f0e3a5b4e --x509-ttl 30m --clear hint",
  );
}

function changeOf(flags: UpdateFlags, context: CliContext): Partial<Entry> {
  const parts: Partial<Entry> = partsOf(flags, context);
  const cleared: Partial<Entry> = {};
  for (const field of flags.clear ?? []) {
    const away = CLEARED[checkChoice("--clear", field, CLEARABLE)];
    if (Object.keys(away).some((name) => name in parts)) {
      throw usageError(`--clear ${field} contradicts the flag that sets it`);
    }
    Object.assign(cleared, away);
  }
  const change = { ...parts, ...cleared };
  if (Object.keys(change).length === 0) {
    throw usageError("nothing to change: give what is to change, or --clear");
  }
  return change;
}

function addDelete(group: Command, context: CliContext): void {
  const command = group
    .command("delete <ID>")
    .description("delete an entry; who came in by it is told at once")
    .action(async (id: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { id: checkId("ID", id) };
      await withServer(context, self, async (server) => {
        await server.call("EntryService", "DeleteEntry", request);
        printer.result({ deleted: id }, () => `deleted ${id}\n`);
      });
    });
  example(command, "botpass entry delete 5f0c6f0e-3a5b-4e9c-9d53-0c6f0e3a5b4e");
}

function addDecision(
  group: Command,
  context: CliContext,
  verb: "approve" | "reject",
  method: "ApproveEntry" | "RejectEntry",
  description: string,
): void {
  const command = group
    .command(`${verb} <ID>`)
    .description(description)
    .requiredOption("--revision <N>", "the revision that you have seen, as entry show tells it");
  if (verb === "reject") command.option("--reason <TEXT>", "why, for the audit");
  command.action(
    async (
      id: string,
      flags: { readonly revision: string; readonly reason?: string },
      self: Command,
    ) => {
      const printer = printerOf(context, self);
      const { revision, reason } = flags;
      const request = {
        id: checkId("ID", id),
        revision: parseInteger("--revision", revision, 1, Number.MAX_SAFE_INTEGER),
        ...(reason !== undefined && { reason: checkText("--reason", reason, 1024) }),
      };
      await withServer(context, self, async (server) => {
        const entry = await server.call("GovernanceService", method, request);
        printEntry(printer, { entry, warnings: [] });
      });
    },
  );
  const reason = verb === "approve" ? "" : ' --reason "who runs that?"';
  example(
    command,
    `botpass entry ${verb} 5f0c6f0e-3a5b-4e9c-9d53-0c6f0e3a5b4e --revision 1${reason}`,
  );
}

function addExplain(group: Command, context: CliContext): void {
  const command = group
    .command("explain")
    .description("why does nothing match: near entries, and the selectors that each misses")
    .addOption(repeatable("--selector <TYPE:VALUE>", "a selector that the caller proves"))
    .option("--node <NAME>", "the node bot behind which the caller is (default: none)")
    .option(
      "--id-token-file <FILE>",
      "a platform's token, in place of selectors; it is not used up",
    )
    .option("--uid <UID>", "the last refused attempts of a local process of this user")
    .option("--address <ADDRESS>", "the last refused attempts from this IP address")
    .option("--instance <ID>", "the last refused attempts of this instance")
    .option("--last <N>", "with these three: so many attempts, at most 50 (default: 5)")
    .action(async (flags: AttemptsFlags, self: Command) => {
      const printer = printerOf(context, self);
      const attempts = attemptsOf(flags);
      if (attempts !== undefined) {
        return withServer(context, self, (server) => explainAttempts(server, printer, attempts));
      }
      const { selector = [], idTokenFile: file } = flags;
      if (selector.length === 0 && file === undefined) {
        throw usageError(
          "--selector is required, at least once, or --id-token-file, --uid, --address or --instance",
        );
      }
      if (selector.length > 0 && file !== undefined) {
        throw usageError("--selector and --id-token-file exclude each other");
      }
      const selectors = parseSelectors("--selector", selector, MAX_EXPLAINED_SELECTORS);
      const idToken =
        file === undefined
          ? ""
          : (await readFlagFile("--id-token-file", resolve(context.cwd, file))).trim();
      const node = flags.node === undefined ? "" : checkLabel("--node", flags.node);
      await withServer(context, self, async (server) => {
        const answer = await server.call("EntryService", "ExplainEntries", {
          selectors,
          node,
          idToken,
        });
        const entries = answer.entries.map(
          ({ entry, matches, missing, refusal }): ExplanationView => ({
            entry: entryView(present("entry", entry)),
            matches,
            missing: missing.map(selectorText),
            refusal: refusal === "" ? null : refusal,
          }),
        );
        if (file === undefined) return printer.list("entries", entries, EXPLANATION_COLUMNS);
        const token = {
          refusal: answer.refusal === "" ? null : answer.refusal,
          selectors: answer.selectors.map(selectorText),
        };
        printer.result({ ...token, entries }, () =>
          [
            renderRecord([
              ["Refusal", token.refusal ?? "-"],
              ["Selectors", showList(token.selectors)],
            ]),
            ...(entries.length === 0 ? [] : [renderTable(EXPLANATION_COLUMNS, entries)]),
          ].join("\n"),
        );
      });
    });
  example(command, "botpass entry explain --selector unix:uid:1001 --selector unix:gid:1001");
}

function partsOf(flags: CreateFlags | UpdateFlags, context: CliContext): EntryParts {
  const expires = { flag: "--expires", text: flags.expires };
  return entryParts(flags, expires, context.clock.now());
}

function printEntry(
  printer: Printer,
  answer: CreateEntryResponse__Output | { entry: Entry__Output; warnings: string[] },
): void {
  const entry = entryView(present("entry", answer.entry));
  printer.record(entry, () => [
    ["ID", entry.id],
    ["Bot", entry.bot],
    ...contentFields(entry),
    ...governanceFields(entry),
    ["Created", showInstant(entry.createdAt)],
    ["Updated", showInstant(entry.updatedAt)],
    ["Revision", String(entry.revision)],
  ]);
  printer.warnings(answer.warnings);
}

function contentFields(entry: EntryContentView): (readonly [string, string])[] {
  return [
    ["Selectors", showList(entry.selectors)],
    ["X.509 TTL", showTtl(entry.x509TtlSeconds)],
    ["JWT TTL", showTtl(entry.jwtTtlSeconds)],
    ["DNS names", showList(entry.dnsNames)],
    ["Audiences", showList(entry.audiences)],
    ["Hint", entry.hint === "" ? "-" : entry.hint],
    ["Behind nodes", showList([...entry.nodes, ...entry.nodeSelectors])],
    ["Expires", showInstant(entry.expiresAt)],
  ];
}

function governanceFields(entry: EntryView): (readonly [string, string])[] {
  const { governance } = entry;
  if (governance === undefined) return [];
  const { authors, approvedBy, approvedAt, proposal } = governance;
  const before = new Map(contentFields(entry));
  const waiting = proposal === null ? [] : contentFields(proposal);
  return [
    ["Approved", approvedBy === null ? "no" : `${showInstant(approvedAt)} by ${approvedBy}`],
    ...(authors.length === 0 ? [] : [["Waits, by", authors.join(", ")] as const]),
    ...waiting
      .filter(([name, value]) => before.get(name) !== value)
      .map(([name, value]) => [`Proposed ${name.toLowerCase()}`, value] as const),
  ];
}

function showTtl(seconds: number | null): string {
  return seconds === null ? "default" : formatDuration(seconds);
}
