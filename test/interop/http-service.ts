// The Node side of mTLS: a service that notes the certificates it is shown, and requests on connections of their own.
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo, Server } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { tlsIdentity } from "../../src/crypto/index.ts";
import type { Bot, PeerRule, X509Svid } from "../../src/index.ts";

/** Listens on a free port of 127.0.0.1 and returns it. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** An HTTPS service of a bot that answers `hello\n` to one caller, and notes the serials it is shown. */
export async function mtlsService(bot: Pick<Bot, "serverTls">, authorize: PeerRule) {
  const serials = new Set<string>();
  const server = https.createServer(bot.serverTls({ authorize }), (request, response) => {
    serials.add((request.socket as TLSSocket).getPeerCertificate().serialNumber);
    response.end("hello\n");
  });
  return { serials, port: await listen(server), close: () => close(server) };
}

/** A plain HTTP service that answers `hello of app\n`. */
export async function plainService() {
  const server = http.createServer((_request, response) => response.end("hello of app\n"));
  return { port: await listen(server), close: () => close(server) };
}

function close(server: http.Server | https.Server): void {
  server.close();
  server.closeAllConnections();
}

/** GET / on a connection of its own. Rejects when the answer is another one than expected. */
export async function get(port: number, expected: string, socket?: TLSSocket): Promise<void> {
  const request = http.get({
    host: "127.0.0.1",
    port,
    timeout: 5_000,
    headers: { connection: "close" },
    ...(socket === undefined ? { agent: false } : { createConnection: () => socket }),
  });
  request.on("timeout", () => request.destroy(new Error("no answer in 5 s")));
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  let text = "";
  for await (const chunk of response) text += chunk;
  if (text !== expected) throw new Error(`${response.statusCode}: ${text}`);
}

/** GET / on a new connection with an SVID that its owner may have given up. Rejects when the connection is refused, or the answer is another one. */
export async function getBySvid(port: number, svid: X509Svid, expected: string): Promise<void> {
  const socket = connect({
    host: "127.0.0.1",
    port,
    ...tlsIdentity(svid),
    rejectUnauthorized: false,
  });
  await once(socket, "secureConnect");
  await get(port, expected, socket);
}

/** GET / over mTLS; returns the serial of the certificate that it was shown. */
export async function getByMtls(
  bot: Pick<Bot, "connectTls">,
  port: number,
  peer: string,
  expected: string,
): Promise<string> {
  const socket = await bot.connectTls({ host: "127.0.0.1", port, peer });
  const { serialNumber } = socket.getPeerCertificate();
  await get(port, expected, socket);
  return serialNumber;
}

/** Rejects unless a caller without a certificate gets the answer. */
export async function getWithoutCertificate(port: number, expected: string): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  await get(port, expected, socket);
}
