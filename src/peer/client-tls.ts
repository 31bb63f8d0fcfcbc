import { constants } from "node:crypto";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { bundleToPem, peerChain, tlsIdentity } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { PeerIdentity } from "./identity.ts";
import { endWithIdentity } from "./lifetimes.ts";
import { type Peer, type PeerRule, ruleOf, verifyPeer, verifySocket } from "./verify.ts";

/** Where to connect, and whom to accept there. */
export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  /** Required: a SPIFFE ID or a matcher. */
  readonly peer: PeerRule;
  readonly alpnProtocols?: readonly string[];
  /** Sent as SNI. Default: the host when it is a name. */
  readonly servername?: string;
  /** For the handshake, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Connects and verifies the other side before anything is sent. The connection ends with the SVIDs that it was
 * opened with, and when the peer is denied.
 * @throws IssuerError PEER_NOT_TRUSTED, PEER_NOT_AUTHORIZED, DENIED, SVID_EXPIRED; network errors as Node has them.
 */
export async function connectTls(
  identity: PeerIdentity,
  target: ConnectTarget,
): Promise<TLSSocket> {
  return (await openVerified(identity, target)).socket;
}

/** As `connectTls`, with the peer. */
export function openVerified(
  identity: PeerIdentity,
  target: ConnectTarget,
): Promise<{ readonly socket: TLSSocket; readonly peer: Peer }> {
  const rule = ruleOf(target.peer);
  const own = identity.svid();
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: target.host,
      port: target.port,
      ...tlsIdentity(own),
      minVersion: "TLSv1.2",
      // Verified below, on each connection: no session is ever resumed.
      rejectUnauthorized: false,
      ca: [],
      secureOptions: constants.SSL_OP_NO_TICKET,
      ...(target.alpnProtocols && { ALPNProtocols: [...target.alpnProtocols] }),
      ...(target.servername === undefined ? {} : { servername: target.servername }),
    });
    const fail = (error: Error): void => {
      timer.cancel();
      socket.destroy();
      reject(error);
    };
    const timer = identity.clock.schedule(target.timeoutMs ?? HANDSHAKE_TIMEOUT_MS, () =>
      fail(new IssuerError("DEADLINE_EXCEEDED", `no handshake with ${target.host} in time`)),
    );
    socket.once("error", fail);
    socket.once("close", () => fail(new Error("the connection was closed in the handshake")));
    socket.once("secureConnect", () => {
      try {
        const peer = verifySocket(socket, identity, rule);
        timer.cancel();
        socket.removeAllListeners("error");
        socket.on("error", () => socket.destroy());
        endWithIdentity(socket, peer, own.notAfter, identity);
        resolve({ socket, peer });
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/**
 * Options for `tls.connect` and what is built on it, for the current SVID: ask anew for each connection. They
 * verify when the connection opens (by OpenSSL against the own trust domain's bundle, and by our rules); unlike
 * `connectTls` they cannot end the connection later.
 */
export function clientTls(
  identity: PeerIdentity,
  options: { readonly peer: PeerRule },
): ConnectionOptions {
  const rule = ruleOf(options.peer);
  const own = identity.svid();
  const bundle = identity.bundles.bundleFor(own.spiffeId.trustDomain);
  return {
    ...tlsIdentity(own),
    ca: bundle === undefined ? [] : [bundleToPem(bundle)],
    minVersion: "TLSv1.2",
    secureOptions: constants.SSL_OP_NO_TICKET,
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => {
      try {
        const asSocket = { getPeerCertificate: () => certificate } as unknown as TLSSocket;
        verifyPeer(peerChain(asSocket), identity, rule);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    },
  };
}
