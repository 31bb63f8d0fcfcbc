import type { Authorities } from "../ca/index.ts";
import type { Clock, Timer } from "../clock.ts";
import { fingerprint, generateKey, publicKeyDer } from "../crypto/index.ts";
import { checkIssuedX509Svid, signX509SvidLeaf, uniqueId } from "../crypto/issuing.ts";
import { spiffeIdFromPath, type TrustDomain, type X509Svid } from "../spiffe/index.ts";
import { SERVER_PATH } from "../wire/index.ts";

export interface OwnSvidOptions {
  readonly authorities: Authorities;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly trustDomain: TrustDomain;
  readonly onError: (error: unknown) => void;
}

const TTL_MS = 3_600_000;
const CHECK_MS = 30_000;
/** Bots whose clocks are behind must know the server before it can tell them the time. */
const BACKDATE_MS = 300_000;

interface Made {
  readonly svid: X509Svid;
  readonly authorityId: string;
}

/** The server's own SVID: made here, key and all, and replaced at half life or when its authority steps back. */
export class OwnSvid {
  readonly #options: OwnSvidOptions;
  readonly #onRotate = new Set<(svid: X509Svid) => void>();
  #current: Made | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: OwnSvidOptions) {
    this.#options = options;
  }

  /** The current SVID; makes it when there is none. */
  async start(): Promise<X509Svid> {
    this.#current = await this.#make();
    this.#plan();
    return this.#current.svid;
  }

  /** Seconds until it ends; 0 before it was made. */
  leftSeconds(): number {
    const { svid } = this.#current ?? {};
    if (svid === undefined) return 0;
    return (svid.notAfter.getTime() - this.#options.clock.now().getTime()) / 1000;
  }

  /** SHA-256 of its SubjectPublicKeyInfo, hex; empty before it was made. */
  get keyFingerprint(): string {
    return this.#current === undefined ? "" : keyFingerprintOf(this.#current);
  }

  onRotate(listener: (svid: X509Svid) => void): void {
    this.#onRotate.add(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Replaces the SVID when it is time. */
  async tick(): Promise<void> {
    const { authorities, clock } = this.#options;
    const active = authorities.activeX509();
    const { svid, authorityId } = this.#current ?? {};
    if (svid !== undefined && authorityId === active.id) {
      const half = (svid.notBefore.getTime() + svid.notAfter.getTime()) / 2;
      if (clock.now().getTime() < half) return;
    }
    await this.rotate();
  }

  /**
   * Replaces it now, key and all; connections that are open go on.
   * @param record is told the fingerprint of the new key before it is used; when it rejects, the SVID of before stays.
   */
  async rotate(record?: (keyFingerprint: string) => Promise<unknown>): Promise<void> {
    const next = await this.#make();
    await record?.(keyFingerprintOf(next));
    this.#current = next;
    for (const listener of this.#onRotate) listener(next.svid);
  }

  async #make(): Promise<Made> {
    const { authorities, clock, randomBytes, trustDomain } = this.#options;
    const authority = authorities.activeX509();
    const privateKey = await generateKey("ec-p256");
    const now = Math.floor(clock.now().getTime() / 1000) * 1000;
    const leaf = {
      serial: uniqueId(randomBytes, clock.now()),
      spiffeId: spiffeIdFromPath(trustDomain, SERVER_PATH),
      publicKeyDer: publicKeyDer(privateKey),
      notBefore: new Date(now - BACKDATE_MS),
      notAfter: new Date(Math.min(now + TTL_MS, authority.notAfter.getTime())),
      dnsNames: [],
    };
    const der = await signX509SvidLeaf(authority, leaf);
    const publicKeyHash = fingerprint(leaf.publicKeyDer);
    checkIssuedX509Svid(der, { ...leaf, publicKeyHash }, authority);
    const svid: X509Svid = {
      spiffeId: leaf.spiffeId,
      certChainDer: [der],
      privateKey,
      serialHex: leaf.serial.toString("hex"),
      notBefore: leaf.notBefore,
      notAfter: leaf.notAfter,
    };
    return { svid, authorityId: authority.id };
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.schedule(CHECK_MS, () => {
      this.tick()
        .catch(this.#options.onError)
        .finally(() => this.#plan());
    });
  }
}

function keyFingerprintOf({ svid }: Made): string {
  return fingerprint(publicKeyDer(svid.privateKey));
}
