// Processes behind host agents: what a node may claim for them, and what it may not. Real sockets, real TLS.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Agent } from "../../src/agent/index.ts";
import { HostAgent } from "../../src/host-agent/index.ts";
import type { Bot } from "../../src/index.ts";
import type { Selector } from "../../src/spiffe/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { rawApi } from "../support/workload-door.ts";

interface X509Message {
  svids: { spiffeId: string; x509Svid: Buffer }[];
}

const UID = `uid:${process.getuid?.()}`;
const ME: Selector = { type: "unix", value: UID };

let server: TestServer;
beforeAll(async () => {
  server = await runningServer();
});
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await server.close();
});

async function node(name: string) {
  await server.register(name, { kind: "node" });
  const bot = await server.connect({ token: (await server.token(name)).value });
  const host = new HostAgent({ node: bot });
  const path = join(server.directory, `${name}/api.sock`);
  const door = await serveWorkloadApi({ path, provider: host });
  const api = rawApi(`unix:${path}`);
  closing.push(async () => {
    api.close();
    await door.close();
    await host.close();
  });
  return { bot, host, api, path };
}

async function entry(bot: string, selectors: Selector[], more: object = {}): Promise<string> {
  await server.register(bot);
  const { entry: made } = await server.admin.call("EntryService", "CreateEntry", {
    entry: { bot, selectors, audiences: ["erp"], ...more },
  });
  return (made as { id: string }).id;
}

async function idsOf(api: ReturnType<typeof rawApi>): Promise<string[]> {
  const stream = api.stream("FetchX509SVID");
  try {
    const { svids } = await stream.at<X509Message>(0);
    return svids
      .map(({ spiffeId }) => spiffeId.replace("spiffe://example.org/bot/default/", ""))
      .sort();
  } finally {
    stream.cancel();
  }
}

/** Claims as a hostile node would, without a kernel between. */
async function claim(bot: Bot, selectors: readonly Selector[]): Promise<string[]> {
  const agent = new Agent({
    openChannel: async () => bot.openBeside(),
    workload: selectors,
    env: {},
    timeoutMs: 100,
  });
  try {
    await agent.open();
    return agent
      .identities()
      .map((id) => id.path.split("/").at(-1) ?? "")
      .sort();
  } finally {
    await agent.close();
  }
}

function outcomeOf(attempt: () => unknown): string {
  try {
    attempt();
    return "done";
  } catch {
    return "refused";
  }
}

test("through a node there is only what names it, whatever it claims; what names none is not to be had through any", async () => {
  const a = await node("node-a");
  const b = await node("node-b");
  await entry("of-a", [ME], { nodes: ["node-a"] });
  await entry("of-b", [ME], { nodes: ["node-b"] });
  await entry("of-both", [ME], { nodes: ["node-a", "node-b"] });
  await entry("of-none", [ME]);
  const proof = { type: "join_token", value: "bot:node-b" };
  await entry("of-proof", [ME], { nodeSelectors: [proof] });
  expect(await idsOf(a.api)).toEqual(["of-a", "of-both"]);
  expect(await idsOf(b.api)).toEqual(["of-b", "of-both", "of-proof"]);
  const local = await server.connect({ socketPath: server.botsSocket });
  expect(local.identities().map((id) => id.path)).toEqual(["/bot/default/of-none"]);

  expect(await claim(a.bot, [ME])).toEqual(["of-a", "of-both"]);
  for (const selector of [
    proof,
    { type: "join_token", value: "bot:of-b" },
    { type: "x509pop", value: "cn:x" },
  ]) {
    await expect(claim(a.bot, [ME, selector])).rejects.toMatchObject({
      code: "ATTESTATION_REFUSED",
    });
  }
  await expect(claim(a.bot, [])).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  // An entry that a node's own evidence would match is not a process's.
  await expect(entry("wrong", [proof], { nodes: ["node-b"] })).rejects.toMatchObject({
    code: "SELECTOR_INVALID",
  });
});

test("a process's refused attempt is explained behind its node, not as one of the server's own machine", async () => {
  const { bot } = await node("node-w");
  const gid: Selector = { type: "unix", value: "gid:424242" };
  const uid: Selector = { type: "unix", value: "uid:424242" };
  const ours = await entry("of-w", [uid, gid], { nodes: ["node-w"] });
  const proof = { type: "join_token", value: "bot:node-w" };
  const proven = await entry("of-w-proof", [uid, gid], { nodeSelectors: [proof] });
  const local = await entry("of-no-node", [uid, gid]);
  await expect(claim(bot, [uid])).rejects.toMatchObject({ code: "NO_IDENTITY" });
  const request = { address: "127.0.0.1", limit: 1 };
  const { attempts } = await server.admin.call("ExplainService", "ExplainAttempts", request);
  const [{ record, entries } = { record: "{}", entries: [] }] = attempts as {
    record: string;
    entries: { entry: { id: string }; missing: Selector[]; refusal: string }[];
  }[];
  expect(JSON.parse(record).details).toMatchObject({ node: "node-w" });
  const near = (id: string) => entries.find(({ entry: each }) => each.id === id);
  expect(near(ours)).toMatchObject({ missing: [gid], refusal: "" });
  expect(near(proven)).toMatchObject({ missing: [gid], refusal: "" });
  const refusal = `entry ${local} cannot be claimed through node node-w`;
  expect(near(local)).toMatchObject({ missing: [gid], refusal });
});

test("nodes that share every selector but their name stay apart, and what a node proved is no process's", async () => {
  const [a, b] = [await node("twin-a"), await node("twin-b")];
  const claims: Selector[] = [
    ME,
    { type: "unix", value: "uid:4242" },
    { type: "unix", value: "gid:4242" },
    { type: "unix", value: "user:b" },
    { type: "unix", value: "path:/usr/bin/b" },
    { type: "unix", value: `sha256:${"b".repeat(64)}` },
  ];
  for (const [index, selector] of claims.entries()) {
    const selectors = selector === ME ? [ME] : [ME, selector];
    await entry(`twin-b-${index}`, selectors, { nodes: ["twin-b"] });
  }
  await entry("twin-b-all", claims, { nodes: ["twin-b"] });
  await entry("twin-b-proved", [ME], {
    nodeSelectors: [{ type: "join_token", value: "bot:twin-b" }],
  });
  // A proved join_token:bot:twin-a, and there is an entry by it: its own, and no process's.
  await expect(claim(a.bot, claims)).rejects.toMatchObject({ code: "NO_IDENTITY" });
  expect((await a.api.stream("FetchX509SVID").failure()).code).toBe(status.PERMISSION_DENIED);
  expect(await claim(b.bot, claims)).toHaveLength(claims.length + 2);
  expect(await idsOf(b.api)).toEqual(["twin-b-0", "twin-b-proved"]);
});

test("only nodes speak for processes", async () => {
  await server.register("worker");
  const worker = await server.connect({ token: (await server.token("worker")).value });
  await expect(claim(worker, [ME])).rejects.toMatchObject({
    code: "ATTESTATION_REFUSED",
    message: expect.stringContaining("worker is of kind bot"),
  });
  const local = await server.connect({ socketPath: server.botsSocket });
  expect(() => local.openBeside()).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("each process has its own key, serial and instance, and the audit names it and its node", async () => {
  const { api } = await node("node-c");
  await entry("of-c", [ME], { nodes: ["node-c"] });
  await idsOf(api);
  const [instance] = await server.instances({ bot: "of-c" });
  const records = await server.audit({ bot: "of-c" });
  const created = records.find(({ type }) => type === "instance.created");
  expect(created).toMatchObject({ instance: instance?.id, details: { node: "node-c" } });
  const host = new HostAgent({
    node: await server.connect({ token: (await server.token("node-c")).value }),
  });
  closing.push(() => host.close());
  const caller = (pid: number) => host.open({ pid, uid: 0, startTicks: 1, selectors: [ME] });
  const [one, two] = [await caller(1), await caller(2)];
  expect(one.svids()[0]?.serialHex).not.toBe(two.svids()[0]?.serialHex);
  expect(await server.instances({ bot: "of-c" })).toHaveLength(3);
});

test("an entry that appears is answered, one that goes ends the stream", async () => {
  const { api } = await node("node-d");
  expect((await api.stream("FetchX509SVID").failure()).code).toBe(status.PERMISSION_DENIED);
  const id = await entry("of-d", [ME], { nodes: ["node-d"] });
  const stream = api.stream("FetchX509SVID");
  await stream.at(0);
  await server.admin.call("EntryService", "DeleteEntry", { id });
  expect((await stream.failure()).code).toBe(status.PERMISSION_DENIED);
});

test.each(["SuspendBot", "RetireBot"])(
  "%s of a node ends its processes at once, and denies what they hold",
  async (method) => {
    const name = `node-${method.toLowerCase()}`;
    const { api, bot } = await node(name);
    await entry(`of-${name}`, [ME], { nodes: [name] });
    await server.register(`watcher-${name}`);
    const { value } = await server.token(`watcher-${name}`);
    const watcher = await server.connect({ token: value });
    const stream = api.stream("FetchX509SVID");
    await stream.at(0);
    const [instance] = await server.instances({ bot: `of-${name}` });
    await watcher.deniedReady();
    await server.admin.call("BotService", method, { name });
    expect((await stream.failure()).code).toBe(status.PERMISSION_DENIED);
    await expect
      .poll(() => watcher.isDenied({ serialHex: instance?.newestSerial ?? "" }))
      .toBeDefined();
    expect((await server.instances({ bot: `of-${name}` })).map(({ state }) => state)).toEqual([
      "ended",
    ]);
    await expect.poll(() => outcomeOf(() => bot.openBeside())).toBe("refused");
  },
);

test("a process that ends loses its instance", async () => {
  const { path } = await node("node-e");
  await entry("of-e", [ME], { nodes: ["node-e"] });
  const script = join(import.meta.dirname, "../support/fetch-once.ts");
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, SPIFFE_ENDPOINT_SOCKET: `unix://${path}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await new Promise((resolve) => child.once("close", resolve));
  expect(text.trim()).toBe("spiffe://example.org/bot/default/of-e");
  await expect
    .poll(async () => (await server.instances({ bot: "of-e" })).map(({ state }) => state), {
      timeout: 10_000,
    })
    .toEqual(["ended"]);
});

test("while the server is away a process that is started again gets what was held for it", async () => {
  const own = await runningServer();
  const register = async (name: string, more: object): Promise<void> => {
    await own.register(name, more);
  };
  await register("node-f", { kind: "node" });
  await register("of-f", {});
  await own.admin.call("EntryService", "CreateEntry", {
    entry: { bot: "of-f", selectors: [ME], nodes: ["node-f"] },
  });
  const host = new HostAgent({
    node: await own.connect({ token: (await own.token("node-f")).value }),
  });
  const caller = (pid: number) => host.open({ pid, uid: 0, startTicks: 1, selectors: [ME] });
  const before = (await caller(1)).svids()[0];
  await own.server.close();
  const after = await caller(2);
  expect(after.svids()[0]?.serialHex).toBe(before?.serialHex);
  expect(after.bundles()).toHaveLength(1);
  await expect(
    host.open({ pid: 3, uid: 9, startTicks: 1, selectors: [{ type: "unix", value: "uid:9" }] }),
  ).rejects.toThrow();
  after.release();
  await host.close();
  await own.close();
}, 30_000);
