import { randomUUID } from "node:crypto";
import type { Clock, Timer } from "../clock.ts";
import type { KeyType, Signer } from "../crypto/index.ts";
import { createX509Authority, uniqueId } from "../crypto/issuing.ts";
import { IssuerError } from "../errors.ts";
import { Bundle, type TrustDomain } from "../spiffe/index.ts";
import type { AuthorityRecord, Store, StoreTransaction } from "../store/index.ts";
import type { KeyStore } from "./key-store.ts";
import { activateNextAt, publishNextAt } from "./schedule.ts";

/** What happened to an authority; `lost` is one whose key is not there any more. */
export interface AuthorityEvent {
  readonly kind: "prepared" | "activated" | "removed" | "lost";
  readonly authority: AuthorityRecord;
}

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
const BACKDATE_MS = 60_000;
const SEQUENCE_KEY = "bundle_sequence";

/** The trust domain's signing keys; they rotate by themselves. */
export class Authorities {
  readonly #options: AuthoritiesOptions;
  readonly #lifeMs: number;
  #records: readonly AuthorityRecord[] = [];
  #signers = new Map<string, Signer>();
  #bundle: Bundle;
  #listeners = new Set<() => void>();
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
    this.#ticking = this.#ticking.then(() => this.#tick()).finally(() => this.#plan());
    return this.#ticking;
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

  /** Seconds since the active authority came into force; 0 without one. */
  ageSeconds(kind: "x509" | "jwt"): number {
    const active = this.#records.find((each) => each.kind === kind && each.state === "active");
    if (active === undefined) return 0;
    return (this.#options.clock.now().getTime() - active.activateAt.getTime()) / 1000;
  }

  /** Seconds until the active authority ends; 0 without one. */
  leftSeconds(kind: "x509" | "jwt"): number {
    const active = this.#records.find((each) => each.kind === kind && each.state === "active");
    if (active === undefined) return 0;
    return (active.notAfter.getTime() - this.#options.clock.now().getTime()) / 1000;
  }

  /** All authorities in the bundle, by kind, then activation. */
  list(): Promise<readonly AuthorityRecord[]> {
    return this.#options.store.listAuthorities();
  }

  #active(kind: "x509" | "jwt"): { record: AuthorityRecord; signer: Signer } {
    const now = this.#options.clock.now();
    const record = this.#records.find((each) => each.kind === kind && each.state === "active");
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
    const { clock } = this.#options;
    const usable = (each: AuthorityRecord): boolean =>
      this.#signers.has(each.id) && each.notAfter > clock.now();
    const ofKind = () => this.#records.filter((each) => each.kind === kind);
    const active = ofKind().find((each) => each.state === "active");
    if (active === undefined || !usable(active)) {
      // The first start, or back after the active one has ended or lost its key.
      const prepared = ofKind().find((each) => each.state === "prepared" && usable(each));
      await this.#activate(prepared ?? (await this.#prepare(kind)), active);
    } else {
      const now = clock.now();
      let next = ofKind().find((each) => each.state === "prepared" && usable(each));
      if (next === undefined && now >= publishNextAt(active)) next = await this.#prepare(kind);
      if (next !== undefined && now >= activateNextAt(active)) await this.#activate(next, active);
    }
    for (const old of ofKind()) await this.#removeIfDone(old);
  }

  /** The key is on disk before its record: a crash between the two leaves a key that start() sweeps. */
  async #prepare(kind: "x509" | "jwt"): Promise<AuthorityRecord> {
    const { keys, clock, randomBytes, trustDomain, store } = this.#options;
    const { x509KeyType = "ec-p256", jwtKeyType = "ec-p256" } = this.#options;
    const { keyRef, signer } = await keys.create(kind === "x509" ? x509KeyType : jwtKeyType);
    const now = clock.now();
    const notBefore = new Date(Math.floor((now.getTime() - BACKDATE_MS) / 1000) * 1000);
    const notAfter = new Date(Math.floor((now.getTime() + this.#lifeMs) / 1000) * 1000);
    const serial = uniqueId(randomBytes, now);
    const request = { trustDomain, signer, serial, notBefore, notAfter };
    const certificateDer = kind === "x509" ? await createX509Authority(request) : null;
    const record = await store.transaction(async (tx) => {
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
      });
      await this.#changed(tx, { kind: "prepared", authority: created }, now);
      return created;
    });
    this.#signers.set(record.id, signer);
    await this.#load();
    return record;
  }

  async #activate(next: AuthorityRecord, before: AuthorityRecord | undefined): Promise<void> {
    const { store, clock } = this.#options;
    await store.transaction(async (tx) => {
      const now = clock.now();
      if (before !== undefined) {
        const lost = !this.#signers.has(before.id);
        const authority = await tx.updateAuthority({ ...before, state: "old" });
        if (lost) await this.#options.onEvent?.(tx, { kind: "lost", authority }, now);
      }
      const authority = await tx.updateAuthority({ ...next, state: "active", activateAt: now });
      await this.#options.onEvent?.(tx, { kind: "activated", authority }, now);
    });
    await this.#load();
  }

  async #removeIfDone(old: AuthorityRecord): Promise<void> {
    const { store, keys, clock } = this.#options;
    if (old.state !== "old") return;
    const now = clock.now();
    const last = (await store.latestNotAfter(old.id)) ?? old.activateAt;
    const neededMs = Math.min(last.getTime(), old.notAfter.getTime());
    if (now.getTime() <= neededMs + 1000) return;
    await store.transaction(async (tx) => {
      const authority = await tx.deleteAuthority(old.id);
      await this.#changed(tx, { kind: "removed", authority }, now);
    });
    await keys.remove(old.keyRef);
    await this.#load();
  }

  /** The bundle has another content: its sequence grows in the same transaction. */
  async #changed(tx: StoreTransaction, event: AuthorityEvent, now: Date): Promise<void> {
    const sequence = BigInt((await tx.getMeta(SEQUENCE_KEY)) ?? "0") + 1n;
    await tx.setMeta(SEQUENCE_KEY, sequence.toString());
    await tx.appendChange({
      kind: "bundle",
      key: this.#options.trustDomain.name,
      data: { sequence: Number(sequence) },
    });
    await this.#options.onEvent?.(tx, event, now);
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
      const active = this.#records.find((each) => each.kind === kind && each.state === "active");
      if (active === undefined) return RETRY_MS;
      const prepared = this.#records.some(
        (each) => each.kind === kind && each.state === "prepared",
      );
      const next = prepared ? activateNextAt(active) : publishNextAt(active);
      due = Math.min(due, Math.max(next.getTime(), now + 1000));
    }
    if (this.#records.some((each) => each.state === "old")) {
      due = Math.min(due, now + Math.min(RETRY_MS, this.#lifeMs / 24));
    }
    return due - now;
  }
}
