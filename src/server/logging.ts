import { type DestinationStream, type Logger, pino } from "pino";

/** Names of log fields, in one place. docs/logging.md lists all that stands in a record. */
export const FIELD = {
  requestId: "request_id",
  rpc: "rpc",
  code: "code",
  address: "address",
  trustDomain: "trust_domain",
} as const;

/**
 * JSON lines. Whatever could hold a secret is left out, wherever it stands in a record.
 * @param destination default: stderr, at once.
 */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ["token", "*.token", "secret", "*.secret", "key", "*.key", "csr", "*.csr"],
        censor: "[redacted]",
      },
    },
    destination,
  );
}

export type { Logger };
