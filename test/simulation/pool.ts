import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Guard } from "./guards.ts";
import type { Outcome } from "./run.ts";

/** A seed to run. */
export interface Order {
  readonly seed: number;
  /** The guard that is taken away. */
  readonly without?: Guard | undefined;
}

interface Job {
  readonly order: Order;
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

const WORKER = join(import.meta.dirname, "worker.ts");
/** What a run leaves behind is short-lived, and the other processors have runs of their own. */
const FLAGS = ["--single-threaded-gc", "--max-semi-space-size=32"];

/** Processes that run seeds: each has one in hand at a time. */
export class Pool implements AsyncDisposable {
  readonly #waiting: Job[] = [];
  readonly #idle: ChildProcess[] = [];
  readonly #children: ChildProcess[] = [];

  constructor(processes: number) {
    for (let index = 0; index < processes; index += 1) {
      const child = fork(WORKER, { stdio: "inherit", execArgv: [...FLAGS] });
      this.#children.push(child);
      this.#idle.push(child);
    }
  }

  /** Rejects when the run came to an end that is no outcome. */
  run(order: Order): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ order, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    const child = this.#idle.at(-1);
    const job = child && this.#waiting.shift();
    if (child === undefined || job === undefined) return;
    this.#idle.pop();
    const onExit = (code: number | null): void =>
      job.reject(new Error(`the process that ran seed ${job.order.seed} ended with ${code}`));
    child.once("exit", onExit);
    child.once("message", (outcome: Outcome) => {
      child.off("exit", onExit);
      this.#idle.push(child);
      job.resolve(outcome);
      this.#next();
    });
    child.send(job.order);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.disconnect();
        await once(child, "exit");
      }),
    );
  }
}
