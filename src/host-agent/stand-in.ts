import type { UsesReport } from "../agent/index.ts";
import type { Clock, Timer } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type { Bundle, JwtSvid, X509Svid } from "../spiffe/index.ts";
import type { Workload } from "../workload-api/index.ts";

/** What a process held when it was last told. */
export interface Keepsake {
  readonly svids: readonly X509Svid[];
  readonly bundles: readonly Bundle[];
}

const MAX_KEEPSAKES = 10_000;
const RETRY_MS = 2_000;

/** The newest SVIDs by what the kernel says of a process, for one that is started again while the server is away. */
export class Keepsakes {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Keepsake>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(key: string, keepsake: Keepsake): void {
    this.#byKey.delete(key);
    this.#byKey.set(key, keepsake);
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > MAX_KEEPSAKES && oldest !== undefined) this.#byKey.delete(oldest);
  }

  /** What is still valid of it; undefined when nothing is. */
  find(key: string): Keepsake | undefined {
    const keepsake = this.#byKey.get(key);
    if (keepsake === undefined) return undefined;
    const now = this.#clock.now();
    const svids = keepsake.svids.filter(({ notAfter }) => notAfter > now);
    if (svids.length > 0) return { ...keepsake, svids };
    this.#byKey.delete(key);
    return undefined;
  }

  clear(): void {
    this.#byKey.clear();
  }
}

/** Serves a keepsake until the server is back, then what the process gets by itself. */
export class StandIn implements Workload {
  readonly #keepsake: Keepsake;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  readonly #open: () => Promise<Workload>;
  #timer: Timer | undefined;
  #own: Workload | undefined;
  #stopOwn: (() => void) | undefined;
  #released = false;
  #refused: IssuerError | undefined;

  /** @param open tries to get the process an identity of its own. */
  constructor(keepsake: Keepsake, clock: Clock, open: () => Promise<Workload>) {
    this.#keepsake = keepsake;
    this.#clock = clock;
    this.#open = open;
    this.#retryLater();
  }

  svids(): readonly X509Svid[] {
    if (this.#refused !== undefined) throw this.#refused;
    if (this.#own !== undefined) return this.#own.svids();
    const now = this.#clock.now();
    const valid = this.#keepsake.svids.filter(({ notAfter }) => notAfter > now);
    if (valid.length > 0) return valid;
    throw new IssuerError("UNAVAILABLE", "the server is away, and what was held has expired");
  }

  bundles(): readonly Bundle[] {
    return this.#own?.bundles() ?? this.#keepsake.bundles;
  }

  jwtSvid(...request: Parameters<Workload["jwtSvid"]>): Promise<JwtSvid> {
    if (this.#own !== undefined) return this.#own.jwtSvid(...request);
    return Promise.reject(new IssuerError("UNAVAILABLE", "the server is away"));
  }

  async reportUses(report: UsesReport): Promise<void> {
    if (this.#own?.reportUses === undefined) {
      throw new IssuerError("UNAVAILABLE", "the server is away");
    }
    await this.#own.reportUses(report);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  release(): void {
    this.#released = true;
    this.#timer?.cancel();
    this.#stopOwn?.();
    this.#own?.release();
  }

  #retryLater(): void {
    this.#timer = this.#clock.schedule(RETRY_MS, () => void this.#retry());
  }

  async #retry(): Promise<void> {
    const opened = await this.#open().catch((error: unknown) => {
      if (error instanceof IssuerError) return error;
      throw error;
    });
    const tell = (): void => {
      for (const listener of this.#listeners) listener();
    };
    if (opened instanceof IssuerError) {
      // The server is back, and says no.
      this.#refused = opened;
      return tell();
    }
    if (opened instanceof StandIn) {
      opened.release();
      if (!this.#released) this.#retryLater();
      return;
    }
    if (this.#released) return opened.release();
    this.#own = opened;
    this.#stopOwn = opened.onChange(tell);
    tell();
  }
}
