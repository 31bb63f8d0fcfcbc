import type { Command } from "commander";
import {
  adminSocketOf,
  type CliContext,
  existingContext,
  isAdminSocketGiven,
  printerOf,
  serverFlagOf,
} from "../context.ts";
import {
  checkContextName,
  loginDirectory,
  readContexts,
  type ServerContext,
  writeContexts,
} from "../contexts.ts";
import { usageError } from "../failure.ts";
import { addGroup, example } from "../flags.ts";
import { currentLogin } from "../login.ts";
import { LoginDirectory } from "../login-directory.ts";
import type { Column } from "../table.ts";

interface ContextView {
  readonly name: string;
  readonly current: boolean;
  readonly server: string | null;
  readonly adminSocket: string | null;
  readonly trustDomain: string | null;
  readonly operator: string | null;
}

const COLUMNS: readonly Column<ContextView>[] = [
  { heading: "CURRENT", cell: ({ current }) => (current ? "*" : "") },
  { heading: "NAME", cell: ({ name }) => name },
  { heading: "SERVER", cell: ({ server, adminSocket }) => server ?? adminSocket ?? "-" },
  { heading: "TRUST DOMAIN", cell: ({ trustDomain }) => trustDomain ?? "-" },
  { heading: "OPERATOR", cell: ({ operator }) => operator ?? "-" },
];

/** `botpass context …`: several trust domains from one machine. */
export function addContextCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "context", "contexts: several trust domains from one machine");
  addList(group, context);
  addUse(group, context);
  addAdd(group, context);
  addRemove(group, context);
}

function addList(group: Command, context: CliContext): void {
  const command = group
    .command("list")
    .description("list the contexts of this user")
    .action(async (_flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const { current, contexts } = await readContexts(context.env);
      const views = [...contexts].map(([name, each]) => viewOf(name, each, current));
      printer.list("contexts", views, COLUMNS);
    });
  example(command, "botpass context list");
}

function addUse(group: Command, context: CliContext): void {
  const command = group
    .command("use <NAME>")
    .description("make a context the one that commands use")
    .action(async (name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const { contexts } = await readContexts(context.env);
      const view = viewOf(name, existingContext(contexts, checkContextName("NAME", name)), name);
      await writeContexts(context.env, { current: name, contexts });
      printer.result(view, () => `${name}\n`);
    });
  example(command, "botpass context use example.org");
}

function addAdd(group: Command, context: CliContext): void {
  const command = group
    .command("add <NAME>")
    .description("name an admin socket, or give a context that has a login another server")
    .action(async (name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      checkContextName("NAME", name);
      const server = serverFlagOf(self);
      if ((server !== undefined) === isAdminSocketGiven(self)) {
        throw usageError("either --admin-socket or --server is required");
      }
      const { current, contexts } = await readContexts(context.env);
      const made =
        server === undefined
          ? { adminSocket: adminSocketOf(context, self) }
          : await ofLogin(context, name, server);
      const view = viewOf(name, made, current ?? name);
      await writeContexts(context.env, {
        current: current ?? name,
        contexts: new Map(contexts).set(name, made),
      });
      printer.result(view, () => `${name}\n`);
    });
  example(command, "botpass context add lab --admin-socket /run/botpass/admin/admin.sock");
}

async function ofLogin(context: CliContext, name: string, server: string): Promise<ServerContext> {
  const { svid } = await currentLogin(loginDirectory(context.env, name), name, context.clock);
  const operator = svid.spiffeId.path.replace("/operator/", "");
  return { server, trustDomain: svid.spiffeId.trustDomain.name, operator };
}

function addRemove(group: Command, context: CliContext): void {
  const command = group
    .command("remove <NAME>")
    .description("forget a context, and the login that belongs to it")
    .action(async (name: string, _flags: object, self: Command) => {
      const printer = printerOf(context, self);
      const { current, contexts } = await readContexts(context.env);
      const view = viewOf(name, existingContext(contexts, checkContextName("NAME", name)), current);
      const left = new Map(contexts);
      left.delete(name);
      await writeContexts(context.env, {
        current: current === name ? undefined : current,
        contexts: left,
      });
      await new LoginDirectory(loginDirectory(context.env, name)).remove();
      printer.result(view, () => `${name}\n`);
    });
  example(command, "botpass context remove lab");
}

function viewOf(name: string, each: ServerContext, current: string | undefined): ContextView {
  return {
    name,
    current: name === current,
    server: each.server ?? null,
    adminSocket: each.adminSocket ?? null,
    trustDomain: each.trustDomain ?? null,
    operator: each.operator ?? null,
  };
}
