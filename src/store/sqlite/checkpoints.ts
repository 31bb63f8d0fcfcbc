import { stat } from "node:fs/promises";
import { Worker } from "node:worker_threads";

/** What the thread is asked for: `passive` beside other work, `truncate` while no transaction runs. */
export type CheckpointMode = "passive" | "truncate";

/** Why a checkpoint failed. That it had to leave something, for one who still reads, is no failure. */
export interface CheckpointAnswer {
  readonly error?: string;
}

/** The size of a log from which it is written to the database, in bytes. */
const DUE_BYTES = 16 * 1024 * 1024;
/** How many commits go by between two looks at its size. */
const LOOK_EVERY = 64;

/**
 * Writes what the log holds back to the database, in a thread of its own: copying and flushing tens of megabytes must
 * not hold up the event loop.
 */
export class Checkpoints {
  readonly #file: string;
  readonly #exclusively: (work: () => Promise<void>) => Promise<void>;
  #worker: Worker | undefined;
  #answered: ((answer: CheckpointAnswer) => void) | undefined;
  #commits = 0;
  #running: Promise<void> | undefined;

  /** @param exclusively runs `work` while no transaction does. */
  constructor(file: string, exclusively: (work: () => Promise<void>) => Promise<void>) {
    this.#file = file;
    this.#exclusively = exclusively;
  }

  /** Called after each commit. A checkpoint that fails is tried again after the next ones. */
  committed(): void {
    this.#commits += 1;
    if (this.#commits < LOOK_EVERY || this.#running !== undefined) return;
    this.#commits = 0;
    this.#running = this.#runIfDue().finally(() => {
      this.#running = undefined;
    });
  }

  async close(): Promise<void> {
    await this.#running;
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise((resolve) => worker.once("exit", resolve));
    worker.ref();
    worker.postMessage("close");
    await gone;
  }

  async #runIfDue(): Promise<void> {
    const log = await stat(`${this.#file}-wal`).catch(() => undefined);
    if ((log?.size ?? 0) < DUE_BYTES) return;
    // Most of it beside the transactions, so that little is left for which they must wait.
    const beside = await this.#ask("passive");
    if (beside.error !== undefined) return;
    await this.#exclusively(async () => {
      await this.#ask("truncate");
    });
  }

  #ask(mode: CheckpointMode): Promise<CheckpointAnswer> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve) => {
      this.#answered = resolve;
      // Transactions wait for the answer: the process must not end before it.
      worker.ref();
      worker.postMessage(mode);
    });
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const url = new URL(`./checkpoint-thread.${extension}`, import.meta.url);
    const worker = new Worker(url, { workerData: { file: this.#file } });
    worker.unref();
    worker.on("message", (answer: CheckpointAnswer) => this.#answer(answer));
    worker.on("error", (error) => this.#answer({ error: String(error) }));
    worker.once("exit", () => {
      this.#worker = undefined;
      this.#answer({ error: "the thread has ended" });
    });
    return worker;
  }

  #answer(answer: CheckpointAnswer): void {
    const answered = this.#answered;
    this.#answered = undefined;
    this.#worker?.unref();
    answered?.(answer);
  }
}
