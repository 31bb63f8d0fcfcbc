import { EventEmitter } from "node:events";
import { type Clock, holding, systemClock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type {
  Bundle,
  BundleSource as Bundles,
  JwtSvid,
  JwtSource as Jwts,
  SpiffeId,
  TrustDomain,
  X509Svid,
  X509Source as X509s,
} from "../spiffe/index.ts";
import { type Watch, type Watcher, WorkloadApiClient, type WorkloadApiOptions } from "./client.ts";
import type { X509Context } from "./messages.ts";

/** How a source reaches its Workload API: by a client of one's own, which stays open, or by one made of the options. */
export interface SourceOptions extends WorkloadApiOptions {
  readonly client?: WorkloadApiClient;
}

interface SourceEvents {
  /** What the source holds has changed. */
  changed: [];
  /** A stream failed; it is tried again unless the Workload API says that it is in vain. */
  error: [error: IssuerError];
}

/** The newest state of one stream, or why there is none. */
abstract class Source<State> extends EventEmitter<SourceEvents> implements Disposable {
  protected readonly clock: Clock;
  protected readonly client: WorkloadApiClient;
  readonly #ownClient: boolean;
  readonly #watches: Watch[] = [];
  #state: State | undefined;
  #why = new IssuerError("UNAVAILABLE", "the Workload API has not answered yet");

  constructor(options: SourceOptions) {
    super();
    this.clock = options.clock ?? systemClock;
    this.#ownClient = options.client === undefined;
    this.client = options.client ?? new WorkloadApiClient(options);
    this.setMaxListeners(0);
  }

  /** Resolves with the first state. */
  protected start(timeoutMs: number, watch: (watcher: Watcher<State>) => Watch): Promise<void> {
    // Whoever waits for an identity must not end because nothing but timers is left.
    return holding(() => this.#first(timeoutMs, watch));
  }

  #first(timeoutMs: number, watch: (watcher: Watcher<State>) => Watch): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.schedule(timeoutMs, () => {
        const cause = this.#why;
        this.close();
        const message = `no answer of the Workload API in ${timeoutMs} ms: ${cause.message}`;
        reject(new IssuerError(cause.code, message, { cause }));
      });
      this.#watches.push(
        watch({
          onUpdate: (state) => {
            this.#state = state;
            timer.cancel();
            resolve();
            this.emit("changed");
          },
          onError: (error, { final, withdrawn }) => {
            this.#why = error;
            if (withdrawn && this.#state !== undefined) {
              this.#state = undefined;
              this.emit("changed");
            }
            if (final) {
              timer.cancel();
              reject(error);
            }
            if (this.listenerCount("error") > 0) this.emit("error", error);
          },
        }),
      );
    });
  }

  /** @throws IssuerError why there is none. */
  protected get state(): State {
    if (this.#state === undefined) throw this.#why;
    return this.#state;
  }

  /** Calls back when what the source holds has changed. @returns stops the calls. */
  onChange(listener: () => void): () => void {
    this.on("changed", listener);
    return () => this.off("changed", listener);
  }

  close(): void {
    this.#why = new IssuerError("CLOSED", "the source is closed");
    this.#state = undefined;
    for (const watch of this.#watches) watch.close();
    if (this.#ownClient) this.client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** X509-SVIDs and bundles of a Workload API, kept current. */
export class X509Source extends Source<X509Context> implements X509s, Bundles {
  readonly #pick: (svids: readonly X509Svid[]) => X509Svid | undefined;

  private constructor(options: X509SourceOptions) {
    super(options);
    this.#pick = options.pick ?? (([first]) => first);
  }

  /**
   * Waits for the first X509-SVID.
   * @throws IssuerError CONFIG_INVALID, NO_WAY_IN; after `timeoutMs`: NO_IDENTITY, UNAVAILABLE.
   */
  static async open(options: X509SourceOptions = {}): Promise<X509Source> {
    const source = new X509Source(options);
    await source.start(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, (watcher) =>
      source.client.watchX509Context(watcher),
    );
    return source;
  }

  /** The default X509-SVID, or the one that `pick` takes. @throws IssuerError NO_IDENTITY, SVID_EXPIRED, CLOSED. */
  x509Svid(): X509Svid {
    const svid = this.#pick(this.state.svids);
    if (svid === undefined) throw new IssuerError("NO_IDENTITY", "no SVID is the one wanted");
    if (svid.notAfter > this.clock.now()) return svid;
    const at = svid.notAfter.toISOString();
    throw new IssuerError("SVID_EXPIRED", `the SVID of ${svid.spiffeId} expired at ${at}`);
  }

  /** All X509-SVIDs, the default first. @throws IssuerError NO_IDENTITY, CLOSED. */
  x509Svids(): readonly X509Svid[] {
    return this.state.svids;
  }

  /** All bundles. @throws as `x509Svids`. */
  bundles(): readonly Bundle[] {
    return this.state.bundles;
  }

  bundleFor(trustDomain: TrustDomain): Bundle | undefined {
    return this.state.bundles.find((bundle) => bundle.trustDomain.equals(trustDomain));
  }
}

export interface X509SourceOptions extends SourceOptions {
  /** Which X509-SVID is the default. Default: the Workload API's first. */
  readonly pick?: (svids: readonly X509Svid[]) => X509Svid | undefined;
}

/** JWT bundles of a Workload API, kept current, and its JWT-SVIDs. */
export class JwtSource extends Source<readonly Bundle[]> implements Jwts, Bundles {
  readonly #held = new Map<string, JwtSvid>();

  /** Waits for the first bundles. @throws as `X509Source.open`. */
  static async open(options: SourceOptions = {}): Promise<JwtSource> {
    const source = new JwtSource(options);
    await source.start(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, (watcher) =>
      source.client.watchJwtBundles(watcher),
    );
    return source;
  }

  /** A JWT-SVID: a held one until half of its life. @throws IssuerError NO_IDENTITY, UNAVAILABLE, CLOSED. */
  async jwtSvid(audience: readonly string[], spiffeId?: SpiffeId): Promise<JwtSvid> {
    const key = JSON.stringify([spiffeId?.toString() ?? "", ...audience]);
    const held = this.#held.get(key);
    const now = this.clock.now().getTime();
    if (held !== undefined && now < halfOf(held)) return held;
    try {
      const svid = await this.client.fetchJwtSvid(audience, spiffeId);
      this.#held.set(key, svid);
      return svid;
    } catch (error) {
      const transient = error instanceof IssuerError && error.code === "UNAVAILABLE";
      if (transient && held !== undefined && held.expiresAt.getTime() > now) return held;
      this.#held.delete(key);
      throw error;
    }
  }

  /** All bundles, with keys for tokens alone. @throws IssuerError NO_IDENTITY, CLOSED. */
  bundles(): readonly Bundle[] {
    return this.state;
  }

  bundleFor(trustDomain: TrustDomain): Bundle | undefined {
    return this.state.find((bundle) => bundle.trustDomain.equals(trustDomain));
  }
}

function halfOf({ issuedAt, expiresAt }: JwtSvid): number {
  return ((issuedAt ?? expiresAt).getTime() + expiresAt.getTime()) / 2;
}

/** X.509 bundles of a Workload API, for those who only verify; kept current. */
export class X509BundleSource extends Source<readonly Bundle[]> implements Bundles {
  /** Waits for the first bundles. @throws as `X509Source.open`. */
  static async open(options: SourceOptions = {}): Promise<X509BundleSource> {
    const source = new X509BundleSource(options);
    await source.start(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, (watcher) =>
      source.client.watchX509Bundles(watcher),
    );
    return source;
  }

  bundleFor(trustDomain: TrustDomain): Bundle | undefined {
    return this.state.find((bundle) => bundle.trustDomain.equals(trustDomain));
  }
}
