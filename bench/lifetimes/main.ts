// How soon what stands on an identity ends with it: `npm run lifetimes`, `-- --short` for CI, `-- --rounds N`, `-- services`.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { quantile } from "../result.ts";
import { BenchServer } from "../server.ts";
import { CAUSES } from "./causes.ts";
import { CLIENT_SIDE } from "./client-side.ts";
import { SERVER_SIDE } from "./server-side.ts";
import { servicesRound, tellServices } from "./services.ts";
import { round, type Samples, tableOf } from "./table.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: "boolean", default: false },
    adapter: { type: "string", multiple: true },
    cause: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    json: { type: "string", default: "lifetimes-results.json" },
  },
});
const GOAL_MS = 1000;
const SERVERS = Object.keys(SERVER_SIDE);
const ALL = [...SERVERS, ...Object.keys(CLIENT_SIDE)];
/** In CI: one of each way to end a connection, over all causes. */
const SHORT = ["https server", "http2 server", "grpc-js server", "tls client (clientTls)", "fetch"];
/** So few at once that two cores measure the library, not themselves. */
const AT_ONCE = 5;

function batchesOf(names: readonly string[]): string[][] {
  const batches: string[][] = [];
  for (let i = 0; i < names.length; i += AT_ONCE) batches.push(names.slice(i, i + AT_ONCE));
  return batches;
}

async function measure(
  adapters: readonly string[],
  causes: typeof CAUSES,
  rounds: number,
  plain: boolean,
) {
  const samples: Samples = new Map();
  for (let i = 0; i < rounds; i += 1) {
    for (const cause of causes) {
      const concerned = adapters.filter((name) => !cause.ofServers || SERVERS.includes(name));
      for (const batch of batchesOf(concerned)) {
        process.stderr.write(
          `${plain ? "plain Node, " : ""}${cause.name}: ${batch.join(", ")} …\n`,
        );
        for (const [key, taken] of await round(server, cause, batch, plain)) {
          samples.set(key, [...(samples.get(key) ?? []), ...taken]);
        }
      }
    }
  }
  return samples;
}

async function table(): Promise<boolean> {
  const adapters = values.adapter ?? (values.short ? SHORT : ALL);
  const causes = CAUSES.filter(({ name }) => values.cause?.includes(name) ?? true);
  const rounds = values.short ? 1 : Number(values.rounds);
  const ours = await measure(adapters, causes, rounds, false);
  const names = causes.map(({ name }) => name);
  process.stdout.write("From cause to the last byte that the other side sees: p50 / p99 in ms\n\n");
  process.stdout.write(`${tableOf(ours, adapters, names)}\n\n`);
  for (const { name, how } of causes) process.stdout.write(`- ${name}: ${how}\n`);
  // Without the library nothing hears of a denial: one stands for all that are not expiry.
  const plainCauses = CAUSES.filter(
    ({ name }) => name === "peer expiry" || name === "bot suspended",
  );
  const plainServers = SERVERS.filter((each) =>
    values.short ? each === "https server" : adapters.includes(each),
  );
  const plain = await measure(plainServers, plainCauses, 1, true);
  process.stdout.write("\nThe same services of plain Node with the same SVIDs\n\n");
  process.stdout.write(
    `${tableOf(
      plain,
      plainServers,
      plainCauses.map(({ name }) => name),
    )}\n\n`,
  );
  const all = [...ours.values()].flat();
  const missed = [...ours].filter(([, taken]) => !(quantile(taken, 0.99) < GOAL_MS));
  for (const [key, taken] of missed) process.stdout.write(`MISSED ${key}: ${taken.join(", ")}\n`);
  const [p50, p99] = [quantile(all, 0.5), quantile(all, 0.99)].map((each) => each.toFixed(0));
  process.stdout.write(
    `${ours.size - missed.length} of ${ours.size} cells: all cut, p99 under ${GOAL_MS} ms; ` +
      `of all ${all.length}: p50 ${p50} ms, p99 ${p99} ms, worst ${Math.max(...all).toFixed(0)} ms\n`,
  );
  writeFileSync(
    values.json,
    `${JSON.stringify({ ours: [...ours], plain: [...plain] }, null, 2)}\n`,
  );
  return missed.length === 0;
}

const SERVICES = {
  services: 200,
  connections: 5,
  processes: 4,
  requestsPerSecond: 2000,
  seconds: 10,
};
const SERVICES_SHORT = {
  services: 20,
  connections: 5,
  processes: 2,
  requestsPerSecond: 200,
  seconds: 4,
};

async function services(): Promise<boolean> {
  const order = values.short ? SERVICES_SHORT : SERVICES;
  return tellServices(order, await servicesRound(server, order));
}

const server = new BenchServer();
try {
  await server.start("lifetimes.example");
  const parts = positionals.length > 0 ? positionals : ["table", "services"];
  let held = true;
  for (const part of parts) {
    if (part === "table") held = (await table()) && held;
    else if (part === "services") held = (await services()) && held;
    else throw new Error(`no part ${part}: table, services`);
  }
  process.exitCode = held ? 0 : 1;
} finally {
  await server.remove();
}
process.exit();
