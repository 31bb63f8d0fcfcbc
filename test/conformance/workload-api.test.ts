// SPIFFE Workload Endpoint and Workload API, the serving side: each title begins with the number of its rule (rules.ts).
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { connect as connectHttp2 } from "node:http2";
import { connect as openSocket } from "node:net";
import { Metadata, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { splitCertificates } from "../../src/crypto/index.ts";
import { IssuerError } from "../../src/errors.ts";
import { serveChildren } from "../../src/host-agent/index.ts";
import { loadWorkloadApi } from "../../src/wire/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { runningServer } from "../support/running-server.ts";
import { HEADER, rawApi, type WorkloadDoor, workloadDoor } from "../support/workload-door.ts";

interface X509Message {
  svids: {
    spiffeId: string;
    x509Svid: Buffer;
    x509SvidKey: Buffer;
    bundle: Buffer;
    hint: string;
  }[];
  crl: Buffer[];
  federatedBundles: Record<string, Buffer>;
}
interface Bundles {
  bundles: Record<string, Buffer>;
}
interface Tokens {
  svids: { spiffeId: string; svid: string; hint: string }[];
}

const FIRST = "spiffe://example.org/bot/default/first";
const SECOND = "spiffe://example.org/bot/default/second";
const STREAMS = ["FetchX509SVID", "FetchX509Bundles", "FetchJWTBundles"] as const;
const WIT = ["FetchWITSVID", "FetchWITBundles"] as const;

let door: WorkloadDoor;
beforeAll(async () => {
  door = await workloadDoor();
});
afterAll(() => door.close());

const x509 = async (): Promise<X509Message> => {
  const stream = door.api.stream("FetchX509SVID");
  const message = await stream.at<X509Message>(0);
  stream.cancel();
  return message;
};
const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<
    string,
    unknown
  >;
const jwt = (request: object): Promise<Tokens> => door.api.unary<Tokens>("FetchJWTSVID", request);
const withCode = (code: status) => expect.objectContaining({ code });

test("EP-01 EP-03 the default is a socket of this machine only", () => {
  expect(door.door.endpoint).toBe(`unix://${door.path}`);
});

test("EP-02 EP-12 EP-14 EP-20 a stock gRPC client with nothing but the header is served", async () => {
  expect((await x509()).svids).toHaveLength(2);
});

test('EP-06 without exactly one header "true" every method answers INVALID_ARGUMENT', async () => {
  const bad = ["", "True", "TRUE", "1", "false", " true x"].map((value) => {
    const metadata = new Metadata();
    if (value !== "") metadata.set("workload.spiffe.io", value);
    return metadata;
  });
  const twice = new Metadata();
  twice.add("workload.spiffe.io", "true");
  twice.add("workload.spiffe.io", "true");
  for (const metadata of [...bad, twice]) {
    for (const method of [...STREAMS, ...WIT]) {
      const { code } = await door.api.stream(method, metadata).failure();
      expect(code, method).toBe(status.INVALID_ARGUMENT);
    }
    for (const method of ["FetchJWTSVID", "ValidateJWTSVID"] as const) {
      await expect(door.api.unary(method, {}, metadata)).rejects.toEqual(
        withCode(status.INVALID_ARGUMENT),
      );
    }
  }
});

test("EP-07 the connection is plain HTTP/2, no TLS", async () => {
  const session = connectHttp2("http://localhost", {
    createConnection: () => openSocket(door.path),
  });
  await new Promise<void>((resolve, reject) => {
    session.once("connect", () => resolve());
    session.once("error", reject);
  });
  expect(session.encrypted).toBe(false);
  session.close();
});

test("EP-13 API-04 API-29 API-32 API-47 EP-17 callers are told apart by the kernel: another user is served another identity, or PERMISSION_DENIED", async () => {
  const path = `${door.path}.other`;
  // Serves some other user only: whoever runs this test is nobody to it.
  const other = await serveChildren(door.bot, { path, uids: [(process.getuid?.() ?? 0) + 1] });
  const api = rawApi(`unix:${path}`);
  for (const method of STREAMS) {
    expect((await api.stream(method).failure()).code).toBe(status.PERMISSION_DENIED);
  }
  await expect(api.unary("FetchJWTSVID", { audience: ["erp"] })).rejects.toEqual(
    withCode(status.PERMISSION_DENIED),
  );
  api.close();
  await other.close();
});

test("EP-16 an agent that has nothing at the moment answers UNAVAILABLE", async () => {
  const path = `${door.path}.starting`;
  const starting = await serveWorkloadApi({
    path,
    provider: {
      open: () => Promise.reject(new IssuerError("UNAVAILABLE", "starting")),
      validateJwt: () => {
        throw new IssuerError("UNAVAILABLE", "starting");
      },
    },
  });
  const api = rawApi(`unix:${path}`);
  expect((await api.stream("FetchX509SVID").failure()).code).toBe(status.UNAVAILABLE);
  api.close();
  await starting.close();
});

test("EP-19 API-03 the service has the seven methods of the standard and no more", () => {
  const { definition } = loadWorkloadApi();
  expect(
    Object.values(definition)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(
    [
      "FetchJWTBundles",
      "FetchJWTSVID",
      "FetchWITBundles",
      "FetchWITSVID",
      "FetchX509Bundles",
      "FetchX509SVID",
      "ValidateJWTSVID",
    ].map((name) => `/SpiffeWorkloadAPI/${name}`),
  );
});

test("API-01 both profiles are served: all five methods answer", async () => {
  for (const method of STREAMS) {
    const stream = door.api.stream(method);
    await stream.at(0);
    stream.cancel();
  }
  const { svids } = await jwt({ audience: ["erp"] });
  const valid = await door.api.unary<{ spiffeId: string }>("ValidateJWTSVID", {
    audience: "erp",
    svid: svids[0]?.svid,
  });
  expect(valid.spiffeId).toBe(FIRST);
});

test("API-06 API-07 each message is the whole state, sent when it changes and only then", async () => {
  const { server, entries } = door;
  const stream = door.api.stream("FetchX509SVID");
  const before = await stream.at<X509Message>(0);
  const { entry } = await server.admin
    .call("EntryService", "GetEntry", { id: entries.second })
    .then((each) => ({ entry: each }));
  await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...entry, dnsNames: ["second.example.org"] },
  });
  const after = await stream.at<X509Message>(1);
  expect(after.svids.map(({ spiffeId }) => spiffeId)).toEqual([FIRST, SECOND]);
  expect(after.svids.every(({ bundle }) => bundle.length > 0)).toBe(true);
  expect(after.svids[0]?.x509Svid).toEqual(before.svids[0]?.x509Svid);
  expect(after.svids[1]?.x509Svid).not.toEqual(before.svids[1]?.x509Svid);
  // A bundle stream has nothing to say about it.
  const bundles = door.api.stream("FetchX509Bundles");
  await bundles.at(0);
  stream.cancel();
  bundles.cancel();
  expect(bundles.messages).toHaveLength(1);
});

test("API-08 the first message comes at once, on every stream", async () => {
  for (const method of STREAMS) {
    const stream = door.api.stream(method);
    await stream.at(0);
    stream.cancel();
  }
});

test("API-12 API-50 a mandatory field at its default is INVALID_ARGUMENT", async () => {
  const invalid = withCode(status.INVALID_ARGUMENT);
  await expect(jwt({ audience: [] })).rejects.toEqual(invalid);
  await expect(jwt({ audience: [""] })).rejects.toEqual(invalid);
  for (const request of [
    { audience: "erp", svid: "" },
    { audience: "", svid: "x" },
  ]) {
    await expect(door.api.unary("ValidateJWTSVID", request)).rejects.toEqual(invalid);
  }
});

test("API-21 API-22 one SVID for each identity, each with its mandatory fields", async () => {
  const { svids } = await x509();
  expect(svids.map(({ spiffeId }) => spiffeId)).toEqual([FIRST, SECOND]);
  for (const { x509Svid, x509SvidKey, bundle } of svids) {
    expect([x509Svid, x509SvidKey, bundle].every((each) => each.length > 0)).toBe(true);
  }
});

test("API-23 x509_svid is DER, leaf first, then what leads to the bundle", async () => {
  for (const { x509Svid, spiffeId } of (await x509()).svids) {
    const [leaf, ...rest] = splitCertificates(x509Svid).map((der) => new X509Certificate(der));
    expect(leaf?.subjectAltName).toContain(`URI:${spiffeId}`);
    expect(leaf?.ca).toBe(false);
    expect(rest.every(({ ca }) => ca)).toBe(true);
  }
});

test("API-24 x509_svid_key is the leaf's key in PKCS#8, not encrypted", async () => {
  for (const { x509Svid, x509SvidKey } of (await x509()).svids) {
    const key = createPrivateKey({ key: x509SvidKey, format: "der", type: "pkcs8" });
    const [leaf] = splitCertificates(x509Svid);
    expect(new X509Certificate(leaf ?? "").publicKey.equals(createPublicKey(key))).toBe(true);
  }
});

test("API-25 API-31 bundles are concatenated DER under the trust domain's SPIFFE ID, the own one there", async () => {
  const stream = door.api.stream("FetchX509Bundles");
  const { bundles } = await stream.at<Bundles>(0);
  stream.cancel();
  expect(Object.keys(bundles)).toEqual(["spiffe://example.org"]);
  const authorities = splitCertificates(bundles["spiffe://example.org"] ?? Buffer.alloc(0));
  const { svids } = await x509();
  const [leaf] = splitCertificates(svids[0]?.x509Svid ?? Buffer.alloc(0));
  const certificate = new X509Certificate(leaf ?? "");
  expect(
    authorities
      .map((der) => new X509Certificate(der))
      .some((ca) => certificate.verify(ca.publicKey)),
  ).toBe(true);
});

test("API-27 API-43 hints are there, and of equal ones the first keeps it", async () => {
  expect((await x509()).svids.map(({ hint }) => hint)).toEqual(["main", "other"]);
  const tokens = await jwt({ audience: ["erp"] });
  expect(tokens.svids.map(({ hint }) => hint)).toEqual(["main", "other"]);
  const { server, entries } = door;
  const entry = await server.admin.call("EntryService", "GetEntry", { id: entries.second });
  const answer = await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...entry, hint: "main" },
  });
  const same = (each: { hint: string }[]) => each.map(({ hint }) => hint);
  await expect.poll(async () => same((await x509()).svids)).toEqual(["main", ""]);
  await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...(answer.entry as object), hint: "other" },
  });
  await expect.poll(async () => same((await x509()).svids)).toEqual(["main", "other"]);
});

test("API-41 API-42 one token for each identity, or for the one that is named", async () => {
  const all = await jwt({ audience: ["erp", "hr"] });
  expect(all.svids.map(({ spiffeId }) => spiffeId)).toEqual([FIRST, SECOND]);
  expect(all.svids.map(({ svid }) => claimsOf(svid).aud)).toEqual([
    ["erp", "hr"],
    ["erp", "hr"],
  ]);
  const one = await jwt({ audience: ["erp"], spiffeId: SECOND });
  expect(one.svids.map(({ spiffeId, svid }) => [spiffeId, claimsOf(svid).sub])).toEqual([
    [SECOND, SECOND],
  ]);
  await expect(jwt({ audience: ["erp"], spiffeId: "example" })).rejects.toEqual(
    withCode(status.INVALID_ARGUMENT),
  );
});

test("API-44 an identity that the caller does not have, and an audience that it may not, are PERMISSION_DENIED", async () => {
  const denied = withCode(status.PERMISSION_DENIED);
  await expect(
    jwt({ audience: ["erp"], spiffeId: "spiffe://example.org/bot/default/other" }),
  ).rejects.toEqual(denied);
  await expect(jwt({ audience: ["unknown"] })).rejects.toEqual(denied);
});

test("API-45 API-46 JWT bundles are JWK sets of JWT keys only, the own trust domain there", async () => {
  const stream = door.api.stream("FetchJWTBundles");
  const { bundles } = await stream.at<Bundles>(0);
  stream.cancel();
  expect(Object.keys(bundles)).toEqual(["spiffe://example.org"]);
  const { keys } = JSON.parse(bundles["spiffe://example.org"]?.toString() ?? "") as {
    keys: Record<string, unknown>[];
  };
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) {
    expect(key.kid).toEqual(expect.any(String));
    expect(key).not.toHaveProperty("x5c");
    expect([undefined, "jwt-svid"]).toContain(key.use);
    expect(key).not.toHaveProperty("d");
  }
});

test("API-48 ValidateJWTSVID refuses what a validator refuses", async () => {
  const { svids } = await jwt({ audience: ["erp"] });
  const token = svids[0]?.svid ?? "";
  const [head = "", body = "", signature = ""] = token.split(".");
  const changed = Buffer.from(JSON.stringify({ ...claimsOf(token), sub: SECOND })).toString(
    "base64url",
  );
  const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  const bad = [
    { audience: "hr", svid: token },
    { audience: "erp", svid: `${head}.${changed}.${signature}` },
    { audience: "erp", svid: `${none}.${body}.` },
    { audience: "erp", svid: `${head}.${body}` },
    { audience: "erp", svid: "not a token" },
  ];
  for (const request of bad) {
    await expect(door.api.unary("ValidateJWTSVID", request), request.svid).rejects.toEqual(
      withCode(status.INVALID_ARGUMENT),
    );
  }
});

test("API-49 ValidateJWTSVID tells the claims, sub, aud and exp among them", async () => {
  const { svids } = await jwt({ audience: ["erp"] });
  const answer = await door.api.unary<{
    spiffeId: string;
    claims: {
      fields: Record<
        string,
        { stringValue?: string; numberValue?: number; listValue?: { values: object[] } }
      >;
    };
  }>("ValidateJWTSVID", { audience: "erp", svid: svids[0]?.svid });
  expect(answer.spiffeId).toBe(FIRST);
  const { sub, aud, exp } = answer.claims.fields;
  expect(sub?.stringValue).toBe(FIRST);
  expect(aud?.listValue?.values).toEqual([expect.objectContaining({ stringValue: "erp" })]);
  expect(exp?.numberValue).toBe(claimsOf(svids[0]?.svid ?? "").exp);
});

test("API-60 the WIT methods are UNIMPLEMENTED", async () => {
  for (const method of WIT) {
    expect((await door.api.stream(method, HEADER).failure()).code).toBe(status.UNIMPLEMENTED);
  }
});

test("API-70 the default identity comes first, before and after a restart of the door", async () => {
  const ids = async () => (await x509()).svids.map(({ spiffeId }) => spiffeId);
  const before = await ids();
  const path = `${door.path}.again`;
  const again = await serveChildren(door.bot, { path });
  const api = rawApi(`unix:${path}`);
  const { svids } = await api.stream("FetchX509SVID").at<X509Message>(0);
  expect(svids.map(({ spiffeId }) => spiffeId)).toEqual(before);
  api.close();
  await again.close();
});

test("API-71 a hint has at most 1,024 bytes", async () => {
  const { server, entries } = door;
  const entry = await server.admin.call("EntryService", "GetEntry", { id: entries.second });
  await expect(
    server.admin.call("EntryService", "UpdateEntry", {
      entry: { ...entry, hint: "é".repeat(513) },
    }),
  ).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  const { entry: long } = await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...entry, hint: "é".repeat(512) },
  });
  await server.admin.call("EntryService", "UpdateEntry", {
    entry: { ...(long as object), hint: "other" },
  });
});

test("a retired bot's stream ends with PERMISSION_DENIED, and an entry that appears is answered at the next call", async () => {
  const server = await runningServer();
  await server.register("gone");
  const uid = { type: "unix", value: `uid:${process.getuid?.()}` };
  await server.admin.call("EntryService", "CreateEntry", {
    entry: { bot: "gone", selectors: [uid] },
  });
  const bot = await server.connect({ socketPath: server.botsSocket });
  const path = `${server.directory}/w.sock`;
  const own = await serveChildren(bot, { path });
  const api = rawApi(`unix:${path}`);
  const stream = api.stream("FetchX509SVID");
  await stream.at(0);
  await server.admin.call("BotService", "RetireBot", { name: "gone" });
  expect((await stream.failure()).code).toBe(status.PERMISSION_DENIED);
  await server.register("next");
  await server.admin.call("EntryService", "CreateEntry", {
    entry: { bot: "next", selectors: [uid] },
  });
  await expect
    .poll(async () => {
      const { svids } = await api.stream("FetchX509SVID").at<X509Message>(0);
      return svids.map(({ spiffeId }) => spiffeId);
    })
    .toEqual(["spiffe://example.org/bot/default/next"]);
  api.close();
  await own.close();
  await server.close();
});
