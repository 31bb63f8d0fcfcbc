// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { EvictInstanceRequest as _botpass_v1_EvictInstanceRequest, EvictInstanceRequest__Output as _botpass_v1_EvictInstanceRequest__Output } from '../../botpass/v1/EvictInstanceRequest.ts';
import type { EvictInstanceResponse as _botpass_v1_EvictInstanceResponse, EvictInstanceResponse__Output as _botpass_v1_EvictInstanceResponse__Output } from '../../botpass/v1/EvictInstanceResponse.ts';
import type { ListInstancesRequest as _botpass_v1_ListInstancesRequest, ListInstancesRequest__Output as _botpass_v1_ListInstancesRequest__Output } from '../../botpass/v1/ListInstancesRequest.ts';
import type { ListInstancesResponse as _botpass_v1_ListInstancesResponse, ListInstancesResponse__Output as _botpass_v1_ListInstancesResponse__Output } from '../../botpass/v1/ListInstancesResponse.ts';

export interface InstanceServiceClient extends grpc.Client {
  BanInstance(argument: _botpass_v1_EvictInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  BanInstance(argument: _botpass_v1_EvictInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  BanInstance(argument: _botpass_v1_EvictInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  BanInstance(argument: _botpass_v1_EvictInstanceRequest, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  banInstance(argument: _botpass_v1_EvictInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  banInstance(argument: _botpass_v1_EvictInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  banInstance(argument: _botpass_v1_EvictInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  banInstance(argument: _botpass_v1_EvictInstanceRequest, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  
  EvictInstance(argument: _botpass_v1_EvictInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  EvictInstance(argument: _botpass_v1_EvictInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  EvictInstance(argument: _botpass_v1_EvictInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  EvictInstance(argument: _botpass_v1_EvictInstanceRequest, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  evictInstance(argument: _botpass_v1_EvictInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  evictInstance(argument: _botpass_v1_EvictInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  evictInstance(argument: _botpass_v1_EvictInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  evictInstance(argument: _botpass_v1_EvictInstanceRequest, callback: grpc.requestCallback<_botpass_v1_EvictInstanceResponse__Output>): grpc.ClientUnaryCall;
  
  ListInstances(argument: _botpass_v1_ListInstancesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _botpass_v1_ListInstancesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _botpass_v1_ListInstancesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _botpass_v1_ListInstancesRequest, callback: grpc.requestCallback<_botpass_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _botpass_v1_ListInstancesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _botpass_v1_ListInstancesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _botpass_v1_ListInstancesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _botpass_v1_ListInstancesRequest, callback: grpc.requestCallback<_botpass_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface InstanceServiceHandlers extends grpc.UntypedServiceImplementation {
  BanInstance: grpc.handleUnaryCall<_botpass_v1_EvictInstanceRequest__Output, _botpass_v1_EvictInstanceResponse>;
  
  EvictInstance: grpc.handleUnaryCall<_botpass_v1_EvictInstanceRequest__Output, _botpass_v1_EvictInstanceResponse>;
  
  ListInstances: grpc.handleUnaryCall<_botpass_v1_ListInstancesRequest__Output, _botpass_v1_ListInstancesResponse>;
  
}

export interface InstanceServiceDefinition extends grpc.ServiceDefinition {
  BanInstance: MethodDefinition<_botpass_v1_EvictInstanceRequest, _botpass_v1_EvictInstanceResponse, _botpass_v1_EvictInstanceRequest__Output, _botpass_v1_EvictInstanceResponse__Output>
  EvictInstance: MethodDefinition<_botpass_v1_EvictInstanceRequest, _botpass_v1_EvictInstanceResponse, _botpass_v1_EvictInstanceRequest__Output, _botpass_v1_EvictInstanceResponse__Output>
  ListInstances: MethodDefinition<_botpass_v1_ListInstancesRequest, _botpass_v1_ListInstancesResponse, _botpass_v1_ListInstancesRequest__Output, _botpass_v1_ListInstancesResponse__Output>
}
