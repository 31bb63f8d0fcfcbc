import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { IssuerError, messageOf } from "../../errors.ts";

const run = promisify(execFile);
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
/** The highest is no user: it stands for "unchanged". */
const MAX_UID = 4_294_967_294;

/**
 * The user of this machine, by name (asked of the system, with getent) or by number.
 * @throws IssuerError REQUEST_INVALID naming the value; NOT_FOUND.
 */
export async function findUnixUser(user: string): Promise<{ name: string; uid: number }> {
  if (/^\d{1,10}$/.test(user) && Number(user) <= MAX_UID) return { name: user, uid: Number(user) };
  if (!NAME.test(user)) {
    const shown = JSON.stringify(user.slice(0, 80));
    throw new IssuerError("REQUEST_INVALID", `unix_user ${shown} is not a user name or number`);
  }
  let entry: string;
  try {
    ({ stdout: entry } = await run("getent", ["passwd", user], { timeout: 10_000 }));
  } catch (cause) {
    // 2: no such entry.
    if ((cause as { code?: unknown }).code === 2) {
      throw new IssuerError("NOT_FOUND", `there is no user ${user} on the server's machine`);
    }
    const message = `the system cannot be asked for user ${user}, name its number: ${messageOf(cause)}`;
    throw new IssuerError("WRONG_STATE", message, { cause });
  }
  const uid = Number(entry.split(":")[2] ?? "none");
  if (Number.isInteger(uid)) return { name: user, uid };
  throw new IssuerError("WRONG_STATE", `the system says no uid of user ${user}`);
}
