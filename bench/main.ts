// What things cost, beside what they cannot cost less than, in one run: `npm run bench`, `npm run bench -- x509`,
// `--full` for the long ones, `--short` to see that all of it works, `--json FILE`.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { benchApply } from "./apply.ts";
import { benchAuthority } from "./authority.ts";
import { benchBots } from "./bots.ts";
import { benchDelay } from "./delay.ts";
import { benchDenySet } from "./deny-set.ts";
import { benchEntries, benchMatch } from "./entries.ts";
import { benchIssuing } from "./issuing.ts";
import { benchLibrary } from "./library.ts";
import { benchPush } from "./push.ts";
import { holds, type Result, tableOf } from "./result.ts";
import { benchRevocation } from "./revocation.ts";
import { benchSoak } from "./soak.ts";
import { benchWorkloadApi } from "./workload-api.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: "boolean", default: false },
    short: { type: "boolean", default: false },
    json: { type: "string", default: "bench-results.json" },
  },
});
const { full, short } = values;
const seconds = short ? 1 : 8;

const BENCHES: Readonly<Record<string, () => Promise<readonly Result[]>>> = {
  x509: () => benchIssuing("x509", seconds),
  jwt: () => benchIssuing("jwt", seconds),
  delay: () => benchDelay(seconds),
  push: () => benchPush(short ? 50 : 1000),
  revocation: () => benchRevocation(short ? 5 : 100),
  authority: () => benchAuthority(short ? 50 : 1000, short ? 1_000 : 20_000),
  "deny-set": () => benchDenySet(short ? 10_000 : 100_000),
  bots: () => benchBots(short ? 100 : full ? 10_000 : 2000),
  library: () => benchLibrary(short ? 3 : 11, short ? 1000 : 10_000),
  "workload-api": () => benchWorkloadApi(short ? 50 : 1000, short ? 20 : 300),
  entries: () => benchEntries(short ? 2000 : 100_000),
  apply: () => benchApply(short ? 1000 : 100_000, seconds),
  soak: () =>
    full ? benchSoak(500_000, 10_000) : benchSoak(short ? 1000 : 50_000, short ? 250 : 2000),
  match: () => benchMatch(short ? [1000] : full ? [1000, 100_000, 1_000_000] : [1000, 100_000]),
};

const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;
const results: Result[] = [];
for (const name of names) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    process.stderr.write(`no bench ${name}: ${Object.keys(BENCHES).join(", ")}\n`);
    process.exit(2);
  }
  process.stderr.write(`${name} …\n`);
  results.push(...(await bench()));
}
process.stdout.write(`${tableOf(results)}\n`);
writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
const missed = results.filter((each) => holds(each) === false);
process.stdout.write(
  `${results.length - missed.length} of ${results.length} lines hold; ${values.json} has them all\n`,
);
// The short form shows that it works, not how fast.
process.exitCode = missed.length > 0 && !short ? 1 : 0;
