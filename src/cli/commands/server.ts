import { resolve } from "node:path";
import type { Command } from "commander";
import type { RestoreResult } from "../../server/index.ts";
import {
  adminSocketOf,
  type CliContext,
  DEFAULT_DATA_DIR,
  envValue,
  isAdminSocketGiven,
  printerOf,
  withServer,
} from "../context.ts";
import { CliFailure, EXIT, usageError } from "../failure.ts";
import { readFlagFile } from "../files.ts";
import { addGroup, checkAddress, example, parseTrustDomain } from "../flags.ts";
import { serviceOf } from "../service.ts";
import { addRotateKeys } from "./rotate-keys.ts";

const BACKUP_TIMEOUT_MS = 600_000;

/** Flags that `server run` and `server validate` share; they override the configuration file. */
interface ConfigFlags {
  readonly config?: string;
  readonly trustDomain?: string;
  readonly dataDir?: string;
  readonly listen?: string;
}

/** `botpass server …`: running the issuer. */
export function addServerCommands(program: Command, context: CliContext): void {
  const group = addGroup(program, "server", "run the server, and look after it");
  addRun(group, context);
  addValidate(group, context);
  addHealthcheck(group, context);
  addBackup(group, context);
  addRotateKeys(group, context);
  addRestore(group, context);
}

function addRun(group: Command, context: CliContext): void {
  const command = group.command("run").description("run the server until SIGTERM or SIGINT");
  addConfigFlags(command).action(async (flags: ConfigFlags, self: Command) => {
    const printer = printerOf(context, self);
    const source = await configSource(context, flags, self);
    const { loadConfig, startServer } = await import("../../server/index.ts");
    const service = await serviceOf(context, printer);
    const stop = context.stopRequested();
    const config = await loadConfig(source);
    const tlsDescriptor = service.socket("tls");
    const server = await startServer(config, tlsDescriptor === undefined ? {} : { tlsDescriptor });
    const serving = `serving bots on ${server.addresses.join(", ")}, operators on ${server.adminSocket}`;
    printer.note(serving);
    service.ready(serving);
    const signal = await stop;
    printer.note(`${signal}: stopping`);
    service.stopping(`stopping: ${signal}`);
    await server.close();
    service.close();
  });
  example(command, "botpass server run --trust-domain example.org");
}

function addValidate(group: Command, context: CliContext): void {
  const command = group
    .command("validate")
    .description("check the configuration, whole, without starting anything");
  addConfigFlags(command).action(async (flags: ConfigFlags, self: Command) => {
    const printer = printerOf(context, self);
    const source = await configSource(context, flags, self);
    const { loadConfig } = await import("../../server/index.ts");
    await loadConfig(source);
    printer.result({ valid: true }, () => "the configuration is valid\n");
  });
  example(command, "botpass server validate --config /etc/botpass/server.yaml");
}

function addConfigFlags(command: Command): Command {
  return command
    .option("--config <FILE>", "configuration file in YAML")
    .option("--trust-domain <NAME>", "trust domain, for life")
    .option("--data-dir <DIR>", `where the server keeps its state (default: ${DEFAULT_DATA_DIR})`)
    .option("--listen <HOST:PORT>", "address of the listener for bots and services");
}

/** Checks what flags can say by themselves; the server checks the whole. */
async function configSource(context: CliContext, flags: ConfigFlags, self: Command) {
  const { config, trustDomain, dataDir, listen } = flags;
  const adminSocket = isAdminSocketGiven(self) ? adminSocketOf(context, self) : undefined;
  const file = config === undefined ? undefined : resolve(context.cwd, config);
  if (file !== undefined) await readFlagFile("--config", file);
  if (trustDomain !== undefined) parseTrustDomain("--trust-domain", trustDomain);
  if (listen !== undefined) checkAddress("--listen", listen);
  return {
    ...(file !== undefined && { file }),
    flags: {
      ...(trustDomain !== undefined && { trustDomain }),
      ...(dataDir !== undefined && { dataDir: resolve(context.cwd, dataDir) }),
      ...(listen !== undefined && { listen }),
    },
    // One flag says where the admin socket is, whether it is to be made or dialled.
    env:
      adminSocket === undefined
        ? context.env
        : { ...context.env, BOTPASS_ADMIN_SOCKET: adminSocket },
  };
}

function addHealthcheck(group: Command, context: CliContext): void {
  const command = group
    .command("healthcheck")
    .description("ask the server whether it serves (grpc.health.v1)")
    .action(async (_flags: object, self: Command) => {
      const printer = printerOf(context, self);
      await withServer(context, self, async (server) => {
        const status = await server.health();
        if (status !== "SERVING") {
          throw new CliFailure("UNAVAILABLE", `the server answers ${status}`, {
            exitCode: EXIT.failed,
          });
        }
        printer.result({ status }, () => `${status}\n`);
      });
    });
  example(command, "botpass server healthcheck");
}

function addBackup(group: Command, context: CliContext): void {
  const command = group
    .command("backup")
    .description("copy database and keys, consistently, while the server runs")
    .requiredOption("--out <DIR>", "directory to make on the server's machine; it must not exist")
    .action(async (flags: { out: string }, self: Command) => {
      const printer = printerOf(context, self);
      if (flags.out === "") throw usageError('--out "" names no directory');
      const directory = resolve(context.cwd, flags.out);
      await withServer(context, self, async (server) => {
        const { bytes, feedSequence } = await server.call(
          "ServerService",
          "Backup",
          { directory },
          { timeoutMs: BACKUP_TIMEOUT_MS },
        );
        printer.record({ directory, bytes, feedSequence }, () => [
          ["Directory", directory],
          ["Bytes", String(bytes)],
          ["Feed sequence", String(feedSequence)],
        ]);
      });
    });
  example(command, "botpass server backup --out /var/backups/botpass/2030-01-31");
}

/** What people must know of what lies between the backup and now. */
function restoredRows(done: RestoreResult): [string, string][] {
  const { issuedAfter, unknownUntil, carried } = done;
  const rows: [string, string][] = [];
  if (issuedAfter !== undefined) rows.push(["Issued after it", `${issuedAfter} (svid.lost)`]);
  if (unknownUntil !== undefined) {
    rows.push(["Issued after it", `unknown; over by ${unknownUntil.toISOString()}`]);
  }
  if (carried === undefined) return rows;
  const some = (names: readonly string[]): string =>
    names.length > 20
      ? `${names.slice(0, 20).join(", ")} and ${names.length - 20} more`
      : names.join(", ");
  rows.push(["Operators removed", some(carried.operators)]);
  const roles = carried.reducedOperators.map(
    (each) => `${each.name} (${each.roles.join(" ") || "no role"})`,
  );
  rows.push(["Roles reduced", some(roles)]);
  const stopped = carried.stoppedBots.map(({ name, state }) => `${name} (${state})`);
  rows.push(["Bots stopped", some(stopped)]);
  rows.push(["Ends kept", some(carried.shortened)]);
  rows.push([
    "Uses and ends kept",
    String(carried.tokens + carried.idTokens + carried.bans + carried.instances),
  ]);
  rows.push(["Active again", some(carried.revivedBots)]);
  rows.push(["Bots as before", some(carried.revertedBots)]);
  rows.push(["Entries back", some(carried.revivedEntries)]);
  rows.push(["Authorities back", some(carried.revivedAuthorities)]);
  rows.push(["Entries as before", some(carried.revertedEntries)]);
  rows.push(["Bots missing", some(carried.missingBots)]);
  return rows;
}

function logKeyRows({ logKey, unknownUntil }: RestoreResult): [string, string][] {
  if (logKey !== undefined) {
    const { lost, restored, present } = logKey;
    const same = present === restored ? " (its log is not what it was: nothing is signed)" : "";
    return [
      ["Log key given up", lost],
      ["Log key of the backup", restored],
      ["Log key now", `${present}${same}`],
    ];
  }
  if (unknownUntil === undefined) return [];
  return [["Log key", "the backup's; if it was replaced since: server rotate-keys --only log"]];
}

interface RestoreFlags {
  readonly from: string;
  readonly dataDir?: string;
  readonly acceptRollback?: true;
  readonly lost?: string;
}

function addRestore(group: Command, context: CliContext): void {
  const command = group
    .command("restore")
    .description(
      "put a backup in place of a stopped server's state; what was issued since is denied",
    )
    .requiredOption("--from <DIR>", "directory that server backup made")
    .option("--data-dir <DIR>", `where the server keeps its state (default: ${DEFAULT_DATA_DIR})`)
    .option("--accept-rollback", "restore although the state in place is newer than the backup")
    .option(
      "--lost <DIR>",
      "data directory that is given up, when --data-dir is another, empty one",
    )
    .action(async (flags: RestoreFlags, self: Command) => {
      const printer = printerOf(context, self);
      const named = flags.dataDir ?? envValue(context, "BOTPASS_DATA_DIR") ?? DEFAULT_DATA_DIR;
      const from = resolve(context.cwd, flags.from);
      const dataDir = resolve(context.cwd, named);
      const { restoreBackup } = await import("../../server/index.ts");
      const accepted = flags.acceptRollback === true;
      const lost = flags.lost === undefined ? {} : { lost: resolve(context.cwd, flags.lost) };
      const done = await restoreBackup({ from, dataDir, acceptRollback: accepted, ...lost });
      const { unknownUntil, carried, logKey, ...facts } = done;
      const view = {
        from,
        dataDir,
        ...facts,
        ...(unknownUntil && { unknownUntil: unknownUntil.toISOString() }),
        ...carried,
        ...(logKey && { logKey }),
      };
      printer.record(view, () => [
        ["From", from],
        ["Data directory", dataDir],
        ["Rolled back", done.rolledBack ? "yes" : "no"],
        ["SVIDs denied", String(done.denied)],
        ...restoredRows(done),
        ...logKeyRows(done),
      ]);
    });
  example(
    command,
    "botpass server restore --from /var/backups/botpass/2030-01-31 --accept-rollback",
  );
}
