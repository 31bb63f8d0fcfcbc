import { fdatasync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { messageOf } from "../../errors.ts";
import { unavailable } from "./failure.ts";

/**
 * Makes commits durable beside the event loop. SQLite commits without waiting for the disk (`synchronous = normal`:
 * the file stays sound whatever happens); the log of what it has committed is flushed here, by a thread of the pool,
 * and one flush serves all commits that came before it.
 */
export class WalFlush {
  readonly #file: string;
  readonly #generation: () => number;
  #handle: { readonly file: FileHandle; readonly generation: number } | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #broken = false;

  /**
   * @param database the database's file; its log has the same name and `-wal`.
   * @param generation another number whenever connections were closed: SQLite may have made a new log since.
   */
  constructor(database: string, generation: () => number) {
    this.#file = `${database}-wal`;
    this.#generation = generation;
  }

  /** A flush has failed: what the system still held of the log may be lost, though later flushes succeed. */
  get broken(): boolean {
    return this.#broken;
  }

  /** What was in the log has been written to the database itself, and flushed there. */
  repaired(): void {
    this.#broken = false;
  }

  /**
   * Resolves once everything that was committed before this call is on disk.
   * @throws IssuerError STORE_UNAVAILABLE.
   */
  flush(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    // The one under way may have begun before the commit.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        // One that has begun since serves as well.
        return this.#running ?? this.#start();
      });
    return this.#next;
  }

  async close(): Promise<void> {
    await this.#next?.catch(() => undefined);
    await this.#running?.catch(() => undefined);
    await this.#letGo();
  }

  #start(): Promise<void> {
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      const { fd } = await this.#open();
      await new Promise<void>((resolve, reject) => {
        fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      this.#broken = true;
      throw unavailable(`the log of the database cannot be flushed: ${messageOf(error)}`, error);
    }
  }

  async #open(): Promise<FileHandle> {
    const generation = this.#generation();
    if (this.#handle?.generation !== generation) {
      await this.#letGo();
      this.#handle = { file: await open(this.#file, "r+"), generation };
    }
    return this.#handle.file;
  }

  async #letGo(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.file.close();
  }
}
