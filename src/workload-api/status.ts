import { Metadata, status } from "@grpc/grpc-js";
import { type ErrorCode, errorCodeOf, IssuerError } from "../errors.ts";
import { STATUS_OF } from "../wire/index.ts";

/** Codes that say "not now": the caller is who it is, but the agent has nothing to give at the moment. */
const NOT_NOW: ReadonlySet<ErrorCode> = new Set([
  "CLOSED",
  "DEADLINE_EXCEEDED",
  "NO_ACTIVE_AUTHORITY",
  "NO_WAY_IN",
  "SERVER_NOT_TRUSTED",
  "SVID_EXPIRED",
  "STORE_UNAVAILABLE",
  "UNAVAILABLE",
]);

/** The status of the doors for other people's clients: what each code means is in the standards, not ours (N4, N5). */
export function doorStatus(error: unknown) {
  const code = errorCodeOf(error);
  const details =
    error instanceof IssuerError && code !== "INTERNAL" ? error.message : "internal error";
  const mapped = NOT_NOW.has(code) ? status.UNAVAILABLE : STATUS_OF[code];
  return { code: mapped, details, metadata: new Metadata() };
}
