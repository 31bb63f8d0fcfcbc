// A few seeds of the simulation; test/slow/simulation.test.ts runs many.
import { afterAll, beforeAll, expect, test } from "vitest";
import { Simulator } from "./run.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await Simulator.open();
});
afterAll(() => simulator[Symbol.asyncDispose]());

test("invariants hold, and a seed replays exactly", { timeout: 120_000 }, async () => {
  const traces = new Set<string>();
  for (const seed of [4, 31]) {
    const outcome = await simulator.run(seed);
    expect(outcome.violation).toBeUndefined();
    expect(await simulator.run(seed)).toEqual(outcome);
    traces.add(outcome.trace);
  }
  expect(traces.size).toBe(2);
});

test("a run without a guard breaks an invariant, at the same instant each time", {
  timeout: 120_000,
}, async () => {
  const without = "store: refusals are recorded";
  const outcome = await simulator.run(1, { without });
  expect(outcome.violation).toMatch(/1 were refused, 0 are on record/);
  expect(await simulator.run(1, { without })).toEqual(outcome);
});
