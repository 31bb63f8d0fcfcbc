// Whatever comes off the wire has a limit and a clear refusal, and the server goes on serving.
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { connect as connectSocket } from "node:net";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dialPinned } from "../../src/agent/dial.ts";
import { attest, tokenEvidence } from "../../src/agent/evidence.ts";
import { AttachLink } from "../../src/agent/link.ts";
import { bitString, contextTag, der, integer, oid, sequence } from "../../src/crypto/der.ts";
import { buildCsr, generateKey } from "../../src/crypto/index.ts";
import { OID } from "../../src/crypto/oids.ts";
import {
  type AttachRequest,
  type AttachResponse__Output,
  loadAttachService,
  parseTokenString,
} from "../../src/wire/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

let clock: DrivenClock;
let server: TestServer;
const links: AttachLink[] = [];
beforeEach(async () => {
  clock = new DrivenClock();
  server = await runningServer({ clock });
});
afterEach(async () => {
  for (const link of links.splice(0)) link.close(false);
  await server.close();
});

async function openLink(): Promise<AttachLink> {
  await server.register(`p${links.length}`);
  const token = parseTokenString((await server.token(`p${links.length}`)).value);
  const { channel } = await dialPinned(server.address, token, clock);
  const link = new AttachLink(channel, clock);
  links.push(link);
  return link;
}

async function attested(more: object = {}) {
  const name = `b${links.length}`;
  await server.register(name, more);
  const token = parseTokenString((await server.token(name)).value);
  const { channel } = await dialPinned(server.address, token, clock);
  const link = new AttachLink(channel, clock);
  links.push(link);
  const answer = await attest(
    link,
    tokenEvidence(token, await generateKey("ec-p256")),
    randomBytes,
  );
  const instanceId = answer.identities[0]?.instanceId ?? "";
  return { link, instanceId };
}

const codeOf = (code: string) => expect.objectContaining({ code });

/** Issues one item and gives the code of its refusal. */
async function refusalOf(link: AttachLink, item: object): Promise<string | undefined> {
  const { issued } = await link.request({ issue: { items: [item] } });
  return issued?.results[0]?.error?.code;
}

const spkiOf = (pair: { publicKey: { export(o: { format: "der"; type: "spki" }): Buffer } }) =>
  pair.publicKey.export({ format: "der", type: "spki" });
const csrOf = (spki: Buffer, key: Parameters<typeof sign>[2]): Buffer => {
  const info = sequence(integer(Buffer.from([0])), sequence(), spki, der(contextTag(0, true)));
  return sequence(info, sequence(oid(OID.ecdsaSha256)), bitString(sign("sha256", info, key)));
};

test("CSRs that are none, too large, badly signed, or of a weak key", async () => {
  const { link, instanceId } = await attested();
  const good = buildCsr(await generateKey("ec-p256"));
  const badSignature = Buffer.from(good);
  badSignature[badSignature.length - 1] = (badSignature.at(-1) ?? 0) ^ 1;
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const odd = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
  const edwards = generateKeyPairSync("ed25519");
  const compressed = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const cases: [Buffer, string][] = [
    [Buffer.alloc(0), "CSR_INVALID"],
    [Buffer.from("not a CSR"), "CSR_INVALID"],
    [randomBytes(8193), "CSR_INVALID"],
    [good.subarray(0, -1), "CSR_INVALID"],
    [Buffer.concat([good, Buffer.from([0])]), "CSR_INVALID"],
    [badSignature, "CSR_INVALID"],
    [csrOf(spkiOf(weak), weak.privateKey), "KEY_NOT_ALLOWED"],
    [csrOf(spkiOf(odd), odd.privateKey), "KEY_NOT_ALLOWED"],
    [csrOf(spkiOf(edwards), compressed.privateKey), "KEY_NOT_ALLOWED"],
  ];
  for (const [csr, code] of cases) {
    expect(
      await refusalOf(link, { instanceId, x509: { csr } }),
      csr.subarray(0, 20).toString("hex"),
    ).toBe(code);
  }
  expect(await refusalOf(link, { instanceId, x509: { csr: good } })).toBeUndefined();
  // None of the refused left a trace of an issuance.
  expect(await server.audit({ type: "svid.issued" })).toHaveLength(1);
});

test("audiences: none, too many, twice, one that the entry does not name", async () => {
  const { link, instanceId } = await attested({ entry: { audiences: ["a", "b"], selectors: [] } });
  const ask = (audience: string[]) => refusalOf(link, { instanceId, jwt: { audience } });
  expect(await ask(["a"])).toBeUndefined();
  expect(await ask(["a", "b"])).toBeUndefined();
  expect(await ask([])).toBe("REQUEST_INVALID");
  expect(await ask(["a", "a"])).toBe("REQUEST_INVALID");
  expect(await ask(Array.from({ length: 17 }, (_, i) => `x${i}`))).toBe("REQUEST_INVALID");
  expect(await ask(["c"])).toBe("AUDIENCE_NOT_ALLOWED");
  expect(await ask(["A"])).toBe("AUDIENCE_NOT_ALLOWED");
});

test("an entry without audiences gives no JWT-SVID", async () => {
  const { link, instanceId } = await attested();
  expect(await refusalOf(link, { instanceId, jwt: { audience: ["a"] } })).toBe(
    "AUDIENCE_NOT_ALLOWED",
  );
});

test("items: none, too many, of nobody, of another's instance, asking for nothing", async () => {
  const { link, instanceId } = await attested();
  const other = await attested();
  const csr = buildCsr(await generateKey("ec-p256"));
  await expect(link.request({ issue: { items: [] } })).rejects.toEqual(codeOf("REQUEST_INVALID"));
  const many = Array.from({ length: 101 }, () => ({ instanceId, x509: { csr } }));
  await expect(link.request({ issue: { items: many } })).rejects.toEqual(codeOf("REQUEST_INVALID"));
  expect(await refusalOf(link, { instanceId: "nobody", x509: { csr } })).toBe("NO_IDENTITY");
  expect(await refusalOf(link, { instanceId: other.instanceId, x509: { csr } })).toBe(
    "NO_IDENTITY",
  );
  expect(await refusalOf(link, { instanceId })).toBe("REQUEST_INVALID");
  expect(await refusalOf(link, { instanceId, x509: { csr } })).toBeUndefined();
});

test("messages out of place end a stream that is not attested", async () => {
  const csr = Buffer.from("x");
  const cases: [Omit<AttachRequest, "id">, string][] = [
    [{ issue: { items: [{ instanceId: "a", x509: { csr } }] } }, "REQUEST_INVALID"],
    [{ denySubscribe: { afterSequence: 0 } }, "REQUEST_INVALID"],
    [{ challengeResponse: { signature: csr } }, "REQUEST_INVALID"],
    [{}, "REQUEST_INVALID"],
    [{ hello: { protocolVersion: 2, clientNonce: randomBytes(32), svid: {} } }, "UNIMPLEMENTED"],
    [{ hello: { protocolVersion: 1, clientNonce: randomBytes(31), svid: {} } }, "REQUEST_INVALID"],
    [{ hello: { protocolVersion: 1, clientNonce: randomBytes(32) } }, "UNIMPLEMENTED"],
    [{ hello: { protocolVersion: 1, clientNonce: randomBytes(32), x509pop: {} } }, "UNIMPLEMENTED"],
    [
      { hello: { protocolVersion: 1, clientNonce: randomBytes(32), svid: {} } },
      "CLIENT_CERTIFICATE_REQUIRED",
    ],
    [
      { hello: { protocolVersion: 1, clientNonce: randomBytes(32), unix: {} } },
      "ATTESTATION_REFUSED",
    ],
  ];
  for (const [body, code] of cases) {
    const link = await openLink();
    await expect(link.request(body), JSON.stringify(body)).rejects.toEqual(codeOf(code));
    await vi.waitFor(() => expect(link.isOpen).toBe(false));
  }
});

test("a second hello is refused, and the stream stays", async () => {
  const { link, instanceId } = await attested();
  const hello = { protocolVersion: 1, clientNonce: randomBytes(32), unix: {} };
  await expect(link.request({ hello })).rejects.toEqual(codeOf("REQUEST_INVALID"));
  const csr = buildCsr(await generateKey("ec-p256"));
  expect(await refusalOf(link, { instanceId, x509: { csr } })).toBeUndefined();
});

test("half a challenge, and one that is answered with another key", async () => {
  await server.register("a");
  const token = parseTokenString((await server.token("a")).value);
  const right = await generateKey("ec-p256");
  const evidence = tokenEvidence(token, right);
  const nothing = { ...evidence, answer: () => ({}) };
  const noSecret = {
    ...evidence,
    answer: (nonces: { clientNonce: Buffer; serverNonce: Buffer }) => ({
      ...evidence.answer?.(nonces),
      tokenSecret: Buffer.alloc(0),
    }),
  };
  const otherKey = { ...tokenEvidence(token, await generateKey("ec-p256")), hello: evidence.hello };
  const replayed = {
    ...evidence,
    answer: ({ clientNonce }: { clientNonce: Buffer }) =>
      evidence.answer?.({ clientNonce, serverNonce: Buffer.alloc(32) }) ?? {},
  };
  for (const bad of [nothing, noSecret, otherKey, replayed]) {
    await expect(attest(await openLink(), bad, randomBytes)).rejects.toEqual(
      codeOf("TOKEN_INVALID"),
    );
  }
  const answer = await attest(await openLink(), evidence, randomBytes);
  expect(answer.identities).toHaveLength(1);
});

test("a stream that sends nothing is ended", async () => {
  const link = await openLink();
  let ended = false;
  link.listen({ onPush: () => undefined, onClose: () => (ended = true) });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await clock.advance(9_000);
  expect(ended).toBe(false);
  await clock.advance(2_000);
  await vi.waitFor(() => expect(ended).toBe(true));
});

test("a connection that never speaks is closed", async () => {
  const [host = "", port] = server.address.split(":");
  const socket = connectSocket(Number(port), host);
  await new Promise((resolve) => socket.once("connect", resolve));
  let closed = false;
  socket.once("close", () => {
    closed = true;
  });
  socket.write("this is no TLS at all, and never will be\r\n\r\n");
  await vi.waitFor(() => expect(closed).toBe(true));
});

test("a message above the limit is refused, and the server goes on", async () => {
  const { definition } = loadAttachService();
  const client = new Client(`unix:${server.botsSocket}`, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = definition.Attach;
  const call = client.makeBidiStreamRequest<AttachRequest, AttachResponse__Output>(
    path,
    requestSerialize as (value: AttachRequest) => Buffer,
    responseDeserialize,
  );
  const ended = new Promise<ServiceError>((resolve) => call.on("error", resolve));
  call.write({ id: 1, hello: { protocolVersion: 1, clientNonce: randomBytes(2 * 1024 * 1024) } });
  expect((await ended).code).toBe(status.RESOURCE_EXHAUSTED);
  client.close();
  expect((await attested()).instanceId).not.toBe("");
});

test("operators' fields: each error names field and value, and nothing is half-written", async () => {
  const register = (more: object) =>
    server.admin.call("BotService", "RegisterBot", {
      name: "ok",
      owner: "o",
      purpose: "p",
      ...more,
    });
  const cases: [object, string, RegExp][] = [
    [{ name: "" }, "REQUEST_INVALID", /name ""/],
    [{ name: "Not_ok" }, "REQUEST_INVALID", /name "Not_ok"/],
    [{ name: "a".repeat(64) }, "REQUEST_INVALID", /name "a+/],
    [{ owner: "" }, "REQUEST_INVALID", /owner/],
    [{ purpose: "a\u0000b" }, "REQUEST_INVALID", /purpose/],
    [{ kind: "robot" }, "REQUEST_INVALID", /kind "robot"/],
    [{ environment: "../x" }, "REQUEST_INVALID", /environment "..\/x"/],
    [{ path: "/botpass/server" }, "SPIFFE_ID_INVALID", /reserved/],
    [{ path: "/botpass" }, "SPIFFE_ID_INVALID", /reserved/],
    [{ path: "no-slash" }, "SPIFFE_ID_INVALID", /"no-slash"/],
    [{ endsAtMs: 1000 }, "REQUEST_INVALID", /1970/],
    [
      { entry: { selectors: [{ type: "unix", value: "path:/bin/sh" }] } },
      "SELECTOR_INVALID",
      /unix:uid/,
    ],
    [{ entry: { selectors: [{ type: "Unix", value: "uid:1" }] } }, "SELECTOR_INVALID", /Unix/],
    [{ entry: { selectors: [], dnsNames: ["*.a"] } }, "REQUEST_INVALID", /\*\.a/],
    [{ entry: { selectors: [], dnsNames: ["10.0.0.1"] } }, "REQUEST_INVALID", /10\.0\.0\.1/],
    [{ entry: { selectors: [], x509TtlSeconds: 86_401 } }, "REQUEST_INVALID", /86401/],
    [{ entry: { selectors: [], jwtTtlSeconds: 3_601 } }, "REQUEST_INVALID", /3601/],
  ];
  for (const [more, code, message] of cases) {
    const attempt = register(more);
    await expect(attempt, JSON.stringify(more)).rejects.toMatchObject({ code });
    await expect(attempt).rejects.toThrow(message);
  }
  const { bots } = await server.admin.call("BotService", "ListBots", {});
  expect(bots).toEqual([]);
  const selectors = Array.from({ length: 1001 }, (_, i) => ({ type: "unix", value: `uid:${i}` }));
  await expect(
    server.admin.call("EntryService", "ExplainEntries", { selectors }),
  ).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  await server.admin.call("EntryService", "ExplainEntries", { selectors: selectors.slice(1) });
});
