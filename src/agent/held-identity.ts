import type { Clock } from "../clock.ts";
import { parseJwtSvidInsecure } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import { type JwtSvid, parseSpiffeId, type SpiffeId, type X509Svid } from "../spiffe/index.ts";
import type { Identity__Output, JwtSvidMessage__Output } from "../wire/index.ts";

/** One identity of the bot, with what it holds. */
export class HeldIdentity {
  readonly spiffeId: SpiffeId;
  /** Instance id, lifetimes, audiences: as the server said last. undefined: not attested since the start. */
  info: Identity__Output | undefined;
  /** When the X509-SVID is to be replaced: Unix milliseconds. */
  rotateAtMs = 0;
  #svid: X509Svid | undefined;
  /** Why there is no SVID any more. */
  #lost: IssuerError | undefined;
  readonly #jwts = new Map<string, JwtSvid>();
  readonly #jwtsInWork = new Map<string, Promise<JwtSvid>>();

  constructor(spiffeId: SpiffeId, info?: Identity__Output) {
    this.spiffeId = spiffeId;
    this.info = info;
  }

  get hint(): string {
    return this.info?.hint ?? this.#svid?.hint ?? "";
  }

  /** The current X509-SVID even when it has expired. */
  get held(): X509Svid | undefined {
    return this.#svid;
  }

  install(svid: X509Svid, rotateAtMs: number): void {
    this.#svid = svid;
    this.#lost = undefined;
    this.rotateAtMs = rotateAtMs;
  }

  /** It never held an SVID, and nobody has said that it will not. */
  get isAwaited(): boolean {
    return this.#svid === undefined && this.#lost === undefined;
  }

  /** Drops all that is held. */
  lose(error: IssuerError): void {
    this.#svid = undefined;
    this.#lost = error;
    this.#jwts.clear();
  }

  /** Drops held tokens. */
  forgetJwts(which: (svid: JwtSvid) => boolean): void {
    for (const [key, svid] of this.#jwts) if (which(svid)) this.#jwts.delete(key);
  }

  /** @throws IssuerError SVID_EXPIRED, NO_IDENTITY, or why it was lost. */
  x509Svid(now: Date): X509Svid {
    const svid = this.#svid;
    if (svid === undefined) {
      throw (
        this.#lost ?? new IssuerError("NO_IDENTITY", `there is no SVID for ${this.spiffeId} yet`)
      );
    }
    if (svid.notAfter <= now) {
      const at = svid.notAfter.toISOString();
      throw new IssuerError("SVID_EXPIRED", `the SVID of ${this.spiffeId} expired at ${at}`);
    }
    return svid;
  }

  /**
   * A JWT-SVID for the audiences: a held one until half of its life, then a new one; while none can be had, the held
   * one to its end.
   */
  async jwtSvid(
    audience: readonly string[],
    clock: Clock,
    fetch: () => Promise<JwtSvidMessage__Output>,
  ): Promise<JwtSvid> {
    const key = JSON.stringify([...audience].sort());
    const held = this.#jwts.get(key);
    const now = clock.now();
    if (held !== undefined && now.getTime() < halfOf(held)) return held;
    try {
      return await this.#fetchOnce(key, fetch);
    } catch (error) {
      if (held !== undefined && held.expiresAt > now && this.#jwts.has(key)) return held;
      throw error;
    }
  }

  /** Many callers at once share one request. */
  #fetchOnce(key: string, fetch: () => Promise<JwtSvidMessage__Output>): Promise<JwtSvid> {
    const inWork = this.#jwtsInWork.get(key);
    if (inWork !== undefined) return inWork;
    const work = fetch()
      .then((message) => {
        const svid = parseJwtSvidInsecure(message.token);
        this.#jwts.set(key, svid);
        return svid;
      })
      .finally(() => this.#jwtsInWork.delete(key));
    this.#jwtsInWork.set(key, work);
    return work;
  }
}

function halfOf({ issuedAt, expiresAt }: JwtSvid): number {
  return ((issuedAt ?? expiresAt).getTime() + expiresAt.getTime()) / 2;
}

/** The SPIFFE ID that the server named. */
export function idOf(info: Identity__Output): SpiffeId {
  return parseSpiffeId(info.spiffeId);
}
