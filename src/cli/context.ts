import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import type { Command } from "commander";
import type { Clock } from "../clock.ts";
import { type AdminClient, dialAdmin, dialRemote } from "./admin-client.ts";
import { checkContextName, loginDirectory, readContexts, type ServerContext } from "./contexts.ts";
import { usageError } from "./failure.ts";
import { checkAddress, checkChoice, parseInteger } from "./flags.ts";
import { currentLogin } from "./login.ts";
import { OUTPUT_FORMATS, Printer, type Sink } from "./output.ts";

/** Where a server keeps its state unless told otherwise. */
export const DEFAULT_DATA_DIR = "/var/lib/botpass";

const MAX_SOCKET_PATH_BYTES = 107;
const MAX_UID = 4_294_967_294;

/** What a command sees of the process that it runs in. */
export interface CliContext {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly clock: Clock;
  /** Resolves when the process is asked to stop, with the name of the signal. */
  readonly stopRequested: () => Promise<string>;
  /** Calls back for each signal that a child should have as well. @returns stops the calls. */
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
}

/** The flags that every command takes. */
interface GlobalFlags {
  readonly adminSocket?: string;
  readonly server?: string;
  readonly context?: string;
  readonly serverUid?: string;
  readonly output?: string;
}

/** The printer that `--output` asks for. Throws a usage error. */
export function printerOf(context: CliContext, command: Command): Printer {
  const { output = "table" } = command.optsWithGlobals<GlobalFlags>();
  const format = checkChoice("--output", output, OUTPUT_FORMATS);
  return new Printer(format, context.stdout, context.stderr);
}

/** The value of an environment variable; empty counts as absent. */
export function envValue(context: CliContext, name: string): string | undefined {
  const value = context.env[name];
  return value === "" ? undefined : value;
}

/** Whether the flag names an admin socket. */
export function isAdminSocketGiven(command: Command): boolean {
  return command.optsWithGlobals<GlobalFlags>().adminSocket !== undefined;
}

/** The admin socket that flags and environment name, absolute. Throws a usage error. */
export function adminSocketOf(context: CliContext, command: Command): string {
  const { adminSocket } = command.optsWithGlobals<GlobalFlags>();
  const named = adminSocket ?? envValue(context, "BOTPASS_ADMIN_SOCKET");
  const dataDir = envValue(context, "BOTPASS_DATA_DIR") ?? DEFAULT_DATA_DIR;
  const path = resolve(context.cwd, named ?? join(dataDir, "admin.sock"));
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    const message = `--admin-socket ${JSON.stringify(path)} is longer than ${MAX_SOCKET_PATH_BYTES} bytes, the most that a socket's path may have`;
    throw usageError(message);
  }
  return path;
}

/** What `--server` names. Throws a usage error. */
export function serverFlagOf(command: Command): string | undefined {
  const { server } = command.optsWithGlobals<GlobalFlags>();
  return server === undefined ? undefined : checkAddress("--server", server);
}

/** What `--context`, or else BOTPASS_CONTEXT, names. Throws a usage error. */
export function contextFlagOf(context: CliContext, command: Command): string | undefined {
  const flag = command.optsWithGlobals<GlobalFlags>().context;
  if (flag !== undefined) return checkContextName("--context", flag);
  const named = envValue(context, "BOTPASS_CONTEXT");
  return named === undefined ? undefined : checkContextName("BOTPASS_CONTEXT", named);
}

/** Where a command finds the server. */
export type AdminTarget =
  | { readonly kind: "socket"; readonly socket: string; readonly serverUid: number | undefined }
  | {
      readonly kind: "tls";
      /** The context whose login is used. */
      readonly name: string;
      /** host:port; undefined: what the login knows. */
      readonly address: string | undefined;
    };

/**
 * Where flags, environment and contexts say that the server is: `--admin-socket`; `--server`, `--context`; the socket that
 * the environment names; the current context; the default socket.
 * @throws a usage error; IssuerError CONFIG_INVALID.
 */
export async function targetOf(context: CliContext, command: Command): Promise<AdminTarget> {
  const flag = command.optsWithGlobals<GlobalFlags>().serverUid;
  const uid = flag ?? envValue(context, "BOTPASS_SERVER_UID");
  const serverUid = uid === undefined ? undefined : parseInteger("--server-uid", uid, 0, MAX_UID);
  const address = serverFlagOf(command);
  const wanted = contextFlagOf(context, command);
  if (isAdminSocketGiven(command)) {
    if (address !== undefined || command.optsWithGlobals<GlobalFlags>().context !== undefined) {
      throw usageError("--admin-socket excludes --server and --context");
    }
    return { kind: "socket", socket: adminSocketOf(context, command), serverUid };
  }
  const inEnvironment =
    envValue(context, "BOTPASS_ADMIN_SOCKET") ?? envValue(context, "BOTPASS_DATA_DIR");
  const nothing = address === undefined && wanted === undefined;
  if (!nothing || inEnvironment === undefined) {
    const { current, contexts } = await readContexts(context.env);
    const name = wanted ?? current;
    if (name !== undefined) {
      return ofContext(name, existingContext(contexts, name), address, serverUid);
    }
    if (address !== undefined) {
      throw usageError(`--server ${JSON.stringify(address)} needs a login, and there is none`, {
        hint: "`botpass login` with the token that `botpass operator invite` prints",
      });
    }
  }
  return { kind: "socket", socket: adminSocketOf(context, command), serverUid };
}

/** The context of that name. Throws a usage error. */
export function existingContext(
  contexts: ReadonlyMap<string, ServerContext>,
  name: string,
): ServerContext {
  const found = contexts.get(name);
  if (found !== undefined) return found;
  const known = [...contexts.keys()].join(", ") || "none";
  throw usageError(`there is no context ${JSON.stringify(name)}, only ${known}`);
}

function ofContext(
  name: string,
  { server, adminSocket }: ServerContext,
  address: string | undefined,
  serverUid: number | undefined,
): AdminTarget {
  if (adminSocket === undefined) return { kind: "tls", name, address: address ?? server };
  if (address === undefined) return { kind: "socket", socket: adminSocket, serverUid };
  throw usageError(
    `context ${name} has an admin socket and no login: --server is of no use with it`,
  );
}

/** Dials the server that flags and contexts name, does `work` with it, and hangs up. */
export async function withServer<T>(
  context: CliContext,
  command: Command,
  work: (server: AdminClient, target: AdminTarget) => Promise<T>,
): Promise<T> {
  const target = await targetOf(context, command);
  const server = await dial(context, target);
  try {
    return await work(server, target);
  } finally {
    server.close();
  }
}

async function dial(context: CliContext, target: AdminTarget): Promise<AdminClient> {
  if (target.kind === "socket") return dialAdmin(target);
  const login = await currentLogin(
    loginDirectory(context.env, target.name),
    target.name,
    context.clock,
  );
  return dialRemote(target.address ?? login.addresses[0] ?? "", login, context.clock);
}
