export * from "./records.ts";
export { type CarriedOver, carryOver, type Reopening, reopenTokens } from "./sqlite/carry-over.ts";
export { checkDatabase, type DatabaseCheck } from "./sqlite/check.ts";
export { type DirectoryLock, lockDataDirectory } from "./sqlite/lock.ts";
export { openSqliteStore, type SqliteStoreOptions } from "./sqlite/sqlite-store.ts";
export type * from "./store.ts";
