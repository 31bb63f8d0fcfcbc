import { CommanderError } from "commander";
import { type ErrorCode, IssuerError, type IssuerErrorOptions, messageOf } from "../errors.ts";

/** How `botpass` ends. Listed in docs/cli.md. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3 } as const;

/** `apply --dry-run` has found that something differs. */
export const EXIT_DRIFT = 2;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface CliFailureOptions extends IssuerErrorOptions {
  readonly exitCode?: ExitCode;
  /** What the operator can do about it: one line. */
  readonly hint?: string;
}

/** A failure that knows how the process is to end. */
export class CliFailure extends IssuerError {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: CliFailureOptions = {}) {
    super(code, message, options);
    this.exitCode = options.exitCode ?? EXIT.failed;
    this.hint = options.hint;
  }
}

/** All was said: `botpass` ends with this code, as the program that it ran for the caller did, and says no more. */
export class ProgramEnded extends Error {
  override readonly name = "ProgramEnded";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`ended with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** What was typed is wrong: exit code 2. The message names the field and the value. */
export function usageError(
  message: string,
  options: { code?: ErrorCode; hint?: string; cause?: unknown } = {},
): CliFailure {
  const { code = "REQUEST_INVALID", ...rest } = options;
  return new CliFailure(code, message, { ...rest, exitCode: EXIT.usage });
}

/** Nothing answers at `place`: exit code 3. */
export function unreachable(
  place: string,
  why: string,
  cause?: unknown,
  hint = "start it with `botpass server run`, or name its socket with --admin-socket",
): CliFailure {
  return new CliFailure("UNAVAILABLE", `server not reachable at ${place}: ${why}`, {
    cause,
    exitCode: EXIT.unreachable,
    hint,
  });
}

/** What is told of a failure, and how the process ends. */
export interface FailureReport {
  readonly exitCode: number;
  /** Lines for stderr; none when everything was said already. */
  readonly lines: readonly string[];
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  SOCKET_NOT_TRUSTED:
    "if the server runs as another user, name that user's id with --server-uid; nobody else may write to the socket's directory",
  STALE_REVISION: "somebody changed it in the meantime: look at it, then run the command again",
  NOT_AUTHORIZED:
    "`botpass whoami` says who the server takes you for; root and the server's own user may do all on the admin socket",
};

/** Turns anything thrown into one line `botpass: <message> (CODE)`, a hint, and an exit code. */
export function reportFailure(error: unknown): FailureReport {
  if (error instanceof CommanderError) return reportCommander(error);
  if (error instanceof ProgramEnded) return { exitCode: error.exitCode, lines: [] };
  if (!(error instanceof IssuerError)) {
    return { exitCode: EXIT.failed, lines: [line(messageOf(error), "INTERNAL")] };
  }
  const lines =
    error.code === "CONFIG_INVALID" ? configLines(error) : [line(error.message, error.code)];
  const hint = (error instanceof CliFailure ? error.hint : undefined) ?? HINTS[error.code];
  if (hint !== undefined) lines.push(`hint: ${oneLine(hint)}`);
  if (error.retryAfterMs !== undefined && error.retryAfterMs > 0) {
    lines.push(`hint: worth trying again in ${Math.ceil(error.retryAfterMs / 1000)} s`);
  }
  const requestId = error.details.requestId;
  if (requestId !== undefined && requestId !== "") {
    lines.push(`hint: the server's log knows this as request ${oneLine(requestId)}`);
  }
  return { exitCode: exitCodeOf(error), lines };
}

/** A configuration is refused with a line for each key that is wrong. */
function configLines(error: IssuerError): string[] {
  const [first = "", ...rest] = error.message.split("\n");
  return [line(first.replace(/:$/, ""), error.code), ...rest.map((each) => `  ${oneLine(each)}`)];
}

function exitCodeOf(error: IssuerError): ExitCode {
  if (error instanceof CliFailure) return error.exitCode;
  return error.code === "CONFIG_INVALID" ? EXIT.usage : EXIT.failed;
}

/** Commander's own refusals: an unknown flag, a missing one, a command that does not exist. */
function reportCommander(error: CommanderError): FailureReport {
  if (error.exitCode === 0) return { exitCode: EXIT.ok, lines: [] };
  // A group without its command: commander has printed the group's help.
  if (error.code === "commander.help") return { exitCode: EXIT.usage, lines: [] };
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const lines = [line(first, "REQUEST_INVALID")];
  const hint = rest.join(" ").replace(/^\(|\)$/g, "");
  lines.push(`hint: ${hint === "" ? "--help shows what the command takes" : hint}`);
  return { exitCode: EXIT.usage, lines };
}

function line(message: string, code: ErrorCode): string {
  return `botpass: ${oneLine(message)} (${code})`;
}

// A JWS in compact form, or a join token: typed where a name belongs, they must not end up in a log.
const SECRET = /\b(?:eyJ[\w-]*\.[\w-]*\.[\w-]*|bpt1\.[\w-]*)/g;

/** What was typed or sent, fit for a terminal and a log: no control characters, no tokens. */
function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .replace(SECRET, "<token>")
    .trim();
}
