import { type ClientHttp2Session, connect } from "node:http2";
import { isIP } from "node:net";
import { IssuerError } from "../errors.ts";
import { openVerified } from "./client-tls.ts";
import { rememberSession } from "./http2-session.ts";
import { requireHttps } from "./https-only.ts";
import type { PeerIdentity } from "./identity.ts";
import { type PeerRule, rememberPeer } from "./verify.ts";

/** Whom to accept, and how long to wait. */
export interface Http2Options {
  /** Required: a SPIFFE ID or a matcher. */
  readonly peer: PeerRule;
  /** For the handshake, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * An HTTP/2 session over mTLS. The other side is verified before anything is sent; the session ends with the SVIDs that
 * it was opened with, and when the peer is denied. `peerOf(session)` knows the peer. Open a new one once it has closed.
 * @throws IssuerError REQUEST_INVALID when the URL is not https, UNIMPLEMENTED when the other side has no HTTP/2; as `connectTls`.
 */
export async function connectHttp2(
  identity: PeerIdentity,
  url: string | URL,
  options: Http2Options,
): Promise<ClientHttp2Session> {
  const target = new URL(url);
  requireHttps(target);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const speaksNone = (cause?: unknown): IssuerError =>
    new IssuerError("UNIMPLEMENTED", `${target.origin} does not speak HTTP/2`, { cause });
  const { socket, peer } = await openVerified(identity, {
    host,
    port: Number(target.port || 443),
    peer: options.peer,
    alpnProtocols: ["h2"],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL" ? speaksNone(error) : error;
  });
  if (socket.alpnProtocol !== "h2") {
    socket.destroy();
    throw speaksNone();
  }
  const session = connect(target.origin, { createConnection: () => socket });
  rememberPeer(session, peer);
  rememberSession(session);
  // The session is over, then; its requests fail with the reason.
  session.on("error", () => undefined);
  return session;
}
