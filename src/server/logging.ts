import { type Logger, pino } from "pino";

/** Names of log fields, in one place. */
export const FIELD = {
  requestId: "request_id",
  rpc: "rpc",
  code: "code",
  address: "address",
  trustDomain: "trust_domain",
} as const;

/** JSON lines on stderr. Whatever could hold a secret is left out, wherever it stands in a record. */
export function createLogger(level: string): Logger {
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
    pino.destination({ fd: 2, sync: true }),
  );
}

export type { Logger };
