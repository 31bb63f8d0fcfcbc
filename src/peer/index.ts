export { type ConnectTarget, clientTls, connectTls } from "./client-tls.ts";
export { CUT_HEADER, type Cut, type CutCause, type CutReport } from "./cut.ts";
export { createDispatcher } from "./dispatcher.ts";
export { createFetch, type PeerFetch, type PeerFetchInit } from "./fetch.ts";
export { createGrpcServer, grpcCredentials, type PeerGrpcServer } from "./grpc.ts";
export { connectHttp2, type Http2Options } from "./http2.ts";
export { httpsAgent } from "./https-agent.ts";
export type { Cutting, DeniedSource, PeerIdentity } from "./identity.ts";
export { bearerToken, type VerifyJwtOptions, verifyJwt } from "./jwt.ts";
export { graceOf } from "./lifetimes.ts";
export { peerOf, tryPeerOf } from "./peer-of.ts";
export { type ServerTlsOptions, secureServer, serverTls } from "./server-tls.ts";
export {
  type GrpcCall,
  type HttpRequest,
  type VerifyRequestOptions,
  verifyCall,
  verifyRequest,
} from "./token-requests.ts";
export { type UsageOptions, UseReporter, usageIntervalOf } from "./use-reporter.ts";
export { type UseCounter, UseTally } from "./use-tally.ts";
export { type Peer, type PeerRule, verifyChain } from "./verify.ts";
export { closeWebSockets, type WebSocketLike, type WebSocketServerLike } from "./web-sockets.ts";
