/**
 * Every way in which Botpass refuses or fails. The meaning of each code, and what to do about it,
 * stands in docs/errors.md; its gRPC status in src/wire/status.ts.
 */
export const ERROR_CODES = [
  // what was sent is malformed
  "REQUEST_INVALID",
  "TRUST_DOMAIN_INVALID",
  "SPIFFE_ID_INVALID",
  "SELECTOR_INVALID",
  "BUNDLE_INVALID",
  "CSR_INVALID",
  "KEY_NOT_ALLOWED",
  "CONFIG_INVALID",
  // who is speaking is not known
  "CLIENT_CERTIFICATE_REQUIRED",
  "SVID_INVALID",
  "TOKEN_INVALID",
  // who is speaking is known, or nobody, and may not
  "ATTESTATION_REFUSED",
  "NO_IDENTITY",
  "NOT_AUTHORIZED",
  "AUDIENCE_NOT_ALLOWED",
  "BOT_SUSPENDED",
  "BOT_RETIRED",
  "BOT_NOT_APPROVED",
  "BOT_RESTRICTED",
  "PASSPORT_REFUSED",
  "INSTANCE_EVICTED",
  "INSTANCE_LOCKED",
  "DENIED",
  // the state of things
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "STALE_REVISION",
  "WRONG_STATE",
  // not now
  "NO_ACTIVE_AUTHORITY",
  "STORE_UNAVAILABLE",
  "UNAVAILABLE",
  "LIMIT_EXCEEDED",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  // on the client's side
  "SERVER_NOT_TRUSTED",
  "SOCKET_NOT_TRUSTED",
  "PEER_NOT_TRUSTED",
  "PEER_NOT_AUTHORIZED",
  "NO_WAY_IN",
  "SVID_EXPIRED",
  "LOG_INCONSISTENT",
  "STATEMENT_INVALID",
  "CLOSED",
  "INTERNAL",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface IssuerErrorOptions {
  readonly cause?: unknown;
  /** Facts that a handler needs, by name. Never a secret: they are logged and sent. */
  readonly details?: Readonly<Record<string, string>>;
  /** When it is worth trying again, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

/**
 * The one error class of Botpass. Programmers' mistakes (a wrong argument type) are `TypeError`s.
 * The message starts lower case, has no final period and names the offending field and value.
 */
export class IssuerError extends Error {
  override readonly name = "IssuerError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: IssuerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The code of `error`; INTERNAL for anything that is not an IssuerError. */
export function errorCodeOf(error: unknown): ErrorCode {
  return error instanceof IssuerError ? error.code : "INTERNAL";
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
