import type { Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { type CallCredentials, ChannelCredentials, credentials } from "@grpc/grpc-js";
import { peerChain, tlsIdentity } from "../crypto/index.ts";
import type { X509Svid } from "../spiffe/index.ts";

/** How a gRPC client proves itself and whom it accepts. */
export interface TlsClientOptions {
  /**
   * Throws unless the server's chain (leaf first) is acceptable; nothing is written before.
   * @param own the SVID that the connection was opened with.
   */
  readonly verify: (
    chainDer: readonly Buffer[],
    socket: TLSSocket,
    own: X509Svid | undefined,
  ) => void;
  /** The client's SVID, asked for at each connection; undefined: none. */
  readonly svid?: () => X509Svid | undefined;
}

/** What credentials are made of in one copy of grpc-js. */
type Grpc = Pick<typeof import("@grpc/grpc-js"), "ChannelCredentials" | "credentials">;

/**
 * Channel credentials that verify the server by our own rules and clock. No session is ever resumed, so the
 * check is made on each connection.
 * @param grpc the copy that they are for: one takes no other's.
 */
export function tlsClientCredentials(
  options: TlsClientOptions,
  grpc: Grpc = { ChannelCredentials, credentials },
): ChannelCredentials {
  return new (credentialsClass(grpc))(options);
}

type SecureConnector = ReturnType<ChannelCredentials["_createSecureConnector"]>;
type CredentialsClass = new (options: TlsClientOptions) => ChannelCredentials;

const classes = new Map<Grpc["ChannelCredentials"], CredentialsClass>();

function credentialsClass(grpc: Grpc): CredentialsClass {
  const known = classes.get(grpc.ChannelCredentials);
  if (known !== undefined) return known;

  class TlsClientCredentials extends grpc.ChannelCredentials {
    readonly #options: TlsClientOptions;

    constructor(options: TlsClientOptions) {
      super();
      this.#options = options;
    }

    override _isSecure(): boolean {
      return true;
    }

    override _equals(other: ChannelCredentials): boolean {
      return this === other;
    }

    override _createSecureConnector(
      _target: unknown,
      _options: unknown,
      callCredentials?: CallCredentials,
    ): SecureConnector {
      const options = this.#options;
      return {
        connect: async (socket: Socket) => ({
          socket: await connectVerified(socket, options),
          secure: true,
        }),
        waitForReady: () => Promise.resolve(),
        getCallCredentials: () => callCredentials ?? grpc.credentials.createEmpty(),
        destroy: () => undefined,
      };
    }
  }
  classes.set(grpc.ChannelCredentials, TlsClientCredentials);
  return TlsClientCredentials;
}

/** A server that accepts the connection and then says nothing must not hold a bot up. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

function connectVerified(socket: Socket, options: TlsClientOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const svid = options.svid?.();
    const tlsSocket = connect({
      socket,
      ALPNProtocols: ["h2"],
      minVersion: "TLSv1.3",
      // The chain is verified below, by our own rules; Node's check would ask for a host name.
      rejectUnauthorized: false,
      ca: [],
      ...(svid === undefined ? {} : tlsIdentity(svid)),
    });
    const refuse = (error: unknown): void => {
      clearTimeout(timer);
      tlsSocket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => refuse(new Error("the server did not finish the handshake in time")),
      HANDSHAKE_TIMEOUT_MS,
    ).unref();
    tlsSocket.once("error", refuse);
    tlsSocket.once("close", () => refuse(new Error("the connection was closed in the handshake")));
    tlsSocket.once("secureConnect", () => {
      clearTimeout(timer);
      try {
        options.verify(peerChain(tlsSocket), tlsSocket, svid);
      } catch (error) {
        return refuse(error);
      }
      if (tlsSocket.alpnProtocol === "h2") resolve(tlsSocket);
      else refuse(new Error("the server does not speak HTTP/2"));
    });
  });
}
