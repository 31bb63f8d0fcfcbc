import { constants } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Clock } from "../clock.ts";
import { peerChain, tlsIdentity, verifyX509Svid } from "../crypto/index.ts";
import { ConnectionSet, type Listener } from "../host/index.ts";
import type { Bundle } from "../spiffe/index.ts";
import { type BundleSource, bundleSet, type X509Svid } from "../spiffe/index.ts";
import type { ConnectionFacts } from "./rpc/facts.ts";
import type { BotpassServer } from "./rpc/servers.ts";

export interface TlsListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** A socket that listens already, in place of host and port. */
  readonly descriptor?: number;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly svid: X509Svid;
  readonly bundle: () => Bundle;
  readonly clock: Clock;
  readonly server: BotpassServer;
  /** Called with each connection, before any call on it. */
  readonly onConnection: (facts: ConnectionFacts) => void;
}

/** A TLS listener whose own SVID can be replaced while it runs. */
export interface TlsListener extends Listener {
  rotate(svid: X509Svid): void;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A connection without any call is closed after this time. */
const FIRST_CALL_TIMEOUT_MS = 15_000;
const MAX_CONNECTIONS = 50_000;

/** Listens for bots and services; a client certificate is asked for, and verified here when one comes. */
export async function listenTls(options: TlsListenerOptions): Promise<TlsListener> {
  const connections = new ConnectionSet();
  const contextOf = (svid: X509Svid) => ({
    ...tlsIdentity(svid),
    minVersion: options.minVersion,
    // No tickets: a resumed session would carry a client's certificate past its end.
    secureOptions: constants.SSL_OP_NO_TICKET,
    sessionIdContext: "botpass-server",
    // Empty on purpose: Node verifies nothing, and names no CAs to the client.
    ca: [],
  });
  const tls: Server = createServer({
    ...contextOf(options.svid),
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ["h2"],
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  tls.maxConnections = MAX_CONNECTIONS;
  tls.on("connection", (socket) => {
    connections.add(socket);
    socket.on("error", () => socket.destroy());
  });
  tls.on("tlsClientError", (_error, socket) => socket.destroy());
  tls.on("secureConnection", (socket) => accept(socket, options));
  await new Promise<void>((resolve, reject) => {
    tls.once("error", reject);
    const { host, port, descriptor } = options;
    const where = descriptor === undefined ? { host, port } : { fd: descriptor };
    tls.listen({ ...where, backlog: 4096 }, () => {
      tls.off("error", reject);
      resolve();
    });
  });
  const { address, family, port } = tls.address() as AddressInfo;
  return {
    address: family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`,
    rotate: (svid) => tls.setSecureContext(contextOf(svid)),
    stop: () => void tls.close(),
    closed: (graceMs) => connections.empty(graceMs),
  };
}

function accept(socket: TLSSocket, options: TlsListenerOptions): void {
  socket.on("error", () => socket.destroy());
  const timer = options.clock.schedule(FIRST_CALL_TIMEOUT_MS, () => socket.destroy());
  socket.once("close", () => timer.cancel());
  const facts: ConnectionFacts = {
    transport: "tls",
    remoteAddress: socket.remoteAddress ?? "",
    ...peerOf(socket, bundleSet(options.bundle()), options.clock.now()),
    onCall: () => timer.cancel(),
    onEnd: (listener) => onSocketEnd(socket, listener),
    close: () => socket.destroy(),
  };
  options.onConnection(facts);
  options.server.inject(socket, facts);
}

/** Calls back once the socket has ended; at once, when it has. */
export function onSocketEnd(socket: Socket, listener: () => void): void {
  if (socket.closed) listener();
  else socket.once("close", listener);
}

/** A bad certificate is as none: the caller may still prove itself otherwise. */
function peerOf(
  socket: TLSSocket,
  bundles: BundleSource,
  now: Date,
): Pick<ConnectionFacts, "peerSvid" | "peerRefusal"> {
  const chain = peerChain(socket);
  if (chain.length === 0) return {};
  try {
    return { peerSvid: verifyX509Svid(chain, bundles, now) };
  } catch (error) {
    return error instanceof Error ? { peerRefusal: error } : {};
  }
}
