import type { Command } from "commander";
import type { RequestOf, ResponseOf } from "../admin-client.ts";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { checkBotName, checkChoice, checkId, checkText, example } from "../flags.ts";
import { liveSvidTable, liveSvidViews } from "../live-svids.ts";
import { type Column, renderRecord, renderTable, showInstant, showList } from "../table.ts";
import { instant } from "../views.ts";

const KINDS = ["bot", "instance", "token", "owner", "node"] as const;

type Request = RequestOf<"ExplainService", "GetBlastRadius">;
type Answer = ResponseOf<"ExplainService", "GetBlastRadius">;

/** `botpass blast-radius`: what somebody who has stolen it could use, and where it was seen. */
export function addBlastRadiusCommand(program: Command, context: CliContext): void {
  const command = program
    .command("blast-radius")
    .description("what is live of a bot, an instance, a join token, an owner or a node")
    .argument("<WHAT>", KINDS.join(", "))
    .argument("<NAME>", "its name or id")
    .action(async (what: string, name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = requestOf(checkChoice("WHAT", what, KINDS), name);
      await withServer(context, self, async (server) => {
        const view = viewOf(await server.call("ExplainService", "GetBlastRadius", request));
        printer.result(view, () => textOf(view));
      });
    });
  example(command, "botpass blast-radius bot invoice-poster");
}

function requestOf(what: (typeof KINDS)[number], name: string): Request {
  switch (what) {
    case "bot":
      return { bot: checkBotName("NAME", name) };
    case "instance":
      return { instance: checkId("NAME", name) };
    case "token":
      return { token: checkId("NAME", name) };
    case "owner":
      return { owner: checkText("NAME", name, 256) };
    case "node":
      return { node: checkBotName("NAME", name) };
  }
}

const SEEN_COLUMNS: readonly Column<ReturnType<typeof viewOf>["seen"][number]>[] = [
  { heading: "SEEN BY", cell: ({ service }) => service },
  { heading: "SERIAL OR JTI", cell: ({ id }) => id },
  { heading: "LAST", cell: ({ lastAt }) => showInstant(lastAt) },
];

function viewOf(answer: Answer) {
  return {
    bots: answer.bots,
    svidCount: answer.svidCount,
    instanceCount: answer.instanceCount,
    tokenCount: answer.tokenCount,
    svids: liveSvidViews(answer.svids),
    instances: answer.instances,
    tokens: answer.tokens,
    seen: answer.seen.map(({ id, service, lastMs }) => ({ id, service, lastAt: instant(lastMs) })),
  };
}

function textOf(view: ReturnType<typeof viewOf>): string {
  const summary = renderRecord([
    ["Bots", showList(view.bots)],
    ["Live SVIDs", String(view.svidCount)],
    ["Instances", String(view.instanceCount)],
    ["Join tokens", showList(view.tokens)],
    ["Seen by", showList([...new Set(view.seen.map(({ service }) => service))].sort())],
  ]);
  const seen = view.seen.length === 0 ? "" : `\n${renderTable(SEEN_COLUMNS, view.seen)}`;
  return summary + liveSvidTable(view.svids) + seen;
}
