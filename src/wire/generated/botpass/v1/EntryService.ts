// Original file: proto/botpass/v1/admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateEntriesRequest as _botpass_v1_CreateEntriesRequest, CreateEntriesRequest__Output as _botpass_v1_CreateEntriesRequest__Output } from '../../botpass/v1/CreateEntriesRequest.ts';
import type { CreateEntriesResponse as _botpass_v1_CreateEntriesResponse, CreateEntriesResponse__Output as _botpass_v1_CreateEntriesResponse__Output } from '../../botpass/v1/CreateEntriesResponse.ts';
import type { CreateEntryRequest as _botpass_v1_CreateEntryRequest, CreateEntryRequest__Output as _botpass_v1_CreateEntryRequest__Output } from '../../botpass/v1/CreateEntryRequest.ts';
import type { CreateEntryResponse as _botpass_v1_CreateEntryResponse, CreateEntryResponse__Output as _botpass_v1_CreateEntryResponse__Output } from '../../botpass/v1/CreateEntryResponse.ts';
import type { DeleteEntryRequest as _botpass_v1_DeleteEntryRequest, DeleteEntryRequest__Output as _botpass_v1_DeleteEntryRequest__Output } from '../../botpass/v1/DeleteEntryRequest.ts';
import type { DeleteEntryResponse as _botpass_v1_DeleteEntryResponse, DeleteEntryResponse__Output as _botpass_v1_DeleteEntryResponse__Output } from '../../botpass/v1/DeleteEntryResponse.ts';
import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from '../../botpass/v1/Entry.ts';
import type { ExplainEntriesRequest as _botpass_v1_ExplainEntriesRequest, ExplainEntriesRequest__Output as _botpass_v1_ExplainEntriesRequest__Output } from '../../botpass/v1/ExplainEntriesRequest.ts';
import type { ExplainEntriesResponse as _botpass_v1_ExplainEntriesResponse, ExplainEntriesResponse__Output as _botpass_v1_ExplainEntriesResponse__Output } from '../../botpass/v1/ExplainEntriesResponse.ts';
import type { GetEntryRequest as _botpass_v1_GetEntryRequest, GetEntryRequest__Output as _botpass_v1_GetEntryRequest__Output } from '../../botpass/v1/GetEntryRequest.ts';
import type { ListEntriesRequest as _botpass_v1_ListEntriesRequest, ListEntriesRequest__Output as _botpass_v1_ListEntriesRequest__Output } from '../../botpass/v1/ListEntriesRequest.ts';
import type { ListEntriesResponse as _botpass_v1_ListEntriesResponse, ListEntriesResponse__Output as _botpass_v1_ListEntriesResponse__Output } from '../../botpass/v1/ListEntriesResponse.ts';
import type { UpdateEntryRequest as _botpass_v1_UpdateEntryRequest, UpdateEntryRequest__Output as _botpass_v1_UpdateEntryRequest__Output } from '../../botpass/v1/UpdateEntryRequest.ts';

export interface EntryServiceClient extends grpc.Client {
  CreateEntries(argument: _botpass_v1_CreateEntriesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntriesResponse__Output>): grpc.ClientUnaryCall;
  CreateEntries(argument: _botpass_v1_CreateEntriesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_CreateEntriesResponse__Output>): grpc.ClientUnaryCall;
  CreateEntries(argument: _botpass_v1_CreateEntriesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntriesResponse__Output>): grpc.ClientUnaryCall;
  CreateEntries(argument: _botpass_v1_CreateEntriesRequest, callback: grpc.requestCallback<_botpass_v1_CreateEntriesResponse__Output>): grpc.ClientUnaryCall;
  createEntries(argument: _botpass_v1_CreateEntriesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntriesResponse__Output>): grpc.ClientUnaryCall;
  createEntries(argument: _botpass_v1_CreateEntriesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_CreateEntriesResponse__Output>): grpc.ClientUnaryCall;
  createEntries(argument: _botpass_v1_CreateEntriesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntriesResponse__Output>): grpc.ClientUnaryCall;
  createEntries(argument: _botpass_v1_CreateEntriesRequest, callback: grpc.requestCallback<_botpass_v1_CreateEntriesResponse__Output>): grpc.ClientUnaryCall;
  
  CreateEntry(argument: _botpass_v1_CreateEntryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  CreateEntry(argument: _botpass_v1_CreateEntryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  CreateEntry(argument: _botpass_v1_CreateEntryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  CreateEntry(argument: _botpass_v1_CreateEntryRequest, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  createEntry(argument: _botpass_v1_CreateEntryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  createEntry(argument: _botpass_v1_CreateEntryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  createEntry(argument: _botpass_v1_CreateEntryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  createEntry(argument: _botpass_v1_CreateEntryRequest, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  
  DeleteEntry(argument: _botpass_v1_DeleteEntryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_DeleteEntryResponse__Output>): grpc.ClientUnaryCall;
  DeleteEntry(argument: _botpass_v1_DeleteEntryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_DeleteEntryResponse__Output>): grpc.ClientUnaryCall;
  DeleteEntry(argument: _botpass_v1_DeleteEntryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_DeleteEntryResponse__Output>): grpc.ClientUnaryCall;
  DeleteEntry(argument: _botpass_v1_DeleteEntryRequest, callback: grpc.requestCallback<_botpass_v1_DeleteEntryResponse__Output>): grpc.ClientUnaryCall;
  deleteEntry(argument: _botpass_v1_DeleteEntryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_DeleteEntryResponse__Output>): grpc.ClientUnaryCall;
  deleteEntry(argument: _botpass_v1_DeleteEntryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_DeleteEntryResponse__Output>): grpc.ClientUnaryCall;
  deleteEntry(argument: _botpass_v1_DeleteEntryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_DeleteEntryResponse__Output>): grpc.ClientUnaryCall;
  deleteEntry(argument: _botpass_v1_DeleteEntryRequest, callback: grpc.requestCallback<_botpass_v1_DeleteEntryResponse__Output>): grpc.ClientUnaryCall;
  
  ExplainEntries(argument: _botpass_v1_ExplainEntriesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ExplainEntriesResponse__Output>): grpc.ClientUnaryCall;
  ExplainEntries(argument: _botpass_v1_ExplainEntriesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ExplainEntriesResponse__Output>): grpc.ClientUnaryCall;
  ExplainEntries(argument: _botpass_v1_ExplainEntriesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ExplainEntriesResponse__Output>): grpc.ClientUnaryCall;
  ExplainEntries(argument: _botpass_v1_ExplainEntriesRequest, callback: grpc.requestCallback<_botpass_v1_ExplainEntriesResponse__Output>): grpc.ClientUnaryCall;
  explainEntries(argument: _botpass_v1_ExplainEntriesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ExplainEntriesResponse__Output>): grpc.ClientUnaryCall;
  explainEntries(argument: _botpass_v1_ExplainEntriesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ExplainEntriesResponse__Output>): grpc.ClientUnaryCall;
  explainEntries(argument: _botpass_v1_ExplainEntriesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ExplainEntriesResponse__Output>): grpc.ClientUnaryCall;
  explainEntries(argument: _botpass_v1_ExplainEntriesRequest, callback: grpc.requestCallback<_botpass_v1_ExplainEntriesResponse__Output>): grpc.ClientUnaryCall;
  
  GetEntry(argument: _botpass_v1_GetEntryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Entry__Output>): grpc.ClientUnaryCall;
  GetEntry(argument: _botpass_v1_GetEntryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Entry__Output>): grpc.ClientUnaryCall;
  GetEntry(argument: _botpass_v1_GetEntryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Entry__Output>): grpc.ClientUnaryCall;
  GetEntry(argument: _botpass_v1_GetEntryRequest, callback: grpc.requestCallback<_botpass_v1_Entry__Output>): grpc.ClientUnaryCall;
  getEntry(argument: _botpass_v1_GetEntryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Entry__Output>): grpc.ClientUnaryCall;
  getEntry(argument: _botpass_v1_GetEntryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_Entry__Output>): grpc.ClientUnaryCall;
  getEntry(argument: _botpass_v1_GetEntryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_Entry__Output>): grpc.ClientUnaryCall;
  getEntry(argument: _botpass_v1_GetEntryRequest, callback: grpc.requestCallback<_botpass_v1_Entry__Output>): grpc.ClientUnaryCall;
  
  ListEntries(argument: _botpass_v1_ListEntriesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListEntriesResponse__Output>): grpc.ClientUnaryCall;
  ListEntries(argument: _botpass_v1_ListEntriesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListEntriesResponse__Output>): grpc.ClientUnaryCall;
  ListEntries(argument: _botpass_v1_ListEntriesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListEntriesResponse__Output>): grpc.ClientUnaryCall;
  ListEntries(argument: _botpass_v1_ListEntriesRequest, callback: grpc.requestCallback<_botpass_v1_ListEntriesResponse__Output>): grpc.ClientUnaryCall;
  listEntries(argument: _botpass_v1_ListEntriesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListEntriesResponse__Output>): grpc.ClientUnaryCall;
  listEntries(argument: _botpass_v1_ListEntriesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_ListEntriesResponse__Output>): grpc.ClientUnaryCall;
  listEntries(argument: _botpass_v1_ListEntriesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_ListEntriesResponse__Output>): grpc.ClientUnaryCall;
  listEntries(argument: _botpass_v1_ListEntriesRequest, callback: grpc.requestCallback<_botpass_v1_ListEntriesResponse__Output>): grpc.ClientUnaryCall;
  
  UpdateEntry(argument: _botpass_v1_UpdateEntryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  UpdateEntry(argument: _botpass_v1_UpdateEntryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  UpdateEntry(argument: _botpass_v1_UpdateEntryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  UpdateEntry(argument: _botpass_v1_UpdateEntryRequest, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  updateEntry(argument: _botpass_v1_UpdateEntryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  updateEntry(argument: _botpass_v1_UpdateEntryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  updateEntry(argument: _botpass_v1_UpdateEntryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  updateEntry(argument: _botpass_v1_UpdateEntryRequest, callback: grpc.requestCallback<_botpass_v1_CreateEntryResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface EntryServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateEntries: grpc.handleUnaryCall<_botpass_v1_CreateEntriesRequest__Output, _botpass_v1_CreateEntriesResponse>;
  
  CreateEntry: grpc.handleUnaryCall<_botpass_v1_CreateEntryRequest__Output, _botpass_v1_CreateEntryResponse>;
  
  DeleteEntry: grpc.handleUnaryCall<_botpass_v1_DeleteEntryRequest__Output, _botpass_v1_DeleteEntryResponse>;
  
  ExplainEntries: grpc.handleUnaryCall<_botpass_v1_ExplainEntriesRequest__Output, _botpass_v1_ExplainEntriesResponse>;
  
  GetEntry: grpc.handleUnaryCall<_botpass_v1_GetEntryRequest__Output, _botpass_v1_Entry>;
  
  ListEntries: grpc.handleUnaryCall<_botpass_v1_ListEntriesRequest__Output, _botpass_v1_ListEntriesResponse>;
  
  UpdateEntry: grpc.handleUnaryCall<_botpass_v1_UpdateEntryRequest__Output, _botpass_v1_CreateEntryResponse>;
  
}

export interface EntryServiceDefinition extends grpc.ServiceDefinition {
  CreateEntries: MethodDefinition<_botpass_v1_CreateEntriesRequest, _botpass_v1_CreateEntriesResponse, _botpass_v1_CreateEntriesRequest__Output, _botpass_v1_CreateEntriesResponse__Output>
  CreateEntry: MethodDefinition<_botpass_v1_CreateEntryRequest, _botpass_v1_CreateEntryResponse, _botpass_v1_CreateEntryRequest__Output, _botpass_v1_CreateEntryResponse__Output>
  DeleteEntry: MethodDefinition<_botpass_v1_DeleteEntryRequest, _botpass_v1_DeleteEntryResponse, _botpass_v1_DeleteEntryRequest__Output, _botpass_v1_DeleteEntryResponse__Output>
  ExplainEntries: MethodDefinition<_botpass_v1_ExplainEntriesRequest, _botpass_v1_ExplainEntriesResponse, _botpass_v1_ExplainEntriesRequest__Output, _botpass_v1_ExplainEntriesResponse__Output>
  GetEntry: MethodDefinition<_botpass_v1_GetEntryRequest, _botpass_v1_Entry, _botpass_v1_GetEntryRequest__Output, _botpass_v1_Entry__Output>
  ListEntries: MethodDefinition<_botpass_v1_ListEntriesRequest, _botpass_v1_ListEntriesResponse, _botpass_v1_ListEntriesRequest__Output, _botpass_v1_ListEntriesResponse__Output>
  UpdateEntry: MethodDefinition<_botpass_v1_UpdateEntryRequest, _botpass_v1_CreateEntryResponse, _botpass_v1_UpdateEntryRequest__Output, _botpass_v1_CreateEntryResponse__Output>
}
