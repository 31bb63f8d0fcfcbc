import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { type Bundle, bundleSet, type JwtSvid } from "../../spiffe/index.ts";
import { type CliContext, envValue, printerOf, targetOf, withServer } from "../context.ts";
import { checkList } from "../entry-flags.ts";
import { usageError } from "../failure.ts";
import { readFlagFile, readLimited } from "../files.ts";
import {
  addGroup,
  checkLabel,
  checkText,
  example,
  MAX_JWT_TTL_SECONDS,
  parseTrustDomain,
  repeatable,
} from "../flags.ts";
import { showInstant, showList } from "../table.ts";
import { parseTtlSeconds } from "../time.ts";
import { instant, present } from "../views.ts";

const MAX_AUDIENCES = 16;
const MAX_TOKEN_BYTES = 65_536;

interface MintFlags {
  readonly bot: string;
  readonly audience?: string[];
  readonly ttl?: string;
}

interface VerifyFlags {
  readonly audience: string;
  readonly tokenFile?: string;
  readonly bundle?: string;
  readonly trustDomain?: string;
}

/** `botpass jwt …`: JWT-SVIDs. */
export function addJwtCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "jwt", "JWT-SVIDs: mint and verify");
  addMint(group, context);
  addVerify(group, context);
}

function addMint(group: Command, context: CliContext): void {
  const command = group
    .command("mint")
    .description("have a JWT-SVID issued; prints the token")
    .requiredOption("--bot <NAME>", "whose identity it is")
    .addOption(repeatable("--audience <AUDIENCE>", "whom it is for; an entry must allow it"))
    .option("--ttl <DURATION>", "lifetime, at most 1h (default: the server's, 5m)")
    .action(async (flags: MintFlags, self: Command) => {
      const printer = printerOf(context, self);
      const { audience = [] } = flags;
      if (audience.length === 0) throw usageError("--audience is required, at least once");
      if (audience.length > MAX_AUDIENCES) {
        throw usageError(`--audience is given ${audience.length} times, not 1 to ${MAX_AUDIENCES}`);
      }
      const request = {
        bot: checkLabel("--bot", flags.bot),
        audience: checkList("--audience", audience, 512),
        ...(flags.ttl !== undefined && {
          ttlSeconds: parseTtlSeconds("--ttl", flags.ttl, MAX_JWT_TTL_SECONDS),
        }),
      };
      await withServer(context, self, async (server) => {
        const answer = await server.call("MintService", "MintJwtSvid", request);
        const { spiffeId, token, jti, issuedAtMs, expiresAtMs } = present("SVID", answer.svid);
        const view = {
          spiffeId,
          token,
          jti,
          audience,
          issuedAt: instant(issuedAtMs),
          expiresAt: instant(expiresAtMs),
        };
        printer.result(view, () => `${token}\n`);
      });
    });
  example(command, "botpass jwt mint --bot support-bot --audience https://crm.example.org");
}

function addVerify(group: Command, context: CliContext): void {
  const command = group
    .command("verify")
    .description("verify a JWT-SVID from a file, BOTPASS_JWT or stdin; never from an argument")
    .requiredOption("--audience <AUDIENCE>", "whom the token must be for")
    .option("--token-file <FILE>", "file that holds the token; - for stdin")
    .option("--bundle <FILE>", "SPIFFE JWK set to verify with, instead of the server's bundle")
    .option("--trust-domain <NAME>", "trust domain of --bundle")
    .action(async (flags: VerifyFlags, self: Command) => {
      const printer = printerOf(context, self);
      const audience = checkText("--audience", flags.audience, 512);
      const trustDomain = trustDomainOf(flags);
      // The flags that find the server are checked before the token is read from stdin.
      if (trustDomain === undefined) await targetOf(context, self);
      const token = await readToken(context, flags);
      const crypto = await import("../../crypto/index.ts");
      let bundle: Bundle;
      if (trustDomain === undefined || flags.bundle === undefined) {
        bundle = await withServer(context, self, (server) => server.bundle());
      } else {
        const path = resolve(context.cwd, flags.bundle);
        bundle = crypto.bundleFromJwks(trustDomain, await readFlagFile("--bundle", path));
      }
      const now = context.clock.now();
      const svid = crypto.verifyJwtSvid(token, bundleSet(bundle), { audience, now });
      const view = verifiedView(svid);
      printer.record(view, () => [
        ["SPIFFE ID", view.spiffeId],
        ["Audience", showList(view.audience)],
        ["Issued", showInstant(view.issuedAt)],
        ["Expires", showInstant(view.expiresAt)],
        ["JTI", view.jti ?? "-"],
      ]);
    });
  example(command, "botpass jwt verify --audience https://crm.example.org --token-file token.jwt");
}

function trustDomainOf(flags: VerifyFlags) {
  if ((flags.bundle === undefined) !== (flags.trustDomain === undefined)) {
    throw usageError("--bundle and --trust-domain go together");
  }
  const { trustDomain } = flags;
  return trustDomain === undefined ? undefined : parseTrustDomain("--trust-domain", trustDomain);
}

function verifiedView(svid: JwtSvid) {
  return {
    spiffeId: svid.spiffeId.toString(),
    audience: svid.audience,
    issuedAt: svid.issuedAt?.toISOString() ?? null,
    expiresAt: svid.expiresAt.toISOString(),
    jti: svid.jti ?? null,
    claims: svid.claims,
  };
}

/** The token: from --token-file, else from BOTPASS_JWT, else from stdin. Throws a usage error. */
async function readToken(context: CliContext, flags: VerifyFlags): Promise<string> {
  const { tokenFile } = flags;
  if (tokenFile !== undefined && tokenFile !== "-") {
    const path = resolve(context.cwd, tokenFile);
    return oneToken(
      "--token-file",
      await readLimited("--token-file", path, createReadStream(path), MAX_TOKEN_BYTES),
    );
  }
  const fromEnv = envValue(context, "BOTPASS_JWT");
  if (tokenFile === undefined && fromEnv !== undefined) return oneToken("BOTPASS_JWT", fromEnv);
  if (context.stdin.isTTY === true) {
    throw usageError("no token given", {
      hint: "give --token-file, BOTPASS_JWT, or the token on stdin",
    });
  }
  return oneToken("stdin", await readLimited("--token-file", "-", context.stdin, MAX_TOKEN_BYTES));
}

/** The token without the line feed that editors add. Its text appears in no message. */
function oneToken(source: string, text: string): string {
  const token = text.trim();
  if (token === "") throw usageError(`${source} holds no token`);
  return token;
}
