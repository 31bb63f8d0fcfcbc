import { IssuerError } from "../errors.ts";

/** One thing that an SVID must not outlive. */
export interface Limit {
  /** Named in the audit: `asked`, `entry`, `server`, `authority`, `bot end date`, `entry expiry`, `evidence`, `passport`, `restriction`, `review`. */
  readonly name: string;
  readonly at: Date;
}

/** When an SVID ends, and which limit it was that decided. */
export interface Lifetime {
  readonly notBefore: Date;
  /** Whole seconds: neither X.509 nor JWT knows smaller ones. */
  readonly notAfter: Date;
  readonly limitedBy: string;
}

/** How far back an SVID's start lies, for peers whose clocks are behind. */
export const BACKDATE_MS = 10_000;

/**
 * The least of all limits.
 * @throws IssuerError NO_IDENTITY when less than a second is left.
 */
export function leastLifetime(now: Date, limits: readonly (Limit | undefined)[]): Lifetime {
  let least: Limit = { name: "nothing", at: new Date(8.64e15) };
  for (const limit of limits) if (limit !== undefined && limit.at < least.at) least = limit;
  const notAfter = wholeSeconds(least.at.getTime());
  if (notAfter.getTime() - now.getTime() < 1) {
    const message = `nothing is left to live: ${least.name} is ${least.at.toISOString()}`;
    throw new IssuerError("NO_IDENTITY", message);
  }
  return {
    notBefore: wholeSeconds(now.getTime() - BACKDATE_MS),
    notAfter,
    limitedBy: least.name,
  };
}

/** A limit of some seconds from now; undefined without them. */
export function within(name: string, now: Date, seconds: number | null | undefined) {
  if (seconds === null || seconds === undefined || seconds === 0) return undefined;
  return { name, at: new Date(now.getTime() + seconds * 1000) };
}

/** A limit at an instant; undefined without one. */
export function until(name: string, at: Date | null): Limit | undefined {
  return at === null ? undefined : { name, at };
}

function wholeSeconds(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}
