// The public surface, by hand.
export type {
  BotEvents,
  ConnectOptions,
  IdentityEnd,
  IdentityView,
  PlatformTokenOptions,
} from "./agent/index.ts";
export { Bot, connect } from "./bot.ts";
export { type Clock, systemClock, type Timer } from "./clock.ts";
export { ERROR_CODES, type ErrorCode, IssuerError } from "./errors.ts";
export {
  bearerToken,
  type ConnectTarget,
  clientTls,
  connectHttp2,
  connectTls,
  createDispatcher,
  createFetch,
  createGrpcServer,
  type DeniedSource,
  grpcCredentials,
  type Http2Options,
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
  verifyJwt,
} from "./peer/index.ts";
export * from "./spiffe/index.ts";
