import { randomBytes as systemRandomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import type { ClientHttp2Session } from "node:http2";
import type { Agent as HttpsAgent } from "node:https";
import type { ConnectionOptions, TLSSocket, TlsOptions } from "node:tls";
import type { ChannelCredentials } from "@grpc/grpc-js";
import type { Dispatcher } from "undici";
import {
  Agent,
  type AttachChannel,
  type BotEvents,
  type ConnectOptions,
  type DenialReason,
  type DeniedQuery,
  type DenySetState,
  IDENTITY_CHANGES,
  type IdentityView,
  type Line,
  namesWay,
  type PassportCalls,
} from "./agent/index.ts";
import type { Clock } from "./clock.ts";
import { errorCodeOf, IssuerError, messageOf } from "./errors.ts";
import {
  type ConnectTarget,
  clientTls,
  connectHttp2,
  connectTls,
  createDispatcher,
  createFetch,
  createGrpcServer,
  type GrpcCall,
  graceOf,
  grpcCredentials,
  type Http2Options,
  type HttpRequest,
  httpsAgent,
  type PeerFetch,
  type PeerFetchInit,
  type PeerGrpcServer,
  type PeerIdentity,
  type PeerRule,
  type ServerTlsOptions,
  serverTls,
  UseReporter,
  UseTally,
  usageIntervalOf,
  type VerifyJwtOptions,
  type VerifyRequestOptions,
  verifyCall,
  verifyJwt,
  verifyRequest,
} from "./peer/index.ts";
import type { Bundle, JwtSvid, SpiffeId, TrustDomain, X509Svid } from "./spiffe/index.ts";
import {
  draftStatement,
  formatStatement,
  statementHash,
  verifyStatement,
} from "./statement/index.ts";
import { ENDPOINT_VARIABLE } from "./workload-client/index.ts";
import { WorkloadLine } from "./workload-line/index.ts";

const EVENTS = [
  ...IDENTITY_CHANGES,
  "revoked",
  "stale",
  "fresh",
  "crls",
  "disconnected",
  "reconnected",
  "log_inconsistent",
  "clock_jumped",
] as const;

/** After these, what connections stand on is looked at again. */
const LOOKED_AGAIN = [...IDENTITY_CHANGES, "clock_jumped", "reconnected"] as const;

/** A bot or a service with its identity: what it holds, and what it can do with it. */
export class Bot extends EventEmitter<BotEvents> implements Line {
  readonly clock: Clock;
  readonly #line: Line;
  readonly #peer: PeerIdentity;
  readonly #dispatchers = new Set<Dispatcher>();
  readonly #reporter: UseReporter | undefined;
  #fetch: PeerFetch | undefined;

  /** @param line open already; closed with the bot. */
  constructor(
    line: Line,
    options: Pick<ConnectOptions, "cutGraceMs" | "usage" | "randomBytes"> = {},
  ) {
    super();
    this.#line = line;
    this.clock = line.clock;
    const { tally, reporter } = countingFor(line, options);
    this.#reporter = reporter;
    this.#peer = {
      ...(tally && { uses: tally }),
      svid: () => line.x509Svid(),
      bundles: line,
      denied: line,
      calls: line.calls,
      clock: line.clock,
      jwt: line,
      onChange: (listener) => {
        for (const name of LOOKED_AGAIN) this.on(name, listener);
        return () => {
          for (const name of LOOKED_AGAIN) this.off(name, listener);
        };
      },
      cutting: {
        ...(options.cutGraceMs === undefined ? {} : { graceMs: options.cutGraceMs }),
        onCut: (report) => this.emit("cut", report),
      },
    };
    // A listener for each server and pool.
    this.setMaxListeners(0);
    const tell: EventEmitter = this as EventEmitter;
    const heard: EventEmitter = line as EventEmitter;
    for (const name of EVENTS) heard.on(name, (...args) => tell.emit(name, ...args));
    line.on("error", (error) => {
      if (this.listenerCount("error") > 0) this.emit("error", error);
    });
  }

  get spiffeId(): SpiffeId {
    return this.#line.spiffeId;
  }

  get kind(): string | undefined {
    return this.#line.kind;
  }

  identities(): readonly SpiffeId[] {
    return this.#line.identities();
  }

  identity(which: { readonly spiffeId?: string; readonly hint?: string }): IdentityView {
    return this.#line.identity(which);
  }

  /** @throws IssuerError SVID_EXPIRED, NO_IDENTITY, BOT_RETIRED …, CLOSED. */
  x509Svid(): X509Svid {
    return this.#line.x509Svid();
  }

  x509Svids(): readonly X509Svid[] {
    return this.#line.x509Svids();
  }

  bundles(): readonly Bundle[] {
    return this.#line.bundles();
  }

  bundleFor(trustDomain: TrustDomain): Bundle | undefined {
    return this.#line.bundleFor(trustDomain);
  }

  /**
   * A JWT-SVID for one audience, or for several when the receiver asks for that.
   * @throws IssuerError AUDIENCE_NOT_ALLOWED, NO_IDENTITY, UNAVAILABLE, CLOSED.
   */
  jwtSvid(audience: string | readonly string[]): Promise<JwtSvid> {
    return this.#line.jwtSvid(audience);
  }

  /**
   * Signs bytes as this identity, with the proof of the issuer's log that its SVID was valid then: `verifyStatement` and
   * `botpass verify` need nothing else than the log's key, however long ago it was.
   * @returns the statement, to be kept beside what was signed.
   * @throws IssuerError UNIMPLEMENTED over a Workload API; UNAVAILABLE, DENIED, BOT_SUSPENDED …; as `x509Svid`.
   */
  async sign(bytes: Uint8Array): Promise<string> {
    const svid = this.x509Svid();
    const draft = await draftStatement(bytes, svid, this, this.clock.now());
    const sha256 = statementHash(draft);
    const proof = await this.proveStatement({ serialHex: svid.serialHex, sha256 });
    const statement = formatStatement(draft, proof);
    // What nobody could verify later is of no use: clocks that differ, or a server that answers with something else.
    verifyStatement(bytes, statement, { logKey: proof.verifier });
    return statement;
  }

  proveStatement(
    statement: Parameters<Line["proveStatement"]>[0],
  ): ReturnType<Line["proveStatement"]> {
    return this.#line.proveStatement(statement);
  }

  /** Why an identity is denied; undefined when it is not, and always over a Workload API. Follows the server's list from the first call on. */
  isDenied(what: DeniedQuery): DenialReason | undefined {
    return this.#line.isDenied(what);
  }

  /** What is known of denied identities, and how old it is: `bot.denySet.staleMs`. Nothing ever, over a Workload API. */
  get denySet(): DenySetState {
    return this.#line.denySet;
  }

  onDenied(listener: () => void): () => void {
    return this.#line.onDenied(listener);
  }

  deniedReady(): Promise<void> {
    return this.#line.deniedReady();
  }

  /** Whom passports let call whom: what `byPassport` goes by. */
  get calls(): PassportCalls {
    return this.#line.calls;
  }

  /** Certificate revocation lists of the trust domain's authorities, in DER: for programs that read them. None over a Workload API. */
  crls(): readonly Buffer[] {
    return this.#line.crls();
  }

  crlsReady(): Promise<void> {
    return this.#line.crlsReady();
  }

  openBeside(): AttachChannel {
    return this.#line.openBeside();
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
    const dispatcher: Dispatcher = await createDispatcher(this.#peer, {
      peer: options.peer,
      onEnd: () => this.#dispatchers.delete(dispatcher),
    });
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

  /** Verifies the bearer token of a request, and holds the answer to it. Throws SVID_INVALID, DENIED. */
  verifyRequest(
    request: HttpRequest,
    response: Parameters<typeof verifyRequest>[2],
    options: VerifyRequestOptions,
  ): JwtSvid {
    return verifyRequest(this.#peer, request, response, options);
  }

  /** Verifies the token of a gRPC call, and holds its stream to it. Throws SVID_INVALID, DENIED. */
  verifyCall(call: GrpcCall, options: VerifyRequestOptions): JwtSvid {
    return verifyCall(this.#peer, call, options);
  }

  /** Says goodbye and ends; what a state directory holds stays usable when there is one. */
  async close(): Promise<void> {
    await this.#fetch?.close();
    for (const dispatcher of [...this.#dispatchers]) await dispatcher.close();
    await this.#reporter?.close();
    await this.#line.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** What counts the callers of a bot and tells its issuer; nothing where it is not to, or there is none to tell. */
function countingFor(
  line: Line,
  { usage = {}, randomBytes = systemRandomBytes }: Pick<ConnectOptions, "usage" | "randomBytes">,
) {
  if (line.reportUses === undefined || usage.report === false) return {};
  const tally: UseTally = new UseTally({
    clock: line.clock,
    own: () => {
      try {
        return line.spiffeId;
      } catch (error) {
        if (error instanceof IssuerError) return undefined;
        throw error;
      }
    },
    ...(usage.operations === undefined ? {} : { operations: usage.operations }),
    onFirst: () => reporter.wake(),
  });
  const reporter = new UseReporter(tally, {
    clock: line.clock,
    random: () => randomBytes(4).readUInt32LE() / 2 ** 32,
    intervalMs: usageIntervalOf(usage),
    send: async (report) => line.reportUses?.(report),
  });
  return { tally, reporter };
}

/**
 * Connects and waits for the first identity. The way in comes from the options, else from BOTPASS_TOKEN (removed from the
 * environment once read) or BOTPASS_TOKEN_FILE, else from a state directory with a valid identity, else from the socket
 * that BOTPASS_SOCKET names, else from the Workload API that SPIFFE_ENDPOINT_SOCKET names, else from the default local socket.
 * @throws IssuerError NO_WAY_IN with all that was tried; TOKEN_INVALID, NO_IDENTITY, BOT_RETIRED … from the one way
 * that was asked for; CONFIG_INVALID.
 */
export async function connect(options: ConnectOptions = {}): Promise<Bot> {
  graceOf(options.cutGraceMs);
  usageIntervalOf(options.usage);
  return new Bot(await openLine(options), options);
}

async function openLine(options: ConnectOptions): Promise<Line> {
  const env = options.env ?? process.env;
  const { endpoint } = options;
  if (endpoint !== undefined) {
    if (namesWay(options, {})) {
      throw new IssuerError("CONFIG_INVALID", "endpoint and another way in were both given");
    }
    return WorkloadLine.open({ ...options, endpoint });
  }
  const named = namesWay(options, env) ? "" : (env[ENDPOINT_VARIABLE] ?? "");
  // Reading it takes the token from the environment.
  const agent = new Agent(options);
  try {
    await agent.open();
    return agent;
  } catch (error) {
    if (named === "" || errorCodeOf(error) === "CONFIG_INVALID") throw error;
    return openNamed(named, options, error);
  }
}

/** Over the Workload API of the environment, after what was there before it has failed. */
async function openNamed(
  endpoint: string,
  options: ConnectOptions,
  before: unknown,
): Promise<Line> {
  try {
    return await WorkloadLine.open({ ...options, endpoint });
  } catch (cause) {
    if (errorCodeOf(cause) === "CONFIG_INVALID") throw cause;
    const tried =
      errorCodeOf(before) === "NO_WAY_IN"
        ? messageOf(before)
        : `no way to an identity; tried:\n  state directory: ${messageOf(before)} (${errorCodeOf(before)})`;
    const last = `${ENDPOINT_VARIABLE} ${endpoint}: ${messageOf(cause)} (${errorCodeOf(cause)})`;
    throw new IssuerError("NO_WAY_IN", `${tried}\n  ${last}`, { cause });
  }
}
