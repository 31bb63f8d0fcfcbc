import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { addGroup, checkBotName, checkChoice, checkId, checkText, example } from "../flags.ts";
import { allPages, PAGE_SIZE } from "../paging.ts";
import { type Column, showInstant, showList } from "../table.ts";
import { type InstanceView, instanceView, present } from "../views.ts";

const STATES = ["active", "evicted", "banned", "locked", "ended"] as const;

const COLUMNS: readonly Column<InstanceView>[] = [
  { heading: "ID", cell: (instance) => instance.id },
  { heading: "BOT", cell: (instance) => instance.bot },
  { heading: "STATE", cell: (instance) => instance.state },
  { heading: "CONNECTED", cell: (instance) => (instance.connected ? "yes" : "no") },
  { heading: "ATTESTOR", cell: (instance) => instance.attestor },
  { heading: "SERIAL", cell: (instance) => instance.newestSerial ?? "-" },
  { heading: "NOT AFTER", cell: (instance) => showInstant(instance.newestNotAfter) },
  { heading: "LAST SEEN", cell: (instance) => showInstant(instance.lastSeenAt) },
  { heading: "FROM", cell: (instance) => instance.remoteAddress || "-" },
];

interface ListFlags {
  readonly bot?: string;
  readonly state?: string;
}

/** `botpass instance …`: running copies of bots. */
export function addInstanceCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "instance", "instances: running copies of bots");
  addList(group, context);
  addEnding(group, context, {
    verb: "evict",
    method: "EvictInstance",
    description: "end an instance and deny what it holds; its evidence may attest again",
  });
  addEnding(group, context, {
    verb: "ban",
    method: "BanInstance",
    description:
      "evict an instance and refuse its evidence (device key, token, host and uid) from now on",
  });
}

function addList(group: Command, context: CliContext): void {
  const command = group
    .command("list")
    .description("list instances")
    .option("--bot <NAME>", "only those of this bot")
    .option("--state <STATE>", `only those ${STATES.join(", ")}`)
    .action(async (flags: ListFlags, self: Command) => {
      const printer = printerOf(context, self);
      const filter = {
        ...(flags.bot !== undefined && { bot: checkBotName("--bot", flags.bot) }),
        ...(flags.state !== undefined && { state: checkChoice("--state", flags.state, STATES) }),
      };
      await withServer(context, self, async (server) => {
        const instances = await allPages(async (pageToken) => {
          const request = { ...filter, pageSize: PAGE_SIZE, pageToken };
          const page = await server.call("InstanceService", "ListInstances", request);
          return { items: page.instances, next: page.nextPageToken };
        });
        printer.list("instances", instances.map(instanceView), COLUMNS);
      });
    });
  example(command, "botpass instance list --bot invoice-poster --state active");
}

interface Ending {
  readonly verb: "evict" | "ban";
  readonly method: "EvictInstance" | "BanInstance";
  readonly description: string;
}

function addEnding(group: Command, context: CliContext, ending: Ending): void {
  const { verb, method, description } = ending;
  const command = group
    .command(`${verb} <ID>`)
    .description(description)
    .option("--reason <TEXT>", "why, for the audit")
    .action(async (id: string, flags: { reason?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const request = {
        id: checkId("ID", id),
        ...(flags.reason !== undefined && { reason: checkText("--reason", flags.reason, 1024) }),
      };
      await withServer(context, self, async (server) => {
        const answer = await server.call("InstanceService", method, request);
        const instance = instanceView(present("instance", answer.instance));
        printer.record({ instance, denied: answer.denied }, () => [
          ["ID", instance.id],
          ["Bot", instance.bot],
          ["State", instance.state],
          ["Attestor", instance.attestor],
          ["Selectors", showList(instance.selectors)],
          ["SVIDs denied", String(answer.denied)],
        ]);
      });
    });
  example(
    command,
    `botpass instance ${verb} 0b9f4c1a-6f0e-4c54-8f2a-1d5b7e9a3c11 --reason "laptop stolen"`,
  );
}
