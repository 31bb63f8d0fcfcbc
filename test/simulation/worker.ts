// One process of the simulation: runs the seeds that its parent names, one after the other.
import "./at-once.ts";
import { inspect } from "node:util";
import type { Order } from "./pool.ts";
import { type Outcome, Simulator } from "./run.ts";

const simulator = await Simulator.open();

process.on("message", ({ seed, without }: Order) => {
  simulator.run(seed, { ...(without && { without }) }).then(
    (outcome: Outcome) => process.send?.(outcome),
    (error: unknown) => {
      const gone = without ? ` without "${without}"` : "";
      process.stderr.write(`seed ${seed}${gone}: ${inspect(error)}\n`);
      process.exit(1);
    },
  );
});
// Also in the middle of a run, when the parent is gone.
process.once("disconnect", () => process.exit());
