// How many streams one user or one address may hold open: those of nobody else are held up, and each that ends makes room.
import { join } from "node:path";
import { type ClientReadableStream, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { afterEach, expect, test } from "vitest";
import { HostAgent } from "../../src/host-agent/index.ts";
import { loadAttachService } from "../../src/wire/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer } from "../support/running-server.ts";
import { rawApi } from "../support/workload-door.ts";

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test("a user's watches of the Workload API: what is above the limit is refused, and room is made again", async () => {
  const server = await runningServer();
  closing.push(() => server.close());
  await server.register("host", { kind: "node" });
  const selectors = [{ type: "unix", value: `uid:${process.getuid?.()}` }];
  await server.register("a");
  const entry = { bot: "a", selectors, nodes: ["host"] };
  await server.admin.call("EntryService", "CreateEntry", { entry });
  const node = await server.connect({ token: (await server.token("host")).value });
  const provider = new HostAgent({ node });
  const path = join(server.directory, "limited/api.sock");
  const door = await serveWorkloadApi({ path, provider, maxStreamsPerUid: 3 });
  // Connections do not matter: the user does.
  const apis = [rawApi(`unix:${path}`), rawApi(`unix:${path}`)];
  closing.push(async () => {
    for (const api of apis) api.close();
    await door.close();
    await provider.close();
  });
  const watch = (place: number) => apis[place % 2]?.stream("FetchX509SVID");
  const held = [0, 1, 2].map(watch);
  for (const each of held) await each?.at(0);
  expect(await watch(3)?.failure()).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  held[0]?.cancel();
  await expect
    .poll(() =>
      watch(4)
        ?.at(0)
        .then(
          () => "served",
          ({ code }: ServiceError) => code,
        ),
    )
    .toBe("served");
});

test("a local user's streams of the bundle and the denied: 100 at once, a burst of 30, one a second more", async () => {
  const clock = new DrivenClock();
  const server = await runningServer({ clock });
  closing.push(() => server.close());
  const { Client } = loadAttachService();
  // A connection takes so many streams only.
  const clients = Array.from({ length: 8 }, () => {
    const alone = { "grpc.use_local_subchannel_pool": 1 };
    return new Client(`unix:${server.botsSocket}`, credentials.createInsecure(), alone);
  });
  closing.push(() => {
    for (const client of clients) client.close();
  });
  let next = 0;
  /** Resolves with the stream's first message, or why it has none. */
  const open = () => {
    const client = clients[next++ % clients.length];
    if (client === undefined) throw new Error("no client");
    const call: ClientReadableStream<unknown> = client.watchTrust({});
    const outcome = new Promise<string>((resolve) => {
      call.once("data", () => resolve("open"));
      call.on("error", (error: ServiceError) => resolve(error.details));
    });
    return { call, outcome };
  };
  const openMany = async (count: number) => {
    const calls = Array.from({ length: count }, open);
    const outcomes = await Promise.all(calls.map(({ outcome }) => outcome));
    expect(new Set(outcomes)).toEqual(new Set(["open"]));
    return calls;
  };
  const who = `uid ${process.getuid?.()}`;
  const [first] = await openMany(30);
  expect(await open().outcome).toContain(`${who} opens streams too often`);
  for (const more of [30, 30, 10]) {
    await clock.advance(more * 1000);
    await openMany(more);
  }
  await clock.advance(10_000);
  expect(await open().outcome).toContain(`${who} has 100 streams open, the most there may be`);
  first?.call.cancel();
  await expect.poll(() => open().outcome).toBe("open");
});
