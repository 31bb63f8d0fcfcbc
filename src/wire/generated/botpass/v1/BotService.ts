// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Bot as _botpass_v1_Bot, Bot__Output as _botpass_v1_Bot__Output } from '../../botpass/v1/Bot.ts';
import type { ChangeBotStateRequest as _botpass_v1_ChangeBotStateRequest, ChangeBotStateRequest__Output as _botpass_v1_ChangeBotStateRequest__Output } from '../../botpass/v1/ChangeBotStateRequest.ts';
import type { ChangeBotStateResponse as _botpass_v1_ChangeBotStateResponse, ChangeBotStateResponse__Output as _botpass_v1_ChangeBotStateResponse__Output } from '../../botpass/v1/ChangeBotStateResponse.ts';
import type { GetBotRequest as _botpass_v1_GetBotRequest, GetBotRequest__Output as _botpass_v1_GetBotRequest__Output } from '../../botpass/v1/GetBotRequest.ts';
import type { ListBotsRequest as _botpass_v1_ListBotsRequest, ListBotsRequest__Output as _botpass_v1_ListBotsRequest__Output } from '../../botpass/v1/ListBotsRequest.ts';
import type { ListBotsResponse as _botpass_v1_ListBotsResponse, ListBotsResponse__Output as _botpass_v1_ListBotsResponse__Output } from '../../botpass/v1/ListBotsResponse.ts';
import type { RegisterBotRequest as _botpass_v1_RegisterBotRequest, RegisterBotRequest__Output as _botpass_v1_RegisterBotRequest__Output } from '../../botpass/v1/RegisterBotRequest.ts';
import type { RegisterBotResponse as _botpass_v1_RegisterBotResponse, RegisterBotResponse__Output as _botpass_v1_RegisterBotResponse__Output } from '../../botpass/v1/RegisterBotResponse.ts';
import type { UpdateBotRequest as _botpass_v1_UpdateBotRequest, UpdateBotRequest__Output as _botpass_v1_UpdateBotRequest__Output } from '../../botpass/v1/UpdateBotRequest.ts';

export interface BotServiceClient extends grpc.Client {
  GetBot(argument: _botpass_v1_GetBotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  GetBot(argument: _botpass_v1_GetBotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  GetBot(argument: _botpass_v1_GetBotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  GetBot(argument: _botpass_v1_GetBotRequest, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  getBot(argument: _botpass_v1_GetBotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  getBot(argument: _botpass_v1_GetBotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  getBot(argument: _botpass_v1_GetBotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  getBot(argument: _botpass_v1_GetBotRequest, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  
  ListBots(argument: _botpass_v1_ListBotsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListBotsResponse__Output>): grpc.ClientUnaryCall;
  ListBots(argument: _botpass_v1_ListBotsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListBotsResponse__Output>): grpc.ClientUnaryCall;
  ListBots(argument: _botpass_v1_ListBotsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListBotsResponse__Output>): grpc.ClientUnaryCall;
  ListBots(argument: _botpass_v1_ListBotsRequest, callback: grpc.requestCallback<_botpass_v1_ListBotsResponse__Output>): grpc.ClientUnaryCall;
  listBots(argument: _botpass_v1_ListBotsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListBotsResponse__Output>): grpc.ClientUnaryCall;
  listBots(argument: _botpass_v1_ListBotsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListBotsResponse__Output>): grpc.ClientUnaryCall;
  listBots(argument: _botpass_v1_ListBotsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListBotsResponse__Output>): grpc.ClientUnaryCall;
  listBots(argument: _botpass_v1_ListBotsRequest, callback: grpc.requestCallback<_botpass_v1_ListBotsResponse__Output>): grpc.ClientUnaryCall;
  
  RegisterBot(argument: _botpass_v1_RegisterBotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RegisterBotResponse__Output>): grpc.ClientUnaryCall;
  RegisterBot(argument: _botpass_v1_RegisterBotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_RegisterBotResponse__Output>): grpc.ClientUnaryCall;
  RegisterBot(argument: _botpass_v1_RegisterBotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RegisterBotResponse__Output>): grpc.ClientUnaryCall;
  RegisterBot(argument: _botpass_v1_RegisterBotRequest, callback: grpc.requestCallback<_botpass_v1_RegisterBotResponse__Output>): grpc.ClientUnaryCall;
  registerBot(argument: _botpass_v1_RegisterBotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RegisterBotResponse__Output>): grpc.ClientUnaryCall;
  registerBot(argument: _botpass_v1_RegisterBotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_RegisterBotResponse__Output>): grpc.ClientUnaryCall;
  registerBot(argument: _botpass_v1_RegisterBotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RegisterBotResponse__Output>): grpc.ClientUnaryCall;
  registerBot(argument: _botpass_v1_RegisterBotRequest, callback: grpc.requestCallback<_botpass_v1_RegisterBotResponse__Output>): grpc.ClientUnaryCall;
  
  ResumeBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  ResumeBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  ResumeBot(argument: _botpass_v1_ChangeBotStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  ResumeBot(argument: _botpass_v1_ChangeBotStateRequest, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  resumeBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  resumeBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  resumeBot(argument: _botpass_v1_ChangeBotStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  resumeBot(argument: _botpass_v1_ChangeBotStateRequest, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  
  RetireBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  RetireBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  RetireBot(argument: _botpass_v1_ChangeBotStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  RetireBot(argument: _botpass_v1_ChangeBotStateRequest, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  retireBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  retireBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  retireBot(argument: _botpass_v1_ChangeBotStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  retireBot(argument: _botpass_v1_ChangeBotStateRequest, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  
  SuspendBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  SuspendBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  SuspendBot(argument: _botpass_v1_ChangeBotStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  SuspendBot(argument: _botpass_v1_ChangeBotStateRequest, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  suspendBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  suspendBot(argument: _botpass_v1_ChangeBotStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  suspendBot(argument: _botpass_v1_ChangeBotStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  suspendBot(argument: _botpass_v1_ChangeBotStateRequest, callback: grpc.requestCallback<_botpass_v1_ChangeBotStateResponse__Output>): grpc.ClientUnaryCall;
  
  UpdateBot(argument: _botpass_v1_UpdateBotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  UpdateBot(argument: _botpass_v1_UpdateBotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  UpdateBot(argument: _botpass_v1_UpdateBotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  UpdateBot(argument: _botpass_v1_UpdateBotRequest, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  updateBot(argument: _botpass_v1_UpdateBotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  updateBot(argument: _botpass_v1_UpdateBotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  updateBot(argument: _botpass_v1_UpdateBotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  updateBot(argument: _botpass_v1_UpdateBotRequest, callback: grpc.requestCallback<_botpass_v1_Bot__Output>): grpc.ClientUnaryCall;
  
}

export interface BotServiceHandlers extends grpc.UntypedServiceImplementation {
  GetBot: grpc.handleUnaryCall<_botpass_v1_GetBotRequest__Output, _botpass_v1_Bot>;
  
  ListBots: grpc.handleUnaryCall<_botpass_v1_ListBotsRequest__Output, _botpass_v1_ListBotsResponse>;
  
  RegisterBot: grpc.handleUnaryCall<_botpass_v1_RegisterBotRequest__Output, _botpass_v1_RegisterBotResponse>;
  
  ResumeBot: grpc.handleUnaryCall<_botpass_v1_ChangeBotStateRequest__Output, _botpass_v1_ChangeBotStateResponse>;
  
  RetireBot: grpc.handleUnaryCall<_botpass_v1_ChangeBotStateRequest__Output, _botpass_v1_ChangeBotStateResponse>;
  
  SuspendBot: grpc.handleUnaryCall<_botpass_v1_ChangeBotStateRequest__Output, _botpass_v1_ChangeBotStateResponse>;
  
  UpdateBot: grpc.handleUnaryCall<_botpass_v1_UpdateBotRequest__Output, _botpass_v1_Bot>;
  
}

export interface BotServiceDefinition extends grpc.ServiceDefinition {
  GetBot: MethodDefinition<_botpass_v1_GetBotRequest, _botpass_v1_Bot, _botpass_v1_GetBotRequest__Output, _botpass_v1_Bot__Output>
  ListBots: MethodDefinition<_botpass_v1_ListBotsRequest, _botpass_v1_ListBotsResponse, _botpass_v1_ListBotsRequest__Output, _botpass_v1_ListBotsResponse__Output>
  RegisterBot: MethodDefinition<_botpass_v1_RegisterBotRequest, _botpass_v1_RegisterBotResponse, _botpass_v1_RegisterBotRequest__Output, _botpass_v1_RegisterBotResponse__Output>
  ResumeBot: MethodDefinition<_botpass_v1_ChangeBotStateRequest, _botpass_v1_ChangeBotStateResponse, _botpass_v1_ChangeBotStateRequest__Output, _botpass_v1_ChangeBotStateResponse__Output>
  RetireBot: MethodDefinition<_botpass_v1_ChangeBotStateRequest, _botpass_v1_ChangeBotStateResponse, _botpass_v1_ChangeBotStateRequest__Output, _botpass_v1_ChangeBotStateResponse__Output>
  SuspendBot: MethodDefinition<_botpass_v1_ChangeBotStateRequest, _botpass_v1_ChangeBotStateResponse, _botpass_v1_ChangeBotStateRequest__Output, _botpass_v1_ChangeBotStateResponse__Output>
  UpdateBot: MethodDefinition<_botpass_v1_UpdateBotRequest, _botpass_v1_Bot, _botpass_v1_UpdateBotRequest__Output, _botpass_v1_Bot__Output>
}
