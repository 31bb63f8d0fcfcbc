import { executionAsyncResource } from "node:async_hooks";
import { constants, randomBytes } from "node:crypto";
import { type ConnectionOptions, connect, type PeerCertificate, TLSSocket } from "node:tls";
import { bundleToPem, tlsIdentity } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { X509Svid } from "../spiffe/index.ts";
import type { PeerIdentity } from "./identity.ts";
import { endWithIdentity, failWithIdentity } from "./lifetimes.ts";
import { boundRule } from "./passport.ts";
import { type Peer, type PeerRule, ruleOf, verifySocket } from "./verify.ts";

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
  const rule = boundRule(ruleOf(target.peer), identity, "service");
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
        endWithIdentity(socket, peer, own, identity);
        resolve({ socket, peer });
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/**
 * Options for `tls.connect` and what is built on it: they hold the SVID of the moment that they are read or copied at, so
 * that a client that keeps them proves itself with the current one at each connection. A connection is verified when it opens
 * (by OpenSSL against the own trust domain's bundle, and by our rules) and ends as one of `connectTls` does, with an error that says why. No session is
 * resumed: one that was kept elsewhere is of another context, and fails the handshake.
 */
export function clientTls(
  identity: PeerIdentity,
  options: { readonly peer: PeerRule },
): ConnectionOptions {
  const rule = boundRule(ruleOf(options.peer), identity, "service");
  const { trustDomain } = identity.svid().spiffeId;
  // Clients copy the options where nobody catches: without an SVID there is no certificate, and the check says why.
  const ours = (): { svid: X509Svid } | { error: Error } => {
    try {
      return { svid: identity.svid() };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  };
  const pems = (): Partial<ReturnType<typeof tlsIdentity>> => {
    const now = ours();
    return "svid" in now ? tlsIdentity(now.svid) : {};
  };
  const live = {
    get key(): string | undefined {
      return pems().key;
    },
    get cert(): string | undefined {
      return pems().cert;
    },
    get ca(): string[] {
      const bundle = identity.bundles.bundleFor(trustDomain);
      return bundle === undefined ? [] : [bundleToPem(bundle)];
    },
    get sessionIdContext(): string {
      return randomBytes(16).toString("hex");
    },
    /** Each copy knows the SVID that it was made with. */
    get checkServerIdentity(): NonNullable<ConnectionOptions["checkServerIdentity"]> {
      const own = ours();
      return (_host, certificate) => {
        if ("error" in own) return own.error;
        try {
          const socket = socketInHandshake(certificate);
          const peer = verifySocket(socket, identity, rule);
          failWithIdentity(socket, peer, own.svid, identity);
          return undefined;
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error));
        }
      };
    },
    minVersion: "TLSv1.2" as const,
    secureOptions: constants.SSL_OP_NO_TICKET,
    rejectUnauthorized: true,
    // Own properties, so that what an agent has kept does not take their places.
    session: undefined,
    maxCachedSessions: 0,
  };
  return live as ConnectionOptions;
}

/**
 * The socket whose handshake is just being checked: Node hands it to nobody, but runs the check on behalf of its handle.
 * @throws IssuerError INTERNAL when it is not the one with this certificate.
 */
function socketInHandshake(certificate: PeerCertificate): TLSSocket {
  const handle = executionAsyncResource();
  const key = Object.getOwnPropertySymbols(handle).find(
    ({ description }) => description === "owner_symbol",
  );
  const socket: unknown = key === undefined ? undefined : Reflect.get(handle, key);
  if (socket instanceof TLSSocket && socket.getPeerCertificate().raw?.equals(certificate.raw)) {
    return socket;
  }
  throw new IssuerError("INTERNAL", "the connection of a handshake is not known: use connectTls");
}
