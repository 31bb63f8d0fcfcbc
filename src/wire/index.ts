export { Backoff } from "./backoff.ts";
export { type ChallengeContent, challengeBytes } from "./challenge.ts";
export { type Channel, channelPair, clientChannel, serverChannel } from "./channel.ts";
export { bundleFromMessage, bundleToMessage } from "./conversions.ts";
export type {
  ApplyStateRequest,
  ApplyStateRequest__Output,
} from "./generated/botpass/v1/ApplyStateRequest.ts";
export type {
  ApplyStateResponse,
  ApplyStateResponse__Output,
} from "./generated/botpass/v1/ApplyStateResponse.ts";
export type { Attached, Attached__Output } from "./generated/botpass/v1/Attached.ts";
export type { AttachRequest, AttachRequest__Output } from "./generated/botpass/v1/AttachRequest.ts";
export type {
  AttachResponse,
  AttachResponse__Output,
} from "./generated/botpass/v1/AttachResponse.ts";
export type {
  AttachServiceClient,
  AttachServiceDefinition,
} from "./generated/botpass/v1/AttachService.ts";
export type { AuditServiceDefinition } from "./generated/botpass/v1/AuditService.ts";
export type {
  AuthorityRecord,
  AuthorityRecord__Output,
} from "./generated/botpass/v1/AuthorityRecord.ts";
export type { AuthorityServiceDefinition } from "./generated/botpass/v1/AuthorityService.ts";
export type { BackupRequest, BackupRequest__Output } from "./generated/botpass/v1/BackupRequest.ts";
export type {
  BackupResponse,
  BackupResponse__Output,
} from "./generated/botpass/v1/BackupResponse.ts";
export type { Bot, Bot__Output } from "./generated/botpass/v1/Bot.ts";
export type { BotServiceDefinition } from "./generated/botpass/v1/BotService.ts";
export type { Bundle, Bundle__Output } from "./generated/botpass/v1/Bundle.ts";
export type { Challenge, Challenge__Output } from "./generated/botpass/v1/Challenge.ts";
export type {
  ChallengeResponse,
  ChallengeResponse__Output,
} from "./generated/botpass/v1/ChallengeResponse.ts";
export type {
  ChangeBotStateRequest,
  ChangeBotStateRequest__Output,
} from "./generated/botpass/v1/ChangeBotStateRequest.ts";
export type {
  ChangeBotStateResponse,
  ChangeBotStateResponse__Output,
} from "./generated/botpass/v1/ChangeBotStateResponse.ts";
export type {
  CreateEntriesRequest,
  CreateEntriesRequest__Output,
} from "./generated/botpass/v1/CreateEntriesRequest.ts";
export type {
  CreateEntryRequest,
  CreateEntryRequest__Output,
} from "./generated/botpass/v1/CreateEntryRequest.ts";
export type {
  CreateEntryResponse,
  CreateEntryResponse__Output,
} from "./generated/botpass/v1/CreateEntryResponse.ts";
export type {
  CreateEntryResult,
  CreateEntryResult__Output,
} from "./generated/botpass/v1/CreateEntryResult.ts";
export type {
  CreateTokenRequest,
  CreateTokenRequest__Output,
} from "./generated/botpass/v1/CreateTokenRequest.ts";
export type {
  CreateTokenResponse,
  CreateTokenResponse__Output,
} from "./generated/botpass/v1/CreateTokenResponse.ts";
export type {
  DeleteEntryRequest,
  DeleteEntryRequest__Output,
} from "./generated/botpass/v1/DeleteEntryRequest.ts";
export type {
  DeleteEntryResponse,
  DeleteEntryResponse__Output,
} from "./generated/botpass/v1/DeleteEntryResponse.ts";
export type { Denial, Denial__Output } from "./generated/botpass/v1/Denial.ts";
export type { DenySubscribe, DenySubscribe__Output } from "./generated/botpass/v1/DenySubscribe.ts";
export type { DenyUpdate, DenyUpdate__Output } from "./generated/botpass/v1/DenyUpdate.ts";
export type { Entry, Entry__Output } from "./generated/botpass/v1/Entry.ts";
export type {
  EntryExplanation,
  EntryExplanation__Output,
} from "./generated/botpass/v1/EntryExplanation.ts";
export type { EntryServiceDefinition } from "./generated/botpass/v1/EntryService.ts";
export type { ErrorMessage, ErrorMessage__Output } from "./generated/botpass/v1/ErrorMessage.ts";
export type {
  EvictInstanceRequest,
  EvictInstanceRequest__Output,
} from "./generated/botpass/v1/EvictInstanceRequest.ts";
export type {
  EvictInstanceResponse,
  EvictInstanceResponse__Output,
} from "./generated/botpass/v1/EvictInstanceResponse.ts";
export type {
  ExplainEntriesRequest,
  ExplainEntriesRequest__Output,
} from "./generated/botpass/v1/ExplainEntriesRequest.ts";
export type {
  ExplainEntriesResponse,
  ExplainEntriesResponse__Output,
} from "./generated/botpass/v1/ExplainEntriesResponse.ts";
export type { GetBotRequest, GetBotRequest__Output } from "./generated/botpass/v1/GetBotRequest.ts";
export type {
  GetBundleRequest,
  GetBundleRequest__Output,
} from "./generated/botpass/v1/GetBundleRequest.ts";
export type {
  GetEntryRequest,
  GetEntryRequest__Output,
} from "./generated/botpass/v1/GetEntryRequest.ts";
export type {
  GetInfoRequest,
  GetInfoRequest__Output,
} from "./generated/botpass/v1/GetInfoRequest.ts";
export type {
  GetInfoResponse,
  GetInfoResponse__Output,
} from "./generated/botpass/v1/GetInfoResponse.ts";
export type { Goodbye, Goodbye__Output } from "./generated/botpass/v1/Goodbye.ts";
export type { Hello, Hello__Output } from "./generated/botpass/v1/Hello.ts";
export type { Identity, Identity__Output } from "./generated/botpass/v1/Identity.ts";
export type {
  InstanceRecord,
  InstanceRecord__Output,
} from "./generated/botpass/v1/InstanceRecord.ts";
export type { InstanceServiceDefinition } from "./generated/botpass/v1/InstanceService.ts";
export type {
  InstanceStatus,
  InstanceStatus__Output,
} from "./generated/botpass/v1/InstanceStatus.ts";
export type { IssueItem, IssueItem__Output } from "./generated/botpass/v1/IssueItem.ts";
export type { IssueRequest, IssueRequest__Output } from "./generated/botpass/v1/IssueRequest.ts";
export type { IssueResponse, IssueResponse__Output } from "./generated/botpass/v1/IssueResponse.ts";
export type { IssueResult, IssueResult__Output } from "./generated/botpass/v1/IssueResult.ts";
export type {
  JoinTokenEvidence,
  JoinTokenEvidence__Output,
} from "./generated/botpass/v1/JoinTokenEvidence.ts";
export type { JwtAuthority, JwtAuthority__Output } from "./generated/botpass/v1/JwtAuthority.ts";
export type {
  JwtSvidMessage,
  JwtSvidMessage__Output,
} from "./generated/botpass/v1/JwtSvidMessage.ts";
export type {
  JwtSvidRequest,
  JwtSvidRequest__Output,
} from "./generated/botpass/v1/JwtSvidRequest.ts";
export type {
  ListAuditRequest,
  ListAuditRequest__Output,
} from "./generated/botpass/v1/ListAuditRequest.ts";
export type {
  ListAuditResponse,
  ListAuditResponse__Output,
} from "./generated/botpass/v1/ListAuditResponse.ts";
export type {
  ListAuthoritiesRequest,
  ListAuthoritiesRequest__Output,
} from "./generated/botpass/v1/ListAuthoritiesRequest.ts";
export type {
  ListAuthoritiesResponse,
  ListAuthoritiesResponse__Output,
} from "./generated/botpass/v1/ListAuthoritiesResponse.ts";
export type {
  ListBotsRequest,
  ListBotsRequest__Output,
} from "./generated/botpass/v1/ListBotsRequest.ts";
export type {
  ListBotsResponse,
  ListBotsResponse__Output,
} from "./generated/botpass/v1/ListBotsResponse.ts";
export type {
  ListEntriesRequest,
  ListEntriesRequest__Output,
} from "./generated/botpass/v1/ListEntriesRequest.ts";
export type {
  ListEntriesResponse,
  ListEntriesResponse__Output,
} from "./generated/botpass/v1/ListEntriesResponse.ts";
export type {
  ListInstancesRequest,
  ListInstancesRequest__Output,
} from "./generated/botpass/v1/ListInstancesRequest.ts";
export type {
  ListInstancesResponse,
  ListInstancesResponse__Output,
} from "./generated/botpass/v1/ListInstancesResponse.ts";
export type {
  ListTokensRequest,
  ListTokensRequest__Output,
} from "./generated/botpass/v1/ListTokensRequest.ts";
export type {
  ListTokensResponse,
  ListTokensResponse__Output,
} from "./generated/botpass/v1/ListTokensResponse.ts";
export type {
  MintJwtSvidRequest,
  MintJwtSvidRequest__Output,
} from "./generated/botpass/v1/MintJwtSvidRequest.ts";
export type {
  MintJwtSvidResponse,
  MintJwtSvidResponse__Output,
} from "./generated/botpass/v1/MintJwtSvidResponse.ts";
export type { MintServiceDefinition } from "./generated/botpass/v1/MintService.ts";
export type {
  MintX509SvidRequest,
  MintX509SvidRequest__Output,
} from "./generated/botpass/v1/MintX509SvidRequest.ts";
export type {
  MintX509SvidResponse,
  MintX509SvidResponse__Output,
} from "./generated/botpass/v1/MintX509SvidResponse.ts";
export type {
  RegisterBotRequest,
  RegisterBotRequest__Output,
} from "./generated/botpass/v1/RegisterBotRequest.ts";
export type {
  RegisterBotResponse,
  RegisterBotResponse__Output,
} from "./generated/botpass/v1/RegisterBotResponse.ts";
export type {
  RevokeTokenRequest,
  RevokeTokenRequest__Output,
} from "./generated/botpass/v1/RevokeTokenRequest.ts";
export type { SeenRecord, SeenRecord__Output } from "./generated/botpass/v1/SeenRecord.ts";
export type { Selector, Selector__Output } from "./generated/botpass/v1/Selector.ts";
export type { ServerServiceDefinition } from "./generated/botpass/v1/ServerService.ts";
export type { Shutdown, Shutdown__Output } from "./generated/botpass/v1/Shutdown.ts";
export type { StateChange, StateChange__Output } from "./generated/botpass/v1/StateChange.ts";
export type { SvidEvidence, SvidEvidence__Output } from "./generated/botpass/v1/SvidEvidence.ts";
export type { Token, Token__Output } from "./generated/botpass/v1/Token.ts";
export type { TokenServiceDefinition } from "./generated/botpass/v1/TokenService.ts";
export type { TokenUse, TokenUse__Output } from "./generated/botpass/v1/TokenUse.ts";
export type { UnixEvidence, UnixEvidence__Output } from "./generated/botpass/v1/UnixEvidence.ts";
export type {
  UpdateBotRequest,
  UpdateBotRequest__Output,
} from "./generated/botpass/v1/UpdateBotRequest.ts";
export type {
  UpdateEntryRequest,
  UpdateEntryRequest__Output,
} from "./generated/botpass/v1/UpdateEntryRequest.ts";
export type {
  X509PopEvidence,
  X509PopEvidence__Output,
} from "./generated/botpass/v1/X509PopEvidence.ts";
export type {
  X509SvidMessage,
  X509SvidMessage__Output,
} from "./generated/botpass/v1/X509SvidMessage.ts";
export type {
  X509SvidRequest,
  X509SvidRequest__Output,
} from "./generated/botpass/v1/X509SvidRequest.ts";
export type {
  DeltaDiscoveryRequest,
  DeltaDiscoveryRequest__Output,
} from "./generated/envoy/service/secret/v3/DeltaDiscoveryRequest.ts";
export type {
  DeltaDiscoveryResponse,
  DeltaDiscoveryResponse__Output,
} from "./generated/envoy/service/secret/v3/DeltaDiscoveryResponse.ts";
export type {
  DiscoveryRequest,
  DiscoveryRequest__Output,
} from "./generated/envoy/service/secret/v3/DiscoveryRequest.ts";
export type {
  DiscoveryResponse,
  DiscoveryResponse__Output,
} from "./generated/envoy/service/secret/v3/DiscoveryResponse.ts";
export type { Secret, Secret__Output } from "./generated/envoy/service/secret/v3/Secret.ts";
export type { SecretDiscoveryServiceHandlers } from "./generated/envoy/service/secret/v3/SecretDiscoveryService.ts";
export type {
  JWTBundlesResponse,
  JWTBundlesResponse__Output,
} from "./generated/JWTBundlesResponse.ts";
export type { JWTSVIDRequest, JWTSVIDRequest__Output } from "./generated/JWTSVIDRequest.ts";
export type { JWTSVIDResponse, JWTSVIDResponse__Output } from "./generated/JWTSVIDResponse.ts";
export type {
  SpiffeWorkloadAPIClient,
  SpiffeWorkloadAPIHandlers,
} from "./generated/SpiffeWorkloadAPI.ts";
export type {
  ValidateJWTSVIDRequest,
  ValidateJWTSVIDRequest__Output,
} from "./generated/ValidateJWTSVIDRequest.ts";
export type {
  ValidateJWTSVIDResponse,
  ValidateJWTSVIDResponse__Output,
} from "./generated/ValidateJWTSVIDResponse.ts";
export type {
  X509BundlesResponse,
  X509BundlesResponse__Output,
} from "./generated/X509BundlesResponse.ts";
export type { X509SVIDResponse, X509SVIDResponse__Output } from "./generated/X509SVIDResponse.ts";
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
  loadAdminServices,
  loadAttachService,
  loadHealthService,
  loadReflectionServices,
  loadSds,
  loadWorkloadApi,
  workloadApiFiles,
} from "./services.ts";
export {
  errorFromMessage,
  errorFromStatus,
  errorToMessage,
  errorToStatus,
  STATUS_OF,
} from "./status.ts";
export { type TlsClientOptions, tlsClientCredentials } from "./tls-credentials.ts";
export { formatTokenString, parseTokenString, type TokenString } from "./token-string.ts";
