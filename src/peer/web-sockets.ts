import { endGently } from "./lifetimes.ts";

/** A WebSocket, as `ws` makes it. */
export interface WebSocketLike {
  close(code: number, reason: string): void;
  once(event: "upgrade", listener: (response: { readonly socket: object }) => void): unknown;
}

/** A server of WebSockets, as `ws` makes it. */
export interface WebSocketServerLike {
  on(
    event: "connection",
    listener: (socket: WebSocketLike, request: { readonly socket: object }) => void,
  ): unknown;
  readonly clients: object;
}

/** Policy violation: RFC 6455 section 7.4.1. */
const POLICY_VIOLATION = 1008;

/**
 * Has WebSockets end with close code 1008 and the reason, before the connection below them is cut: all of a server
 * (`WebSocketServer` of `ws`, behind a server with `serverTls`), or a client's that was just made with an `httpsAgent`.
 */
export function closeWebSockets(of: WebSocketServerLike | WebSocketLike): void {
  if ("clients" in of) of.on("connection", (each, request) => closeWith(each, request.socket));
  else of.once("upgrade", (response) => closeWith(of, response.socket));
}

function closeWith(webSocket: WebSocketLike, socket: object): void {
  endGently(socket, { drain: ({ text }) => webSocket.close(POLICY_VIOLATION, text) });
}
