// A service or a bot of the soak, in a process of its own: `actor.ts service PORT`, `actor.ts bot NAME=PORT …`. Where its identity comes from is in
// the environment. Tells its parent what it counts.
import { createServer } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, memberOf } from "../../src/index.ts";
import { type Counts, noCounts, type Told } from "./counts.ts";
import { causeOf } from "./failures.ts";

const TELL_MS = 250;
const PAUSE_MS = 40;
/** Between two collections, where they can be asked for (`--expose-gc`). */
const COLLECT_MS = 10_000;
const ROTATE_AT = Number(process.env.SOAK_ROTATE_AT);

const [role, ...args] = process.argv.slice(2);
// It may be started while the issuer is away, with nothing to go by yet.
const self = await connect({ rotateAt: ROTATE_AT, timeoutMs: 60_000 });
self.on("error", () => undefined);
let counts: Counts = noCounts();
self.on("rotated", () => {
  counts.rotations += 1;
});
let collectedMs = performance.now();
setInterval(() => {
  const told: Told = { counts, ...heapNow() };
  counts = noCounts();
  process.send?.(told);
}, TELL_MS);
process.once("disconnect", () => process.exit());

function heapNow(): Pick<Told, "heapBytes"> {
  if (globalThis.gc === undefined || performance.now() - collectedMs < COLLECT_MS) return {};
  collectedMs = performance.now();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { heapBytes: heapUsed + external };
}

async function serve(port: number): Promise<void> {
  const server = createServer(
    self.serverTls({ authorize: memberOf("example.org") }),
    (_request, response) => void response.end("hello\n"),
  );
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
}

/** Asks each service in turn, now and then on a connection that was idle. */
async function ask(services: readonly string[]): Promise<never> {
  for (;;) {
    for (const service of services) {
      const [name, port] = service.split("=");
      counts.requests += 1;
      try {
        const response = await self.fetch(`https://127.0.0.1:${port}/`, {
          peer: `spiffe://example.org/bot/default/${name}`,
          signal: AbortSignal.timeout(10_000),
        });
        await response.text();
      } catch (error) {
        const { identity, text } = causeOf(error);
        const key = `${identity ? "identity" : "line"}: ${text}`;
        counts.failures[key] = (counts.failures[key] ?? 0) + 1;
      }
      await sleep(PAUSE_MS);
    }
  }
}

if (role === "service") await serve(Number(args[0]));
else await ask(args);
