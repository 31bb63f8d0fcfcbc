// Written by scripts/generate.ts from proto/botpass/v1/admin.proto; not to be changed by hand.
import type { Client, handleClientStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import { type ClientStreamingCall, EMPTY, type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";
import { BotCodec, EntryCodec, decodeBot, decodeBundle, decodeEntry, decodeErrorMessage, decodeJwtSvidMessage, decodePassportTerms, decodeSelector, decodeX509SvidMessage, encodeBot, encodeBundle, encodeEntry, encodeErrorMessage, encodeJwtSvidMessage, encodePassportTerms, encodeSelector, encodeX509SvidMessage, type Bot, type Bot__Output, type Bundle, type Bundle__Output, type Entry, type Entry__Output, type ErrorMessage, type ErrorMessage__Output, type JwtSvidMessage, type JwtSvidMessage__Output, type PassportTerms, type PassportTerms__Output, type Selector, type Selector__Output, type X509SvidMessage, type X509SvidMessage__Output } from "./types.ts";

export interface RegisterBotRequest {
  name?: string;
  kind?: string;
  owner?: string;
  purpose?: string;
  environment?: string;
  endsAtMs?: number;
  path?: string;
  entry?: Entry | null;
  terms?: PassportTerms | null;
  propose?: boolean;
}

export interface RegisterBotRequest__Output {
  name: string;
  kind: string;
  owner: string;
  purpose: string;
  environment: string;
  endsAtMs: number;
  path: string;
  entry: Entry__Output | null;
  terms: PassportTerms__Output | null;
  propose: boolean;
}

export function encodeRegisterBotRequest(w: Writer, m: RegisterBotRequest): void {
  if (m.propose != null && m.propose !== false) w.bool(80, m.propose);
  if (m.terms != null) { const since = w.written; encodePassportTerms(w, m.terms); w.nested(74, since); }
  if (m.entry != null) { const since = w.written; encodeEntry(w, m.entry); w.nested(66, since); }
  if (m.path != null && m.path !== "") w.string(58, m.path);
  if (m.endsAtMs != null && m.endsAtMs !== 0) w.int64(48, m.endsAtMs);
  if (m.environment != null && m.environment !== "") w.string(42, m.environment);
  if (m.purpose != null && m.purpose !== "") w.string(34, m.purpose);
  if (m.owner != null && m.owner !== "") w.string(26, m.owner);
  if (m.kind != null && m.kind !== "") w.string(18, m.kind);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeRegisterBotRequest(r: Reader, m: RegisterBotRequest__Output = { name: "", kind: "", owner: "", purpose: "", environment: "", endsAtMs: 0, path: "", entry: null, terms: null, propose: false }): RegisterBotRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.kind = r.string(); break;
      case 26: m.owner = r.string(); break;
      case 34: m.purpose = r.string(); break;
      case 42: m.environment = r.string(); break;
      case 48: m.endsAtMs = r.int64(); break;
      case 58: m.path = r.string(); break;
      case 66: { const outer = r.enter(); m.entry = decodeEntry(r, m.entry ?? undefined); r.leave(outer); } break;
      case 74: { const outer = r.enter(); m.terms = decodePassportTerms(r, m.terms ?? undefined); r.leave(outer); } break;
      case 80: m.propose = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RegisterBotRequestCodec: MessageCodec<RegisterBotRequest, RegisterBotRequest__Output> = /* @__PURE__ */ codec(encodeRegisterBotRequest, decodeRegisterBotRequest);

export interface RegisterBotResponse {
  bot?: Bot | null;
  entry?: Entry | null;
  warnings?: string[];
}

export interface RegisterBotResponse__Output {
  bot: Bot__Output | null;
  entry: Entry__Output | null;
  warnings: string[];
}

export function encodeRegisterBotResponse(w: Writer, m: RegisterBotResponse): void {
  if (m.warnings != null) for (let i = m.warnings.length - 1; i >= 0; i -= 1) { const each = m.warnings[i]!; w.string(26, each); }
  if (m.entry != null) { const since = w.written; encodeEntry(w, m.entry); w.nested(18, since); }
  if (m.bot != null) { const since = w.written; encodeBot(w, m.bot); w.nested(10, since); }
}

export function decodeRegisterBotResponse(r: Reader, m: RegisterBotResponse__Output = { bot: null, entry: null, warnings: [] }): RegisterBotResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bot = decodeBot(r, m.bot ?? undefined); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.entry = decodeEntry(r, m.entry ?? undefined); r.leave(outer); } break;
      case 26: m.warnings.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RegisterBotResponseCodec: MessageCodec<RegisterBotResponse, RegisterBotResponse__Output> = /* @__PURE__ */ codec(encodeRegisterBotResponse, decodeRegisterBotResponse);

export interface GetBotRequest {
  name?: string;
}

export interface GetBotRequest__Output {
  name: string;
}

export function encodeGetBotRequest(w: Writer, m: GetBotRequest): void {
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeGetBotRequest(r: Reader, m: GetBotRequest__Output = { name: "" }): GetBotRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetBotRequestCodec: MessageCodec<GetBotRequest, GetBotRequest__Output> = /* @__PURE__ */ codec(encodeGetBotRequest, decodeGetBotRequest);

export interface ListBotsRequest {
  pageSize?: number;
  pageToken?: string;
  state?: string;
  owner?: string;
  environment?: string;
}

export interface ListBotsRequest__Output {
  pageSize: number;
  pageToken: string;
  state: string;
  owner: string;
  environment: string;
}

export function encodeListBotsRequest(w: Writer, m: ListBotsRequest): void {
  if (m.environment != null && m.environment !== "") w.string(42, m.environment);
  if (m.owner != null && m.owner !== "") w.string(34, m.owner);
  if (m.state != null && m.state !== "") w.string(26, m.state);
  if (m.pageToken != null && m.pageToken !== "") w.string(18, m.pageToken);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(8, m.pageSize);
}

export function decodeListBotsRequest(r: Reader, m: ListBotsRequest__Output = { pageSize: 0, pageToken: "", state: "", owner: "", environment: "" }): ListBotsRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pageSize = r.uint32(); break;
      case 18: m.pageToken = r.string(); break;
      case 26: m.state = r.string(); break;
      case 34: m.owner = r.string(); break;
      case 42: m.environment = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListBotsRequestCodec: MessageCodec<ListBotsRequest, ListBotsRequest__Output> = /* @__PURE__ */ codec(encodeListBotsRequest, decodeListBotsRequest);

export interface ListBotsResponse {
  bots?: Bot[];
  nextPageToken?: string;
}

export interface ListBotsResponse__Output {
  bots: Bot__Output[];
  nextPageToken: string;
}

export function encodeListBotsResponse(w: Writer, m: ListBotsResponse): void {
  if (m.nextPageToken != null && m.nextPageToken !== "") w.string(18, m.nextPageToken);
  if (m.bots != null) for (let i = m.bots.length - 1; i >= 0; i -= 1) { const each = m.bots[i]!; { const since = w.written; encodeBot(w, each); w.nested(10, since); } }
}

export function decodeListBotsResponse(r: Reader, m: ListBotsResponse__Output = { bots: [], nextPageToken: "" }): ListBotsResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bots.push(decodeBot(r)); r.leave(outer); } break;
      case 18: m.nextPageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListBotsResponseCodec: MessageCodec<ListBotsResponse, ListBotsResponse__Output> = /* @__PURE__ */ codec(encodeListBotsResponse, decodeListBotsResponse);

export interface UpdateBotRequest {
  name?: string;
  revision?: number;
  owner?: string;
  purpose?: string;
  endsAtMs?: number;
  terms?: PassportTerms | null;
  _owner?: "owner";
  _purpose?: "purpose";
  _endsAtMs?: "endsAtMs";
}

export interface UpdateBotRequest__Output {
  name: string;
  revision: number;
  owner?: string;
  purpose?: string;
  endsAtMs?: number;
  terms: PassportTerms__Output | null;
  _owner?: "owner";
  _purpose?: "purpose";
  _endsAtMs?: "endsAtMs";
}

export function encodeUpdateBotRequest(w: Writer, m: UpdateBotRequest): void {
  if (m.terms != null) { const since = w.written; encodePassportTerms(w, m.terms); w.nested(50, since); }
  if (m.endsAtMs != null) w.int64(40, m.endsAtMs);
  if (m.purpose != null) w.string(34, m.purpose);
  if (m.owner != null) w.string(26, m.owner);
  if (m.revision != null && m.revision !== 0) w.uint64(16, m.revision);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeUpdateBotRequest(r: Reader, m: UpdateBotRequest__Output = { name: "", revision: 0, terms: null }): UpdateBotRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 16: m.revision = r.uint64(); break;
      case 26: m.owner = r.string(); m._owner = "owner"; break;
      case 34: m.purpose = r.string(); m._purpose = "purpose"; break;
      case 40: m.endsAtMs = r.int64(); m._endsAtMs = "endsAtMs"; break;
      case 50: { const outer = r.enter(); m.terms = decodePassportTerms(r, m.terms ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const UpdateBotRequestCodec: MessageCodec<UpdateBotRequest, UpdateBotRequest__Output> = /* @__PURE__ */ codec(encodeUpdateBotRequest, decodeUpdateBotRequest);

export interface ChangeBotStateRequest {
  name?: string;
  reason?: string;
}

export interface ChangeBotStateRequest__Output {
  name: string;
  reason: string;
}

export function encodeChangeBotStateRequest(w: Writer, m: ChangeBotStateRequest): void {
  if (m.reason != null && m.reason !== "") w.string(18, m.reason);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeChangeBotStateRequest(r: Reader, m: ChangeBotStateRequest__Output = { name: "", reason: "" }): ChangeBotStateRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ChangeBotStateRequestCodec: MessageCodec<ChangeBotStateRequest, ChangeBotStateRequest__Output> = /* @__PURE__ */ codec(encodeChangeBotStateRequest, decodeChangeBotStateRequest);

export interface ChangeBotStateResponse {
  bot?: Bot | null;
  denied?: number;
  streams?: number;
  receipt?: string;
}

export interface ChangeBotStateResponse__Output {
  bot: Bot__Output | null;
  denied: number;
  streams: number;
  receipt: string;
}

export function encodeChangeBotStateResponse(w: Writer, m: ChangeBotStateResponse): void {
  if (m.receipt != null && m.receipt !== "") w.string(34, m.receipt);
  if (m.streams != null && m.streams !== 0) w.uint32(24, m.streams);
  if (m.denied != null && m.denied !== 0) w.uint32(16, m.denied);
  if (m.bot != null) { const since = w.written; encodeBot(w, m.bot); w.nested(10, since); }
}

export function decodeChangeBotStateResponse(r: Reader, m: ChangeBotStateResponse__Output = { bot: null, denied: 0, streams: 0, receipt: "" }): ChangeBotStateResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bot = decodeBot(r, m.bot ?? undefined); r.leave(outer); } break;
      case 16: m.denied = r.uint32(); break;
      case 24: m.streams = r.uint32(); break;
      case 34: m.receipt = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ChangeBotStateResponseCodec: MessageCodec<ChangeBotStateResponse, ChangeBotStateResponse__Output> = /* @__PURE__ */ codec(encodeChangeBotStateResponse, decodeChangeBotStateResponse);

export interface CreateEntryRequest {
  entry?: Entry | null;
}

export interface CreateEntryRequest__Output {
  entry: Entry__Output | null;
}

export function encodeCreateEntryRequest(w: Writer, m: CreateEntryRequest): void {
  if (m.entry != null) { const since = w.written; encodeEntry(w, m.entry); w.nested(10, since); }
}

export function decodeCreateEntryRequest(r: Reader, m: CreateEntryRequest__Output = { entry: null }): CreateEntryRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.entry = decodeEntry(r, m.entry ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CreateEntryRequestCodec: MessageCodec<CreateEntryRequest, CreateEntryRequest__Output> = /* @__PURE__ */ codec(encodeCreateEntryRequest, decodeCreateEntryRequest);

export interface CreateEntryResponse {
  entry?: Entry | null;
  warnings?: string[];
}

export interface CreateEntryResponse__Output {
  entry: Entry__Output | null;
  warnings: string[];
}

export function encodeCreateEntryResponse(w: Writer, m: CreateEntryResponse): void {
  if (m.warnings != null) for (let i = m.warnings.length - 1; i >= 0; i -= 1) { const each = m.warnings[i]!; w.string(18, each); }
  if (m.entry != null) { const since = w.written; encodeEntry(w, m.entry); w.nested(10, since); }
}

export function decodeCreateEntryResponse(r: Reader, m: CreateEntryResponse__Output = { entry: null, warnings: [] }): CreateEntryResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.entry = decodeEntry(r, m.entry ?? undefined); r.leave(outer); } break;
      case 18: m.warnings.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CreateEntryResponseCodec: MessageCodec<CreateEntryResponse, CreateEntryResponse__Output> = /* @__PURE__ */ codec(encodeCreateEntryResponse, decodeCreateEntryResponse);

export interface CreateEntriesRequest {
  entries?: Entry[];
}

export interface CreateEntriesRequest__Output {
  entries: Entry__Output[];
}

export function encodeCreateEntriesRequest(w: Writer, m: CreateEntriesRequest): void {
  if (m.entries != null) for (let i = m.entries.length - 1; i >= 0; i -= 1) { const each = m.entries[i]!; { const since = w.written; encodeEntry(w, each); w.nested(10, since); } }
}

export function decodeCreateEntriesRequest(r: Reader, m: CreateEntriesRequest__Output = { entries: [] }): CreateEntriesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.entries.push(decodeEntry(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CreateEntriesRequestCodec: MessageCodec<CreateEntriesRequest, CreateEntriesRequest__Output> = /* @__PURE__ */ codec(encodeCreateEntriesRequest, decodeCreateEntriesRequest);

export interface CreateEntriesResponse {
  results?: CreateEntryResult[];
}

export interface CreateEntriesResponse__Output {
  results: CreateEntryResult__Output[];
}

export function encodeCreateEntriesResponse(w: Writer, m: CreateEntriesResponse): void {
  if (m.results != null) for (let i = m.results.length - 1; i >= 0; i -= 1) { const each = m.results[i]!; { const since = w.written; encodeCreateEntryResult(w, each); w.nested(10, since); } }
}

export function decodeCreateEntriesResponse(r: Reader, m: CreateEntriesResponse__Output = { results: [] }): CreateEntriesResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.results.push(decodeCreateEntryResult(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CreateEntriesResponseCodec: MessageCodec<CreateEntriesResponse, CreateEntriesResponse__Output> = /* @__PURE__ */ codec(encodeCreateEntriesResponse, decodeCreateEntriesResponse);

export interface CreateEntryResult {
  id?: string;
  error?: ErrorMessage | null;
  result?: "id" | "error";
}

export interface CreateEntryResult__Output {
  id?: string;
  error?: ErrorMessage__Output | null;
  result?: "id" | "error";
}

export function encodeCreateEntryResult(w: Writer, m: CreateEntryResult): void {
  if (m.error != null) { const since = w.written; encodeErrorMessage(w, m.error); w.nested(18, since); }
  if (m.id != null) w.string(10, m.id);
}

export function decodeCreateEntryResult(r: Reader, m: CreateEntryResult__Output = {}): CreateEntryResult__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); if (m.result !== undefined && m.result !== "id") delete m[m.result]; m.result = "id"; break;
      case 18: { const outer = r.enter(); m.error = decodeErrorMessage(r, m.error ?? undefined); r.leave(outer); } if (m.result !== undefined && m.result !== "error") delete m[m.result]; m.result = "error"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CreateEntryResultCodec: MessageCodec<CreateEntryResult, CreateEntryResult__Output> = /* @__PURE__ */ codec(encodeCreateEntryResult, decodeCreateEntryResult);

export interface GetEntryRequest {
  id?: string;
}

export interface GetEntryRequest__Output {
  id: string;
}

export function encodeGetEntryRequest(w: Writer, m: GetEntryRequest): void {
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeGetEntryRequest(r: Reader, m: GetEntryRequest__Output = { id: "" }): GetEntryRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetEntryRequestCodec: MessageCodec<GetEntryRequest, GetEntryRequest__Output> = /* @__PURE__ */ codec(encodeGetEntryRequest, decodeGetEntryRequest);

export interface ListEntriesRequest {
  pageSize?: number;
  pageToken?: string;
  bot?: string;
}

export interface ListEntriesRequest__Output {
  pageSize: number;
  pageToken: string;
  bot: string;
}

export function encodeListEntriesRequest(w: Writer, m: ListEntriesRequest): void {
  if (m.bot != null && m.bot !== "") w.string(26, m.bot);
  if (m.pageToken != null && m.pageToken !== "") w.string(18, m.pageToken);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(8, m.pageSize);
}

export function decodeListEntriesRequest(r: Reader, m: ListEntriesRequest__Output = { pageSize: 0, pageToken: "", bot: "" }): ListEntriesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pageSize = r.uint32(); break;
      case 18: m.pageToken = r.string(); break;
      case 26: m.bot = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListEntriesRequestCodec: MessageCodec<ListEntriesRequest, ListEntriesRequest__Output> = /* @__PURE__ */ codec(encodeListEntriesRequest, decodeListEntriesRequest);

export interface ListEntriesResponse {
  entries?: Entry[];
  nextPageToken?: string;
}

export interface ListEntriesResponse__Output {
  entries: Entry__Output[];
  nextPageToken: string;
}

export function encodeListEntriesResponse(w: Writer, m: ListEntriesResponse): void {
  if (m.nextPageToken != null && m.nextPageToken !== "") w.string(18, m.nextPageToken);
  if (m.entries != null) for (let i = m.entries.length - 1; i >= 0; i -= 1) { const each = m.entries[i]!; { const since = w.written; encodeEntry(w, each); w.nested(10, since); } }
}

export function decodeListEntriesResponse(r: Reader, m: ListEntriesResponse__Output = { entries: [], nextPageToken: "" }): ListEntriesResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.entries.push(decodeEntry(r)); r.leave(outer); } break;
      case 18: m.nextPageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListEntriesResponseCodec: MessageCodec<ListEntriesResponse, ListEntriesResponse__Output> = /* @__PURE__ */ codec(encodeListEntriesResponse, decodeListEntriesResponse);

export interface UpdateEntryRequest {
  entry?: Entry | null;
}

export interface UpdateEntryRequest__Output {
  entry: Entry__Output | null;
}

export function encodeUpdateEntryRequest(w: Writer, m: UpdateEntryRequest): void {
  if (m.entry != null) { const since = w.written; encodeEntry(w, m.entry); w.nested(10, since); }
}

export function decodeUpdateEntryRequest(r: Reader, m: UpdateEntryRequest__Output = { entry: null }): UpdateEntryRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.entry = decodeEntry(r, m.entry ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const UpdateEntryRequestCodec: MessageCodec<UpdateEntryRequest, UpdateEntryRequest__Output> = /* @__PURE__ */ codec(encodeUpdateEntryRequest, decodeUpdateEntryRequest);

export interface DeleteEntryRequest {
  id?: string;
}

export interface DeleteEntryRequest__Output {
  id: string;
}

export function encodeDeleteEntryRequest(w: Writer, m: DeleteEntryRequest): void {
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeDeleteEntryRequest(r: Reader, m: DeleteEntryRequest__Output = { id: "" }): DeleteEntryRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DeleteEntryRequestCodec: MessageCodec<DeleteEntryRequest, DeleteEntryRequest__Output> = /* @__PURE__ */ codec(encodeDeleteEntryRequest, decodeDeleteEntryRequest);

export interface DeleteEntryResponse {
}

export interface DeleteEntryResponse__Output {
}

export function encodeDeleteEntryResponse(_w: Writer, _m: DeleteEntryResponse): void {
}

export function decodeDeleteEntryResponse(r: Reader, m: DeleteEntryResponse__Output = {}): DeleteEntryResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const DeleteEntryResponseCodec: MessageCodec<DeleteEntryResponse, DeleteEntryResponse__Output> = /* @__PURE__ */ codec(encodeDeleteEntryResponse, decodeDeleteEntryResponse);

export interface ExplainEntriesRequest {
  selectors?: Selector[];
  node?: string;
  idToken?: string;
}

export interface ExplainEntriesRequest__Output {
  selectors: Selector__Output[];
  node: string;
  idToken: string;
}

export function encodeExplainEntriesRequest(w: Writer, m: ExplainEntriesRequest): void {
  if (m.idToken != null && m.idToken !== "") w.string(26, m.idToken);
  if (m.node != null && m.node !== "") w.string(18, m.node);
  if (m.selectors != null) for (let i = m.selectors.length - 1; i >= 0; i -= 1) { const each = m.selectors[i]!; { const since = w.written; encodeSelector(w, each); w.nested(10, since); } }
}

export function decodeExplainEntriesRequest(r: Reader, m: ExplainEntriesRequest__Output = { selectors: [], node: "", idToken: "" }): ExplainEntriesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.selectors.push(decodeSelector(r)); r.leave(outer); } break;
      case 18: m.node = r.string(); break;
      case 26: m.idToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExplainEntriesRequestCodec: MessageCodec<ExplainEntriesRequest, ExplainEntriesRequest__Output> = /* @__PURE__ */ codec(encodeExplainEntriesRequest, decodeExplainEntriesRequest);

export interface ExplainEntriesResponse {
  entries?: EntryExplanation[];
  refusal?: string;
  selectors?: Selector[];
}

export interface ExplainEntriesResponse__Output {
  entries: EntryExplanation__Output[];
  refusal: string;
  selectors: Selector__Output[];
}

export function encodeExplainEntriesResponse(w: Writer, m: ExplainEntriesResponse): void {
  if (m.selectors != null) for (let i = m.selectors.length - 1; i >= 0; i -= 1) { const each = m.selectors[i]!; { const since = w.written; encodeSelector(w, each); w.nested(26, since); } }
  if (m.refusal != null && m.refusal !== "") w.string(18, m.refusal);
  if (m.entries != null) for (let i = m.entries.length - 1; i >= 0; i -= 1) { const each = m.entries[i]!; { const since = w.written; encodeEntryExplanation(w, each); w.nested(10, since); } }
}

export function decodeExplainEntriesResponse(r: Reader, m: ExplainEntriesResponse__Output = { entries: [], refusal: "", selectors: [] }): ExplainEntriesResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.entries.push(decodeEntryExplanation(r)); r.leave(outer); } break;
      case 18: m.refusal = r.string(); break;
      case 26: { const outer = r.enter(); m.selectors.push(decodeSelector(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExplainEntriesResponseCodec: MessageCodec<ExplainEntriesResponse, ExplainEntriesResponse__Output> = /* @__PURE__ */ codec(encodeExplainEntriesResponse, decodeExplainEntriesResponse);

export interface EntryExplanation {
  entry?: Entry | null;
  matches?: boolean;
  missing?: Selector[];
  refusal?: string;
}

export interface EntryExplanation__Output {
  entry: Entry__Output | null;
  matches: boolean;
  missing: Selector__Output[];
  refusal: string;
}

export function encodeEntryExplanation(w: Writer, m: EntryExplanation): void {
  if (m.refusal != null && m.refusal !== "") w.string(34, m.refusal);
  if (m.missing != null) for (let i = m.missing.length - 1; i >= 0; i -= 1) { const each = m.missing[i]!; { const since = w.written; encodeSelector(w, each); w.nested(26, since); } }
  if (m.matches != null && m.matches !== false) w.bool(16, m.matches);
  if (m.entry != null) { const since = w.written; encodeEntry(w, m.entry); w.nested(10, since); }
}

export function decodeEntryExplanation(r: Reader, m: EntryExplanation__Output = { entry: null, matches: false, missing: [], refusal: "" }): EntryExplanation__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.entry = decodeEntry(r, m.entry ?? undefined); r.leave(outer); } break;
      case 16: m.matches = r.bool(); break;
      case 26: { const outer = r.enter(); m.missing.push(decodeSelector(r)); r.leave(outer); } break;
      case 34: m.refusal = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const EntryExplanationCodec: MessageCodec<EntryExplanation, EntryExplanation__Output> = /* @__PURE__ */ codec(encodeEntryExplanation, decodeEntryExplanation);

export interface CreateTokenRequest {
  bot?: string;
  ttlSeconds?: number;
  uses?: number;
  addresses?: string[];
}

export interface CreateTokenRequest__Output {
  bot: string;
  ttlSeconds: number;
  uses: number;
  addresses: string[];
}

export function encodeCreateTokenRequest(w: Writer, m: CreateTokenRequest): void {
  if (m.addresses != null) for (let i = m.addresses.length - 1; i >= 0; i -= 1) { const each = m.addresses[i]!; w.string(34, each); }
  if (m.uses != null && m.uses !== 0) w.uint32(24, m.uses);
  if (m.ttlSeconds != null && m.ttlSeconds !== 0) w.uint32(16, m.ttlSeconds);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeCreateTokenRequest(r: Reader, m: CreateTokenRequest__Output = { bot: "", ttlSeconds: 0, uses: 0, addresses: [] }): CreateTokenRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 16: m.ttlSeconds = r.uint32(); break;
      case 24: m.uses = r.uint32(); break;
      case 34: m.addresses.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CreateTokenRequestCodec: MessageCodec<CreateTokenRequest, CreateTokenRequest__Output> = /* @__PURE__ */ codec(encodeCreateTokenRequest, decodeCreateTokenRequest);

export interface CreateTokenResponse {
  token?: Token | null;
  value?: string;
}

export interface CreateTokenResponse__Output {
  token: Token__Output | null;
  value: string;
}

export function encodeCreateTokenResponse(w: Writer, m: CreateTokenResponse): void {
  if (m.value != null && m.value !== "") w.string(18, m.value);
  if (m.token != null) { const since = w.written; encodeToken(w, m.token); w.nested(10, since); }
}

export function decodeCreateTokenResponse(r: Reader, m: CreateTokenResponse__Output = { token: null, value: "" }): CreateTokenResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.token = decodeToken(r, m.token ?? undefined); r.leave(outer); } break;
      case 18: m.value = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CreateTokenResponseCodec: MessageCodec<CreateTokenResponse, CreateTokenResponse__Output> = /* @__PURE__ */ codec(encodeCreateTokenResponse, decodeCreateTokenResponse);

export interface Token {
  id?: string;
  bot?: string;
  createdAtMs?: number;
  expiresAtMs?: number;
  uses?: number;
  usedBy?: TokenUse[];
  state?: string;
  refused?: number;
}

export interface Token__Output {
  id: string;
  bot: string;
  createdAtMs: number;
  expiresAtMs: number;
  uses: number;
  usedBy: TokenUse__Output[];
  state: string;
  refused: number;
}

export function encodeToken(w: Writer, m: Token): void {
  if (m.refused != null && m.refused !== 0) w.uint32(64, m.refused);
  if (m.state != null && m.state !== "") w.string(58, m.state);
  if (m.usedBy != null) for (let i = m.usedBy.length - 1; i >= 0; i -= 1) { const each = m.usedBy[i]!; { const since = w.written; encodeTokenUse(w, each); w.nested(50, since); } }
  if (m.uses != null && m.uses !== 0) w.uint32(40, m.uses);
  if (m.expiresAtMs != null && m.expiresAtMs !== 0) w.int64(32, m.expiresAtMs);
  if (m.createdAtMs != null && m.createdAtMs !== 0) w.int64(24, m.createdAtMs);
  if (m.bot != null && m.bot !== "") w.string(18, m.bot);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeToken(r: Reader, m: Token__Output = { id: "", bot: "", createdAtMs: 0, expiresAtMs: 0, uses: 0, usedBy: [], state: "", refused: 0 }): Token__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.bot = r.string(); break;
      case 24: m.createdAtMs = r.int64(); break;
      case 32: m.expiresAtMs = r.int64(); break;
      case 40: m.uses = r.uint32(); break;
      case 50: { const outer = r.enter(); m.usedBy.push(decodeTokenUse(r)); r.leave(outer); } break;
      case 58: m.state = r.string(); break;
      case 64: m.refused = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const TokenCodec: MessageCodec<Token, Token__Output> = /* @__PURE__ */ codec(encodeToken, decodeToken);

export interface TokenUse {
  keyFingerprint?: string;
  instanceId?: string;
  usedAtMs?: number;
}

export interface TokenUse__Output {
  keyFingerprint: string;
  instanceId: string;
  usedAtMs: number;
}

export function encodeTokenUse(w: Writer, m: TokenUse): void {
  if (m.usedAtMs != null && m.usedAtMs !== 0) w.int64(24, m.usedAtMs);
  if (m.instanceId != null && m.instanceId !== "") w.string(18, m.instanceId);
  if (m.keyFingerprint != null && m.keyFingerprint !== "") w.string(10, m.keyFingerprint);
}

export function decodeTokenUse(r: Reader, m: TokenUse__Output = { keyFingerprint: "", instanceId: "", usedAtMs: 0 }): TokenUse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.keyFingerprint = r.string(); break;
      case 18: m.instanceId = r.string(); break;
      case 24: m.usedAtMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const TokenUseCodec: MessageCodec<TokenUse, TokenUse__Output> = /* @__PURE__ */ codec(encodeTokenUse, decodeTokenUse);

export interface ListTokensRequest {
  pageSize?: number;
  pageToken?: string;
  bot?: string;
}

export interface ListTokensRequest__Output {
  pageSize: number;
  pageToken: string;
  bot: string;
}

export function encodeListTokensRequest(w: Writer, m: ListTokensRequest): void {
  if (m.bot != null && m.bot !== "") w.string(26, m.bot);
  if (m.pageToken != null && m.pageToken !== "") w.string(18, m.pageToken);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(8, m.pageSize);
}

export function decodeListTokensRequest(r: Reader, m: ListTokensRequest__Output = { pageSize: 0, pageToken: "", bot: "" }): ListTokensRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pageSize = r.uint32(); break;
      case 18: m.pageToken = r.string(); break;
      case 26: m.bot = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListTokensRequestCodec: MessageCodec<ListTokensRequest, ListTokensRequest__Output> = /* @__PURE__ */ codec(encodeListTokensRequest, decodeListTokensRequest);

export interface ListTokensResponse {
  tokens?: Token[];
  nextPageToken?: string;
}

export interface ListTokensResponse__Output {
  tokens: Token__Output[];
  nextPageToken: string;
}

export function encodeListTokensResponse(w: Writer, m: ListTokensResponse): void {
  if (m.nextPageToken != null && m.nextPageToken !== "") w.string(18, m.nextPageToken);
  if (m.tokens != null) for (let i = m.tokens.length - 1; i >= 0; i -= 1) { const each = m.tokens[i]!; { const since = w.written; encodeToken(w, each); w.nested(10, since); } }
}

export function decodeListTokensResponse(r: Reader, m: ListTokensResponse__Output = { tokens: [], nextPageToken: "" }): ListTokensResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.tokens.push(decodeToken(r)); r.leave(outer); } break;
      case 18: m.nextPageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListTokensResponseCodec: MessageCodec<ListTokensResponse, ListTokensResponse__Output> = /* @__PURE__ */ codec(encodeListTokensResponse, decodeListTokensResponse);

export interface RevokeTokenRequest {
  id?: string;
}

export interface RevokeTokenRequest__Output {
  id: string;
}

export function encodeRevokeTokenRequest(w: Writer, m: RevokeTokenRequest): void {
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeRevokeTokenRequest(r: Reader, m: RevokeTokenRequest__Output = { id: "" }): RevokeTokenRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RevokeTokenRequestCodec: MessageCodec<RevokeTokenRequest, RevokeTokenRequest__Output> = /* @__PURE__ */ codec(encodeRevokeTokenRequest, decodeRevokeTokenRequest);

export interface InstanceRecord {
  id?: string;
  bot?: string;
  entryId?: string;
  state?: string;
  attestor?: string;
  selectors?: Selector[];
  attestedAtMs?: number;
  lastSeenAtMs?: number;
  newestSerial?: string;
  newestNotAfterMs?: number;
  connected?: boolean;
  remoteAddress?: string;
}

export interface InstanceRecord__Output {
  id: string;
  bot: string;
  entryId: string;
  state: string;
  attestor: string;
  selectors: Selector__Output[];
  attestedAtMs: number;
  lastSeenAtMs: number;
  newestSerial: string;
  newestNotAfterMs: number;
  connected: boolean;
  remoteAddress: string;
}

export function encodeInstanceRecord(w: Writer, m: InstanceRecord): void {
  if (m.remoteAddress != null && m.remoteAddress !== "") w.string(98, m.remoteAddress);
  if (m.connected != null && m.connected !== false) w.bool(88, m.connected);
  if (m.newestNotAfterMs != null && m.newestNotAfterMs !== 0) w.int64(80, m.newestNotAfterMs);
  if (m.newestSerial != null && m.newestSerial !== "") w.string(74, m.newestSerial);
  if (m.lastSeenAtMs != null && m.lastSeenAtMs !== 0) w.int64(64, m.lastSeenAtMs);
  if (m.attestedAtMs != null && m.attestedAtMs !== 0) w.int64(56, m.attestedAtMs);
  if (m.selectors != null) for (let i = m.selectors.length - 1; i >= 0; i -= 1) { const each = m.selectors[i]!; { const since = w.written; encodeSelector(w, each); w.nested(50, since); } }
  if (m.attestor != null && m.attestor !== "") w.string(42, m.attestor);
  if (m.state != null && m.state !== "") w.string(34, m.state);
  if (m.entryId != null && m.entryId !== "") w.string(26, m.entryId);
  if (m.bot != null && m.bot !== "") w.string(18, m.bot);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeInstanceRecord(r: Reader, m: InstanceRecord__Output = { id: "", bot: "", entryId: "", state: "", attestor: "", selectors: [], attestedAtMs: 0, lastSeenAtMs: 0, newestSerial: "", newestNotAfterMs: 0, connected: false, remoteAddress: "" }): InstanceRecord__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.bot = r.string(); break;
      case 26: m.entryId = r.string(); break;
      case 34: m.state = r.string(); break;
      case 42: m.attestor = r.string(); break;
      case 50: { const outer = r.enter(); m.selectors.push(decodeSelector(r)); r.leave(outer); } break;
      case 56: m.attestedAtMs = r.int64(); break;
      case 64: m.lastSeenAtMs = r.int64(); break;
      case 74: m.newestSerial = r.string(); break;
      case 80: m.newestNotAfterMs = r.int64(); break;
      case 88: m.connected = r.bool(); break;
      case 98: m.remoteAddress = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const InstanceRecordCodec: MessageCodec<InstanceRecord, InstanceRecord__Output> = /* @__PURE__ */ codec(encodeInstanceRecord, decodeInstanceRecord);

export interface ListInstancesRequest {
  pageSize?: number;
  pageToken?: string;
  bot?: string;
  state?: string;
}

export interface ListInstancesRequest__Output {
  pageSize: number;
  pageToken: string;
  bot: string;
  state: string;
}

export function encodeListInstancesRequest(w: Writer, m: ListInstancesRequest): void {
  if (m.state != null && m.state !== "") w.string(34, m.state);
  if (m.bot != null && m.bot !== "") w.string(26, m.bot);
  if (m.pageToken != null && m.pageToken !== "") w.string(18, m.pageToken);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(8, m.pageSize);
}

export function decodeListInstancesRequest(r: Reader, m: ListInstancesRequest__Output = { pageSize: 0, pageToken: "", bot: "", state: "" }): ListInstancesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pageSize = r.uint32(); break;
      case 18: m.pageToken = r.string(); break;
      case 26: m.bot = r.string(); break;
      case 34: m.state = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListInstancesRequestCodec: MessageCodec<ListInstancesRequest, ListInstancesRequest__Output> = /* @__PURE__ */ codec(encodeListInstancesRequest, decodeListInstancesRequest);

export interface ListInstancesResponse {
  instances?: InstanceRecord[];
  nextPageToken?: string;
}

export interface ListInstancesResponse__Output {
  instances: InstanceRecord__Output[];
  nextPageToken: string;
}

export function encodeListInstancesResponse(w: Writer, m: ListInstancesResponse): void {
  if (m.nextPageToken != null && m.nextPageToken !== "") w.string(18, m.nextPageToken);
  if (m.instances != null) for (let i = m.instances.length - 1; i >= 0; i -= 1) { const each = m.instances[i]!; { const since = w.written; encodeInstanceRecord(w, each); w.nested(10, since); } }
}

export function decodeListInstancesResponse(r: Reader, m: ListInstancesResponse__Output = { instances: [], nextPageToken: "" }): ListInstancesResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.instances.push(decodeInstanceRecord(r)); r.leave(outer); } break;
      case 18: m.nextPageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListInstancesResponseCodec: MessageCodec<ListInstancesResponse, ListInstancesResponse__Output> = /* @__PURE__ */ codec(encodeListInstancesResponse, decodeListInstancesResponse);

export interface EvictInstanceRequest {
  id?: string;
  reason?: string;
}

export interface EvictInstanceRequest__Output {
  id: string;
  reason: string;
}

export function encodeEvictInstanceRequest(w: Writer, m: EvictInstanceRequest): void {
  if (m.reason != null && m.reason !== "") w.string(18, m.reason);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeEvictInstanceRequest(r: Reader, m: EvictInstanceRequest__Output = { id: "", reason: "" }): EvictInstanceRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const EvictInstanceRequestCodec: MessageCodec<EvictInstanceRequest, EvictInstanceRequest__Output> = /* @__PURE__ */ codec(encodeEvictInstanceRequest, decodeEvictInstanceRequest);

export interface EvictInstanceResponse {
  instance?: InstanceRecord | null;
  denied?: number;
}

export interface EvictInstanceResponse__Output {
  instance: InstanceRecord__Output | null;
  denied: number;
}

export function encodeEvictInstanceResponse(w: Writer, m: EvictInstanceResponse): void {
  if (m.denied != null && m.denied !== 0) w.uint32(16, m.denied);
  if (m.instance != null) { const since = w.written; encodeInstanceRecord(w, m.instance); w.nested(10, since); }
}

export function decodeEvictInstanceResponse(r: Reader, m: EvictInstanceResponse__Output = { instance: null, denied: 0 }): EvictInstanceResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.instance = decodeInstanceRecord(r, m.instance ?? undefined); r.leave(outer); } break;
      case 16: m.denied = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const EvictInstanceResponseCodec: MessageCodec<EvictInstanceResponse, EvictInstanceResponse__Output> = /* @__PURE__ */ codec(encodeEvictInstanceResponse, decodeEvictInstanceResponse);

export interface RevokeRequest {
  serial?: string;
  jti?: string;
  jwtsOf?: JwtsOf | null;
  instance?: string;
  bot?: string;
  token?: string;
  node?: string;
  selector?: Selector | null;
  authority?: string;
  reason?: string;
  dryRun?: boolean;
  target?: "serial" | "jti" | "jwtsOf" | "instance" | "bot" | "token" | "node" | "selector" | "authority";
}

export interface RevokeRequest__Output {
  serial?: string;
  jti?: string;
  jwtsOf?: JwtsOf__Output | null;
  instance?: string;
  bot?: string;
  token?: string;
  node?: string;
  selector?: Selector__Output | null;
  authority?: string;
  reason: string;
  dryRun: boolean;
  target?: "serial" | "jti" | "jwtsOf" | "instance" | "bot" | "token" | "node" | "selector" | "authority";
}

export function encodeRevokeRequest(w: Writer, m: RevokeRequest): void {
  if (m.dryRun != null && m.dryRun !== false) w.bool(88, m.dryRun);
  if (m.reason != null && m.reason !== "") w.string(82, m.reason);
  if (m.authority != null) w.string(74, m.authority);
  if (m.selector != null) { const since = w.written; encodeSelector(w, m.selector); w.nested(66, since); }
  if (m.node != null) w.string(58, m.node);
  if (m.token != null) w.string(50, m.token);
  if (m.bot != null) w.string(42, m.bot);
  if (m.instance != null) w.string(34, m.instance);
  if (m.jwtsOf != null) { const since = w.written; encodeJwtsOf(w, m.jwtsOf); w.nested(26, since); }
  if (m.jti != null) w.string(18, m.jti);
  if (m.serial != null) w.string(10, m.serial);
}

export function decodeRevokeRequest(r: Reader, m: RevokeRequest__Output = { reason: "", dryRun: false }): RevokeRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.serial = r.string(); if (m.target !== undefined && m.target !== "serial") delete m[m.target]; m.target = "serial"; break;
      case 18: m.jti = r.string(); if (m.target !== undefined && m.target !== "jti") delete m[m.target]; m.target = "jti"; break;
      case 26: { const outer = r.enter(); m.jwtsOf = decodeJwtsOf(r, m.jwtsOf ?? undefined); r.leave(outer); } if (m.target !== undefined && m.target !== "jwtsOf") delete m[m.target]; m.target = "jwtsOf"; break;
      case 34: m.instance = r.string(); if (m.target !== undefined && m.target !== "instance") delete m[m.target]; m.target = "instance"; break;
      case 42: m.bot = r.string(); if (m.target !== undefined && m.target !== "bot") delete m[m.target]; m.target = "bot"; break;
      case 50: m.token = r.string(); if (m.target !== undefined && m.target !== "token") delete m[m.target]; m.target = "token"; break;
      case 58: m.node = r.string(); if (m.target !== undefined && m.target !== "node") delete m[m.target]; m.target = "node"; break;
      case 66: { const outer = r.enter(); m.selector = decodeSelector(r, m.selector ?? undefined); r.leave(outer); } if (m.target !== undefined && m.target !== "selector") delete m[m.target]; m.target = "selector"; break;
      case 74: m.authority = r.string(); if (m.target !== undefined && m.target !== "authority") delete m[m.target]; m.target = "authority"; break;
      case 82: m.reason = r.string(); break;
      case 88: m.dryRun = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RevokeRequestCodec: MessageCodec<RevokeRequest, RevokeRequest__Output> = /* @__PURE__ */ codec(encodeRevokeRequest, decodeRevokeRequest);

export interface JwtsOf {
  spiffeId?: string;
  issuedBeforeMs?: number;
}

export interface JwtsOf__Output {
  spiffeId: string;
  issuedBeforeMs: number;
}

export function encodeJwtsOf(w: Writer, m: JwtsOf): void {
  if (m.issuedBeforeMs != null && m.issuedBeforeMs !== 0) w.int64(16, m.issuedBeforeMs);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeJwtsOf(r: Reader, m: JwtsOf__Output = { spiffeId: "", issuedBeforeMs: 0 }): JwtsOf__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 16: m.issuedBeforeMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const JwtsOfCodec: MessageCodec<JwtsOf, JwtsOf__Output> = /* @__PURE__ */ codec(encodeJwtsOf, decodeJwtsOf);

export interface RevokeResponse {
  svids?: RevokedSvid[];
  instances?: RevokedInstance[];
  tokens?: string[];
  x509Count?: number;
  jwtCount?: number;
  instanceCount?: number;
  tokenCount?: number;
  suspendedBot?: string;
}

export interface RevokeResponse__Output {
  svids: RevokedSvid__Output[];
  instances: RevokedInstance__Output[];
  tokens: string[];
  x509Count: number;
  jwtCount: number;
  instanceCount: number;
  tokenCount: number;
  suspendedBot: string;
}

export function encodeRevokeResponse(w: Writer, m: RevokeResponse): void {
  if (m.suspendedBot != null && m.suspendedBot !== "") w.string(66, m.suspendedBot);
  if (m.tokenCount != null && m.tokenCount !== 0) w.uint32(56, m.tokenCount);
  if (m.instanceCount != null && m.instanceCount !== 0) w.uint32(48, m.instanceCount);
  if (m.jwtCount != null && m.jwtCount !== 0) w.uint32(40, m.jwtCount);
  if (m.x509Count != null && m.x509Count !== 0) w.uint32(32, m.x509Count);
  if (m.tokens != null) for (let i = m.tokens.length - 1; i >= 0; i -= 1) { const each = m.tokens[i]!; w.string(26, each); }
  if (m.instances != null) for (let i = m.instances.length - 1; i >= 0; i -= 1) { const each = m.instances[i]!; { const since = w.written; encodeRevokedInstance(w, each); w.nested(18, since); } }
  if (m.svids != null) for (let i = m.svids.length - 1; i >= 0; i -= 1) { const each = m.svids[i]!; { const since = w.written; encodeRevokedSvid(w, each); w.nested(10, since); } }
}

export function decodeRevokeResponse(r: Reader, m: RevokeResponse__Output = { svids: [], instances: [], tokens: [], x509Count: 0, jwtCount: 0, instanceCount: 0, tokenCount: 0, suspendedBot: "" }): RevokeResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.svids.push(decodeRevokedSvid(r)); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.instances.push(decodeRevokedInstance(r)); r.leave(outer); } break;
      case 26: m.tokens.push(r.string()); break;
      case 32: m.x509Count = r.uint32(); break;
      case 40: m.jwtCount = r.uint32(); break;
      case 48: m.instanceCount = r.uint32(); break;
      case 56: m.tokenCount = r.uint32(); break;
      case 66: m.suspendedBot = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RevokeResponseCodec: MessageCodec<RevokeResponse, RevokeResponse__Output> = /* @__PURE__ */ codec(encodeRevokeResponse, decodeRevokeResponse);

export interface RevokedSvid {
  id?: string;
  kind?: string;
  bot?: string;
  spiffeId?: string;
  instanceId?: string;
  notAfterMs?: number;
}

export interface RevokedSvid__Output {
  id: string;
  kind: string;
  bot: string;
  spiffeId: string;
  instanceId: string;
  notAfterMs: number;
}

export function encodeRevokedSvid(w: Writer, m: RevokedSvid): void {
  if (m.notAfterMs != null && m.notAfterMs !== 0) w.int64(48, m.notAfterMs);
  if (m.instanceId != null && m.instanceId !== "") w.string(42, m.instanceId);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(34, m.spiffeId);
  if (m.bot != null && m.bot !== "") w.string(26, m.bot);
  if (m.kind != null && m.kind !== "") w.string(18, m.kind);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeRevokedSvid(r: Reader, m: RevokedSvid__Output = { id: "", kind: "", bot: "", spiffeId: "", instanceId: "", notAfterMs: 0 }): RevokedSvid__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.kind = r.string(); break;
      case 26: m.bot = r.string(); break;
      case 34: m.spiffeId = r.string(); break;
      case 42: m.instanceId = r.string(); break;
      case 48: m.notAfterMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RevokedSvidCodec: MessageCodec<RevokedSvid, RevokedSvid__Output> = /* @__PURE__ */ codec(encodeRevokedSvid, decodeRevokedSvid);

export interface RevokedInstance {
  id?: string;
  bot?: string;
  attestor?: string;
  connected?: boolean;
}

export interface RevokedInstance__Output {
  id: string;
  bot: string;
  attestor: string;
  connected: boolean;
}

export function encodeRevokedInstance(w: Writer, m: RevokedInstance): void {
  if (m.connected != null && m.connected !== false) w.bool(32, m.connected);
  if (m.attestor != null && m.attestor !== "") w.string(26, m.attestor);
  if (m.bot != null && m.bot !== "") w.string(18, m.bot);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeRevokedInstance(r: Reader, m: RevokedInstance__Output = { id: "", bot: "", attestor: "", connected: false }): RevokedInstance__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.bot = r.string(); break;
      case 26: m.attestor = r.string(); break;
      case 32: m.connected = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RevokedInstanceCodec: MessageCodec<RevokedInstance, RevokedInstance__Output> = /* @__PURE__ */ codec(encodeRevokedInstance, decodeRevokedInstance);

export interface ChangeAuthorityRequest {
  id?: string;
  kind?: string;
  reason?: string;
  leadMs?: number;
  spreadMs?: number;
  _leadMs?: "leadMs";
  _spreadMs?: "spreadMs";
}

export interface ChangeAuthorityRequest__Output {
  id: string;
  kind: string;
  reason: string;
  leadMs?: number;
  spreadMs?: number;
  _leadMs?: "leadMs";
  _spreadMs?: "spreadMs";
}

export function encodeChangeAuthorityRequest(w: Writer, m: ChangeAuthorityRequest): void {
  if (m.spreadMs != null) w.uint32(40, m.spreadMs);
  if (m.leadMs != null) w.uint32(32, m.leadMs);
  if (m.reason != null && m.reason !== "") w.string(26, m.reason);
  if (m.kind != null && m.kind !== "") w.string(18, m.kind);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeChangeAuthorityRequest(r: Reader, m: ChangeAuthorityRequest__Output = { id: "", kind: "", reason: "" }): ChangeAuthorityRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.kind = r.string(); break;
      case 26: m.reason = r.string(); break;
      case 32: m.leadMs = r.uint32(); m._leadMs = "leadMs"; break;
      case 40: m.spreadMs = r.uint32(); m._spreadMs = "spreadMs"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ChangeAuthorityRequestCodec: MessageCodec<ChangeAuthorityRequest, ChangeAuthorityRequest__Output> = /* @__PURE__ */ codec(encodeChangeAuthorityRequest, decodeChangeAuthorityRequest);

export interface ChangeAuthorityResponse {
  authority?: AuthorityRecord | null;
  active?: AuthorityRecord | null;
  strandedTokens?: number;
}

export interface ChangeAuthorityResponse__Output {
  authority: AuthorityRecord__Output | null;
  active: AuthorityRecord__Output | null;
  strandedTokens: number;
}

export function encodeChangeAuthorityResponse(w: Writer, m: ChangeAuthorityResponse): void {
  if (m.strandedTokens != null && m.strandedTokens !== 0) w.uint32(24, m.strandedTokens);
  if (m.active != null) { const since = w.written; encodeAuthorityRecord(w, m.active); w.nested(18, since); }
  if (m.authority != null) { const since = w.written; encodeAuthorityRecord(w, m.authority); w.nested(10, since); }
}

export function decodeChangeAuthorityResponse(r: Reader, m: ChangeAuthorityResponse__Output = { authority: null, active: null, strandedTokens: 0 }): ChangeAuthorityResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.authority = decodeAuthorityRecord(r, m.authority ?? undefined); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.active = decodeAuthorityRecord(r, m.active ?? undefined); r.leave(outer); } break;
      case 24: m.strandedTokens = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ChangeAuthorityResponseCodec: MessageCodec<ChangeAuthorityResponse, ChangeAuthorityResponse__Output> = /* @__PURE__ */ codec(encodeChangeAuthorityResponse, decodeChangeAuthorityResponse);

export interface ListAuthoritiesRequest {
}

export interface ListAuthoritiesRequest__Output {
}

export function encodeListAuthoritiesRequest(_w: Writer, _m: ListAuthoritiesRequest): void {
}

export function decodeListAuthoritiesRequest(r: Reader, m: ListAuthoritiesRequest__Output = {}): ListAuthoritiesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListAuthoritiesRequestCodec: MessageCodec<ListAuthoritiesRequest, ListAuthoritiesRequest__Output> = /* @__PURE__ */ codec(encodeListAuthoritiesRequest, decodeListAuthoritiesRequest);

export interface AuthorityRecord {
  id?: string;
  kind?: string;
  state?: string;
  keyType?: string;
  notBeforeMs?: number;
  notAfterMs?: number;
  keyFingerprint?: string;
  liveSvids?: number;
  instances?: number;
  connected?: number;
}

export interface AuthorityRecord__Output {
  id: string;
  kind: string;
  state: string;
  keyType: string;
  notBeforeMs: number;
  notAfterMs: number;
  keyFingerprint: string;
  liveSvids: number;
  instances: number;
  connected: number;
}

export function encodeAuthorityRecord(w: Writer, m: AuthorityRecord): void {
  if (m.connected != null && m.connected !== 0) w.uint32(80, m.connected);
  if (m.instances != null && m.instances !== 0) w.uint32(72, m.instances);
  if (m.liveSvids != null && m.liveSvids !== 0) w.uint32(64, m.liveSvids);
  if (m.keyFingerprint != null && m.keyFingerprint !== "") w.string(58, m.keyFingerprint);
  if (m.notAfterMs != null && m.notAfterMs !== 0) w.int64(48, m.notAfterMs);
  if (m.notBeforeMs != null && m.notBeforeMs !== 0) w.int64(40, m.notBeforeMs);
  if (m.keyType != null && m.keyType !== "") w.string(34, m.keyType);
  if (m.state != null && m.state !== "") w.string(26, m.state);
  if (m.kind != null && m.kind !== "") w.string(18, m.kind);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeAuthorityRecord(r: Reader, m: AuthorityRecord__Output = { id: "", kind: "", state: "", keyType: "", notBeforeMs: 0, notAfterMs: 0, keyFingerprint: "", liveSvids: 0, instances: 0, connected: 0 }): AuthorityRecord__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.kind = r.string(); break;
      case 26: m.state = r.string(); break;
      case 34: m.keyType = r.string(); break;
      case 40: m.notBeforeMs = r.int64(); break;
      case 48: m.notAfterMs = r.int64(); break;
      case 58: m.keyFingerprint = r.string(); break;
      case 64: m.liveSvids = r.uint32(); break;
      case 72: m.instances = r.uint32(); break;
      case 80: m.connected = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AuthorityRecordCodec: MessageCodec<AuthorityRecord, AuthorityRecord__Output> = /* @__PURE__ */ codec(encodeAuthorityRecord, decodeAuthorityRecord);

export interface ListAuthoritiesResponse {
  authorities?: AuthorityRecord[];
}

export interface ListAuthoritiesResponse__Output {
  authorities: AuthorityRecord__Output[];
}

export function encodeListAuthoritiesResponse(w: Writer, m: ListAuthoritiesResponse): void {
  if (m.authorities != null) for (let i = m.authorities.length - 1; i >= 0; i -= 1) { const each = m.authorities[i]!; { const since = w.written; encodeAuthorityRecord(w, each); w.nested(10, since); } }
}

export function decodeListAuthoritiesResponse(r: Reader, m: ListAuthoritiesResponse__Output = { authorities: [] }): ListAuthoritiesResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.authorities.push(decodeAuthorityRecord(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListAuthoritiesResponseCodec: MessageCodec<ListAuthoritiesResponse, ListAuthoritiesResponse__Output> = /* @__PURE__ */ codec(encodeListAuthoritiesResponse, decodeListAuthoritiesResponse);

export interface MintX509SvidRequest {
  bot?: string;
  csr?: Uint8Array;
  ttlSeconds?: number;
}

export interface MintX509SvidRequest__Output {
  bot: string;
  csr: Buffer;
  ttlSeconds: number;
}

export function encodeMintX509SvidRequest(w: Writer, m: MintX509SvidRequest): void {
  if (m.ttlSeconds != null && m.ttlSeconds !== 0) w.uint32(24, m.ttlSeconds);
  if (m.csr != null && m.csr.length !== 0) w.bytes(18, m.csr);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeMintX509SvidRequest(r: Reader, m: MintX509SvidRequest__Output = { bot: "", csr: EMPTY, ttlSeconds: 0 }): MintX509SvidRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 18: m.csr = r.bytes(); break;
      case 24: m.ttlSeconds = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const MintX509SvidRequestCodec: MessageCodec<MintX509SvidRequest, MintX509SvidRequest__Output> = /* @__PURE__ */ codec(encodeMintX509SvidRequest, decodeMintX509SvidRequest);

export interface MintX509SvidResponse {
  svid?: X509SvidMessage | null;
  bundle?: Bundle | null;
}

export interface MintX509SvidResponse__Output {
  svid: X509SvidMessage__Output | null;
  bundle: Bundle__Output | null;
}

export function encodeMintX509SvidResponse(w: Writer, m: MintX509SvidResponse): void {
  if (m.bundle != null) { const since = w.written; encodeBundle(w, m.bundle); w.nested(18, since); }
  if (m.svid != null) { const since = w.written; encodeX509SvidMessage(w, m.svid); w.nested(10, since); }
}

export function decodeMintX509SvidResponse(r: Reader, m: MintX509SvidResponse__Output = { svid: null, bundle: null }): MintX509SvidResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.svid = decodeX509SvidMessage(r, m.svid ?? undefined); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.bundle = decodeBundle(r, m.bundle ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const MintX509SvidResponseCodec: MessageCodec<MintX509SvidResponse, MintX509SvidResponse__Output> = /* @__PURE__ */ codec(encodeMintX509SvidResponse, decodeMintX509SvidResponse);

export interface MintJwtSvidRequest {
  bot?: string;
  audience?: string[];
  ttlSeconds?: number;
}

export interface MintJwtSvidRequest__Output {
  bot: string;
  audience: string[];
  ttlSeconds: number;
}

export function encodeMintJwtSvidRequest(w: Writer, m: MintJwtSvidRequest): void {
  if (m.ttlSeconds != null && m.ttlSeconds !== 0) w.uint32(24, m.ttlSeconds);
  if (m.audience != null) for (let i = m.audience.length - 1; i >= 0; i -= 1) { const each = m.audience[i]!; w.string(18, each); }
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeMintJwtSvidRequest(r: Reader, m: MintJwtSvidRequest__Output = { bot: "", audience: [], ttlSeconds: 0 }): MintJwtSvidRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 18: m.audience.push(r.string()); break;
      case 24: m.ttlSeconds = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const MintJwtSvidRequestCodec: MessageCodec<MintJwtSvidRequest, MintJwtSvidRequest__Output> = /* @__PURE__ */ codec(encodeMintJwtSvidRequest, decodeMintJwtSvidRequest);

export interface MintJwtSvidResponse {
  svid?: JwtSvidMessage | null;
}

export interface MintJwtSvidResponse__Output {
  svid: JwtSvidMessage__Output | null;
}

export function encodeMintJwtSvidResponse(w: Writer, m: MintJwtSvidResponse): void {
  if (m.svid != null) { const since = w.written; encodeJwtSvidMessage(w, m.svid); w.nested(10, since); }
}

export function decodeMintJwtSvidResponse(r: Reader, m: MintJwtSvidResponse__Output = { svid: null }): MintJwtSvidResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.svid = decodeJwtSvidMessage(r, m.svid ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const MintJwtSvidResponseCodec: MessageCodec<MintJwtSvidResponse, MintJwtSvidResponse__Output> = /* @__PURE__ */ codec(encodeMintJwtSvidResponse, decodeMintJwtSvidResponse);

export interface GetLogKeyRequest {
}

export interface GetLogKeyRequest__Output {
}

export function encodeGetLogKeyRequest(_w: Writer, _m: GetLogKeyRequest): void {
}

export function decodeGetLogKeyRequest(r: Reader, m: GetLogKeyRequest__Output = {}): GetLogKeyRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetLogKeyRequestCodec: MessageCodec<GetLogKeyRequest, GetLogKeyRequest__Output> = /* @__PURE__ */ codec(encodeGetLogKeyRequest, decodeGetLogKeyRequest);

export interface GetLogKeyResponse {
  verifier?: string;
}

export interface GetLogKeyResponse__Output {
  verifier: string;
}

export function encodeGetLogKeyResponse(w: Writer, m: GetLogKeyResponse): void {
  if (m.verifier != null && m.verifier !== "") w.string(10, m.verifier);
}

export function decodeGetLogKeyResponse(r: Reader, m: GetLogKeyResponse__Output = { verifier: "" }): GetLogKeyResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.verifier = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetLogKeyResponseCodec: MessageCodec<GetLogKeyResponse, GetLogKeyResponse__Output> = /* @__PURE__ */ codec(encodeGetLogKeyResponse, decodeGetLogKeyResponse);

export interface MakeCheckpointRequest {
}

export interface MakeCheckpointRequest__Output {
}

export function encodeMakeCheckpointRequest(_w: Writer, _m: MakeCheckpointRequest): void {
}

export function decodeMakeCheckpointRequest(r: Reader, m: MakeCheckpointRequest__Output = {}): MakeCheckpointRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const MakeCheckpointRequestCodec: MessageCodec<MakeCheckpointRequest, MakeCheckpointRequest__Output> = /* @__PURE__ */ codec(encodeMakeCheckpointRequest, decodeMakeCheckpointRequest);

export interface LogCheckpointRecord {
  note?: string;
  size?: number;
  atMs?: number;
}

export interface LogCheckpointRecord__Output {
  note: string;
  size: number;
  atMs: number;
}

export function encodeLogCheckpointRecord(w: Writer, m: LogCheckpointRecord): void {
  if (m.atMs != null && m.atMs !== 0) w.int64(24, m.atMs);
  if (m.size != null && m.size !== 0) w.uint64(16, m.size);
  if (m.note != null && m.note !== "") w.string(10, m.note);
}

export function decodeLogCheckpointRecord(r: Reader, m: LogCheckpointRecord__Output = { note: "", size: 0, atMs: 0 }): LogCheckpointRecord__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.note = r.string(); break;
      case 16: m.size = r.uint64(); break;
      case 24: m.atMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const LogCheckpointRecordCodec: MessageCodec<LogCheckpointRecord, LogCheckpointRecord__Output> = /* @__PURE__ */ codec(encodeLogCheckpointRecord, decodeLogCheckpointRecord);

export interface ProveRecordRequest {
  serial?: string;
}

export interface ProveRecordRequest__Output {
  serial: string;
}

export function encodeProveRecordRequest(w: Writer, m: ProveRecordRequest): void {
  if (m.serial != null && m.serial !== "") w.string(10, m.serial);
}

export function decodeProveRecordRequest(r: Reader, m: ProveRecordRequest__Output = { serial: "" }): ProveRecordRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.serial = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ProveRecordRequestCodec: MessageCodec<ProveRecordRequest, ProveRecordRequest__Output> = /* @__PURE__ */ codec(encodeProveRecordRequest, decodeProveRecordRequest);

export interface ProveRecordResponse {
  record?: string;
  sequence?: number;
  index?: number;
  hashes?: Uint8Array[];
  checkpoint?: string;
  verifier?: string;
  handovers?: string[];
}

export interface ProveRecordResponse__Output {
  record: string;
  sequence: number;
  index: number;
  hashes: Buffer[];
  checkpoint: string;
  verifier: string;
  handovers: string[];
}

export function encodeProveRecordResponse(w: Writer, m: ProveRecordResponse): void {
  if (m.handovers != null) for (let i = m.handovers.length - 1; i >= 0; i -= 1) { const each = m.handovers[i]!; w.string(58, each); }
  if (m.verifier != null && m.verifier !== "") w.string(50, m.verifier);
  if (m.checkpoint != null && m.checkpoint !== "") w.string(42, m.checkpoint);
  if (m.hashes != null) for (let i = m.hashes.length - 1; i >= 0; i -= 1) { const each = m.hashes[i]!; w.bytes(34, each); }
  if (m.index != null && m.index !== 0) w.uint64(24, m.index);
  if (m.sequence != null && m.sequence !== 0) w.uint64(16, m.sequence);
  if (m.record != null && m.record !== "") w.string(10, m.record);
}

export function decodeProveRecordResponse(r: Reader, m: ProveRecordResponse__Output = { record: "", sequence: 0, index: 0, hashes: [], checkpoint: "", verifier: "", handovers: [] }): ProveRecordResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.record = r.string(); break;
      case 16: m.sequence = r.uint64(); break;
      case 24: m.index = r.uint64(); break;
      case 34: m.hashes.push(r.bytes()); break;
      case 42: m.checkpoint = r.string(); break;
      case 50: m.verifier = r.string(); break;
      case 58: m.handovers.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ProveRecordResponseCodec: MessageCodec<ProveRecordResponse, ProveRecordResponse__Output> = /* @__PURE__ */ codec(encodeProveRecordResponse, decodeProveRecordResponse);

export interface ExportAuditRequest {
  pageSize?: number;
  afterSequence?: number;
  upTo?: number;
}

export interface ExportAuditRequest__Output {
  pageSize: number;
  afterSequence: number;
  upTo: number;
}

export function encodeExportAuditRequest(w: Writer, m: ExportAuditRequest): void {
  if (m.upTo != null && m.upTo !== 0) w.uint64(24, m.upTo);
  if (m.afterSequence != null && m.afterSequence !== 0) w.uint64(16, m.afterSequence);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(8, m.pageSize);
}

export function decodeExportAuditRequest(r: Reader, m: ExportAuditRequest__Output = { pageSize: 0, afterSequence: 0, upTo: 0 }): ExportAuditRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pageSize = r.uint32(); break;
      case 16: m.afterSequence = r.uint64(); break;
      case 24: m.upTo = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExportAuditRequestCodec: MessageCodec<ExportAuditRequest, ExportAuditRequest__Output> = /* @__PURE__ */ codec(encodeExportAuditRequest, decodeExportAuditRequest);

export interface ExportAuditResponse {
  lines?: string[];
  nextAfterSequence?: number;
  upTo?: number;
}

export interface ExportAuditResponse__Output {
  lines: string[];
  nextAfterSequence: number;
  upTo: number;
}

export function encodeExportAuditResponse(w: Writer, m: ExportAuditResponse): void {
  if (m.upTo != null && m.upTo !== 0) w.uint64(24, m.upTo);
  if (m.nextAfterSequence != null && m.nextAfterSequence !== 0) w.uint64(16, m.nextAfterSequence);
  if (m.lines != null) for (let i = m.lines.length - 1; i >= 0; i -= 1) { const each = m.lines[i]!; w.string(10, each); }
}

export function decodeExportAuditResponse(r: Reader, m: ExportAuditResponse__Output = { lines: [], nextAfterSequence: 0, upTo: 0 }): ExportAuditResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.lines.push(r.string()); break;
      case 16: m.nextAfterSequence = r.uint64(); break;
      case 24: m.upTo = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExportAuditResponseCodec: MessageCodec<ExportAuditResponse, ExportAuditResponse__Output> = /* @__PURE__ */ codec(encodeExportAuditResponse, decodeExportAuditResponse);

export interface ListAuditRequest {
  pageSize?: number;
  afterSequence?: number;
  bot?: string;
  serial?: string;
  instanceId?: string;
  sinceMs?: number;
  untilMs?: number;
  type?: string;
}

export interface ListAuditRequest__Output {
  pageSize: number;
  afterSequence: number;
  bot: string;
  serial: string;
  instanceId: string;
  sinceMs: number;
  untilMs: number;
  type: string;
}

export function encodeListAuditRequest(w: Writer, m: ListAuditRequest): void {
  if (m.type != null && m.type !== "") w.string(66, m.type);
  if (m.untilMs != null && m.untilMs !== 0) w.int64(56, m.untilMs);
  if (m.sinceMs != null && m.sinceMs !== 0) w.int64(48, m.sinceMs);
  if (m.instanceId != null && m.instanceId !== "") w.string(42, m.instanceId);
  if (m.serial != null && m.serial !== "") w.string(34, m.serial);
  if (m.bot != null && m.bot !== "") w.string(26, m.bot);
  if (m.afterSequence != null && m.afterSequence !== 0) w.uint64(16, m.afterSequence);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(8, m.pageSize);
}

export function decodeListAuditRequest(r: Reader, m: ListAuditRequest__Output = { pageSize: 0, afterSequence: 0, bot: "", serial: "", instanceId: "", sinceMs: 0, untilMs: 0, type: "" }): ListAuditRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pageSize = r.uint32(); break;
      case 16: m.afterSequence = r.uint64(); break;
      case 26: m.bot = r.string(); break;
      case 34: m.serial = r.string(); break;
      case 42: m.instanceId = r.string(); break;
      case 48: m.sinceMs = r.int64(); break;
      case 56: m.untilMs = r.int64(); break;
      case 66: m.type = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListAuditRequestCodec: MessageCodec<ListAuditRequest, ListAuditRequest__Output> = /* @__PURE__ */ codec(encodeListAuditRequest, decodeListAuditRequest);

export interface ListAuditResponse {
  records?: string[];
  nextAfterSequence?: number;
}

export interface ListAuditResponse__Output {
  records: string[];
  nextAfterSequence: number;
}

export function encodeListAuditResponse(w: Writer, m: ListAuditResponse): void {
  if (m.nextAfterSequence != null && m.nextAfterSequence !== 0) w.uint64(16, m.nextAfterSequence);
  if (m.records != null) for (let i = m.records.length - 1; i >= 0; i -= 1) { const each = m.records[i]!; w.string(10, each); }
}

export function decodeListAuditResponse(r: Reader, m: ListAuditResponse__Output = { records: [], nextAfterSequence: 0 }): ListAuditResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.records.push(r.string()); break;
      case 16: m.nextAfterSequence = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListAuditResponseCodec: MessageCodec<ListAuditResponse, ListAuditResponse__Output> = /* @__PURE__ */ codec(encodeListAuditResponse, decodeListAuditResponse);

export interface ApplyStateRequest {
  begin?: ApplyBegin | null;
  changes?: ApplyChanges | null;
  commit?: ApplyCommit | null;
  message?: "begin" | "changes" | "commit";
}

export interface ApplyStateRequest__Output {
  begin?: ApplyBegin__Output | null;
  changes?: ApplyChanges__Output | null;
  commit?: ApplyCommit__Output | null;
  message?: "begin" | "changes" | "commit";
}

export function encodeApplyStateRequest(w: Writer, m: ApplyStateRequest): void {
  if (m.commit != null) { const since = w.written; encodeApplyCommit(w, m.commit); w.nested(26, since); }
  if (m.changes != null) { const since = w.written; encodeApplyChanges(w, m.changes); w.nested(18, since); }
  if (m.begin != null) { const since = w.written; encodeApplyBegin(w, m.begin); w.nested(10, since); }
}

export function decodeApplyStateRequest(r: Reader, m: ApplyStateRequest__Output = {}): ApplyStateRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.begin = decodeApplyBegin(r, m.begin ?? undefined); r.leave(outer); } if (m.message !== undefined && m.message !== "begin") delete m[m.message]; m.message = "begin"; break;
      case 18: { const outer = r.enter(); m.changes = decodeApplyChanges(r, m.changes ?? undefined); r.leave(outer); } if (m.message !== undefined && m.message !== "changes") delete m[m.message]; m.message = "changes"; break;
      case 26: { const outer = r.enter(); m.commit = decodeApplyCommit(r, m.commit ?? undefined); r.leave(outer); } if (m.message !== undefined && m.message !== "commit") delete m[m.message]; m.message = "commit"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ApplyStateRequestCodec: MessageCodec<ApplyStateRequest, ApplyStateRequest__Output> = /* @__PURE__ */ codec(encodeApplyStateRequest, decodeApplyStateRequest);

export interface ApplyBegin {
  feedSequence?: number;
}

export interface ApplyBegin__Output {
  feedSequence: number;
}

export function encodeApplyBegin(w: Writer, m: ApplyBegin): void {
  if (m.feedSequence != null && m.feedSequence !== 0) w.uint64(8, m.feedSequence);
}

export function decodeApplyBegin(r: Reader, m: ApplyBegin__Output = { feedSequence: 0 }): ApplyBegin__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.feedSequence = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ApplyBeginCodec: MessageCodec<ApplyBegin, ApplyBegin__Output> = /* @__PURE__ */ codec(encodeApplyBegin, decodeApplyBegin);

export interface ApplyChanges {
  changes?: StateChange[];
}

export interface ApplyChanges__Output {
  changes: StateChange__Output[];
}

export function encodeApplyChanges(w: Writer, m: ApplyChanges): void {
  if (m.changes != null) for (let i = m.changes.length - 1; i >= 0; i -= 1) { const each = m.changes[i]!; { const since = w.written; encodeStateChange(w, each); w.nested(10, since); } }
}

export function decodeApplyChanges(r: Reader, m: ApplyChanges__Output = { changes: [] }): ApplyChanges__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.changes.push(decodeStateChange(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ApplyChangesCodec: MessageCodec<ApplyChanges, ApplyChanges__Output> = /* @__PURE__ */ codec(encodeApplyChanges, decodeApplyChanges);

export interface StateChange {
  registerBot?: RegisterBotRequest | null;
  createEntry?: Entry | null;
  updateBot?: UpdateBotRequest | null;
  updateEntry?: Entry | null;
  deleteEntry?: SeenRecord | null;
  retireBot?: SeenRecord | null;
  change?: "registerBot" | "createEntry" | "updateBot" | "updateEntry" | "deleteEntry" | "retireBot";
}

export interface StateChange__Output {
  registerBot?: RegisterBotRequest__Output | null;
  createEntry?: Entry__Output | null;
  updateBot?: UpdateBotRequest__Output | null;
  updateEntry?: Entry__Output | null;
  deleteEntry?: SeenRecord__Output | null;
  retireBot?: SeenRecord__Output | null;
  change?: "registerBot" | "createEntry" | "updateBot" | "updateEntry" | "deleteEntry" | "retireBot";
}

export function encodeStateChange(w: Writer, m: StateChange): void {
  if (m.retireBot != null) { const since = w.written; encodeSeenRecord(w, m.retireBot); w.nested(50, since); }
  if (m.deleteEntry != null) { const since = w.written; encodeSeenRecord(w, m.deleteEntry); w.nested(42, since); }
  if (m.updateEntry != null) { const since = w.written; encodeEntry(w, m.updateEntry); w.nested(34, since); }
  if (m.updateBot != null) { const since = w.written; encodeUpdateBotRequest(w, m.updateBot); w.nested(26, since); }
  if (m.createEntry != null) { const since = w.written; encodeEntry(w, m.createEntry); w.nested(18, since); }
  if (m.registerBot != null) { const since = w.written; encodeRegisterBotRequest(w, m.registerBot); w.nested(10, since); }
}

export function decodeStateChange(r: Reader, m: StateChange__Output = {}): StateChange__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.registerBot = decodeRegisterBotRequest(r, m.registerBot ?? undefined); r.leave(outer); } if (m.change !== undefined && m.change !== "registerBot") delete m[m.change]; m.change = "registerBot"; break;
      case 18: { const outer = r.enter(); m.createEntry = decodeEntry(r, m.createEntry ?? undefined); r.leave(outer); } if (m.change !== undefined && m.change !== "createEntry") delete m[m.change]; m.change = "createEntry"; break;
      case 26: { const outer = r.enter(); m.updateBot = decodeUpdateBotRequest(r, m.updateBot ?? undefined); r.leave(outer); } if (m.change !== undefined && m.change !== "updateBot") delete m[m.change]; m.change = "updateBot"; break;
      case 34: { const outer = r.enter(); m.updateEntry = decodeEntry(r, m.updateEntry ?? undefined); r.leave(outer); } if (m.change !== undefined && m.change !== "updateEntry") delete m[m.change]; m.change = "updateEntry"; break;
      case 42: { const outer = r.enter(); m.deleteEntry = decodeSeenRecord(r, m.deleteEntry ?? undefined); r.leave(outer); } if (m.change !== undefined && m.change !== "deleteEntry") delete m[m.change]; m.change = "deleteEntry"; break;
      case 50: { const outer = r.enter(); m.retireBot = decodeSeenRecord(r, m.retireBot ?? undefined); r.leave(outer); } if (m.change !== undefined && m.change !== "retireBot") delete m[m.change]; m.change = "retireBot"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const StateChangeCodec: MessageCodec<StateChange, StateChange__Output> = /* @__PURE__ */ codec(encodeStateChange, decodeStateChange);

export interface SeenRecord {
  key?: string;
  revision?: number;
}

export interface SeenRecord__Output {
  key: string;
  revision: number;
}

export function encodeSeenRecord(w: Writer, m: SeenRecord): void {
  if (m.revision != null && m.revision !== 0) w.uint64(16, m.revision);
  if (m.key != null && m.key !== "") w.string(10, m.key);
}

export function decodeSeenRecord(r: Reader, m: SeenRecord__Output = { key: "", revision: 0 }): SeenRecord__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.key = r.string(); break;
      case 16: m.revision = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const SeenRecordCodec: MessageCodec<SeenRecord, SeenRecord__Output> = /* @__PURE__ */ codec(encodeSeenRecord, decodeSeenRecord);

export interface ApplyCommit {
  changes?: number;
}

export interface ApplyCommit__Output {
  changes: number;
}

export function encodeApplyCommit(w: Writer, m: ApplyCommit): void {
  if (m.changes != null && m.changes !== 0) w.uint32(8, m.changes);
}

export function decodeApplyCommit(r: Reader, m: ApplyCommit__Output = { changes: 0 }): ApplyCommit__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.changes = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ApplyCommitCodec: MessageCodec<ApplyCommit, ApplyCommit__Output> = /* @__PURE__ */ codec(encodeApplyCommit, decodeApplyCommit);

export interface ApplyStateResponse {
  id?: string;
  denied?: number;
  waiting?: string[];
  waitingCount?: number;
}

export interface ApplyStateResponse__Output {
  id: string;
  denied: number;
  waiting: string[];
  waitingCount: number;
}

export function encodeApplyStateResponse(w: Writer, m: ApplyStateResponse): void {
  if (m.waitingCount != null && m.waitingCount !== 0) w.uint32(32, m.waitingCount);
  if (m.waiting != null) for (let i = m.waiting.length - 1; i >= 0; i -= 1) { const each = m.waiting[i]!; w.string(26, each); }
  if (m.denied != null && m.denied !== 0) w.uint32(16, m.denied);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeApplyStateResponse(r: Reader, m: ApplyStateResponse__Output = { id: "", denied: 0, waiting: [], waitingCount: 0 }): ApplyStateResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 16: m.denied = r.uint32(); break;
      case 26: m.waiting.push(r.string()); break;
      case 32: m.waitingCount = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ApplyStateResponseCodec: MessageCodec<ApplyStateResponse, ApplyStateResponse__Output> = /* @__PURE__ */ codec(encodeApplyStateResponse, decodeApplyStateResponse);

export interface GetInfoRequest {
}

export interface GetInfoRequest__Output {
}

export function encodeGetInfoRequest(_w: Writer, _m: GetInfoRequest): void {
}

export function decodeGetInfoRequest(r: Reader, m: GetInfoRequest__Output = {}): GetInfoRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetInfoRequestCodec: MessageCodec<GetInfoRequest, GetInfoRequest__Output> = /* @__PURE__ */ codec(encodeGetInfoRequest, decodeGetInfoRequest);

export interface GetInfoResponse {
  version?: string;
  trustDomain?: string;
  addresses?: string[];
  uid?: number;
  feedSequence?: number;
}

export interface GetInfoResponse__Output {
  version: string;
  trustDomain: string;
  addresses: string[];
  uid: number;
  feedSequence: number;
}

export function encodeGetInfoResponse(w: Writer, m: GetInfoResponse): void {
  if (m.feedSequence != null && m.feedSequence !== 0) w.uint64(40, m.feedSequence);
  if (m.uid != null && m.uid !== 0) w.uint32(32, m.uid);
  if (m.addresses != null) for (let i = m.addresses.length - 1; i >= 0; i -= 1) { const each = m.addresses[i]!; w.string(26, each); }
  if (m.trustDomain != null && m.trustDomain !== "") w.string(18, m.trustDomain);
  if (m.version != null && m.version !== "") w.string(10, m.version);
}

export function decodeGetInfoResponse(r: Reader, m: GetInfoResponse__Output = { version: "", trustDomain: "", addresses: [], uid: 0, feedSequence: 0 }): GetInfoResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.version = r.string(); break;
      case 18: m.trustDomain = r.string(); break;
      case 26: m.addresses.push(r.string()); break;
      case 32: m.uid = r.uint32(); break;
      case 40: m.feedSequence = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetInfoResponseCodec: MessageCodec<GetInfoResponse, GetInfoResponse__Output> = /* @__PURE__ */ codec(encodeGetInfoResponse, decodeGetInfoResponse);

export interface BackupRequest {
  directory?: string;
}

export interface BackupRequest__Output {
  directory: string;
}

export function encodeBackupRequest(w: Writer, m: BackupRequest): void {
  if (m.directory != null && m.directory !== "") w.string(10, m.directory);
}

export function decodeBackupRequest(r: Reader, m: BackupRequest__Output = { directory: "" }): BackupRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.directory = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const BackupRequestCodec: MessageCodec<BackupRequest, BackupRequest__Output> = /* @__PURE__ */ codec(encodeBackupRequest, decodeBackupRequest);

export interface BackupResponse {
  bytes?: number;
  feedSequence?: number;
}

export interface BackupResponse__Output {
  bytes: number;
  feedSequence: number;
}

export function encodeBackupResponse(w: Writer, m: BackupResponse): void {
  if (m.feedSequence != null && m.feedSequence !== 0) w.uint64(16, m.feedSequence);
  if (m.bytes != null && m.bytes !== 0) w.uint64(8, m.bytes);
}

export function decodeBackupResponse(r: Reader, m: BackupResponse__Output = { bytes: 0, feedSequence: 0 }): BackupResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.bytes = r.uint64(); break;
      case 16: m.feedSequence = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const BackupResponseCodec: MessageCodec<BackupResponse, BackupResponse__Output> = /* @__PURE__ */ codec(encodeBackupResponse, decodeBackupResponse);

export const BotService = {
  RegisterBot: /* @__PURE__ */ method("/botpass.v1.BotService/RegisterBot", "registerBot", { request: false, response: false }, RegisterBotRequestCodec, RegisterBotResponseCodec),
  GetBot: /* @__PURE__ */ method("/botpass.v1.BotService/GetBot", "getBot", { request: false, response: false }, GetBotRequestCodec, BotCodec),
  ListBots: /* @__PURE__ */ method("/botpass.v1.BotService/ListBots", "listBots", { request: false, response: false }, ListBotsRequestCodec, ListBotsResponseCodec),
  UpdateBot: /* @__PURE__ */ method("/botpass.v1.BotService/UpdateBot", "updateBot", { request: false, response: false }, UpdateBotRequestCodec, BotCodec),
  SuspendBot: /* @__PURE__ */ method("/botpass.v1.BotService/SuspendBot", "suspendBot", { request: false, response: false }, ChangeBotStateRequestCodec, ChangeBotStateResponseCodec),
  ResumeBot: /* @__PURE__ */ method("/botpass.v1.BotService/ResumeBot", "resumeBot", { request: false, response: false }, ChangeBotStateRequestCodec, ChangeBotStateResponseCodec),
  RetireBot: /* @__PURE__ */ method("/botpass.v1.BotService/RetireBot", "retireBot", { request: false, response: false }, ChangeBotStateRequestCodec, ChangeBotStateResponseCodec),
};
export type BotServiceDefinition = typeof BotService;

export interface BotServiceClient extends Client {
  RegisterBot: UnaryCall<RegisterBotRequest, RegisterBotResponse__Output>;
  registerBot: UnaryCall<RegisterBotRequest, RegisterBotResponse__Output>;
  GetBot: UnaryCall<GetBotRequest, Bot__Output>;
  getBot: UnaryCall<GetBotRequest, Bot__Output>;
  ListBots: UnaryCall<ListBotsRequest, ListBotsResponse__Output>;
  listBots: UnaryCall<ListBotsRequest, ListBotsResponse__Output>;
  UpdateBot: UnaryCall<UpdateBotRequest, Bot__Output>;
  updateBot: UnaryCall<UpdateBotRequest, Bot__Output>;
  SuspendBot: UnaryCall<ChangeBotStateRequest, ChangeBotStateResponse__Output>;
  suspendBot: UnaryCall<ChangeBotStateRequest, ChangeBotStateResponse__Output>;
  ResumeBot: UnaryCall<ChangeBotStateRequest, ChangeBotStateResponse__Output>;
  resumeBot: UnaryCall<ChangeBotStateRequest, ChangeBotStateResponse__Output>;
  RetireBot: UnaryCall<ChangeBotStateRequest, ChangeBotStateResponse__Output>;
  retireBot: UnaryCall<ChangeBotStateRequest, ChangeBotStateResponse__Output>;
}

export interface BotServiceHandlers {
  RegisterBot: handleUnaryCall<RegisterBotRequest__Output, RegisterBotResponse>;
  GetBot: handleUnaryCall<GetBotRequest__Output, Bot>;
  ListBots: handleUnaryCall<ListBotsRequest__Output, ListBotsResponse>;
  UpdateBot: handleUnaryCall<UpdateBotRequest__Output, Bot>;
  SuspendBot: handleUnaryCall<ChangeBotStateRequest__Output, ChangeBotStateResponse>;
  ResumeBot: handleUnaryCall<ChangeBotStateRequest__Output, ChangeBotStateResponse>;
  RetireBot: handleUnaryCall<ChangeBotStateRequest__Output, ChangeBotStateResponse>;
}

export const EntryService = {
  CreateEntry: /* @__PURE__ */ method("/botpass.v1.EntryService/CreateEntry", "createEntry", { request: false, response: false }, CreateEntryRequestCodec, CreateEntryResponseCodec),
  CreateEntries: /* @__PURE__ */ method("/botpass.v1.EntryService/CreateEntries", "createEntries", { request: false, response: false }, CreateEntriesRequestCodec, CreateEntriesResponseCodec),
  GetEntry: /* @__PURE__ */ method("/botpass.v1.EntryService/GetEntry", "getEntry", { request: false, response: false }, GetEntryRequestCodec, EntryCodec),
  ListEntries: /* @__PURE__ */ method("/botpass.v1.EntryService/ListEntries", "listEntries", { request: false, response: false }, ListEntriesRequestCodec, ListEntriesResponseCodec),
  UpdateEntry: /* @__PURE__ */ method("/botpass.v1.EntryService/UpdateEntry", "updateEntry", { request: false, response: false }, UpdateEntryRequestCodec, CreateEntryResponseCodec),
  DeleteEntry: /* @__PURE__ */ method("/botpass.v1.EntryService/DeleteEntry", "deleteEntry", { request: false, response: false }, DeleteEntryRequestCodec, DeleteEntryResponseCodec),
  ExplainEntries: /* @__PURE__ */ method("/botpass.v1.EntryService/ExplainEntries", "explainEntries", { request: false, response: false }, ExplainEntriesRequestCodec, ExplainEntriesResponseCodec),
};
export type EntryServiceDefinition = typeof EntryService;

export interface EntryServiceClient extends Client {
  CreateEntry: UnaryCall<CreateEntryRequest, CreateEntryResponse__Output>;
  createEntry: UnaryCall<CreateEntryRequest, CreateEntryResponse__Output>;
  CreateEntries: UnaryCall<CreateEntriesRequest, CreateEntriesResponse__Output>;
  createEntries: UnaryCall<CreateEntriesRequest, CreateEntriesResponse__Output>;
  GetEntry: UnaryCall<GetEntryRequest, Entry__Output>;
  getEntry: UnaryCall<GetEntryRequest, Entry__Output>;
  ListEntries: UnaryCall<ListEntriesRequest, ListEntriesResponse__Output>;
  listEntries: UnaryCall<ListEntriesRequest, ListEntriesResponse__Output>;
  UpdateEntry: UnaryCall<UpdateEntryRequest, CreateEntryResponse__Output>;
  updateEntry: UnaryCall<UpdateEntryRequest, CreateEntryResponse__Output>;
  DeleteEntry: UnaryCall<DeleteEntryRequest, DeleteEntryResponse__Output>;
  deleteEntry: UnaryCall<DeleteEntryRequest, DeleteEntryResponse__Output>;
  ExplainEntries: UnaryCall<ExplainEntriesRequest, ExplainEntriesResponse__Output>;
  explainEntries: UnaryCall<ExplainEntriesRequest, ExplainEntriesResponse__Output>;
}

export interface EntryServiceHandlers {
  CreateEntry: handleUnaryCall<CreateEntryRequest__Output, CreateEntryResponse>;
  CreateEntries: handleUnaryCall<CreateEntriesRequest__Output, CreateEntriesResponse>;
  GetEntry: handleUnaryCall<GetEntryRequest__Output, Entry>;
  ListEntries: handleUnaryCall<ListEntriesRequest__Output, ListEntriesResponse>;
  UpdateEntry: handleUnaryCall<UpdateEntryRequest__Output, CreateEntryResponse>;
  DeleteEntry: handleUnaryCall<DeleteEntryRequest__Output, DeleteEntryResponse>;
  ExplainEntries: handleUnaryCall<ExplainEntriesRequest__Output, ExplainEntriesResponse>;
}

export const TokenService = {
  CreateToken: /* @__PURE__ */ method("/botpass.v1.TokenService/CreateToken", "createToken", { request: false, response: false }, CreateTokenRequestCodec, CreateTokenResponseCodec),
  ListTokens: /* @__PURE__ */ method("/botpass.v1.TokenService/ListTokens", "listTokens", { request: false, response: false }, ListTokensRequestCodec, ListTokensResponseCodec),
  RevokeToken: /* @__PURE__ */ method("/botpass.v1.TokenService/RevokeToken", "revokeToken", { request: false, response: false }, RevokeTokenRequestCodec, TokenCodec),
};
export type TokenServiceDefinition = typeof TokenService;

export interface TokenServiceClient extends Client {
  CreateToken: UnaryCall<CreateTokenRequest, CreateTokenResponse__Output>;
  createToken: UnaryCall<CreateTokenRequest, CreateTokenResponse__Output>;
  ListTokens: UnaryCall<ListTokensRequest, ListTokensResponse__Output>;
  listTokens: UnaryCall<ListTokensRequest, ListTokensResponse__Output>;
  RevokeToken: UnaryCall<RevokeTokenRequest, Token__Output>;
  revokeToken: UnaryCall<RevokeTokenRequest, Token__Output>;
}

export interface TokenServiceHandlers {
  CreateToken: handleUnaryCall<CreateTokenRequest__Output, CreateTokenResponse>;
  ListTokens: handleUnaryCall<ListTokensRequest__Output, ListTokensResponse>;
  RevokeToken: handleUnaryCall<RevokeTokenRequest__Output, Token>;
}

export const InstanceService = {
  ListInstances: /* @__PURE__ */ method("/botpass.v1.InstanceService/ListInstances", "listInstances", { request: false, response: false }, ListInstancesRequestCodec, ListInstancesResponseCodec),
  EvictInstance: /* @__PURE__ */ method("/botpass.v1.InstanceService/EvictInstance", "evictInstance", { request: false, response: false }, EvictInstanceRequestCodec, EvictInstanceResponseCodec),
  BanInstance: /* @__PURE__ */ method("/botpass.v1.InstanceService/BanInstance", "banInstance", { request: false, response: false }, EvictInstanceRequestCodec, EvictInstanceResponseCodec),
};
export type InstanceServiceDefinition = typeof InstanceService;

export interface InstanceServiceClient extends Client {
  ListInstances: UnaryCall<ListInstancesRequest, ListInstancesResponse__Output>;
  listInstances: UnaryCall<ListInstancesRequest, ListInstancesResponse__Output>;
  EvictInstance: UnaryCall<EvictInstanceRequest, EvictInstanceResponse__Output>;
  evictInstance: UnaryCall<EvictInstanceRequest, EvictInstanceResponse__Output>;
  BanInstance: UnaryCall<EvictInstanceRequest, EvictInstanceResponse__Output>;
  banInstance: UnaryCall<EvictInstanceRequest, EvictInstanceResponse__Output>;
}

export interface InstanceServiceHandlers {
  ListInstances: handleUnaryCall<ListInstancesRequest__Output, ListInstancesResponse>;
  EvictInstance: handleUnaryCall<EvictInstanceRequest__Output, EvictInstanceResponse>;
  BanInstance: handleUnaryCall<EvictInstanceRequest__Output, EvictInstanceResponse>;
}

export const RevocationService = {
  Revoke: /* @__PURE__ */ method("/botpass.v1.RevocationService/Revoke", "revoke", { request: false, response: false }, RevokeRequestCodec, RevokeResponseCodec),
};
export type RevocationServiceDefinition = typeof RevocationService;

export interface RevocationServiceClient extends Client {
  Revoke: UnaryCall<RevokeRequest, RevokeResponse__Output>;
  revoke: UnaryCall<RevokeRequest, RevokeResponse__Output>;
}

export interface RevocationServiceHandlers {
  Revoke: handleUnaryCall<RevokeRequest__Output, RevokeResponse>;
}

export const AuthorityService = {
  ListAuthorities: /* @__PURE__ */ method("/botpass.v1.AuthorityService/ListAuthorities", "listAuthorities", { request: false, response: false }, ListAuthoritiesRequestCodec, ListAuthoritiesResponseCodec),
  PrepareAuthority: /* @__PURE__ */ method("/botpass.v1.AuthorityService/PrepareAuthority", "prepareAuthority", { request: false, response: false }, ChangeAuthorityRequestCodec, ChangeAuthorityResponseCodec),
  ActivateAuthority: /* @__PURE__ */ method("/botpass.v1.AuthorityService/ActivateAuthority", "activateAuthority", { request: false, response: false }, ChangeAuthorityRequestCodec, ChangeAuthorityResponseCodec),
  TaintAuthority: /* @__PURE__ */ method("/botpass.v1.AuthorityService/TaintAuthority", "taintAuthority", { request: false, response: false }, ChangeAuthorityRequestCodec, ChangeAuthorityResponseCodec),
  RevokeAuthority: /* @__PURE__ */ method("/botpass.v1.AuthorityService/RevokeAuthority", "revokeAuthority", { request: false, response: false }, ChangeAuthorityRequestCodec, ChangeAuthorityResponseCodec),
};
export type AuthorityServiceDefinition = typeof AuthorityService;

export interface AuthorityServiceClient extends Client {
  ListAuthorities: UnaryCall<ListAuthoritiesRequest, ListAuthoritiesResponse__Output>;
  listAuthorities: UnaryCall<ListAuthoritiesRequest, ListAuthoritiesResponse__Output>;
  PrepareAuthority: UnaryCall<ChangeAuthorityRequest, ChangeAuthorityResponse__Output>;
  prepareAuthority: UnaryCall<ChangeAuthorityRequest, ChangeAuthorityResponse__Output>;
  ActivateAuthority: UnaryCall<ChangeAuthorityRequest, ChangeAuthorityResponse__Output>;
  activateAuthority: UnaryCall<ChangeAuthorityRequest, ChangeAuthorityResponse__Output>;
  TaintAuthority: UnaryCall<ChangeAuthorityRequest, ChangeAuthorityResponse__Output>;
  taintAuthority: UnaryCall<ChangeAuthorityRequest, ChangeAuthorityResponse__Output>;
  RevokeAuthority: UnaryCall<ChangeAuthorityRequest, ChangeAuthorityResponse__Output>;
  revokeAuthority: UnaryCall<ChangeAuthorityRequest, ChangeAuthorityResponse__Output>;
}

export interface AuthorityServiceHandlers {
  ListAuthorities: handleUnaryCall<ListAuthoritiesRequest__Output, ListAuthoritiesResponse>;
  PrepareAuthority: handleUnaryCall<ChangeAuthorityRequest__Output, ChangeAuthorityResponse>;
  ActivateAuthority: handleUnaryCall<ChangeAuthorityRequest__Output, ChangeAuthorityResponse>;
  TaintAuthority: handleUnaryCall<ChangeAuthorityRequest__Output, ChangeAuthorityResponse>;
  RevokeAuthority: handleUnaryCall<ChangeAuthorityRequest__Output, ChangeAuthorityResponse>;
}

export const MintService = {
  MintX509Svid: /* @__PURE__ */ method("/botpass.v1.MintService/MintX509Svid", "mintX509Svid", { request: false, response: false }, MintX509SvidRequestCodec, MintX509SvidResponseCodec),
  MintJwtSvid: /* @__PURE__ */ method("/botpass.v1.MintService/MintJwtSvid", "mintJwtSvid", { request: false, response: false }, MintJwtSvidRequestCodec, MintJwtSvidResponseCodec),
};
export type MintServiceDefinition = typeof MintService;

export interface MintServiceClient extends Client {
  MintX509Svid: UnaryCall<MintX509SvidRequest, MintX509SvidResponse__Output>;
  mintX509Svid: UnaryCall<MintX509SvidRequest, MintX509SvidResponse__Output>;
  MintJwtSvid: UnaryCall<MintJwtSvidRequest, MintJwtSvidResponse__Output>;
  mintJwtSvid: UnaryCall<MintJwtSvidRequest, MintJwtSvidResponse__Output>;
}

export interface MintServiceHandlers {
  MintX509Svid: handleUnaryCall<MintX509SvidRequest__Output, MintX509SvidResponse>;
  MintJwtSvid: handleUnaryCall<MintJwtSvidRequest__Output, MintJwtSvidResponse>;
}

export const AuditService = {
  ListAudit: /* @__PURE__ */ method("/botpass.v1.AuditService/ListAudit", "listAudit", { request: false, response: false }, ListAuditRequestCodec, ListAuditResponseCodec),
  GetLogKey: /* @__PURE__ */ method("/botpass.v1.AuditService/GetLogKey", "getLogKey", { request: false, response: false }, GetLogKeyRequestCodec, GetLogKeyResponseCodec),
  MakeCheckpoint: /* @__PURE__ */ method("/botpass.v1.AuditService/MakeCheckpoint", "makeCheckpoint", { request: false, response: false }, MakeCheckpointRequestCodec, LogCheckpointRecordCodec),
  ProveRecord: /* @__PURE__ */ method("/botpass.v1.AuditService/ProveRecord", "proveRecord", { request: false, response: false }, ProveRecordRequestCodec, ProveRecordResponseCodec),
  ExportAudit: /* @__PURE__ */ method("/botpass.v1.AuditService/ExportAudit", "exportAudit", { request: false, response: false }, ExportAuditRequestCodec, ExportAuditResponseCodec),
};
export type AuditServiceDefinition = typeof AuditService;

export interface AuditServiceClient extends Client {
  ListAudit: UnaryCall<ListAuditRequest, ListAuditResponse__Output>;
  listAudit: UnaryCall<ListAuditRequest, ListAuditResponse__Output>;
  GetLogKey: UnaryCall<GetLogKeyRequest, GetLogKeyResponse__Output>;
  getLogKey: UnaryCall<GetLogKeyRequest, GetLogKeyResponse__Output>;
  MakeCheckpoint: UnaryCall<MakeCheckpointRequest, LogCheckpointRecord__Output>;
  makeCheckpoint: UnaryCall<MakeCheckpointRequest, LogCheckpointRecord__Output>;
  ProveRecord: UnaryCall<ProveRecordRequest, ProveRecordResponse__Output>;
  proveRecord: UnaryCall<ProveRecordRequest, ProveRecordResponse__Output>;
  ExportAudit: UnaryCall<ExportAuditRequest, ExportAuditResponse__Output>;
  exportAudit: UnaryCall<ExportAuditRequest, ExportAuditResponse__Output>;
}

export interface AuditServiceHandlers {
  ListAudit: handleUnaryCall<ListAuditRequest__Output, ListAuditResponse>;
  GetLogKey: handleUnaryCall<GetLogKeyRequest__Output, GetLogKeyResponse>;
  MakeCheckpoint: handleUnaryCall<MakeCheckpointRequest__Output, LogCheckpointRecord>;
  ProveRecord: handleUnaryCall<ProveRecordRequest__Output, ProveRecordResponse>;
  ExportAudit: handleUnaryCall<ExportAuditRequest__Output, ExportAuditResponse>;
}

export const StateService = {
  ApplyState: /* @__PURE__ */ method("/botpass.v1.StateService/ApplyState", "applyState", { request: true, response: false }, ApplyStateRequestCodec, ApplyStateResponseCodec),
};
export type StateServiceDefinition = typeof StateService;

export interface StateServiceClient extends Client {
  ApplyState: ClientStreamingCall<ApplyStateRequest, ApplyStateResponse__Output>;
  applyState: ClientStreamingCall<ApplyStateRequest, ApplyStateResponse__Output>;
}

export interface StateServiceHandlers {
  ApplyState: handleClientStreamingCall<ApplyStateRequest__Output, ApplyStateResponse>;
}

export const ServerService = {
  GetInfo: /* @__PURE__ */ method("/botpass.v1.ServerService/GetInfo", "getInfo", { request: false, response: false }, GetInfoRequestCodec, GetInfoResponseCodec),
  Backup: /* @__PURE__ */ method("/botpass.v1.ServerService/Backup", "backup", { request: false, response: false }, BackupRequestCodec, BackupResponseCodec),
};
export type ServerServiceDefinition = typeof ServerService;

export interface ServerServiceClient extends Client {
  GetInfo: UnaryCall<GetInfoRequest, GetInfoResponse__Output>;
  getInfo: UnaryCall<GetInfoRequest, GetInfoResponse__Output>;
  Backup: UnaryCall<BackupRequest, BackupResponse__Output>;
  backup: UnaryCall<BackupRequest, BackupResponse__Output>;
}

export interface ServerServiceHandlers {
  GetInfo: handleUnaryCall<GetInfoRequest__Output, GetInfoResponse>;
  Backup: handleUnaryCall<BackupRequest__Output, BackupResponse>;
}

