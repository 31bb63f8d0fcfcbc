// The simulation at length: docs/simulation.md. `npm run simulate` runs 10,000 seeds.
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { GUARD_NAMES } from "../simulation/guards.ts";
import { Simulator } from "../simulation/run.ts";

/** A seed is about a quarter of a second of one processor. */
const SEEDS = availableParallelism() >= 4 ? 1_000 : 500;
/** A guard that is gone must show within so many seeds. */
const GUARD_SEEDS = 150;
const MAIN = join(import.meta.dirname, "../simulation/main.ts");

/** Rejects when it exits with anything but 0. */
async function simulate(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [MAIN, ...args])).stdout;
}

test(`invariants hold over ${SEEDS} seeds`, async () => {
  const said = await simulate("--seeds", String(SEEDS));
  expect(said).toContain(" 0 did not replay\n");
  expect(said).toContain("\n0 seeds broke an invariant");
});

test("each guard that is taken away is noticed, and its seed replays", async () => {
  const said = await simulate("--guards", "--seeds", String(GUARD_SEEDS));
  const { length } = GUARD_NAMES;
  expect(said).toContain(`${length} of ${length} guards are missed when they are gone, and replay`);
});

test("it is the same with Node's threads, which finish when they like", async () => {
  await using simulator = await Simulator.open();
  for (const seed of [4, 28, 60]) {
    const { trace } = await simulator.run(seed);
    expect(await simulate("--seed", String(seed))).toContain(`\ntrace ${trace}\nagain ${trace}\n`);
  }
});

test("a seed that breaks an invariant says how to run it again, and ends with 1", async () => {
  const args = ["--seeds", "1", "--without", "store: refusals are recorded"];
  const error = await simulate(...args).catch((each: unknown) => each);
  expect(error).toMatchObject({ code: 1 });
  expect(Reflect.get(Object(error), "stdout")).toContain(
    'npm run simulate -- --seed 1 --without "store: refusals are recorded" --trace',
  );
  await expect(simulate("--seeds", "none")).rejects.toMatchObject({
    code: 2,
    stderr: "--seeds none is not a whole number above 0\n",
  });
});
