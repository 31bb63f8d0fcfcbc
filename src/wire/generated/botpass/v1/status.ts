// Written by scripts/generate.ts from proto/botpass/v1/status.proto; not to be changed by hand.
import type { Client, handleUnaryCall } from "@grpc/grpc-js";
import { type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";

export interface GetStatusRequest {
}

export interface GetStatusRequest__Output {
}

export function encodeGetStatusRequest(_w: Writer, _m: GetStatusRequest): void {
}

export function decodeGetStatusRequest(r: Reader, m: GetStatusRequest__Output = {}): GetStatusRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetStatusRequestCodec: MessageCodec<GetStatusRequest, GetStatusRequest__Output> = /* @__PURE__ */ codec(encodeGetStatusRequest, decodeGetStatusRequest);

export interface ServerStatus {
  version?: string;
  trustDomain?: string;
  startedAtMs?: number;
  nowMs?: number;
  authorities?: AuthorityStatus[];
  serverSvidEndsAtMs?: number;
  botsConnected?: NamedCount[];
  instancesConnected?: number;
  svidsNearExpiry?: number;
  denySubscribers?: number;
  operatorConnections?: number;
  x509Issued?: number;
  jwtIssued?: number;
  refusals?: NamedCount[];
  denials?: number;
  recordBacklog?: number;
  databaseBytes?: number;
  databaseLogBytes?: number;
  diskFreeBytes?: number;
  diskSizeBytes?: number;
  logRecords?: number;
  logCovered?: number;
  logCheckpointAtMs?: number;
}

export interface ServerStatus__Output {
  version: string;
  trustDomain: string;
  startedAtMs: number;
  nowMs: number;
  authorities: AuthorityStatus__Output[];
  serverSvidEndsAtMs: number;
  botsConnected: NamedCount__Output[];
  instancesConnected: number;
  svidsNearExpiry: number;
  denySubscribers: number;
  operatorConnections: number;
  x509Issued: number;
  jwtIssued: number;
  refusals: NamedCount__Output[];
  denials: number;
  recordBacklog: number;
  databaseBytes: number;
  databaseLogBytes: number;
  diskFreeBytes: number;
  diskSizeBytes: number;
  logRecords: number;
  logCovered: number;
  logCheckpointAtMs: number;
}

export function encodeServerStatus(w: Writer, m: ServerStatus): void {
  if (m.logCheckpointAtMs != null && m.logCheckpointAtMs !== 0) w.int64(184, m.logCheckpointAtMs);
  if (m.logCovered != null && m.logCovered !== 0) w.uint64(176, m.logCovered);
  if (m.logRecords != null && m.logRecords !== 0) w.uint64(168, m.logRecords);
  if (m.diskSizeBytes != null && m.diskSizeBytes !== 0) w.uint64(160, m.diskSizeBytes);
  if (m.diskFreeBytes != null && m.diskFreeBytes !== 0) w.uint64(152, m.diskFreeBytes);
  if (m.databaseLogBytes != null && m.databaseLogBytes !== 0) w.uint64(144, m.databaseLogBytes);
  if (m.databaseBytes != null && m.databaseBytes !== 0) w.uint64(136, m.databaseBytes);
  if (m.recordBacklog != null && m.recordBacklog !== 0) w.uint32(128, m.recordBacklog);
  if (m.denials != null && m.denials !== 0) w.uint64(120, m.denials);
  if (m.refusals != null) for (let i = m.refusals.length - 1; i >= 0; i -= 1) { const each = m.refusals[i]!; { const since = w.written; encodeNamedCount(w, each); w.nested(114, since); } }
  if (m.jwtIssued != null && m.jwtIssued !== 0) w.uint64(104, m.jwtIssued);
  if (m.x509Issued != null && m.x509Issued !== 0) w.uint64(96, m.x509Issued);
  if (m.operatorConnections != null && m.operatorConnections !== 0) w.uint32(88, m.operatorConnections);
  if (m.denySubscribers != null && m.denySubscribers !== 0) w.uint32(80, m.denySubscribers);
  if (m.svidsNearExpiry != null && m.svidsNearExpiry !== 0) w.uint32(72, m.svidsNearExpiry);
  if (m.instancesConnected != null && m.instancesConnected !== 0) w.uint32(64, m.instancesConnected);
  if (m.botsConnected != null) for (let i = m.botsConnected.length - 1; i >= 0; i -= 1) { const each = m.botsConnected[i]!; { const since = w.written; encodeNamedCount(w, each); w.nested(58, since); } }
  if (m.serverSvidEndsAtMs != null && m.serverSvidEndsAtMs !== 0) w.int64(48, m.serverSvidEndsAtMs);
  if (m.authorities != null) for (let i = m.authorities.length - 1; i >= 0; i -= 1) { const each = m.authorities[i]!; { const since = w.written; encodeAuthorityStatus(w, each); w.nested(42, since); } }
  if (m.nowMs != null && m.nowMs !== 0) w.int64(32, m.nowMs);
  if (m.startedAtMs != null && m.startedAtMs !== 0) w.int64(24, m.startedAtMs);
  if (m.trustDomain != null && m.trustDomain !== "") w.string(18, m.trustDomain);
  if (m.version != null && m.version !== "") w.string(10, m.version);
}

export function decodeServerStatus(r: Reader, m: ServerStatus__Output = { version: "", trustDomain: "", startedAtMs: 0, nowMs: 0, authorities: [], serverSvidEndsAtMs: 0, botsConnected: [], instancesConnected: 0, svidsNearExpiry: 0, denySubscribers: 0, operatorConnections: 0, x509Issued: 0, jwtIssued: 0, refusals: [], denials: 0, recordBacklog: 0, databaseBytes: 0, databaseLogBytes: 0, diskFreeBytes: 0, diskSizeBytes: 0, logRecords: 0, logCovered: 0, logCheckpointAtMs: 0 }): ServerStatus__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.version = r.string(); break;
      case 18: m.trustDomain = r.string(); break;
      case 24: m.startedAtMs = r.int64(); break;
      case 32: m.nowMs = r.int64(); break;
      case 42: { const outer = r.enter(); m.authorities.push(decodeAuthorityStatus(r)); r.leave(outer); } break;
      case 48: m.serverSvidEndsAtMs = r.int64(); break;
      case 58: { const outer = r.enter(); m.botsConnected.push(decodeNamedCount(r)); r.leave(outer); } break;
      case 64: m.instancesConnected = r.uint32(); break;
      case 72: m.svidsNearExpiry = r.uint32(); break;
      case 80: m.denySubscribers = r.uint32(); break;
      case 88: m.operatorConnections = r.uint32(); break;
      case 96: m.x509Issued = r.uint64(); break;
      case 104: m.jwtIssued = r.uint64(); break;
      case 114: { const outer = r.enter(); m.refusals.push(decodeNamedCount(r)); r.leave(outer); } break;
      case 120: m.denials = r.uint64(); break;
      case 128: m.recordBacklog = r.uint32(); break;
      case 136: m.databaseBytes = r.uint64(); break;
      case 144: m.databaseLogBytes = r.uint64(); break;
      case 152: m.diskFreeBytes = r.uint64(); break;
      case 160: m.diskSizeBytes = r.uint64(); break;
      case 168: m.logRecords = r.uint64(); break;
      case 176: m.logCovered = r.uint64(); break;
      case 184: m.logCheckpointAtMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ServerStatusCodec: MessageCodec<ServerStatus, ServerStatus__Output> = /* @__PURE__ */ codec(encodeServerStatus, decodeServerStatus);

export interface AuthorityStatus {
  id?: string;
  kind?: string;
  state?: string;
  notBeforeMs?: number;
  notAfterMs?: number;
}

export interface AuthorityStatus__Output {
  id: string;
  kind: string;
  state: string;
  notBeforeMs: number;
  notAfterMs: number;
}

export function encodeAuthorityStatus(w: Writer, m: AuthorityStatus): void {
  if (m.notAfterMs != null && m.notAfterMs !== 0) w.int64(40, m.notAfterMs);
  if (m.notBeforeMs != null && m.notBeforeMs !== 0) w.int64(32, m.notBeforeMs);
  if (m.state != null && m.state !== "") w.string(26, m.state);
  if (m.kind != null && m.kind !== "") w.string(18, m.kind);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeAuthorityStatus(r: Reader, m: AuthorityStatus__Output = { id: "", kind: "", state: "", notBeforeMs: 0, notAfterMs: 0 }): AuthorityStatus__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.kind = r.string(); break;
      case 26: m.state = r.string(); break;
      case 32: m.notBeforeMs = r.int64(); break;
      case 40: m.notAfterMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AuthorityStatusCodec: MessageCodec<AuthorityStatus, AuthorityStatus__Output> = /* @__PURE__ */ codec(encodeAuthorityStatus, decodeAuthorityStatus);

export interface NamedCount {
  name?: string;
  count?: number;
}

export interface NamedCount__Output {
  name: string;
  count: number;
}

export function encodeNamedCount(w: Writer, m: NamedCount): void {
  if (m.count != null && m.count !== 0) w.uint64(16, m.count);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeNamedCount(r: Reader, m: NamedCount__Output = { name: "", count: 0 }): NamedCount__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 16: m.count = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const NamedCountCodec: MessageCodec<NamedCount, NamedCount__Output> = /* @__PURE__ */ codec(encodeNamedCount, decodeNamedCount);

export interface ListActivityRequest {
  limit?: number;
  order?: string;
}

export interface ListActivityRequest__Output {
  limit: number;
  order: string;
}

export function encodeListActivityRequest(w: Writer, m: ListActivityRequest): void {
  if (m.order != null && m.order !== "") w.string(18, m.order);
  if (m.limit != null && m.limit !== 0) w.uint32(8, m.limit);
}

export function decodeListActivityRequest(r: Reader, m: ListActivityRequest__Output = { limit: 0, order: "" }): ListActivityRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.limit = r.uint32(); break;
      case 18: m.order = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListActivityRequestCodec: MessageCodec<ListActivityRequest, ListActivityRequest__Output> = /* @__PURE__ */ codec(encodeListActivityRequest, decodeListActivityRequest);

export interface ListActivityResponse {
  bots?: BotActivity[];
  windowMs?: number;
  botsKnown?: number;
  nowMs?: number;
}

export interface ListActivityResponse__Output {
  bots: BotActivity__Output[];
  windowMs: number;
  botsKnown: number;
  nowMs: number;
}

export function encodeListActivityResponse(w: Writer, m: ListActivityResponse): void {
  if (m.nowMs != null && m.nowMs !== 0) w.int64(32, m.nowMs);
  if (m.botsKnown != null && m.botsKnown !== 0) w.uint32(24, m.botsKnown);
  if (m.windowMs != null && m.windowMs !== 0) w.uint32(16, m.windowMs);
  if (m.bots != null) for (let i = m.bots.length - 1; i >= 0; i -= 1) { const each = m.bots[i]!; { const since = w.written; encodeBotActivity(w, each); w.nested(10, since); } }
}

export function decodeListActivityResponse(r: Reader, m: ListActivityResponse__Output = { bots: [], windowMs: 0, botsKnown: 0, nowMs: 0 }): ListActivityResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bots.push(decodeBotActivity(r)); r.leave(outer); } break;
      case 16: m.windowMs = r.uint32(); break;
      case 24: m.botsKnown = r.uint32(); break;
      case 32: m.nowMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListActivityResponseCodec: MessageCodec<ListActivityResponse, ListActivityResponse__Output> = /* @__PURE__ */ codec(encodeListActivityResponse, decodeListActivityResponse);

export interface BotActivity {
  bot?: string;
  connections?: number;
  issued?: number;
  refused?: number;
  issuedInWindow?: number;
  refusedInWindow?: number;
  lastIssuedAtMs?: number;
}

export interface BotActivity__Output {
  bot: string;
  connections: number;
  issued: number;
  refused: number;
  issuedInWindow: number;
  refusedInWindow: number;
  lastIssuedAtMs: number;
}

export function encodeBotActivity(w: Writer, m: BotActivity): void {
  if (m.lastIssuedAtMs != null && m.lastIssuedAtMs !== 0) w.int64(56, m.lastIssuedAtMs);
  if (m.refusedInWindow != null && m.refusedInWindow !== 0) w.uint32(48, m.refusedInWindow);
  if (m.issuedInWindow != null && m.issuedInWindow !== 0) w.uint32(40, m.issuedInWindow);
  if (m.refused != null && m.refused !== 0) w.uint64(32, m.refused);
  if (m.issued != null && m.issued !== 0) w.uint64(24, m.issued);
  if (m.connections != null && m.connections !== 0) w.uint32(16, m.connections);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeBotActivity(r: Reader, m: BotActivity__Output = { bot: "", connections: 0, issued: 0, refused: 0, issuedInWindow: 0, refusedInWindow: 0, lastIssuedAtMs: 0 }): BotActivity__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 16: m.connections = r.uint32(); break;
      case 24: m.issued = r.uint64(); break;
      case 32: m.refused = r.uint64(); break;
      case 40: m.issuedInWindow = r.uint32(); break;
      case 48: m.refusedInWindow = r.uint32(); break;
      case 56: m.lastIssuedAtMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const BotActivityCodec: MessageCodec<BotActivity, BotActivity__Output> = /* @__PURE__ */ codec(encodeBotActivity, decodeBotActivity);

export const StatusService = {
  GetStatus: /* @__PURE__ */ method("/botpass.v1.StatusService/GetStatus", "getStatus", { request: false, response: false }, GetStatusRequestCodec, ServerStatusCodec),
  ListActivity: /* @__PURE__ */ method("/botpass.v1.StatusService/ListActivity", "listActivity", { request: false, response: false }, ListActivityRequestCodec, ListActivityResponseCodec),
};
export type StatusServiceDefinition = typeof StatusService;

export interface StatusServiceClient extends Client {
  GetStatus: UnaryCall<GetStatusRequest, ServerStatus__Output>;
  getStatus: UnaryCall<GetStatusRequest, ServerStatus__Output>;
  ListActivity: UnaryCall<ListActivityRequest, ListActivityResponse__Output>;
  listActivity: UnaryCall<ListActivityRequest, ListActivityResponse__Output>;
}

export interface StatusServiceHandlers {
  GetStatus: handleUnaryCall<GetStatusRequest__Output, ServerStatus>;
  ListActivity: handleUnaryCall<ListActivityRequest__Output, ListActivityResponse>;
}

