// The drill, as `npm run drill` runs it: docs/drill.md.
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const DRILL = join(import.meta.dirname, "../../scripts/drill.ts");
const has = (command: string, flag: string): boolean => spawnSync(command, [flag]).status === 0;

test.runIf(has("python3", "--version") && has("go", "version"))(
  "a stolen SVID is noticed, revoked and let go of by all who can",
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [DRILL]);
    expect(stdout).toContain("requests of payer");
    expect(stdout).toContain("the issuer refuses: INSTANCE_LOCKED");
    expect(stdout).toContain("the drill is over, and came out as it should");
  },
);
