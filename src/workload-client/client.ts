import {
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { type Clock, systemClock, type Timer } from "../clock.ts";
import { parseJwtSvidInsecure } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { Bundle, JwtSvid, SpiffeId } from "../spiffe/index.ts";
import {
  Backoff,
  errorFromStatus,
  loadUseService,
  loadWorkloadApi,
  type UsesReport,
  type ValidateJWTSVIDResponse__Output,
} from "../wire/index.ts";
import { endpointTarget } from "./endpoint.ts";
import {
  jwtBundlesFrom,
  jwtSvidsFrom,
  type X509Context,
  x509BundlesFrom,
  x509ContextFrom,
} from "./messages.ts";

/** Where the Workload API is, and how to wait for it. */
export interface WorkloadApiOptions {
  /** `unix:///path` or `tcp://IP:port`. Default: SPIFFE_ENDPOINT_SOCKET. */
  readonly endpoint?: string;
  /** Default process.env. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** How long one answer may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
}

/** Hears of a stream of the Workload API. */
export interface Watcher<T> {
  /** The whole state, at first and after each change. It replaces the one before. */
  onUpdate(state: T): void;
  /** Something failed. `final`: nothing more will come; else it is tried again, and only a `withdrawn` state is void. */
  onError(error: IssuerError, how: { readonly final: boolean; readonly withdrawn: boolean }): void;
}

/** Ends a watch. */
export interface Watch {
  close(): void;
}

type UseApi = InstanceType<ReturnType<typeof loadUseService>["Client"]>;
type Api = InstanceType<ReturnType<typeof loadWorkloadApi>["Client"]>;

/** Codes after which the same call is in vain (EP-15, EP-18). */
const FINAL: ReadonlySet<status> = new Set([status.INVALID_ARGUMENT, status.UNIMPLEMENTED]);
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * A client of any SPIFFE Workload API: Botpass's host agent, SPIRE's agent, others.
 * @see SPIFFE Workload API sections 4 to 6; SPIFFE Workload Endpoint.
 */
export class WorkloadApiClient implements Disposable {
  readonly #api: Api;
  readonly #uses: UseApi;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #watches = new Set<Watch>();
  #closed = false;

  /** @throws IssuerError CONFIG_INVALID, NO_WAY_IN. */
  constructor(options: WorkloadApiOptions = {}) {
    const target = endpointTarget(options.endpoint, options.env ?? process.env);
    const { Client } = loadWorkloadApi();
    this.#api = new Client(target, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.max_receive_message_length": 64 * 1024 * 1024,
      "grpc.enable_retries": 0,
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 2_000,
    });
    const { Client: Uses } = loadUseService();
    this.#uses = new Uses(target, credentials.createInsecure(), {
      channelOverride: this.#api.getChannel(),
    });
    this.#clock = options.clock ?? systemClock;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /** X509-SVIDs and bundles, once. @throws IssuerError NO_IDENTITY, UNAVAILABLE, SVID_INVALID. */
  fetchX509Context(): Promise<X509Context> {
    return this.#first((watcher) => this.watchX509Context(watcher));
  }

  /** X.509 bundles, once. @throws as `fetchX509Context`. */
  fetchX509Bundles(): Promise<readonly Bundle[]> {
    return this.#first((watcher) => this.watchX509Bundles(watcher));
  }

  /** JWT bundles, once. @throws as `fetchX509Context`. */
  fetchJwtBundles(): Promise<readonly Bundle[]> {
    return this.#first((watcher) => this.watchJwtBundles(watcher));
  }

  watchX509Context(watcher: Watcher<X509Context>): Watch {
    return this.#watch((header) => this.#api.FetchX509SVID({}, header), x509ContextFrom, watcher);
  }

  watchX509Bundles(watcher: Watcher<readonly Bundle[]>): Watch {
    return this.#watch(
      (header) => this.#api.FetchX509Bundles({}, header),
      x509BundlesFrom,
      watcher,
    );
  }

  watchJwtBundles(watcher: Watcher<readonly Bundle[]>): Watch {
    return this.#watch((header) => this.#api.FetchJWTBundles({}, header), jwtBundlesFrom, watcher);
  }

  /**
   * JWT-SVIDs of all identities, or of one.
   * @param audience who shall accept them: at least one, in the order of the token's `aud`.
   * @throws IssuerError REQUEST_INVALID, NO_IDENTITY, UNAVAILABLE, SVID_INVALID.
   */
  async fetchJwtSvids(
    audience: readonly string[],
    spiffeId?: SpiffeId,
  ): Promise<readonly JwtSvid[]> {
    if (audience.length === 0) throw new IssuerError("REQUEST_INVALID", "audience is empty");
    const request = { audience: [...audience], spiffeId: spiffeId?.toString() ?? "" };
    return jwtSvidsFrom(
      await this.#unary((header, options, answer) =>
        this.#api.FetchJWTSVID(request, header, options, answer),
      ),
    );
  }

  /** The default identity's JWT-SVID, or that of one identity. @throws as `fetchJwtSvids`. */
  async fetchJwtSvid(audience: readonly string[], spiffeId?: SpiffeId): Promise<JwtSvid> {
    const [first] = await this.fetchJwtSvids(audience, spiffeId);
    if (first !== undefined) return first;
    throw new IssuerError("SVID_INVALID", "the Workload API answered with no token");
  }

  /**
   * Has the agent verify a token (API-51).
   * @param audience the caller's own.
   * @throws IssuerError REQUEST_INVALID when the token does not hold; UNAVAILABLE.
   */
  async validateJwtSvid(token: string, audience: string): Promise<JwtSvid> {
    const { spiffeId } = await this.#unary<ValidateJWTSVIDResponse__Output>(
      (header, options, answer) =>
        this.#api.ValidateJWTSVID({ audience, svid: token }, header, options, answer),
    );
    const svid = parseJwtSvidInsecure(token);
    if (svid.spiffeId.toString() === spiffeId) return svid;
    throw new IssuerError("SVID_INVALID", "the Workload API answered for another token");
  }

  /**
   * Has Botpass's host agent tell the issuer who has called this process.
   * @throws IssuerError UNIMPLEMENTED by any other agent; REQUEST_INVALID, NO_IDENTITY, LIMIT_EXCEEDED, UNAVAILABLE.
   */
  async reportUses(report: UsesReport): Promise<void> {
    await this.#unary((header, options, answer) =>
      this.#uses.ReportUses(report, header, options, answer),
    );
  }

  close(): void {
    this.#closed = true;
    for (const watch of [...this.#watches]) watch.close();
    this.#api.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #first<T>(watch: (watcher: Watcher<T>) => Watch): Promise<T> {
    return new Promise((resolve, reject) => {
      let open: Watch | undefined;
      const timer = this.#clock.schedule(this.#timeoutMs, () =>
        done(() =>
          reject(new IssuerError("DEADLINE_EXCEEDED", "the Workload API did not answer in time")),
        ),
      );
      const done = (settle: () => void): void => {
        timer.cancel();
        open?.close();
        settle();
      };
      open = watch({
        onUpdate: (state) => done(() => resolve(state)),
        onError: (error) => done(() => reject(error)),
      });
    });
  }

  #unary<Response>(
    call: (
      header: Metadata,
      options: { deadline: number },
      answer: (error: ServiceError | null, response?: Response) => void,
    ) => unknown,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      call(securityHeader(), { deadline: Date.now() + this.#timeoutMs }, (error, response) => {
        if (error !== null) reject(fromAgent(error));
        else if (response !== undefined) resolve(response);
        else reject(new IssuerError("INTERNAL", "the answer is empty"));
      });
    });
  }

  /** Keeps a stream open for as long as the watch: at once when it ends well, with backoff when it fails. */
  #watch<Message, State>(
    open: (header: Metadata) => ClientReadableStream<Message>,
    read: (message: Message) => State,
    watcher: Watcher<State>,
  ): Watch {
    const backoff = new Backoff(Math.random);
    let stream: ClientReadableStream<Message> | undefined;
    let timer: Timer | undefined;
    let closed = false;
    const watch: Watch = {
      close: () => {
        if (closed) return;
        closed = true;
        this.#watches.delete(watch);
        timer?.cancel();
        stream?.cancel();
      },
    };
    const again = (delayMs: number): void => {
      timer?.cancel();
      if (!closed) timer = this.#clock.schedule(delayMs, start);
    };
    const start = (): void => {
      if (closed || this.#closed) return;
      const own = open(securityHeader());
      stream = own;
      own.on("data", (message: Message) => {
        if (closed || stream !== own) return;
        backoff.reset();
        let state: State;
        try {
          state = read(message);
        } catch (error) {
          if (!(error instanceof IssuerError)) throw error;
          watcher.onError(error, { final: false, withdrawn: false });
          return;
        }
        watcher.onUpdate(state);
      });
      own.on("end", () => {
        if (stream === own) again(0);
      });
      own.on("error", (error: ServiceError) => {
        if (closed || stream !== own) return;
        stream = undefined;
        const final = FINAL.has(error.code);
        const withdrawn = error.code === status.PERMISSION_DENIED;
        if (final) watch.close();
        else again(backoff.next());
        watcher.onError(fromAgent(error), { final, withdrawn });
      });
    };
    this.#watches.add(watch);
    start();
    return watch;
  }
}

function securityHeader(): Metadata {
  const metadata = new Metadata();
  metadata.set("workload.spiffe.io", "true");
  return metadata;
}

/** What an agent's statuses mean here (EP-15 to EP-18). */
function fromAgent(error: ServiceError): IssuerError {
  if (error.code === status.PERMISSION_DENIED) {
    const message = `the agent gives no identity: ${error.details}`;
    return new IssuerError("NO_IDENTITY", message, { cause: error });
  }
  return errorFromStatus(error);
}
