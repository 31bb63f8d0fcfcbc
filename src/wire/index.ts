export { Backoff } from "./backoff.ts";
export { type ChallengeContent, challengeBytes } from "./challenge.ts";
export { type Channel, channelPair, clientChannel, serverChannel } from "./channel.ts";
export { bundleFromMessage, bundleToMessage } from "./conversions.ts";
export type * from "./generated/botpass/v1/admin.ts";
export type * from "./generated/botpass/v1/attach.ts";
export type * from "./generated/botpass/v1/detection.ts";
export type * from "./generated/botpass/v1/explain.ts";
export type * from "./generated/botpass/v1/governance.ts";
export type * from "./generated/botpass/v1/keys.ts";
export type * from "./generated/botpass/v1/operators.ts";
export type * from "./generated/botpass/v1/reports.ts";
export type * from "./generated/botpass/v1/reviews.ts";
export type * from "./generated/botpass/v1/status.ts";
export type * from "./generated/botpass/v1/types.ts";
export type {
  DeltaDiscoveryRequest,
  DeltaDiscoveryRequest__Output,
  DeltaDiscoveryResponse,
  DeltaDiscoveryResponse__Output,
  DiscoveryRequest,
  DiscoveryRequest__Output,
  DiscoveryResponse,
  DiscoveryResponse__Output,
  Secret,
  Secret__Output,
  SecretDiscoveryServiceHandlers,
} from "./generated/envoy/sds.ts";
export type {
  JWTBundlesResponse,
  JWTBundlesResponse__Output,
  JWTSVIDRequest,
  JWTSVIDRequest__Output,
  JWTSVIDResponse,
  JWTSVIDResponse__Output,
  SpiffeWorkloadAPIClient,
  SpiffeWorkloadAPIHandlers,
  ValidateJWTSVIDRequest,
  ValidateJWTSVIDRequest__Output,
  ValidateJWTSVIDResponse,
  ValidateJWTSVIDResponse__Output,
  X509BundlesResponse,
  X509BundlesResponse__Output,
  X509SVIDResponse,
  X509SVIDResponse__Output,
} from "./generated/spiffe/workload.ts";
export { createInjectedServer, factsOf, type InjectedServer } from "./injected-server.ts";
export {
  ADMIN_SOCKET_NAME,
  checkSocketTrust,
  DEFAULT_BOTS_SOCKET,
  DEFAULT_PORT,
  ENDPOINT_VARIABLE,
  SERVER_PATH,
} from "./places.ts";
export {
  type Reflected,
  type ReflectionQuestion,
  reflectedApi,
  reflectedWorkloadApi,
  reflectionAnswer,
} from "./reflection.ts";
export {
  loadAdminServices,
  loadAttachService,
  loadHealthService,
  loadReflectionServices,
  loadSds,
  loadUseService,
  loadWorkloadApi,
} from "./services.ts";
export {
  errorFromMessage,
  errorFromStatus,
  errorToMessage,
  errorToStatus,
  STATUS_OF,
} from "./status.ts";
export { type TlsClientOptions, tlsClientCredentials } from "./tls-credentials.ts";
export { ADDRESS, formatTokenString, parseTokenString, type TokenString } from "./token-string.ts";
