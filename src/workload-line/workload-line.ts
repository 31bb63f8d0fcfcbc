import { EventEmitter } from "node:events";
import {
  type AttachChannel,
  type BotEvents,
  type DenySetOptions,
  type DenySetState,
  type IdentityView,
  type Line,
  type PassportCalls,
  type UsesReport,
  untold,
} from "../agent/index.ts";
import { type Clock, systemClock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import {
  type Bundle,
  type JwtSvid,
  mergedBundle,
  type SpiffeId,
  type TrustDomain,
  type X509Svid,
} from "../spiffe/index.ts";
import { JwtSource, WorkloadApiClient, X509Source } from "../workload-client/index.ts";

/** Where the Workload API is, and which of its identities is the default. */
export interface WorkloadLineOptions {
  /** `unix:///path` or `tcp://IP:port`. */
  readonly endpoint: string;
  /** Default: the Workload API's first. */
  readonly identity?: { readonly spiffeId?: string; readonly hint?: string };
  /** Nobody tells of denied identities over a Workload API: `onStale: "refuse"` cannot be. */
  readonly denySet?: DenySetOptions;
  /** How long to wait for the first identity, in milliseconds. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

type Which = NonNullable<WorkloadLineOptions["identity"]>;

/** What a Workload API has told: replaced as a whole. */
interface State {
  readonly svids: readonly X509Svid[];
  readonly bundles: readonly Bundle[];
}

const NOTHING: State = { svids: [], bundles: [] };

/**
 * A bot's identities by any SPIFFE agent's Workload API. The agent rotates them; this follows. Nobody is known to be denied: the
 * standard has no word for it.
 */
export class WorkloadLine extends EventEmitter<BotEvents> implements Line {
  readonly clock: Clock;
  readonly kind = undefined;
  readonly calls: PassportCalls = {
    refusal: () =>
      untold("a Workload API does not tell what passports allow: connect to the issuer itself"),
    follow: () => undefined,
    ready: () => Promise.resolve(),
    onChange: () => () => undefined,
  };
  readonly #options: WorkloadLineOptions;
  readonly #client: WorkloadApiClient;
  readonly #x509: X509Source;
  /** Or why there are no tokens. */
  readonly #jwt: JwtSource | IssuerError;
  #state: State;
  #down = false;
  #closed = false;

  private constructor(
    options: WorkloadLineOptions,
    client: WorkloadApiClient,
    x509: X509Source,
    jwt: JwtSource | IssuerError,
  ) {
    super();
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.#client = client;
    this.#x509 = x509;
    this.#jwt = jwt;
    this.#state = this.#read();
    const sources = jwt instanceof IssuerError ? [x509] : [x509, jwt];
    for (const source of sources) {
      source.onChange(() => this.#changed());
      source.on("error", (error) => this.#failed(error));
    }
  }

  /**
   * Waits for the first identity, also while the agent gives none yet.
   * @throws IssuerError CONFIG_INVALID naming the endpoint; UNIMPLEMENTED; after `timeoutMs`: NO_IDENTITY, UNAVAILABLE.
   */
  static async open(options: WorkloadLineOptions): Promise<WorkloadLine> {
    const { endpoint, timeoutMs, clock } = options;
    if (options.denySet?.onStale === "refuse") {
      const message =
        "denySet.onStale refuse: a Workload API does not tell who is denied; name a server";
      throw new IssuerError("CONFIG_INVALID", message);
    }
    const more = {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(clock === undefined ? {} : { clock }),
    };
    const client = new WorkloadApiClient({ endpoint, ...more });
    try {
      const x509 = await X509Source.open({ client, ...more });
      const jwt = await JwtSource.open({ client, ...more }).catch((error: unknown) => {
        // An agent may have no tokens at all.
        if (error instanceof IssuerError && error.code === "UNIMPLEMENTED") return error;
        throw error;
      });
      const line = new WorkloadLine(options, client, x509, jwt);
      line.#default();
      return line;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  get spiffeId(): SpiffeId {
    return this.#default().spiffeId;
  }

  identities(): readonly SpiffeId[] {
    return this.#state.svids.map(({ spiffeId }) => spiffeId);
  }

  identity(which: Which): IdentityView {
    const { spiffeId, hint = "" } = this.#find(which);
    const own = { ...which, spiffeId: spiffeId.toString() };
    return {
      spiffeId,
      hint,
      x509Svid: () => this.#usable(this.#find(own)),
      bundleFor: (trustDomain) => this.bundleFor(trustDomain),
      jwtSvid: (audience) => this.#jwtOf(own, audience),
    };
  }

  x509Svid(): X509Svid {
    return this.#usable(this.#default());
  }

  x509Svids(): readonly X509Svid[] {
    const now = this.clock.now();
    const usable = this.#state.svids.filter(({ notAfter }) => notAfter > now);
    return usable.length > 0 ? usable : [this.x509Svid()];
  }

  bundles(): readonly Bundle[] {
    return this.#state.bundles;
  }

  bundleFor(trustDomain: TrustDomain): Bundle | undefined {
    return this.#state.bundles.find((bundle) => bundle.trustDomain.equals(trustDomain));
  }

  jwtSvid(audience: string | readonly string[]): Promise<JwtSvid> {
    const all = typeof audience === "string" ? [audience] : audience;
    return this.#jwtOf(this.#options.identity ?? {}, all);
  }

  /** Nobody ever tells. */
  get denySet(): DenySetState {
    return { staleMs: Number.POSITIVE_INFINITY, isStale: true, size: 0, sequence: 0, bytes: 0 };
  }

  isDenied(): undefined {
    return undefined;
  }

  onDenied(): () => void {
    return () => undefined;
  }

  deniedReady(): Promise<void> {
    return Promise.resolve();
  }

  async proveStatement(): Promise<never> {
    throw new IssuerError(
      "UNIMPLEMENTED",
      "a Workload API has no log that could prove a statement",
    );
  }

  /** Botpass's host agent passes it on; another one answers UNIMPLEMENTED. */
  reportUses(report: UsesReport): Promise<void> {
    return this.#client.reportUses(report);
  }

  crls(): readonly Buffer[] {
    return [];
  }

  crlsReady(): Promise<void> {
    return Promise.resolve();
  }

  openBeside(): AttachChannel {
    throw new IssuerError("CONFIG_INVALID", "a Workload API is no line to a server");
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#state = NOTHING;
    this.#x509.close();
    if (!(this.#jwt instanceof IssuerError)) this.#jwt.close();
    this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #jwtOf(which: Which, audience: readonly string[]): Promise<JwtSvid> {
    const { spiffeId } = this.#find(which);
    if (this.#jwt instanceof IssuerError) throw this.#jwt;
    return this.#jwt.jwtSvid(audience, spiffeId);
  }

  #default(): X509Svid {
    return this.#find(this.#options.identity ?? {});
  }

  /** @throws IssuerError NO_IDENTITY, UNAVAILABLE: as the Workload API has said; CLOSED. */
  #find(which: Which): X509Svid {
    // Says itself why there is nothing.
    const svids = this.#x509.x509Svids();
    const found = svids.find(
      ({ spiffeId, hint }) =>
        (which.spiffeId === undefined || which.spiffeId === spiffeId.toString()) &&
        (which.hint === undefined || which.hint === (hint ?? "")),
    );
    if (found !== undefined) return found;
    const wanted = which.spiffeId ?? `hint ${which.hint}`;
    throw new IssuerError("NO_IDENTITY", `the Workload API gives no identity ${wanted}`);
  }

  #usable(svid: X509Svid): X509Svid {
    if (svid.notAfter > this.clock.now()) return svid;
    const at = svid.notAfter.toISOString();
    throw new IssuerError("SVID_EXPIRED", `the SVID of ${svid.spiffeId} expired at ${at}`);
  }

  #read(): State {
    const svids = heldBy(() => this.#x509.x509Svids());
    const x509 = heldBy(() => this.#x509.bundles());
    const source = this.#jwt;
    const jwt = source instanceof IssuerError ? [] : heldBy(() => source.bundles());
    return { svids, bundles: merged(x509, jwt) };
  }

  #changed(): void {
    if (this.#closed) return;
    const before = this.#state;
    const after = this.#read();
    this.#state = after;
    if (this.#down) {
      this.#down = false;
      this.emit("reconnected");
    }
    const known = new Set(before.svids.map(({ serialHex }) => serialHex));
    const rotated = after.svids.filter(({ serialHex }) => !known.has(serialHex));
    const had = new Set(before.bundles.map(textOf));
    const bundles = after.bundles.filter((bundle) => !had.has(textOf(bundle)));
    for (const bundle of bundles) this.emit("bundle", bundle);
    for (const svid of rotated) this.emit("rotated", svid);
    if (listed(before) !== listed(after)) this.emit("identities", this.identities());
  }

  #failed(error: IssuerError): void {
    if (this.#closed) return;
    if (error.code === "UNAVAILABLE" && !this.#down) {
      this.#down = true;
      this.emit("disconnected", error);
    }
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }
}

/** What a source holds; nothing while it has been withdrawn: whoever asks for an SVID hears why. */
function heldBy<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof IssuerError) return [];
    throw error;
  }
}

/** One bundle for each trust domain, with what either source knows of it. */
function merged(x509: readonly Bundle[], jwt: readonly Bundle[]): Bundle[] {
  const tokens = new Map(jwt.map((bundle) => [bundle.trustDomain.name, bundle]));
  const known = new Set(x509.map(({ trustDomain }) => trustDomain.name));
  const alone = jwt.filter(({ trustDomain }) => !known.has(trustDomain.name));
  return [
    ...x509.map((each) => mergedBundle(each, tokens.get(each.trustDomain.name)) ?? each),
    ...alone,
  ];
}

/** Equal texts, equal bundles. */
function textOf({ trustDomain, x509Authorities, jwtAuthorities }: Bundle): string {
  const certificates = x509Authorities.map((der) => der.toString("base64"));
  const keys = jwtAuthorities.map((key) => `${key.keyId} ${key.publicKeyDer.toString("base64")}`);
  return JSON.stringify([trustDomain.name, certificates, keys]);
}

/** Identities and their hints: equal texts, equal lists. */
function listed({ svids }: State): string {
  return JSON.stringify(svids.map(({ spiffeId, hint }) => [spiffeId.toString(), hint]));
}
