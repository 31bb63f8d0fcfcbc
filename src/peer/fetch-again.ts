import type { Clock } from "../clock.ts";

/** Methods that mean the same when they are asked twice (RFC 9110, section 9.2.2), and take no body. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * How a connection ends that the other side closes while a request is on its way, or whose handshake it cannot make just now: libraries
 * that take a new certificate and its key one after the other refuse with these alerts in between.
 */
const CUT =
  /^(UND_ERR_SOCKET|ECONNRESET|EPIPE|ERR_SSL_.*_ALERT_(INTERNAL_ERROR|HANDSHAKE_FAILURE))$/;

/** Before each further attempt: a connection that was kept open too long needs another at once, an SVID that was just revoked a moment. */
const PAUSES_MS: readonly number[] = [0, 100];

/**
 * Asks again what may be asked twice, when the connection went before any of the response was there. A server may close a kept
 * connection at the very moment when a request is sent by it; an SVID that is revoked is refused some milliseconds before the bot has its next.
 * @param renew called before each further attempt: no connection that was kept is to be trusted.
 * @param attempt must reject with the socket's error as it is, or as `cause`, and only before the response begins.
 */
export async function askedAgain<T>(
  request: { readonly method?: string | undefined; readonly body?: unknown },
  clock: Clock,
  attempt: () => Promise<T>,
  renew: () => void,
): Promise<T> {
  const { method = "GET", body } = request;
  const pauses = REPEATABLE.has(method.toUpperCase()) && (body ?? null) === null ? PAUSES_MS : [];
  for (const pauseMs of pauses) {
    try {
      return await attempt();
    } catch (error) {
      if (!wasCut(error)) throw error;
      renew();
      if (pauseMs > 0) await new Promise<void>((resolve) => clock.schedule(pauseMs, resolve));
    }
  }
  return attempt();
}

function wasCut(error: unknown): boolean {
  for (const each of [error, error instanceof Error ? error.cause : undefined]) {
    if (each instanceof Error && "code" in each && CUT.test(String(each.code))) return true;
  }
  return false;
}
