// Written by scripts/generate.ts from proto/botpass/v1/keys.proto; not to be changed by hand.
import type { Client, handleUnaryCall } from "@grpc/grpc-js";
import { type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";

export interface RotateKeysRequest {
  only?: string[];
  dryRun?: boolean;
  leadMs?: number;
  reason?: string;
  _leadMs?: "leadMs";
}

export interface RotateKeysRequest__Output {
  only: string[];
  dryRun: boolean;
  leadMs?: number;
  reason: string;
  _leadMs?: "leadMs";
}

export function encodeRotateKeysRequest(w: Writer, m: RotateKeysRequest): void {
  if (m.reason != null && m.reason !== "") w.string(34, m.reason);
  if (m.leadMs != null) w.uint32(24, m.leadMs);
  if (m.dryRun != null && m.dryRun !== false) w.bool(16, m.dryRun);
  if (m.only != null) for (let i = m.only.length - 1; i >= 0; i -= 1) { const each = m.only[i]!; w.string(10, each); }
}

export function decodeRotateKeysRequest(r: Reader, m: RotateKeysRequest__Output = { only: [], dryRun: false, reason: "" }): RotateKeysRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.only.push(r.string()); break;
      case 16: m.dryRun = r.bool(); break;
      case 24: m.leadMs = r.uint32(); m._leadMs = "leadMs"; break;
      case 34: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RotateKeysRequestCodec: MessageCodec<RotateKeysRequest, RotateKeysRequest__Output> = /* @__PURE__ */ codec(encodeRotateKeysRequest, decodeRotateKeysRequest);

export interface RotateKeysResponse {
  keys?: RotatedKey[];
}

export interface RotateKeysResponse__Output {
  keys: RotatedKey__Output[];
}

export function encodeRotateKeysResponse(w: Writer, m: RotateKeysResponse): void {
  if (m.keys != null) for (let i = m.keys.length - 1; i >= 0; i -= 1) { const each = m.keys[i]!; { const since = w.written; encodeRotatedKey(w, each); w.nested(10, since); } }
}

export function decodeRotateKeysResponse(r: Reader, m: RotateKeysResponse__Output = { keys: [] }): RotateKeysResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.keys.push(decodeRotatedKey(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RotateKeysResponseCodec: MessageCodec<RotateKeysResponse, RotateKeysResponse__Output> = /* @__PURE__ */ codec(encodeRotateKeysResponse, decodeRotateKeysResponse);

export interface RotatedKey {
  kind?: string;
  before?: string;
  after?: string;
  beforeUntilMs?: number;
  strandedTokens?: number;
}

export interface RotatedKey__Output {
  kind: string;
  before: string;
  after: string;
  beforeUntilMs: number;
  strandedTokens: number;
}

export function encodeRotatedKey(w: Writer, m: RotatedKey): void {
  if (m.strandedTokens != null && m.strandedTokens !== 0) w.uint32(40, m.strandedTokens);
  if (m.beforeUntilMs != null && m.beforeUntilMs !== 0) w.int64(32, m.beforeUntilMs);
  if (m.after != null && m.after !== "") w.string(26, m.after);
  if (m.before != null && m.before !== "") w.string(18, m.before);
  if (m.kind != null && m.kind !== "") w.string(10, m.kind);
}

export function decodeRotatedKey(r: Reader, m: RotatedKey__Output = { kind: "", before: "", after: "", beforeUntilMs: 0, strandedTokens: 0 }): RotatedKey__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.kind = r.string(); break;
      case 18: m.before = r.string(); break;
      case 26: m.after = r.string(); break;
      case 32: m.beforeUntilMs = r.int64(); break;
      case 40: m.strandedTokens = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RotatedKeyCodec: MessageCodec<RotatedKey, RotatedKey__Output> = /* @__PURE__ */ codec(encodeRotatedKey, decodeRotatedKey);

export interface ListLogKeysRequest {
}

export interface ListLogKeysRequest__Output {
}

export function encodeListLogKeysRequest(_w: Writer, _m: ListLogKeysRequest): void {
}

export function decodeListLogKeysRequest(r: Reader, m: ListLogKeysRequest__Output = {}): ListLogKeysRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListLogKeysRequestCodec: MessageCodec<ListLogKeysRequest, ListLogKeysRequest__Output> = /* @__PURE__ */ codec(encodeListLogKeysRequest, decodeListLogKeysRequest);

export interface ListLogKeysResponse {
  verifier?: string;
  handovers?: LogHandoverRecord[];
}

export interface ListLogKeysResponse__Output {
  verifier: string;
  handovers: LogHandoverRecord__Output[];
}

export function encodeListLogKeysResponse(w: Writer, m: ListLogKeysResponse): void {
  if (m.handovers != null) for (let i = m.handovers.length - 1; i >= 0; i -= 1) { const each = m.handovers[i]!; { const since = w.written; encodeLogHandoverRecord(w, each); w.nested(18, since); } }
  if (m.verifier != null && m.verifier !== "") w.string(10, m.verifier);
}

export function decodeListLogKeysResponse(r: Reader, m: ListLogKeysResponse__Output = { verifier: "", handovers: [] }): ListLogKeysResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.verifier = r.string(); break;
      case 18: { const outer = r.enter(); m.handovers.push(decodeLogHandoverRecord(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListLogKeysResponseCodec: MessageCodec<ListLogKeysResponse, ListLogKeysResponse__Output> = /* @__PURE__ */ codec(encodeListLogKeysResponse, decodeListLogKeysResponse);

export interface LogHandoverRecord {
  size?: number;
  atMs?: number;
  former?: string;
  verifier?: string;
  note?: string;
}

export interface LogHandoverRecord__Output {
  size: number;
  atMs: number;
  former: string;
  verifier: string;
  note: string;
}

export function encodeLogHandoverRecord(w: Writer, m: LogHandoverRecord): void {
  if (m.note != null && m.note !== "") w.string(42, m.note);
  if (m.verifier != null && m.verifier !== "") w.string(34, m.verifier);
  if (m.former != null && m.former !== "") w.string(26, m.former);
  if (m.atMs != null && m.atMs !== 0) w.int64(16, m.atMs);
  if (m.size != null && m.size !== 0) w.uint64(8, m.size);
}

export function decodeLogHandoverRecord(r: Reader, m: LogHandoverRecord__Output = { size: 0, atMs: 0, former: "", verifier: "", note: "" }): LogHandoverRecord__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.size = r.uint64(); break;
      case 16: m.atMs = r.int64(); break;
      case 26: m.former = r.string(); break;
      case 34: m.verifier = r.string(); break;
      case 42: m.note = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const LogHandoverRecordCodec: MessageCodec<LogHandoverRecord, LogHandoverRecord__Output> = /* @__PURE__ */ codec(encodeLogHandoverRecord, decodeLogHandoverRecord);

export const KeyService = {
  RotateKeys: /* @__PURE__ */ method("/botpass.v1.KeyService/RotateKeys", "rotateKeys", { request: false, response: false }, RotateKeysRequestCodec, RotateKeysResponseCodec),
  ListLogKeys: /* @__PURE__ */ method("/botpass.v1.KeyService/ListLogKeys", "listLogKeys", { request: false, response: false }, ListLogKeysRequestCodec, ListLogKeysResponseCodec),
};
export type KeyServiceDefinition = typeof KeyService;

export interface KeyServiceClient extends Client {
  RotateKeys: UnaryCall<RotateKeysRequest, RotateKeysResponse__Output>;
  rotateKeys: UnaryCall<RotateKeysRequest, RotateKeysResponse__Output>;
  ListLogKeys: UnaryCall<ListLogKeysRequest, ListLogKeysResponse__Output>;
  listLogKeys: UnaryCall<ListLogKeysRequest, ListLogKeysResponse__Output>;
}

export interface KeyServiceHandlers {
  RotateKeys: handleUnaryCall<RotateKeysRequest__Output, RotateKeysResponse>;
  ListLogKeys: handleUnaryCall<ListLogKeysRequest__Output, ListLogKeysResponse>;
}

