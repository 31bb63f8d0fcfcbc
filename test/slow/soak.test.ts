// A minute of the soak: `npm run soak -- --minutes 60` is the whole of it.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const SOAK = join(import.meta.dirname, "../../scripts/soak.ts");

test("no request fails for lack of identity while server, agent, services and bots are killed", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, "--minutes", "1"]);
  expect(stdout).toContain("requests failed for lack of identity: 0");
});
