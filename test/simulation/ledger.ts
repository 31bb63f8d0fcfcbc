import type { X509Svid } from "../../src/spiffe/index.ts";

/** An SVID that was seen somewhere, with what the audit says of it. */
export interface SeenSvid {
  readonly svid: X509Svid;
  readonly bot: string;
  readonly instance: string;
  /** Who signed it. */
  readonly authority: string;
  /** Sequence of its record. */
  readonly sequence: number;
}

export type CutTarget =
  | { readonly bot: string }
  | { readonly instance: string }
  | { readonly authority: string }
  | { readonly serial: string };

interface Cut {
  readonly about: CutTarget;
  /** All that was issued before this record. */
  readonly sequence: number;
  readonly atMs: number;
}

/** What must be so, kept apart from what the parts say of it: who was stopped when, and which SVIDs are out. */
export class Ledger {
  readonly svids = new Map<string, SeenSvid>();
  readonly #cuts: Cut[] = [];
  /** Bots that are suspended or retired now, and since when. */
  readonly stopped = new Map<string, number>();
  /** From which record to which each bot was stopped. */
  readonly #stops: { readonly bot: string; readonly from: number; to: number }[] = [];

  /** Suspended or retired, by this record. */
  stop(bot: string, sequence: number, atMs: number): void {
    this.stopped.set(bot, atMs);
    this.cut({ about: { bot }, sequence, atMs });
    this.#stops.push({ bot, from: sequence, to: Number.POSITIVE_INFINITY });
  }

  resume(bot: string, sequence: number): void {
    this.stopped.delete(bot);
    for (const each of this.#stops) {
      if (each.bot === bot && each.to === Number.POSITIVE_INFINITY) each.to = sequence;
    }
  }

  /** Whether the bot was stopped when this record was written. */
  wasStopped(bot: string, sequence: number): boolean {
    return this.#stops.some(
      (each) => each.bot === bot && sequence > each.from && sequence < each.to,
    );
  }

  cut(cut: Cut): void {
    this.#cuts.push(cut);
  }

  /** Whether who signed it is trusted by nobody any more. */
  isDisowned({ serialHex }: X509Svid): boolean {
    const signer = this.svids.get(serialHex)?.authority;
    return this.#cuts.some(({ about }) => "authority" in about && about.authority === signer);
  }

  /** Since when the SVID alone, or all that its authority signed, is revoked; undefined: it is not. */
  revokedAtMs({ serialHex }: Pick<X509Svid, "serialHex">): number | undefined {
    const signer = this.svids.get(serialHex)?.authority;
    const cuts = this.#cuts.filter(
      ({ about }) =>
        ("serial" in about && about.serial === serialHex) ||
        ("authority" in about && about.authority === signer),
    );
    return cuts.length === 0 ? undefined : Math.min(...cuts.map(({ atMs }) => atMs));
  }

  /** Since when nobody may accept the SVID; undefined: it may be accepted. */
  cutAtMs({ serialHex }: X509Svid): number | undefined {
    const seen = this.svids.get(serialHex);
    if (seen === undefined) return undefined;
    const stoppedAt = this.stopped.get(seen.bot);
    let atMs = stoppedAt ?? Number.POSITIVE_INFINITY;
    for (const { about, sequence, atMs: each } of this.#cuts) {
      if (seen.sequence > sequence) continue;
      const concerned =
        ("bot" in about && about.bot === seen.bot) ||
        ("instance" in about && about.instance === seen.instance) ||
        ("authority" in about && about.authority === seen.authority) ||
        ("serial" in about && about.serial === serialHex);
      if (concerned) atMs = Math.min(atMs, each);
    }
    return Number.isFinite(atMs) ? atMs : undefined;
  }
}
