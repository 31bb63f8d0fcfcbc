// Written by scripts/generate.ts from proto/botpass/v1/explain.proto; not to be changed by hand.
import type { Client, handleUnaryCall } from "@grpc/grpc-js";
import { type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";
import { decodeEntryExplanation, decodeInstanceRecord, decodeRevokedInstance, decodeRevokedSvid, encodeEntryExplanation, encodeInstanceRecord, encodeRevokedInstance, encodeRevokedSvid, type EntryExplanation, type EntryExplanation__Output, type InstanceRecord, type InstanceRecord__Output, type RevokedInstance, type RevokedInstance__Output, type RevokedSvid, type RevokedSvid__Output } from "./admin.ts";
import { decodeBot, decodeEntry, encodeBot, encodeEntry, type Bot, type Bot__Output, type Entry, type Entry__Output } from "./types.ts";

export interface ExplainIdentityRequest {
  serial?: string;
  jti?: string;
  instance?: string;
  spiffeId?: string;
  atMs?: number;
  subject?: "serial" | "jti" | "instance" | "spiffeId";
}

export interface ExplainIdentityRequest__Output {
  serial?: string;
  jti?: string;
  instance?: string;
  spiffeId?: string;
  atMs: number;
  subject?: "serial" | "jti" | "instance" | "spiffeId";
}

export function encodeExplainIdentityRequest(w: Writer, m: ExplainIdentityRequest): void {
  if (m.atMs != null && m.atMs !== 0) w.int64(40, m.atMs);
  if (m.spiffeId != null) w.string(34, m.spiffeId);
  if (m.instance != null) w.string(26, m.instance);
  if (m.jti != null) w.string(18, m.jti);
  if (m.serial != null) w.string(10, m.serial);
}

export function decodeExplainIdentityRequest(r: Reader, m: ExplainIdentityRequest__Output = { atMs: 0 }): ExplainIdentityRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.serial = r.string(); if (m.subject !== undefined && m.subject !== "serial") delete m[m.subject]; m.subject = "serial"; break;
      case 18: m.jti = r.string(); if (m.subject !== undefined && m.subject !== "jti") delete m[m.subject]; m.subject = "jti"; break;
      case 26: m.instance = r.string(); if (m.subject !== undefined && m.subject !== "instance") delete m[m.subject]; m.subject = "instance"; break;
      case 34: m.spiffeId = r.string(); if (m.subject !== undefined && m.subject !== "spiffeId") delete m[m.subject]; m.subject = "spiffeId"; break;
      case 40: m.atMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExplainIdentityRequestCodec: MessageCodec<ExplainIdentityRequest, ExplainIdentityRequest__Output> = /* @__PURE__ */ codec(encodeExplainIdentityRequest, decodeExplainIdentityRequest);

export interface ExplainIdentityResponse {
  atMs?: number;
  bot?: string;
  svid?: string;
  grounds?: Ground[];
  checkpoint?: string;
  verifier?: string;
  today?: ExplainedToday | null;
  received?: ReceivedSvid[];
  receivedCount?: number;
  gaps?: string[];
}

export interface ExplainIdentityResponse__Output {
  atMs: number;
  bot: string;
  svid: string;
  grounds: Ground__Output[];
  checkpoint: string;
  verifier: string;
  today: ExplainedToday__Output | null;
  received: ReceivedSvid__Output[];
  receivedCount: number;
  gaps: string[];
}

export function encodeExplainIdentityResponse(w: Writer, m: ExplainIdentityResponse): void {
  if (m.gaps != null) for (let i = m.gaps.length - 1; i >= 0; i -= 1) { const each = m.gaps[i]!; w.string(82, each); }
  if (m.receivedCount != null && m.receivedCount !== 0) w.uint32(72, m.receivedCount);
  if (m.received != null) for (let i = m.received.length - 1; i >= 0; i -= 1) { const each = m.received[i]!; { const since = w.written; encodeReceivedSvid(w, each); w.nested(66, since); } }
  if (m.today != null) { const since = w.written; encodeExplainedToday(w, m.today); w.nested(58, since); }
  if (m.verifier != null && m.verifier !== "") w.string(50, m.verifier);
  if (m.checkpoint != null && m.checkpoint !== "") w.string(42, m.checkpoint);
  if (m.grounds != null) for (let i = m.grounds.length - 1; i >= 0; i -= 1) { const each = m.grounds[i]!; { const since = w.written; encodeGround(w, each); w.nested(34, since); } }
  if (m.svid != null && m.svid !== "") w.string(26, m.svid);
  if (m.bot != null && m.bot !== "") w.string(18, m.bot);
  if (m.atMs != null && m.atMs !== 0) w.int64(8, m.atMs);
}

export function decodeExplainIdentityResponse(r: Reader, m: ExplainIdentityResponse__Output = { atMs: 0, bot: "", svid: "", grounds: [], checkpoint: "", verifier: "", today: null, received: [], receivedCount: 0, gaps: [] }): ExplainIdentityResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.atMs = r.int64(); break;
      case 18: m.bot = r.string(); break;
      case 26: m.svid = r.string(); break;
      case 34: { const outer = r.enter(); m.grounds.push(decodeGround(r)); r.leave(outer); } break;
      case 42: m.checkpoint = r.string(); break;
      case 50: m.verifier = r.string(); break;
      case 58: { const outer = r.enter(); m.today = decodeExplainedToday(r, m.today ?? undefined); r.leave(outer); } break;
      case 66: { const outer = r.enter(); m.received.push(decodeReceivedSvid(r)); r.leave(outer); } break;
      case 72: m.receivedCount = r.uint32(); break;
      case 82: m.gaps.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExplainIdentityResponseCodec: MessageCodec<ExplainIdentityResponse, ExplainIdentityResponse__Output> = /* @__PURE__ */ codec(encodeExplainIdentityResponse, decodeExplainIdentityResponse);

export interface Ground {
  role?: string;
  record?: string;
  sequence?: number;
  index?: number;
  hashes?: Uint8Array[];
}

export interface Ground__Output {
  role: string;
  record: string;
  sequence: number;
  index: number;
  hashes: Buffer[];
}

export function encodeGround(w: Writer, m: Ground): void {
  if (m.hashes != null) for (let i = m.hashes.length - 1; i >= 0; i -= 1) { const each = m.hashes[i]!; w.bytes(42, each); }
  if (m.index != null && m.index !== 0) w.uint64(32, m.index);
  if (m.sequence != null && m.sequence !== 0) w.uint64(24, m.sequence);
  if (m.record != null && m.record !== "") w.string(18, m.record);
  if (m.role != null && m.role !== "") w.string(10, m.role);
}

export function decodeGround(r: Reader, m: Ground__Output = { role: "", record: "", sequence: 0, index: 0, hashes: [] }): Ground__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.role = r.string(); break;
      case 18: m.record = r.string(); break;
      case 24: m.sequence = r.uint64(); break;
      case 32: m.index = r.uint64(); break;
      case 42: m.hashes.push(r.bytes()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GroundCodec: MessageCodec<Ground, Ground__Output> = /* @__PURE__ */ codec(encodeGround, decodeGround);

export interface ExplainedToday {
  bot?: Bot | null;
  entries?: Entry[];
  instances?: InstanceRecord[];
  svidState?: string;
  denialReason?: string;
}

export interface ExplainedToday__Output {
  bot: Bot__Output | null;
  entries: Entry__Output[];
  instances: InstanceRecord__Output[];
  svidState: string;
  denialReason: string;
}

export function encodeExplainedToday(w: Writer, m: ExplainedToday): void {
  if (m.denialReason != null && m.denialReason !== "") w.string(42, m.denialReason);
  if (m.svidState != null && m.svidState !== "") w.string(34, m.svidState);
  if (m.instances != null) for (let i = m.instances.length - 1; i >= 0; i -= 1) { const each = m.instances[i]!; { const since = w.written; encodeInstanceRecord(w, each); w.nested(26, since); } }
  if (m.entries != null) for (let i = m.entries.length - 1; i >= 0; i -= 1) { const each = m.entries[i]!; { const since = w.written; encodeEntry(w, each); w.nested(18, since); } }
  if (m.bot != null) { const since = w.written; encodeBot(w, m.bot); w.nested(10, since); }
}

export function decodeExplainedToday(r: Reader, m: ExplainedToday__Output = { bot: null, entries: [], instances: [], svidState: "", denialReason: "" }): ExplainedToday__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bot = decodeBot(r, m.bot ?? undefined); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.entries.push(decodeEntry(r)); r.leave(outer); } break;
      case 26: { const outer = r.enter(); m.instances.push(decodeInstanceRecord(r)); r.leave(outer); } break;
      case 34: m.svidState = r.string(); break;
      case 42: m.denialReason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExplainedTodayCodec: MessageCodec<ExplainedToday, ExplainedToday__Output> = /* @__PURE__ */ codec(encodeExplainedToday, decodeExplainedToday);

export interface ReceivedSvid {
  id?: string;
  kind?: string;
  instanceId?: string;
  issuedAtMs?: number;
  notAfterMs?: number;
  audience?: string[];
  state?: string;
}

export interface ReceivedSvid__Output {
  id: string;
  kind: string;
  instanceId: string;
  issuedAtMs: number;
  notAfterMs: number;
  audience: string[];
  state: string;
}

export function encodeReceivedSvid(w: Writer, m: ReceivedSvid): void {
  if (m.state != null && m.state !== "") w.string(58, m.state);
  if (m.audience != null) for (let i = m.audience.length - 1; i >= 0; i -= 1) { const each = m.audience[i]!; w.string(50, each); }
  if (m.notAfterMs != null && m.notAfterMs !== 0) w.int64(40, m.notAfterMs);
  if (m.issuedAtMs != null && m.issuedAtMs !== 0) w.int64(32, m.issuedAtMs);
  if (m.instanceId != null && m.instanceId !== "") w.string(26, m.instanceId);
  if (m.kind != null && m.kind !== "") w.string(18, m.kind);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeReceivedSvid(r: Reader, m: ReceivedSvid__Output = { id: "", kind: "", instanceId: "", issuedAtMs: 0, notAfterMs: 0, audience: [], state: "" }): ReceivedSvid__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.kind = r.string(); break;
      case 26: m.instanceId = r.string(); break;
      case 32: m.issuedAtMs = r.int64(); break;
      case 40: m.notAfterMs = r.int64(); break;
      case 50: m.audience.push(r.string()); break;
      case 58: m.state = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReceivedSvidCodec: MessageCodec<ReceivedSvid, ReceivedSvid__Output> = /* @__PURE__ */ codec(encodeReceivedSvid, decodeReceivedSvid);

export interface ExplainAttemptsRequest {
  uid?: number;
  address?: string;
  instance?: string;
  limit?: number;
  caller?: "uid" | "address" | "instance";
}

export interface ExplainAttemptsRequest__Output {
  uid?: number;
  address?: string;
  instance?: string;
  limit: number;
  caller?: "uid" | "address" | "instance";
}

export function encodeExplainAttemptsRequest(w: Writer, m: ExplainAttemptsRequest): void {
  if (m.limit != null && m.limit !== 0) w.uint32(32, m.limit);
  if (m.instance != null) w.string(26, m.instance);
  if (m.address != null) w.string(18, m.address);
  if (m.uid != null) w.uint32(8, m.uid);
}

export function decodeExplainAttemptsRequest(r: Reader, m: ExplainAttemptsRequest__Output = { limit: 0 }): ExplainAttemptsRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.uid = r.uint32(); if (m.caller !== undefined && m.caller !== "uid") delete m[m.caller]; m.caller = "uid"; break;
      case 18: m.address = r.string(); if (m.caller !== undefined && m.caller !== "address") delete m[m.caller]; m.caller = "address"; break;
      case 26: m.instance = r.string(); if (m.caller !== undefined && m.caller !== "instance") delete m[m.caller]; m.caller = "instance"; break;
      case 32: m.limit = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExplainAttemptsRequestCodec: MessageCodec<ExplainAttemptsRequest, ExplainAttemptsRequest__Output> = /* @__PURE__ */ codec(encodeExplainAttemptsRequest, decodeExplainAttemptsRequest);

export interface ExplainAttemptsResponse {
  attempts?: Attempt[];
}

export interface ExplainAttemptsResponse__Output {
  attempts: Attempt__Output[];
}

export function encodeExplainAttemptsResponse(w: Writer, m: ExplainAttemptsResponse): void {
  if (m.attempts != null) for (let i = m.attempts.length - 1; i >= 0; i -= 1) { const each = m.attempts[i]!; { const since = w.written; encodeAttempt(w, each); w.nested(10, since); } }
}

export function decodeExplainAttemptsResponse(r: Reader, m: ExplainAttemptsResponse__Output = { attempts: [] }): ExplainAttemptsResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.attempts.push(decodeAttempt(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExplainAttemptsResponseCodec: MessageCodec<ExplainAttemptsResponse, ExplainAttemptsResponse__Output> = /* @__PURE__ */ codec(encodeExplainAttemptsResponse, decodeExplainAttemptsResponse);

export interface Attempt {
  record?: string;
  rule?: string;
  entries?: EntryExplanation[];
}

export interface Attempt__Output {
  record: string;
  rule: string;
  entries: EntryExplanation__Output[];
}

export function encodeAttempt(w: Writer, m: Attempt): void {
  if (m.entries != null) for (let i = m.entries.length - 1; i >= 0; i -= 1) { const each = m.entries[i]!; { const since = w.written; encodeEntryExplanation(w, each); w.nested(26, since); } }
  if (m.rule != null && m.rule !== "") w.string(18, m.rule);
  if (m.record != null && m.record !== "") w.string(10, m.record);
}

export function decodeAttempt(r: Reader, m: Attempt__Output = { record: "", rule: "", entries: [] }): Attempt__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.record = r.string(); break;
      case 18: m.rule = r.string(); break;
      case 26: { const outer = r.enter(); m.entries.push(decodeEntryExplanation(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AttemptCodec: MessageCodec<Attempt, Attempt__Output> = /* @__PURE__ */ codec(encodeAttempt, decodeAttempt);

export interface GetBlastRadiusRequest {
  bot?: string;
  instance?: string;
  token?: string;
  owner?: string;
  node?: string;
  of?: "bot" | "instance" | "token" | "owner" | "node";
}

export interface GetBlastRadiusRequest__Output {
  bot?: string;
  instance?: string;
  token?: string;
  owner?: string;
  node?: string;
  of?: "bot" | "instance" | "token" | "owner" | "node";
}

export function encodeGetBlastRadiusRequest(w: Writer, m: GetBlastRadiusRequest): void {
  if (m.node != null) w.string(42, m.node);
  if (m.owner != null) w.string(34, m.owner);
  if (m.token != null) w.string(26, m.token);
  if (m.instance != null) w.string(18, m.instance);
  if (m.bot != null) w.string(10, m.bot);
}

export function decodeGetBlastRadiusRequest(r: Reader, m: GetBlastRadiusRequest__Output = {}): GetBlastRadiusRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); if (m.of !== undefined && m.of !== "bot") delete m[m.of]; m.of = "bot"; break;
      case 18: m.instance = r.string(); if (m.of !== undefined && m.of !== "instance") delete m[m.of]; m.of = "instance"; break;
      case 26: m.token = r.string(); if (m.of !== undefined && m.of !== "token") delete m[m.of]; m.of = "token"; break;
      case 34: m.owner = r.string(); if (m.of !== undefined && m.of !== "owner") delete m[m.of]; m.of = "owner"; break;
      case 42: m.node = r.string(); if (m.of !== undefined && m.of !== "node") delete m[m.of]; m.of = "node"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetBlastRadiusRequestCodec: MessageCodec<GetBlastRadiusRequest, GetBlastRadiusRequest__Output> = /* @__PURE__ */ codec(encodeGetBlastRadiusRequest, decodeGetBlastRadiusRequest);

export interface GetBlastRadiusResponse {
  svids?: RevokedSvid[];
  instances?: RevokedInstance[];
  tokens?: string[];
  svidCount?: number;
  instanceCount?: number;
  tokenCount?: number;
  bots?: string[];
  seen?: Sighting[];
}

export interface GetBlastRadiusResponse__Output {
  svids: RevokedSvid__Output[];
  instances: RevokedInstance__Output[];
  tokens: string[];
  svidCount: number;
  instanceCount: number;
  tokenCount: number;
  bots: string[];
  seen: Sighting__Output[];
}

export function encodeGetBlastRadiusResponse(w: Writer, m: GetBlastRadiusResponse): void {
  if (m.seen != null) for (let i = m.seen.length - 1; i >= 0; i -= 1) { const each = m.seen[i]!; { const since = w.written; encodeSighting(w, each); w.nested(66, since); } }
  if (m.bots != null) for (let i = m.bots.length - 1; i >= 0; i -= 1) { const each = m.bots[i]!; w.string(58, each); }
  if (m.tokenCount != null && m.tokenCount !== 0) w.uint32(48, m.tokenCount);
  if (m.instanceCount != null && m.instanceCount !== 0) w.uint32(40, m.instanceCount);
  if (m.svidCount != null && m.svidCount !== 0) w.uint32(32, m.svidCount);
  if (m.tokens != null) for (let i = m.tokens.length - 1; i >= 0; i -= 1) { const each = m.tokens[i]!; w.string(26, each); }
  if (m.instances != null) for (let i = m.instances.length - 1; i >= 0; i -= 1) { const each = m.instances[i]!; { const since = w.written; encodeRevokedInstance(w, each); w.nested(18, since); } }
  if (m.svids != null) for (let i = m.svids.length - 1; i >= 0; i -= 1) { const each = m.svids[i]!; { const since = w.written; encodeRevokedSvid(w, each); w.nested(10, since); } }
}

export function decodeGetBlastRadiusResponse(r: Reader, m: GetBlastRadiusResponse__Output = { svids: [], instances: [], tokens: [], svidCount: 0, instanceCount: 0, tokenCount: 0, bots: [], seen: [] }): GetBlastRadiusResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.svids.push(decodeRevokedSvid(r)); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.instances.push(decodeRevokedInstance(r)); r.leave(outer); } break;
      case 26: m.tokens.push(r.string()); break;
      case 32: m.svidCount = r.uint32(); break;
      case 40: m.instanceCount = r.uint32(); break;
      case 48: m.tokenCount = r.uint32(); break;
      case 58: m.bots.push(r.string()); break;
      case 66: { const outer = r.enter(); m.seen.push(decodeSighting(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetBlastRadiusResponseCodec: MessageCodec<GetBlastRadiusResponse, GetBlastRadiusResponse__Output> = /* @__PURE__ */ codec(encodeGetBlastRadiusResponse, decodeGetBlastRadiusResponse);

export interface Sighting {
  id?: string;
  service?: string;
  lastMs?: number;
}

export interface Sighting__Output {
  id: string;
  service: string;
  lastMs: number;
}

export function encodeSighting(w: Writer, m: Sighting): void {
  if (m.lastMs != null && m.lastMs !== 0) w.int64(24, m.lastMs);
  if (m.service != null && m.service !== "") w.string(18, m.service);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeSighting(r: Reader, m: Sighting__Output = { id: "", service: "", lastMs: 0 }): Sighting__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.service = r.string(); break;
      case 24: m.lastMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const SightingCodec: MessageCodec<Sighting, Sighting__Output> = /* @__PURE__ */ codec(encodeSighting, decodeSighting);

export interface GetUsageRequest {
  bot?: string;
  days?: number;
}

export interface GetUsageRequest__Output {
  bot: string;
  days: number;
}

export function encodeGetUsageRequest(w: Writer, m: GetUsageRequest): void {
  if (m.days != null && m.days !== 0) w.uint32(16, m.days);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeGetUsageRequest(r: Reader, m: GetUsageRequest__Output = { bot: "", days: 0 }): GetUsageRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 16: m.days = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetUsageRequestCodec: MessageCodec<GetUsageRequest, GetUsageRequest__Output> = /* @__PURE__ */ codec(encodeGetUsageRequest, decodeGetUsageRequest);

export interface GetUsageResponse {
  bot?: string;
  since?: string;
  used?: UsedOperation[];
  usedCount?: number;
  audiences?: GrantedAudience[];
  entries?: GrantedEntry[];
  state?: string;
  lastUsedMs?: number;
  lastIssuedMs?: number;
  peers?: GrantedPeer[];
  calledBy?: GrantedPeer[];
  callers?: CallerOfBot[];
  pendingAudiences?: string[];
  reportsCallers?: boolean;
}

export interface GetUsageResponse__Output {
  bot: string;
  since: string;
  used: UsedOperation__Output[];
  usedCount: number;
  audiences: GrantedAudience__Output[];
  entries: GrantedEntry__Output[];
  state: string;
  lastUsedMs: number;
  lastIssuedMs: number;
  peers: GrantedPeer__Output[];
  calledBy: GrantedPeer__Output[];
  callers: CallerOfBot__Output[];
  pendingAudiences: string[];
  reportsCallers: boolean;
}

export function encodeGetUsageResponse(w: Writer, m: GetUsageResponse): void {
  if (m.reportsCallers != null && m.reportsCallers !== false) w.bool(112, m.reportsCallers);
  if (m.pendingAudiences != null) for (let i = m.pendingAudiences.length - 1; i >= 0; i -= 1) { const each = m.pendingAudiences[i]!; w.string(106, each); }
  if (m.callers != null) for (let i = m.callers.length - 1; i >= 0; i -= 1) { const each = m.callers[i]!; { const since = w.written; encodeCallerOfBot(w, each); w.nested(98, since); } }
  if (m.calledBy != null) for (let i = m.calledBy.length - 1; i >= 0; i -= 1) { const each = m.calledBy[i]!; { const since = w.written; encodeGrantedPeer(w, each); w.nested(90, since); } }
  if (m.peers != null) for (let i = m.peers.length - 1; i >= 0; i -= 1) { const each = m.peers[i]!; { const since = w.written; encodeGrantedPeer(w, each); w.nested(82, since); } }
  if (m.lastIssuedMs != null && m.lastIssuedMs !== 0) w.int64(72, m.lastIssuedMs);
  if (m.lastUsedMs != null && m.lastUsedMs !== 0) w.int64(64, m.lastUsedMs);
  if (m.state != null && m.state !== "") w.string(58, m.state);
  if (m.entries != null) for (let i = m.entries.length - 1; i >= 0; i -= 1) { const each = m.entries[i]!; { const since = w.written; encodeGrantedEntry(w, each); w.nested(50, since); } }
  if (m.audiences != null) for (let i = m.audiences.length - 1; i >= 0; i -= 1) { const each = m.audiences[i]!; { const since = w.written; encodeGrantedAudience(w, each); w.nested(42, since); } }
  if (m.usedCount != null && m.usedCount !== 0) w.uint32(32, m.usedCount);
  if (m.used != null) for (let i = m.used.length - 1; i >= 0; i -= 1) { const each = m.used[i]!; { const since = w.written; encodeUsedOperation(w, each); w.nested(26, since); } }
  if (m.since != null && m.since !== "") w.string(18, m.since);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeGetUsageResponse(r: Reader, m: GetUsageResponse__Output = { bot: "", since: "", used: [], usedCount: 0, audiences: [], entries: [], state: "", lastUsedMs: 0, lastIssuedMs: 0, peers: [], calledBy: [], callers: [], pendingAudiences: [], reportsCallers: false }): GetUsageResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 18: m.since = r.string(); break;
      case 26: { const outer = r.enter(); m.used.push(decodeUsedOperation(r)); r.leave(outer); } break;
      case 32: m.usedCount = r.uint32(); break;
      case 42: { const outer = r.enter(); m.audiences.push(decodeGrantedAudience(r)); r.leave(outer); } break;
      case 50: { const outer = r.enter(); m.entries.push(decodeGrantedEntry(r)); r.leave(outer); } break;
      case 58: m.state = r.string(); break;
      case 64: m.lastUsedMs = r.int64(); break;
      case 72: m.lastIssuedMs = r.int64(); break;
      case 82: { const outer = r.enter(); m.peers.push(decodeGrantedPeer(r)); r.leave(outer); } break;
      case 90: { const outer = r.enter(); m.calledBy.push(decodeGrantedPeer(r)); r.leave(outer); } break;
      case 98: { const outer = r.enter(); m.callers.push(decodeCallerOfBot(r)); r.leave(outer); } break;
      case 106: m.pendingAudiences.push(r.string()); break;
      case 112: m.reportsCallers = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetUsageResponseCodec: MessageCodec<GetUsageResponse, GetUsageResponse__Output> = /* @__PURE__ */ codec(encodeGetUsageResponse, decodeGetUsageResponse);

export interface CallerOfBot {
  bot?: string;
  audience?: string;
  refused?: string;
  count?: number;
  lastMs?: number;
  calledBy?: boolean;
  mayCall?: boolean;
}

export interface CallerOfBot__Output {
  bot: string;
  audience: string;
  refused: string;
  count: number;
  lastMs: number;
  calledBy: boolean;
  mayCall: boolean;
}

export function encodeCallerOfBot(w: Writer, m: CallerOfBot): void {
  if (m.mayCall != null && m.mayCall !== false) w.bool(56, m.mayCall);
  if (m.calledBy != null && m.calledBy !== false) w.bool(48, m.calledBy);
  if (m.lastMs != null && m.lastMs !== 0) w.int64(40, m.lastMs);
  if (m.count != null && m.count !== 0) w.uint64(32, m.count);
  if (m.refused != null && m.refused !== "") w.string(26, m.refused);
  if (m.audience != null && m.audience !== "") w.string(18, m.audience);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeCallerOfBot(r: Reader, m: CallerOfBot__Output = { bot: "", audience: "", refused: "", count: 0, lastMs: 0, calledBy: false, mayCall: false }): CallerOfBot__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 18: m.audience = r.string(); break;
      case 26: m.refused = r.string(); break;
      case 32: m.count = r.uint64(); break;
      case 40: m.lastMs = r.int64(); break;
      case 48: m.calledBy = r.bool(); break;
      case 56: m.mayCall = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CallerOfBotCodec: MessageCodec<CallerOfBot, CallerOfBot__Output> = /* @__PURE__ */ codec(encodeCallerOfBot, decodeCallerOfBot);

export interface UsedOperation {
  service?: string;
  audience?: string;
  operation?: string;
  refused?: string;
  count?: number;
  firstMs?: number;
  lastMs?: number;
  granted?: boolean;
}

export interface UsedOperation__Output {
  service: string;
  audience: string;
  operation: string;
  refused: string;
  count: number;
  firstMs: number;
  lastMs: number;
  granted: boolean;
}

export function encodeUsedOperation(w: Writer, m: UsedOperation): void {
  if (m.granted != null && m.granted !== false) w.bool(64, m.granted);
  if (m.lastMs != null && m.lastMs !== 0) w.int64(56, m.lastMs);
  if (m.firstMs != null && m.firstMs !== 0) w.int64(48, m.firstMs);
  if (m.count != null && m.count !== 0) w.uint64(40, m.count);
  if (m.refused != null && m.refused !== "") w.string(34, m.refused);
  if (m.operation != null && m.operation !== "") w.string(26, m.operation);
  if (m.audience != null && m.audience !== "") w.string(18, m.audience);
  if (m.service != null && m.service !== "") w.string(10, m.service);
}

export function decodeUsedOperation(r: Reader, m: UsedOperation__Output = { service: "", audience: "", operation: "", refused: "", count: 0, firstMs: 0, lastMs: 0, granted: false }): UsedOperation__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.service = r.string(); break;
      case 18: m.audience = r.string(); break;
      case 26: m.operation = r.string(); break;
      case 34: m.refused = r.string(); break;
      case 40: m.count = r.uint64(); break;
      case 48: m.firstMs = r.int64(); break;
      case 56: m.lastMs = r.int64(); break;
      case 64: m.granted = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const UsedOperationCodec: MessageCodec<UsedOperation, UsedOperation__Output> = /* @__PURE__ */ codec(encodeUsedOperation, decodeUsedOperation);

export interface GrantedPeer {
  peer?: string;
  lastUsedMs?: number;
}

export interface GrantedPeer__Output {
  peer: string;
  lastUsedMs: number;
}

export function encodeGrantedPeer(w: Writer, m: GrantedPeer): void {
  if (m.lastUsedMs != null && m.lastUsedMs !== 0) w.int64(16, m.lastUsedMs);
  if (m.peer != null && m.peer !== "") w.string(10, m.peer);
}

export function decodeGrantedPeer(r: Reader, m: GrantedPeer__Output = { peer: "", lastUsedMs: 0 }): GrantedPeer__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.peer = r.string(); break;
      case 16: m.lastUsedMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GrantedPeerCodec: MessageCodec<GrantedPeer, GrantedPeer__Output> = /* @__PURE__ */ codec(encodeGrantedPeer, decodeGrantedPeer);

export interface GrantedAudience {
  audience?: string;
  entries?: string[];
  lastUsedMs?: number;
}

export interface GrantedAudience__Output {
  audience: string;
  entries: string[];
  lastUsedMs: number;
}

export function encodeGrantedAudience(w: Writer, m: GrantedAudience): void {
  if (m.lastUsedMs != null && m.lastUsedMs !== 0) w.int64(24, m.lastUsedMs);
  if (m.entries != null) for (let i = m.entries.length - 1; i >= 0; i -= 1) { const each = m.entries[i]!; w.string(18, each); }
  if (m.audience != null && m.audience !== "") w.string(10, m.audience);
}

export function decodeGrantedAudience(r: Reader, m: GrantedAudience__Output = { audience: "", entries: [], lastUsedMs: 0 }): GrantedAudience__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.audience = r.string(); break;
      case 18: m.entries.push(r.string()); break;
      case 24: m.lastUsedMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GrantedAudienceCodec: MessageCodec<GrantedAudience, GrantedAudience__Output> = /* @__PURE__ */ codec(encodeGrantedAudience, decodeGrantedAudience);

export interface GrantedEntry {
  id?: string;
  lastSeenMs?: number;
  pending?: boolean;
}

export interface GrantedEntry__Output {
  id: string;
  lastSeenMs: number;
  pending: boolean;
}

export function encodeGrantedEntry(w: Writer, m: GrantedEntry): void {
  if (m.pending != null && m.pending !== false) w.bool(24, m.pending);
  if (m.lastSeenMs != null && m.lastSeenMs !== 0) w.int64(16, m.lastSeenMs);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeGrantedEntry(r: Reader, m: GrantedEntry__Output = { id: "", lastSeenMs: 0, pending: false }): GrantedEntry__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 16: m.lastSeenMs = r.int64(); break;
      case 24: m.pending = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GrantedEntryCodec: MessageCodec<GrantedEntry, GrantedEntry__Output> = /* @__PURE__ */ codec(encodeGrantedEntry, decodeGrantedEntry);

export interface ListUsageRequest {
  days?: number;
  owner?: string;
  unused?: boolean;
  pageSize?: number;
  pageToken?: string;
}

export interface ListUsageRequest__Output {
  days: number;
  owner: string;
  unused: boolean;
  pageSize: number;
  pageToken: string;
}

export function encodeListUsageRequest(w: Writer, m: ListUsageRequest): void {
  if (m.pageToken != null && m.pageToken !== "") w.string(42, m.pageToken);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(32, m.pageSize);
  if (m.unused != null && m.unused !== false) w.bool(24, m.unused);
  if (m.owner != null && m.owner !== "") w.string(18, m.owner);
  if (m.days != null && m.days !== 0) w.uint32(8, m.days);
}

export function decodeListUsageRequest(r: Reader, m: ListUsageRequest__Output = { days: 0, owner: "", unused: false, pageSize: 0, pageToken: "" }): ListUsageRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.days = r.uint32(); break;
      case 18: m.owner = r.string(); break;
      case 24: m.unused = r.bool(); break;
      case 32: m.pageSize = r.uint32(); break;
      case 42: m.pageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListUsageRequestCodec: MessageCodec<ListUsageRequest, ListUsageRequest__Output> = /* @__PURE__ */ codec(encodeListUsageRequest, decodeListUsageRequest);

export interface ListUsageResponse {
  bots?: BotUsage[];
  nextPageToken?: string;
}

export interface ListUsageResponse__Output {
  bots: BotUsage__Output[];
  nextPageToken: string;
}

export function encodeListUsageResponse(w: Writer, m: ListUsageResponse): void {
  if (m.nextPageToken != null && m.nextPageToken !== "") w.string(18, m.nextPageToken);
  if (m.bots != null) for (let i = m.bots.length - 1; i >= 0; i -= 1) { const each = m.bots[i]!; { const since = w.written; encodeBotUsage(w, each); w.nested(10, since); } }
}

export function decodeListUsageResponse(r: Reader, m: ListUsageResponse__Output = { bots: [], nextPageToken: "" }): ListUsageResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bots.push(decodeBotUsage(r)); r.leave(outer); } break;
      case 18: m.nextPageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListUsageResponseCodec: MessageCodec<ListUsageResponse, ListUsageResponse__Output> = /* @__PURE__ */ codec(encodeListUsageResponse, decodeListUsageResponse);

export interface BotUsage {
  bot?: string;
  owner?: string;
  state?: string;
  lastUsedMs?: number;
  lastIssuedMs?: number;
  unusedAudiences?: string[];
  unusedEntries?: string[];
  unusedPeers?: string[];
  unusedCallers?: string[];
}

export interface BotUsage__Output {
  bot: string;
  owner: string;
  state: string;
  lastUsedMs: number;
  lastIssuedMs: number;
  unusedAudiences: string[];
  unusedEntries: string[];
  unusedPeers: string[];
  unusedCallers: string[];
}

export function encodeBotUsage(w: Writer, m: BotUsage): void {
  if (m.unusedCallers != null) for (let i = m.unusedCallers.length - 1; i >= 0; i -= 1) { const each = m.unusedCallers[i]!; w.string(74, each); }
  if (m.unusedPeers != null) for (let i = m.unusedPeers.length - 1; i >= 0; i -= 1) { const each = m.unusedPeers[i]!; w.string(66, each); }
  if (m.unusedEntries != null) for (let i = m.unusedEntries.length - 1; i >= 0; i -= 1) { const each = m.unusedEntries[i]!; w.string(58, each); }
  if (m.unusedAudiences != null) for (let i = m.unusedAudiences.length - 1; i >= 0; i -= 1) { const each = m.unusedAudiences[i]!; w.string(50, each); }
  if (m.lastIssuedMs != null && m.lastIssuedMs !== 0) w.int64(40, m.lastIssuedMs);
  if (m.lastUsedMs != null && m.lastUsedMs !== 0) w.int64(32, m.lastUsedMs);
  if (m.state != null && m.state !== "") w.string(26, m.state);
  if (m.owner != null && m.owner !== "") w.string(18, m.owner);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeBotUsage(r: Reader, m: BotUsage__Output = { bot: "", owner: "", state: "", lastUsedMs: 0, lastIssuedMs: 0, unusedAudiences: [], unusedEntries: [], unusedPeers: [], unusedCallers: [] }): BotUsage__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 18: m.owner = r.string(); break;
      case 26: m.state = r.string(); break;
      case 32: m.lastUsedMs = r.int64(); break;
      case 40: m.lastIssuedMs = r.int64(); break;
      case 50: m.unusedAudiences.push(r.string()); break;
      case 58: m.unusedEntries.push(r.string()); break;
      case 66: m.unusedPeers.push(r.string()); break;
      case 74: m.unusedCallers.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const BotUsageCodec: MessageCodec<BotUsage, BotUsage__Output> = /* @__PURE__ */ codec(encodeBotUsage, decodeBotUsage);

export const ExplainService = {
  ExplainIdentity: /* @__PURE__ */ method("/botpass.v1.ExplainService/ExplainIdentity", "explainIdentity", { request: false, response: false }, ExplainIdentityRequestCodec, ExplainIdentityResponseCodec),
  ExplainAttempts: /* @__PURE__ */ method("/botpass.v1.ExplainService/ExplainAttempts", "explainAttempts", { request: false, response: false }, ExplainAttemptsRequestCodec, ExplainAttemptsResponseCodec),
  GetBlastRadius: /* @__PURE__ */ method("/botpass.v1.ExplainService/GetBlastRadius", "getBlastRadius", { request: false, response: false }, GetBlastRadiusRequestCodec, GetBlastRadiusResponseCodec),
  GetUsage: /* @__PURE__ */ method("/botpass.v1.ExplainService/GetUsage", "getUsage", { request: false, response: false }, GetUsageRequestCodec, GetUsageResponseCodec),
  ListUsage: /* @__PURE__ */ method("/botpass.v1.ExplainService/ListUsage", "listUsage", { request: false, response: false }, ListUsageRequestCodec, ListUsageResponseCodec),
};
export type ExplainServiceDefinition = typeof ExplainService;

export interface ExplainServiceClient extends Client {
  ExplainIdentity: UnaryCall<ExplainIdentityRequest, ExplainIdentityResponse__Output>;
  explainIdentity: UnaryCall<ExplainIdentityRequest, ExplainIdentityResponse__Output>;
  ExplainAttempts: UnaryCall<ExplainAttemptsRequest, ExplainAttemptsResponse__Output>;
  explainAttempts: UnaryCall<ExplainAttemptsRequest, ExplainAttemptsResponse__Output>;
  GetBlastRadius: UnaryCall<GetBlastRadiusRequest, GetBlastRadiusResponse__Output>;
  getBlastRadius: UnaryCall<GetBlastRadiusRequest, GetBlastRadiusResponse__Output>;
  GetUsage: UnaryCall<GetUsageRequest, GetUsageResponse__Output>;
  getUsage: UnaryCall<GetUsageRequest, GetUsageResponse__Output>;
  ListUsage: UnaryCall<ListUsageRequest, ListUsageResponse__Output>;
  listUsage: UnaryCall<ListUsageRequest, ListUsageResponse__Output>;
}

export interface ExplainServiceHandlers {
  ExplainIdentity: handleUnaryCall<ExplainIdentityRequest__Output, ExplainIdentityResponse>;
  ExplainAttempts: handleUnaryCall<ExplainAttemptsRequest__Output, ExplainAttemptsResponse>;
  GetBlastRadius: handleUnaryCall<GetBlastRadiusRequest__Output, GetBlastRadiusResponse>;
  GetUsage: handleUnaryCall<GetUsageRequest__Output, GetUsageResponse>;
  ListUsage: handleUnaryCall<ListUsageRequest__Output, ListUsageResponse>;
}

