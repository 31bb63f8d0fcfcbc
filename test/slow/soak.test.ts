// Half a minute of the soak: `npm run soak -- --minutes 60` is the whole of it.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** A machine under test may need longer than the usual 20 s to start the issuer again. */
const LONG_SVIDS = ["--svid-seconds", "120"];
const SOAK = join(import.meta.dirname, "../../scripts/soak.ts");

test("no request fails for lack of identity while server, agent, services and bots are killed", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    SOAK,
    "--minutes",
    "0.5",
    ...LONG_SVIDS,
  ]);
  expect(stdout).toContain("requests failed for lack of identity: 0");
});
