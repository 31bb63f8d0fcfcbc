// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { RevokeRequest as _botpass_v1_RevokeRequest, RevokeRequest__Output as _botpass_v1_RevokeRequest__Output } from '../../botpass/v1/RevokeRequest.ts';
import type { RevokeResponse as _botpass_v1_RevokeResponse, RevokeResponse__Output as _botpass_v1_RevokeResponse__Output } from '../../botpass/v1/RevokeResponse.ts';

export interface RevocationServiceClient extends grpc.Client {
  Revoke(argument: _botpass_v1_RevokeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RevokeResponse__Output>): grpc.ClientUnaryCall;
  Revoke(argument: _botpass_v1_RevokeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_RevokeResponse__Output>): grpc.ClientUnaryCall;
  Revoke(argument: _botpass_v1_RevokeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RevokeResponse__Output>): grpc.ClientUnaryCall;
  Revoke(argument: _botpass_v1_RevokeRequest, callback: grpc.requestCallback<_botpass_v1_RevokeResponse__Output>): grpc.ClientUnaryCall;
  revoke(argument: _botpass_v1_RevokeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RevokeResponse__Output>): grpc.ClientUnaryCall;
  revoke(argument: _botpass_v1_RevokeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_RevokeResponse__Output>): grpc.ClientUnaryCall;
  revoke(argument: _botpass_v1_RevokeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RevokeResponse__Output>): grpc.ClientUnaryCall;
  revoke(argument: _botpass_v1_RevokeRequest, callback: grpc.requestCallback<_botpass_v1_RevokeResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface RevocationServiceHandlers extends grpc.UntypedServiceImplementation {
  Revoke: grpc.handleUnaryCall<_botpass_v1_RevokeRequest__Output, _botpass_v1_RevokeResponse>;
  
}

export interface RevocationServiceDefinition extends grpc.ServiceDefinition {
  Revoke: MethodDefinition<_botpass_v1_RevokeRequest, _botpass_v1_RevokeResponse, _botpass_v1_RevokeRequest__Output, _botpass_v1_RevokeResponse__Output>
}
