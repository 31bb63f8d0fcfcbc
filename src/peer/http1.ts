import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { CUT_HEADER, type Cut } from "./cut.ts";
import { cutOf, endGently, type Gentle, isReplacedOn } from "./lifetimes.ts";
import { operationOf } from "./operation.ts";
import type { UseCounter } from "./use-tally.ts";
import { rememberedPeer } from "./verify.ts";

/** The requests under way on one HTTP/1 connection. */
class Http1Requests implements Gentle {
  readonly #socket: Socket;
  readonly #open = new Set<ServerResponse>();

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param request counted when it is over: its route is known by then. */
  add(request: IncomingMessage, response: ServerResponse, uses: UseCounter | undefined): void {
    this.#open.add(response);
    response.once("close", () => {
      this.#open.delete(response);
      const peer = uses && rememberedPeer(this.#socket);
      if (peer !== undefined) uses?.request(peer, operationOf(request));
      if (this.#open.size === 0 && cutOf(this.#socket) !== undefined) this.#socket.destroySoon();
    });
  }

  drain(cut: Cut): void {
    if (this.#open.size === 0) this.#socket.destroySoon();
    for (const response of this.#open) {
      if (!response.headersSent) sayLast(response, cut);
    }
  }
}

const requests = new WeakMap<Socket, Http1Requests>();

/**
 * Counts a request among those under way on its connection. One that comes while the connection is being cut is answered
 * 401, with the reason.
 * @returns false: it is answered.
 */
export function takeRequest(
  request: unknown,
  response: unknown,
  uses: UseCounter | undefined,
): boolean {
  // HTTP/2 has GOAWAY, and needs no count.
  if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) return true;
  const { socket } = request;
  const cut = cutOf(socket);
  if (cut !== undefined) {
    sayLast(response, cut);
    response.writeHead(401, { "content-type": "text/plain" }).end(`${cut.text}\n`);
    return false;
  }
  let open = requests.get(socket);
  if (open === undefined) {
    open = new Http1Requests(socket);
    // Not among the watched: a server that nobody has given an identity.
    if (!endGently(socket, open)) return true;
    requests.set(socket, open);
  }
  open.add(request, response, uses);
  // The next request comes on a connection that stands on what we have now, and will live longer.
  if (isReplacedOn(socket)) response.setHeader("connection", "close");
  return true;
}

/** A connection that speaks something else from now on. */
export function leaveHttp(socket: unknown): void {
  if (socket instanceof Socket) endGently(socket, undefined);
}

function sayLast(response: ServerResponse, cut: Cut): void {
  response.setHeader("connection", "close");
  response.setHeader(CUT_HEADER, cut.cause);
}
