import type { Command } from "commander";
import { parseSpiffeId } from "../../spiffe/index.ts";
import type { RequestOf, ResponseOf } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import {
  checkBotName,
  checkId,
  checkLabel,
  checkText,
  example,
  parseSelectors,
  parseSerial,
} from "../flags.ts";
import { liveSvidTable, liveSvidViews } from "../live-svids.ts";
import { type Column, renderRecord, renderTable, showList } from "../table.ts";
import { parseInstant } from "../time.ts";

type Request = RequestOf<"RevocationService", "Revoke">;
type Response = ResponseOf<"RevocationService", "Revoke">;

interface RevokeFlags {
  readonly serial?: string;
  readonly jti?: string;
  readonly jwtsOf?: string;
  readonly before?: string;
  readonly instance?: string;
  readonly bot?: string;
  readonly token?: string;
  readonly node?: string;
  readonly selector?: string;
  readonly authority?: string;
  readonly reason: string;
  readonly dryRun?: boolean;
}

const INSTANCES: readonly Column<Response["instances"][number]>[] = [
  { heading: "INSTANCE", cell: (each) => each.id },
  { heading: "BOT", cell: (each) => each.bot },
  { heading: "ATTESTOR", cell: (each) => each.attestor },
  { heading: "CONNECTED", cell: (each) => (each.connected ? "yes" : "no") },
];

/** `botpass revoke`: what was stolen ends before its time. */
export function addRevokeCommand(program: Command, context: CliContext): void {
  const command = program
    .command("revoke")
    .description(
      "end SVIDs, instances and tokens before their time; one of the first flags says which",
    )
    .option("--serial <HEX>", "this X509-SVID; its instance goes on with another")
    .option("--jti <ID>", "this JWT-SVID")
    .option("--jwts-of <SPIFFE_ID>", "JWT-SVIDs of this SPIFFE ID")
    .option("--before <TIME>", "with --jwts-of: those issued before (default: now)")
    .option("--instance <ID>", "this instance, all that it holds, processes behind it")
    .option("--bot <NAME>", "all of this bot, which is suspended until it is resumed")
    .option("--token <ID>", "this join token, and all that came by it")
    .option("--node <NAME>", "all instances for which this node bot spoke")
    .option("--selector <SELECTOR>", "all instances whose proof held this selector, type:value")
    .option("--authority <ID>", "everything that this authority signed")
    .requiredOption("--reason <TEXT>", "why, for the audit")
    .option("--dry-run", "only list what would end")
    .action(async (flags: RevokeFlags, self: Command) => {
      const printer = printerOf(context, self);
      const request = {
        ...targetOf(flags, context.clock.now()),
        reason: checkText("--reason", flags.reason, 1024),
        dryRun: flags.dryRun === true,
      };
      await withServer(context, self, async (server) => {
        const answer = await server.call("RevocationService", "Revoke", request);
        const view = viewOf(answer, request.dryRun);
        printer.result(view, () => textOf(answer, view));
      });
    });
  example(
    command,
    'botpass revoke --serial 4d5e6f708192a3b4c5d6e7f8091a2b3c --reason "key found in a log" --dry-run',
    'botpass revoke --node build-host-7 --reason "host compromised"',
  );
}

/** @throws a usage error unless exactly one target is named. */
function targetOf(flags: RevokeFlags, now: Date): Request {
  const { serial, jti, jwtsOf, instance, bot, token, node, selector, authority } = flags;
  const targets: Request[] = [
    ...(serial === undefined ? [] : [{ serial: parseSerial("--serial", serial) }]),
    ...(jti === undefined ? [] : [{ jti: checkId("--jti", jti) }]),
    ...(jwtsOf === undefined ? [] : [{ jwtsOf: jwtsOfFlags(jwtsOf, flags.before, now) }]),
    ...(instance === undefined ? [] : [{ instance: checkId("--instance", instance) }]),
    ...(bot === undefined ? [] : [{ bot: checkBotName("--bot", bot) }]),
    ...(token === undefined ? [] : [{ token: checkId("--token", token) }]),
    ...(node === undefined ? [] : [{ node: checkLabel("--node", node) }]),
    ...parseSelectors("--selector", selector === undefined ? [] : [selector], 1).map((each) => ({
      selector: each,
    })),
    ...(authority === undefined ? [] : [{ authority: checkId("--authority", authority) }]),
  ];
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    const message = `${targets.length} targets are named, not one of --serial, --jti, --jwts-of, --instance, --bot, --token, --node, --selector, --authority`;
    throw usageError(message);
  }
  if (flags.before !== undefined && jwtsOf === undefined) {
    throw usageError("--before goes with --jwts-of only");
  }
  return target;
}

function jwtsOfFlags(spiffeId: string, before: string | undefined, now: Date) {
  try {
    parseSpiffeId(spiffeId);
  } catch (cause) {
    const message = `--jwts-of ${JSON.stringify(spiffeId)} is not a SPIFFE ID`;
    throw usageError(message, { code: "SPIFFE_ID_INVALID", cause });
  }
  const at = before === undefined ? now : parseInstant("--before", before, "before", now);
  // An instant that has a part of a second: what was issued in it was issued before its end.
  return { spiffeId, issuedBeforeMs: at.getTime() + (before === undefined ? 1 : 0) };
}

function viewOf(answer: Response, dryRun: boolean) {
  return {
    dryRun,
    x509Count: answer.x509Count,
    jwtCount: answer.jwtCount,
    instanceCount: answer.instanceCount,
    tokenCount: answer.tokenCount,
    suspendedBot: answer.suspendedBot === "" ? null : answer.suspendedBot,
    svids: liveSvidViews(answer.svids),
    instances: answer.instances,
    tokens: answer.tokens,
  };
}

function textOf(answer: Response, view: ReturnType<typeof viewOf>): string {
  const summary = renderRecord([
    [view.dryRun ? "Would end" : "Ended", ""],
    ["X509-SVIDs", String(answer.x509Count)],
    ["JWT-SVIDs", String(answer.jwtCount)],
    ["Instances", String(answer.instanceCount)],
    ["Tokens", showList(answer.tokens)],
    ["Suspended bot", view.suspendedBot ?? "-"],
  ]);
  const tables = [
    liveSvidTable(view.svids),
    answer.instances.length === 0 ? "" : `\n${renderTable(INSTANCES, answer.instances)}`,
  ];
  return summary + tables.join("");
}
