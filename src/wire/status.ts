import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ERROR_CODES, type ErrorCode, errorCodeOf, IssuerError } from "../errors.ts";
import type { ErrorMessage, ErrorMessage__Output } from "./generated/botpass/v1/types.ts";

/** The gRPC status of each code. A new code without a status does not compile. */
export const STATUS_OF = {
  REQUEST_INVALID: status.INVALID_ARGUMENT,
  TRUST_DOMAIN_INVALID: status.INVALID_ARGUMENT,
  SPIFFE_ID_INVALID: status.INVALID_ARGUMENT,
  SELECTOR_INVALID: status.INVALID_ARGUMENT,
  BUNDLE_INVALID: status.INVALID_ARGUMENT,
  CSR_INVALID: status.INVALID_ARGUMENT,
  KEY_NOT_ALLOWED: status.INVALID_ARGUMENT,
  CONFIG_INVALID: status.INVALID_ARGUMENT,
  CLIENT_CERTIFICATE_REQUIRED: status.UNAUTHENTICATED,
  SVID_INVALID: status.UNAUTHENTICATED,
  TOKEN_INVALID: status.UNAUTHENTICATED,
  ATTESTATION_REFUSED: status.PERMISSION_DENIED,
  NO_IDENTITY: status.PERMISSION_DENIED,
  NOT_AUTHORIZED: status.PERMISSION_DENIED,
  AUDIENCE_NOT_ALLOWED: status.PERMISSION_DENIED,
  BOT_SUSPENDED: status.PERMISSION_DENIED,
  BOT_RETIRED: status.PERMISSION_DENIED,
  BOT_NOT_APPROVED: status.PERMISSION_DENIED,
  BOT_RESTRICTED: status.PERMISSION_DENIED,
  PASSPORT_REFUSED: status.PERMISSION_DENIED,
  INSTANCE_EVICTED: status.PERMISSION_DENIED,
  INSTANCE_LOCKED: status.PERMISSION_DENIED,
  DENIED: status.PERMISSION_DENIED,
  NOT_FOUND: status.NOT_FOUND,
  ALREADY_EXISTS: status.ALREADY_EXISTS,
  STALE_REVISION: status.ABORTED,
  WRONG_STATE: status.FAILED_PRECONDITION,
  NO_ACTIVE_AUTHORITY: status.UNAVAILABLE,
  STORE_UNAVAILABLE: status.UNAVAILABLE,
  UNAVAILABLE: status.UNAVAILABLE,
  LIMIT_EXCEEDED: status.RESOURCE_EXHAUSTED,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  UNIMPLEMENTED: status.UNIMPLEMENTED,
  SERVER_NOT_TRUSTED: status.UNAUTHENTICATED,
  SOCKET_NOT_TRUSTED: status.UNAUTHENTICATED,
  PEER_NOT_TRUSTED: status.UNAUTHENTICATED,
  PEER_NOT_AUTHORIZED: status.PERMISSION_DENIED,
  NO_WAY_IN: status.FAILED_PRECONDITION,
  SVID_EXPIRED: status.UNAUTHENTICATED,
  LOG_INCONSISTENT: status.DATA_LOSS,
  STATEMENT_INVALID: status.INVALID_ARGUMENT,
  CLOSED: status.CANCELLED,
  INTERNAL: status.INTERNAL,
} as const satisfies Record<ErrorCode, status>;

const CODE_KEY = "botpass-code";
const RETRY_KEY = "botpass-retry-after-ms";
const REQUEST_ID_KEY = "botpass-request-id";

/** A gRPC error of anything thrown. What is not ours is told as "internal error" and nothing more. */
export function errorToStatus(
  error: unknown,
  requestId: string,
): Pick<ServiceError, "code" | "details" | "metadata"> {
  const code = errorCodeOf(error);
  const metadata = new Metadata();
  metadata.set(CODE_KEY, code);
  metadata.set(REQUEST_ID_KEY, requestId);
  if (error instanceof IssuerError && error.retryAfterMs !== undefined) {
    metadata.set(RETRY_KEY, String(error.retryAfterMs));
  }
  return { code: STATUS_OF[code], details: tellable(error), metadata };
}

/** The error that the server threw, made again from what arrived. */
export function errorFromStatus(error: ServiceError): IssuerError {
  const code = asCode(error.metadata?.get(CODE_KEY)[0]?.toString()) ?? codeOfStatus(error.code);
  const retryAfterMs = Number(error.metadata?.get(RETRY_KEY)[0] ?? 0);
  const requestId = error.metadata?.get(REQUEST_ID_KEY)[0]?.toString();
  return new IssuerError(code, error.details || error.message, {
    cause: error,
    ...(requestId === undefined ? {} : { details: { requestId } }),
    ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
  });
}

/**
 * Codes whose details are for the records alone: faults of ours; and refused tokens, of which a stranger must not
 * learn whether they exist, whose they are and who holds them.
 */
const KEPT_BACK: ReadonlySet<ErrorCode> = new Set(["INTERNAL", "TOKEN_INVALID"]);

/** An error as a message inside a stream. */
export function errorToMessage(error: unknown, requestId: string): ErrorMessage {
  const known = error instanceof IssuerError ? error : undefined;
  const code = errorCodeOf(error);
  return {
    code,
    message: tellable(error),
    retryAfterMs: known?.retryAfterMs ?? 0,
    details: KEPT_BACK.has(code) ? {} : { ...known?.details },
    requestId,
  };
}

/** The error that the server answered with inside a stream. */
export function errorFromMessage(message: ErrorMessage__Output): IssuerError {
  return new IssuerError(asCode(message.code) ?? "INTERNAL", message.message, {
    details: { ...message.details, requestId: message.requestId },
    ...(message.retryAfterMs > 0 ? { retryAfterMs: message.retryAfterMs } : {}),
  });
}

function tellable(error: unknown): string {
  const internal = !(error instanceof IssuerError) || error.code === "INTERNAL";
  return internal ? "internal error" : error.message;
}

function asCode(text: string | undefined): ErrorCode | undefined {
  return ERROR_CODES.find((each) => each === text);
}

/** For errors that no server of ours made: the connection's, or a proxy's. */
function codeOfStatus(code: status): ErrorCode {
  switch (code) {
    case status.INVALID_ARGUMENT:
      return "REQUEST_INVALID";
    case status.UNIMPLEMENTED:
      return "UNIMPLEMENTED";
    case status.RESOURCE_EXHAUSTED:
      return "LIMIT_EXCEEDED";
    case status.DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case status.PERMISSION_DENIED:
      return "NOT_AUTHORIZED";
    case status.UNAUTHENTICATED:
      return "SVID_INVALID";
    case status.UNAVAILABLE:
    case status.CANCELLED:
      return "UNAVAILABLE";
    default:
      return "INTERNAL";
  }
}
