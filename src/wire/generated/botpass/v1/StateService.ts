// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyStateRequest as _botpass_v1_ApplyStateRequest, ApplyStateRequest__Output as _botpass_v1_ApplyStateRequest__Output } from '../../botpass/v1/ApplyStateRequest.ts';
import type { ApplyStateResponse as _botpass_v1_ApplyStateResponse, ApplyStateResponse__Output as _botpass_v1_ApplyStateResponse__Output } from '../../botpass/v1/ApplyStateResponse.ts';

export interface StateServiceClient extends grpc.Client {
  ApplyState(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ApplyStateResponse__Output>): grpc.ClientWritableStream<_botpass_v1_ApplyStateRequest>;
  ApplyState(metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ApplyStateResponse__Output>): grpc.ClientWritableStream<_botpass_v1_ApplyStateRequest>;
  ApplyState(options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ApplyStateResponse__Output>): grpc.ClientWritableStream<_botpass_v1_ApplyStateRequest>;
  ApplyState(callback: grpc.requestCallback<_botpass_v1_ApplyStateResponse__Output>): grpc.ClientWritableStream<_botpass_v1_ApplyStateRequest>;
  applyState(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ApplyStateResponse__Output>): grpc.ClientWritableStream<_botpass_v1_ApplyStateRequest>;
  applyState(metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ApplyStateResponse__Output>): grpc.ClientWritableStream<_botpass_v1_ApplyStateRequest>;
  applyState(options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ApplyStateResponse__Output>): grpc.ClientWritableStream<_botpass_v1_ApplyStateRequest>;
  applyState(callback: grpc.requestCallback<_botpass_v1_ApplyStateResponse__Output>): grpc.ClientWritableStream<_botpass_v1_ApplyStateRequest>;
  
}

export interface StateServiceHandlers extends grpc.UntypedServiceImplementation {
  ApplyState: grpc.handleClientStreamingCall<_botpass_v1_ApplyStateRequest__Output, _botpass_v1_ApplyStateResponse>;
  
}

export interface StateServiceDefinition extends grpc.ServiceDefinition {
  ApplyState: MethodDefinition<_botpass_v1_ApplyStateRequest, _botpass_v1_ApplyStateResponse, _botpass_v1_ApplyStateRequest__Output, _botpass_v1_ApplyStateResponse__Output>
}
