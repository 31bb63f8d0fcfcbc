import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApplyBegin as _botpass_v1_ApplyBegin, ApplyBegin__Output as _botpass_v1_ApplyBegin__Output } from './botpass/v1/ApplyBegin.ts';
import type { ApplyChanges as _botpass_v1_ApplyChanges, ApplyChanges__Output as _botpass_v1_ApplyChanges__Output } from './botpass/v1/ApplyChanges.ts';
import type { ApplyCommit as _botpass_v1_ApplyCommit, ApplyCommit__Output as _botpass_v1_ApplyCommit__Output } from './botpass/v1/ApplyCommit.ts';
import type { ApplyStateRequest as _botpass_v1_ApplyStateRequest, ApplyStateRequest__Output as _botpass_v1_ApplyStateRequest__Output } from './botpass/v1/ApplyStateRequest.ts';
import type { ApplyStateResponse as _botpass_v1_ApplyStateResponse, ApplyStateResponse__Output as _botpass_v1_ApplyStateResponse__Output } from './botpass/v1/ApplyStateResponse.ts';
import type { AuditServiceClient as _botpass_v1_AuditServiceClient, AuditServiceDefinition as _botpass_v1_AuditServiceDefinition } from './botpass/v1/AuditService.ts';
import type { AuthorityRecord as _botpass_v1_AuthorityRecord, AuthorityRecord__Output as _botpass_v1_AuthorityRecord__Output } from './botpass/v1/AuthorityRecord.ts';
import type { AuthorityServiceClient as _botpass_v1_AuthorityServiceClient, AuthorityServiceDefinition as _botpass_v1_AuthorityServiceDefinition } from './botpass/v1/AuthorityService.ts';
import type { BackupRequest as _botpass_v1_BackupRequest, BackupRequest__Output as _botpass_v1_BackupRequest__Output } from './botpass/v1/BackupRequest.ts';
import type { BackupResponse as _botpass_v1_BackupResponse, BackupResponse__Output as _botpass_v1_BackupResponse__Output } from './botpass/v1/BackupResponse.ts';
import type { Bot as _botpass_v1_Bot, Bot__Output as _botpass_v1_Bot__Output } from './botpass/v1/Bot.ts';
import type { BotServiceClient as _botpass_v1_BotServiceClient, BotServiceDefinition as _botpass_v1_BotServiceDefinition } from './botpass/v1/BotService.ts';
import type { Bundle as _botpass_v1_Bundle, Bundle__Output as _botpass_v1_Bundle__Output } from './botpass/v1/Bundle.ts';
import type { ChangeBotStateRequest as _botpass_v1_ChangeBotStateRequest, ChangeBotStateRequest__Output as _botpass_v1_ChangeBotStateRequest__Output } from './botpass/v1/ChangeBotStateRequest.ts';
import type { ChangeBotStateResponse as _botpass_v1_ChangeBotStateResponse, ChangeBotStateResponse__Output as _botpass_v1_ChangeBotStateResponse__Output } from './botpass/v1/ChangeBotStateResponse.ts';
import type { CreateEntriesRequest as _botpass_v1_CreateEntriesRequest, CreateEntriesRequest__Output as _botpass_v1_CreateEntriesRequest__Output } from './botpass/v1/CreateEntriesRequest.ts';
import type { CreateEntriesResponse as _botpass_v1_CreateEntriesResponse, CreateEntriesResponse__Output as _botpass_v1_CreateEntriesResponse__Output } from './botpass/v1/CreateEntriesResponse.ts';
import type { CreateEntryRequest as _botpass_v1_CreateEntryRequest, CreateEntryRequest__Output as _botpass_v1_CreateEntryRequest__Output } from './botpass/v1/CreateEntryRequest.ts';
import type { CreateEntryResponse as _botpass_v1_CreateEntryResponse, CreateEntryResponse__Output as _botpass_v1_CreateEntryResponse__Output } from './botpass/v1/CreateEntryResponse.ts';
import type { CreateEntryResult as _botpass_v1_CreateEntryResult, CreateEntryResult__Output as _botpass_v1_CreateEntryResult__Output } from './botpass/v1/CreateEntryResult.ts';
import type { CreateTokenRequest as _botpass_v1_CreateTokenRequest, CreateTokenRequest__Output as _botpass_v1_CreateTokenRequest__Output } from './botpass/v1/CreateTokenRequest.ts';
import type { CreateTokenResponse as _botpass_v1_CreateTokenResponse, CreateTokenResponse__Output as _botpass_v1_CreateTokenResponse__Output } from './botpass/v1/CreateTokenResponse.ts';
import type { DeleteEntryRequest as _botpass_v1_DeleteEntryRequest, DeleteEntryRequest__Output as _botpass_v1_DeleteEntryRequest__Output } from './botpass/v1/DeleteEntryRequest.ts';
import type { DeleteEntryResponse as _botpass_v1_DeleteEntryResponse, DeleteEntryResponse__Output as _botpass_v1_DeleteEntryResponse__Output } from './botpass/v1/DeleteEntryResponse.ts';
import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from './botpass/v1/Entry.ts';
import type { EntryExplanation as _botpass_v1_EntryExplanation, EntryExplanation__Output as _botpass_v1_EntryExplanation__Output } from './botpass/v1/EntryExplanation.ts';
import type { EntryServiceClient as _botpass_v1_EntryServiceClient, EntryServiceDefinition as _botpass_v1_EntryServiceDefinition } from './botpass/v1/EntryService.ts';
import type { ErrorMessage as _botpass_v1_ErrorMessage, ErrorMessage__Output as _botpass_v1_ErrorMessage__Output } from './botpass/v1/ErrorMessage.ts';
import type { EvictInstanceRequest as _botpass_v1_EvictInstanceRequest, EvictInstanceRequest__Output as _botpass_v1_EvictInstanceRequest__Output } from './botpass/v1/EvictInstanceRequest.ts';
import type { EvictInstanceResponse as _botpass_v1_EvictInstanceResponse, EvictInstanceResponse__Output as _botpass_v1_EvictInstanceResponse__Output } from './botpass/v1/EvictInstanceResponse.ts';
import type { ExplainEntriesRequest as _botpass_v1_ExplainEntriesRequest, ExplainEntriesRequest__Output as _botpass_v1_ExplainEntriesRequest__Output } from './botpass/v1/ExplainEntriesRequest.ts';
import type { ExplainEntriesResponse as _botpass_v1_ExplainEntriesResponse, ExplainEntriesResponse__Output as _botpass_v1_ExplainEntriesResponse__Output } from './botpass/v1/ExplainEntriesResponse.ts';
import type { GetBotRequest as _botpass_v1_GetBotRequest, GetBotRequest__Output as _botpass_v1_GetBotRequest__Output } from './botpass/v1/GetBotRequest.ts';
import type { GetEntryRequest as _botpass_v1_GetEntryRequest, GetEntryRequest__Output as _botpass_v1_GetEntryRequest__Output } from './botpass/v1/GetEntryRequest.ts';
import type { GetInfoRequest as _botpass_v1_GetInfoRequest, GetInfoRequest__Output as _botpass_v1_GetInfoRequest__Output } from './botpass/v1/GetInfoRequest.ts';
import type { GetInfoResponse as _botpass_v1_GetInfoResponse, GetInfoResponse__Output as _botpass_v1_GetInfoResponse__Output } from './botpass/v1/GetInfoResponse.ts';
import type { InstanceRecord as _botpass_v1_InstanceRecord, InstanceRecord__Output as _botpass_v1_InstanceRecord__Output } from './botpass/v1/InstanceRecord.ts';
import type { InstanceServiceClient as _botpass_v1_InstanceServiceClient, InstanceServiceDefinition as _botpass_v1_InstanceServiceDefinition } from './botpass/v1/InstanceService.ts';
import type { JwtAuthority as _botpass_v1_JwtAuthority, JwtAuthority__Output as _botpass_v1_JwtAuthority__Output } from './botpass/v1/JwtAuthority.ts';
import type { JwtSvidMessage as _botpass_v1_JwtSvidMessage, JwtSvidMessage__Output as _botpass_v1_JwtSvidMessage__Output } from './botpass/v1/JwtSvidMessage.ts';
import type { ListAuditRequest as _botpass_v1_ListAuditRequest, ListAuditRequest__Output as _botpass_v1_ListAuditRequest__Output } from './botpass/v1/ListAuditRequest.ts';
import type { ListAuditResponse as _botpass_v1_ListAuditResponse, ListAuditResponse__Output as _botpass_v1_ListAuditResponse__Output } from './botpass/v1/ListAuditResponse.ts';
import type { ListAuthoritiesRequest as _botpass_v1_ListAuthoritiesRequest, ListAuthoritiesRequest__Output as _botpass_v1_ListAuthoritiesRequest__Output } from './botpass/v1/ListAuthoritiesRequest.ts';
import type { ListAuthoritiesResponse as _botpass_v1_ListAuthoritiesResponse, ListAuthoritiesResponse__Output as _botpass_v1_ListAuthoritiesResponse__Output } from './botpass/v1/ListAuthoritiesResponse.ts';
import type { ListBotsRequest as _botpass_v1_ListBotsRequest, ListBotsRequest__Output as _botpass_v1_ListBotsRequest__Output } from './botpass/v1/ListBotsRequest.ts';
import type { ListBotsResponse as _botpass_v1_ListBotsResponse, ListBotsResponse__Output as _botpass_v1_ListBotsResponse__Output } from './botpass/v1/ListBotsResponse.ts';
import type { ListEntriesRequest as _botpass_v1_ListEntriesRequest, ListEntriesRequest__Output as _botpass_v1_ListEntriesRequest__Output } from './botpass/v1/ListEntriesRequest.ts';
import type { ListEntriesResponse as _botpass_v1_ListEntriesResponse, ListEntriesResponse__Output as _botpass_v1_ListEntriesResponse__Output } from './botpass/v1/ListEntriesResponse.ts';
import type { ListInstancesRequest as _botpass_v1_ListInstancesRequest, ListInstancesRequest__Output as _botpass_v1_ListInstancesRequest__Output } from './botpass/v1/ListInstancesRequest.ts';
import type { ListInstancesResponse as _botpass_v1_ListInstancesResponse, ListInstancesResponse__Output as _botpass_v1_ListInstancesResponse__Output } from './botpass/v1/ListInstancesResponse.ts';
import type { ListTokensRequest as _botpass_v1_ListTokensRequest, ListTokensRequest__Output as _botpass_v1_ListTokensRequest__Output } from './botpass/v1/ListTokensRequest.ts';
import type { ListTokensResponse as _botpass_v1_ListTokensResponse, ListTokensResponse__Output as _botpass_v1_ListTokensResponse__Output } from './botpass/v1/ListTokensResponse.ts';
import type { MintJwtSvidRequest as _botpass_v1_MintJwtSvidRequest, MintJwtSvidRequest__Output as _botpass_v1_MintJwtSvidRequest__Output } from './botpass/v1/MintJwtSvidRequest.ts';
import type { MintJwtSvidResponse as _botpass_v1_MintJwtSvidResponse, MintJwtSvidResponse__Output as _botpass_v1_MintJwtSvidResponse__Output } from './botpass/v1/MintJwtSvidResponse.ts';
import type { MintServiceClient as _botpass_v1_MintServiceClient, MintServiceDefinition as _botpass_v1_MintServiceDefinition } from './botpass/v1/MintService.ts';
import type { MintX509SvidRequest as _botpass_v1_MintX509SvidRequest, MintX509SvidRequest__Output as _botpass_v1_MintX509SvidRequest__Output } from './botpass/v1/MintX509SvidRequest.ts';
import type { MintX509SvidResponse as _botpass_v1_MintX509SvidResponse, MintX509SvidResponse__Output as _botpass_v1_MintX509SvidResponse__Output } from './botpass/v1/MintX509SvidResponse.ts';
import type { RegisterBotRequest as _botpass_v1_RegisterBotRequest, RegisterBotRequest__Output as _botpass_v1_RegisterBotRequest__Output } from './botpass/v1/RegisterBotRequest.ts';
import type { RegisterBotResponse as _botpass_v1_RegisterBotResponse, RegisterBotResponse__Output as _botpass_v1_RegisterBotResponse__Output } from './botpass/v1/RegisterBotResponse.ts';
import type { RevokeTokenRequest as _botpass_v1_RevokeTokenRequest, RevokeTokenRequest__Output as _botpass_v1_RevokeTokenRequest__Output } from './botpass/v1/RevokeTokenRequest.ts';
import type { SeenRecord as _botpass_v1_SeenRecord, SeenRecord__Output as _botpass_v1_SeenRecord__Output } from './botpass/v1/SeenRecord.ts';
import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from './botpass/v1/Selector.ts';
import type { ServerServiceClient as _botpass_v1_ServerServiceClient, ServerServiceDefinition as _botpass_v1_ServerServiceDefinition } from './botpass/v1/ServerService.ts';
import type { StateChange as _botpass_v1_StateChange, StateChange__Output as _botpass_v1_StateChange__Output } from './botpass/v1/StateChange.ts';
import type { StateServiceClient as _botpass_v1_StateServiceClient, StateServiceDefinition as _botpass_v1_StateServiceDefinition } from './botpass/v1/StateService.ts';
import type { Token as _botpass_v1_Token, Token__Output as _botpass_v1_Token__Output } from './botpass/v1/Token.ts';
import type { TokenServiceClient as _botpass_v1_TokenServiceClient, TokenServiceDefinition as _botpass_v1_TokenServiceDefinition } from './botpass/v1/TokenService.ts';
import type { TokenUse as _botpass_v1_TokenUse, TokenUse__Output as _botpass_v1_TokenUse__Output } from './botpass/v1/TokenUse.ts';
import type { UpdateBotRequest as _botpass_v1_UpdateBotRequest, UpdateBotRequest__Output as _botpass_v1_UpdateBotRequest__Output } from './botpass/v1/UpdateBotRequest.ts';
import type { UpdateEntryRequest as _botpass_v1_UpdateEntryRequest, UpdateEntryRequest__Output as _botpass_v1_UpdateEntryRequest__Output } from './botpass/v1/UpdateEntryRequest.ts';
import type { X509SvidMessage as _botpass_v1_X509SvidMessage, X509SvidMessage__Output as _botpass_v1_X509SvidMessage__Output } from './botpass/v1/X509SvidMessage.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  botpass: {
    v1: {
      ApplyBegin: MessageTypeDefinition<_botpass_v1_ApplyBegin, _botpass_v1_ApplyBegin__Output>
      ApplyChanges: MessageTypeDefinition<_botpass_v1_ApplyChanges, _botpass_v1_ApplyChanges__Output>
      ApplyCommit: MessageTypeDefinition<_botpass_v1_ApplyCommit, _botpass_v1_ApplyCommit__Output>
      ApplyStateRequest: MessageTypeDefinition<_botpass_v1_ApplyStateRequest, _botpass_v1_ApplyStateRequest__Output>
      ApplyStateResponse: MessageTypeDefinition<_botpass_v1_ApplyStateResponse, _botpass_v1_ApplyStateResponse__Output>
      AuditService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_AuditServiceClient> & { service: _botpass_v1_AuditServiceDefinition }
      AuthorityRecord: MessageTypeDefinition<_botpass_v1_AuthorityRecord, _botpass_v1_AuthorityRecord__Output>
      AuthorityService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_AuthorityServiceClient> & { service: _botpass_v1_AuthorityServiceDefinition }
      BackupRequest: MessageTypeDefinition<_botpass_v1_BackupRequest, _botpass_v1_BackupRequest__Output>
      BackupResponse: MessageTypeDefinition<_botpass_v1_BackupResponse, _botpass_v1_BackupResponse__Output>
      Bot: MessageTypeDefinition<_botpass_v1_Bot, _botpass_v1_Bot__Output>
      BotService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_BotServiceClient> & { service: _botpass_v1_BotServiceDefinition }
      Bundle: MessageTypeDefinition<_botpass_v1_Bundle, _botpass_v1_Bundle__Output>
      ChangeBotStateRequest: MessageTypeDefinition<_botpass_v1_ChangeBotStateRequest, _botpass_v1_ChangeBotStateRequest__Output>
      ChangeBotStateResponse: MessageTypeDefinition<_botpass_v1_ChangeBotStateResponse, _botpass_v1_ChangeBotStateResponse__Output>
      CreateEntriesRequest: MessageTypeDefinition<_botpass_v1_CreateEntriesRequest, _botpass_v1_CreateEntriesRequest__Output>
      CreateEntriesResponse: MessageTypeDefinition<_botpass_v1_CreateEntriesResponse, _botpass_v1_CreateEntriesResponse__Output>
      CreateEntryRequest: MessageTypeDefinition<_botpass_v1_CreateEntryRequest, _botpass_v1_CreateEntryRequest__Output>
      CreateEntryResponse: MessageTypeDefinition<_botpass_v1_CreateEntryResponse, _botpass_v1_CreateEntryResponse__Output>
      CreateEntryResult: MessageTypeDefinition<_botpass_v1_CreateEntryResult, _botpass_v1_CreateEntryResult__Output>
      CreateTokenRequest: MessageTypeDefinition<_botpass_v1_CreateTokenRequest, _botpass_v1_CreateTokenRequest__Output>
      CreateTokenResponse: MessageTypeDefinition<_botpass_v1_CreateTokenResponse, _botpass_v1_CreateTokenResponse__Output>
      DeleteEntryRequest: MessageTypeDefinition<_botpass_v1_DeleteEntryRequest, _botpass_v1_DeleteEntryRequest__Output>
      DeleteEntryResponse: MessageTypeDefinition<_botpass_v1_DeleteEntryResponse, _botpass_v1_DeleteEntryResponse__Output>
      Entry: MessageTypeDefinition<_botpass_v1_Entry, _botpass_v1_Entry__Output>
      EntryExplanation: MessageTypeDefinition<_botpass_v1_EntryExplanation, _botpass_v1_EntryExplanation__Output>
      EntryService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_EntryServiceClient> & { service: _botpass_v1_EntryServiceDefinition }
      ErrorMessage: MessageTypeDefinition<_botpass_v1_ErrorMessage, _botpass_v1_ErrorMessage__Output>
      EvictInstanceRequest: MessageTypeDefinition<_botpass_v1_EvictInstanceRequest, _botpass_v1_EvictInstanceRequest__Output>
      EvictInstanceResponse: MessageTypeDefinition<_botpass_v1_EvictInstanceResponse, _botpass_v1_EvictInstanceResponse__Output>
      ExplainEntriesRequest: MessageTypeDefinition<_botpass_v1_ExplainEntriesRequest, _botpass_v1_ExplainEntriesRequest__Output>
      ExplainEntriesResponse: MessageTypeDefinition<_botpass_v1_ExplainEntriesResponse, _botpass_v1_ExplainEntriesResponse__Output>
      GetBotRequest: MessageTypeDefinition<_botpass_v1_GetBotRequest, _botpass_v1_GetBotRequest__Output>
      GetEntryRequest: MessageTypeDefinition<_botpass_v1_GetEntryRequest, _botpass_v1_GetEntryRequest__Output>
      GetInfoRequest: MessageTypeDefinition<_botpass_v1_GetInfoRequest, _botpass_v1_GetInfoRequest__Output>
      GetInfoResponse: MessageTypeDefinition<_botpass_v1_GetInfoResponse, _botpass_v1_GetInfoResponse__Output>
      InstanceRecord: MessageTypeDefinition<_botpass_v1_InstanceRecord, _botpass_v1_InstanceRecord__Output>
      InstanceService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_InstanceServiceClient> & { service: _botpass_v1_InstanceServiceDefinition }
      JwtAuthority: MessageTypeDefinition<_botpass_v1_JwtAuthority, _botpass_v1_JwtAuthority__Output>
      JwtSvidMessage: MessageTypeDefinition<_botpass_v1_JwtSvidMessage, _botpass_v1_JwtSvidMessage__Output>
      ListAuditRequest: MessageTypeDefinition<_botpass_v1_ListAuditRequest, _botpass_v1_ListAuditRequest__Output>
      ListAuditResponse: MessageTypeDefinition<_botpass_v1_ListAuditResponse, _botpass_v1_ListAuditResponse__Output>
      ListAuthoritiesRequest: MessageTypeDefinition<_botpass_v1_ListAuthoritiesRequest, _botpass_v1_ListAuthoritiesRequest__Output>
      ListAuthoritiesResponse: MessageTypeDefinition<_botpass_v1_ListAuthoritiesResponse, _botpass_v1_ListAuthoritiesResponse__Output>
      ListBotsRequest: MessageTypeDefinition<_botpass_v1_ListBotsRequest, _botpass_v1_ListBotsRequest__Output>
      ListBotsResponse: MessageTypeDefinition<_botpass_v1_ListBotsResponse, _botpass_v1_ListBotsResponse__Output>
      ListEntriesRequest: MessageTypeDefinition<_botpass_v1_ListEntriesRequest, _botpass_v1_ListEntriesRequest__Output>
      ListEntriesResponse: MessageTypeDefinition<_botpass_v1_ListEntriesResponse, _botpass_v1_ListEntriesResponse__Output>
      ListInstancesRequest: MessageTypeDefinition<_botpass_v1_ListInstancesRequest, _botpass_v1_ListInstancesRequest__Output>
      ListInstancesResponse: MessageTypeDefinition<_botpass_v1_ListInstancesResponse, _botpass_v1_ListInstancesResponse__Output>
      ListTokensRequest: MessageTypeDefinition<_botpass_v1_ListTokensRequest, _botpass_v1_ListTokensRequest__Output>
      ListTokensResponse: MessageTypeDefinition<_botpass_v1_ListTokensResponse, _botpass_v1_ListTokensResponse__Output>
      MintJwtSvidRequest: MessageTypeDefinition<_botpass_v1_MintJwtSvidRequest, _botpass_v1_MintJwtSvidRequest__Output>
      MintJwtSvidResponse: MessageTypeDefinition<_botpass_v1_MintJwtSvidResponse, _botpass_v1_MintJwtSvidResponse__Output>
      MintService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_MintServiceClient> & { service: _botpass_v1_MintServiceDefinition }
      MintX509SvidRequest: MessageTypeDefinition<_botpass_v1_MintX509SvidRequest, _botpass_v1_MintX509SvidRequest__Output>
      MintX509SvidResponse: MessageTypeDefinition<_botpass_v1_MintX509SvidResponse, _botpass_v1_MintX509SvidResponse__Output>
      RegisterBotRequest: MessageTypeDefinition<_botpass_v1_RegisterBotRequest, _botpass_v1_RegisterBotRequest__Output>
      RegisterBotResponse: MessageTypeDefinition<_botpass_v1_RegisterBotResponse, _botpass_v1_RegisterBotResponse__Output>
      RevokeTokenRequest: MessageTypeDefinition<_botpass_v1_RevokeTokenRequest, _botpass_v1_RevokeTokenRequest__Output>
      SeenRecord: MessageTypeDefinition<_botpass_v1_SeenRecord, _botpass_v1_SeenRecord__Output>
      Selector: MessageTypeDefinition<_botpass_v1_Selector, _botpass_v1_Selector__Output>
      ServerService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_ServerServiceClient> & { service: _botpass_v1_ServerServiceDefinition }
      StateChange: MessageTypeDefinition<_botpass_v1_StateChange, _botpass_v1_StateChange__Output>
      StateService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_StateServiceClient> & { service: _botpass_v1_StateServiceDefinition }
      Token: MessageTypeDefinition<_botpass_v1_Token, _botpass_v1_Token__Output>
      TokenService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_TokenServiceClient> & { service: _botpass_v1_TokenServiceDefinition }
      TokenUse: MessageTypeDefinition<_botpass_v1_TokenUse, _botpass_v1_TokenUse__Output>
      UpdateBotRequest: MessageTypeDefinition<_botpass_v1_UpdateBotRequest, _botpass_v1_UpdateBotRequest__Output>
      UpdateEntryRequest: MessageTypeDefinition<_botpass_v1_UpdateEntryRequest, _botpass_v1_UpdateEntryRequest__Output>
      X509SvidMessage: MessageTypeDefinition<_botpass_v1_X509SvidMessage, _botpass_v1_X509SvidMessage__Output>
    }
  }
}

