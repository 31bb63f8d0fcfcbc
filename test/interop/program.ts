// A Workload API client's program that runs: see docs/interop.md for what it is told and what it prints.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What the program prints when it has its identity. What it has no call for is left out. */
export interface FirstLine {
  readonly spiffeId: string;
  readonly jwtSubject?: string;
  readonly jwtValidated?: string;
  /** The trust domain that it has keys of. */
  readonly bundle: string;
  /** `host:port` of its mTLS service. */
  readonly address: string;
}

/** What it prints at its end. */
export interface LastLine {
  readonly requests: number;
  readonly failed: number;
  /** Certificates of its own that it has seen. */
  readonly serials: number;
}

/** A program that was started. Disposing it kills it. */
export interface Program extends Disposable {
  /** Rejects with what the program wrote to stderr when it ends before. */
  first(): Promise<FirstLine>;
  /** Ends its requests; as `first`. */
  last(): Promise<LastLine>;
  hasEnded(): boolean;
  /** The beginning of what it wrote to stderr. */
  said(): string;
}

/**
 * Starts a program that calls `https://127.0.0.1:<port>/` and accepts `peer` only.
 * @param endpoint of the Workload API, as SPIFFE_ENDPOINT_SOCKET has it.
 */
export function startProgram(
  command: readonly string[],
  target: { readonly port: number; readonly peer: string; readonly endpoint: string },
): Program {
  const [program = "", ...args] = command;
  const child = spawn(program, [...args, `https://127.0.0.1:${target.port}/`, target.peer], {
    env: { ...process.env, SPIFFE_ENDPOINT_SOCKET: target.endpoint },
  });
  let said = "";
  const keep = (text: string): void => {
    said = (said + text).slice(0, 4_000);
  };
  child.on("error", (error) => keep(`${error.message}\n`));
  child.stdin.on("error", (error) => keep(`${error.message}\n`));
  child.stderr.on("data", (chunk: Buffer) => keep(chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <Line>(): Promise<Line> => {
    const { value: line, done } = await lines.next();
    if (done) throw new Error(`the client ended early, or was killed\n${said}`);
    return JSON.parse(line) as Line;
  };
  return {
    first: () => next<FirstLine>(),
    last() {
      child.stdin.end();
      return next<LastLine>();
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    said: () => said,
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
