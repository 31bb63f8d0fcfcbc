// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ExportAuditRequest as _botpass_v1_ExportAuditRequest, ExportAuditRequest__Output as _botpass_v1_ExportAuditRequest__Output } from '../../botpass/v1/ExportAuditRequest.ts';
import type { ExportAuditResponse as _botpass_v1_ExportAuditResponse, ExportAuditResponse__Output as _botpass_v1_ExportAuditResponse__Output } from '../../botpass/v1/ExportAuditResponse.ts';
import type { GetLogKeyRequest as _botpass_v1_GetLogKeyRequest, GetLogKeyRequest__Output as _botpass_v1_GetLogKeyRequest__Output } from '../../botpass/v1/GetLogKeyRequest.ts';
import type { GetLogKeyResponse as _botpass_v1_GetLogKeyResponse, GetLogKeyResponse__Output as _botpass_v1_GetLogKeyResponse__Output } from '../../botpass/v1/GetLogKeyResponse.ts';
import type { ListAuditRequest as _botpass_v1_ListAuditRequest, ListAuditRequest__Output as _botpass_v1_ListAuditRequest__Output } from '../../botpass/v1/ListAuditRequest.ts';
import type { ListAuditResponse as _botpass_v1_ListAuditResponse, ListAuditResponse__Output as _botpass_v1_ListAuditResponse__Output } from '../../botpass/v1/ListAuditResponse.ts';
import type { LogCheckpointRecord as _botpass_v1_LogCheckpointRecord, LogCheckpointRecord__Output as _botpass_v1_LogCheckpointRecord__Output } from '../../botpass/v1/LogCheckpointRecord.ts';
import type { MakeCheckpointRequest as _botpass_v1_MakeCheckpointRequest, MakeCheckpointRequest__Output as _botpass_v1_MakeCheckpointRequest__Output } from '../../botpass/v1/MakeCheckpointRequest.ts';
import type { ProveRecordRequest as _botpass_v1_ProveRecordRequest, ProveRecordRequest__Output as _botpass_v1_ProveRecordRequest__Output } from '../../botpass/v1/ProveRecordRequest.ts';
import type { ProveRecordResponse as _botpass_v1_ProveRecordResponse, ProveRecordResponse__Output as _botpass_v1_ProveRecordResponse__Output } from '../../botpass/v1/ProveRecordResponse.ts';

export interface AuditServiceClient extends grpc.Client {
  ExportAudit(argument: _botpass_v1_ExportAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ExportAuditResponse__Output>): grpc.ClientUnaryCall;
  ExportAudit(argument: _botpass_v1_ExportAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ExportAuditResponse__Output>): grpc.ClientUnaryCall;
  ExportAudit(argument: _botpass_v1_ExportAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ExportAuditResponse__Output>): grpc.ClientUnaryCall;
  ExportAudit(argument: _botpass_v1_ExportAuditRequest, callback: grpc.requestCallback<_botpass_v1_ExportAuditResponse__Output>): grpc.ClientUnaryCall;
  exportAudit(argument: _botpass_v1_ExportAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ExportAuditResponse__Output>): grpc.ClientUnaryCall;
  exportAudit(argument: _botpass_v1_ExportAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ExportAuditResponse__Output>): grpc.ClientUnaryCall;
  exportAudit(argument: _botpass_v1_ExportAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ExportAuditResponse__Output>): grpc.ClientUnaryCall;
  exportAudit(argument: _botpass_v1_ExportAuditRequest, callback: grpc.requestCallback<_botpass_v1_ExportAuditResponse__Output>): grpc.ClientUnaryCall;
  
  GetLogKey(argument: _botpass_v1_GetLogKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_GetLogKeyResponse__Output>): grpc.ClientUnaryCall;
  GetLogKey(argument: _botpass_v1_GetLogKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_GetLogKeyResponse__Output>): grpc.ClientUnaryCall;
  GetLogKey(argument: _botpass_v1_GetLogKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_GetLogKeyResponse__Output>): grpc.ClientUnaryCall;
  GetLogKey(argument: _botpass_v1_GetLogKeyRequest, callback: grpc.requestCallback<_botpass_v1_GetLogKeyResponse__Output>): grpc.ClientUnaryCall;
  getLogKey(argument: _botpass_v1_GetLogKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_GetLogKeyResponse__Output>): grpc.ClientUnaryCall;
  getLogKey(argument: _botpass_v1_GetLogKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_GetLogKeyResponse__Output>): grpc.ClientUnaryCall;
  getLogKey(argument: _botpass_v1_GetLogKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_GetLogKeyResponse__Output>): grpc.ClientUnaryCall;
  getLogKey(argument: _botpass_v1_GetLogKeyRequest, callback: grpc.requestCallback<_botpass_v1_GetLogKeyResponse__Output>): grpc.ClientUnaryCall;
  
  ListAudit(argument: _botpass_v1_ListAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  ListAudit(argument: _botpass_v1_ListAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  ListAudit(argument: _botpass_v1_ListAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  ListAudit(argument: _botpass_v1_ListAuditRequest, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  listAudit(argument: _botpass_v1_ListAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  listAudit(argument: _botpass_v1_ListAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  listAudit(argument: _botpass_v1_ListAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  listAudit(argument: _botpass_v1_ListAuditRequest, callback: grpc.requestCallback<_botpass_v1_ListAuditResponse__Output>): grpc.ClientUnaryCall;
  
  MakeCheckpoint(argument: _botpass_v1_MakeCheckpointRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_LogCheckpointRecord__Output>): grpc.ClientUnaryCall;
  MakeCheckpoint(argument: _botpass_v1_MakeCheckpointRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_LogCheckpointRecord__Output>): grpc.ClientUnaryCall;
  MakeCheckpoint(argument: _botpass_v1_MakeCheckpointRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_LogCheckpointRecord__Output>): grpc.ClientUnaryCall;
  MakeCheckpoint(argument: _botpass_v1_MakeCheckpointRequest, callback: grpc.requestCallback<_botpass_v1_LogCheckpointRecord__Output>): grpc.ClientUnaryCall;
  makeCheckpoint(argument: _botpass_v1_MakeCheckpointRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_LogCheckpointRecord__Output>): grpc.ClientUnaryCall;
  makeCheckpoint(argument: _botpass_v1_MakeCheckpointRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_LogCheckpointRecord__Output>): grpc.ClientUnaryCall;
  makeCheckpoint(argument: _botpass_v1_MakeCheckpointRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_LogCheckpointRecord__Output>): grpc.ClientUnaryCall;
  makeCheckpoint(argument: _botpass_v1_MakeCheckpointRequest, callback: grpc.requestCallback<_botpass_v1_LogCheckpointRecord__Output>): grpc.ClientUnaryCall;
  
  ProveRecord(argument: _botpass_v1_ProveRecordRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ProveRecordResponse__Output>): grpc.ClientUnaryCall;
  ProveRecord(argument: _botpass_v1_ProveRecordRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ProveRecordResponse__Output>): grpc.ClientUnaryCall;
  ProveRecord(argument: _botpass_v1_ProveRecordRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ProveRecordResponse__Output>): grpc.ClientUnaryCall;
  ProveRecord(argument: _botpass_v1_ProveRecordRequest, callback: grpc.requestCallback<_botpass_v1_ProveRecordResponse__Output>): grpc.ClientUnaryCall;
  proveRecord(argument: _botpass_v1_ProveRecordRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ProveRecordResponse__Output>): grpc.ClientUnaryCall;
  proveRecord(argument: _botpass_v1_ProveRecordRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ProveRecordResponse__Output>): grpc.ClientUnaryCall;
  proveRecord(argument: _botpass_v1_ProveRecordRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ProveRecordResponse__Output>): grpc.ClientUnaryCall;
  proveRecord(argument: _botpass_v1_ProveRecordRequest, callback: grpc.requestCallback<_botpass_v1_ProveRecordResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface AuditServiceHandlers extends grpc.UntypedServiceImplementation {
  ExportAudit: grpc.handleUnaryCall<_botpass_v1_ExportAuditRequest__Output, _botpass_v1_ExportAuditResponse>;
  
  GetLogKey: grpc.handleUnaryCall<_botpass_v1_GetLogKeyRequest__Output, _botpass_v1_GetLogKeyResponse>;
  
  ListAudit: grpc.handleUnaryCall<_botpass_v1_ListAuditRequest__Output, _botpass_v1_ListAuditResponse>;
  
  MakeCheckpoint: grpc.handleUnaryCall<_botpass_v1_MakeCheckpointRequest__Output, _botpass_v1_LogCheckpointRecord>;
  
  ProveRecord: grpc.handleUnaryCall<_botpass_v1_ProveRecordRequest__Output, _botpass_v1_ProveRecordResponse>;
  
}

export interface AuditServiceDefinition extends grpc.ServiceDefinition {
  ExportAudit: MethodDefinition<_botpass_v1_ExportAuditRequest, _botpass_v1_ExportAuditResponse, _botpass_v1_ExportAuditRequest__Output, _botpass_v1_ExportAuditResponse__Output>
  GetLogKey: MethodDefinition<_botpass_v1_GetLogKeyRequest, _botpass_v1_GetLogKeyResponse, _botpass_v1_GetLogKeyRequest__Output, _botpass_v1_GetLogKeyResponse__Output>
  ListAudit: MethodDefinition<_botpass_v1_ListAuditRequest, _botpass_v1_ListAuditResponse, _botpass_v1_ListAuditRequest__Output, _botpass_v1_ListAuditResponse__Output>
  MakeCheckpoint: MethodDefinition<_botpass_v1_MakeCheckpointRequest, _botpass_v1_LogCheckpointRecord, _botpass_v1_MakeCheckpointRequest__Output, _botpass_v1_LogCheckpointRecord__Output>
  ProveRecord: MethodDefinition<_botpass_v1_ProveRecordRequest, _botpass_v1_ProveRecordResponse, _botpass_v1_ProveRecordRequest__Output, _botpass_v1_ProveRecordResponse__Output>
}
