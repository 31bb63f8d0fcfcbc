// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListAuthoritiesRequest as _botpass_v1_ListAuthoritiesRequest, ListAuthoritiesRequest__Output as _botpass_v1_ListAuthoritiesRequest__Output } from '../../botpass/v1/ListAuthoritiesRequest.ts';
import type { ListAuthoritiesResponse as _botpass_v1_ListAuthoritiesResponse, ListAuthoritiesResponse__Output as _botpass_v1_ListAuthoritiesResponse__Output } from '../../botpass/v1/ListAuthoritiesResponse.ts';

export interface AuthorityServiceClient extends grpc.Client {
  ListAuthorities(argument: _botpass_v1_ListAuthoritiesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuthoritiesResponse__Output>): grpc.ClientUnaryCall;
  ListAuthorities(argument: _botpass_v1_ListAuthoritiesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListAuthoritiesResponse__Output>): grpc.ClientUnaryCall;
  ListAuthorities(argument: _botpass_v1_ListAuthoritiesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuthoritiesResponse__Output>): grpc.ClientUnaryCall;
  ListAuthorities(argument: _botpass_v1_ListAuthoritiesRequest, callback: grpc.requestCallback<_botpass_v1_ListAuthoritiesResponse__Output>): grpc.ClientUnaryCall;
  listAuthorities(argument: _botpass_v1_ListAuthoritiesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuthoritiesResponse__Output>): grpc.ClientUnaryCall;
  listAuthorities(argument: _botpass_v1_ListAuthoritiesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListAuthoritiesResponse__Output>): grpc.ClientUnaryCall;
  listAuthorities(argument: _botpass_v1_ListAuthoritiesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuthoritiesResponse__Output>): grpc.ClientUnaryCall;
  listAuthorities(argument: _botpass_v1_ListAuthoritiesRequest, callback: grpc.requestCallback<_botpass_v1_ListAuthoritiesResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface AuthorityServiceHandlers extends grpc.UntypedServiceImplementation {
  ListAuthorities: grpc.handleUnaryCall<_botpass_v1_ListAuthoritiesRequest__Output, _botpass_v1_ListAuthoritiesResponse>;
  
}

export interface AuthorityServiceDefinition extends grpc.ServiceDefinition {
  ListAuthorities: MethodDefinition<_botpass_v1_ListAuthoritiesRequest, _botpass_v1_ListAuthoritiesResponse, _botpass_v1_ListAuthoritiesRequest__Output, _botpass_v1_ListAuthoritiesResponse__Output>
}
