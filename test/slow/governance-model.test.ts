// No sequence of what people, bots, time and restarts do reaches a live credential without an approved passport, an owner, a review in
// date and an open end; and guards, each taken away in turn, are missed.
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import type * as Guards from "../../src/bots/guards.ts";
import { commands, type Model, POLICY, type Real } from "../support/governance-model.ts";
import { governedServices } from "../support/governed-services.ts";

/** The guard that is taken away; "": none. */
const state = vi.hoisted(() => ({ removed: "" }));

/** What a guard answers that guards nothing. */
const NOTHING: Readonly<Record<string, unknown>> = {
  termLimits: [],
  restrictionLimits: [],
  suspensionLimits: [],
  mustWait: {},
};

vi.mock("../../src/bots/guards.ts", async (original) => {
  const real = await original<Record<string, unknown>>();
  return Object.fromEntries(
    Object.entries(real).map(([name, value]) => [
      name,
      typeof value !== "function"
        ? value
        : (...args: unknown[]) => (state.removed === name ? NOTHING[name] : value(...args)),
    ]),
  );
});

const GUARDS: readonly (keyof typeof Guards)[] = [
  "retirementRefusal",
  "approvalRefusal",
  "suspensionRefusal",
  "attestorRefusal",
  "networkRefusal",
  "instanceCountRefusal",
  "audienceRefusal",
  "personRefusal",
  "termLimits",
  "secondPersonRefusal",
  "staleRefusal",
  "resumptionRefusal",
  "policyRefusal",
];

const STEPS = 10_000;

beforeEach(() => {
  state.removed = "";
});

/** Runs sequences until `until` says so. @returns how many steps were made in all. */
async function explore(seed: number, numRuns: number, onSteps: (steps: number) => void) {
  let steps = 0;
  const property = fc.asyncProperty(commands(), async (sequence) => {
    const start = new Date("2030-01-01T00:00:00Z");
    const services = await governedServices(new Map([["prod", POLICY]]), start);
    const real: Real = { services, steps: 0 };
    try {
      await services.operator("alice", "registrar");
      await services.operator("bob", "approver");
      await services.operator("carol", "registrar", "approver", "admin");
      await services.operator("dave");
      await services.operator("erin");
      const setup = (): { model: Model; real: Real } => ({
        model: { bots: new Map(), removed: new Set() },
        real,
      });
      await fc.asyncModelRun(setup, sequence);
    } finally {
      steps += real.steps;
      onSteps(steps);
      await services.close();
    }
  });
  return fc.check(property, { seed, numRuns, endOnFailure: true });
}

test(`no sequence of ${STEPS} steps gets past the guards`, async () => {
  let steps = 0;
  for (let seed = 1; steps < STEPS; seed += 1) {
    let made = 0;
    const result = await explore(seed, 50, (count) => {
      made = count;
    });
    const last = String(result.counterexample?.[0]).slice(-2000);
    expect(result.failed, `${String(result.errorInstance)} at the end of …${last}`).toBe(false);
    steps += made;
  }
  process.stdout.write(`governance model: ${steps} steps\n`);
  expect(steps).toBeGreaterThanOrEqual(STEPS);
});

test.each(GUARDS)("without %s the model finds it out", async (guard) => {
  state.removed = guard;
  let steps = 0;
  const result = await explore(7, 300, (count) => {
    steps = count;
  });
  process.stdout.write(`without ${guard}: ${String(result.errorInstance)} after ${steps} steps\n`);
  expect(result.failed).toBe(true);
  expect(String(result.errorInstance)).toContain("Violation");
});
