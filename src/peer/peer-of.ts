import { IssuerError } from "../errors.ts";
import { factsOf } from "../wire/index.ts";
import { type Peer, rememberedPeer } from "./verify.ts";

/** Whatever knows its connection: a TLS socket, an HTTP/1 or HTTP/2 request, a gRPC call. */
export type Request =
  | { readonly socket: object }
  | { readonly stream: { readonly session?: { readonly socket: object } | undefined } }
  | { getAuthContext(): object }
  | object;

/**
 * Who sent the request: verified when its connection opened.
 * @throws IssuerError CLIENT_CERTIFICATE_REQUIRED when nobody is known.
 */
export function peerOf(request: Request): Peer {
  const peer = tryPeerOf(request);
  if (peer !== undefined) return peer;
  throw new IssuerError("CLIENT_CERTIFICATE_REQUIRED", "the caller has presented no SVID");
}

/** Who sent the request; undefined when its connection came without a certificate. */
export function tryPeerOf(request: Request): Peer | undefined {
  if ("getAuthContext" in request && typeof request.getAuthContext === "function") {
    const facts = factsOf(request as Parameters<typeof factsOf>[0]);
    return facts === undefined ? undefined : rememberedPeer(facts);
  }
  const direct = rememberedPeer(request);
  if (direct !== undefined) return direct;
  // HTTP/2 hides the socket behind a proxy: there the session is what is known.
  const stream: unknown = Reflect.get(request, "stream");
  const session: unknown = isObject(stream) ? Reflect.get(stream, "session") : undefined;
  const socket: unknown = isObject(session) ? session : Reflect.get(request, "socket");
  return isObject(socket) ? rememberedPeer(socket) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
