// `npm run simulate`: docs/simulation.md.
import "./at-once.ts";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { GUARD_NAMES, GUARDS, type Guard } from "./guards.ts";
import { Pool } from "./pool.ts";
import { type Outcome, Simulator } from "./run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    processes: { type: "string", default: String(availableParallelism()) },
    without: { type: "string" },
    guards: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}

function guardOf(name: string | undefined): Guard | undefined {
  if (name === undefined) return undefined;
  const guard = GUARD_NAMES.find((each) => each === name);
  return guard ?? refuse(`no guard ${name}:\n${GUARD_NAMES.map((each) => `  ${each}`).join("\n")}`);
}

function countOf(name: "seed" | "seeds" | "from" | "processes", text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text)) refuse(`--${name} ${text} is not a whole number above 0`);
  return Number(text);
}

const without = guardOf(values.without);
const weakened = without === undefined ? {} : { without };
const most = countOf("seeds", values.seeds);
const first = countOf("from", values.from);
/** Of the seeds that hold, one in so many is run again. */
const AGAIN_EVERY = 20;

/** One seed, twice, here. */
async function replay(seed: number): Promise<boolean> {
  await using simulator = await Simulator.open();
  const onTrace = values.trace ? say : undefined;
  const once = await simulator.run(seed, { ...weakened, ...(onTrace && { onTrace }) });
  const twice = await simulator.run(seed, weakened);
  say(`seed ${seed}: ${once.events} events, ${once.violation ?? "all invariants hold"}`);
  say(`trace ${once.trace}\nagain ${twice.trace}`);
  return once.trace === twice.trace && once.violation === undefined;
}

function howAgain(seed: number): string {
  const also = without === undefined ? "" : ` --without "${without}"`;
  return `npm run simulate -- --seed ${seed}${also} --trace`;
}

/** Many seeds; one in twenty is run again, and each that does not hold. */
async function sweep(pool: Pool): Promise<boolean> {
  const begun = performance.now();
  const counts = { done: 0, events: 0, broken: 0, again: 0, different: 0 };
  const seconds = (): string => ((performance.now() - begun) / 1000).toFixed(1);
  const one = async (seed: number): Promise<void> => {
    const outcome = await pool.run({ seed, ...weakened });
    counts.events += outcome.events;
    if (outcome.violation !== undefined) {
      counts.broken += 1;
      say(`seed ${seed}: ${outcome.violation}; again: ${howAgain(seed)}`);
    }
    if (outcome.violation !== undefined || seed % AGAIN_EVERY === 0) {
      counts.again += 1;
      if ((await pool.run({ seed, ...weakened })).trace !== outcome.trace) {
        counts.different += 1;
        say(`seed ${seed} does not replay`);
      }
    }
    counts.done += 1;
    if (counts.done % 500 === 0) {
      say(`${counts.done} seeds, ${counts.broken} broken, ${seconds()} s`);
    }
  };
  await Promise.all(Array.from({ length: most }, (_, index) => one(first + index)));
  say(`${most} seeds, ${counts.events} events, ${seconds()} s`);
  say(`${counts.again} run again, ${counts.different} did not replay`);
  say(`${counts.broken} seeds broke an invariant`);
  return counts.broken + counts.different === 0;
}

/** The first seed that notices; undefined: none. */
async function noticing(pool: Pool, guard: Guard): Promise<Outcome | undefined> {
  for (let seed = first; seed < first + most; seed += 1) {
    const outcome = await pool.run({ seed, without: guard });
    if (outcome.violation !== undefined) return outcome;
  }
  return undefined;
}

/** Each guard taken away must be noticed. */
async function guards(pool: Pool): Promise<boolean> {
  const results = await Promise.all(
    GUARD_NAMES.map(async (guard) => {
      const found = await noticing(pool, guard);
      const again = found && (await pool.run({ seed: found.seed, without: guard }));
      const replays = found !== undefined && found.trace === again?.trace;
      const how = replays ? "replays" : "DOES NOT REPLAY";
      const said = found ? `seed ${found.seed}, ${how}: ${found.violation}` : "NOT NOTICED";
      return { guard, replays, said };
    }),
  );
  for (const { guard, said } of results) say(`without "${guard}" (${GUARDS[guard]})\n  ${said}`);
  const good = results.filter(({ replays }) => replays).length;
  say(`${good} of ${results.length} guards are missed when they are gone, and replay`);
  return good === results.length;
}

async function many(): Promise<boolean> {
  await using pool = new Pool(countOf("processes", values.processes));
  return await (values.guards ? guards(pool) : sweep(pool));
}

const good = values.seed === undefined ? await many() : await replay(countOf("seed", values.seed));
process.exitCode = good ? 0 : 1;
