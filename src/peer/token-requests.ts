import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { constants, type Http2ServerResponse } from "node:http2";
import { type Metadata, status } from "@grpc/grpc-js";
import { jwtKeyIdOf, leewayOf } from "../crypto/index.ts";
import { errorCodeOf } from "../errors.ts";
import type { JwtSvid } from "../spiffe/index.ts";
import { type Cut, causeOf, cutBy } from "./cut.ts";
import type { PeerIdentity } from "./identity.ts";
import { bearerToken, denialOfToken, type VerifyJwtOptions, verifyJwt } from "./jwt.ts";
import { type Cuttable, cutOf, endGently, endWithToken, type Gentle } from "./lifetimes.ts";
import { operationOf } from "./operation.ts";

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
  const token = bearerToken(request.headers.authorization);
  const svid = verifyJwt(identity, token, options, operationOf(request));
  hold(identity, svid, options, new Answer(response));
  return svid;
}

/** A call of grpc-js: its server side, streaming or not. */
export interface GrpcCall extends EventEmitter {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getPath?(): string;
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
  const token = bearerToken(authorization?.toString());
  const svid = verifyJwt(identity, token, options, call.getPath?.() ?? "");
  hold(identity, svid, options, new Call(call));
  return svid;
}

/** What a token is held to. */
interface Held extends Cuttable {
  /** It has closed already, and will not say so again. */
  readonly isOver: boolean;
}

function hold(
  identity: PeerIdentity,
  svid: JwtSvid,
  options: VerifyRequestOptions,
  held: Held,
): void {
  if (held.isOver) return;
  const endsAt = new Date(svid.expiresAt.getTime() + leewayOf(options.leewaySeconds) * 1000);
  const signer = signerOf(identity, svid);
  const check = (): Cut | undefined => {
    const reason = denialOfToken(identity, svid);
    if (reason !== undefined) return cutBy(causeOf(reason), "peer");
    // Its own timer sees to the expiry.
    if (endsAt <= identity.clock.now()) return undefined;
    // The key that it was verified by is still trusted: nothing else of it can have changed.
    if (signer !== undefined && signerOf(identity, svid)?.equals(signer)) return undefined;
    return isVerified(identity, svid, options) ? undefined : cutBy("authority_removed", "peer");
  };
  endWithToken(held, { endsAt, whose: "peer", peer: undefined, check }, identity);
  const { onEnding } = options;
  const gentle: Gentle | undefined = onEnding && { drain: onEnding };
  endGently(held, gentle);
}

/** The key in the bundle that the token names: SubjectPublicKeyInfo. */
function signerOf({ bundles }: PeerIdentity, { token, spiffeId }: JwtSvid): Buffer | undefined {
  const keyId = jwtKeyIdOf(token);
  const authorities = bundles.bundleFor(spiffeId.trustDomain)?.jwtAuthorities;
  return authorities?.find((each) => each.keyId === keyId)?.publicKeyDer;
}

function isVerified(identity: PeerIdentity, svid: JwtSvid, options: VerifyJwtOptions): boolean {
  try {
    const { bundles, clock, denied } = identity;
    verifyJwt({ bundles, clock, ...(denied && { denied }) }, svid.token, options);
    return true;
  } catch (error) {
    if (errorCodeOf(error) !== "SVID_INVALID") throw error;
    return false;
  }
}

/** The answer to an HTTP request. */
class Answer extends EventEmitter implements Held {
  readonly #response: ServerResponse | Http2ServerResponse;

  constructor(response: ServerResponse | Http2ServerResponse) {
    super();
    this.#response = response;
    response.once("close", () => this.emit("close"));
  }

  get isOver(): boolean {
    const response = this.#response;
    if ("stream" in response) return response.stream.destroyed;
    return response.destroyed || response.writableFinished;
  }

  destroy(): void {
    const response = this.#response;
    if ("stream" in response) response.stream.close(constants.NGHTTP2_CANCEL);
    else response.destroy();
  }
}

/** A gRPC call. */
class Call extends EventEmitter implements Held {
  readonly #call: GrpcCall;

  constructor(call: GrpcCall) {
    super();
    this.#call = call;
    call.once("cancelled", () => this.emit("close"));
  }

  get isOver(): boolean {
    return this.#call.cancelled;
  }

  destroy(): void {
    const { text } = cutOf(this) ?? cutBy("expired", "peer");
    this.#call.emit("error", { code: status.UNAUTHENTICATED, details: text });
    this.emit("close");
  }
}
