// The public surface, by hand.
export type {
  BotEvents,
  ConnectOptions,
  DenySetOptions,
  DenySetState,
  IdentityEnd,
  IdentityView,
  KnownCheckpoint,
  LogInconsistency,
  PlatformTokenOptions,
  TrustEvents,
  TrustWatchOptions,
} from "./agent/index.ts";
export { Bot, connect } from "./bot.ts";
export { type Clock, systemClock, type Timer } from "./clock.ts";
export { ERROR_CODES, type ErrorCode, IssuerError } from "./errors.ts";
export {
  bearerToken,
  type ConnectTarget,
  CUT_HEADER,
  type Cut,
  type CutCause,
  type CutReport,
  type Cutting,
  clientTls,
  closeWebSockets,
  connectHttp2,
  connectTls,
  createDispatcher,
  createFetch,
  createGrpcServer,
  type DeniedSource,
  type GrpcCall,
  grpcCredentials,
  type Http2Options,
  type HttpRequest,
  httpsAgent,
  type Peer,
  type PeerFetch,
  type PeerFetchInit,
  type PeerGrpcServer,
  type PeerIdentity,
  type PeerRule,
  peerOf,
  type ServerTlsOptions,
  secureServer,
  serverTls,
  tryPeerOf,
  type VerifyJwtOptions,
  type VerifyRequestOptions,
  verifyCall,
  verifyJwt,
  verifyRequest,
  type WebSocketLike,
  type WebSocketServerLike,
} from "./peer/index.ts";
export * from "./spiffe/index.ts";
export {
  type VerifiedStatement,
  type VerifyStatementOptions,
  verifyStatement,
} from "./statement/index.ts";
export { connectVerifier, Verifier } from "./verifier.ts";
