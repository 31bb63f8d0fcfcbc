import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import type { Command } from "commander";
import type { Clock } from "../clock.ts";
import { type AdminClient, dialAdmin } from "./admin-client.ts";
import { usageError } from "./failure.ts";
import { checkChoice, parseInteger } from "./flags.ts";
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

/** Flags of a command that are checked before anything is dialled; what they mean is returned. */
export interface AdminTarget {
  readonly socket: string;
  readonly serverUid: number | undefined;
}

/** Where the flags say that the server is. Throws a usage error. */
export function targetOf(context: CliContext, command: Command): AdminTarget {
  const { serverUid } = command.optsWithGlobals<GlobalFlags>();
  const uid = serverUid ?? envValue(context, "BOTPASS_SERVER_UID");
  return {
    socket: adminSocketOf(context, command),
    serverUid: uid === undefined ? undefined : parseInteger("--server-uid", uid, 0, MAX_UID),
  };
}

/** Dials the server that the flags name, does `work` with it, and hangs up. */
export async function withServer<T>(
  context: CliContext,
  command: Command,
  work: (server: AdminClient) => Promise<T>,
): Promise<T> {
  const server = await dialAdmin(targetOf(context, command));
  try {
    return await work(server);
  } finally {
    server.close();
  }
}
