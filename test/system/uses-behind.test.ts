// Who has called a service that has no stream of its own to the issuer: behind a host's agent, and by a verifier. Real sockets.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleToJwks } from "../../src/crypto/index.ts";
import { HostAgent } from "../../src/host-agent/index.ts";
import { type Bot, connect, connectVerifier, memberOf } from "../../src/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { WorkloadApiClient } from "../../src/workload-client/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

const clock = new DrivenClock();
const ANY = memberOf("example.org");
const idOf = (name: string) => `spiffe://example.org/bot/default/${name}`;
const closing: (() => unknown)[] = [];
let server: TestServer;
let endpoint: string;
let caller: Bot;
let host: HostAgent;

beforeAll(async () => {
  server = await runningServer({ clock });
  await server.register("node", { kind: "node" });
  const node = await server.connect({ token: (await server.token("node")).value });
  host = new HostAgent({ node });
  const path = join(server.directory, "n/api.sock");
  const door = await serveWorkloadApi({ path, provider: host });
  closing.push(
    () => host.close(),
    () => door.close(),
  );
  endpoint = `unix://${path}`;
  await server.register("web");
  await server.admin.call("EntryService", "CreateEntry", {
    entry: {
      bot: "web",
      selectors: [{ type: "unix", value: `uid:${process.getuid?.()}` }],
      nodes: ["node"],
    },
  });
  await server.register("gate");
  const join_ = [{ type: "join_token", value: "bot:caller" }];
  await server.register("caller", { entry: { selectors: join_, audiences: ["gate"] } });
  caller = await server.connect({ token: (await server.token("caller")).value });
});
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await server.close();
});

async function usedBy(bot: string): Promise<string[]> {
  const { used } = (await server.admin.call("ExplainService", "GetUsage", { bot })) as unknown as {
    readonly used: readonly {
      service: string;
      audience: string;
      operation: string;
      count: number;
    }[];
  };
  return used
    .map(
      ({ service, audience, operation, count }) =>
        `${service} ${audience || "x509"} ${operation} ${count}`,
    )
    .sort();
}

const USE = { audience: "", operation: "", refused: "", count: 1, firstMs: 1_000, lastMs: 2_000 };

test("a service behind a host's agent tells by it who has called", async () => {
  const bot = await connect({ env: { SPIFFE_ENDPOINT_SOCKET: endpoint }, clock });
  const web = createServer(bot.serverTls({ authorize: ANY }), (_request, response) =>
    response.end("ok"),
  );
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { port } = web.address() as AddressInfo;
  const response = await caller.fetch(`https://127.0.0.1:${port}/orders/7`, { peer: ANY });
  expect(await response.text()).toBe("ok");
  web.close();
  web.closeAllConnections();
  await bot.close();
  expect(await usedBy("caller")).toEqual(["web x509  1", "web x509 GET /orders/* 1"]);
});

test("a process speaks for its own identities only, and for none without the metadata of the Workload API", async () => {
  using api = new WorkloadApiClient({ endpoint });
  const report = (service: string) =>
    api.reportUses({
      uses: [{ ...USE, service: idOf(service), caller: idOf("caller") }],
      svids: [],
      dropped: 0,
    });
  await expect(report("gate")).rejects.toMatchObject({
    message: expect.stringContaining(`service "${idOf("gate")}" is not of this stream`),
  });
  await expect(report("web")).resolves.toBeUndefined();
  await expect(api.reportUses({ uses: [], svids: [], dropped: 0 })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
  });
  expect((await usedBy("caller")).filter((line) => line.startsWith("gate"))).toEqual([]);
});

test("an agent that tells nobody says so", async () => {
  const path = join(server.directory, "o/api.sock");
  const open = async (...args: Parameters<HostAgent["open"]>) => {
    const { reportUses, ...workload } = await host.open(...args);
    return workload;
  };
  const provider = { open, validateJwt: host.validateJwt.bind(host) };
  const door = await serveWorkloadApi({ path, provider });
  closing.push(() => door.close());
  using api = new WorkloadApiClient({ endpoint: `unix://${path}` });
  await expect(api.reportUses({ uses: [], svids: [], dropped: 0 })).rejects.toMatchObject({
    code: "UNIMPLEMENTED",
  });
});

test("a verifier is counted in the name of a bot that it is given, and else not at all", async () => {
  const gate = await server.connect({ token: (await server.token("gate")).value });
  const [bundle] = gate.bundles();
  if (bundle === undefined) throw new Error("no bundle");
  const trust = { trustDomain: "example.org", jwks: bundleToJwks(bundle) };
  const options = { addresses: [server.address], bundle: trust, clock };
  const silent = await connectVerifier(options);
  const counted = await connectVerifier({ ...options, countedBy: gate });
  closing.push(
    () => silent.close(),
    () => counted.close(),
  );
  const { token } = await caller.jwtSvid("gate");
  for (const verifier of [silent, counted]) {
    verifier.verifyJwt(token, { audience: "gate" });
    verifier.verifyX509(caller.x509Svid().certChainDer, { authorize: ANY });
  }
  await gate.close();
  const ofGate = (await usedBy("caller")).filter((line) => line.startsWith("gate"));
  expect(ofGate).toEqual(["gate gate  1", "gate x509  1"]);
});
