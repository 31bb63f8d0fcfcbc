import { IssuerError, messageOf } from "../../errors.ts";

/** What a caller that may try again should wait. */
const RETRY_AFTER_MS = 1000;

/** SQLite's primary result codes that pass when the disk, or whoever holds the file, comes round. */
const PASSING = [
  "SQLITE_FULL",
  "SQLITE_READONLY",
  "SQLITE_IOERR",
  "SQLITE_BUSY",
  "SQLITE_LOCKED",
  "SQLITE_CANTOPEN",
  "SQLITE_PROTOCOL",
  "SQLITE_NOMEM",
  "SQLITE_PERM",
  "SQLITE_CORRUPT",
  "SQLITE_NOTADB",
];

/** SQLite's (extended) result code, e.g. `SQLITE_IOERR_WRITE`; undefined for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && code.startsWith("SQLITE_") ? code : undefined;
}

/** Whether a primary key or unique index refused a row. */
export function isDuplicate(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "SQLITE_CONSTRAINT_UNIQUE";
}

/** Whether what a row refers to is not there. */
export function isDangling(error: unknown): boolean {
  return sqliteCode(error) === "SQLITE_CONSTRAINT_FOREIGNKEY";
}

/** `STORE_UNAVAILABLE`, with the cause kept. */
export function unavailable(message: string, cause?: unknown): IssuerError {
  return new IssuerError("STORE_UNAVAILABLE", message, { cause, retryAfterMs: RETRY_AFTER_MS });
}

/**
 * The IssuerError for anything that SQLite threw: STORE_UNAVAILABLE when it may pass. IssuerErrors and
 * refused constraints come back as they are.
 */
export function storeError(error: unknown): unknown {
  if (error instanceof IssuerError) return error;
  const code = sqliteCode(error);
  if (code === undefined || code.startsWith("SQLITE_CONSTRAINT")) return error;
  if (PASSING.some((each) => code === each || code.startsWith(`${each}_`))) {
    return unavailable(`the database does not answer: ${messageOf(error)} (${code})`, error);
  }
  return new IssuerError("INTERNAL", `the database failed: ${messageOf(error)} (${code})`, {
    cause: error,
  });
}

/** Whether `error` says that the store cannot be used now. */
export function isUnavailable(error: unknown): error is IssuerError {
  return error instanceof IssuerError && error.code === "STORE_UNAVAILABLE";
}
