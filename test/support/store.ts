import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/clock.ts";
import { openSqliteStore, type Store } from "../../src/store/index.ts";

/** A store in a directory of its own, gone when it is closed. */
export interface TestStore {
  readonly store: Store;
  readonly directory: string;
  readonly file: string;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens an empty SQLite store in a fresh temporary directory. */
export async function openTestStore(options: { readonly clock?: Clock } = {}): Promise<TestStore> {
  const directory = mkdtempSync(join(tmpdir(), "botpass-store-"));
  const file = join(directory, "botpass.db");
  const store = await openSqliteStore({ file, ...options });
  const close = async (): Promise<void> => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { store, directory, file, close, [Symbol.asyncDispose]: close };
}
