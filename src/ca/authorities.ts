import { randomUUID } from "node:crypto";
import { type Clock, delay, type Timer } from "../clock.ts";
import type { KeyType, Signer } from "../crypto/index.ts";
import { createX509Authority, uniqueId } from "../crypto/issuing.ts";
import { IssuerError } from "../errors.ts";
import { Bundle, type TrustDomain } from "../spiffe/index.ts";
import type { AuthorityRecord, AuthorityState, Store, StoreTransaction } from "../store/index.ts";
import type { KeyStore } from "./key-store.ts";
import { activateNextAt, publishNextAt } from "./schedule.ts";

/** What happened to an authority; `lost` is one whose key is not there any more. */
export interface AuthorityEvent {
  readonly kind: "prepared" | "activated" | "tainted" | "removed" | "revoked" | "lost";
  readonly authority: AuthorityRecord;
}

/** Runs a change in one durable transaction; `tell` has what happened recorded in it. */
export type Transact = <T>(
  work: (
    tx: StoreTransaction,
    now: Date,
    tell: (event: AuthorityEvent) => Promise<void>,
  ) => Promise<T>,
) => Promise<T>;

/** Which authority an order is about: by its id, or the one of the kind that it can be about. */
export type WhichAuthority = { readonly id: string } | { readonly kind: "x509" | "jwt" };

export interface AuthoritiesOptions {
  readonly store: Store;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly trustDomain: TrustDomain;
  /** Default 7 days. */
  readonly lifeSeconds?: number;
  readonly x509KeyType?: KeyType;
  readonly jwtKeyType?: KeyType;
  readonly refreshHintSeconds?: number;
  /** Runs in the transaction that makes the change. */
  readonly onEvent?: (tx: StoreTransaction, event: AuthorityEvent, now: Date) => Promise<void>;
  /** Told when rotation failed; it is tried again within a minute. */
  readonly onError?: (error: unknown) => void;
}

export interface ActiveX509Authority {
  readonly id: string;
  readonly certificateDer: Buffer;
  readonly signer: Signer;
  readonly notAfter: Date;
}

export interface ActiveJwtAuthority {
  readonly keyId: string;
  readonly signer: Signer;
  readonly notAfter: Date;
}

const DEFAULT_LIFE_SECONDS = 7 * 86_400;
const KINDS = ["x509", "jwt"] as const;
const RETRY_MS = 60_000;
/** How far back an authority's start lies, for peers whose clocks are behind. */
const BACKDATE_MS = 300_000;
const SEQUENCE_KEY = "bundle_sequence";

/** The trust domain's signing keys; they rotate by themselves. */
export class Authorities {
  readonly #options: AuthoritiesOptions;
  readonly #lifeMs: number;
  #records: readonly AuthorityRecord[] = [];
  #signers = new Map<string, Signer>();
  #bundle: Bundle;
  #listeners = new Set<() => void>();
  readonly #onActivate = new Set<() => Promise<void>>();
  /** What signs nothing more, from the moment that this is being recorded. */
  readonly #distrusted = new Set<string>();
  #timer: Timer | undefined;
  #stopped = false;
  #ticking: Promise<void> = Promise.resolve();

  constructor(options: AuthoritiesOptions) {
    this.#options = options;
    this.#lifeMs = (options.lifeSeconds ?? DEFAULT_LIFE_SECONDS) * 1000;
    this.#bundle = new Bundle({ trustDomain: options.trustDomain });
  }

  /** Reads what there is, makes what is missing, and keeps rotating. */
  async start(): Promise<void> {
    const { store, keys } = this.#options;
    const records = await store.listAuthorities();
    // A key whose record was never written has signed nothing.
    const known = new Set(records.map((each) => each.keyRef));
    for (const keyRef of await keys.list()) if (!known.has(keyRef)) await keys.remove(keyRef);
    await this.#load();
    await this.tick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#ticking;
  }

  /** Does what is due now, and plans what comes next. */
  tick(): Promise<void> {
    const done = this.#ticking.then(() => this.#tick()).finally(() => this.#plan());
    this.#ticking = done.catch(() => undefined);
    return done;
  }

  /** @throws IssuerError NO_ACTIVE_AUTHORITY. */
  activeX509(): ActiveX509Authority {
    const { record, signer } = this.#active("x509");
    const { id, certificateDer, notAfter } = record;
    if (certificateDer === null)
      throw new IssuerError("INTERNAL", `authority ${id} has no certificate`);
    return { id, certificateDer, signer, notAfter };
  }

  /** @throws IssuerError NO_ACTIVE_AUTHORITY. */
  activeJwt(): ActiveJwtAuthority {
    const { record, signer } = this.#active("jwt");
    return { keyId: record.id, signer, notAfter: record.notAfter };
  }

  /** The X.509 authorities in the bundle whose keys are here, whether they sign SVIDs now or not. */
  x509Signers(): readonly ActiveX509Authority[] {
    return this.#records.flatMap(({ id, certificateDer, notAfter }) => {
      const signer = this.#signers.get(id);
      return certificateDer === null || signer === undefined
        ? []
        : [{ id, certificateDer, signer, notAfter }];
    });
  }

  bundle(): Bundle {
    return this.#bundle;
  }

  /** @returns stops the calls. */
  onBundleChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when another authority signs, before those who hold what the last one signed hear of it; never rejects. */
  onActivate(listener: () => Promise<void>): void {
    this.#onActivate.add(listener);
  }

  /** Whether what the authority has signed may still be handed out. */
  maySign(id: string): boolean {
    return !this.#distrusted.has(id) && this.#records.some((each) => each.id === id);
  }

  /** The tainted ones that are still in the bundle. */
  tainted(): readonly AuthorityRecord[] {
    return this.#records.filter(({ state }) => state === "tainted");
  }

  /**
   * Makes the next authority of the kind and publishes it.
   * @throws IssuerError WRONG_STATE when there is one already.
   */
  prepare(kind: "x509" | "jwt", transact: Transact): Promise<AuthorityRecord> {
    return this.#serially(async () => {
      const prepared = this.#preparedOf(kind);
      if (prepared !== undefined) {
        const message = `${kind} authority ${prepared.id} is prepared already`;
        throw new IssuerError("WRONG_STATE", message);
      }
      return this.#prepare(kind, transact);
    });
  }

  /**
   * Has the prepared authority sign from now on.
   * @param leadMs how long it must have been published.
   * @throws IssuerError NOT_FOUND, WRONG_STATE.
   */
  activate(which: WhichAuthority, leadMs: number, transact: Transact): Promise<AuthorityRecord> {
    return this.#serially(async () => {
      const next = this.#find(which, "prepared");
      if (!this.#isUsable(next)) {
        const message = `${next.kind} authority ${next.id} cannot sign: it has ended, or its key is not here`;
        throw new IssuerError("WRONG_STATE", message);
      }
      const waitMs = this.#leadLeftMs(next, leadMs);
      if (waitMs > 0) {
        const message =
          `${next.kind} authority ${next.id} has not been published for ${leadMs / 1000} s: whoever polls the bundle ` +
          `may not know it; in ${Math.ceil(waitMs / 1000)} s it can sign, or at once with a shorter lead`;
        throw new IssuerError("WRONG_STATE", message);
      }
      await this.#activate(next, this.#activeOf(next.kind), transact);
      return this.#recordOf(next.id);
    });
  }

  /**
   * Has another authority of the kind sign, one that has been published for `leadMs`; it is made when there is none. The one before
   * stays in the bundle until nothing that it signed is valid.
   * @throws IssuerError WRONG_STATE when something else happens to it meanwhile.
   */
  async rotate(
    kind: "x509" | "jwt",
    leadMs: number,
    transact: Transact,
  ): Promise<{ readonly former: AuthorityRecord | undefined; readonly active: AuthorityRecord }> {
    const { id, former } = await this.#serially(async () => ({
      former: this.#activeOf(kind),
      id: (this.#preparedOf(kind) ?? (await this.#prepare(kind, transact))).id,
    }));
    for (;;) {
      const waitMs = await this.#serially(async () => {
        const next = this.#recordOf(id);
        // The schedule may have been quicker.
        if (next.state === "active") return 0;
        const leftMs = this.#leadLeftMs(next, leadMs);
        if (leftMs <= 0)
          await this.#activate(this.#find({ id }, "prepared"), this.#activeOf(kind), transact);
        return leftMs;
      });
      if (waitMs <= 0) return { former, active: this.#recordOf(id) };
      await delay(this.#options.clock, waitMs);
      if (this.#stopped) throw new IssuerError("UNAVAILABLE", "the server shuts down");
    }
  }

  /**
   * From now on the authority signs nothing. Where it is the active one, another takes over first, one that has been published for
   * `leadMs`; it is made when there is none.
   * @param spreadMs over how long those who use it are told.
   * @throws IssuerError NOT_FOUND, WRONG_STATE.
   */
  async taint(
    which: WhichAuthority,
    times: { readonly leadMs: number; readonly spreadMs: number },
    transact: Transact,
  ): Promise<AuthorityRecord> {
    const { id, kind } = await this.#serially(async () => this.#taintable(which));
    for (;;) {
      const waitMs = await this.#serially(async () => {
        if (this.#activeOf(kind)?.id !== id) return 0;
        const next = this.#preparedOf(kind) ?? (await this.#prepare(kind, transact));
        const leftMs = this.#leadLeftMs(next, times.leadMs);
        if (leftMs <= 0) await this.#activate(next, this.#taintable({ id }), transact);
        return leftMs;
      });
      if (waitMs <= 0) break;
      await delay(this.#options.clock, waitMs);
      if (this.#stopped) throw new IssuerError("UNAVAILABLE", "the server shuts down");
    }
    return this.#serially(async () => {
      const authority = this.#taintable({ id });
      // First: what is being signed by it just now is not recorded any more.
      this.#distrusted.add(id);
      try {
        await transact(async (tx, now, tell) => {
          const renewBy = new Date(now.getTime() + times.spreadMs);
          const tainted = await tx.updateAuthority({ ...authority, state: "tainted", renewBy });
          await tell({ kind: "tainted", authority: tainted });
        });
      } catch (error) {
        this.#distrusted.delete(id);
        throw error;
      }
      await this.#load();
      return this.#recordOf(id);
    });
  }

  /**
   * Takes a tainted authority out of the bundle, and forgets its key.
   * @throws IssuerError NOT_FOUND, WRONG_STATE when it is not tainted, or when no other could sign.
   */
  revoke(which: WhichAuthority, transact: Transact): Promise<AuthorityRecord> {
    return this.#serially(async () => {
      const authority = this.#find(which, "tainted");
      const active = this.#activeOf(authority.kind);
      if (active === undefined || !this.#isUsable(active)) {
        const message = `${authority.kind} authority ${authority.id} cannot be revoked: no other of its kind can sign`;
        throw new IssuerError("WRONG_STATE", message);
      }
      await transact(async (tx, _now, tell) => {
        const revoked = await tx.deleteAuthority(authority.id);
        await this.#changed(tx, { kind: "revoked", authority: revoked }, tell);
      });
      await this.#load();
      await this.#options.keys.remove(authority.keyRef);
      return authority;
    });
  }

  /** Seconds since the active authority came into force; 0 without one. */
  ageSeconds(kind: "x509" | "jwt"): number {
    const active = this.#activeOf(kind);
    if (active === undefined) return 0;
    return (this.#options.clock.now().getTime() - active.activateAt.getTime()) / 1000;
  }

  /** Seconds until the active authority ends; 0 without one. */
  leftSeconds(kind: "x509" | "jwt"): number {
    const active = this.#activeOf(kind);
    if (active === undefined) return 0;
    return (active.notAfter.getTime() - this.#options.clock.now().getTime()) / 1000;
  }

  /** All authorities in the bundle, by kind, then activation. */
  list(): Promise<readonly AuthorityRecord[]> {
    return this.#options.store.listAuthorities();
  }

  /** One change after the other, and none beside the rotation. */
  #serially<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#ticking.then(() => {
      if (this.#stopped) throw new IssuerError("UNAVAILABLE", "the server shuts down");
      return work();
    });
    // Who ordered it hears of a failure; what comes after it goes on.
    this.#ticking = done.then(
      () => this.#plan(),
      () => this.#plan(),
    );
    return done;
  }

  /** @throws IssuerError NOT_FOUND, WRONG_STATE unless there is one such authority, in that state. */
  #find(which: WhichAuthority, state: AuthorityState): AuthorityRecord {
    if ("id" in which) {
      const record = this.#recordOf(which.id);
      if (record.state === state) return record;
      const first = state === "tainted" ? ": taint it first" : "";
      const message = `${record.kind} authority ${record.id} is ${record.state}, not ${state}${first}`;
      throw new IssuerError("WRONG_STATE", message);
    }
    const found = this.#records.filter((each) => each.kind === which.kind && each.state === state);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    const message =
      only === undefined
        ? `no ${which.kind} authority is ${state}`
        : `${found.length} ${which.kind} authorities are ${state}: name one by its id`;
    throw new IssuerError("WRONG_STATE", message);
  }

  #taintable(which: WhichAuthority): AuthorityRecord {
    if (!("id" in which)) return this.#find(which, "active");
    const record = this.#recordOf(which.id);
    if (record.state !== "tainted") return record;
    throw new IssuerError(
      "WRONG_STATE",
      `${record.kind} authority ${record.id} is tainted already`,
    );
  }

  #recordOf(id: string): AuthorityRecord {
    const record = this.#records.find((each) => each.id === id);
    if (record !== undefined) return record;
    throw new IssuerError("NOT_FOUND", `authority ${id} does not exist`);
  }

  #activeOf(kind: "x509" | "jwt"): AuthorityRecord | undefined {
    return this.#records.find((each) => each.kind === kind && each.state === "active");
  }

  #preparedOf(kind: "x509" | "jwt"): AuthorityRecord | undefined {
    return this.#records.find(
      (each) => each.kind === kind && each.state === "prepared" && this.#isUsable(each),
    );
  }

  #isUsable({ id, notAfter }: AuthorityRecord): boolean {
    return this.#signers.has(id) && notAfter > this.#options.clock.now();
  }

  #leadLeftMs({ publishedAt }: AuthorityRecord, leadMs: number): number {
    const publishedMs = this.#options.clock.now().getTime() - publishedAt.getTime();
    // A clock that was set back must not make it longer than it is.
    return Math.min(leadMs - publishedMs, leadMs);
  }

  #active(kind: "x509" | "jwt"): { record: AuthorityRecord; signer: Signer } {
    const now = this.#options.clock.now();
    const record = this.#activeOf(kind);
    const signer = record && this.#signers.get(record.id);
    if (record === undefined || signer === undefined || record.notAfter <= now) {
      throw new IssuerError("NO_ACTIVE_AUTHORITY", `no ${kind} authority is active`, {
        retryAfterMs: 1000,
      });
    }
    return { record, signer };
  }

  async #load(): Promise<void> {
    const { store, keys, trustDomain, refreshHintSeconds } = this.#options;
    const records = await store.listAuthorities();
    const signers = new Map<string, Signer>();
    for (const record of records) {
      const signer = this.#signers.get(record.id) ?? (await keys.open(record.keyRef));
      if (signer !== undefined) signers.set(record.id, signer);
    }
    const sequence = BigInt((await store.getMeta(SEQUENCE_KEY)) ?? "0");
    const changed = sequence !== this.#bundle.sequence;
    this.#records = records;
    this.#signers = signers;
    if (!changed) return;
    this.#bundle = new Bundle({
      trustDomain,
      x509Authorities: records.flatMap((each) => each.certificateDer ?? []),
      jwtAuthorities: records
        .filter((each) => each.kind === "jwt")
        .map((each) => ({ keyId: each.id, publicKeyDer: each.publicKeyDer })),
      sequence,
      ...(refreshHintSeconds === undefined ? {} : { refreshHintSeconds }),
    });
    for (const listener of this.#listeners) listener();
  }

  async #tick(): Promise<void> {
    if (this.#stopped) return;
    for (const kind of KINDS) await this.#rotate(kind);
    await this.#load();
  }

  async #rotate(kind: "x509" | "jwt"): Promise<void> {
    const active = this.#activeOf(kind);
    let next = this.#preparedOf(kind);
    if (active === undefined || !this.#isUsable(active)) {
      // The first start, or back after the active one has ended or lost its key.
      await this.#activate(next ?? (await this.#prepare(kind)), active);
    } else {
      const now = this.#options.clock.now();
      if (next === undefined && now >= publishNextAt(active)) next = await this.#prepare(kind);
      if (next !== undefined && now >= activateNextAt(active)) await this.#activate(next, active);
    }
    const ofKind = this.#records.filter((each) => each.kind === kind);
    for (const old of ofKind) await this.#removeIfDone(old);
  }

  /** The key is on disk before its record: a crash between the two leaves a key that start() sweeps. */
  async #prepare(
    kind: "x509" | "jwt",
    transact: Transact = this.#transact,
  ): Promise<AuthorityRecord> {
    const { keys, clock, randomBytes, trustDomain } = this.#options;
    const { x509KeyType = "ec-p256", jwtKeyType = "ec-p256" } = this.#options;
    const { keyRef, signer } = await keys.create(kind === "x509" ? x509KeyType : jwtKeyType);
    const now = clock.now();
    const notBefore = new Date(Math.floor((now.getTime() - BACKDATE_MS) / 1000) * 1000);
    const notAfter = new Date(Math.floor((now.getTime() + this.#lifeMs) / 1000) * 1000);
    const serial = uniqueId(randomBytes, now);
    const request = { trustDomain, signer, serial, notBefore, notAfter };
    const certificateDer = kind === "x509" ? await createX509Authority(request) : null;
    const record = await transact(async (tx, _now, tell) => {
      const created = await tx.createAuthority({
        id: kind === "x509" ? serial.toString("hex") : randomUUID(),
        kind,
        state: "prepared",
        keyType: signer.keyType,
        certificateDer,
        publicKeyDer: signer.publicKeyDer,
        keyRef,
        // The life that rotation counts with starts now; the certificate's a little before.
        notBefore: now,
        notAfter,
        activateAt: now,
        publishedAt: now,
        renewBy: null,
      });
      await this.#changed(tx, { kind: "prepared", authority: created }, tell);
      return created;
    });
    this.#signers.set(record.id, signer);
    await this.#load();
    return record;
  }

  async #activate(
    next: AuthorityRecord,
    before: AuthorityRecord | undefined,
    transact: Transact = this.#transact,
  ): Promise<void> {
    await transact(async (tx, now, tell) => {
      if (before !== undefined) {
        const lost = !this.#signers.has(before.id);
        const authority = await tx.updateAuthority({ ...before, state: "old" });
        if (lost) await tell({ kind: "lost", authority });
      }
      const authority = await tx.updateAuthority({ ...next, state: "active", activateAt: now });
      await tell({ kind: "activated", authority });
    });
    await this.#load();
    for (const listener of this.#onActivate) await listener();
  }

  /** A change of the rotation's own. */
  readonly #transact: Transact = (work) => {
    const { store, clock, onEvent } = this.#options;
    return store.transaction((tx) => {
      const now = clock.now();
      return work(tx, now, async (event) => onEvent?.(tx, event, now));
    });
  };

  async #removeIfDone(old: AuthorityRecord): Promise<void> {
    const { store, keys, clock } = this.#options;
    if (old.state !== "old" && old.state !== "tainted") return;
    const now = clock.now();
    const last = (await store.latestNotAfter(old.id)) ?? old.activateAt;
    const neededMs = Math.min(last.getTime(), old.notAfter.getTime());
    if (now.getTime() <= neededMs + 1000) return;
    await this.#transact(async (tx, _now, tell) => {
      const authority = await tx.deleteAuthority(old.id);
      await this.#changed(tx, { kind: "removed", authority }, tell);
    });
    await keys.remove(old.keyRef);
    await this.#load();
  }

  /** The bundle has another content: its sequence grows in the same transaction. */
  async #changed(
    tx: StoreTransaction,
    event: AuthorityEvent,
    tell: (event: AuthorityEvent) => Promise<void>,
  ): Promise<void> {
    const sequence = BigInt((await tx.getMeta(SEQUENCE_KEY)) ?? "0") + 1n;
    await tx.setMeta(SEQUENCE_KEY, sequence.toString());
    await tx.appendChange({
      kind: "bundle",
      key: this.#options.trustDomain.name,
      data: { sequence: Number(sequence) },
    });
    await tell(event);
  }

  #plan(): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    const delayMs = Math.max(1000, Math.min(this.#nextDueMs(), RETRY_MS * 60));
    this.#timer = this.#options.clock.schedule(delayMs, () => {
      this.tick().catch((error: unknown) => this.#options.onError?.(error));
    });
  }

  #nextDueMs(): number {
    const now = this.#options.clock.now().getTime();
    let due = now + RETRY_MS * 60;
    for (const kind of KINDS) {
      const active = this.#activeOf(kind);
      if (active === undefined) return RETRY_MS;
      const prepared = this.#records.some(
        (each) => each.kind === kind && each.state === "prepared",
      );
      const next = prepared ? activateNextAt(active) : publishNextAt(active);
      due = Math.min(due, Math.max(next.getTime(), now + 1000));
    }
    if (this.#records.some(({ state }) => state === "old" || state === "tainted")) {
      due = Math.min(due, now + Math.min(RETRY_MS, this.#lifeMs / 24));
    }
    return due - now;
  }
}
