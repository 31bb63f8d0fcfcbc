import { createHash } from "node:crypto";
import type { Clock, Timer } from "../clock.ts";
import { createCrl, type RevokedSerial } from "../crypto/issuing.ts";
import type { Store } from "../store/index.ts";
import type { Authorities } from "./authorities.ts";

/** The certificate revocation list of one authority. */
export interface Crl {
  readonly authorityId: string;
  readonly der: Buffer;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** How many serials are on it. */
  readonly entries: number;
}

export interface CrlsOptions {
  readonly store: Store;
  readonly authorities: Authorities;
  readonly clock: Clock;
  /** Told when lists could not be made; it is tried again within a minute. */
  readonly onError: (error: unknown) => void;
}

/** As long as the longest X509-SVID may live: whoever hears nothing for so long has nothing to verify by this list. */
const LIFE_MS = 86_400_000;
/** A list that says nothing new is signed again after this. */
const REFRESH_MS = LIFE_MS / 4;
/** How far back a list's start lies, for peers whose clocks are behind. */
const BACKDATE_MS = 60_000;
/** Many revocations one after the other make one list. */
const SPACING_MS = 200;
const RETRY_MS = 60_000;
const NUMBER_KEY = "crl_number";

interface Made extends Crl {
  /** Of what it lists. */
  readonly digest: string;
}

/**
 * A CRL for each X.509 authority in the bundle: serials that are denied, none longer than its certificate could live, so that the
 * list stays small. Numbers are kept in the store, and never go back.
 */
export class Crls {
  readonly #options: CrlsOptions;
  readonly #listeners = new Set<() => void>();
  #made: readonly Made[] = [];
  #timer: Timer | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #work: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(options: CrlsOptions) {
    this.#options = options;
  }

  /** Makes the first lists, and keeps them current. */
  async start(): Promise<void> {
    await this.#make();
    this.#plan(REFRESH_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#work;
  }

  current(): readonly Crl[] {
    return this.#made;
  }

  /** @returns stops the calls. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something was denied, or there are other authorities. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#work !== undefined) {
      this.#again = true;
      return;
    }
    const sinceMs = this.#options.clock.monotonicMs() - this.#lastMs;
    if (sinceMs < SPACING_MS) this.#plan(SPACING_MS - sinceMs);
    else this.#run();
  }

  #run(): void {
    this.#timer?.cancel();
    this.#again = false;
    let waitMs = REFRESH_MS;
    this.#work = this.#make()
      .catch((error: unknown) => {
        waitMs = RETRY_MS;
        this.#options.onError(error);
      })
      .finally(() => {
        this.#work = undefined;
        this.#plan(this.#again ? SPACING_MS : waitMs);
      });
  }

  #plan(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#options.clock.schedule(delayMs, () => this.#run());
  }

  async #make(): Promise<void> {
    const { store, authorities, clock } = this.#options;
    const now = clock.now();
    this.#lastMs = clock.monotonicMs();
    const revoked = Map.groupBy(await store.revokedSerials(now), ({ authorityId }) => authorityId);
    const next: Made[] = [];
    for (const authority of authorities.x509Signers()) {
      const serials = revoked.get(authority.id) ?? [];
      const digest = digestOf(serials);
      const before = this.#made.find(({ authorityId }) => authorityId === authority.id);
      const isFresh =
        before?.digest === digest &&
        now.getTime() < before.nextUpdate.getTime() - LIFE_MS + REFRESH_MS &&
        now >= before.thisUpdate;
      if (isFresh) {
        next.push(before);
        continue;
      }
      const number = await this.#nextNumber();
      const thisUpdate = new Date(Math.floor((now.getTime() - BACKDATE_MS) / 1000) * 1000);
      const nextUpdate = new Date(Math.floor((now.getTime() + LIFE_MS) / 1000) * 1000);
      const { certificateDer: issuerDer, signer } = authority;
      const der = await createCrl({
        issuerDer,
        signer,
        number: BigInt(number),
        thisUpdate,
        nextUpdate,
        revoked: serials,
      });
      const { length: entries } = serials;
      next.push({
        authorityId: authority.id,
        der,
        number,
        thisUpdate,
        nextUpdate,
        entries,
        digest,
      });
    }
    const changed =
      next.length !== this.#made.length || next.some((each, i) => each !== this.#made[i]);
    this.#made = next;
    if (changed) for (const listener of this.#listeners) listener();
  }

  #nextNumber(): Promise<number> {
    return this.#options.store.transaction(async (tx) => {
      const number = Number((await tx.getMeta(NUMBER_KEY)) ?? "0") + 1;
      await tx.setMeta(NUMBER_KEY, String(number));
      return number;
    });
  }
}

function digestOf(serials: readonly RevokedSerial[]): string {
  const digest = createHash("sha256");
  for (const { serialHex } of serials) digest.update(`${serialHex}\n`);
  return digest.digest("hex");
}
