// Denied identities on their way to services: whole, without gaps, and with a known age.
import { createServer, connect as tlsConnect } from "node:tls";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DenySet } from "../../src/agent/deny-set.ts";
import { bundleToJwks } from "../../src/crypto/index.ts";
import { connect, connectVerifier } from "../../src/index.ts";
import { DenyFeed } from "../../src/server/attach/deny-feed.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import type { DenyUpdate } from "../../src/wire/index.ts";
import { loadAttachService } from "../../src/wire/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { openTestStore, type TestStore } from "../support/store.ts";

/** Machines under load take their time: how soon is for bench/revocation.ts to say. */
const waitFor = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000 });

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Encoded and decoded, as the wire does it. */
const { responseDeserialize, responseSerialize } = loadAttachService().definition.WatchTrust;
function sent(denied: DenyUpdate) {
  const update = responseDeserialize(responseSerialize({ denied })).denied;
  if (update === null || update === undefined) throw new Error("nothing was sent");
  return update;
}

describe("feed and set", () => {
  interface Rig {
    readonly clock: DrivenClock;
    readonly feed: DenyFeed;
    readonly updates: ReturnType<typeof sent>[];
    readonly subscriber: { sendDenied(update: DenyUpdate): void };
    deny(count: number, from?: number): Promise<void>;
    readonly store: TestStore["store"];
  }

  async function rig(): Promise<Rig> {
    const clock = new DrivenClock();
    const { store, close } = await openTestStore({ clock });
    closers.push(close);
    const feed = new DenyFeed(store, clock, (error) => expect.unreachable(String(error)));
    const updates: ReturnType<typeof sent>[] = [];
    const expiresAt = new Date(clock.now().getTime() + 3_600_000);
    return {
      clock,
      feed,
      store,
      updates,
      subscriber: { sendDenied: (update) => updates.push(sent(update)) },
      async deny(count, from = 0) {
        await store.transaction(async (tx) => {
          await tx.addDenials(
            Array.from({ length: count }, (_, i) => ({
              kind: "serial" as const,
              value: `s${from + i}`,
              reason: "revoked",
              expiresAt,
            })),
          );
        });
      },
    };
  }

  const isDenied = (set: DenySet, i: number) => set.reasonFor({ serialHex: `s${i}` });

  test("a large snapshot comes in parts, and counts when it is whole", async () => {
    const { clock, feed, subscriber, updates, deny } = await rig();
    await deny(5_001);
    await feed.subscribe(subscriber, { afterSequence: 0, heartbeatMs: 5_000 }, 1);
    expect(updates.map(({ added, more }) => [added.length, more])).toEqual([
      [2_000, true],
      [2_000, true],
      [1_001, false],
    ]);
    const set = new DenySet(clock);
    const changed = vi.fn();
    set.onChange(changed);
    set.apply(updates[0] as never);
    const whole = set.whole();
    expect([set.sequence, isDenied(set, 0), changed.mock.calls.length]).toEqual([0, undefined, 0]);
    set.apply(updates[1] as never);
    set.apply(updates[2] as never);
    await whole;
    expect([set.size, set.sequence]).toEqual([5_001, 5_001]);
    expect([isDenied(set, 0), isDenied(set, 5_000)]).toEqual(["revoked", "revoked"]);
    expect(changed).toHaveBeenCalledOnce();
  });

  test("a snapshot that is cut off leaves what was known, and the next one is whole by itself", async () => {
    const { clock, feed, subscriber, updates, deny } = await rig();
    await deny(2_500);
    await feed.subscribe(subscriber, { afterSequence: 0, heartbeatMs: 5_000 }, 1);
    const set = new DenySet(clock);
    set.apply(updates[0] as never);
    set.follow();
    expect(set.sequence).toBe(0);
    await feed.subscribe(subscriber, { afterSequence: set.sequence, heartbeatMs: 5_000 }, 2);
    for (const update of updates.slice(2)) set.apply(update);
    expect([set.size, set.sequence]).toEqual([2_500, 2_500]);
  });

  test("whoever comes back gets what it missed and no more; when that is gone, a snapshot", async () => {
    const { clock, feed, subscriber, updates, deny, store } = await rig();
    await deny(3);
    await feed.subscribe(subscriber, { afterSequence: 0, heartbeatMs: 5_000 }, 1);
    feed.unsubscribe(subscriber);
    const set = new DenySet(clock);
    set.apply(updates[0] as never);
    await deny(2, 3);
    await feed.subscribe(subscriber, { afterSequence: set.sequence, heartbeatMs: 5_000 }, 2);
    const delta = updates[1];
    expect(delta).toMatchObject({ snapshot: false, afterSequence: 3, sequence: 5 });
    expect(delta?.added.map(({ value }) => value)).toEqual(["s3", "s4"]);
    expect(set.apply(delta as never)).toBe(true);
    expect(isDenied(set, 4)).toBe("revoked");
    feed.unsubscribe(subscriber);
    await deny(1, 5);
    await store.transaction((tx) =>
      tx.prune({ changesBefore: new Date(clock.now().getTime() + 1) }),
    );
    await feed.subscribe(subscriber, { afterSequence: set.sequence, heartbeatMs: 5_000 }, 3);
    expect(updates[2]).toMatchObject({ snapshot: true, sequence: 6 });
    expect(updates[2]?.added).toHaveLength(6);
  });

  test("a delta that does not follow on what is known is not taken in", async () => {
    const { clock, feed, subscriber, updates, deny, store } = await rig();
    await deny(1);
    await feed.subscribe(subscriber, { afterSequence: 0, heartbeatMs: 5_000 }, 1);
    const set = new DenySet(clock);
    set.apply(updates[0] as never);
    for (let i = 1; i < 3; i += 1) {
      await deny(1, i);
      const { changes } = await store.changesAfter(i, 10);
      await feed.onChanges(changes);
    }
    expect(updates).toHaveLength(3);
    // The first of the two was lost.
    expect(set.apply(updates[2] as never)).toBe(false);
    expect([set.sequence, isDenied(set, 2)]).toEqual([1, undefined]);
    expect(set.apply(updates[1] as never)).toBe(true);
    expect(set.apply(updates[2] as never)).toBe(true);
    expect(isDenied(set, 2)).toBe("revoked");
  });

  test("heartbeats bring the position of what is about other things, and none comes while a change waits", async () => {
    const { clock, feed, subscriber, updates, deny, store } = await rig();
    await feed.subscribe(subscriber, { afterSequence: 0, heartbeatMs: 5_000 }, 1);
    await store.transaction((tx) =>
      tx.appendChange({ kind: "bundle", key: "example.org", data: { sequence: 2 } }),
    );
    // The feed has not heard of it: it cannot say that nothing is new.
    await clock.advance(5_000);
    expect(updates).toHaveLength(1);
    await feed.onChanges((await store.changesAfter(0, 10)).changes);
    await clock.advance(5_000);
    expect(updates[1]).toMatchObject({ snapshot: false, added: [], sequence: 1, afterSequence: 0 });
    await deny(1);
    await feed.onChanges((await store.changesAfter(1, 10)).changes);
    expect(updates[2]).toMatchObject({ sequence: 2, afterSequence: 1 });
    feed.unsubscribe(subscriber);
    await clock.advance(20_000);
    expect(updates).toHaveLength(3);
  });

  test("how old it is counts while the machine sleeps and when its clock is set back", () => {
    let wall = 1_000_000_000_000;
    let monotonic = 0;
    const clock = {
      now: () => new Date(wall),
      monotonicMs: () => monotonic,
      schedule: () => ({ cancel: () => undefined }),
    };
    const set = new DenySet(clock, { maxStaleMs: 10_000 });
    expect([set.staleMs, set.isStale]).toEqual([Number.POSITIVE_INFINITY, true]);
    set.apply(sent({ snapshot: true, sequence: 1 }));
    expect([set.staleMs, set.isStale]).toEqual([0, false]);
    // Asleep: only the wall clock went on.
    wall += 60_000;
    expect([set.staleMs, set.isStale]).toEqual([60_000, true]);
    set.apply(sent({ sequence: 1, afterSequence: 1 }));
    // Set back by an hour, while eleven seconds passed.
    wall -= 3_600_000;
    monotonic += 11_000;
    expect([set.staleMs, set.isStale]).toEqual([11_000, true]);
  });

  test.each([
    [{ maxStaleMs: 0 }, "maxStaleMs 0"],
    [{ maxStaleMs: 2999 }, "maxStaleMs 2999 is not a number of milliseconds from 3000"],
    [{ maxStaleMs: Number.NaN }, "maxStaleMs NaN"],
    [{ onStale: "panic" as never }, "onStale panic"],
  ])("%j is refused", (options, named) => {
    expect(() => new DenySet(new DrivenClock(), options)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(named) }),
    );
  });
});

/** A server whose place can be left and taken again. */
async function restartable(server: TestServer, clock?: DrivenClock) {
  const config = await loadConfig({
    flags: {
      trustDomain: "example.org",
      dataDir: `${server.directory}/data`,
      listen: server.address,
    },
    env: { BOTPASS_BOTS_SOCKET: server.botsSocket, BOTPASS_LOG_LEVEL: "fatal" },
  });
  return async () => {
    const again = await startServer(config, clock === undefined ? {} : { clock });
    closers.push(() => again.close());
    return again;
  };
}

const AUDIENCE = "https://a.example.org";

async function serverWithBot(clock?: DrivenClock) {
  const server = await runningServer(clock === undefined ? {} : { clock });
  closers.push(() => server.close());
  await server.register("a", {
    entry: { selectors: [{ type: "join_token", value: "bot:a" }], audiences: [AUDIENCE] },
  });
  const bot = await server.connect({ token: (await server.token("a")).value });
  return { server, bot, bundle: bot.bundles()[0] as NonNullable<ReturnType<typeof bot.bundleFor>> };
}

const revoke = (server: TestServer, target: object) =>
  server.admin.call("RevocationService", "Revoke", { ...target, reason: "stolen" });

test("over a Workload API nobody tells who is denied: to refuse when that is too old cannot be", async () => {
  const wish = connect({ endpoint: "unix:///nowhere", env: {}, denySet: { onStale: "refuse" } });
  await expect(wish).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("onStale refuse"),
  });
});

test("whoever only verifies follows bundle and denials without an identity, and hears at once", async () => {
  const { server, bot, bundle } = await serverWithBot();
  const verifier = await connectVerifier({ addresses: [server.address], bundle });
  closers.push(() => verifier.close());
  // All listeners are its user's.
  expect(verifier.listenerCount("disconnected")).toBe(0);
  const svid = bot.x509Svid();
  const token = await bot.jwtSvid(AUDIENCE);
  const rule = { authorize: svid.spiffeId.toString() };
  expect(verifier.verifyJwt(token.token, { audience: AUDIENCE }).jti).toBe(token.jti);
  expect(verifier.verifyX509(svid.certChainDer, rule).serialHex).toBe(svid.serialHex);
  expect(verifier.denySet.staleMs).toBeLessThan(10_000);
  expect(() =>
    verifier.verifyX509(svid.certChainDer, { authorize: "spiffe://example.org/b" }),
  ).toThrow(expect.objectContaining({ code: "PEER_NOT_AUTHORIZED" }));
  const heard = new Promise<void>((resolve) => {
    verifier.onDenied(() => resolve());
  });
  const begun = performance.now();
  const [instance] = await server.instances({ bot: "a" });
  await revoke(server, { instance: instance?.id });
  await heard;
  expect(performance.now() - begun).toBeLessThan(10_000);
  const denied = expect.objectContaining({ code: "DENIED" });
  expect(() => verifier.verifyJwt(token.token, { audience: AUDIENCE })).toThrow(denied);
  expect(() => verifier.verifyX509(svid.certChainDer, rule)).toThrow(denied);
});

test("a verifier goes on over a server's restart, and knows what was revoked meanwhile", async () => {
  const { server, bot, bundle } = await serverWithBot();
  const again = await restartable(server);
  const verifier = await connectVerifier({ addresses: [server.address], bundle });
  closers.push(() => verifier.close());
  const { serialHex } = bot.x509Svid();
  await revoke(server, { serial: serialHex });
  await waitFor(() => expect(verifier.isDenied({ serialHex })).toBe("revoked"));
  const lost = new Promise((resolve) => verifier.once("disconnected", resolve));
  await bot.close();
  await server.server.close();
  await lost;
  expect(verifier.isDenied({ serialHex })).toBe("revoked");
  const back = new Promise<void>((resolve) => verifier.once("reconnected", () => resolve()));
  await again();
  await back;
  expect(verifier.isDenied({ serialHex })).toBe("revoked");
});

test("a verifier trusts no server but the one that its bundle vouches for", async () => {
  const { server } = await serverWithBot();
  const stranger = await serverWithBot();
  const options = { addresses: [server.address], bundle: stranger.bundle, timeoutMs: 1_500 };
  await expect(connectVerifier(options)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(connectVerifier({ ...options, addresses: [] })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});

test("streams of one address are limited, and each second brings one more", async () => {
  const clock = new DrivenClock();
  const { server, bundle } = await serverWithBot(clock);
  const open = async (): Promise<void> => {
    const options = { addresses: [server.address], bundle, timeoutMs: 1_000 };
    const verifier = await connectVerifier(options);
    closers.push(() => verifier.close());
  };
  for (let i = 0; i < 30; i += 1) await open();
  await expect(open()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  await clock.advance(1_000);
  await open();
});

test("a verifier knows its server by the bundle in a file, and a bad file is refused", async () => {
  const { server, bot, bundle } = await serverWithBot();
  const jwks = bundleToJwks(bundle);
  const addresses = [server.address];
  const verifier = await connectVerifier({
    addresses,
    bundle: { trustDomain: "example.org", jwks },
  });
  closers.push(() => verifier.close());
  const { spiffeId, certChainDer } = bot.x509Svid();
  expect(verifier.verifyX509(certChainDer, { authorize: String(spiffeId) }).spiffeId).toEqual(
    spiffeId,
  );
  const bad = connectVerifier({ addresses, bundle: { trustDomain: "example.org", jwks: "no" } });
  await expect(bad).rejects.toMatchObject({ code: "BUNDLE_INVALID" });
});

describe("a service that hears nothing", () => {
  async function service(onStale: "warn" | "refuse") {
    const clock = new DrivenClock();
    const { server, bot } = await serverWithBot(clock);
    await server.register("watcher", { kind: "service" });
    const watcher = await server.connect({
      token: (await server.token("watcher")).value,
      denySet: { maxStaleMs: 12_000, onStale },
    });
    const stale = vi.fn();
    const fresh = vi.fn();
    watcher
      .on("stale", stale)
      .on("fresh", fresh)
      .on("error", () => undefined);
    const tls = createServer(
      watcher.serverTls({ authorize: bot.spiffeId.toString() }),
      (socket) => {
        socket.on("error", () => undefined);
        socket.write("hello");
      },
    );
    await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
    closers.push(() => void tls.close());
    const { port } = tls.address() as { port: number };
    const options = { ...bot.clientTls({ peer: watcher.spiffeId.toString() }), port };
    const socket = tlsConnect({ ...options, host: "127.0.0.1" });
    await new Promise((resolve) => socket.once("data", resolve));
    closers.push(() => void socket.destroy());
    return { clock, server, bot, watcher, stale, fresh, socket };
  }

  test("while the server speaks, it is never too old", async () => {
    const { clock, watcher, stale } = await service("refuse");
    await clock.advance(60_000);
    expect(watcher.denySet.staleMs).toBeLessThanOrEqual(5_000);
    expect(stale).not.toHaveBeenCalled();
  });

  test("warns, and goes on with what it knows", async () => {
    const { clock, server, bot, watcher, stale, socket } = await service("warn");
    await server.server.close();
    await clock.advance(13_000);
    expect(stale).toHaveBeenCalledOnce();
    expect(watcher.denySet.isStale).toBe(true);
    expect(watcher.isDenied({ serialHex: bot.x509Svid().serialHex })).toBeUndefined();
    expect(socket.destroyed).toBe(false);
  });

  test("refuses everybody and ends what is open, until the server is back", async () => {
    const { clock, server, bot, watcher, stale, fresh, socket } = await service("refuse");
    const again = await restartable(server, clock);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await server.server.close();
    await clock.advance(11_000);
    expect(socket.destroyed).toBe(false);
    await clock.advance(2_000);
    await closed;
    expect(stale).toHaveBeenCalledOnce();
    const { serialHex } = bot.x509Svid();
    expect(watcher.isDenied({ serialHex })).toBe("stale");
    await again();
    await waitFor(async () => {
      await clock.advance(1_000);
      expect(fresh).toHaveBeenCalledOnce();
    });
    expect(watcher.isDenied({ serialHex })).toBeUndefined();
  }, 30_000);
});
