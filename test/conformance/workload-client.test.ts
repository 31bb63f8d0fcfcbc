// SPIFFE Workload Endpoint and Workload API, the client's side: each title begins with the number of its rule (rules.ts).
// The other side is a fake agent, which answers what each test needs, over a real socket.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { jwtAuthoritiesToJwks } from "../../src/crypto/index.ts";
import type { IssuerError } from "../../src/errors.ts";
import { parseSpiffeId, TrustDomain, type X509Svid } from "../../src/spiffe/index.ts";
import { loadWorkloadApi } from "../../src/wire/index.ts";
import {
  JwtSource,
  parseEndpoint,
  WorkloadApiClient,
  X509BundleSource,
  X509Source,
} from "../../src/workload-client/index.ts";
import { testAuthority } from "../support/ca.ts";

type Call = ServerWritableStream<unknown, object>;

class FakeAgent {
  readonly directory = mkdtempSync(join(tmpdir(), "bp-fake-"));
  readonly endpoint = `unix://${this.directory}/agent.sock`;
  /** Streams that were opened, by method, with what they brought. */
  readonly calls: { method: string; metadata: Metadata; request: unknown; call?: Call }[] = [];
  onStream: (method: string, call: Call) => void = () => undefined;
  onUnary: (method: string) => object | { code: status } = () => ({ code: status.UNAVAILABLE });
  #server: Server | undefined;

  async start(): Promise<void> {
    const server = new Server();
    const streams = ["FetchX509SVID", "FetchX509Bundles", "FetchJWTBundles"].map((method) => [
      method,
      (call: Call) => {
        this.calls.push({ method, metadata: call.metadata, request: undefined, call });
        this.onStream(method, call);
      },
    ]);
    const unaries = ["FetchJWTSVID", "ValidateJWTSVID"].map((method) => [
      method,
      (call: ServerUnaryCall<unknown, object>, answer: sendUnaryData<object>) => {
        this.calls.push({ method, metadata: call.metadata, request: call.request });
        const response = this.onUnary(method);
        if ("code" in response) answer({ code: response.code, details: "as told" });
        else answer(null, response);
      },
    ]);
    server.addService(
      loadWorkloadApi().definition,
      Object.fromEntries([...streams, ...unaries]) as Parameters<Server["addService"]>[1],
    );
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(
        `unix:${this.directory}/agent.sock`,
        ServerCredentials.createInsecure(),
        (error) => (error === null ? resolve() : reject(error)),
      );
    });
    this.#server = server;
  }

  stop(): void {
    this.#server?.forceShutdown();
  }

  close(): void {
    this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const authority = await testAuthority();
const other = await testAuthority({ trustDomain: "other.org" });
const DER = (svid: X509Svid) => ({
  spiffeId: svid.spiffeId.toString(),
  x509Svid: Buffer.concat(svid.certChainDer),
  x509SvidKey: svid.privateKey.export({ format: "der", type: "pkcs8" }),
  bundle: Buffer.concat(authority.bundle.x509Authorities),
  hint: "",
});
const first = DER(await authority.issue({ path: "/bot/first" }));
const second = DER(await authority.issue({ path: "/bot/second" }));
const otherBundle = Buffer.concat(other.bundle.x509Authorities);
const fail = (call: Call, code: status): unknown =>
  call.emit("error", { code, details: "as told" });

let agent: FakeAgent;
beforeEach(async () => {
  agent = new FakeAgent();
  await agent.start();
});
afterEach(() => agent.close());

test("EP-05 every request carries the header, streams and single calls", async () => {
  agent.onStream = (method, call) => {
    if (method === "FetchX509SVID") call.write({ svids: [first] });
    else if (method === "FetchX509Bundles")
      call.write({ bundles: { "spiffe://example.org": first.bundle } });
    else
      call.write({
        bundles: { "spiffe://example.org": Buffer.from(jwtAuthoritiesToJwks(authority.bundle)) },
      });
  };
  const client = new WorkloadApiClient({ endpoint: agent.endpoint });
  await client.fetchX509Context();
  await client.fetchX509Bundles();
  await client.fetchJwtBundles();
  await client.fetchJwtSvid(["erp"]).catch(() => undefined);
  await client.validateJwtSvid("token", "erp").catch(() => undefined);
  client.close();
  expect(agent.calls).toHaveLength(5);
  for (const { metadata } of agent.calls)
    expect(metadata.get("workload.spiffe.io")).toEqual(["true"]);
});

test("EP-08 the endpoint that is given beats the environment; without both there is a clear error", async () => {
  agent.onStream = (_method, call) => void call.write({ svids: [first] });
  const env = { SPIFFE_ENDPOINT_SOCKET: agent.endpoint };
  const client = new WorkloadApiClient({ env });
  await client.fetchX509Context();
  client.close();
  const given = new WorkloadApiClient({
    endpoint: agent.endpoint,
    env: { SPIFFE_ENDPOINT_SOCKET: "unix:///nowhere" },
  });
  await given.fetchX509Context();
  given.close();
  expect(() => new WorkloadApiClient({ env: {} })).toThrow(/SPIFFE_ENDPOINT_SOCKET/);
});

test("EP-09 the scheme is unix or tcp", () => {
  for (const bad of ["/run/x.sock", "http://127.0.0.1:1", "npipe:x", ""]) {
    expect(() => parseEndpoint(bad), bad).toThrow(/endpoint/);
  }
});

test("EP-10 unix has an absolute path and nothing else", () => {
  expect(parseEndpoint("unix:///run/spiffe.sock")).toBe("unix:/run/spiffe.sock");
  expect(parseEndpoint("unix:/run/spiffe.sock")).toBe("unix:/run/spiffe.sock");
  for (const bad of [
    "unix://host/run/x",
    "unix:relative.sock",
    "unix:///x?y",
    "unix:///x#y",
    "unix:",
    "unix:///",
  ]) {
    expect(() => parseEndpoint(bad), bad).toThrow(/endpoint/);
  }
});

test("EP-11 tcp has an address and a port and nothing else", () => {
  expect(parseEndpoint("tcp://127.0.0.1:8000")).toBe("ipv4:127.0.0.1:8000");
  expect(parseEndpoint("tcp://[::1]:8000")).toBe("ipv6:[::1]:8000");
  for (const bad of [
    "tcp://localhost:8000",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:8000/foo",
    "tcp://u@127.0.0.1:1",
    "tcp://127.0.0.1:0",
    "tcp://127.0.0.1:65536",
  ]) {
    expect(() => parseEndpoint(bad), bad).toThrow(/endpoint/);
  }
});

const watched = (client: WorkloadApiClient) => {
  const updates: unknown[] = [];
  const errors: { error: IssuerError; final: boolean; withdrawn: boolean }[] = [];
  const watch = client.watchX509Context({
    onUpdate: (state) => updates.push(state),
    onError: (error, how) => errors.push({ error, ...how }),
  });
  return { updates, errors, watch };
};

test("EP-15 EP-18 INVALID_ARGUMENT and UNIMPLEMENTED are told and not tried again", async () => {
  for (const code of [status.INVALID_ARGUMENT, status.UNIMPLEMENTED]) {
    agent.calls.length = 0;
    agent.onStream = (_method, call) => fail(call, code);
    const client = new WorkloadApiClient({ endpoint: agent.endpoint });
    const { errors } = watched(client);
    await vi.waitFor(() => expect(errors.map(({ final }) => final)).toEqual([true]));
    await expect(X509Source.open({ client })).rejects.toThrow("as told");
    expect(agent.calls).toHaveLength(2);
    client.close();
  }
});

test("EP-16 EP-17 API-29 API-32 API-47 UNAVAILABLE and PERMISSION_DENIED are tried again until there is an answer", async () => {
  let tries = 0;
  agent.onStream = (_method, call) => {
    tries += 1;
    if (tries === 1) fail(call, status.PERMISSION_DENIED);
    else if (tries === 2) fail(call, status.UNAVAILABLE);
    else call.write({ svids: [first] });
  };
  const source = await X509Source.open({ endpoint: agent.endpoint });
  expect(source.x509Svid().spiffeId.toString()).toBe(first.spiffeId);
  expect(tries).toBe(3);
  source.close();
});

test("EP-16 a client that was there before its agent recovers", async () => {
  agent.stop();
  const opening = X509Source.open({ endpoint: agent.endpoint, timeoutMs: 10_000 });
  const late = new Promise((resolve) => setTimeout(resolve, 300)).then(() => {
    agent.onStream = (_method, call) => void call.write({ svids: [first] });
    return agent.start();
  });
  const source = await opening;
  await late;
  expect(source.x509Svid().spiffeId.toString()).toBe(first.spiffeId);
  source.close();
});

test("EP-22 nothing of reflection is asked for", async () => {
  agent.onStream = (_method, call) => void call.write({ svids: [first] });
  const client = new WorkloadApiClient({ endpoint: agent.endpoint });
  await client.fetchX509Context();
  client.close();
  expect(agent.calls.map(({ method }) => method)).toEqual(["FetchX509SVID"]);
});

test("API-05 a stream is held open, and one that ends is opened again at once", async () => {
  agent.onStream = (_method, call) => {
    call.write({ svids: [first] });
    if (agent.calls.length < 3) call.end();
  };
  const client = new WorkloadApiClient({ endpoint: agent.endpoint });
  const { updates, errors } = watched(client);
  await vi.waitFor(() => expect(updates).toHaveLength(3));
  expect(errors).toEqual([]);
  client.close();
});

const opened = async () => {
  let call: Call | undefined;
  agent.onStream = (_method, opening) => {
    call = opening;
    opening.write({
      svids: [first, { ...second, hint: "b" }],
      federatedBundles: { "spiffe://other.org": otherBundle },
    });
  };
  const source = await X509Source.open({ endpoint: agent.endpoint });
  const changed = (send: () => void): Promise<void> =>
    new Promise((resolve) => {
      const stop = source.onChange(() => {
        stop();
        resolve();
      });
      send();
    });
  return {
    source,
    changed,
    write: (message: object) => call?.write(message),
    call: () => call as Call,
  };
};
const ids = (source: X509Source) => source.x509Svids().map(({ spiffeId }) => spiffeId.toString());
const foreign = TrustDomain.parse("other.org");

test("API-10 API-11 what is not listed any more is not kept", async () => {
  const { source, changed, write } = await opened();
  expect(source.bundleFor(foreign)?.x509Authorities).toHaveLength(1);
  await changed(() => write({ svids: [first] }));
  expect(source.bundleFor(foreign)).toBeUndefined();
  expect(ids(source)).toEqual([first.spiffeId]);
  source.close();
});

test("API-13 a message that lacks a mandatory field is told and changes nothing", async () => {
  const { source, write } = await opened();
  const errors: IssuerError[] = [];
  source.on("error", (error) => errors.push(error));
  const wrongKey = { ...first, x509SvidKey: second.x509SvidKey };
  const bad = [
    { svids: [{ ...first, x509SvidKey: Buffer.alloc(0) }] },
    { svids: [{ ...first, bundle: Buffer.alloc(0) }] },
    { svids: [{ ...first, spiffeId: second.spiffeId }] },
    { svids: [wrongKey] },
    { svids: [] },
    { svids: [{ ...first, x509Svid: Buffer.from("junk") }] },
  ];
  for (const message of bad) write(message);
  await vi.waitFor(() => expect(errors).toHaveLength(bad.length));
  expect(ids(source)).toEqual([first.spiffeId, second.spiffeId]);
  source.close();
});

test("API-14 API-52 a bundle is chosen by trust domain, and there is none for others", async () => {
  const { source } = await opened();
  expect(source.bundleFor(TrustDomain.parse("example.org"))?.x509Authorities[0]).toEqual(
    authority.bundle.x509Authorities[0],
  );
  expect(source.bundleFor(foreign)?.x509Authorities[0]).toEqual(other.bundle.x509Authorities[0]);
  expect(source.bundleFor(TrustDomain.parse("third.org"))).toBeUndefined();
  source.close();
});

test("API-20 API-45 bundles of one kind verify nothing of the other", async () => {
  agent.onStream = (method, call) =>
    void call.write({
      bundles: {
        "spiffe://example.org":
          method === "FetchX509Bundles"
            ? first.bundle
            : Buffer.from(jwtAuthoritiesToJwks(authority.bundle)),
      },
    });
  const x509 = await X509BundleSource.open({ endpoint: agent.endpoint });
  const jwt = await JwtSource.open({ endpoint: agent.endpoint });
  const domain = TrustDomain.parse("example.org");
  expect(x509.bundleFor(domain)?.jwtAuthorities).toEqual([]);
  expect(jwt.bundleFor(domain)?.x509Authorities).toEqual([]);
  x509.close();
  jwt.close();
});

test("API-28 API-43 of equal hints the first counts", async () => {
  const { source, changed, write } = await opened();
  const hinted = { hint: "same" };
  await changed(() =>
    write({
      svids: [
        { ...second, ...hinted },
        { ...first, ...hinted },
      ],
    }),
  );
  expect(ids(source)).toEqual([second.spiffeId]);
  source.close();
});

test("API-30 a stream that ends with PERMISSION_DENIED takes the identity away, and it may come back", async () => {
  const { source, changed, call } = await opened();
  await changed(() => fail(call(), status.PERMISSION_DENIED));
  expect(() => source.x509Svid()).toThrow(expect.objectContaining({ code: "NO_IDENTITY" }));
  await vi.waitFor(() => expect(source.x509Svid().spiffeId.toString()).toBe(first.spiffeId));
  source.close();
});

test("API-30 a lost line takes nothing away", async () => {
  const { source } = await opened();
  agent.stop();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(ids(source)).toEqual([first.spiffeId, second.spiffeId]);
  source.close();
});

test("API-40 the audiences are sent as given, and none is refused", async () => {
  const client = new WorkloadApiClient({ endpoint: agent.endpoint });
  await client.fetchJwtSvid(["b", "a"], parseSpiffeId(first.spiffeId)).catch(() => undefined);
  expect(agent.calls[0]?.request).toMatchObject({ audience: ["b", "a"], spiffeId: first.spiffeId });
  await expect(client.fetchJwtSvids([])).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  expect(agent.calls).toHaveLength(1);
  client.close();
});

test("API-51 tokens can be verified by the agent", async () => {
  const token = await authority.jwt({ sub: first.spiffeId, aud: ["erp"] });
  agent.onUnary = () => ({ spiffeId: first.spiffeId, claims: { fields: {} } });
  const client = new WorkloadApiClient({ endpoint: agent.endpoint });
  expect((await client.validateJwtSvid(token, "erp")).spiffeId.toString()).toBe(first.spiffeId);
  agent.onUnary = () => ({ code: status.INVALID_ARGUMENT });
  await expect(client.validateJwtSvid(token, "erp")).rejects.toMatchObject({
    code: "REQUEST_INVALID",
  });
  client.close();
});

test("API-72 which identity is taken is the caller's to say", async () => {
  const { source } = await opened();
  const picked = await X509Source.open({
    endpoint: agent.endpoint,
    pick: (svids) => svids.find(({ hint }) => hint === "b"),
  });
  expect(picked.x509Svid().spiffeId.toString()).toBe(second.spiffeId);
  const none = await X509Source.open({
    endpoint: agent.endpoint,
    pick: (svids) => svids.find(({ hint }) => hint === "missing"),
  });
  expect(() => none.x509Svid()).toThrow(expect.objectContaining({ code: "NO_IDENTITY" }));
  for (const each of [source, picked, none]) each.close();
});
