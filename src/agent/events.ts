import type { Bundle, CutReport, SpiffeId, X509Svid } from "../spiffe/index.ts";
import type { LogInconsistency } from "./log-watch.ts";

/** What a bot tells, by name, with what its listeners are given. */
export interface BotEvents {
  /** A new X509-SVID is in use. */
  rotated: [svid: X509Svid];
  /** The trust domain's bundle has changed. */
  bundle: [bundle: Bundle];
  /** The identities that the bot holds have changed. */
  identities: [spiffeIds: readonly SpiffeId[]];
  suspended: [status: IdentityEnd];
  retired: [status: IdentityEnd];
  evicted: [status: IdentityEnd];
  locked: [status: IdentityEnd];
  /** X509-SVIDs (serials, hex) and JWT-SVIDs (jtis) of it were revoked; it gets others at once. */
  revoked: [what: { readonly serials: readonly string[]; readonly jtis: readonly string[] }];
  /** Nothing was heard of denied identities for longer than the policy allows; given: for how long, in milliseconds. */
  stale: [staleMs: number];
  /** What is known of them is new again. */
  fresh: [];
  /** The certificate revocation lists have changed; only to those who have asked for them. */
  crls: [];
  /** The line is down; the bot works on what it holds, and tries again. */
  disconnected: [reason: Error];
  reconnected: [];
  /** The issuer's audit log does not continue the one that the bot knew. The bot works on; somebody should look. */
  log_inconsistent: [inconsistency: LogInconsistency];
  /** A connection, or a request that a token authorised, was cut: its identity had ended, or ours. */
  cut: [report: CutReport];
  /** Wall time was set while the bot ran, or the machine slept; how far it is ahead of the issuer's now, in milliseconds. */
  clock_jumped: [skewMs: number];
  /** Something failed that is tried again. Without a listener it is passed over. */
  error: [error: Error];
}

/** The ways in which an identity comes to its end, as the bot tells them. */
export const IDENTITY_ENDS = ["suspended", "retired", "evicted", "locked"] as const;

export type IdentityEndName = (typeof IDENTITY_ENDS)[number];

/** All after which what a bot holds may be another. */
export const IDENTITY_CHANGES = ["rotated", "bundle", "identities", ...IDENTITY_ENDS] as const;

/** Why an identity is no more. */
export interface IdentityEnd {
  readonly spiffeId: SpiffeId;
  readonly reason: string;
}
