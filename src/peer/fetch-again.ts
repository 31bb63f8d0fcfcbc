import type { Clock } from "../clock.ts";

/** Methods that mean the same when they are asked twice (RFC 9110, section 9.2.2), and take no body. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** How a connection ends that the other side closes while a request is on its way: also that of somebody whom it does not let in. */
const CUT = /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/;

/**
 * How a handshake fails that the other side cannot make just now, whoever asks: libraries that take a new certificate and its key one after the
 * other answer with these alerts in between, and spiffe-rustls with a list of signature algorithms that is empty.
 */
const NOT_READY = /^ERR_SSL_(.*_ALERT_(INTERNAL_ERROR|HANDSHAKE_FAILURE)|BAD_EXTENSION)$/;

/** An SVID that was just revoked is refused some milliseconds before the bot has its next. */
const PAUSE_MS = 100;

/** One request, and what it goes by. */
export interface Asking<T> {
  /** Must reject with the socket's error as it is, or as `cause`, and only before the response begins. */
  attempt(): Promise<T>;
  /** Whether the last attempt may have gone by a connection that was kept: one like it had answered before. */
  wasKept(): boolean;
  /** Serial of the SVID that the next attempt shows; empty: there is none. */
  serial(): string;
  /** Called before each further attempt: no connection that was kept beside that of the last one is to be trusted. */
  renew(): void;
}

/**
 * Asks again what may be asked twice, when the connection went before any of the response was there, and another may do better: a
 * server may close a kept connection at the very moment when a request is sent by it, and the bot may have another SVID by now. Who is
 * not let in is not tried again.
 */
export async function askedAgain<T>(
  request: { readonly method?: string | undefined; readonly body?: unknown },
  clock: Clock,
  asking: Asking<T>,
): Promise<T> {
  const { method = "GET", body } = request;
  if (!REPEATABLE.has(method.toUpperCase()) || (body ?? null) !== null) return asking.attempt();
  let shown = asking.serial();
  let failure: unknown;
  const isAnswered = async (): Promise<{ readonly answer: T } | undefined> => {
    try {
      return { answer: await asking.attempt() };
    } catch (error) {
      if (!ends(error, CUT) && !ends(error, NOT_READY)) throw error;
      failure = error;
      return undefined;
    }
  };
  const first = await isAnswered();
  if (first !== undefined) return first.answer;
  if (asking.wasKept() || ends(failure, NOT_READY)) {
    asking.renew();
    shown = asking.serial();
    const second = await isAnswered();
    if (second !== undefined) return second.answer;
  }
  if (asking.serial() === shown) {
    await new Promise<void>((resolve) => clock.schedule(PAUSE_MS, resolve));
    if (asking.serial() === shown && !ends(failure, NOT_READY)) throw failure;
  }
  asking.renew();
  return asking.attempt();
}

function ends(error: unknown, how: RegExp): boolean {
  for (const each of [error, error instanceof Error ? error.cause : undefined]) {
    if (each instanceof Error && "code" in each && how.test(String(each.code))) return true;
  }
  return false;
}
