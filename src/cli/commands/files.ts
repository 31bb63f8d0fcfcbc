import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import { holding } from "../../clock.ts";
import { IssuerError, messageOf } from "../../errors.ts";
import { addBotFlags, type BotFlags, connectBot, fileSourceOf, onBotEnd } from "../bot-flags.ts";
import { type CliContext, printerOf } from "../context.ts";
import { usageError } from "../failure.ts";
import { readFlagFile } from "../files.ts";
import { checkChoice, example, repeatable } from "../flags.ts";
import { parseOwner } from "../owner.ts";

const FORMATS = ["pem", "pkcs12"] as const;

interface FilesFlags extends BotFlags {
  readonly dir: string;
  readonly once?: true;
  readonly format?: string;
  readonly passwordFile?: string;
  readonly audience?: readonly string[];
  readonly owner?: string;
  readonly mode?: string;
  readonly signal?: string;
  readonly pidFile?: string;
  readonly exec?: string;
}

/** `botpass files`: an identity as files. */
export function addFilesCommand(program: Command, context: CliContext): void {
  const command = program
    .command("files")
    .description("keep certificate, key, bundle and tokens in files, until SIGTERM or SIGINT")
    .requiredOption("--dir <DIR>", "directory of the files; made when it is missing")
    .option("--once", "write and end")
    .option("--format <FORMAT>", `${FORMATS.join(", ")} (default: pem)`)
    .option("--password-file <FILE>", "file with the password of svid.p12, for pkcs12")
    .addOption(repeatable("--audience <AUDIENCE>", "write a JWT-SVID for it"))
    .option(
      "--owner <USER[:GROUP]>",
      "whom the files are given to, by name or number (default: the caller)",
    )
    .option("--mode <OCTAL>", "mode of the key and of tokens, at most 640 (default: 600)")
    .option("--signal <NAME>", "signal for the process in --pid-file after each switch")
    .option("--pid-file <FILE>", "file with the process id; read at each switch")
    .option("--exec <CMD>", "command for the shell after each switch");
  addBotFlags(command).action((flags: FilesFlags, self: Command) =>
    holding(() => runFiles(context, flags, self)),
  );
  example(
    command,
    "botpass files --dir /run/nginx-identity --owner nginx --signal HUP --pid-file /run/nginx.pid",
  );
}

async function runFiles(context: CliContext, flags: FilesFlags, self: Command): Promise<void> {
  const printer = printerOf(context, self);
  const onSwitch = announcementOf(context, flags);
  const pkcs12Password = await passwordOf(context, flags);
  const mode = flags.mode === undefined ? undefined : parseMode(flags.mode);
  const owner = flags.owner === undefined ? undefined : await parseOwner("--owner", flags.owner);
  const { FileKeeper, FileSetDirectory, tokenFileName } = await import("../../files/index.ts");
  for (const audience of flags.audience ?? []) tokenFileName(audience);
  const stop = context.stopRequested();
  const directory = await FileSetDirectory.open(resolve(context.cwd, flags.dir), {
    ...(owner !== undefined && { owner }),
    ...(mode !== undefined && { mode }),
  });
  const bot = await connectBot(context, flags);
  const report = (error: unknown): void => printer.note(`files: ${messageOf(error)}`);
  bot.on("error", report);
  const retired = new Promise<never>((_, reject) => {
    onBotEnd(bot, ({ how, reason }) => {
      printer.note(`the bot's identity is no more: ${how}: ${reason}`);
      if (how === "retired") reject(new IssuerError("BOT_RETIRED", reason));
    });
  });
  // Looked at below, but it may come before.
  retired.catch(() => undefined);
  const keeper = new FileKeeper(fileSourceOf(bot), {
    directory,
    ...(pkcs12Password !== undefined && { pkcs12Password }),
    ...(flags.audience !== undefined && { audiences: flags.audience }),
    // A program that is not there yet is no reason to stop.
    onSwitch: () => onSwitch().catch(report),
    onError: report,
  });
  try {
    await bot.crlsReady();
    if (flags.once === true) return await keeper.writeOnce();
    await keeper.start();
    printer.note(`keeping the files of ${bot.spiffeId} in ${directory.path}`);
    printer.note(`${await Promise.race([stop, retired])}: stopping`);
  } finally {
    await keeper.close();
    await bot.close();
  }
}

/** The password for PKCS#12; undefined for PEM. Throws a usage error. */
async function passwordOf(context: CliContext, flags: FilesFlags): Promise<string | undefined> {
  const { passwordFile } = flags;
  const isPkcs12 = checkChoice("--format", flags.format ?? "pem", FORMATS) === "pkcs12";
  if (isPkcs12 !== (passwordFile !== undefined)) {
    throw usageError("--format pkcs12 and --password-file go together");
  }
  if (passwordFile === undefined) return undefined;
  const text = await readFlagFile("--password-file", resolve(context.cwd, passwordFile));
  const password = text.replace(/\r?\n$/, "");
  if (password !== "") return password;
  throw usageError(`--password-file ${JSON.stringify(passwordFile)} holds no password`);
}

/** What is to be done after a switch. Throws a usage error when the flags do not fit together. */
function announcementOf(context: CliContext, flags: FilesFlags): () => Promise<void> {
  const { signal, pidFile, exec } = flags;
  if (exec !== undefined && (signal !== undefined || pidFile !== undefined)) {
    throw usageError("--exec goes without --signal and --pid-file");
  }
  if (exec !== undefined) return () => runCommand(context, flags.dir, exec);
  if ((signal === undefined) !== (pidFile === undefined)) {
    throw usageError("--signal and --pid-file go together");
  }
  if (signal === undefined || pidFile === undefined) return async () => undefined;
  const name = `SIG${signal.replace(/^SIG/, "")}`;
  if (!Object.hasOwn(constants.signals, name)) {
    throw usageError(`--signal ${JSON.stringify(signal)} is not a signal, like HUP`);
  }
  const file = resolve(context.cwd, pidFile);
  return async () => {
    const text = (await readFile(file, "utf8")).trim();
    if (!/^[1-9]\d{0,9}$/.test(text)) throw new Error(`${file} holds no process id`);
    process.kill(Number(text), name as NodeJS.Signals);
  };
}

function runCommand(context: CliContext, dir: string, command: string): Promise<void> {
  const path = resolve(context.cwd, dir);
  return new Promise((done, reject) => {
    const child = spawn(command, {
      shell: true,
      cwd: context.cwd,
      env: { ...context.env, BOTPASS_FILES_DIR: path },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) done();
      else reject(new Error(`--exec ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** Octal; readable to the owner, and at most to the group: never a key for everybody. */
function parseMode(value: string): number {
  const mode = /^0?[0-7]{3}$/.test(value) ? Number.parseInt(value, 8) : 0;
  if ((mode & 0o400) !== 0 && (mode & ~0o640) === 0) return mode;
  throw usageError(`--mode ${JSON.stringify(value)} is not 400, 440, 600 or 640`);
}
