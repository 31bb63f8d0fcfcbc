import { type AddressInfo, createServer as createPlainServer, type Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { peerChain, tlsIdentity } from "../../src/crypto/index.ts";
import { IssuerError } from "../../src/errors.ts";
import {
  createInjectedServer,
  loadAttachService,
  type TlsClientOptions,
  tlsClientCredentials,
} from "../../src/wire/index.ts";
import { type TestAuthority, testAuthority } from "../support/ca.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

let authority: TestAuthority;
beforeAll(async () => {
  authority = await testAuthority();
});

/** An issuer of which only GetBundle speaks; `bytes` counts what clients wrote after the handshake. */
async function issuer(options: TlsOptions = {}, http2 = true) {
  const seen = { bytes: 0, chains: [] as Buffer[][], resumed: [] as boolean[] };
  const { grpc, inject } = createInjectedServer();
  grpc.addService(loadAttachService().definition, {
    Attach: () => undefined,
    GetBundle: (_call: unknown, answer: (error: null, value: object) => void) =>
      answer(null, { trustDomain: "example.org" }),
  });
  const sockets = new Set<TLSSocket>();
  const tls = createServer(
    {
      ...tlsIdentity(await authority.issue({ path: "/botpass/server" })),
      requestCert: true,
      rejectUnauthorized: false,
      ...(http2 ? { ALPNProtocols: ["h2"] } : {}),
      ca: [],
      ...options,
    },
    (socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("data", (data: Buffer) => {
        seen.bytes += data.length;
      });
      seen.chains.push(peerChain(socket));
      seen.resumed.push(socket.isSessionReused());
      inject(socket, {});
    },
  );
  tls.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    tls.close();
    grpc.forceShutdown();
  });
  return { seen, port: (tls.address() as AddressInfo).port, sockets };
}

function getBundle(port: number, options: TlsClientOptions): Promise<string> {
  const { Client } = loadAttachService();
  const client = new Client(`127.0.0.1:${port}`, tlsClientCredentials(options), {
    "grpc.use_local_subchannel_pool": 1,
  });
  return new Promise<string>((resolve, reject) => {
    client.getBundle({}, (error: ServiceError | null, bundle) =>
      error === null ? resolve(bundle?.trustDomain ?? "") : reject(error),
    );
  }).finally(() => client.close());
}

describe("tlsClientCredentials", () => {
  test("hands the server's chain to verify, leaf first", async () => {
    const server = await issuer();
    let chain: readonly Buffer[] = [];
    const verify = (presented: readonly Buffer[]): void => {
      chain = presented;
    };
    expect(await getBundle(server.port, { verify })).toBe("example.org");
    expect(chain).toHaveLength(1);
    expect(server.seen.chains).toEqual([[]]);
  });

  test("writes no byte of gRPC to a server that verify refuses", async () => {
    const server = await issuer();
    const verify = (): void => {
      throw new IssuerError("SERVER_NOT_TRUSTED", "not that one");
    };
    await expect(getBundle(server.port, { verify })).rejects.toThrow(/not that one/);
    expect(server.seen.bytes).toBe(0);
  });

  test("asks for the client's SVID at each connection, and presents it", async () => {
    const server = await issuer();
    const svids = [await authority.issue(), await authority.issue()];
    let asked = 0;
    for (const expected of svids) {
      const svid = (): (typeof svids)[number] | undefined => svids[asked++];
      await getBundle(server.port, { verify: () => undefined, svid });
      expect(server.seen.chains.at(-1)).toEqual(expected.certChainDer);
    }
    expect(asked).toBe(2);
  });

  test("an SVID that cannot be had fails the call", async () => {
    const server = await issuer();
    const svid = (): never => {
      throw new IssuerError("SVID_EXPIRED", "it is over");
    };
    await expect(getBundle(server.port, { verify: () => undefined, svid })).rejects.toThrow(
      /it is over/,
    );
  });

  test("verifies each connection anew: no session is resumed", async () => {
    const server = await issuer();
    let verified = 0;
    const verify = (): void => {
      verified += 1;
    };
    for (let round = 0; round < 3; round += 1) await getBundle(server.port, { verify });
    expect(verified).toBe(3);
    expect(server.seen.resumed).toEqual([false, false, false]);
  });

  test("refuses TLS 1.2", async () => {
    const server = await issuer({ maxVersion: "TLSv1.2", minVersion: "TLSv1.2" });
    await expect(getBundle(server.port, { verify: () => undefined })).rejects.toThrow();
    expect(server.seen.bytes).toBe(0);
  });

  test("refuses a server that does not agree on HTTP/2", async () => {
    const server = await issuer({}, false);
    await expect(getBundle(server.port, { verify: () => undefined })).rejects.toThrow();
    expect(server.seen.bytes).toBe(0);
  });

  test("gives up a server that closes in the handshake", async () => {
    const plain = createPlainServer((socket: Socket) => socket.destroy());
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    closers.push(() => plain.close());
    const { port } = plain.address() as AddressInfo;
    await expect(getBundle(port, { verify: () => undefined })).rejects.toMatchObject({ code: 14 });
  });

  test("is itself and nothing else", () => {
    const one = tlsClientCredentials({ verify: () => undefined });
    const other = tlsClientCredentials({ verify: () => undefined });
    expect(one._equals(one)).toBe(true);
    expect(one._equals(other)).toBe(false);
    expect(one._isSecure()).toBe(true);
    expect(one._equals(credentials.createInsecure())).toBe(false);
  });
});
