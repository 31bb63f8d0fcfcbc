// Written by scripts/generate.ts from proto/botpass/v1/detection.proto; not to be changed by hand.
import type { Client, handleUnaryCall } from "@grpc/grpc-js";
import { type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method, putEntry } from "../../../codec.ts";

export interface FindingRecord {
  id?: number;
  atMs?: number;
  detector?: string;
  severity?: string;
  bot?: string;
  instanceId?: string;
  subject?: string;
  summary?: string;
  facts?: { [key: string]: string };
  evidence?: number[];
  ackedAtMs?: number;
  ackedBy?: string;
  note?: string;
}

export interface FindingRecord__Output {
  id: number;
  atMs: number;
  detector: string;
  severity: string;
  bot: string;
  instanceId: string;
  subject: string;
  summary: string;
  facts: { [key: string]: string };
  evidence: number[];
  ackedAtMs: number;
  ackedBy: string;
  note: string;
}

export function encodeFindingRecord(w: Writer, m: FindingRecord): void {
  if (m.note != null && m.note !== "") w.string(106, m.note);
  if (m.ackedBy != null && m.ackedBy !== "") w.string(98, m.ackedBy);
  if (m.ackedAtMs != null && m.ackedAtMs !== 0) w.int64(88, m.ackedAtMs);
  if (m.evidence != null) for (let i = m.evidence.length - 1; i >= 0; i -= 1) { const each = m.evidence[i]!; w.uint64(80, each); }
  if (m.facts != null) for (const [key, value] of Object.entries(m.facts).reverse()) { const begin = w.written; w.string(18, value); w.string(10, key); w.nested(74, begin); }
  if (m.summary != null && m.summary !== "") w.string(66, m.summary);
  if (m.subject != null && m.subject !== "") w.string(58, m.subject);
  if (m.instanceId != null && m.instanceId !== "") w.string(50, m.instanceId);
  if (m.bot != null && m.bot !== "") w.string(42, m.bot);
  if (m.severity != null && m.severity !== "") w.string(34, m.severity);
  if (m.detector != null && m.detector !== "") w.string(26, m.detector);
  if (m.atMs != null && m.atMs !== 0) w.int64(16, m.atMs);
  if (m.id != null && m.id !== 0) w.uint64(8, m.id);
}

export function decodeFindingRecord(r: Reader, m: FindingRecord__Output = { id: 0, atMs: 0, detector: "", severity: "", bot: "", instanceId: "", subject: "", summary: "", facts: {}, evidence: [], ackedAtMs: 0, ackedBy: "", note: "" }): FindingRecord__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.id = r.uint64(); break;
      case 16: m.atMs = r.int64(); break;
      case 26: m.detector = r.string(); break;
      case 34: m.severity = r.string(); break;
      case 42: m.bot = r.string(); break;
      case 50: m.instanceId = r.string(); break;
      case 58: m.subject = r.string(); break;
      case 66: m.summary = r.string(); break;
      case 74: { const outer = r.enter(); let key = ""; let value: string = ""; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === 18) value = r.string(); else r.skip(inner); } r.leave(outer); putEntry(m.facts, key, value); break; }
      case 80: m.evidence.push(r.uint64()); break;
      case 82: { const outer = r.enter(); while (r.more) m.evidence.push(r.uint64()); r.leave(outer); break; }
      case 88: m.ackedAtMs = r.int64(); break;
      case 98: m.ackedBy = r.string(); break;
      case 106: m.note = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const FindingRecordCodec: MessageCodec<FindingRecord, FindingRecord__Output> = /* @__PURE__ */ codec(encodeFindingRecord, decodeFindingRecord);

export interface ListFindingsRequest {
  pageSize?: number;
  pageToken?: string;
  bot?: string;
  detector?: string;
  open?: boolean;
}

export interface ListFindingsRequest__Output {
  pageSize: number;
  pageToken: string;
  bot: string;
  detector: string;
  open: boolean;
}

export function encodeListFindingsRequest(w: Writer, m: ListFindingsRequest): void {
  if (m.open != null && m.open !== false) w.bool(40, m.open);
  if (m.detector != null && m.detector !== "") w.string(34, m.detector);
  if (m.bot != null && m.bot !== "") w.string(26, m.bot);
  if (m.pageToken != null && m.pageToken !== "") w.string(18, m.pageToken);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(8, m.pageSize);
}

export function decodeListFindingsRequest(r: Reader, m: ListFindingsRequest__Output = { pageSize: 0, pageToken: "", bot: "", detector: "", open: false }): ListFindingsRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pageSize = r.uint32(); break;
      case 18: m.pageToken = r.string(); break;
      case 26: m.bot = r.string(); break;
      case 34: m.detector = r.string(); break;
      case 40: m.open = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListFindingsRequestCodec: MessageCodec<ListFindingsRequest, ListFindingsRequest__Output> = /* @__PURE__ */ codec(encodeListFindingsRequest, decodeListFindingsRequest);

export interface ListFindingsResponse {
  findings?: FindingRecord[];
  nextPageToken?: string;
}

export interface ListFindingsResponse__Output {
  findings: FindingRecord__Output[];
  nextPageToken: string;
}

export function encodeListFindingsResponse(w: Writer, m: ListFindingsResponse): void {
  if (m.nextPageToken != null && m.nextPageToken !== "") w.string(18, m.nextPageToken);
  if (m.findings != null) for (let i = m.findings.length - 1; i >= 0; i -= 1) { const each = m.findings[i]!; { const since = w.written; encodeFindingRecord(w, each); w.nested(10, since); } }
}

export function decodeListFindingsResponse(r: Reader, m: ListFindingsResponse__Output = { findings: [], nextPageToken: "" }): ListFindingsResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.findings.push(decodeFindingRecord(r)); r.leave(outer); } break;
      case 18: m.nextPageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListFindingsResponseCodec: MessageCodec<ListFindingsResponse, ListFindingsResponse__Output> = /* @__PURE__ */ codec(encodeListFindingsResponse, decodeListFindingsResponse);

export interface GetFindingRequest {
  id?: number;
}

export interface GetFindingRequest__Output {
  id: number;
}

export function encodeGetFindingRequest(w: Writer, m: GetFindingRequest): void {
  if (m.id != null && m.id !== 0) w.uint64(8, m.id);
}

export function decodeGetFindingRequest(r: Reader, m: GetFindingRequest__Output = { id: 0 }): GetFindingRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.id = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetFindingRequestCodec: MessageCodec<GetFindingRequest, GetFindingRequest__Output> = /* @__PURE__ */ codec(encodeGetFindingRequest, decodeGetFindingRequest);

export interface AckFindingRequest {
  id?: number;
  note?: string;
}

export interface AckFindingRequest__Output {
  id: number;
  note: string;
}

export function encodeAckFindingRequest(w: Writer, m: AckFindingRequest): void {
  if (m.note != null && m.note !== "") w.string(18, m.note);
  if (m.id != null && m.id !== 0) w.uint64(8, m.id);
}

export function decodeAckFindingRequest(r: Reader, m: AckFindingRequest__Output = { id: 0, note: "" }): AckFindingRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.id = r.uint64(); break;
      case 18: m.note = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AckFindingRequestCodec: MessageCodec<AckFindingRequest, AckFindingRequest__Output> = /* @__PURE__ */ codec(encodeAckFindingRequest, decodeAckFindingRequest);

export interface GetReportRequest {
  name?: string;
}

export interface GetReportRequest__Output {
  name: string;
}

export function encodeGetReportRequest(w: Writer, m: GetReportRequest): void {
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeGetReportRequest(r: Reader, m: GetReportRequest__Output = { name: "" }): GetReportRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetReportRequestCodec: MessageCodec<GetReportRequest, GetReportRequest__Output> = /* @__PURE__ */ codec(encodeGetReportRequest, decodeGetReportRequest);

export interface Report {
  name?: string;
  title?: string;
  trustDomain?: string;
  madeAtMs?: number;
  lines?: ReportLine[];
  madeBy?: string;
  version?: string;
  scope?: string[];
  checkpoint?: string;
}

export interface Report__Output {
  name: string;
  title: string;
  trustDomain: string;
  madeAtMs: number;
  lines: ReportLine__Output[];
  madeBy: string;
  version: string;
  scope: string[];
  checkpoint: string;
}

export function encodeReport(w: Writer, m: Report): void {
  if (m.checkpoint != null && m.checkpoint !== "") w.string(74, m.checkpoint);
  if (m.scope != null) for (let i = m.scope.length - 1; i >= 0; i -= 1) { const each = m.scope[i]!; w.string(66, each); }
  if (m.version != null && m.version !== "") w.string(58, m.version);
  if (m.madeBy != null && m.madeBy !== "") w.string(50, m.madeBy);
  if (m.lines != null) for (let i = m.lines.length - 1; i >= 0; i -= 1) { const each = m.lines[i]!; { const since = w.written; encodeReportLine(w, each); w.nested(42, since); } }
  if (m.madeAtMs != null && m.madeAtMs !== 0) w.int64(32, m.madeAtMs);
  if (m.trustDomain != null && m.trustDomain !== "") w.string(26, m.trustDomain);
  if (m.title != null && m.title !== "") w.string(18, m.title);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeReport(r: Reader, m: Report__Output = { name: "", title: "", trustDomain: "", madeAtMs: 0, lines: [], madeBy: "", version: "", scope: [], checkpoint: "" }): Report__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.title = r.string(); break;
      case 26: m.trustDomain = r.string(); break;
      case 32: m.madeAtMs = r.int64(); break;
      case 42: { const outer = r.enter(); m.lines.push(decodeReportLine(r)); r.leave(outer); } break;
      case 50: m.madeBy = r.string(); break;
      case 58: m.version = r.string(); break;
      case 66: m.scope.push(r.string()); break;
      case 74: m.checkpoint = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReportCodec: MessageCodec<Report, Report__Output> = /* @__PURE__ */ codec(encodeReport, decodeReport);

export interface ReportLine {
  id?: string;
  title?: string;
  result?: string;
  check?: string;
  evidence?: string[];
  remedy?: string;
  lookedAt?: string;
}

export interface ReportLine__Output {
  id: string;
  title: string;
  result: string;
  check: string;
  evidence: string[];
  remedy: string;
  lookedAt: string;
}

export function encodeReportLine(w: Writer, m: ReportLine): void {
  if (m.lookedAt != null && m.lookedAt !== "") w.string(58, m.lookedAt);
  if (m.remedy != null && m.remedy !== "") w.string(50, m.remedy);
  if (m.evidence != null) for (let i = m.evidence.length - 1; i >= 0; i -= 1) { const each = m.evidence[i]!; w.string(42, each); }
  if (m.check != null && m.check !== "") w.string(34, m.check);
  if (m.result != null && m.result !== "") w.string(26, m.result);
  if (m.title != null && m.title !== "") w.string(18, m.title);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeReportLine(r: Reader, m: ReportLine__Output = { id: "", title: "", result: "", check: "", evidence: [], remedy: "", lookedAt: "" }): ReportLine__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.title = r.string(); break;
      case 26: m.result = r.string(); break;
      case 34: m.check = r.string(); break;
      case 42: m.evidence.push(r.string()); break;
      case 50: m.remedy = r.string(); break;
      case 58: m.lookedAt = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReportLineCodec: MessageCodec<ReportLine, ReportLine__Output> = /* @__PURE__ */ codec(encodeReportLine, decodeReportLine);

export const FindingService = {
  ListFindings: /* @__PURE__ */ method("/botpass.v1.FindingService/ListFindings", "listFindings", { request: false, response: false }, ListFindingsRequestCodec, ListFindingsResponseCodec),
  GetFinding: /* @__PURE__ */ method("/botpass.v1.FindingService/GetFinding", "getFinding", { request: false, response: false }, GetFindingRequestCodec, FindingRecordCodec),
  AckFinding: /* @__PURE__ */ method("/botpass.v1.FindingService/AckFinding", "ackFinding", { request: false, response: false }, AckFindingRequestCodec, FindingRecordCodec),
};
export type FindingServiceDefinition = typeof FindingService;

export interface FindingServiceClient extends Client {
  ListFindings: UnaryCall<ListFindingsRequest, ListFindingsResponse__Output>;
  listFindings: UnaryCall<ListFindingsRequest, ListFindingsResponse__Output>;
  GetFinding: UnaryCall<GetFindingRequest, FindingRecord__Output>;
  getFinding: UnaryCall<GetFindingRequest, FindingRecord__Output>;
  AckFinding: UnaryCall<AckFindingRequest, FindingRecord__Output>;
  ackFinding: UnaryCall<AckFindingRequest, FindingRecord__Output>;
}

export interface FindingServiceHandlers {
  ListFindings: handleUnaryCall<ListFindingsRequest__Output, ListFindingsResponse>;
  GetFinding: handleUnaryCall<GetFindingRequest__Output, FindingRecord>;
  AckFinding: handleUnaryCall<AckFindingRequest__Output, FindingRecord>;
}

export const ReportService = {
  GetReport: /* @__PURE__ */ method("/botpass.v1.ReportService/GetReport", "getReport", { request: false, response: false }, GetReportRequestCodec, ReportCodec),
};
export type ReportServiceDefinition = typeof ReportService;

export interface ReportServiceClient extends Client {
  GetReport: UnaryCall<GetReportRequest, Report__Output>;
  getReport: UnaryCall<GetReportRequest, Report__Output>;
}

export interface ReportServiceHandlers {
  GetReport: handleUnaryCall<GetReportRequest__Output, Report>;
}

