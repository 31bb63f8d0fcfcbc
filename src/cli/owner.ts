import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { usageError } from "./failure.ts";

const run = promisify(execFile);
const PART = /^[A-Za-z0-9_.][A-Za-z0-9_.$-]*$/;
const NUMBER = /^\d{1,10}$/;

/**
 * Reads `USER[:GROUP]`, names or numbers; without a group it is the user's own. Names are asked of the system (getent).
 * @throws a usage error.
 */
export async function parseOwner(
  field: string,
  value: string,
): Promise<{ readonly uid: number; readonly gid: number }> {
  const [user = "", group, more] = value.split(":");
  if (!PART.test(user) || (group !== undefined && !PART.test(group)) || more !== undefined) {
    throw usageError(`${field} ${JSON.stringify(value)} is not USER or USER:GROUP`);
  }
  // name:password:uid:gid:… and name:password:gid:…
  const entry = NUMBER.test(user) && group !== undefined ? undefined : await lookUp("passwd", user);
  const uid = NUMBER.test(user) ? user : entry?.[2];
  if (uid === undefined) throw usageError(`${field}: there is no user ${JSON.stringify(user)}`);
  const known =
    group === undefined || NUMBER.test(group) ? undefined : await lookUp("group", group);
  const gid = group === undefined ? entry?.[3] : NUMBER.test(group) ? group : known?.[2];
  if (gid === undefined) {
    const what =
      group === undefined
        ? `user ${user} is unknown, name its group too`
        : `there is no group ${group}`;
    throw usageError(`${field}: ${what}`);
  }
  return { uid: Number(uid), gid: Number(gid) };
}

/** The fields of an entry; undefined when there is none. */
async function lookUp(database: "passwd" | "group", key: string): Promise<string[] | undefined> {
  try {
    const { stdout } = await run("getent", [database, key]);
    return stdout.trim().split(":");
  } catch (error) {
    // 2: no such entry.
    if ((error as { code?: unknown }).code === 2) return undefined;
    throw usageError(`getent ${database} cannot be asked: give the owner as numbers`, {
      cause: error,
    });
  }
}
