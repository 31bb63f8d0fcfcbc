import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { type ChannelCredentials, type Server, type ServerOptions, status } from "@grpc/grpc-js";
import { IssuerError } from "../errors.ts";
import {
  createInjectedServer,
  type TlsClientOptions,
  tlsClientCredentials,
} from "../wire/index.ts";
import type { PeerIdentity } from "./identity.ts";
import { endGently, endWithIdentity } from "./lifetimes.ts";
import { type ServerTlsOptions, secureServer, serverTls } from "./server-tls.ts";
import {
  type Peer,
  type PeerRule,
  rememberedPeer,
  rememberPeer,
  ruleOf,
  verifyPeer,
} from "./verify.ts";

type Grpc = typeof import("@grpc/grpc-js");

const requireInstalled = createRequire(import.meta.url);

/**
 * The grpc-js that the bot has installed: the package holds another for its own use (scripts/build.ts), of which the bot's clients and
 * servers would take nothing.
 */
function installedGrpc(what: string): Grpc {
  try {
    return requireInstalled("@grpc/grpc-js") as Grpc;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw cause;
    const message = `${what} needs the package @grpc/grpc-js, which is not installed`;
    throw new IssuerError("CONFIG_INVALID", message, { cause });
  }
}

/**
 * Channel credentials for grpc-js that prove the identity and verify whom they reach, at each connection.
 * @throws IssuerError CONFIG_INVALID when @grpc/grpc-js is not installed.
 */
export function grpcCredentials(
  identity: PeerIdentity,
  options: { readonly peer: PeerRule },
): ChannelCredentials {
  const rule = ruleOf(options.peer);
  const verify: TlsClientOptions["verify"] = (chain, socket, own = identity.svid()) => {
    const peer = verifyPeer(chain, identity, rule);
    endWithIdentity(socket, peer, own, identity);
  };
  const grpc = installedGrpc("grpcCredentials");
  return tlsClientCredentials({ svid: () => identity.svid(), verify }, grpc);
}

/** A gRPC server whose callers are verified; `peerOf(call)` says who calls. */
export interface PeerGrpcServer {
  /** Add services to it; do not bind it. */
  readonly grpc: Server;
  /** @returns the port. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** Takes no more connections, lets calls end, then cuts. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Makes a grpc-js server with the identity's SVID.
 * @throws IssuerError CONFIG_INVALID when @grpc/grpc-js is not installed.
 */
export function createGrpcServer(
  identity: PeerIdentity,
  options: ServerTlsOptions & { readonly grpc?: ServerOptions },
): PeerGrpcServer {
  const grpc = installedGrpc("grpcServer");
  const injected = createInjectedServer<CallFacts>(options.grpc ?? {}, grpc, (path, facts) => {
    const peer = rememberedPeer(facts);
    if (peer !== undefined) identity.uses?.request(peer, path);
  });
  const open = new Set<TLSSocket>();
  const tls = createServer({ ...serverTls(identity, options), ALPNProtocols: ["h2"] }, (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    const facts: CallFacts = {};
    const peer: Peer | undefined = rememberedPeer(socket);
    if (peer !== undefined) rememberPeer(facts, peer);
    endGently(socket, {
      // GOAWAY is sent for every HTTP/2 session.
      drain: () => undefined,
      lastWord: ({ text }) => {
        for (const call of injected.openCalls(facts)) {
          call.sendStatus({ code: status.UNAUTHENTICATED, details: text, metadata: null });
        }
      },
    });
    injected.inject(socket, facts);
  });
  secureServer(tls, identity, options);
  return {
    grpc: injected.grpc,
    async listen({ host, port }) {
      await new Promise<void>((resolve, reject) => {
        tls.once("error", reject);
        tls.listen({ host, port }, resolve);
      });
      return (tls.address() as AddressInfo).port;
    },
    async close(graceMs = 5_000) {
      const closed = new Promise<void>((resolve) => tls.close(() => resolve()));
      injected.drain(graceMs);
      const timer = identity.clock.schedule(graceMs, () => {
        for (const socket of open) socket.destroy();
      });
      await closed;
      timer.cancel();
    },
  };
}

/** Stands for a connection in the calls that come over it. */
type CallFacts = Record<string, never>;
