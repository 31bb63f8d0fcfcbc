// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListAuditRequest as _botpass_v1_ListAuditRequest, ListAuditRequest__Output as _botpass_v1_ListAuditRequest__Output } from '../../botpass/v1/ListAuditRequest.ts';
import type { ListAuditResponse as _botpass_v1_ListAuditResponse, ListAuditResponse__Output as _botpass_v1_ListAuditResponse__Output } from '../../botpass/v1/ListAuditResponse.ts';

export interface AuditServiceClient extends grpc.Client {
  ListAudit(argument: _botpass_v1_ListAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  ListAudit(argument: _botpass_v1_ListAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  ListAudit(argument: _botpass_v1_ListAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  ListAudit(argument: _botpass_v1_ListAuditRequest, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  listAudit(argument: _botpass_v1_ListAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  listAudit(argument: _botpass_v1_ListAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  listAudit(argument: _botpass_v1_ListAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  listAudit(argument: _botpass_v1_ListAuditRequest, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface AuditServiceHandlers extends grpc.UntypedServiceImplementation {
  ListAudit: grpc.handleUnaryCall<_botpass_v1_ListAuditRequest__Output, _botpass_v1_ListAuditResponse>;
  
}

export interface AuditServiceDefinition extends grpc.ServiceDefinition {
  ListAudit: MethodDefinition<_botpass_v1_ListAuditRequest, _botpass_v1_ListAuditResponse, _botpass_v1_ListAuditRequest__Output, _botpass_v1_ListAuditResponse__Output>
}
