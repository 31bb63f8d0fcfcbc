import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import {
  type CliContext,
  contextFlagOf,
  envValue,
  isAdminSocketGiven,
  printerOf,
  serverFlagOf,
} from "../context.ts";
import { loginDirectory, readContexts, writeContexts } from "../contexts.ts";
import { usageError } from "../failure.ts";
import { readLimited } from "../files.ts";
import { example } from "../flags.ts";
import { logIn } from "../login.ts";
import { showInstant } from "../table.ts";

const MAX_TOKEN_BYTES = 16_384;

/** `botpass login`: an operator's identity on this machine. */
export function addLoginCommand(program: Command, context: CliContext): void {
  const command = program
    .command("login")
    .description("log in with a token of operator invite, from a file, BOTPASS_TOKEN or stdin")
    .option("--token-file <FILE>", "file with the token; - for stdin")
    .action(async ({ tokenFile }: { tokenFile?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const address = serverFlagOf(self);
      const wanted = contextFlagOf(context, self);
      if (isAdminSocketGiven(self)) throw usageError("--admin-socket is of no use to a login");
      const text = await tokenText(context, tokenFile);
      const { parseTokenString } = await import("../../wire/index.ts");
      const token = parseTokenString(text);
      if (!token.tokenId.startsWith("operator-")) {
        throw usageError("the token lets a bot in, not a person: see botpass operator invite", {
          code: "TOKEN_INVALID",
        });
      }
      const name = wanted ?? token.trustDomain;
      const directory = loginDirectory(context.env, name);
      // Read before anything is changed: a file that is broken is not written over.
      const before = await readContexts(context.env);
      const { svid, addresses } = await logIn(directory, text, {
        clock: context.clock,
        ...(address !== undefined && { addresses: [address] }),
      });
      const operator = svid.spiffeId.path.replace("/operator/", "");
      const server = addresses[0] ?? "";
      const { trustDomain } = token;
      const contexts = new Map(before.contexts).set(name, { server, trustDomain, operator });
      await writeContexts(context.env, { current: name, contexts });
      const view = { operator, spiffeId: svid.spiffeId.toString(), context: name, server };
      printer.record({ ...view, notAfter: svid.notAfter.toISOString() }, () => [
        ["Operator", operator],
        ["SPIFFE ID", view.spiffeId],
        ["Context", name],
        ["Server", server],
        ["Not after", showInstant(svid.notAfter.toISOString())],
      ]);
    });
  example(command, "botpass login < alice.token");
}

/** From --token-file, else from BOTPASS_TOKEN, else from stdin; never an argument: those are seen by all users of a machine. */
async function tokenText(context: CliContext, tokenFile: string | undefined): Promise<string> {
  if (tokenFile !== undefined && tokenFile !== "-") {
    const path = resolve(context.cwd, tokenFile);
    const text = await readLimited("--token-file", path, createReadStream(path), MAX_TOKEN_BYTES);
    if (text.trim() === "") throw usageError(`--token-file ${JSON.stringify(path)} is empty`);
    return text;
  }
  const named = envValue(context, "BOTPASS_TOKEN");
  if (tokenFile === undefined && named !== undefined) return named;
  if (context.stdin.isTTY === true) {
    context.stderr.write("botpass: paste the token, then press Ctrl-D\n");
  }
  const text = await readLimited("--token-file", "-", context.stdin, MAX_TOKEN_BYTES);
  if (text.trim() === "") {
    throw usageError("no token: give it by --token-file, in BOTPASS_TOKEN or on stdin");
  }
  return text;
}
