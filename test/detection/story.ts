import { type AuditEvent, auditDraft } from "../../src/audit/index.ts";
import { type Observation, observationOf, usageObservation } from "../../src/detection/index.ts";

/** Random numbers that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const START = Date.UTC(2030, 0, 7);

/** What happens at an issuer, told in any order; times are milliseconds since the story began. */
export class Story {
  readonly random: () => number;
  readonly bot: string;
  readonly #told: { atMs: number; event: AuditEvent | { peer: string; bot: string } }[] = [];
  #serial = 0;

  constructor(seed: number, bot = "invoice-poster") {
    this.random = randomOf(seed);
    this.bot = bot;
  }

  /** From `least` to `most`, whole. */
  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.between(0, values.length - 1)] ?? values[0];
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  serial(): string {
    this.#serial += 1;
    return `s${this.#serial}`;
  }

  /** An instance attests. */
  create(atMs: number, instance: string, source: string, more: Record<string, string> = {}): void {
    this.#instance("instance.created", atMs, instance, source, more);
  }

  resume(atMs: number, instance: string, source: string): void {
    this.#instance("instance.resumed", atMs, instance, source);
  }

  issue(atMs: number, instance: string, kind: "x509" | "jwt" = "x509", ttlMs = HOUR): void {
    const notAfter = new Date(START + atMs + ttlMs).toISOString();
    this.tell(atMs, {
      type: "svid.issued",
      outcome: "ok",
      bot: this.bot,
      instance,
      serial: this.serial(),
      details: { kind, notAfter },
    });
  }

  /** An instance that attests and renews at about half of an hour's life, as the library does. */
  runs(fromMs: number, toMs: number, instance: string, source: string): void {
    this.create(fromMs, instance, source);
    for (let atMs = fromMs + 100; atMs < toMs; atMs += this.between(27, 33) * MINUTE) {
      this.issue(atMs, instance);
    }
  }

  refuse(
    atMs: number,
    source: string,
    code: string,
    more: { bot?: string; instance?: string; details?: Record<string, string> } = {},
  ): void {
    this.tell(atMs, {
      type: "attestation.refused",
      outcome: "refused",
      actor: "anonymous",
      bot: more.bot ?? null,
      instance: more.instance ?? null,
      code,
      evidence: { attestor: "svid", selectors: [] },
      details: { ...more.details, message: code, remoteAddress: source },
    });
  }

  /** The holder of an instance's SVID is refused. */
  refuseHolder(
    atMs: number,
    instance: string,
    source: string,
    serial: string,
    code: "INSTANCE_LOCKED" | "DENIED",
  ): void {
    this.refuse(atMs, source, code, {
      bot: this.bot,
      instance,
      details: { instanceId: instance, bot: this.bot, serial },
    });
  }

  lock(atMs: number, instance: string, connected: "yes" | "no"): void {
    this.tell(atMs, {
      type: "instance.locked",
      outcome: "ok",
      bot: this.bot,
      instance,
      details: { denied: "2", connected },
    });
  }

  usage(atMs: number, peer: string): void {
    this.#told.push({ atMs, event: { peer, bot: this.bot } });
  }

  tell(atMs: number, event: AuditEvent): void {
    this.#told.push({ atMs, event });
  }

  /** In the order of time; records of the audit are written and read as the issuer does. */
  observations(): Observation[] {
    const sorted = this.#told.toSorted((a, b) => a.atMs - b.atMs);
    return sorted.map(({ atMs, event }, index) => {
      const at = new Date(START + atMs);
      if ("peer" in event) return usageObservation({ ...event, calls: 3, lastAt: at });
      const draft = auditDraft(event, at);
      return observationOf({ ...draft, sequence: index + 1 }, () => draft.bytes(index + 1));
    });
  }

  #instance(
    type: "instance.created" | "instance.resumed",
    atMs: number,
    instance: string,
    source: string,
    more: Record<string, string> = {},
  ): void {
    this.tell(atMs, {
      type,
      outcome: "ok",
      bot: this.bot,
      instance,
      evidence: { attestor: "join_token", selectors: [] },
      details: { remoteAddress: source, ...more },
    });
  }
}
