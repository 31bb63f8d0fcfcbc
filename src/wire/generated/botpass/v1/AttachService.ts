// Original file: proto/botpass/v1/attach.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AttachRequest as _botpass_v1_AttachRequest, AttachRequest__Output as _botpass_v1_AttachRequest__Output } from '../../botpass/v1/AttachRequest.ts';
import type { AttachResponse as _botpass_v1_AttachResponse, AttachResponse__Output as _botpass_v1_AttachResponse__Output } from '../../botpass/v1/AttachResponse.ts';
import type { Bundle as _botpass_v1_Bundle, Bundle__Output as _botpass_v1_Bundle__Output } from '../../botpass/v1/Bundle.ts';
import type { Crls as _botpass_v1_Crls, Crls__Output as _botpass_v1_Crls__Output } from '../../botpass/v1/Crls.ts';
import type { GetBundleRequest as _botpass_v1_GetBundleRequest, GetBundleRequest__Output as _botpass_v1_GetBundleRequest__Output } from '../../botpass/v1/GetBundleRequest.ts';
import type { GetCrlsRequest as _botpass_v1_GetCrlsRequest, GetCrlsRequest__Output as _botpass_v1_GetCrlsRequest__Output } from '../../botpass/v1/GetCrlsRequest.ts';
import type { WatchTrustRequest as _botpass_v1_WatchTrustRequest, WatchTrustRequest__Output as _botpass_v1_WatchTrustRequest__Output } from '../../botpass/v1/WatchTrustRequest.ts';
import type { WatchTrustResponse as _botpass_v1_WatchTrustResponse, WatchTrustResponse__Output as _botpass_v1_WatchTrustResponse__Output } from '../../botpass/v1/WatchTrustResponse.ts';

export interface AttachServiceClient extends grpc.Client {
  Attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_botpass_v1_AttachRequest, _botpass_v1_AttachResponse__Output>;
  Attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_botpass_v1_AttachRequest, _botpass_v1_AttachResponse__Output>;
  attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_botpass_v1_AttachRequest, _botpass_v1_AttachResponse__Output>;
  attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_botpass_v1_AttachRequest, _botpass_v1_AttachResponse__Output>;
  
  GetBundle(argument: _botpass_v1_GetBundleRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bundle__Output>): grpc.ClientUnaryCall;
  GetBundle(argument: _botpass_v1_GetBundleRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Bundle__Output>): grpc.ClientUnaryCall;
  GetBundle(argument: _botpass_v1_GetBundleRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bundle__Output>): grpc.ClientUnaryCall;
  GetBundle(argument: _botpass_v1_GetBundleRequest, callback: grpc.requestCallback<_botpass_v1_Bundle__Output>): grpc.ClientUnaryCall;
  getBundle(argument: _botpass_v1_GetBundleRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bundle__Output>): grpc.ClientUnaryCall;
  getBundle(argument: _botpass_v1_GetBundleRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Bundle__Output>): grpc.ClientUnaryCall;
  getBundle(argument: _botpass_v1_GetBundleRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Bundle__Output>): grpc.ClientUnaryCall;
  getBundle(argument: _botpass_v1_GetBundleRequest, callback: grpc.requestCallback<_botpass_v1_Bundle__Output>): grpc.ClientUnaryCall;
  
  GetCrls(argument: _botpass_v1_GetCrlsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Crls__Output>): grpc.ClientUnaryCall;
  GetCrls(argument: _botpass_v1_GetCrlsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Crls__Output>): grpc.ClientUnaryCall;
  GetCrls(argument: _botpass_v1_GetCrlsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Crls__Output>): grpc.ClientUnaryCall;
  GetCrls(argument: _botpass_v1_GetCrlsRequest, callback: grpc.requestCallback<_botpass_v1_Crls__Output>): grpc.ClientUnaryCall;
  getCrls(argument: _botpass_v1_GetCrlsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Crls__Output>): grpc.ClientUnaryCall;
  getCrls(argument: _botpass_v1_GetCrlsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Crls__Output>): grpc.ClientUnaryCall;
  getCrls(argument: _botpass_v1_GetCrlsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Crls__Output>): grpc.ClientUnaryCall;
  getCrls(argument: _botpass_v1_GetCrlsRequest, callback: grpc.requestCallback<_botpass_v1_Crls__Output>): grpc.ClientUnaryCall;
  
  WatchTrust(argument: _botpass_v1_WatchTrustRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_botpass_v1_WatchTrustResponse__Output>;
  WatchTrust(argument: _botpass_v1_WatchTrustRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_botpass_v1_WatchTrustResponse__Output>;
  watchTrust(argument: _botpass_v1_WatchTrustRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_botpass_v1_WatchTrustResponse__Output>;
  watchTrust(argument: _botpass_v1_WatchTrustRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_botpass_v1_WatchTrustResponse__Output>;
  
}

export interface AttachServiceHandlers extends grpc.UntypedServiceImplementation {
  Attach: grpc.handleBidiStreamingCall<_botpass_v1_AttachRequest__Output, _botpass_v1_AttachResponse>;
  
  GetBundle: grpc.handleUnaryCall<_botpass_v1_GetBundleRequest__Output, _botpass_v1_Bundle>;
  
  GetCrls: grpc.handleUnaryCall<_botpass_v1_GetCrlsRequest__Output, _botpass_v1_Crls>;
  
  WatchTrust: grpc.handleServerStreamingCall<_botpass_v1_WatchTrustRequest__Output, _botpass_v1_WatchTrustResponse>;
  
}

export interface AttachServiceDefinition extends grpc.ServiceDefinition {
  Attach: MethodDefinition<_botpass_v1_AttachRequest, _botpass_v1_AttachResponse, _botpass_v1_AttachRequest__Output, _botpass_v1_AttachResponse__Output>
  GetBundle: MethodDefinition<_botpass_v1_GetBundleRequest, _botpass_v1_Bundle, _botpass_v1_GetBundleRequest__Output, _botpass_v1_Bundle__Output>
  GetCrls: MethodDefinition<_botpass_v1_GetCrlsRequest, _botpass_v1_Crls, _botpass_v1_GetCrlsRequest__Output, _botpass_v1_Crls__Output>
  WatchTrust: MethodDefinition<_botpass_v1_WatchTrustRequest, _botpass_v1_WatchTrustResponse, _botpass_v1_WatchTrustRequest__Output, _botpass_v1_WatchTrustResponse__Output>
}
