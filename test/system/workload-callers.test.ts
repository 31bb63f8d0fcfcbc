// Callers of the Workload API who are told apart, who ask for too much, who do not read, who end, and sockets in the way.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect as openSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Caller } from "../../src/host/index.ts";
import { HostAgent } from "../../src/host-agent/index.ts";
import { connect } from "../../src/index.ts";
import { Bundle, TrustDomain } from "../../src/spiffe/index.ts";
import {
  serveWorkloadApi,
  type Workload,
  type WorkloadProvider,
} from "../../src/workload-api/index.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { serverProcess } from "../support/server-process.ts";
import { rawApi } from "../support/workload-door.ts";

const MINE = process.getuid?.() ?? 0;
const NOBODY = 65_534;
const STRANGER = 65_533;
const CHILD = join(import.meta.dirname, "../support/fetch-outcome.ts");
const asRoot = test.skipIf(MINE !== 0);

let server: TestServer;
let directory = "";
beforeAll(async () => {
  server = await runningServer();
  directory = mkdtempSync(join(tmpdir(), "bp-callers-"));
  chmodSync(directory, 0o755);
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

function childOf(path: string, uid = MINE): ChildProcess {
  const own = [process.execPath, CHILD];
  const [command = "", ...args] =
    uid === MINE
      ? own
      : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--", ...own];
  const env = { PATH: process.env.PATH, SPIFFE_ENDPOINT_SOCKET: `unix://${path}` };
  return spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
}

async function outcome(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await new Promise((resolve) => child.once("close", resolve));
  return text.trim();
}

/** A workload without an SVID whose bundle the test changes. */
class FakeWorkload implements Workload {
  readonly listeners = new Set<() => void>();
  content: Buffer = Buffer.from("0");
  released = 0;

  svids(): [] {
    return [];
  }
  bundles(): Bundle[] {
    const trustDomain = TrustDomain.parse("example.org");
    return [new Bundle({ trustDomain, x509Authorities: [this.content] })];
  }
  jwtSvid(): Promise<never> {
    return Promise.reject(new Error("not asked for"));
  }
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  release(): void {
    this.released += 1;
  }
  change(content: Buffer): void {
    this.content = content;
    for (const listener of this.listeners) listener();
  }
}

const providerOf = (open: (caller: Caller) => Promise<Workload>): WorkloadProvider => ({
  open,
  validateJwt: () => {
    throw new Error("not asked for");
  },
});

asRoot(
  "each user's process gets its own identity, or PERMISSION_DENIED, never root's",
  async () => {
    await server.register("host", { kind: "node" });
    for (const [bot, uid] of [
      ["roots", MINE],
      ["nobodys", NOBODY],
    ] as const) {
      await server.register(bot);
      const selectors = [{ type: "unix", value: `uid:${uid}` }];
      const entry = { bot, selectors, nodes: ["host"] };
      await server.admin.call("EntryService", "CreateEntry", { entry });
    }
    const node = await server.connect({ token: (await server.token("host")).value });
    const host = new HostAgent({ node });
    const path = join(directory, "uids.sock");
    const door = await serveWorkloadApi({ path, provider: host });
    const id = (bot: string): string => `spiffe://example.org/bot/default/${bot}`;
    try {
      expect(await outcome(childOf(path))).toBe(id("roots"));
      expect(await outcome(childOf(path, NOBODY))).toBe(id("nobodys"));
      expect(await outcome(childOf(path, STRANGER))).toBe(`code ${status.PERMISSION_DENIED}`);
    } finally {
      await door.close();
      await host.close();
    }
  },
);

test("open streams are bounded for each user, and one that ends makes room", async () => {
  const path = join(directory, "bounded.sock");
  const provider = providerOf(async () => new FakeWorkload());
  const door = await serveWorkloadApi({ path, provider, maxStreamsPerUid: 3 });
  const api = rawApi(`unix:${path}`);
  const other = rawApi(`unix:${path}`);
  const streams = [api, other, api].map((each) => each.stream("FetchX509Bundles"));
  await Promise.all(streams.map((each) => each.at(0)));
  for (const each of [api, other]) {
    const { code } = await each.stream("FetchX509SVID").failure();
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
  }
  // Another user has a count of its own. What the fake holds is not an identity, but it is an answer.
  if (MINE === 0) expect(await outcome(childOf(path, NOBODY))).toBe("nothing");
  streams[0]?.cancel();
  await expect
    .poll(async () => {
      const stream = api.stream("FetchX509Bundles");
      const got = await stream.at(0).then(
        () => "served",
        ({ code }: { code: number }) => code,
      );
      stream.cancel();
      return got;
    })
    .toBe("served");
  for (const each of [api, other]) each.close();
  await door.close();
});

test("a path that is taken, is too long, or lies where others may write is refused, and what is there stays", async () => {
  const provider = providerOf(async () => new FakeWorkload());
  const serve = (path: string) => serveWorkloadApi({ path, provider });
  const live = join(directory, "live.sock");
  const door = await serve(live);
  await expect(serve(live)).rejects.toMatchObject({ code: "WRONG_STATE" });
  const api = rawApi(`unix:${live}`);
  await api.stream("FetchX509Bundles").at(0);
  api.close();
  await door.close();

  const file = join(directory, "file.sock");
  writeFileSync(file, "mine");
  await expect(serve(file)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  expect(readFileSync(file, "utf8")).toBe("mine");

  const long = join(directory, `${"x".repeat(107)}.sock`);
  await expect(serve(long)).rejects.toMatchObject({ code: "CONFIG_INVALID" });

  const open = mkdtempSync(join(directory, "open-"));
  chmodSync(open, 0o777);
  await expect(serve(join(open, "a.sock"))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  expect(existsSync(join(open, "a.sock"))).toBe(false);
});

test("a socket that nobody serves any more is taken over", async () => {
  const path = join(directory, "stale.sock");
  const holder = spawn(process.execPath, [
    "-e",
    `require("net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`,
  ]);
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  holder.kill("SIGKILL");
  await new Promise((resolve) => holder.once("exit", resolve));
  expect(existsSync(path)).toBe(true);
  const provider = providerOf(async () => new FakeWorkload());
  const door = await serveWorkloadApi({ path, provider });
  const api = rawApi(`unix:${path}`);
  await api.stream("FetchX509Bundles").at(0);
  api.close();
  await door.close();
});

test("a client that never reads is written little to, gets the newest in the end, and holds up nobody", async () => {
  const path = join(directory, "unread.sock");
  const workload = new FakeWorkload();
  const door = await serveWorkloadApi({ path, provider: providerOf(async () => workload) });
  const session = connectHttp2("http://localhost", { createConnection: () => openSocket(path) });
  const unread = session.request({
    ":method": "POST",
    ":path": "/SpiffeWorkloadAPI/FetchX509Bundles",
    "content-type": "application/grpc",
    te: "trailers",
    "workload.spiffe.io": "true",
  });
  unread.on("error", () => undefined);
  unread.end(Buffer.alloc(5));
  await expect.poll(() => workload.listeners.size).toBe(1);
  const busy = rawApi(`unix:${path}`);
  const reader = busy.stream("FetchX509Bundles");
  await reader.at(0);
  const CHANGES = 300;
  const BYTES = 64 * 1024;
  let last: Buffer = Buffer.alloc(0);
  for (let index = 1; index <= CHANGES; index += 1) {
    last = Buffer.alloc(BYTES, `${index} `);
    workload.change(last);
    // The one who reads hears of each.
    await reader.at(index);
  }
  let received: Buffer = Buffer.alloc(0);
  unread.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  await expect.poll(() => received.includes(last), { timeout: 10_000 }).toBe(true);
  // 300 states are 19 MB; what waited for the reader is a small part.
  expect(received.length).toBeLessThan(30 * BYTES);
  session.destroy();
  busy.close();
  await door.close();
});

test("a process that ends in the middle of a fetch leaves nothing behind", async () => {
  const path = join(directory, "middle.sock");
  const workload = new FakeWorkload();
  const asked: (() => void)[] = [];
  const provider = providerOf(
    (caller) =>
      new Promise((resolve) => {
        if (caller.pid === process.pid) resolve(workload);
        else asked.push(() => resolve(workload));
      }),
  );
  const door = await serveWorkloadApi({ path, provider, maxStreamsPerUid: 1 });
  const child = childOf(path);
  await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(1);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("close", resolve));
  asked[0]?.();
  await expect.poll(() => workload.released).toBe(1);
  expect(workload.listeners.size).toBe(0);
  const api = rawApi(`unix:${path}`);
  await api.stream("FetchX509Bundles").at(0);
  api.close();
  await door.close();
});

test("a stream outlives the server's SIGKILL and return: it is told of what changes then", {
  timeout: 60_000,
}, async () => {
  const issuer = await serverProcess();
  try {
    await issuer.start();
    for (const [name, kind] of [
      ["host", "node"],
      ["worker", "bot"],
    ] as const) {
      await issuer.botpass(
        ...["bot", "register", name, "--kind", kind, "--owner", "o", "--purpose", "p"],
      );
    }
    const entry = ["--selector", `unix:uid:${MINE}`, "--node", "host"];
    await issuer.botpass("entry", "create", "--bot", "worker", ...entry);
    const token = await issuer.botpass("token", "create", "--bot", "host");
    const node = await connect({ env: {}, token });
    const host = new HostAgent({ node });
    const path = join(directory, "killed.sock");
    const door = await serveWorkloadApi({ path, provider: host });
    const api = rawApi(`unix:${path}`);
    const ids = ({ svids }: { svids: { spiffeId: string }[] }): string[] =>
      svids.map(({ spiffeId }) => spiffeId.split("/").at(-1) ?? "");
    const stream = api.stream("FetchX509SVID");
    expect(ids(await stream.at(0))).toEqual(["worker"]);
    await issuer.end("SIGKILL");
    // While nobody issues, who asks anew is served as well.
    const second = api.stream("FetchX509SVID");
    expect(ids(await second.at(0))).toEqual(["worker"]);
    second.cancel();
    await issuer.start();
    await issuer.botpass("bot", "register", "late", "--owner", "o", "--purpose", "p");
    await issuer.botpass("entry", "create", "--bot", "late", ...entry);
    let index = 1;
    for (;;) {
      const now = ids(await stream.at(index)).sort();
      if (now.length === 2) {
        expect(now).toEqual(["late", "worker"]);
        break;
      }
      index += 1;
    }
    expect(stream.state.error).toBeUndefined();
    api.close();
    await door.close();
    await host.close();
    await node.close();
  } finally {
    await issuer.remove();
  }
});
