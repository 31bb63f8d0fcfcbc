// The simulation at length: docs/simulation.md. `npm run simulate` runs 10,000 seeds.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { GUARD_NAMES } from "../simulation/guards.ts";
import { Simulator } from "../simulation/run.ts";

const SEEDS = 1_000;
/** A guard that is gone must show within so many seeds. */
const GUARD_SEEDS = 300;
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
  for (const seed of [4, 28, 756]) {
    const { trace, violation } = await simulator.run(seed);
    expect(violation).toBeUndefined();
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

test("runs that are killed leave no directories behind", async () => {
  const args = [MAIN, "--seeds", "1000", "--processes", "1"];
  const simulation = spawn(process.execPath, args, { stdio: "ignore" });
  const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  let pids: string[] = [];
  const left = () =>
    readdirSync(place).filter((name) => pids.some((pid) => name.startsWith(`botpass-sim-${pid}-`)));
  await vi.waitFor(() => {
    const { pid } = simulation;
    pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    expect(left()).toHaveLength(1);
  }, 30_000);
  simulation.kill("SIGKILL");
  await once(simulation, "exit");
  await vi.waitFor(() => expect(left()).toEqual([]), 30_000);
});
