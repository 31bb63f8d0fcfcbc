import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import {
  addGroup,
  checkAddress,
  checkBotName,
  checkId,
  checkLabel,
  example,
  MAX_TOKEN_TTL_SECONDS,
  parseInteger,
  repeatable,
} from "../flags.ts";
import { allPages, PAGE_SIZE } from "../paging.ts";
import { type Column, showInstant } from "../table.ts";
import { parseTtlSeconds } from "../time.ts";
import { present, type TokenView, tokenView } from "../views.ts";

const MAX_USES = 100;

const COLUMNS: readonly Column<TokenView>[] = [
  { heading: "ID", cell: (token) => token.id },
  { heading: "BOT", cell: (token) => token.bot },
  { heading: "STATE", cell: (token) => token.state },
  { heading: "EXPIRES", cell: (token) => showInstant(token.expiresAt) },
  { heading: "USED", cell: (token) => `${token.usedBy.length}/${token.uses}` },
  { heading: "REFUSED", cell: (token) => String(token.refused) },
  {
    heading: "INSTANCES",
    cell: (token) => token.usedBy.map((use) => use.instanceId ?? "?").join(", ") || "-",
  },
];

interface CreateFlags {
  readonly bot: string;
  readonly ttl?: string;
  readonly uses?: string;
  readonly address?: string[];
}

/** `botpass token …`: join tokens. */
export function addTokenCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "token", "join tokens: let a bot in once, from anywhere");
  addCreate(group, context);
  addList(group, context);
  addRevoke(group, context);
}

function addCreate(group: Command, context: CliContext): void {
  const command = group
    .command("create")
    .description("make a join token; prints the one string that the bot needs, once")
    .requiredOption("--bot <NAME>", "the one bot that it lets in")
    .option("--ttl <DURATION>", "how long it may be used, at most 24h (default: 10m)")
    .option("--uses <N>", `how many bots' keys may use it, 1 to ${MAX_USES} (default: 1)`)
    .addOption(
      repeatable("--address <HOST:PORT>", "address to put into it (default: the server's own)"),
    )
    .action(async (flags: CreateFlags, self: Command) => {
      const printer = printerOf(context, self);
      const request = {
        bot: checkLabel("--bot", flags.bot),
        ...(flags.ttl !== undefined && {
          ttlSeconds: parseTtlSeconds("--ttl", flags.ttl, MAX_TOKEN_TTL_SECONDS),
        }),
        ...(flags.uses !== undefined && { uses: parseInteger("--uses", flags.uses, 1, MAX_USES) }),
        ...(flags.address && {
          addresses: flags.address.map((each) => checkAddress("--address", each)),
        }),
      };
      await withServer(context, self, async (server) => {
        const answer = await server.call("TokenService", "CreateToken", request);
        const token = tokenView(present("token", answer.token));
        printer.result({ value: answer.value, token }, () => `${answer.value}\n`);
        if (printer.format === "table") {
          printer.note(
            `token ${token.id} lets ${token.bot} in until ${showInstant(token.expiresAt)}`,
          );
        }
      });
    });
  example(command, "BOTPASS_TOKEN=$(botpass token create --bot ci-deployer --ttl 10m)");
}

function addList(group: Command, context: CliContext): void {
  const command = group
    .command("list")
    .description("list join tokens, and which instances hold them")
    .option("--bot <NAME>", "only those of this bot")
    .action(async (flags: { bot?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const filter = flags.bot === undefined ? {} : { bot: checkBotName("--bot", flags.bot) };
      await withServer(context, self, async (server) => {
        const tokens = await allPages(async (pageToken) => {
          const request = { ...filter, pageSize: PAGE_SIZE, pageToken };
          const page = await server.call("TokenService", "ListTokens", request);
          return { items: page.tokens, next: page.nextPageToken };
        });
        printer.list("tokens", tokens.map(tokenView), COLUMNS);
      });
    });
  example(command, "botpass token list --bot ci-deployer");
}

function addRevoke(group: Command, context: CliContext): void {
  const command = group
    .command("revoke <ID>")
    .description("end a join token; who came in by it stays in (see instance evict)")
    .action(async (id: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { id: checkId("ID", id) };
      await withServer(context, self, async (server) => {
        const token = tokenView(await server.call("TokenService", "RevokeToken", request));
        printer.record(token, () => COLUMNS.map(({ heading, cell }) => [heading, cell(token)]));
      });
    });
  example(command, "botpass token revoke 3nFvW0dZ");
}
