import type { SpiffeId } from "./spiffe-id.ts";

/** Who is on the other end of a connection. */
export interface Peer {
  readonly spiffeId: SpiffeId;
  /** Of its X509-SVID, lower-case hex. */
  readonly serialHex: string;
  readonly expiresAt: Date;
}

/** Why a connection, or a request that a token authorised, ends. */
export type CutCause =
  | "expired"
  | "authority_removed"
  | "revoked"
  | "evicted"
  | "banned"
  | "locked"
  | "suspended"
  | "retired"
  | "ended"
  | "restored"
  | "withdrawn"
  | "stale";

/** What ends it. */
export interface Cut {
  readonly cause: CutCause;
  /** Whose identity has ended: the other side's, or our own. */
  readonly whose: "peer" | "own";
  /** What the other side is told: "botpass: your identity is suspended". At most 123 bytes of ASCII. */
  readonly text: string;
}

/** A cut that is over. */
export interface CutReport extends Cut {
  /** Undefined when the other side came without an SVID, or by a token. */
  readonly peer: Peer | undefined;
  /** From the moment that the cause was known, or that the end before an expiry began, to the end of the connection. */
  readonly ms: number;
}
