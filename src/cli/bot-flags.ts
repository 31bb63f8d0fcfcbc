import { resolve } from "node:path";
import type { Command } from "commander";
import type { Bot } from "../bot.ts";
import { errorCodeOf, messageOf } from "../errors.ts";
import type { FileSource } from "../files/index.ts";
import { type CliContext, envValue } from "./context.ts";
import { readFlagFile } from "./files.ts";

/** Flags of the commands that are a bot themselves. */
export interface BotFlags {
  readonly tokenFile?: string;
  readonly stateDir?: string;
}

/** Adds the flags that say how the bot gets in. */
export function addBotFlags(command: Command): Command {
  return command
    .option("--token-file <FILE>", "file with the bot's join token (env BOTPASS_TOKEN_FILE)")
    .option("--state-dir <DIR>", "where the bot keeps its identity (env BOTPASS_STATE_DIR)");
}

/**
 * What flags and environment say of how a bot gets in: its token's file and its state directory.
 * @throws a usage error when the token's file cannot be read.
 */
export async function wayOptions(context: CliContext, flags: BotFlags) {
  const file = flags.tokenFile ?? envValue(context, "BOTPASS_TOKEN_FILE");
  const directory = flags.stateDir ?? envValue(context, "BOTPASS_STATE_DIR");
  const tokenFile = file === undefined ? undefined : resolve(context.cwd, file);
  if (tokenFile !== undefined) await readFlagFile("--token-file", tokenFile);
  return {
    ...(tokenFile !== undefined && { tokenFile }),
    ...(directory !== undefined && { stateDirectory: resolve(context.cwd, directory) }),
  };
}

/**
 * Connects by what flags and environment say. BOTPASS_TOKEN is taken out of the environment.
 * @throws as `connect` and `wayOptions`.
 */
export async function connectBot(context: CliContext, flags: BotFlags): Promise<Bot> {
  const way = await wayOptions(context, flags);
  const { connect } = await import("../bot.ts");
  return connect({ env: context.env, clock: context.clock, ...way });
}

const FILE_CHANGES = ["rotated", "bundle", "revoked", "crls"] as const;

/** A bot as the source of files. */
export function fileSourceOf(bot: Bot): FileSource {
  return {
    clock: bot.clock,
    x509Svid: () => bot.x509Svid(),
    bundles: () => bot.bundles(),
    jwtSvid: (audience) => bot.jwtSvid(audience),
    crls: () => bot.crls(),
    onChange(listener) {
      for (const name of FILE_CHANGES) bot.on(name, listener);
      return () => {
        for (const name of FILE_CHANGES) bot.off(name, listener);
      };
    },
  };
}

const ENDS = {
  BOT_SUSPENDED: "suspended",
  BOT_RETIRED: "retired",
  INSTANCE_EVICTED: "evicted",
  INSTANCE_LOCKED: "locked",
} as const;

/** How a bot's default identity came to its end. */
export interface BotEnd {
  readonly how: (typeof ENDS)[keyof typeof ENDS];
  readonly reason: string;
}

/** Calls back each time that the bot loses its identity, told by the server at once or found out when the line is back. */
export function onBotEnd(bot: Bot, listener: (end: BotEnd) => void): void {
  let told = "";
  const tell = (end: BotEnd): void => {
    if (told === end.how) return;
    told = end.how;
    listener(end);
  };
  for (const how of Object.values(ENDS)) bot.on(how, ({ reason }) => tell({ how, reason }));
  bot.on("identities", () => {
    try {
      bot.x509Svid();
      told = "";
    } catch (error) {
      const code = errorCodeOf(error);
      if (Object.hasOwn(ENDS, code)) {
        tell({ how: ENDS[code as keyof typeof ENDS], reason: messageOf(error) });
      }
    }
  });
  bot.on("rotated", () => {
    told = "";
  });
}
