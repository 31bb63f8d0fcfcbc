// `npm run simulate`: 10,000 seeds; `-- --seeds N --from M`, `-- --seed N [--trace]`, `-- --guards [--seeds N]`.
import { parseArgs } from "node:util";
import { GUARD_NAMES, GUARDS, type Guard } from "./guards.ts";
import { Simulator } from "./run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    without: { type: "string" },
    guards: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function guardOf(name: string | undefined): Guard | undefined {
  if (name === undefined) return undefined;
  const guard = GUARD_NAMES.find((each) => each === name);
  if (guard !== undefined) return guard;
  say(`no guard ${name}:\n${GUARD_NAMES.map((each) => `  ${each}`).join("\n")}`);
  process.exit(2);
}

const without = guardOf(values.without);
const weakened = without === undefined ? {} : { without };
const most = Number(values.seeds);
const first = Number(values.from);
await using simulator = await Simulator.open();

/** One seed, twice. */
async function replay(seed: number): Promise<boolean> {
  const onTrace = values.trace ? say : undefined;
  const once = await simulator.run(seed, { ...weakened, ...(onTrace && { onTrace }) });
  const twice = await simulator.run(seed, weakened);
  say(`seed ${seed}: ${once.events} events, ${once.violation ?? "all invariants hold"}`);
  say(`trace ${once.trace}\nagain ${twice.trace}`);
  return once.trace === twice.trace && once.violation === undefined;
}

/** Many seeds; of those that hold one in twenty is run again, of those that do not each. */
async function sweep(): Promise<boolean> {
  const begun = performance.now();
  const counts = { events: 0, broken: 0, again: 0, different: 0 };
  for (let seed = first; seed < first + most; seed += 1) {
    const outcome = await simulator.run(seed, weakened);
    counts.events += outcome.events;
    if (outcome.violation !== undefined) {
      counts.broken += 1;
      say(`seed ${seed}: ${outcome.violation}; again: npm run simulate -- --seed ${seed} --trace`);
    }
    if (outcome.violation !== undefined || seed % 20 === 0) {
      counts.again += 1;
      if ((await simulator.run(seed, weakened)).trace !== outcome.trace) {
        counts.different += 1;
        say(`seed ${seed} does not replay`);
      }
    }
    const done = seed - first + 1;
    if (done % 500 === 0) say(`${done} seeds, ${counts.broken} broken`);
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  say(`${most} seeds, ${counts.events} events, ${seconds} s`);
  say(`${counts.again} run again, ${counts.different} did not replay`);
  say(`${counts.broken} seeds broke an invariant`);
  return counts.broken + counts.different === 0;
}

/** Each guard taken away must be noticed. */
async function guards(): Promise<boolean> {
  let unnoticed = 0;
  for (const guard of GUARD_NAMES) {
    let said = "NOT NOTICED";
    for (let seed = first; seed < first + most; seed += 1) {
      const { violation, trace } = await simulator.run(seed, { without: guard });
      if (violation === undefined) continue;
      const again = await simulator.run(seed, { without: guard });
      said = `seed ${seed}, ${trace === again.trace ? "replays" : "DOES NOT REPLAY"}: ${violation}`;
      break;
    }
    if (!said.includes("replays")) unnoticed += 1;
    say(`without "${guard}" (${GUARDS[guard]})\n  ${said}`);
  }
  return unnoticed === 0;
}

const good =
  values.seed !== undefined
    ? await replay(Number(values.seed))
    : await (values.guards ? guards() : sweep());
process.exitCode = good ? 0 : 1;
