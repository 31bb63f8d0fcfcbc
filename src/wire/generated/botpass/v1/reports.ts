// Written by scripts/generate.ts from proto/botpass/v1/reports.proto; not to be changed by hand.
import type { Client, handleUnaryCall } from "@grpc/grpc-js";
import { EMPTY, type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";

export interface StatementRequest {
  instanceId?: string;
  serial?: string;
  statementSha256?: Uint8Array;
}

export interface StatementRequest__Output {
  instanceId: string;
  serial: string;
  statementSha256: Buffer;
}

export function encodeStatementRequest(w: Writer, m: StatementRequest): void {
  if (m.statementSha256 != null && m.statementSha256.length !== 0) w.bytes(26, m.statementSha256);
  if (m.serial != null && m.serial !== "") w.string(18, m.serial);
  if (m.instanceId != null && m.instanceId !== "") w.string(10, m.instanceId);
}

export function decodeStatementRequest(r: Reader, m: StatementRequest__Output = { instanceId: "", serial: "", statementSha256: EMPTY }): StatementRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.instanceId = r.string(); break;
      case 18: m.serial = r.string(); break;
      case 26: m.statementSha256 = r.bytes(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const StatementRequestCodec: MessageCodec<StatementRequest, StatementRequest__Output> = /* @__PURE__ */ codec(encodeStatementRequest, decodeStatementRequest);

export interface StatementProof {
  record?: string;
  index?: number;
  hashes?: Uint8Array[];
  checkpoint?: string;
  verifier?: string;
  handovers?: string[];
}

export interface StatementProof__Output {
  record: string;
  index: number;
  hashes: Buffer[];
  checkpoint: string;
  verifier: string;
  handovers: string[];
}

export function encodeStatementProof(w: Writer, m: StatementProof): void {
  if (m.handovers != null) for (let i = m.handovers.length - 1; i >= 0; i -= 1) { const each = m.handovers[i]!; w.string(50, each); }
  if (m.verifier != null && m.verifier !== "") w.string(42, m.verifier);
  if (m.checkpoint != null && m.checkpoint !== "") w.string(34, m.checkpoint);
  if (m.hashes != null) for (let i = m.hashes.length - 1; i >= 0; i -= 1) { const each = m.hashes[i]!; w.bytes(26, each); }
  if (m.index != null && m.index !== 0) w.uint64(16, m.index);
  if (m.record != null && m.record !== "") w.string(10, m.record);
}

export function decodeStatementProof(r: Reader, m: StatementProof__Output = { record: "", index: 0, hashes: [], checkpoint: "", verifier: "", handovers: [] }): StatementProof__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.record = r.string(); break;
      case 16: m.index = r.uint64(); break;
      case 26: m.hashes.push(r.bytes()); break;
      case 34: m.checkpoint = r.string(); break;
      case 42: m.verifier = r.string(); break;
      case 50: m.handovers.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const StatementProofCodec: MessageCodec<StatementProof, StatementProof__Output> = /* @__PURE__ */ codec(encodeStatementProof, decodeStatementProof);

export interface UsesReport {
  uses?: Use[];
  svids?: SeenSvid[];
  dropped?: number;
}

export interface UsesReport__Output {
  uses: Use__Output[];
  svids: SeenSvid__Output[];
  dropped: number;
}

export function encodeUsesReport(w: Writer, m: UsesReport): void {
  if (m.dropped != null && m.dropped !== 0) w.uint64(24, m.dropped);
  if (m.svids != null) for (let i = m.svids.length - 1; i >= 0; i -= 1) { const each = m.svids[i]!; { const since = w.written; encodeSeenSvid(w, each); w.nested(18, since); } }
  if (m.uses != null) for (let i = m.uses.length - 1; i >= 0; i -= 1) { const each = m.uses[i]!; { const since = w.written; encodeUse(w, each); w.nested(10, since); } }
}

export function decodeUsesReport(r: Reader, m: UsesReport__Output = { uses: [], svids: [], dropped: 0 }): UsesReport__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.uses.push(decodeUse(r)); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.svids.push(decodeSeenSvid(r)); r.leave(outer); } break;
      case 24: m.dropped = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const UsesReportCodec: MessageCodec<UsesReport, UsesReport__Output> = /* @__PURE__ */ codec(encodeUsesReport, decodeUsesReport);

export interface Use {
  service?: string;
  caller?: string;
  audience?: string;
  operation?: string;
  refused?: string;
  count?: number;
  firstMs?: number;
  lastMs?: number;
}

export interface Use__Output {
  service: string;
  caller: string;
  audience: string;
  operation: string;
  refused: string;
  count: number;
  firstMs: number;
  lastMs: number;
}

export function encodeUse(w: Writer, m: Use): void {
  if (m.lastMs != null && m.lastMs !== 0) w.int64(64, m.lastMs);
  if (m.firstMs != null && m.firstMs !== 0) w.int64(56, m.firstMs);
  if (m.count != null && m.count !== 0) w.uint64(48, m.count);
  if (m.refused != null && m.refused !== "") w.string(42, m.refused);
  if (m.operation != null && m.operation !== "") w.string(34, m.operation);
  if (m.audience != null && m.audience !== "") w.string(26, m.audience);
  if (m.caller != null && m.caller !== "") w.string(18, m.caller);
  if (m.service != null && m.service !== "") w.string(10, m.service);
}

export function decodeUse(r: Reader, m: Use__Output = { service: "", caller: "", audience: "", operation: "", refused: "", count: 0, firstMs: 0, lastMs: 0 }): Use__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.service = r.string(); break;
      case 18: m.caller = r.string(); break;
      case 26: m.audience = r.string(); break;
      case 34: m.operation = r.string(); break;
      case 42: m.refused = r.string(); break;
      case 48: m.count = r.uint64(); break;
      case 56: m.firstMs = r.int64(); break;
      case 64: m.lastMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const UseCodec: MessageCodec<Use, Use__Output> = /* @__PURE__ */ codec(encodeUse, decodeUse);

export interface SeenSvid {
  service?: string;
  id?: string;
  lastMs?: number;
}

export interface SeenSvid__Output {
  service: string;
  id: string;
  lastMs: number;
}

export function encodeSeenSvid(w: Writer, m: SeenSvid): void {
  if (m.lastMs != null && m.lastMs !== 0) w.int64(24, m.lastMs);
  if (m.id != null && m.id !== "") w.string(18, m.id);
  if (m.service != null && m.service !== "") w.string(10, m.service);
}

export function decodeSeenSvid(r: Reader, m: SeenSvid__Output = { service: "", id: "", lastMs: 0 }): SeenSvid__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.service = r.string(); break;
      case 18: m.id = r.string(); break;
      case 24: m.lastMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const SeenSvidCodec: MessageCodec<SeenSvid, SeenSvid__Output> = /* @__PURE__ */ codec(encodeSeenSvid, decodeSeenSvid);

export interface UsesTaken {
}

export interface UsesTaken__Output {
}

export function encodeUsesTaken(_w: Writer, _m: UsesTaken): void {
}

export function decodeUsesTaken(r: Reader, m: UsesTaken__Output = {}): UsesTaken__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const UsesTakenCodec: MessageCodec<UsesTaken, UsesTaken__Output> = /* @__PURE__ */ codec(encodeUsesTaken, decodeUsesTaken);

export const UseService = {
  ReportUses: /* @__PURE__ */ method("/botpass.v1.UseService/ReportUses", "reportUses", { request: false, response: false }, UsesReportCodec, UsesTakenCodec),
};
export type UseServiceDefinition = typeof UseService;

export interface UseServiceClient extends Client {
  ReportUses: UnaryCall<UsesReport, UsesTaken__Output>;
  reportUses: UnaryCall<UsesReport, UsesTaken__Output>;
}

export interface UseServiceHandlers {
  ReportUses: handleUnaryCall<UsesReport__Output, UsesTaken>;
}

