// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { MintJwtSvidRequest as _botpass_v1_MintJwtSvidRequest, MintJwtSvidRequest__Output as _botpass_v1_MintJwtSvidRequest__Output } from '../../botpass/v1/MintJwtSvidRequest.ts';
import type { MintJwtSvidResponse as _botpass_v1_MintJwtSvidResponse, MintJwtSvidResponse__Output as _botpass_v1_MintJwtSvidResponse__Output } from '../../botpass/v1/MintJwtSvidResponse.ts';
import type { MintX509SvidRequest as _botpass_v1_MintX509SvidRequest, MintX509SvidRequest__Output as _botpass_v1_MintX509SvidRequest__Output } from '../../botpass/v1/MintX509SvidRequest.ts';
import type { MintX509SvidResponse as _botpass_v1_MintX509SvidResponse, MintX509SvidResponse__Output as _botpass_v1_MintX509SvidResponse__Output } from '../../botpass/v1/MintX509SvidResponse.ts';

export interface MintServiceClient extends grpc.Client {
  MintJwtSvid(argument: _botpass_v1_MintJwtSvidRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_MintJwtSvidResponse__Output>): grpc.ClientUnaryCall;
  MintJwtSvid(argument: _botpass_v1_MintJwtSvidRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_MintJwtSvidResponse__Output>): grpc.ClientUnaryCall;
  MintJwtSvid(argument: _botpass_v1_MintJwtSvidRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_MintJwtSvidResponse__Output>): grpc.ClientUnaryCall;
  MintJwtSvid(argument: _botpass_v1_MintJwtSvidRequest, callback: grpc.requestCallback<_botpass_v1_MintJwtSvidResponse__Output>): grpc.ClientUnaryCall;
  mintJwtSvid(argument: _botpass_v1_MintJwtSvidRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_MintJwtSvidResponse__Output>): grpc.ClientUnaryCall;
  mintJwtSvid(argument: _botpass_v1_MintJwtSvidRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_MintJwtSvidResponse__Output>): grpc.ClientUnaryCall;
  mintJwtSvid(argument: _botpass_v1_MintJwtSvidRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_MintJwtSvidResponse__Output>): grpc.ClientUnaryCall;
  mintJwtSvid(argument: _botpass_v1_MintJwtSvidRequest, callback: grpc.requestCallback<_botpass_v1_MintJwtSvidResponse__Output>): grpc.ClientUnaryCall;
  
  MintX509Svid(argument: _botpass_v1_MintX509SvidRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_MintX509SvidResponse__Output>): grpc.ClientUnaryCall;
  MintX509Svid(argument: _botpass_v1_MintX509SvidRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_MintX509SvidResponse__Output>): grpc.ClientUnaryCall;
  MintX509Svid(argument: _botpass_v1_MintX509SvidRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_MintX509SvidResponse__Output>): grpc.ClientUnaryCall;
  MintX509Svid(argument: _botpass_v1_MintX509SvidRequest, callback: grpc.requestCallback<_botpass_v1_MintX509SvidResponse__Output>): grpc.ClientUnaryCall;
  mintX509Svid(argument: _botpass_v1_MintX509SvidRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_MintX509SvidResponse__Output>): grpc.ClientUnaryCall;
  mintX509Svid(argument: _botpass_v1_MintX509SvidRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_MintX509SvidResponse__Output>): grpc.ClientUnaryCall;
  mintX509Svid(argument: _botpass_v1_MintX509SvidRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_MintX509SvidResponse__Output>): grpc.ClientUnaryCall;
  mintX509Svid(argument: _botpass_v1_MintX509SvidRequest, callback: grpc.requestCallback<_botpass_v1_MintX509SvidResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface MintServiceHandlers extends grpc.UntypedServiceImplementation {
  MintJwtSvid: grpc.handleUnaryCall<_botpass_v1_MintJwtSvidRequest__Output, _botpass_v1_MintJwtSvidResponse>;
  
  MintX509Svid: grpc.handleUnaryCall<_botpass_v1_MintX509SvidRequest__Output, _botpass_v1_MintX509SvidResponse>;
  
}

export interface MintServiceDefinition extends grpc.ServiceDefinition {
  MintJwtSvid: MethodDefinition<_botpass_v1_MintJwtSvidRequest, _botpass_v1_MintJwtSvidResponse, _botpass_v1_MintJwtSvidRequest__Output, _botpass_v1_MintJwtSvidResponse__Output>
  MintX509Svid: MethodDefinition<_botpass_v1_MintX509SvidRequest, _botpass_v1_MintX509SvidResponse, _botpass_v1_MintX509SvidRequest__Output, _botpass_v1_MintX509SvidResponse__Output>
}
