// Original file: proto/botpass/v1/operators.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddOperatorRequest as _botpass_v1_AddOperatorRequest, AddOperatorRequest__Output as _botpass_v1_AddOperatorRequest__Output } from '../../botpass/v1/AddOperatorRequest.ts';
import type { GetOperatorRequest as _botpass_v1_GetOperatorRequest, GetOperatorRequest__Output as _botpass_v1_GetOperatorRequest__Output } from '../../botpass/v1/GetOperatorRequest.ts';
import type { InviteOperatorRequest as _botpass_v1_InviteOperatorRequest, InviteOperatorRequest__Output as _botpass_v1_InviteOperatorRequest__Output } from '../../botpass/v1/InviteOperatorRequest.ts';
import type { InviteOperatorResponse as _botpass_v1_InviteOperatorResponse, InviteOperatorResponse__Output as _botpass_v1_InviteOperatorResponse__Output } from '../../botpass/v1/InviteOperatorResponse.ts';
import type { ListOperatorsRequest as _botpass_v1_ListOperatorsRequest, ListOperatorsRequest__Output as _botpass_v1_ListOperatorsRequest__Output } from '../../botpass/v1/ListOperatorsRequest.ts';
import type { ListOperatorsResponse as _botpass_v1_ListOperatorsResponse, ListOperatorsResponse__Output as _botpass_v1_ListOperatorsResponse__Output } from '../../botpass/v1/ListOperatorsResponse.ts';
import type { Operator as _botpass_v1_Operator, Operator__Output as _botpass_v1_Operator__Output } from '../../botpass/v1/Operator.ts';
import type { RemoveOperatorRequest as _botpass_v1_RemoveOperatorRequest, RemoveOperatorRequest__Output as _botpass_v1_RemoveOperatorRequest__Output } from '../../botpass/v1/RemoveOperatorRequest.ts';
import type { RemoveOperatorResponse as _botpass_v1_RemoveOperatorResponse, RemoveOperatorResponse__Output as _botpass_v1_RemoveOperatorResponse__Output } from '../../botpass/v1/RemoveOperatorResponse.ts';
import type { SetOperatorRolesRequest as _botpass_v1_SetOperatorRolesRequest, SetOperatorRolesRequest__Output as _botpass_v1_SetOperatorRolesRequest__Output } from '../../botpass/v1/SetOperatorRolesRequest.ts';
import type { WhoAmIRequest as _botpass_v1_WhoAmIRequest, WhoAmIRequest__Output as _botpass_v1_WhoAmIRequest__Output } from '../../botpass/v1/WhoAmIRequest.ts';
import type { WhoAmIResponse as _botpass_v1_WhoAmIResponse, WhoAmIResponse__Output as _botpass_v1_WhoAmIResponse__Output } from '../../botpass/v1/WhoAmIResponse.ts';

export interface OperatorServiceClient extends grpc.Client {
  AddOperator(argument: _botpass_v1_AddOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  AddOperator(argument: _botpass_v1_AddOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  AddOperator(argument: _botpass_v1_AddOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  AddOperator(argument: _botpass_v1_AddOperatorRequest, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  addOperator(argument: _botpass_v1_AddOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  addOperator(argument: _botpass_v1_AddOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  addOperator(argument: _botpass_v1_AddOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  addOperator(argument: _botpass_v1_AddOperatorRequest, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  
  GetOperator(argument: _botpass_v1_GetOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  GetOperator(argument: _botpass_v1_GetOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  GetOperator(argument: _botpass_v1_GetOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  GetOperator(argument: _botpass_v1_GetOperatorRequest, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  getOperator(argument: _botpass_v1_GetOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  getOperator(argument: _botpass_v1_GetOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  getOperator(argument: _botpass_v1_GetOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  getOperator(argument: _botpass_v1_GetOperatorRequest, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  
  InviteOperator(argument: _botpass_v1_InviteOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_InviteOperatorResponse__Output>): grpc.ClientUnaryCall;
  InviteOperator(argument: _botpass_v1_InviteOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_InviteOperatorResponse__Output>): grpc.ClientUnaryCall;
  InviteOperator(argument: _botpass_v1_InviteOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_InviteOperatorResponse__Output>): grpc.ClientUnaryCall;
  InviteOperator(argument: _botpass_v1_InviteOperatorRequest, callback: grpc.requestCallback<_botpass_v1_InviteOperatorResponse__Output>): grpc.ClientUnaryCall;
  inviteOperator(argument: _botpass_v1_InviteOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_InviteOperatorResponse__Output>): grpc.ClientUnaryCall;
  inviteOperator(argument: _botpass_v1_InviteOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_InviteOperatorResponse__Output>): grpc.ClientUnaryCall;
  inviteOperator(argument: _botpass_v1_InviteOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_InviteOperatorResponse__Output>): grpc.ClientUnaryCall;
  inviteOperator(argument: _botpass_v1_InviteOperatorRequest, callback: grpc.requestCallback<_botpass_v1_InviteOperatorResponse__Output>): grpc.ClientUnaryCall;
  
  ListOperators(argument: _botpass_v1_ListOperatorsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListOperatorsResponse__Output>): grpc.ClientUnaryCall;
  ListOperators(argument: _botpass_v1_ListOperatorsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListOperatorsResponse__Output>): grpc.ClientUnaryCall;
  ListOperators(argument: _botpass_v1_ListOperatorsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListOperatorsResponse__Output>): grpc.ClientUnaryCall;
  ListOperators(argument: _botpass_v1_ListOperatorsRequest, callback: grpc.requestCallback<_botpass_v1_ListOperatorsResponse__Output>): grpc.ClientUnaryCall;
  listOperators(argument: _botpass_v1_ListOperatorsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListOperatorsResponse__Output>): grpc.ClientUnaryCall;
  listOperators(argument: _botpass_v1_ListOperatorsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListOperatorsResponse__Output>): grpc.ClientUnaryCall;
  listOperators(argument: _botpass_v1_ListOperatorsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListOperatorsResponse__Output>): grpc.ClientUnaryCall;
  listOperators(argument: _botpass_v1_ListOperatorsRequest, callback: grpc.requestCallback<_botpass_v1_ListOperatorsResponse__Output>): grpc.ClientUnaryCall;
  
  RemoveOperator(argument: _botpass_v1_RemoveOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RemoveOperatorResponse__Output>): grpc.ClientUnaryCall;
  RemoveOperator(argument: _botpass_v1_RemoveOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_RemoveOperatorResponse__Output>): grpc.ClientUnaryCall;
  RemoveOperator(argument: _botpass_v1_RemoveOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RemoveOperatorResponse__Output>): grpc.ClientUnaryCall;
  RemoveOperator(argument: _botpass_v1_RemoveOperatorRequest, callback: grpc.requestCallback<_botpass_v1_RemoveOperatorResponse__Output>): grpc.ClientUnaryCall;
  removeOperator(argument: _botpass_v1_RemoveOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RemoveOperatorResponse__Output>): grpc.ClientUnaryCall;
  removeOperator(argument: _botpass_v1_RemoveOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_RemoveOperatorResponse__Output>): grpc.ClientUnaryCall;
  removeOperator(argument: _botpass_v1_RemoveOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_RemoveOperatorResponse__Output>): grpc.ClientUnaryCall;
  removeOperator(argument: _botpass_v1_RemoveOperatorRequest, callback: grpc.requestCallback<_botpass_v1_RemoveOperatorResponse__Output>): grpc.ClientUnaryCall;
  
  SetOperatorRoles(argument: _botpass_v1_SetOperatorRolesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  SetOperatorRoles(argument: _botpass_v1_SetOperatorRolesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  SetOperatorRoles(argument: _botpass_v1_SetOperatorRolesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  SetOperatorRoles(argument: _botpass_v1_SetOperatorRolesRequest, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  setOperatorRoles(argument: _botpass_v1_SetOperatorRolesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  setOperatorRoles(argument: _botpass_v1_SetOperatorRolesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  setOperatorRoles(argument: _botpass_v1_SetOperatorRolesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  setOperatorRoles(argument: _botpass_v1_SetOperatorRolesRequest, callback: grpc.requestCallback<_botpass_v1_Operator__Output>): grpc.ClientUnaryCall;
  
  WhoAmI(argument: _botpass_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _botpass_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _botpass_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _botpass_v1_WhoAmIRequest, callback: grpc.requestCallback<_botpass_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _botpass_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _botpass_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _botpass_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _botpass_v1_WhoAmIRequest, callback: grpc.requestCallback<_botpass_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface OperatorServiceHandlers extends grpc.UntypedServiceImplementation {
  AddOperator: grpc.handleUnaryCall<_botpass_v1_AddOperatorRequest__Output, _botpass_v1_Operator>;
  
  GetOperator: grpc.handleUnaryCall<_botpass_v1_GetOperatorRequest__Output, _botpass_v1_Operator>;
  
  InviteOperator: grpc.handleUnaryCall<_botpass_v1_InviteOperatorRequest__Output, _botpass_v1_InviteOperatorResponse>;
  
  ListOperators: grpc.handleUnaryCall<_botpass_v1_ListOperatorsRequest__Output, _botpass_v1_ListOperatorsResponse>;
  
  RemoveOperator: grpc.handleUnaryCall<_botpass_v1_RemoveOperatorRequest__Output, _botpass_v1_RemoveOperatorResponse>;
  
  SetOperatorRoles: grpc.handleUnaryCall<_botpass_v1_SetOperatorRolesRequest__Output, _botpass_v1_Operator>;
  
  WhoAmI: grpc.handleUnaryCall<_botpass_v1_WhoAmIRequest__Output, _botpass_v1_WhoAmIResponse>;
  
}

export interface OperatorServiceDefinition extends grpc.ServiceDefinition {
  AddOperator: MethodDefinition<_botpass_v1_AddOperatorRequest, _botpass_v1_Operator, _botpass_v1_AddOperatorRequest__Output, _botpass_v1_Operator__Output>
  GetOperator: MethodDefinition<_botpass_v1_GetOperatorRequest, _botpass_v1_Operator, _botpass_v1_GetOperatorRequest__Output, _botpass_v1_Operator__Output>
  InviteOperator: MethodDefinition<_botpass_v1_InviteOperatorRequest, _botpass_v1_InviteOperatorResponse, _botpass_v1_InviteOperatorRequest__Output, _botpass_v1_InviteOperatorResponse__Output>
  ListOperators: MethodDefinition<_botpass_v1_ListOperatorsRequest, _botpass_v1_ListOperatorsResponse, _botpass_v1_ListOperatorsRequest__Output, _botpass_v1_ListOperatorsResponse__Output>
  RemoveOperator: MethodDefinition<_botpass_v1_RemoveOperatorRequest, _botpass_v1_RemoveOperatorResponse, _botpass_v1_RemoveOperatorRequest__Output, _botpass_v1_RemoveOperatorResponse__Output>
  SetOperatorRoles: MethodDefinition<_botpass_v1_SetOperatorRolesRequest, _botpass_v1_Operator, _botpass_v1_SetOperatorRolesRequest__Output, _botpass_v1_Operator__Output>
  WhoAmI: MethodDefinition<_botpass_v1_WhoAmIRequest, _botpass_v1_WhoAmIResponse, _botpass_v1_WhoAmIRequest__Output, _botpass_v1_WhoAmIResponse__Output>
}
