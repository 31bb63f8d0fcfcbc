import type { ClientHttp2Session } from "node:http2";
import type { Agent as HttpsAgent } from "node:https";
import type { ConnectionOptions, TLSSocket, TlsOptions } from "node:tls";
import type { ChannelCredentials } from "@grpc/grpc-js";
import type { Dispatcher } from "undici";
import { Agent, type ConnectOptions } from "./agent/index.ts";
import {
  type ConnectTarget,
  clientTls,
  connectHttp2,
  connectTls,
  createDispatcher,
  createFetch,
  createGrpcServer,
  grpcCredentials,
  type Http2Options,
  httpsAgent,
  type PeerFetch,
  type PeerFetchInit,
  type PeerGrpcServer,
  type PeerIdentity,
  type PeerRule,
  type ServerTlsOptions,
  serverTls,
  type VerifyJwtOptions,
  verifyJwt,
} from "./peer/index.ts";
import type { JwtSvid } from "./spiffe/index.ts";

/** A bot or a service with its identity: what it holds, and what it can do with it. */
export class Bot extends Agent {
  readonly #peer: PeerIdentity;
  readonly #dispatchers = new Set<Dispatcher>();
  #fetch: PeerFetch | undefined;

  constructor(options: ConnectOptions) {
    super(options);
    this.#peer = {
      svid: () => this.x509Svid(),
      bundles: this,
      denied: this,
      clock: this.clock,
      jwt: this,
      onChange: (listener) => {
        this.on("rotated", listener);
        this.on("bundle", listener);
        return () => {
          this.off("rotated", listener);
          this.off("bundle", listener);
        };
      },
    };
    // A listener for each server and pool.
    this.setMaxListeners(0);
  }

  /** This identity for the functions of peer/. */
  get peerIdentity(): PeerIdentity {
    return this.#peer;
  }

  /** `fetch` over mTLS: `bot.fetch(url, { peer: "spiffe://…" })`. */
  fetch(url: string | URL, init: PeerFetchInit): ReturnType<PeerFetch> {
    this.#fetch ??= createFetch(this.#peer);
    return this.#fetch(url, init);
  }

  /** Options for `https.createServer` and its kin. See peer/server-tls.ts. */
  serverTls(options: ServerTlsOptions): TlsOptions {
    return serverTls(this.#peer, options);
  }

  /** Options for `tls.connect`, for the current SVID. */
  clientTls(options: { readonly peer: PeerRule }): ConnectionOptions {
    return clientTls(this.#peer, options);
  }

  /** A verified TLS connection, which ends with the SVIDs that it was opened with. */
  connectTls(target: ConnectTarget): Promise<TLSSocket> {
    return connectTls(this.#peer, target);
  }

  /** A verified HTTP/2 session, which ends with the SVIDs that it was opened with. */
  http2Connect(url: string | URL, options: Http2Options): Promise<ClientHttp2Session> {
    return connectHttp2(this.#peer, url, options);
  }

  /** A dispatcher for one's own undici, for one peer; closed with the bot. */
  async dispatcher(options: { readonly peer: PeerRule }): Promise<Dispatcher> {
    const dispatcher = await createDispatcher(this.#peer, options);
    this.#dispatchers.add(dispatcher);
    return dispatcher;
  }

  /** An agent for `https.request`. */
  httpsAgent(options: { readonly peer: PeerRule }): HttpsAgent {
    return httpsAgent(this.#peer, options);
  }

  /** Channel credentials for grpc-js. */
  grpcCredentials(options: { readonly peer: PeerRule }): ChannelCredentials {
    return grpcCredentials(this.#peer, options);
  }

  /** A grpc-js server. */
  grpcServer(options: ServerTlsOptions): PeerGrpcServer {
    return createGrpcServer(this.#peer, options);
  }

  /** Verifies a caller's JWT-SVID. Throws SVID_INVALID, DENIED. */
  verifyJwt(token: string, options: VerifyJwtOptions): JwtSvid {
    return verifyJwt(this.#peer, token, options);
  }

  override async close(): Promise<void> {
    await this.#fetch?.close();
    for (const dispatcher of this.#dispatchers) await dispatcher.close();
    await super.close();
  }
}

/**
 * Connects to the issuer and waits for the first identity. The way in comes from the options, else from BOTPASS_TOKEN
 * (removed from the environment once read) or BOTPASS_TOKEN_FILE, else from a state directory with a valid identity, else
 * from the local socket.
 * @throws IssuerError NO_WAY_IN with all that was tried; TOKEN_INVALID, NO_IDENTITY, BOT_RETIRED … from the one way
 * that was asked for; CONFIG_INVALID.
 */
export async function connect(options: ConnectOptions = {}): Promise<Bot> {
  const bot = new Bot(options);
  await bot.open();
  return bot;
}
