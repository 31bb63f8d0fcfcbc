import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { load } from "./issuing.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const run = promisify(execFile);
const CLI = join(import.meta.dirname, "../src/cli/main.ts");
const STREAMS = 64;
/** X509-SVIDs a second, over all streams: less than the server can, so that what is seen is waiting and not the load. */
const RATE = 500;
/** SPIRE 1.15.3's rate of creating entries on a machine of this kind: see docs/performance.md. */
const SPIRE_ENTRIES = 1443;

/** Declared entries applied by the command line, and how long bots wait meanwhile. */
export async function benchApply(count: number, seconds: number): Promise<Result[]> {
  const server = new BenchServer();
  try {
    await server.start();
    const file = join(server.directory, "state.yaml");
    writeFileSync(file, stateOf(count));
    const botpass = (...args: string[]) =>
      run(
        process.execPath,
        [CLI, "--admin-socket", join(server.place.dataDir, "admin.sock"), ...args],
        {
          maxBuffer: 2 ** 30,
        },
      );
    const order = {
      tokens: await server.tokens("bench-apply", STREAMS),
      kind: "x509",
      streams: STREAMS,
      pipeline: 1,
      batch: 1,
      seconds,
      warmupSeconds: seconds,
      rate: RATE,
    } as const;
    const before = await load(order);
    let tookMs = 0;
    const tokens = await server.tokens("bench-apply-2", STREAMS);
    // As long as applying takes, and no longer: what comes after it would dilute it.
    const expected = Math.max(seconds, Math.ceil(count / 5000));
    const meanwhile = await load({ ...order, tokens, seconds: expected }, async () => {
      const begun = performance.now();
      await botpass("apply", "-f", file, "--output", "json");
      tookMs = performance.now() - begun;
    });
    const exported = await botpass("export");
    writeFileSync(file, exported.stdout);
    const begun = performance.now();
    const { stdout } = await botpass("apply", "-f", file, "--dry-run", "--prune");
    if (stdout !== "no change\n") throw new Error("what was exported differs from what is there");
    const dryMs = performance.now() - begun;
    const text = count.toLocaleString("en");
    const p99 = (latencies: readonly number[]) => quantile(latencies, 0.99);
    return [
      {
        name: `apply of ${text} entries`,
        says: `from the start of the command to its end, with ${RATE} SVIDs a second issued meanwhile; SPIRE: ${SPIRE_ENTRIES}/s`,
        measured: (count * 1000) / tookMs,
        unit: "/s",
        goal: SPIRE_ENTRIES,
        more: true,
      },
      {
        name: `issuance during apply of ${text}, p99`,
        says: `${RATE}/s on ${STREAMS} streams; bare: the same before; p50 ${quantile(meanwhile.latenciesMs, 0.5).toFixed(0)} ms after ${quantile(before.latenciesMs, 0.5).toFixed(0)} ms; longest ${Math.max(...meanwhile.latenciesMs).toFixed(0)} ms after ${Math.max(...before.latenciesMs).toFixed(0)} ms`,
        measured: p99(meanwhile.latenciesMs),
        bare: p99(before.latenciesMs),
        unit: "ms",
      },
      {
        name: `apply of ${text} entries that are there, dry`,
        says: "of what was exported: read, compared, no change",
        measured: dryMs / 1000,
        unit: "s",
      },
    ];
  } finally {
    await server.remove();
  }
}

/** As many entries, a hundred to a bot. */
function stateOf(count: number): string {
  let text = "version: 1\nbots:\n";
  for (let at = 0; at < count; at += 1) {
    if (at % 100 === 0) {
      text += `  - name: a-${at / 100}\n    owner: o\n    purpose: p\n    entries:\n`;
    }
    text += `      - selectors: [unix:uid:1000, unix:path:/opt/bots/${at}]\n`;
  }
  return text;
}
