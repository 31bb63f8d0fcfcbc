// Written by scripts/generate.ts from proto/botpass/v1/operators.proto; not to be changed by hand.
import type { Client, handleUnaryCall } from "@grpc/grpc-js";
import { type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";

export interface Operator {
  name?: string;
  roles?: string[];
  unixUser?: string;
  unixUid?: number;
  spiffeId?: string;
  state?: string;
  createdAtMs?: number;
  createdBy?: string;
  updatedAtMs?: number;
  removedAtMs?: number;
  revision?: number;
  connections?: number;
  _unixUid?: "unixUid";
}

export interface Operator__Output {
  name: string;
  roles: string[];
  unixUser: string;
  unixUid?: number;
  spiffeId: string;
  state: string;
  createdAtMs: number;
  createdBy: string;
  updatedAtMs: number;
  removedAtMs: number;
  revision: number;
  connections: number;
  _unixUid?: "unixUid";
}

export function encodeOperator(w: Writer, m: Operator): void {
  if (m.connections != null && m.connections !== 0) w.uint32(96, m.connections);
  if (m.revision != null && m.revision !== 0) w.uint64(88, m.revision);
  if (m.removedAtMs != null && m.removedAtMs !== 0) w.int64(80, m.removedAtMs);
  if (m.updatedAtMs != null && m.updatedAtMs !== 0) w.int64(72, m.updatedAtMs);
  if (m.createdBy != null && m.createdBy !== "") w.string(66, m.createdBy);
  if (m.createdAtMs != null && m.createdAtMs !== 0) w.int64(56, m.createdAtMs);
  if (m.state != null && m.state !== "") w.string(50, m.state);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(42, m.spiffeId);
  if (m.unixUid != null) w.uint32(32, m.unixUid);
  if (m.unixUser != null && m.unixUser !== "") w.string(26, m.unixUser);
  if (m.roles != null) for (let i = m.roles.length - 1; i >= 0; i -= 1) { const each = m.roles[i]!; w.string(18, each); }
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeOperator(r: Reader, m: Operator__Output = { name: "", roles: [], unixUser: "", spiffeId: "", state: "", createdAtMs: 0, createdBy: "", updatedAtMs: 0, removedAtMs: 0, revision: 0, connections: 0 }): Operator__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.roles.push(r.string()); break;
      case 26: m.unixUser = r.string(); break;
      case 32: m.unixUid = r.uint32(); m._unixUid = "unixUid"; break;
      case 42: m.spiffeId = r.string(); break;
      case 50: m.state = r.string(); break;
      case 56: m.createdAtMs = r.int64(); break;
      case 66: m.createdBy = r.string(); break;
      case 72: m.updatedAtMs = r.int64(); break;
      case 80: m.removedAtMs = r.int64(); break;
      case 88: m.revision = r.uint64(); break;
      case 96: m.connections = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const OperatorCodec: MessageCodec<Operator, Operator__Output> = /* @__PURE__ */ codec(encodeOperator, decodeOperator);

export interface WhoAmIRequest {
}

export interface WhoAmIRequest__Output {
}

export function encodeWhoAmIRequest(_w: Writer, _m: WhoAmIRequest): void {
}

export function decodeWhoAmIRequest(r: Reader, m: WhoAmIRequest__Output = {}): WhoAmIRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const WhoAmIRequestCodec: MessageCodec<WhoAmIRequest, WhoAmIRequest__Output> = /* @__PURE__ */ codec(encodeWhoAmIRequest, decodeWhoAmIRequest);

export interface WhoAmIResponse {
  name?: string;
  roles?: string[];
  source?: string;
  spiffeId?: string;
  trustDomain?: string;
}

export interface WhoAmIResponse__Output {
  name: string;
  roles: string[];
  source: string;
  spiffeId: string;
  trustDomain: string;
}

export function encodeWhoAmIResponse(w: Writer, m: WhoAmIResponse): void {
  if (m.trustDomain != null && m.trustDomain !== "") w.string(42, m.trustDomain);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(34, m.spiffeId);
  if (m.source != null && m.source !== "") w.string(26, m.source);
  if (m.roles != null) for (let i = m.roles.length - 1; i >= 0; i -= 1) { const each = m.roles[i]!; w.string(18, each); }
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeWhoAmIResponse(r: Reader, m: WhoAmIResponse__Output = { name: "", roles: [], source: "", spiffeId: "", trustDomain: "" }): WhoAmIResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.roles.push(r.string()); break;
      case 26: m.source = r.string(); break;
      case 34: m.spiffeId = r.string(); break;
      case 42: m.trustDomain = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const WhoAmIResponseCodec: MessageCodec<WhoAmIResponse, WhoAmIResponse__Output> = /* @__PURE__ */ codec(encodeWhoAmIResponse, decodeWhoAmIResponse);

export interface AddOperatorRequest {
  name?: string;
  roles?: string[];
  unixUser?: string;
}

export interface AddOperatorRequest__Output {
  name: string;
  roles: string[];
  unixUser: string;
}

export function encodeAddOperatorRequest(w: Writer, m: AddOperatorRequest): void {
  if (m.unixUser != null && m.unixUser !== "") w.string(26, m.unixUser);
  if (m.roles != null) for (let i = m.roles.length - 1; i >= 0; i -= 1) { const each = m.roles[i]!; w.string(18, each); }
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeAddOperatorRequest(r: Reader, m: AddOperatorRequest__Output = { name: "", roles: [], unixUser: "" }): AddOperatorRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.roles.push(r.string()); break;
      case 26: m.unixUser = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AddOperatorRequestCodec: MessageCodec<AddOperatorRequest, AddOperatorRequest__Output> = /* @__PURE__ */ codec(encodeAddOperatorRequest, decodeAddOperatorRequest);

export interface InviteOperatorRequest {
  name?: string;
  roles?: string[];
  ttlSeconds?: number;
  addresses?: string[];
}

export interface InviteOperatorRequest__Output {
  name: string;
  roles: string[];
  ttlSeconds: number;
  addresses: string[];
}

export function encodeInviteOperatorRequest(w: Writer, m: InviteOperatorRequest): void {
  if (m.addresses != null) for (let i = m.addresses.length - 1; i >= 0; i -= 1) { const each = m.addresses[i]!; w.string(34, each); }
  if (m.ttlSeconds != null && m.ttlSeconds !== 0) w.uint32(24, m.ttlSeconds);
  if (m.roles != null) for (let i = m.roles.length - 1; i >= 0; i -= 1) { const each = m.roles[i]!; w.string(18, each); }
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeInviteOperatorRequest(r: Reader, m: InviteOperatorRequest__Output = { name: "", roles: [], ttlSeconds: 0, addresses: [] }): InviteOperatorRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.roles.push(r.string()); break;
      case 24: m.ttlSeconds = r.uint32(); break;
      case 34: m.addresses.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const InviteOperatorRequestCodec: MessageCodec<InviteOperatorRequest, InviteOperatorRequest__Output> = /* @__PURE__ */ codec(encodeInviteOperatorRequest, decodeInviteOperatorRequest);

export interface InviteOperatorResponse {
  operator?: Operator | null;
  tokenId?: string;
  expiresAtMs?: number;
  value?: string;
}

export interface InviteOperatorResponse__Output {
  operator: Operator__Output | null;
  tokenId: string;
  expiresAtMs: number;
  value: string;
}

export function encodeInviteOperatorResponse(w: Writer, m: InviteOperatorResponse): void {
  if (m.value != null && m.value !== "") w.string(34, m.value);
  if (m.expiresAtMs != null && m.expiresAtMs !== 0) w.int64(24, m.expiresAtMs);
  if (m.tokenId != null && m.tokenId !== "") w.string(18, m.tokenId);
  if (m.operator != null) { const since = w.written; encodeOperator(w, m.operator); w.nested(10, since); }
}

export function decodeInviteOperatorResponse(r: Reader, m: InviteOperatorResponse__Output = { operator: null, tokenId: "", expiresAtMs: 0, value: "" }): InviteOperatorResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.operator = decodeOperator(r, m.operator ?? undefined); r.leave(outer); } break;
      case 18: m.tokenId = r.string(); break;
      case 24: m.expiresAtMs = r.int64(); break;
      case 34: m.value = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const InviteOperatorResponseCodec: MessageCodec<InviteOperatorResponse, InviteOperatorResponse__Output> = /* @__PURE__ */ codec(encodeInviteOperatorResponse, decodeInviteOperatorResponse);

export interface GetOperatorRequest {
  name?: string;
}

export interface GetOperatorRequest__Output {
  name: string;
}

export function encodeGetOperatorRequest(w: Writer, m: GetOperatorRequest): void {
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeGetOperatorRequest(r: Reader, m: GetOperatorRequest__Output = { name: "" }): GetOperatorRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetOperatorRequestCodec: MessageCodec<GetOperatorRequest, GetOperatorRequest__Output> = /* @__PURE__ */ codec(encodeGetOperatorRequest, decodeGetOperatorRequest);

export interface ListOperatorsRequest {
  pageSize?: number;
  pageToken?: string;
}

export interface ListOperatorsRequest__Output {
  pageSize: number;
  pageToken: string;
}

export function encodeListOperatorsRequest(w: Writer, m: ListOperatorsRequest): void {
  if (m.pageToken != null && m.pageToken !== "") w.string(18, m.pageToken);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(8, m.pageSize);
}

export function decodeListOperatorsRequest(r: Reader, m: ListOperatorsRequest__Output = { pageSize: 0, pageToken: "" }): ListOperatorsRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pageSize = r.uint32(); break;
      case 18: m.pageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListOperatorsRequestCodec: MessageCodec<ListOperatorsRequest, ListOperatorsRequest__Output> = /* @__PURE__ */ codec(encodeListOperatorsRequest, decodeListOperatorsRequest);

export interface ListOperatorsResponse {
  operators?: Operator[];
  nextPageToken?: string;
}

export interface ListOperatorsResponse__Output {
  operators: Operator__Output[];
  nextPageToken: string;
}

export function encodeListOperatorsResponse(w: Writer, m: ListOperatorsResponse): void {
  if (m.nextPageToken != null && m.nextPageToken !== "") w.string(18, m.nextPageToken);
  if (m.operators != null) for (let i = m.operators.length - 1; i >= 0; i -= 1) { const each = m.operators[i]!; { const since = w.written; encodeOperator(w, each); w.nested(10, since); } }
}

export function decodeListOperatorsResponse(r: Reader, m: ListOperatorsResponse__Output = { operators: [], nextPageToken: "" }): ListOperatorsResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.operators.push(decodeOperator(r)); r.leave(outer); } break;
      case 18: m.nextPageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListOperatorsResponseCodec: MessageCodec<ListOperatorsResponse, ListOperatorsResponse__Output> = /* @__PURE__ */ codec(encodeListOperatorsResponse, decodeListOperatorsResponse);

export interface SetOperatorRolesRequest {
  name?: string;
  roles?: string[];
}

export interface SetOperatorRolesRequest__Output {
  name: string;
  roles: string[];
}

export function encodeSetOperatorRolesRequest(w: Writer, m: SetOperatorRolesRequest): void {
  if (m.roles != null) for (let i = m.roles.length - 1; i >= 0; i -= 1) { const each = m.roles[i]!; w.string(18, each); }
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeSetOperatorRolesRequest(r: Reader, m: SetOperatorRolesRequest__Output = { name: "", roles: [] }): SetOperatorRolesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.roles.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const SetOperatorRolesRequestCodec: MessageCodec<SetOperatorRolesRequest, SetOperatorRolesRequest__Output> = /* @__PURE__ */ codec(encodeSetOperatorRolesRequest, decodeSetOperatorRolesRequest);

export interface RemoveOperatorRequest {
  name?: string;
  reason?: string;
}

export interface RemoveOperatorRequest__Output {
  name: string;
  reason: string;
}

export function encodeRemoveOperatorRequest(w: Writer, m: RemoveOperatorRequest): void {
  if (m.reason != null && m.reason !== "") w.string(18, m.reason);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeRemoveOperatorRequest(r: Reader, m: RemoveOperatorRequest__Output = { name: "", reason: "" }): RemoveOperatorRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RemoveOperatorRequestCodec: MessageCodec<RemoveOperatorRequest, RemoveOperatorRequest__Output> = /* @__PURE__ */ codec(encodeRemoveOperatorRequest, decodeRemoveOperatorRequest);

export interface RemoveOperatorResponse {
  operator?: Operator | null;
  denied?: number;
  connections?: number;
}

export interface RemoveOperatorResponse__Output {
  operator: Operator__Output | null;
  denied: number;
  connections: number;
}

export function encodeRemoveOperatorResponse(w: Writer, m: RemoveOperatorResponse): void {
  if (m.connections != null && m.connections !== 0) w.uint32(24, m.connections);
  if (m.denied != null && m.denied !== 0) w.uint32(16, m.denied);
  if (m.operator != null) { const since = w.written; encodeOperator(w, m.operator); w.nested(10, since); }
}

export function decodeRemoveOperatorResponse(r: Reader, m: RemoveOperatorResponse__Output = { operator: null, denied: 0, connections: 0 }): RemoveOperatorResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.operator = decodeOperator(r, m.operator ?? undefined); r.leave(outer); } break;
      case 16: m.denied = r.uint32(); break;
      case 24: m.connections = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RemoveOperatorResponseCodec: MessageCodec<RemoveOperatorResponse, RemoveOperatorResponse__Output> = /* @__PURE__ */ codec(encodeRemoveOperatorResponse, decodeRemoveOperatorResponse);

export const OperatorService = {
  WhoAmI: /* @__PURE__ */ method("/botpass.v1.OperatorService/WhoAmI", "whoAmI", { request: false, response: false }, WhoAmIRequestCodec, WhoAmIResponseCodec),
  AddOperator: /* @__PURE__ */ method("/botpass.v1.OperatorService/AddOperator", "addOperator", { request: false, response: false }, AddOperatorRequestCodec, OperatorCodec),
  InviteOperator: /* @__PURE__ */ method("/botpass.v1.OperatorService/InviteOperator", "inviteOperator", { request: false, response: false }, InviteOperatorRequestCodec, InviteOperatorResponseCodec),
  GetOperator: /* @__PURE__ */ method("/botpass.v1.OperatorService/GetOperator", "getOperator", { request: false, response: false }, GetOperatorRequestCodec, OperatorCodec),
  ListOperators: /* @__PURE__ */ method("/botpass.v1.OperatorService/ListOperators", "listOperators", { request: false, response: false }, ListOperatorsRequestCodec, ListOperatorsResponseCodec),
  SetOperatorRoles: /* @__PURE__ */ method("/botpass.v1.OperatorService/SetOperatorRoles", "setOperatorRoles", { request: false, response: false }, SetOperatorRolesRequestCodec, OperatorCodec),
  RemoveOperator: /* @__PURE__ */ method("/botpass.v1.OperatorService/RemoveOperator", "removeOperator", { request: false, response: false }, RemoveOperatorRequestCodec, RemoveOperatorResponseCodec),
};
export type OperatorServiceDefinition = typeof OperatorService;

export interface OperatorServiceClient extends Client {
  WhoAmI: UnaryCall<WhoAmIRequest, WhoAmIResponse__Output>;
  whoAmI: UnaryCall<WhoAmIRequest, WhoAmIResponse__Output>;
  AddOperator: UnaryCall<AddOperatorRequest, Operator__Output>;
  addOperator: UnaryCall<AddOperatorRequest, Operator__Output>;
  InviteOperator: UnaryCall<InviteOperatorRequest, InviteOperatorResponse__Output>;
  inviteOperator: UnaryCall<InviteOperatorRequest, InviteOperatorResponse__Output>;
  GetOperator: UnaryCall<GetOperatorRequest, Operator__Output>;
  getOperator: UnaryCall<GetOperatorRequest, Operator__Output>;
  ListOperators: UnaryCall<ListOperatorsRequest, ListOperatorsResponse__Output>;
  listOperators: UnaryCall<ListOperatorsRequest, ListOperatorsResponse__Output>;
  SetOperatorRoles: UnaryCall<SetOperatorRolesRequest, Operator__Output>;
  setOperatorRoles: UnaryCall<SetOperatorRolesRequest, Operator__Output>;
  RemoveOperator: UnaryCall<RemoveOperatorRequest, RemoveOperatorResponse__Output>;
  removeOperator: UnaryCall<RemoveOperatorRequest, RemoveOperatorResponse__Output>;
}

export interface OperatorServiceHandlers {
  WhoAmI: handleUnaryCall<WhoAmIRequest__Output, WhoAmIResponse>;
  AddOperator: handleUnaryCall<AddOperatorRequest__Output, Operator>;
  InviteOperator: handleUnaryCall<InviteOperatorRequest__Output, InviteOperatorResponse>;
  GetOperator: handleUnaryCall<GetOperatorRequest__Output, Operator>;
  ListOperators: handleUnaryCall<ListOperatorsRequest__Output, ListOperatorsResponse>;
  SetOperatorRoles: handleUnaryCall<SetOperatorRolesRequest__Output, Operator>;
  RemoveOperator: handleUnaryCall<RemoveOperatorRequest__Output, RemoveOperatorResponse>;
}

