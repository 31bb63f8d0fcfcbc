import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Whether a test that needs this program is to run: where it is on the path, and where BOTPASS_ALL_TOOLS says that every program is
 * there, as in `.ci/run`, so that a missing one is a failure and not a test less.
 */
export function hasTool(name: string): boolean {
  if (process.env.BOTPASS_ALL_TOOLS !== undefined) return true;
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
