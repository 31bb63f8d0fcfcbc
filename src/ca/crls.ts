import type { Clock, Timer } from "../clock.ts";
import { createCrl, crlEntry } from "../crypto/issuing.ts";
import type { ChangeData, ChangeRecord, RevokedSerialRecord, Store } from "../store/index.ts";
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
/** To make lists may take at most one part in so many of the time. */
const SPACING_FACTOR = 10;
const RETRY_MS = 60_000;
const EMPTY: Listed = { entries: new Map(), generation: 0 };
const NUMBER_KEY = "crl_number";

interface Made extends Crl {
  /** Of what it lists. */
  readonly generation: number;
}

/** What one authority's list holds. */
interface Listed {
  /** By serial, encoded once. */
  readonly entries: Map<string, { readonly der: Buffer; readonly expiresAtMs: number }>;
  /** Grows with every change. */
  generation: number;
}

/**
 * A CRL for each X.509 authority in the bundle: serials that are denied, none longer than its certificate could live, so that the
 * list stays small. Numbers are kept in the store, and never go back.
 */
export class Crls {
  readonly #options: CrlsOptions;
  readonly #listeners = new Set<() => void>();
  #made: readonly Made[] = [];
  /** By authority. */
  readonly #listed = new Map<string, Listed>();
  /** It is to be read from the store. */
  #reload = true;
  #generation = 0;
  /** Denied since it was read. */
  #denied: { readonly at: Date; readonly denial: ChangeData["denial"] }[] = [];
  #spacingMs = SPACING_MS;
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

  /** A handler of the change follower. */
  onChanges(changes: readonly ChangeRecord[] | undefined): void {
    const before = this.#denied.length;
    if (changes === undefined) this.#reload = true;
    for (const { kind, at, data } of changes ?? []) {
      if (kind !== "denial") continue;
      const denial: ChangeData["denial"] = JSON.parse(data);
      if (denial.kind === "serial") this.#denied.push({ at, denial });
    }
    if (changes === undefined || this.#denied.length > before) this.wake();
  }

  /** There is something to list, or there are other authorities. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#work !== undefined) {
      this.#again = true;
      return;
    }
    const sinceMs = this.#options.clock.monotonicMs() - this.#lastMs;
    if (sinceMs < this.#spacingMs) this.#plan(this.#spacingMs - sinceMs);
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
        this.#plan(this.#again ? this.#spacingMs : waitMs);
      });
  }

  #plan(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#options.clock.schedule(delayMs, () => this.#run());
  }

  async #make(): Promise<void> {
    const { authorities, clock } = this.#options;
    const now = clock.now();
    const begun = clock.monotonicMs();
    const listed = await this.#current(now);
    const next: Made[] = [];
    for (const authority of authorities.x509Signers()) {
      const { entries, generation } = listed.get(authority.id) ?? EMPTY;
      const before = this.#made.find(({ authorityId }) => authorityId === authority.id);
      const isFresh =
        before?.generation === generation &&
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
        entries: [...entries.values()].map((each) => each.der),
      });
      const { size } = entries;
      next.push({
        authorityId: authority.id,
        der,
        number,
        thisUpdate,
        nextUpdate,
        entries: size,
        generation,
      });
    }
    const changed =
      next.length !== this.#made.length || next.some((each, i) => each !== this.#made[i]);
    this.#made = next;
    this.#lastMs = clock.monotonicMs();
    this.#spacingMs = Math.max(SPACING_MS, (this.#lastMs - begun) * SPACING_FACTOR);
    if (changed) for (const listener of this.#listeners) listener();
  }

  /** What is to be listed now: read once, then followed. */
  async #current(now: Date): Promise<ReadonlyMap<string, Listed>> {
    const { store } = this.#options;
    const denied = this.#denied.splice(0);
    const reload = this.#reload;
    this.#reload = false;
    try {
      if (reload) {
        // What is denied meanwhile comes by the feed, and replaces itself.
        const revoked = await store.revokedSerials(now);
        this.#listed.clear();
        for (const each of revoked) this.#put(each);
      }
      for (const { at, denial } of denied) {
        const issuance = await store.getIssuance(denial.value);
        if (issuance === undefined) continue;
        this.#put({
          serialHex: denial.value,
          authorityId: issuance.authorityId,
          revokedAt: at,
          expiresAt: new Date(denial.expiresAtMs),
        });
      }
    } catch (error) {
      // A part of it is no list: read anew.
      this.#reload = true;
      throw error;
    }
    for (const listed of this.#listed.values()) {
      for (const [serial, { expiresAtMs }] of listed.entries) {
        if (expiresAtMs > now.getTime()) continue;
        listed.entries.delete(serial);
        this.#generation += 1;
        listed.generation = this.#generation;
      }
    }
    return this.#listed;
  }

  #put({ serialHex, authorityId, revokedAt, expiresAt }: RevokedSerialRecord): void {
    const listed = this.#listed.get(authorityId) ?? { entries: new Map(), generation: 0 };
    this.#listed.set(authorityId, listed);
    const expiresAtMs = expiresAt.getTime();
    listed.entries.set(serialHex, { der: crlEntry(serialHex, revokedAt), expiresAtMs });
    this.#generation += 1;
    listed.generation = this.#generation;
  }

  #nextNumber(): Promise<number> {
    return this.#options.store.transaction(async (tx) => {
      const number = Number((await tx.getMeta(NUMBER_KEY)) ?? "0") + 1;
      await tx.setMeta(NUMBER_KEY, String(number));
      return number;
    });
  }
}
