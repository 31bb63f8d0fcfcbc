import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { IssuerError } from "../errors.ts";

/**
 * Makes sure that every user of the machine can get at a socket.
 * @throws IssuerError CONFIG_INVALID naming the first directory on the way that lets in some users only.
 */
export async function requireReachable(path: string): Promise<void> {
  const directory = dirname(path);
  if (directory !== path) await requireReachable(directory);
  const { mode } = await stat(directory);
  if ((mode & 0o001) !== 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  const message = `admin_socket_access: operators cannot enter ${directory}, which is ${shown}: chmod o+x it, or put admin_socket elsewhere`;
  throw new IssuerError("CONFIG_INVALID", message);
}
