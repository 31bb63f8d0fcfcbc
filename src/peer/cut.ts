import { IssuerError } from "../errors.ts";
import type { Cut, CutCause } from "../spiffe/index.ts";

export type { Cut, CutCause, CutReport } from "../spiffe/index.ts";

/** The header that tells a cause: of an HTTP/1 answer that is the last one, and of an answer 401. */
export const CUT_HEADER = "botpass-cut";

const TEXTS: Readonly<Record<CutCause, string>> = {
  expired: "identity expires",
  authority_removed: "identity's authority is not trusted any more",
  revoked: "identity is revoked",
  evicted: "instance is evicted",
  banned: "instance is banned",
  locked: "instance is locked",
  suspended: "identity is suspended",
  retired: "identity is retired",
  ended: "identity has ended",
  restored: "identity is older than the issuer's restored state",
  withdrawn: "identity was withdrawn",
  stale: "identity cannot be checked: too little is known of revocations",
};

export function cutBy(cause: CutCause, whose: Cut["whose"]): Cut {
  return { cause, whose, text: `botpass: ${whose === "peer" ? "your" : "our"} ${TEXTS[cause]}` };
}

/** What a client of ours fails with whose connection was cut: SVID_EXPIRED, PEER_NOT_TRUSTED, else DENIED. */
export function errorOf({ cause, text }: Cut): IssuerError {
  if (cause === "expired") return new IssuerError("SVID_EXPIRED", text);
  return new IssuerError(cause === "authority_removed" ? "PEER_NOT_TRUSTED" : "DENIED", text);
}

/** The cause that a denial's reason names. Reasons that are not known are revocations. */
export function causeOf(reason: string): CutCause {
  return Object.hasOwn(TEXTS, reason) ? (reason as CutCause) : "revoked";
}

/** Codes by which one's own identity is taken away, as a cause; undefined: it may come back by itself. */
export function causeOfLoss(code: string): CutCause | undefined {
  return LOSSES.get(code);
}

const LOSSES: ReadonlyMap<string, CutCause> = new Map([
  ["BOT_RETIRED", "retired"],
  ["BOT_SUSPENDED", "suspended"],
  ["DENIED", "revoked"],
  ["INSTANCE_EVICTED", "evicted"],
  ["INSTANCE_LOCKED", "locked"],
  ["NO_IDENTITY", "withdrawn"],
]);
