import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { constants, type Http2ServerResponse } from "node:http2";
import { type Metadata, status } from "@grpc/grpc-js";
import { errorCodeOf } from "../errors.ts";
import type { JwtSvid } from "../spiffe/index.ts";
import { type Cut, causeOf, cutBy } from "./cut.ts";
import type { PeerIdentity } from "./identity.ts";
import { bearerToken, denialOfToken, type VerifyJwtOptions, verifyJwt } from "./jwt.ts";
import { type Cuttable, endGently, endWithToken, type Gentle } from "./lifetimes.ts";

/** What a service asks of a request's token. */
export interface VerifyRequestOptions extends VerifyJwtOptions {
  /**
   * Told that the answer is about to be cut, within the grace: to send a last event, say. Without it the answer is cut at once;
   * by expiry it always is.
   */
  readonly onEnding?: (cut: Cut) => void;
}

/** What carries a token: a request of Node's HTTP servers, of Express, the `raw` one of Fastify. */
export interface HttpRequest {
  readonly headers: { readonly authorization?: string | undefined };
}

/**
 * Verifies the bearer token of a request, and holds the answer to it: an answer that still goes on when the token expires, is
 * denied, or its authority leaves the bundle, is cut (HTTP/1: the connection; HTTP/2: RST_STREAM).
 * @throws IssuerError SVID_INVALID, DENIED.
 */
export function verifyRequest(
  identity: PeerIdentity,
  request: HttpRequest,
  response: ServerResponse | Http2ServerResponse,
  options: VerifyRequestOptions,
): JwtSvid {
  const svid = verifyJwt(identity, bearerToken(request.headers.authorization), options);
  hold(identity, svid, options, new Answer(response));
  return svid;
}

/** A call of grpc-js: its server side, streaming or not. */
export interface GrpcCall extends EventEmitter {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
}

/**
 * Verifies the `authorization` metadata of a gRPC call, and holds its stream to it: one that still goes on when the token
 * expires, is denied, or its authority leaves the bundle, ends with status UNAUTHENTICATED.
 * @throws IssuerError SVID_INVALID, DENIED.
 */
export function verifyCall(
  identity: PeerIdentity,
  call: GrpcCall,
  options: VerifyRequestOptions,
): JwtSvid {
  const [authorization] = call.metadata.get("authorization");
  const svid = verifyJwt(identity, bearerToken(authorization?.toString()), options);
  hold(identity, svid, options, new Call(call));
  return svid;
}

function hold(
  identity: PeerIdentity,
  svid: JwtSvid,
  options: VerifyRequestOptions,
  held: Cuttable & { cut: Cut | undefined },
): void {
  const { leewaySeconds = 0, onEnding } = options;
  const check = (): Cut | undefined => {
    held.cut = whyEnded(identity, svid, options);
    return held.cut;
  };
  const endsAt = new Date(svid.expiresAt.getTime() + leewaySeconds * 1000);
  endWithToken(held, { endsAt, whose: "peer", peer: undefined, check }, identity);
  const gentle: Gentle | undefined = onEnding && { drain: onEnding };
  endGently(held, gentle);
}

/** Why a token that was good is not any more, time apart. */
function whyEnded(
  identity: PeerIdentity,
  svid: JwtSvid,
  options: VerifyJwtOptions,
): Cut | undefined {
  const reason = denialOfToken(identity, svid);
  if (reason !== undefined) return cutBy(causeOf(reason), "peer");
  const { leewaySeconds = 0 } = options;
  // Its own timer sees to that.
  if (svid.expiresAt.getTime() + leewaySeconds * 1000 <= identity.clock.now().getTime()) {
    return undefined;
  }
  try {
    verifyJwt(identity, svid.token, options);
    return undefined;
  } catch (error) {
    if (errorCodeOf(error) !== "SVID_INVALID") throw error;
    return cutBy("authority_removed", "peer");
  }
}

/** The answer to an HTTP request. */
class Answer extends EventEmitter implements Cuttable {
  readonly #response: ServerResponse | Http2ServerResponse;
  cut: Cut | undefined;

  constructor(response: ServerResponse | Http2ServerResponse) {
    super();
    this.#response = response;
    response.once("close", () => this.emit("close"));
  }

  destroy(): void {
    const response = this.#response;
    if ("stream" in response) response.stream.close(constants.NGHTTP2_CANCEL);
    else response.destroy();
  }
}

/** A gRPC call. */
class Call extends EventEmitter implements Cuttable {
  readonly #call: GrpcCall;
  cut: Cut | undefined;

  constructor(call: GrpcCall) {
    super();
    this.#call = call;
    call.once("cancelled", () => this.emit("close"));
  }

  destroy(): void {
    const { text } = this.cut ?? cutBy("expired", "peer");
    this.#call.emit("error", { code: status.UNAUTHENTICATED, details: text });
    this.emit("close");
  }
}
