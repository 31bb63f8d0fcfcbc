import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { IssuerError, messageOf } from "../../errors.ts";

export interface WitnessOptions {
  /** A file that each checkpoint is appended to. */
  readonly file?: string;
  /** A program, with its arguments, that is given each checkpoint on stdin. */
  readonly command?: readonly string[];
  readonly onError: (error: unknown) => void;
}

const COMMAND_LIMIT_MS = 10_000;

/** Brings checkpoints to where the server's own database cannot change them. One after the other; none is given twice. */
export class Witnesses {
  readonly #options: WitnessOptions;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** Never throws: what fails is told to `onError`, and the next checkpoint covers it. */
  give(note: string): void {
    const { file, command, onError } = this.#options;
    this.#turn = this.#turn.then(async () => {
      if (file !== undefined) await appendNote(file, note).catch(onError);
      if (command !== undefined) await runCommand(command, note).catch(onError);
    });
  }

  /** Waits for what was given. */
  close(): Promise<void> {
    return this.#turn;
  }
}

/** Appends a note and an empty line in one write, flushed; a part of one that did not fit is taken back. */
async function appendNote(file: string, note: string): Promise<void> {
  const handle = await open(file, "a", 0o600);
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.from(`${note}\n`);
    try {
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten !== bytes.length) throw new Error(`only ${bytesWritten} bytes were written`);
      await handle.datasync();
    } catch (error) {
      await handle.truncate(size);
      throw error;
    }
  } catch (cause) {
    const message = `log.checkpoint_file: ${file}: ${messageOf(cause)}`;
    throw new IssuerError("UNAVAILABLE", message, { cause });
  } finally {
    await handle.close();
  }
}

function runCommand([program = "", ...args]: readonly string[], note: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (why: string): void =>
      reject(new IssuerError("UNAVAILABLE", `log.checkpoint_command: ${program} ${why}`));
    const child = spawn(program, args, {
      stdio: ["pipe", "ignore", "ignore"],
      timeout: COMMAND_LIMIT_MS,
      killSignal: "SIGKILL",
    });
    child.on("error", (error) => failed(`cannot be run: ${error.message}`));
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else failed(`ended with ${code ?? signal}`);
    });
    // It may end without reading: its exit code says whether that was well.
    child.stdin.on("error", () => undefined);
    child.stdin.end(note);
  });
}
