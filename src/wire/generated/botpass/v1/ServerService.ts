// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BackupRequest as _botpass_v1_BackupRequest, BackupRequest__Output as _botpass_v1_BackupRequest__Output } from '../../botpass/v1/BackupRequest.ts';
import type { BackupResponse as _botpass_v1_BackupResponse, BackupResponse__Output as _botpass_v1_BackupResponse__Output } from '../../botpass/v1/BackupResponse.ts';
import type { GetInfoRequest as _botpass_v1_GetInfoRequest, GetInfoRequest__Output as _botpass_v1_GetInfoRequest__Output } from '../../botpass/v1/GetInfoRequest.ts';
import type { GetInfoResponse as _botpass_v1_GetInfoResponse, GetInfoResponse__Output as _botpass_v1_GetInfoResponse__Output } from '../../botpass/v1/GetInfoResponse.ts';

export interface ServerServiceClient extends grpc.Client {
  Backup(argument: _botpass_v1_BackupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_BackupResponse__Output>): grpc.ClientUnaryCall;
  Backup(argument: _botpass_v1_BackupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_BackupResponse__Output>): grpc.ClientUnaryCall;
  Backup(argument: _botpass_v1_BackupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_BackupResponse__Output>): grpc.ClientUnaryCall;
  Backup(argument: _botpass_v1_BackupRequest, callback: grpc.requestCallback<_botpass_v1_BackupResponse__Output>): grpc.ClientUnaryCall;
  backup(argument: _botpass_v1_BackupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_BackupResponse__Output>): grpc.ClientUnaryCall;
  backup(argument: _botpass_v1_BackupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_BackupResponse__Output>): grpc.ClientUnaryCall;
  backup(argument: _botpass_v1_BackupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_BackupResponse__Output>): grpc.ClientUnaryCall;
  backup(argument: _botpass_v1_BackupRequest, callback: grpc.requestCallback<_botpass_v1_BackupResponse__Output>): grpc.ClientUnaryCall;
  
  GetInfo(argument: _botpass_v1_GetInfoRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  GetInfo(argument: _botpass_v1_GetInfoRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  GetInfo(argument: _botpass_v1_GetInfoRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  GetInfo(argument: _botpass_v1_GetInfoRequest, callback: grpc.requestCallback<_botpass_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  getInfo(argument: _botpass_v1_GetInfoRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  getInfo(argument: _botpass_v1_GetInfoRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  getInfo(argument: _botpass_v1_GetInfoRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  getInfo(argument: _botpass_v1_GetInfoRequest, callback: grpc.requestCallback<_botpass_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ServerServiceHandlers extends grpc.UntypedServiceImplementation {
  Backup: grpc.handleUnaryCall<_botpass_v1_BackupRequest__Output, _botpass_v1_BackupResponse>;
  
  GetInfo: grpc.handleUnaryCall<_botpass_v1_GetInfoRequest__Output, _botpass_v1_GetInfoResponse>;
  
}

export interface ServerServiceDefinition extends grpc.ServiceDefinition {
  Backup: MethodDefinition<_botpass_v1_BackupRequest, _botpass_v1_BackupResponse, _botpass_v1_BackupRequest__Output, _botpass_v1_BackupResponse__Output>
  GetInfo: MethodDefinition<_botpass_v1_GetInfoRequest, _botpass_v1_GetInfoResponse, _botpass_v1_GetInfoRequest__Output, _botpass_v1_GetInfoResponse__Output>
}
