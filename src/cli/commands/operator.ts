import type { Command } from "commander";
import { type CliContext, printerOf, withServer } from "../context.ts";
import { usageError } from "../failure.ts";
import {
  addGroup,
  checkAddress,
  checkChoice,
  checkOperatorName,
  checkText,
  example,
  MAX_TOKEN_TTL_SECONDS,
  repeatable,
} from "../flags.ts";
import { allPages, PAGE_SIZE } from "../paging.ts";
import { type Column, showInstant, showList } from "../table.ts";
import { parseTtlSeconds } from "../time.ts";
import { type OperatorView, operatorView, present } from "../views.ts";

const ROLES = ["registrar", "approver", "auditor", "admin"] as const;

const COLUMNS: readonly Column<OperatorView>[] = [
  { heading: "NAME", cell: (operator) => operator.name },
  { heading: "ROLES", cell: (operator) => showList(operator.roles) },
  { heading: "STATE", cell: (operator) => operator.state },
  { heading: "UNIX USER", cell: (operator) => operator.unixUser ?? "-" },
  { heading: "SPIFFE ID", cell: (operator) => operator.spiffeId ?? "-" },
  { heading: "CONNECTIONS", cell: (operator) => String(operator.connections) },
];

interface RoleFlags {
  readonly role?: string[];
}

/** `botpass operator …`: people and their roles. */
export function addOperatorCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "operator", "operators: people, and what they may do");
  addAdd(group, context);
  addInvite(group, context);
  addList(group, context);
  addShow(group, context);
  addSetRoles(group, context);
  addRemove(group, context);
}

function roleOption(description: string) {
  return repeatable("--role <ROLE>", `${description}: ${ROLES.join(", ")}`);
}

function rolesOf({ role = [] }: RoleFlags): string[] {
  return role.map((each) => checkChoice("--role", each, ROLES));
}

function addAdd(group: Command, context: CliContext): void {
  const command = group
    .command("add <NAME>")
    .description("make an operator who is known on the admin socket by the Unix user")
    .requiredOption("--unix-user <USER>", "name or number of a user of the server's machine")
    .addOption(roleOption("what the operator may do; none: look after own bots"))
    .action(async (name: string, flags: RoleFlags & { unixUser: string }, self: Command) => {
      const printer = printerOf(context, self);
      const request = {
        name: checkOperatorName("NAME", name),
        unixUser: checkText("--unix-user", flags.unixUser, 64),
        roles: rolesOf(flags),
      };
      await withServer(context, self, async (server) => {
        const operator = operatorView(await server.call("OperatorService", "AddOperator", request));
        printer.record(operator, () => fieldsOf(operator));
      });
    });
  example(command, "botpass operator add alice --unix-user alice --role registrar");
}

interface InviteFlags extends RoleFlags {
  readonly ttl?: string;
  readonly address?: string[];
}

function addInvite(group: Command, context: CliContext): void {
  const command = group
    .command("invite <NAME>")
    .description("make an operator if need be, and print a one-time token for botpass login, once")
    .addOption(roleOption("what a new operator may do; none: look after own bots"))
    .option("--ttl <DURATION>", "how long it may be used, at most 24h (default: 10m)")
    .addOption(
      repeatable("--address <HOST:PORT>", "address to put into it (default: the server's own)"),
    )
    .action(async (name: string, flags: InviteFlags, self: Command) => {
      const printer = printerOf(context, self);
      const request = {
        name: checkOperatorName("NAME", name),
        roles: rolesOf(flags),
        ...(flags.ttl !== undefined && {
          ttlSeconds: parseTtlSeconds("--ttl", flags.ttl, MAX_TOKEN_TTL_SECONDS),
        }),
        ...(flags.address && {
          addresses: flags.address.map((each) => checkAddress("--address", each)),
        }),
      };
      await withServer(context, self, async (server) => {
        const answer = await server.call("OperatorService", "InviteOperator", request);
        const operator = operatorView(present("operator", answer.operator));
        const expiresAt = new Date(answer.expiresAtMs).toISOString();
        const { value, tokenId } = answer;
        printer.result({ value, tokenId, expiresAt, operator }, () => `${value}\n`);
        if (printer.format === "table") {
          const roles = operator.roles.length === 0 ? "no role" : operator.roles.join(", ");
          const until = showInstant(expiresAt);
          printer.note(`${operator.name} (${roles}) may log in with it once, until ${until}`);
        }
      });
    });
  example(command, "botpass operator invite alice --role registrar --ttl 1h");
}

function addList(group: Command, context: CliContext): void {
  const command = group
    .command("list")
    .description("list operators, those removed too")
    .action(async (_flags: object, self: Command) => {
      const printer = printerOf(context, self);
      await withServer(context, self, async (server) => {
        const operators = await allPages(async (pageToken) => {
          const request = { pageSize: PAGE_SIZE, pageToken };
          const page = await server.call("OperatorService", "ListOperators", request);
          return { items: page.operators, next: page.nextPageToken };
        });
        printer.list("operators", operators.map(operatorView), COLUMNS);
      });
    });
  example(command, "botpass operator list");
}

function addShow(group: Command, context: CliContext): void {
  const command = group
    .command("show <NAME>")
    .description("show an operator")
    .action(async (name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const request = { name: checkOperatorName("NAME", name) };
      await withServer(context, self, async (server) => {
        const operator = operatorView(await server.call("OperatorService", "GetOperator", request));
        printer.record(operator, () => fieldsOf(operator));
      });
    });
  example(command, "botpass operator show alice");
}

function addSetRoles(group: Command, context: CliContext): void {
  const command = group
    .command("set-roles <NAME>")
    .description("give an operator other roles, in place of those it has")
    .addOption(roleOption("what the operator may do"))
    .option("--none", "take all roles away: own bots remain")
    .action(async (name: string, flags: RoleFlags & { none?: true }, self: Command) => {
      const printer = printerOf(context, self);
      const roles = rolesOf(flags);
      if ((roles.length === 0) !== (flags.none === true)) {
        throw usageError("either --role, at least once, or --none is required");
      }
      const request = { name: checkOperatorName("NAME", name), roles };
      await withServer(context, self, async (server) => {
        const answer = await server.call("OperatorService", "SetOperatorRoles", request);
        const operator = operatorView(answer);
        printer.record(operator, () => fieldsOf(operator));
      });
    });
  example(command, "botpass operator set-roles alice --role registrar --role approver");
}

function addRemove(group: Command, context: CliContext): void {
  const command = group
    .command("remove <NAME>")
    .description("remove an operator for good: deny what it holds, cut what it has open")
    .option("--reason <TEXT>", "why, for the audit")
    .action(async (name: string, flags: { reason?: string }, self: Command) => {
      const printer = printerOf(context, self);
      const request = {
        name: checkOperatorName("NAME", name),
        ...(flags.reason !== undefined && { reason: checkText("--reason", flags.reason, 1024) }),
      };
      await withServer(context, self, async (server) => {
        const answer = await server.call("OperatorService", "RemoveOperator", request);
        const operator = operatorView(present("operator", answer.operator));
        const { denied, connections } = answer;
        printer.record({ operator, denied, connections }, () => [
          ...fieldsOf(operator),
          ["SVIDs denied", String(denied)],
          ["Connections cut", String(connections)],
        ]);
      });
    });
  example(command, 'botpass operator remove alice --reason "has left"');
}

function fieldsOf(operator: OperatorView): [string, string][] {
  const { unixUser, unixUid } = operator;
  return [
    ["Name", operator.name],
    ["Roles", showList(operator.roles)],
    ["State", operator.state],
    ["Unix user", unixUser === null ? "-" : `${unixUser} (${unixUid})`],
    ["SPIFFE ID", operator.spiffeId ?? "-"],
    ["Created", `${showInstant(operator.createdAt)} by ${operator.createdBy}`],
    ["Removed", showInstant(operator.removedAt)],
  ];
}
