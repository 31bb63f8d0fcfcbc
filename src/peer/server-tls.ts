import { constants, randomBytes } from "node:crypto";
import diagnosticsChannel from "node:diagnostics_channel";
import type { ServerHttp2Session } from "node:http2";
import type { SecureContextOptions, Server, TLSSocket, TlsOptions } from "node:tls";
import { peerChain, tlsIdentity } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { X509Svid } from "../spiffe/index.ts";
import { leaveHttp, takeRequest } from "./http1.ts";
import { rememberSession } from "./http2-session.ts";
import type { PeerIdentity } from "./identity.ts";
import { endWithIdentity, lossOf } from "./lifetimes.ts";
import { operationOf } from "./operation.ts";
import type { UseCounter } from "./use-tally.ts";
import {
  type PeerRule,
  refusedCallerOf,
  rememberedPeer,
  rememberPeer,
  ruleOf,
  verifySocket,
} from "./verify.ts";

/** How a service meets its callers. */
export interface ServerTlsOptions {
  /** Required: whom to accept. */
  readonly authorize: PeerRule;
  /** False: callers without a certificate are let in, and `peerOf` knows nobody. Default true. */
  readonly requireClientCertificate?: boolean;
  /** Default TLSv1.3. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Told of each caller that is refused, and why. */
  readonly onRefused?: (error: IssuerError, remoteAddress: string) => void;
}

interface Binding {
  readonly identity: PeerIdentity;
  readonly options: ServerTlsOptions;
}

/** Servers that were made with our options, by their session id context. */
const bindings = new Map<string, WeakRef<Binding>>();
const adopted = new WeakSet<Server>();
let subscribed = false;

/**
 * Options for `https.createServer`, `tls.createServer`, `http2.createSecureServer`. They hold no key: the server is
 * given its SVID when it starts to listen, and each new one as it rotates; a server that is missed cannot make a
 * handshake. Callers are verified before any handler sees them.
 */
export function serverTls(identity: PeerIdentity, options: ServerTlsOptions): TlsOptions {
  ruleOf(options.authorize);
  const sessionIdContext = `botpass-${randomBytes(8).toString("hex")}`;
  const binding: Binding = { identity, options };
  bindings.set(sessionIdContext, new WeakRef(binding));
  subscribe();
  const tlsOptions: TlsOptions = { ...sharedOptions(options), sessionIdContext };
  // The options and their copies keep the binding alive, and a server that is adopted does from then on.
  Object.defineProperty(tlsOptions, BINDING, { value: binding, enumerable: true });
  return tlsOptions;
}

const BINDING = Symbol("botpass binding");

function sharedOptions(options: ServerTlsOptions): TlsOptions {
  return {
    requestCert: true,
    // Verified by us, at each connection; Node would ask its own clock and pool the roots.
    rejectUnauthorized: false,
    ca: [],
    minVersion: options.minVersion ?? "TLSv1.3",
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function subscribe(): void {
  if (subscribed) return;
  subscribed = true;
  diagnosticsChannel.subscribe("tracing:net.server.listen:asyncStart", (message) => {
    const server: unknown =
      typeof message === "object" && message && Reflect.get(message, "server");
    if (typeof server !== "object" || server === null) return;
    const context: unknown = Reflect.get(server, "sessionIdContext");
    const binding = typeof context === "string" ? bindings.get(context)?.deref() : undefined;
    if (binding !== undefined) secureServer(server as Server, binding.identity, binding.options);
  });
}

/**
 * Gives a TLS server its identity: SVID, rotation, verification of callers. For a server that was not made with
 * `serverTls`, make it with `requestCert: true, rejectUnauthorized: false`.
 */
export function secureServer(
  server: Server,
  identity: PeerIdentity,
  options: ServerTlsOptions,
): void {
  if (adopted.has(server)) return;
  adopted.add(server);
  let own: X509Svid | undefined;
  const sessionIdContext: unknown = Reflect.get(server, "sessionIdContext");
  const install = (): void => {
    own = identity.svid();
    const context: SecureContextOptions = {
      ...sharedOptions(options),
      ...tlsIdentity(own),
      ...(typeof sessionIdContext === "string" ? { sessionIdContext } : {}),
    };
    // Repeats every option: what is left out would go back to its default.
    server.setSecureContext(context);
  };
  install();
  const stop = identity.onChange(() => {
    try {
      install();
    } catch (error) {
      // Without an SVID the last one stays for the handshake, which is refused; the identity tells of it by itself.
      if (!(error instanceof IssuerError)) throw error;
    }
  });
  server.once("close", stop);
  guard(server, identity, (socket) => accept(socket, identity, options, own));
}

/** Lets a connection through to the server's own listeners only when it is accepted. */
function guard(
  server: Server,
  { uses }: PeerIdentity,
  accepts: (socket: TLSSocket) => boolean,
): void {
  const emit = server.emit.bind(server);
  server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event === "secureConnection" && !accepts(args[0] as TLSSocket)) return true;
    if (event === "session") nameSession(args[0] as ServerHttp2Session);
    if (REQUESTS.has(event) && !takeRequest(args[0], args[1], uses)) return true;
    if (event === "stream") countStream(args[0], args[1], uses);
    if (event === "upgrade" || event === "connect") {
      countUpgrade(args[0], args[1], uses);
      leaveHttp(args[1]);
    }
    return emit(event, ...args);
  };
}

const REQUESTS: ReadonlySet<string | symbol> = new Set([
  "request",
  "checkContinue",
  "checkExpectation",
]);

/** A request over HTTP/2: streams come also where nobody listens for requests. */
function countStream(stream: unknown, headers: unknown, uses: UseCounter | undefined): void {
  const session = isObject(stream) && Reflect.get(stream, "session");
  const peer = isObject(session) && rememberedPeer(session);
  if (!peer || !isObject(headers)) return;
  const method = Reflect.get(headers, ":method");
  uses?.request(peer, operationOf({ method, url: Reflect.get(headers, ":path") }));
}

/** A request after which the connection speaks something else. */
function countUpgrade(request: unknown, socket: unknown, uses: UseCounter | undefined): void {
  const peer = isObject(socket) && rememberedPeer(socket);
  if (peer && isObject(request)) uses?.request(peer, operationOf(request));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** HTTP/2 hides its socket behind a proxy; the peer is remembered for the session itself. */
function nameSession(session: ServerHttp2Session): void {
  const socket = rememberSession(session);
  const peer = socket === undefined ? undefined : rememberedPeer(socket);
  if (peer !== undefined) rememberPeer(session, peer);
}

/** False: the socket is destroyed. */
export function accept(
  socket: TLSSocket,
  identity: PeerIdentity,
  options: ServerTlsOptions,
  own: X509Svid | undefined,
): boolean {
  try {
    if (own === undefined || own.notAfter <= identity.clock.now()) {
      throw new IssuerError("SVID_EXPIRED", "the service's own SVID has expired");
    }
    const lost = lossOf(identity);
    if (lost !== undefined) {
      throw new IssuerError("NO_IDENTITY", `the service's own identity is no more: ${lost}`);
    }
    if (peerChain(socket).length === 0) {
      if (options.requireClientCertificate === false) {
        endWithIdentity(socket, undefined, own, identity);
        return true;
      }
      throw new IssuerError("CLIENT_CERTIFICATE_REQUIRED", "the caller has presented no SVID");
    }
    const peer = verifySocket(socket, identity, ruleOf(options.authorize));
    endWithIdentity(socket, peer, own, identity);
    identity.uses?.connection(peer, own.spiffeId);
    return true;
  } catch (error) {
    socket.on("error", () => undefined);
    const remoteAddress = socket.remoteAddress ?? "";
    socket.destroy();
    if (!(error instanceof IssuerError)) throw error;
    const caller = refusedCallerOf(error);
    if (caller && own) identity.uses?.refusal(caller, own.spiffeId, error.code);
    options.onRefused?.(error, remoteAddress);
    return false;
  }
}
