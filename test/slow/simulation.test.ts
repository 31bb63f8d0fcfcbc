// The simulation at length: docs/simulation.md. `npm run simulate` runs ten times as many seeds.
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GUARD_NAMES } from "../simulation/guards.ts";
import { Simulator } from "../simulation/run.ts";

const SEEDS = 1_000;
/** A guard that is gone must show within so many seeds. */
const GUARD_SEEDS = 150;
const MAIN = join(import.meta.dirname, "../simulation/main.ts");
const run = promisify(execFile);

test(`invariants hold over ${SEEDS} seeds`, async () => {
  const processes = Math.min(availableParallelism(), 8);
  const each = Math.ceil(SEEDS / processes);
  const said = await Promise.all(
    Array.from({ length: processes }, async (_, index) => {
      const from = String(1 + index * each);
      const { stdout } = await run(process.execPath, [
        ...[MAIN, "--seeds", String(each), "--from", from],
      ]);
      return stdout;
    }),
  );
  for (const text of said) {
    expect(text).toContain(" 0 did not replay\n");
    expect(text).toContain("\n0 seeds broke an invariant");
  }
});

describe("each guard that is taken away is noticed, and its seed replays", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await Simulator.open();
  });
  afterAll(() => simulator[Symbol.asyncDispose]());

  test.each(GUARD_NAMES)("%s", async (without) => {
    for (let seed = 1; seed <= GUARD_SEEDS; seed += 1) {
      const outcome = await simulator.run(seed, { without });
      if (outcome.violation === undefined) continue;
      expect(await simulator.run(seed, { without })).toEqual(outcome);
      return;
    }
    expect.fail(`nothing was noticed in ${GUARD_SEEDS} seeds`);
  });
});
