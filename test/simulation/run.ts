import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../src/errors.ts";
import { openSqliteStore } from "../../src/store/index.ts";
import type { Guard } from "./guards.ts";
import { beginRun } from "./remembered.ts";
import { END_MS, planScenario, populate } from "./scenario.ts";
import { scratchDirectory } from "./scratch.ts";
import { DATABASE } from "./server.ts";
import { unwatchWork, watchWork } from "./settle.ts";
import { Violation, World } from "./world.ts";

/** How a run came out. */
export interface Outcome {
  readonly seed: number;
  /** SHA-256 of all that happened, in hex: the same seed has the same. */
  readonly trace: string;
  readonly events: number;
  /** What was broken, and when; undefined: everything held. */
  readonly violation: string | undefined;
}

/** Runs seeds, one at a time, on copies of one database that was made before. */
export class Simulator implements AsyncDisposable {
  readonly #template = mkdtempSync(join(scratchDirectory(), "template-"));

  private constructor() {}

  static async open(): Promise<Simulator> {
    const simulator = new Simulator();
    const store = await openSqliteStore({ file: join(simulator.#template, DATABASE) });
    await store.close();
    watchWork();
    return simulator;
  }

  /** @throws what is neither a violation nor a part of the run. */
  async run(
    seed: number,
    options: { readonly without?: Guard; readonly onTrace?: (line: string) => void } = {},
  ): Promise<Outcome> {
    const { without, onTrace } = options;
    const template = this.#template;
    beginRun();
    const world = new World({
      seed,
      without,
      template,
      ...(onTrace === undefined ? {} : { onTrace }),
    });
    let violation: string | undefined;
    // Where the server spreads what it tells, it asks the machine.
    const ofMachine = Math.random;
    const random = world.random.of("the machine's");
    Math.random = () => random.word() / 2 ** 32;
    try {
      await populate(world);
      planScenario(world);
      await world.scheduler.run(END_MS, () => world.check());
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      violation = `at ${world.nowMs} ms: ${messageOf(error)}`;
      world.tell("invariant", messageOf(error));
    } finally {
      Math.random = ofMachine;
      await world.close();
    }
    return { seed, trace: world.traceHash, events: world.events, violation };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    unwatchWork();
    rmSync(this.#template, { recursive: true, force: true });
  }
}
