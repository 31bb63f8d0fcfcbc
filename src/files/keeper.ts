import type { Timer } from "../clock.ts";
import type { JwtSvid } from "../spiffe/index.ts";
import {
  bundleFile,
  bundleOf,
  crlFiles,
  PKCS12_FILE,
  pemFiles,
  tokenFile,
  tokenFileName,
} from "./content.ts";
import type { FileSetDirectory, SetFile } from "./set-directory.ts";
import type { FileSource } from "./source.ts";

const RETRY_MS = 5_000;
const SHORTEST_WAIT_MS = 1_000;

/** What to keep in files, and whom to tell. */
export interface KeepOptions {
  readonly directory: FileSetDirectory;
  /** Writes svid.p12 under this password in place of certificate and key in PEM. Secret. Needs pkijs and asn1js. */
  readonly pkcs12Password?: string;
  /** A token file for each. Default: none. */
  readonly audiences?: readonly string[];
  /** Called after each switch, the first included; the next switch waits for it. */
  readonly onSwitch?: () => Promise<void> | void;
  /** Told of what failed and is tried again. */
  readonly onError: (error: unknown) => void;
}

/** Keeps the files of a directory as new as what its source holds. */
export class FileKeeper {
  readonly #source: FileSource;
  readonly #options: KeepOptions;
  readonly #tokens = new Map<string, JwtSvid>();
  #written = "";
  #work: Promise<void> = Promise.resolve();
  #waiting = false;
  #timer: Timer | undefined;
  #stop: (() => void) | undefined;

  constructor(source: FileSource, options: KeepOptions) {
    for (const audience of options.audiences ?? []) tokenFileName(audience);
    this.#source = source;
    this.#options = options;
  }

  /**
   * Writes the first set.
   * @throws IssuerError as the source; CONFIG_INVALID naming the directory; AUDIENCE_NOT_ALLOWED.
   */
  async writeOnce(): Promise<void> {
    for (const audience of this.#options.audiences ?? []) {
      this.#tokens.set(audience, await this.#source.jwtSvid([audience]));
    }
    await this.#write();
  }

  /** Writes the first set, as `writeOnce`, and each one after it, until `close`. */
  async start(): Promise<void> {
    this.#stop = this.#source.onChange(() => this.#soon());
    const first = this.writeOnce();
    // Changes meanwhile wait for it; that it failed is told here.
    this.#work = first.catch(() => undefined);
    try {
      await first;
    } catch (error) {
      this.#stop?.();
      this.#stop = undefined;
      throw error;
    }
    this.#plan();
  }

  /** Ends the renewal; the files stay. Resolves when nothing is written any more. */
  async close(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    this.#timer?.cancel();
    await this.#work;
  }

  /** One run more after the one that runs, however many changes there are meanwhile. */
  #soon(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#work = this.#work.then(async () => {
      this.#waiting = false;
      if (this.#stop === undefined) return;
      this.#timer?.cancel();
      let failed = false;
      const report = (error: unknown): void => {
        failed = true;
        this.#options.onError(error);
      };
      await this.#renewTokens(report);
      await this.#write().catch(report);
      this.#plan(failed ? RETRY_MS : undefined);
    });
  }

  /** A token that cannot be renewed does not hold up the certificate: the one before stays. */
  async #renewTokens(report: (error: unknown) => void): Promise<void> {
    for (const audience of this.#options.audiences ?? []) {
      try {
        this.#tokens.set(audience, await this.#source.jwtSvid([audience]));
      } catch (error) {
        report(error);
      }
    }
  }

  async #write(): Promise<void> {
    const pem = pemFiles(this.#source);
    const tokens = [...this.#tokens].map(([audience, token]) => tokenFile(audience, token));
    // PKCS#12 is another at each writing: what is new is seen by what goes into it.
    const content = [...pem, ...tokens].map((file) => file.content).join("\n");
    if (content === this.#written) return;
    const { pkcs12Password: password } = this.#options;
    const files = [...(password === undefined ? pem : await this.#packed(password)), ...tokens];
    await this.#options.directory.write(files, this.#source.clock.now());
    this.#written = content;
    await this.#options.onSwitch?.();
  }

  async #packed(password: string): Promise<SetFile[]> {
    const { pkcs12Of } = await import("./pkcs12.ts");
    // Read together, before anything is waited for.
    const svid = this.#source.x509Svid();
    const bundle = bundleOf(this.#source, svid);
    const packed = await pkcs12Of(svid, bundle, password);
    return [
      { name: PKCS12_FILE, content: packed, secret: true },
      bundleFile(bundle),
      ...crlFiles(this.#source),
    ];
  }

  /** Tokens are asked for again at half of what is left of the shortest. */
  #plan(retryMs?: number): void {
    if (this.#stop === undefined) return;
    const { clock } = this.#source;
    const now = clock.now().getTime();
    const lives = [...this.#tokens.values()].map(({ expiresAt }) => expiresAt.getTime() - now);
    const half = Math.max(Math.min(...lives) / 2, SHORTEST_WAIT_MS);
    const waitMs = Math.min(half, retryMs ?? half);
    this.#timer?.cancel();
    if (Number.isFinite(waitMs)) this.#timer = clock.schedule(waitMs, () => this.#soon());
  }
}
