import { lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { IssuerError, messageOf } from "../errors.ts";

/** The path of the server's own SPIFFE ID: bots and operators accept no other server. */
export const SERVER_PATH = "/botpass/server";

/** The environment variable that names a Workload API (SPIFFE Workload Endpoint section 4). */
export const ENDPOINT_VARIABLE = "SPIFFE_ENDPOINT_SOCKET";

export const DEFAULT_PORT = 8443;
/** Where bots find the server on their own machine. */
export const DEFAULT_BOTS_SOCKET = "/run/botpass/bots/bots.sock";
/** In the server's data directory. */
export const ADMIN_SOCKET_NAME = "admin.sock";

/**
 * Refuses a socket that a stranger could have put there: its owner must be root or one of the users named, and
 * so must the owner of its directory, into which nobody else may write.
 * @throws IssuerError SOCKET_NOT_TRUSTED naming path and reason; UNAVAILABLE when there is no socket.
 */
export function checkSocketTrust(
  path: string,
  options: { readonly allowedUids?: readonly number[] } = {},
): void {
  const allowed = new Set([0, ...(options.allowedUids ?? [])]);
  const socket = statOf(path);
  if (!socket.isSocket()) throw distrust(path, "it is not a socket");
  if (!allowed.has(socket.uid)) throw distrust(path, `its owner is uid ${socket.uid}`);
  const parent = dirname(path);
  const directory = statOf(parent);
  if (!directory.isDirectory()) throw distrust(path, `${parent} is not a directory`);
  if (!allowed.has(directory.uid)) {
    throw distrust(path, `the owner of ${parent} is uid ${directory.uid}`);
  }
  if ((directory.mode & 0o022) !== 0) throw distrust(path, `others may write into ${parent}`);
}

function statOf(path: string): Stats {
  try {
    return lstatSync(path);
  } catch (cause) {
    throw new IssuerError("UNAVAILABLE", `no socket at ${path}: ${messageOf(cause)}`, { cause });
  }
}

function distrust(path: string, reason: string): IssuerError {
  return new IssuerError("SOCKET_NOT_TRUSTED", `socket ${path} is not trusted: ${reason}`);
}
