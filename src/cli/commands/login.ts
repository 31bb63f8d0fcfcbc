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
    .command("login [TOKEN]")
    .description("log in with a token of operator invite; read from stdin unless it is given")
    .action(async (argument: string | undefined, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const address = serverFlagOf(self);
      const wanted = contextFlagOf(context, self);
      if (isAdminSocketGiven(self)) throw usageError("--admin-socket is of no use to a login");
      const text = await tokenText(context, argument);
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

async function tokenText(context: CliContext, argument: string | undefined): Promise<string> {
  if (argument !== undefined && argument !== "-") return argument;
  const named = envValue(context, "BOTPASS_TOKEN");
  if (argument === undefined && named !== undefined) return named;
  if (context.stdin.isTTY === true) {
    context.stderr.write("botpass: paste the token, then press Ctrl-D\n");
  }
  const text = await readLimited("TOKEN", "stdin", context.stdin, MAX_TOKEN_BYTES);
  if (text.trim() === "") {
    throw usageError("no token: give it on stdin, in BOTPASS_TOKEN, or as TOKEN");
  }
  return text;
}
