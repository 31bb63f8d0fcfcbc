import type { Clock } from "../clock.ts";
import type { DenyUpdate__Output } from "../wire/index.ts";

/** What may be denied. */
export interface DeniedQuery {
  readonly serialHex?: string;
  readonly jti?: string;
  readonly spiffeId?: string;
}

/** Why: suspended, retired, ended, evicted, banned, locked, restored. */
export type DenialReason = string;

interface Denial {
  readonly reason: DenialReason;
  readonly expiresAtMs: number;
}

/** The denied identities, as far as the server has told. */
export class DenySet {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #denials = new Map<string, Denial>();
  #sequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The feed position up to which everything is known; 0: nothing is. */
  get sequence(): number {
    return this.#sequence;
  }

  get size(): number {
    return this.#denials.size;
  }

  /** Why one of these is denied; undefined when none is. */
  reasonFor({ serialHex, jti, spiffeId }: DeniedQuery): DenialReason | undefined {
    const now = this.#clock.now().getTime();
    const keys = [
      serialHex === undefined ? undefined : keyOf("serial", serialHex),
      jti === undefined ? undefined : keyOf("jti", jti),
      spiffeId === undefined ? undefined : keyOf("spiffe_id", spiffeId),
    ];
    for (const key of keys) {
      const denial = key === undefined ? undefined : this.#denials.get(key);
      if (denial !== undefined && denial.expiresAtMs > now) return denial.reason;
    }
    return undefined;
  }

  /** @returns stops the calls. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes in a snapshot or a delta. */
  apply(update: DenyUpdate__Output): void {
    const now = this.#clock.now().getTime();
    const next = update.snapshot ? new Map<string, Denial>() : this.#denials;
    for (const { kind, value } of update.removed) next.delete(keyOf(kind, value));
    for (const { kind, value, reason, expiresAtMs } of update.added) {
      if (expiresAtMs > now) next.set(keyOf(kind, value), { reason, expiresAtMs });
    }
    for (const [key, { expiresAtMs }] of next) if (expiresAtMs <= now) next.delete(key);
    this.#denials = next;
    this.#sequence = update.sequence;
    for (const listener of this.#listeners) listener();
  }
}

function keyOf(kind: string, value: string): string {
  return `${kind}:${value}`;
}
