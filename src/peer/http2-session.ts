import diagnosticsChannel from "node:diagnostics_channel";
import { constants, type Http2Session } from "node:http2";
import type { Cut } from "./cut.ts";

const sessions = new WeakMap<object, Http2Session>();
/** Those that were looked at: one look is enough for all their streams. */
const seen = new WeakSet<object>();
let listening = false;

/**
 * Has sessions known from their first stream on, also those that are made elsewhere on a socket of ours (grpc-js). A Node that
 * does not tell of streams has such sockets destroyed, where their sessions could have been ended gently.
 */
export function followSessions(): void {
  if (listening) return;
  listening = true;
  for (const name of ["http2.client.stream.created", "http2.server.stream.created"]) {
    diagnosticsChannel.subscribe(name, (message) => {
      const stream: unknown =
        typeof message === "object" && message && Reflect.get(message, "stream");
      const session: unknown =
        typeof stream === "object" && stream && Reflect.get(stream, "session");
      if (!isSession(session) || seen.has(session)) return;
      seen.add(session);
      rememberSession(session);
    });
  }
}

/** Has a session known as the one on its socket. @returns the socket. */
export function rememberSession(session: Http2Session): object | undefined {
  const socket = socketBehind(session);
  if (socket !== undefined) sessions.set(socket, session);
  return socket;
}

/** The HTTP/2 session on a socket; undefined when there is none, or it is not known. */
export function sessionOn(socket: object): Http2Session | undefined {
  return sessions.get(socket);
}

/** The socket itself behind a session's proxy. */
function socketBehind(session: Http2Session): object | undefined {
  const state = Object.getOwnPropertySymbols(session).find((each) => each.description === "socket");
  const socket: unknown = state === undefined ? undefined : Reflect.get(session, state);
  return typeof socket === "object" && socket !== null ? socket : undefined;
}

/** Sends GOAWAY with the reason as its debug data: no new streams; the session ends with the last that is open. */
export function drainSession(session: Http2Session, cut: Cut): void {
  if (session.destroyed || session.closed) return;
  session.goaway(constants.NGHTTP2_NO_ERROR, 0, Buffer.from(cut.text));
  session.close();
}

function isSession(value: unknown): value is Http2Session {
  return typeof value === "object" && value !== null && "goaway" in value && "settings" in value;
}
