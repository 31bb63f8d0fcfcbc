// What it costs a request to be counted: node bench/uses.ts
import { systemClock } from "../src/clock.ts";
import { operationOf } from "../src/peer/operation.ts";
import { UseTally } from "../src/peer/use-tally.ts";
import type { Peer } from "../src/peer/verify.ts";
import { parseSpiffeId } from "../src/spiffe/index.ts";

const ROUNDS = 2_000_000;
const own = parseSpiffeId("spiffe://example.org/bot/prod/erp");
const tally = new UseTally({ clock: systemClock, own: () => own, onFirst: () => undefined });
const peers: Peer[] = Array.from({ length: 200 }, (_, index) => ({
  spiffeId: parseSpiffeId(`spiffe://example.org/bot/prod/caller-${index}`),
  serialHex: index.toString(16).padStart(32, "0"),
  expiresAt: new Date(Date.now() + 3_600_000),
}));
for (const peer of peers) tally.connection(peer, own);

/** Nanoseconds of one call: the median of five runs. */
function nsOf(work: (round: number) => void): number {
  const runs = Array.from({ length: 5 }, () => {
    const begun = process.hrtime.bigint();
    for (let round = 0; round < ROUNDS; round += 1) work(round);
    return Number(process.hrtime.bigint() - begun) / ROUNDS;
  });
  return Math.round(runs.sort((a, b) => a - b)[2] ?? 0);
}

const peerAt = (round: number): Peer => peers[round % peers.length] as Peer;
const rows = {
  "a gRPC call": nsOf((round) => tally.request(peerAt(round), "/erp.v1.Invoices/Post")),
  "an HTTP request, route known": nsOf((round) =>
    tally.request(
      peerAt(round),
      operationOf({ method: "POST", baseUrl: "", route: { path: "/invoices/:id" } }),
    ),
  ),
  "an HTTP request, ids in its path": nsOf((round) =>
    tally.request(
      peerAt(round),
      operationOf({ method: "POST", url: `/invoices/${round}?draft=1` }),
    ),
  ),
  "a connection": nsOf((round) => tally.connection(peerAt(round), own)),
};
const begun = performance.now();
const { uses } = tally.take();
console.table(Object.entries(rows).map(([what, ns]) => ({ what, ns })));
console.log(`taking ${uses.length} uses: ${(performance.now() - begun).toFixed(2)} ms`);
