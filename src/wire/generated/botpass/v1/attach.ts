// Written by scripts/generate.ts from proto/botpass/v1/attach.proto; not to be changed by hand.
import type { Client, handleBidiStreamingCall, handleServerStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import { type BidiCall, EMPTY, type MessageCodec, type Reader, type ServerStreamingCall, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";
import { decodeStatementProof, decodeStatementRequest, decodeUsesReport, decodeUsesTaken, encodeStatementProof, encodeStatementRequest, encodeUsesReport, encodeUsesTaken, type StatementProof, type StatementProof__Output, type StatementRequest, type StatementRequest__Output, type UsesReport, type UsesReport__Output, type UsesTaken, type UsesTaken__Output } from "./reports.ts";
import { BundleCodec, decodeBundle, decodeErrorMessage, decodeJwtSvidMessage, decodeSelector, decodeX509SvidMessage, encodeBundle, encodeErrorMessage, encodeJwtSvidMessage, encodeSelector, encodeX509SvidMessage, type Bundle, type Bundle__Output, type ErrorMessage, type ErrorMessage__Output, type JwtSvidMessage, type JwtSvidMessage__Output, type Selector, type Selector__Output, type X509SvidMessage, type X509SvidMessage__Output } from "./types.ts";

export interface GetCrlsRequest {
}

export interface GetCrlsRequest__Output {
}

export function encodeGetCrlsRequest(_w: Writer, _m: GetCrlsRequest): void {
}

export function decodeGetCrlsRequest(r: Reader, m: GetCrlsRequest__Output = {}): GetCrlsRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetCrlsRequestCodec: MessageCodec<GetCrlsRequest, GetCrlsRequest__Output> = /* @__PURE__ */ codec(encodeGetCrlsRequest, decodeGetCrlsRequest);

export interface Crls {
  crls?: Crl[];
}

export interface Crls__Output {
  crls: Crl__Output[];
}

export function encodeCrls(w: Writer, m: Crls): void {
  if (m.crls != null) for (let i = m.crls.length - 1; i >= 0; i -= 1) { const each = m.crls[i]!; { const since = w.written; encodeCrl(w, each); w.nested(10, since); } }
}

export function decodeCrls(r: Reader, m: Crls__Output = { crls: [] }): Crls__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.crls.push(decodeCrl(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CrlsCodec: MessageCodec<Crls, Crls__Output> = /* @__PURE__ */ codec(encodeCrls, decodeCrls);

export interface Crl {
  authorityId?: string;
  der?: Uint8Array;
  number?: number;
  thisUpdateMs?: number;
  nextUpdateMs?: number;
  entries?: number;
}

export interface Crl__Output {
  authorityId: string;
  der: Buffer;
  number: number;
  thisUpdateMs: number;
  nextUpdateMs: number;
  entries: number;
}

export function encodeCrl(w: Writer, m: Crl): void {
  if (m.entries != null && m.entries !== 0) w.uint32(48, m.entries);
  if (m.nextUpdateMs != null && m.nextUpdateMs !== 0) w.int64(40, m.nextUpdateMs);
  if (m.thisUpdateMs != null && m.thisUpdateMs !== 0) w.int64(32, m.thisUpdateMs);
  if (m.number != null && m.number !== 0) w.uint64(24, m.number);
  if (m.der != null && m.der.length !== 0) w.bytes(18, m.der);
  if (m.authorityId != null && m.authorityId !== "") w.string(10, m.authorityId);
}

export function decodeCrl(r: Reader, m: Crl__Output = { authorityId: "", der: EMPTY, number: 0, thisUpdateMs: 0, nextUpdateMs: 0, entries: 0 }): Crl__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.authorityId = r.string(); break;
      case 18: m.der = r.bytes(); break;
      case 24: m.number = r.uint64(); break;
      case 32: m.thisUpdateMs = r.int64(); break;
      case 40: m.nextUpdateMs = r.int64(); break;
      case 48: m.entries = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CrlCodec: MessageCodec<Crl, Crl__Output> = /* @__PURE__ */ codec(encodeCrl, decodeCrl);

export interface WatchTrustRequest {
  afterSequence?: number;
  heartbeatMs?: number;
}

export interface WatchTrustRequest__Output {
  afterSequence: number;
  heartbeatMs: number;
}

export function encodeWatchTrustRequest(w: Writer, m: WatchTrustRequest): void {
  if (m.heartbeatMs != null && m.heartbeatMs !== 0) w.uint32(16, m.heartbeatMs);
  if (m.afterSequence != null && m.afterSequence !== 0) w.uint64(8, m.afterSequence);
}

export function decodeWatchTrustRequest(r: Reader, m: WatchTrustRequest__Output = { afterSequence: 0, heartbeatMs: 0 }): WatchTrustRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.afterSequence = r.uint64(); break;
      case 16: m.heartbeatMs = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const WatchTrustRequestCodec: MessageCodec<WatchTrustRequest, WatchTrustRequest__Output> = /* @__PURE__ */ codec(encodeWatchTrustRequest, decodeWatchTrustRequest);

export interface WatchTrustResponse {
  bundle?: Bundle | null;
  denied?: DenyUpdate | null;
  body?: "bundle" | "denied";
}

export interface WatchTrustResponse__Output {
  bundle?: Bundle__Output | null;
  denied?: DenyUpdate__Output | null;
  body?: "bundle" | "denied";
}

export function encodeWatchTrustResponse(w: Writer, m: WatchTrustResponse): void {
  if (m.denied != null) { const since = w.written; encodeDenyUpdate(w, m.denied); w.nested(18, since); }
  if (m.bundle != null) { const since = w.written; encodeBundle(w, m.bundle); w.nested(10, since); }
}

export function decodeWatchTrustResponse(r: Reader, m: WatchTrustResponse__Output = {}): WatchTrustResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bundle = decodeBundle(r, m.bundle ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "bundle") delete m[m.body]; m.body = "bundle"; break;
      case 18: { const outer = r.enter(); m.denied = decodeDenyUpdate(r, m.denied ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "denied") delete m[m.body]; m.body = "denied"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const WatchTrustResponseCodec: MessageCodec<WatchTrustResponse, WatchTrustResponse__Output> = /* @__PURE__ */ codec(encodeWatchTrustResponse, decodeWatchTrustResponse);

export interface GetBundleRequest {
}

export interface GetBundleRequest__Output {
}

export function encodeGetBundleRequest(_w: Writer, _m: GetBundleRequest): void {
}

export function decodeGetBundleRequest(r: Reader, m: GetBundleRequest__Output = {}): GetBundleRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetBundleRequestCodec: MessageCodec<GetBundleRequest, GetBundleRequest__Output> = /* @__PURE__ */ codec(encodeGetBundleRequest, decodeGetBundleRequest);

export interface AttachRequest {
  id?: number;
  hello?: Hello | null;
  challengeResponse?: ChallengeResponse | null;
  issue?: IssueRequest | null;
  denySubscribe?: DenySubscribe | null;
  goodbye?: Goodbye | null;
  installed?: Installed | null;
  time?: TimeRequest | null;
  logProof?: LogProofRequest | null;
  logHandovers?: LogHandoversRequest | null;
  statement?: StatementRequest | null;
  uses?: UsesReport | null;
  crlSubscribe?: CrlSubscribe | null;
  callersSubscribe?: CallersSubscribe | null;
  body?: "hello" | "challengeResponse" | "issue" | "denySubscribe" | "goodbye" | "installed" | "time" | "logProof" | "logHandovers" | "statement" | "uses" | "crlSubscribe" | "callersSubscribe";
}

export interface AttachRequest__Output {
  id: number;
  hello?: Hello__Output | null;
  challengeResponse?: ChallengeResponse__Output | null;
  issue?: IssueRequest__Output | null;
  denySubscribe?: DenySubscribe__Output | null;
  goodbye?: Goodbye__Output | null;
  installed?: Installed__Output | null;
  time?: TimeRequest__Output | null;
  logProof?: LogProofRequest__Output | null;
  logHandovers?: LogHandoversRequest__Output | null;
  statement?: StatementRequest__Output | null;
  uses?: UsesReport__Output | null;
  crlSubscribe?: CrlSubscribe__Output | null;
  callersSubscribe?: CallersSubscribe__Output | null;
  body?: "hello" | "challengeResponse" | "issue" | "denySubscribe" | "goodbye" | "installed" | "time" | "logProof" | "logHandovers" | "statement" | "uses" | "crlSubscribe" | "callersSubscribe";
}

export function encodeAttachRequest(w: Writer, m: AttachRequest): void {
  if (m.callersSubscribe != null) { const since = w.written; encodeCallersSubscribe(w, m.callersSubscribe); w.nested(402, since); }
  if (m.uses != null) { const since = w.written; encodeUsesReport(w, m.uses); w.nested(330, since); }
  if (m.statement != null) { const since = w.written; encodeStatementRequest(w, m.statement); w.nested(322, since); }
  if (m.logHandovers != null) { const since = w.written; encodeLogHandoversRequest(w, m.logHandovers); w.nested(186, since); }
  if (m.time != null) { const since = w.written; encodeTimeRequest(w, m.time); w.nested(170, since); }
  if (m.logProof != null) { const since = w.written; encodeLogProofRequest(w, m.logProof); w.nested(162, since); }
  if (m.crlSubscribe != null) { const since = w.written; encodeCrlSubscribe(w, m.crlSubscribe); w.nested(66, since); }
  if (m.installed != null) { const since = w.written; encodeInstalled(w, m.installed); w.nested(58, since); }
  if (m.goodbye != null) { const since = w.written; encodeGoodbye(w, m.goodbye); w.nested(50, since); }
  if (m.denySubscribe != null) { const since = w.written; encodeDenySubscribe(w, m.denySubscribe); w.nested(42, since); }
  if (m.issue != null) { const since = w.written; encodeIssueRequest(w, m.issue); w.nested(34, since); }
  if (m.challengeResponse != null) { const since = w.written; encodeChallengeResponse(w, m.challengeResponse); w.nested(26, since); }
  if (m.hello != null) { const since = w.written; encodeHello(w, m.hello); w.nested(18, since); }
  if (m.id != null && m.id !== 0) w.uint64(8, m.id);
}

export function decodeAttachRequest(r: Reader, m: AttachRequest__Output = { id: 0 }): AttachRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.id = r.uint64(); break;
      case 18: { const outer = r.enter(); m.hello = decodeHello(r, m.hello ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "hello") delete m[m.body]; m.body = "hello"; break;
      case 26: { const outer = r.enter(); m.challengeResponse = decodeChallengeResponse(r, m.challengeResponse ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "challengeResponse") delete m[m.body]; m.body = "challengeResponse"; break;
      case 34: { const outer = r.enter(); m.issue = decodeIssueRequest(r, m.issue ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "issue") delete m[m.body]; m.body = "issue"; break;
      case 42: { const outer = r.enter(); m.denySubscribe = decodeDenySubscribe(r, m.denySubscribe ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "denySubscribe") delete m[m.body]; m.body = "denySubscribe"; break;
      case 50: { const outer = r.enter(); m.goodbye = decodeGoodbye(r, m.goodbye ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "goodbye") delete m[m.body]; m.body = "goodbye"; break;
      case 58: { const outer = r.enter(); m.installed = decodeInstalled(r, m.installed ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "installed") delete m[m.body]; m.body = "installed"; break;
      case 170: { const outer = r.enter(); m.time = decodeTimeRequest(r, m.time ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "time") delete m[m.body]; m.body = "time"; break;
      case 162: { const outer = r.enter(); m.logProof = decodeLogProofRequest(r, m.logProof ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "logProof") delete m[m.body]; m.body = "logProof"; break;
      case 186: { const outer = r.enter(); m.logHandovers = decodeLogHandoversRequest(r, m.logHandovers ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "logHandovers") delete m[m.body]; m.body = "logHandovers"; break;
      case 322: { const outer = r.enter(); m.statement = decodeStatementRequest(r, m.statement ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "statement") delete m[m.body]; m.body = "statement"; break;
      case 330: { const outer = r.enter(); m.uses = decodeUsesReport(r, m.uses ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "uses") delete m[m.body]; m.body = "uses"; break;
      case 66: { const outer = r.enter(); m.crlSubscribe = decodeCrlSubscribe(r, m.crlSubscribe ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "crlSubscribe") delete m[m.body]; m.body = "crlSubscribe"; break;
      case 402: { const outer = r.enter(); m.callersSubscribe = decodeCallersSubscribe(r, m.callersSubscribe ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "callersSubscribe") delete m[m.body]; m.body = "callersSubscribe"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AttachRequestCodec: MessageCodec<AttachRequest, AttachRequest__Output> = /* @__PURE__ */ codec(encodeAttachRequest, decodeAttachRequest);

export interface Goodbye {
}

export interface Goodbye__Output {
}

export function encodeGoodbye(_w: Writer, _m: Goodbye): void {
}

export function decodeGoodbye(r: Reader, m: Goodbye__Output = {}): Goodbye__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const GoodbyeCodec: MessageCodec<Goodbye, Goodbye__Output> = /* @__PURE__ */ codec(encodeGoodbye, decodeGoodbye);

export interface TimeRequest {
}

export interface TimeRequest__Output {
}

export function encodeTimeRequest(_w: Writer, _m: TimeRequest): void {
}

export function decodeTimeRequest(r: Reader, m: TimeRequest__Output = {}): TimeRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const TimeRequestCodec: MessageCodec<TimeRequest, TimeRequest__Output> = /* @__PURE__ */ codec(encodeTimeRequest, decodeTimeRequest);

export interface TimeResponse {
}

export interface TimeResponse__Output {
}

export function encodeTimeResponse(_w: Writer, _m: TimeResponse): void {
}

export function decodeTimeResponse(r: Reader, m: TimeResponse__Output = {}): TimeResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const TimeResponseCodec: MessageCodec<TimeResponse, TimeResponse__Output> = /* @__PURE__ */ codec(encodeTimeResponse, decodeTimeResponse);

export interface CrlSubscribe {
}

export interface CrlSubscribe__Output {
}

export function encodeCrlSubscribe(_w: Writer, _m: CrlSubscribe): void {
}

export function decodeCrlSubscribe(r: Reader, m: CrlSubscribe__Output = {}): CrlSubscribe__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const CrlSubscribeCodec: MessageCodec<CrlSubscribe, CrlSubscribe__Output> = /* @__PURE__ */ codec(encodeCrlSubscribe, decodeCrlSubscribe);

export interface Installed {
  serials?: string[];
}

export interface Installed__Output {
  serials: string[];
}

export function encodeInstalled(w: Writer, m: Installed): void {
  if (m.serials != null) for (let i = m.serials.length - 1; i >= 0; i -= 1) { const each = m.serials[i]!; w.string(10, each); }
}

export function decodeInstalled(r: Reader, m: Installed__Output = { serials: [] }): Installed__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.serials.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const InstalledCodec: MessageCodec<Installed, Installed__Output> = /* @__PURE__ */ codec(encodeInstalled, decodeInstalled);

export interface Hello {
  protocolVersion?: number;
  client?: string;
  clientNonce?: Uint8Array;
  joinToken?: JoinTokenEvidence | null;
  x509pop?: X509PopEvidence | null;
  unix?: UnixEvidence | null;
  svid?: SvidEvidence | null;
  workload?: WorkloadEvidence | null;
  oidc?: OidcEvidence | null;
  evidence?: "joinToken" | "x509pop" | "unix" | "svid" | "workload" | "oidc";
}

export interface Hello__Output {
  protocolVersion: number;
  client: string;
  clientNonce: Buffer;
  joinToken?: JoinTokenEvidence__Output | null;
  x509pop?: X509PopEvidence__Output | null;
  unix?: UnixEvidence__Output | null;
  svid?: SvidEvidence__Output | null;
  workload?: WorkloadEvidence__Output | null;
  oidc?: OidcEvidence__Output | null;
  evidence?: "joinToken" | "x509pop" | "unix" | "svid" | "workload" | "oidc";
}

export function encodeHello(w: Writer, m: Hello): void {
  if (m.oidc != null) { const since = w.written; encodeOidcEvidence(w, m.oidc); w.nested(74, since); }
  if (m.workload != null) { const since = w.written; encodeWorkloadEvidence(w, m.workload); w.nested(66, since); }
  if (m.svid != null) { const since = w.written; encodeSvidEvidence(w, m.svid); w.nested(58, since); }
  if (m.unix != null) { const since = w.written; encodeUnixEvidence(w, m.unix); w.nested(50, since); }
  if (m.x509pop != null) { const since = w.written; encodeX509PopEvidence(w, m.x509pop); w.nested(42, since); }
  if (m.joinToken != null) { const since = w.written; encodeJoinTokenEvidence(w, m.joinToken); w.nested(34, since); }
  if (m.clientNonce != null && m.clientNonce.length !== 0) w.bytes(26, m.clientNonce);
  if (m.client != null && m.client !== "") w.string(18, m.client);
  if (m.protocolVersion != null && m.protocolVersion !== 0) w.uint32(8, m.protocolVersion);
}

export function decodeHello(r: Reader, m: Hello__Output = { protocolVersion: 0, client: "", clientNonce: EMPTY }): Hello__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.protocolVersion = r.uint32(); break;
      case 18: m.client = r.string(); break;
      case 26: m.clientNonce = r.bytes(); break;
      case 34: { const outer = r.enter(); m.joinToken = decodeJoinTokenEvidence(r, m.joinToken ?? undefined); r.leave(outer); } if (m.evidence !== undefined && m.evidence !== "joinToken") delete m[m.evidence]; m.evidence = "joinToken"; break;
      case 42: { const outer = r.enter(); m.x509pop = decodeX509PopEvidence(r, m.x509pop ?? undefined); r.leave(outer); } if (m.evidence !== undefined && m.evidence !== "x509pop") delete m[m.evidence]; m.evidence = "x509pop"; break;
      case 50: { const outer = r.enter(); m.unix = decodeUnixEvidence(r, m.unix ?? undefined); r.leave(outer); } if (m.evidence !== undefined && m.evidence !== "unix") delete m[m.evidence]; m.evidence = "unix"; break;
      case 58: { const outer = r.enter(); m.svid = decodeSvidEvidence(r, m.svid ?? undefined); r.leave(outer); } if (m.evidence !== undefined && m.evidence !== "svid") delete m[m.evidence]; m.evidence = "svid"; break;
      case 66: { const outer = r.enter(); m.workload = decodeWorkloadEvidence(r, m.workload ?? undefined); r.leave(outer); } if (m.evidence !== undefined && m.evidence !== "workload") delete m[m.evidence]; m.evidence = "workload"; break;
      case 74: { const outer = r.enter(); m.oidc = decodeOidcEvidence(r, m.oidc ?? undefined); r.leave(outer); } if (m.evidence !== undefined && m.evidence !== "oidc") delete m[m.evidence]; m.evidence = "oidc"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const HelloCodec: MessageCodec<Hello, Hello__Output> = /* @__PURE__ */ codec(encodeHello, decodeHello);

export interface JoinTokenEvidence {
  tokenId?: string;
  publicKey?: Uint8Array;
}

export interface JoinTokenEvidence__Output {
  tokenId: string;
  publicKey: Buffer;
}

export function encodeJoinTokenEvidence(w: Writer, m: JoinTokenEvidence): void {
  if (m.publicKey != null && m.publicKey.length !== 0) w.bytes(18, m.publicKey);
  if (m.tokenId != null && m.tokenId !== "") w.string(10, m.tokenId);
}

export function decodeJoinTokenEvidence(r: Reader, m: JoinTokenEvidence__Output = { tokenId: "", publicKey: EMPTY }): JoinTokenEvidence__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.tokenId = r.string(); break;
      case 18: m.publicKey = r.bytes(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const JoinTokenEvidenceCodec: MessageCodec<JoinTokenEvidence, JoinTokenEvidence__Output> = /* @__PURE__ */ codec(encodeJoinTokenEvidence, decodeJoinTokenEvidence);

export interface X509PopEvidence {
  certificates?: Uint8Array[];
}

export interface X509PopEvidence__Output {
  certificates: Buffer[];
}

export function encodeX509PopEvidence(w: Writer, m: X509PopEvidence): void {
  if (m.certificates != null) for (let i = m.certificates.length - 1; i >= 0; i -= 1) { const each = m.certificates[i]!; w.bytes(10, each); }
}

export function decodeX509PopEvidence(r: Reader, m: X509PopEvidence__Output = { certificates: [] }): X509PopEvidence__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.certificates.push(r.bytes()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const X509PopEvidenceCodec: MessageCodec<X509PopEvidence, X509PopEvidence__Output> = /* @__PURE__ */ codec(encodeX509PopEvidence, decodeX509PopEvidence);

export interface UnixEvidence {
}

export interface UnixEvidence__Output {
}

export function encodeUnixEvidence(_w: Writer, _m: UnixEvidence): void {
}

export function decodeUnixEvidence(r: Reader, m: UnixEvidence__Output = {}): UnixEvidence__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const UnixEvidenceCodec: MessageCodec<UnixEvidence, UnixEvidence__Output> = /* @__PURE__ */ codec(encodeUnixEvidence, decodeUnixEvidence);

export interface SvidEvidence {
}

export interface SvidEvidence__Output {
}

export function encodeSvidEvidence(_w: Writer, _m: SvidEvidence): void {
}

export function decodeSvidEvidence(r: Reader, m: SvidEvidence__Output = {}): SvidEvidence__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const SvidEvidenceCodec: MessageCodec<SvidEvidence, SvidEvidence__Output> = /* @__PURE__ */ codec(encodeSvidEvidence, decodeSvidEvidence);

export interface WorkloadEvidence {
  selectors?: Selector[];
}

export interface WorkloadEvidence__Output {
  selectors: Selector__Output[];
}

export function encodeWorkloadEvidence(w: Writer, m: WorkloadEvidence): void {
  if (m.selectors != null) for (let i = m.selectors.length - 1; i >= 0; i -= 1) { const each = m.selectors[i]!; { const since = w.written; encodeSelector(w, each); w.nested(10, since); } }
}

export function decodeWorkloadEvidence(r: Reader, m: WorkloadEvidence__Output = { selectors: [] }): WorkloadEvidence__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.selectors.push(decodeSelector(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const WorkloadEvidenceCodec: MessageCodec<WorkloadEvidence, WorkloadEvidence__Output> = /* @__PURE__ */ codec(encodeWorkloadEvidence, decodeWorkloadEvidence);

export interface OidcEvidence {
  token?: string;
  publicKey?: Uint8Array;
}

export interface OidcEvidence__Output {
  token: string;
  publicKey: Buffer;
}

export function encodeOidcEvidence(w: Writer, m: OidcEvidence): void {
  if (m.publicKey != null && m.publicKey.length !== 0) w.bytes(18, m.publicKey);
  if (m.token != null && m.token !== "") w.string(10, m.token);
}

export function decodeOidcEvidence(r: Reader, m: OidcEvidence__Output = { token: "", publicKey: EMPTY }): OidcEvidence__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.token = r.string(); break;
      case 18: m.publicKey = r.bytes(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const OidcEvidenceCodec: MessageCodec<OidcEvidence, OidcEvidence__Output> = /* @__PURE__ */ codec(encodeOidcEvidence, decodeOidcEvidence);

export interface Challenge {
  serverNonce?: Uint8Array;
}

export interface Challenge__Output {
  serverNonce: Buffer;
}

export function encodeChallenge(w: Writer, m: Challenge): void {
  if (m.serverNonce != null && m.serverNonce.length !== 0) w.bytes(10, m.serverNonce);
}

export function decodeChallenge(r: Reader, m: Challenge__Output = { serverNonce: EMPTY }): Challenge__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.serverNonce = r.bytes(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ChallengeCodec: MessageCodec<Challenge, Challenge__Output> = /* @__PURE__ */ codec(encodeChallenge, decodeChallenge);

export interface ChallengeResponse {
  signature?: Uint8Array;
  tokenSecret?: Uint8Array;
}

export interface ChallengeResponse__Output {
  signature: Buffer;
  tokenSecret: Buffer;
}

export function encodeChallengeResponse(w: Writer, m: ChallengeResponse): void {
  if (m.tokenSecret != null && m.tokenSecret.length !== 0) w.bytes(18, m.tokenSecret);
  if (m.signature != null && m.signature.length !== 0) w.bytes(10, m.signature);
}

export function decodeChallengeResponse(r: Reader, m: ChallengeResponse__Output = { signature: EMPTY, tokenSecret: EMPTY }): ChallengeResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.signature = r.bytes(); break;
      case 18: m.tokenSecret = r.bytes(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ChallengeResponseCodec: MessageCodec<ChallengeResponse, ChallengeResponse__Output> = /* @__PURE__ */ codec(encodeChallengeResponse, decodeChallengeResponse);

export interface Attached {
  identities?: Identity[];
  bundle?: Bundle | null;
  trustDomain?: string;
}

export interface Attached__Output {
  identities: Identity__Output[];
  bundle: Bundle__Output | null;
  trustDomain: string;
}

export function encodeAttached(w: Writer, m: Attached): void {
  if (m.trustDomain != null && m.trustDomain !== "") w.string(26, m.trustDomain);
  if (m.bundle != null) { const since = w.written; encodeBundle(w, m.bundle); w.nested(18, since); }
  if (m.identities != null) for (let i = m.identities.length - 1; i >= 0; i -= 1) { const each = m.identities[i]!; { const since = w.written; encodeIdentity(w, each); w.nested(10, since); } }
}

export function decodeAttached(r: Reader, m: Attached__Output = { identities: [], bundle: null, trustDomain: "" }): Attached__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.identities.push(decodeIdentity(r)); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.bundle = decodeBundle(r, m.bundle ?? undefined); r.leave(outer); } break;
      case 26: m.trustDomain = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AttachedCodec: MessageCodec<Attached, Attached__Output> = /* @__PURE__ */ codec(encodeAttached, decodeAttached);

export interface Identity {
  instanceId?: string;
  bot?: string;
  spiffeId?: string;
  hint?: string;
  x509TtlSeconds?: number;
  jwtTtlSeconds?: number;
  audiences?: string[];
  dnsNames?: string[];
  kind?: string;
  lineageEndsAtMs?: number;
  resumable?: boolean;
  calls?: Calls | null;
}

export interface Identity__Output {
  instanceId: string;
  bot: string;
  spiffeId: string;
  hint: string;
  x509TtlSeconds: number;
  jwtTtlSeconds: number;
  audiences: string[];
  dnsNames: string[];
  kind: string;
  lineageEndsAtMs: number;
  resumable: boolean;
  calls: Calls__Output | null;
}

export function encodeIdentity(w: Writer, m: Identity): void {
  if (m.calls != null) { const since = w.written; encodeCalls(w, m.calls); w.nested(98, since); }
  if (m.resumable != null && m.resumable !== false) w.bool(88, m.resumable);
  if (m.lineageEndsAtMs != null && m.lineageEndsAtMs !== 0) w.int64(80, m.lineageEndsAtMs);
  if (m.kind != null && m.kind !== "") w.string(74, m.kind);
  if (m.dnsNames != null) for (let i = m.dnsNames.length - 1; i >= 0; i -= 1) { const each = m.dnsNames[i]!; w.string(66, each); }
  if (m.audiences != null) for (let i = m.audiences.length - 1; i >= 0; i -= 1) { const each = m.audiences[i]!; w.string(58, each); }
  if (m.jwtTtlSeconds != null && m.jwtTtlSeconds !== 0) w.uint32(48, m.jwtTtlSeconds);
  if (m.x509TtlSeconds != null && m.x509TtlSeconds !== 0) w.uint32(40, m.x509TtlSeconds);
  if (m.hint != null && m.hint !== "") w.string(34, m.hint);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(26, m.spiffeId);
  if (m.bot != null && m.bot !== "") w.string(18, m.bot);
  if (m.instanceId != null && m.instanceId !== "") w.string(10, m.instanceId);
}

export function decodeIdentity(r: Reader, m: Identity__Output = { instanceId: "", bot: "", spiffeId: "", hint: "", x509TtlSeconds: 0, jwtTtlSeconds: 0, audiences: [], dnsNames: [], kind: "", lineageEndsAtMs: 0, resumable: false, calls: null }): Identity__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.instanceId = r.string(); break;
      case 18: m.bot = r.string(); break;
      case 26: m.spiffeId = r.string(); break;
      case 34: m.hint = r.string(); break;
      case 40: m.x509TtlSeconds = r.uint32(); break;
      case 48: m.jwtTtlSeconds = r.uint32(); break;
      case 58: m.audiences.push(r.string()); break;
      case 66: m.dnsNames.push(r.string()); break;
      case 74: m.kind = r.string(); break;
      case 80: m.lineageEndsAtMs = r.int64(); break;
      case 88: m.resumable = r.bool(); break;
      case 98: { const outer = r.enter(); m.calls = decodeCalls(r, m.calls ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const IdentityCodec: MessageCodec<Identity, Identity__Output> = /* @__PURE__ */ codec(encodeIdentity, decodeIdentity);

export interface Calls {
  mayCall?: string[];
  calledBy?: string[];
}

export interface Calls__Output {
  mayCall: string[];
  calledBy: string[];
}

export function encodeCalls(w: Writer, m: Calls): void {
  if (m.calledBy != null) for (let i = m.calledBy.length - 1; i >= 0; i -= 1) { const each = m.calledBy[i]!; w.string(18, each); }
  if (m.mayCall != null) for (let i = m.mayCall.length - 1; i >= 0; i -= 1) { const each = m.mayCall[i]!; w.string(10, each); }
}

export function decodeCalls(r: Reader, m: Calls__Output = { mayCall: [], calledBy: [] }): Calls__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.mayCall.push(r.string()); break;
      case 18: m.calledBy.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CallsCodec: MessageCodec<Calls, Calls__Output> = /* @__PURE__ */ codec(encodeCalls, decodeCalls);

export interface CallersSubscribe {
  positions?: CallersPosition[];
}

export interface CallersSubscribe__Output {
  positions: CallersPosition__Output[];
}

export function encodeCallersSubscribe(w: Writer, m: CallersSubscribe): void {
  if (m.positions != null) for (let i = m.positions.length - 1; i >= 0; i -= 1) { const each = m.positions[i]!; { const since = w.written; encodeCallersPosition(w, each); w.nested(10, since); } }
}

export function decodeCallersSubscribe(r: Reader, m: CallersSubscribe__Output = { positions: [] }): CallersSubscribe__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.positions.push(decodeCallersPosition(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CallersSubscribeCodec: MessageCodec<CallersSubscribe, CallersSubscribe__Output> = /* @__PURE__ */ codec(encodeCallersSubscribe, decodeCallersSubscribe);

export interface CallersPosition {
  spiffeId?: string;
  afterSequence?: number;
}

export interface CallersPosition__Output {
  spiffeId: string;
  afterSequence: number;
}

export function encodeCallersPosition(w: Writer, m: CallersPosition): void {
  if (m.afterSequence != null && m.afterSequence !== 0) w.uint64(16, m.afterSequence);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeCallersPosition(r: Reader, m: CallersPosition__Output = { spiffeId: "", afterSequence: 0 }): CallersPosition__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 16: m.afterSequence = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CallersPositionCodec: MessageCodec<CallersPosition, CallersPosition__Output> = /* @__PURE__ */ codec(encodeCallersPosition, decodeCallersPosition);

export interface CallersUpdate {
  spiffeId?: string;
  snapshot?: boolean;
  sequence?: number;
  afterSequence?: number;
  added?: string[];
  removed?: string[];
  more?: boolean;
}

export interface CallersUpdate__Output {
  spiffeId: string;
  snapshot: boolean;
  sequence: number;
  afterSequence: number;
  added: string[];
  removed: string[];
  more: boolean;
}

export function encodeCallersUpdate(w: Writer, m: CallersUpdate): void {
  if (m.more != null && m.more !== false) w.bool(56, m.more);
  if (m.removed != null) for (let i = m.removed.length - 1; i >= 0; i -= 1) { const each = m.removed[i]!; w.string(50, each); }
  if (m.added != null) for (let i = m.added.length - 1; i >= 0; i -= 1) { const each = m.added[i]!; w.string(42, each); }
  if (m.afterSequence != null && m.afterSequence !== 0) w.uint64(32, m.afterSequence);
  if (m.sequence != null && m.sequence !== 0) w.uint64(24, m.sequence);
  if (m.snapshot != null && m.snapshot !== false) w.bool(16, m.snapshot);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeCallersUpdate(r: Reader, m: CallersUpdate__Output = { spiffeId: "", snapshot: false, sequence: 0, afterSequence: 0, added: [], removed: [], more: false }): CallersUpdate__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 16: m.snapshot = r.bool(); break;
      case 24: m.sequence = r.uint64(); break;
      case 32: m.afterSequence = r.uint64(); break;
      case 42: m.added.push(r.string()); break;
      case 50: m.removed.push(r.string()); break;
      case 56: m.more = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CallersUpdateCodec: MessageCodec<CallersUpdate, CallersUpdate__Output> = /* @__PURE__ */ codec(encodeCallersUpdate, decodeCallersUpdate);

export interface IssueRequest {
  items?: IssueItem[];
}

export interface IssueRequest__Output {
  items: IssueItem__Output[];
}

export function encodeIssueRequest(w: Writer, m: IssueRequest): void {
  if (m.items != null) for (let i = m.items.length - 1; i >= 0; i -= 1) { const each = m.items[i]!; { const since = w.written; encodeIssueItem(w, each); w.nested(10, since); } }
}

export function decodeIssueRequest(r: Reader, m: IssueRequest__Output = { items: [] }): IssueRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.items.push(decodeIssueItem(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const IssueRequestCodec: MessageCodec<IssueRequest, IssueRequest__Output> = /* @__PURE__ */ codec(encodeIssueRequest, decodeIssueRequest);

export interface IssueItem {
  instanceId?: string;
  x509?: X509SvidRequest | null;
  jwt?: JwtSvidRequest | null;
  want?: "x509" | "jwt";
}

export interface IssueItem__Output {
  instanceId: string;
  x509?: X509SvidRequest__Output | null;
  jwt?: JwtSvidRequest__Output | null;
  want?: "x509" | "jwt";
}

export function encodeIssueItem(w: Writer, m: IssueItem): void {
  if (m.jwt != null) { const since = w.written; encodeJwtSvidRequest(w, m.jwt); w.nested(26, since); }
  if (m.x509 != null) { const since = w.written; encodeX509SvidRequest(w, m.x509); w.nested(18, since); }
  if (m.instanceId != null && m.instanceId !== "") w.string(10, m.instanceId);
}

export function decodeIssueItem(r: Reader, m: IssueItem__Output = { instanceId: "" }): IssueItem__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.instanceId = r.string(); break;
      case 18: { const outer = r.enter(); m.x509 = decodeX509SvidRequest(r, m.x509 ?? undefined); r.leave(outer); } if (m.want !== undefined && m.want !== "x509") delete m[m.want]; m.want = "x509"; break;
      case 26: { const outer = r.enter(); m.jwt = decodeJwtSvidRequest(r, m.jwt ?? undefined); r.leave(outer); } if (m.want !== undefined && m.want !== "jwt") delete m[m.want]; m.want = "jwt"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const IssueItemCodec: MessageCodec<IssueItem, IssueItem__Output> = /* @__PURE__ */ codec(encodeIssueItem, decodeIssueItem);

export interface X509SvidRequest {
  csr?: Uint8Array;
  ttlSeconds?: number;
}

export interface X509SvidRequest__Output {
  csr: Buffer;
  ttlSeconds: number;
}

export function encodeX509SvidRequest(w: Writer, m: X509SvidRequest): void {
  if (m.ttlSeconds != null && m.ttlSeconds !== 0) w.uint32(16, m.ttlSeconds);
  if (m.csr != null && m.csr.length !== 0) w.bytes(10, m.csr);
}

export function decodeX509SvidRequest(r: Reader, m: X509SvidRequest__Output = { csr: EMPTY, ttlSeconds: 0 }): X509SvidRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.csr = r.bytes(); break;
      case 16: m.ttlSeconds = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const X509SvidRequestCodec: MessageCodec<X509SvidRequest, X509SvidRequest__Output> = /* @__PURE__ */ codec(encodeX509SvidRequest, decodeX509SvidRequest);

export interface JwtSvidRequest {
  audience?: string[];
  ttlSeconds?: number;
}

export interface JwtSvidRequest__Output {
  audience: string[];
  ttlSeconds: number;
}

export function encodeJwtSvidRequest(w: Writer, m: JwtSvidRequest): void {
  if (m.ttlSeconds != null && m.ttlSeconds !== 0) w.uint32(16, m.ttlSeconds);
  if (m.audience != null) for (let i = m.audience.length - 1; i >= 0; i -= 1) { const each = m.audience[i]!; w.string(10, each); }
}

export function decodeJwtSvidRequest(r: Reader, m: JwtSvidRequest__Output = { audience: [], ttlSeconds: 0 }): JwtSvidRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.audience.push(r.string()); break;
      case 16: m.ttlSeconds = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const JwtSvidRequestCodec: MessageCodec<JwtSvidRequest, JwtSvidRequest__Output> = /* @__PURE__ */ codec(encodeJwtSvidRequest, decodeJwtSvidRequest);

export interface IssueResponse {
  results?: IssueResult[];
}

export interface IssueResponse__Output {
  results: IssueResult__Output[];
}

export function encodeIssueResponse(w: Writer, m: IssueResponse): void {
  if (m.results != null) for (let i = m.results.length - 1; i >= 0; i -= 1) { const each = m.results[i]!; { const since = w.written; encodeIssueResult(w, each); w.nested(10, since); } }
}

export function decodeIssueResponse(r: Reader, m: IssueResponse__Output = { results: [] }): IssueResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.results.push(decodeIssueResult(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const IssueResponseCodec: MessageCodec<IssueResponse, IssueResponse__Output> = /* @__PURE__ */ codec(encodeIssueResponse, decodeIssueResponse);

export interface IssueResult {
  x509?: X509SvidMessage | null;
  jwt?: JwtSvidMessage | null;
  error?: ErrorMessage | null;
  result?: "x509" | "jwt" | "error";
}

export interface IssueResult__Output {
  x509?: X509SvidMessage__Output | null;
  jwt?: JwtSvidMessage__Output | null;
  error?: ErrorMessage__Output | null;
  result?: "x509" | "jwt" | "error";
}

export function encodeIssueResult(w: Writer, m: IssueResult): void {
  if (m.error != null) { const since = w.written; encodeErrorMessage(w, m.error); w.nested(26, since); }
  if (m.jwt != null) { const since = w.written; encodeJwtSvidMessage(w, m.jwt); w.nested(18, since); }
  if (m.x509 != null) { const since = w.written; encodeX509SvidMessage(w, m.x509); w.nested(10, since); }
}

export function decodeIssueResult(r: Reader, m: IssueResult__Output = {}): IssueResult__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.x509 = decodeX509SvidMessage(r, m.x509 ?? undefined); r.leave(outer); } if (m.result !== undefined && m.result !== "x509") delete m[m.result]; m.result = "x509"; break;
      case 18: { const outer = r.enter(); m.jwt = decodeJwtSvidMessage(r, m.jwt ?? undefined); r.leave(outer); } if (m.result !== undefined && m.result !== "jwt") delete m[m.result]; m.result = "jwt"; break;
      case 26: { const outer = r.enter(); m.error = decodeErrorMessage(r, m.error ?? undefined); r.leave(outer); } if (m.result !== undefined && m.result !== "error") delete m[m.result]; m.result = "error"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const IssueResultCodec: MessageCodec<IssueResult, IssueResult__Output> = /* @__PURE__ */ codec(encodeIssueResult, decodeIssueResult);

export interface DenySubscribe {
  afterSequence?: number;
  heartbeatMs?: number;
}

export interface DenySubscribe__Output {
  afterSequence: number;
  heartbeatMs: number;
}

export function encodeDenySubscribe(w: Writer, m: DenySubscribe): void {
  if (m.heartbeatMs != null && m.heartbeatMs !== 0) w.uint32(16, m.heartbeatMs);
  if (m.afterSequence != null && m.afterSequence !== 0) w.uint64(8, m.afterSequence);
}

export function decodeDenySubscribe(r: Reader, m: DenySubscribe__Output = { afterSequence: 0, heartbeatMs: 0 }): DenySubscribe__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.afterSequence = r.uint64(); break;
      case 16: m.heartbeatMs = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DenySubscribeCodec: MessageCodec<DenySubscribe, DenySubscribe__Output> = /* @__PURE__ */ codec(encodeDenySubscribe, decodeDenySubscribe);

export interface DenyUpdate {
  snapshot?: boolean;
  sequence?: number;
  added?: Denial[];
  removed?: Denial[];
  more?: boolean;
  afterSequence?: number;
}

export interface DenyUpdate__Output {
  snapshot: boolean;
  sequence: number;
  added: Denial__Output[];
  removed: Denial__Output[];
  more: boolean;
  afterSequence: number;
}

export function encodeDenyUpdate(w: Writer, m: DenyUpdate): void {
  if (m.afterSequence != null && m.afterSequence !== 0) w.uint64(48, m.afterSequence);
  if (m.more != null && m.more !== false) w.bool(40, m.more);
  if (m.removed != null) for (let i = m.removed.length - 1; i >= 0; i -= 1) { const each = m.removed[i]!; { const since = w.written; encodeDenial(w, each); w.nested(34, since); } }
  if (m.added != null) for (let i = m.added.length - 1; i >= 0; i -= 1) { const each = m.added[i]!; { const since = w.written; encodeDenial(w, each); w.nested(26, since); } }
  if (m.sequence != null && m.sequence !== 0) w.uint64(16, m.sequence);
  if (m.snapshot != null && m.snapshot !== false) w.bool(8, m.snapshot);
}

export function decodeDenyUpdate(r: Reader, m: DenyUpdate__Output = { snapshot: false, sequence: 0, added: [], removed: [], more: false, afterSequence: 0 }): DenyUpdate__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.snapshot = r.bool(); break;
      case 16: m.sequence = r.uint64(); break;
      case 26: { const outer = r.enter(); m.added.push(decodeDenial(r)); r.leave(outer); } break;
      case 34: { const outer = r.enter(); m.removed.push(decodeDenial(r)); r.leave(outer); } break;
      case 40: m.more = r.bool(); break;
      case 48: m.afterSequence = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DenyUpdateCodec: MessageCodec<DenyUpdate, DenyUpdate__Output> = /* @__PURE__ */ codec(encodeDenyUpdate, decodeDenyUpdate);

export interface Denial {
  kind?: string;
  value?: string;
  expiresAtMs?: number;
  reason?: string;
}

export interface Denial__Output {
  kind: string;
  value: string;
  expiresAtMs: number;
  reason: string;
}

export function encodeDenial(w: Writer, m: Denial): void {
  if (m.reason != null && m.reason !== "") w.string(34, m.reason);
  if (m.expiresAtMs != null && m.expiresAtMs !== 0) w.int64(24, m.expiresAtMs);
  if (m.value != null && m.value !== "") w.string(18, m.value);
  if (m.kind != null && m.kind !== "") w.string(10, m.kind);
}

export function decodeDenial(r: Reader, m: Denial__Output = { kind: "", value: "", expiresAtMs: 0, reason: "" }): Denial__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.kind = r.string(); break;
      case 18: m.value = r.string(); break;
      case 24: m.expiresAtMs = r.int64(); break;
      case 34: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DenialCodec: MessageCodec<Denial, Denial__Output> = /* @__PURE__ */ codec(encodeDenial, decodeDenial);

export interface Renew {
  serials?: string[];
  jtis?: string[];
  keyIds?: string[];
  tainted?: boolean;
}

export interface Renew__Output {
  serials: string[];
  jtis: string[];
  keyIds: string[];
  tainted: boolean;
}

export function encodeRenew(w: Writer, m: Renew): void {
  if (m.tainted != null && m.tainted !== false) w.bool(32, m.tainted);
  if (m.keyIds != null) for (let i = m.keyIds.length - 1; i >= 0; i -= 1) { const each = m.keyIds[i]!; w.string(26, each); }
  if (m.jtis != null) for (let i = m.jtis.length - 1; i >= 0; i -= 1) { const each = m.jtis[i]!; w.string(18, each); }
  if (m.serials != null) for (let i = m.serials.length - 1; i >= 0; i -= 1) { const each = m.serials[i]!; w.string(10, each); }
}

export function decodeRenew(r: Reader, m: Renew__Output = { serials: [], jtis: [], keyIds: [], tainted: false }): Renew__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.serials.push(r.string()); break;
      case 18: m.jtis.push(r.string()); break;
      case 26: m.keyIds.push(r.string()); break;
      case 32: m.tainted = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const RenewCodec: MessageCodec<Renew, Renew__Output> = /* @__PURE__ */ codec(encodeRenew, decodeRenew);

export interface InstanceStatus {
  instanceId?: string;
  status?: string;
  reason?: string;
}

export interface InstanceStatus__Output {
  instanceId: string;
  status: string;
  reason: string;
}

export function encodeInstanceStatus(w: Writer, m: InstanceStatus): void {
  if (m.reason != null && m.reason !== "") w.string(26, m.reason);
  if (m.status != null && m.status !== "") w.string(18, m.status);
  if (m.instanceId != null && m.instanceId !== "") w.string(10, m.instanceId);
}

export function decodeInstanceStatus(r: Reader, m: InstanceStatus__Output = { instanceId: "", status: "", reason: "" }): InstanceStatus__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.instanceId = r.string(); break;
      case 18: m.status = r.string(); break;
      case 26: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const InstanceStatusCodec: MessageCodec<InstanceStatus, InstanceStatus__Output> = /* @__PURE__ */ codec(encodeInstanceStatus, decodeInstanceStatus);

export interface Shutdown {
  reconnectAfterMs?: number;
}

export interface Shutdown__Output {
  reconnectAfterMs: number;
}

export function encodeShutdown(w: Writer, m: Shutdown): void {
  if (m.reconnectAfterMs != null && m.reconnectAfterMs !== 0) w.uint32(8, m.reconnectAfterMs);
}

export function decodeShutdown(r: Reader, m: Shutdown__Output = { reconnectAfterMs: 0 }): Shutdown__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.reconnectAfterMs = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ShutdownCodec: MessageCodec<Shutdown, Shutdown__Output> = /* @__PURE__ */ codec(encodeShutdown, decodeShutdown);

export interface AttachResponse {
  id?: number;
  challenge?: Challenge | null;
  attached?: Attached | null;
  issued?: IssueResponse | null;
  error?: ErrorMessage | null;
  bundle?: Bundle | null;
  denied?: DenyUpdate | null;
  instanceStatus?: InstanceStatus | null;
  shutdown?: Shutdown | null;
  logCheckpoint?: LogCheckpoint | null;
  logProof?: LogProof | null;
  logHandovers?: LogHandovers | null;
  statement?: StatementProof | null;
  usesTaken?: UsesTaken | null;
  renew?: Renew | null;
  crls?: Crls | null;
  callers?: CallersUpdate | null;
  time?: TimeResponse | null;
  sentAtMs?: number;
  body?: "challenge" | "attached" | "issued" | "error" | "bundle" | "denied" | "instanceStatus" | "shutdown" | "logCheckpoint" | "logProof" | "logHandovers" | "statement" | "usesTaken" | "renew" | "crls" | "callers" | "time";
}

export interface AttachResponse__Output {
  id: number;
  challenge?: Challenge__Output | null;
  attached?: Attached__Output | null;
  issued?: IssueResponse__Output | null;
  error?: ErrorMessage__Output | null;
  bundle?: Bundle__Output | null;
  denied?: DenyUpdate__Output | null;
  instanceStatus?: InstanceStatus__Output | null;
  shutdown?: Shutdown__Output | null;
  logCheckpoint?: LogCheckpoint__Output | null;
  logProof?: LogProof__Output | null;
  logHandovers?: LogHandovers__Output | null;
  statement?: StatementProof__Output | null;
  usesTaken?: UsesTaken__Output | null;
  renew?: Renew__Output | null;
  crls?: Crls__Output | null;
  callers?: CallersUpdate__Output | null;
  time?: TimeResponse__Output | null;
  sentAtMs: number;
  body?: "challenge" | "attached" | "issued" | "error" | "bundle" | "denied" | "instanceStatus" | "shutdown" | "logCheckpoint" | "logProof" | "logHandovers" | "statement" | "usesTaken" | "renew" | "crls" | "callers" | "time";
}

export function encodeAttachResponse(w: Writer, m: AttachResponse): void {
  if (m.callers != null) { const since = w.written; encodeCallersUpdate(w, m.callers); w.nested(402, since); }
  if (m.usesTaken != null) { const since = w.written; encodeUsesTaken(w, m.usesTaken); w.nested(330, since); }
  if (m.statement != null) { const since = w.written; encodeStatementProof(w, m.statement); w.nested(322, since); }
  if (m.sentAtMs != null && m.sentAtMs !== 0) w.int64(240, m.sentAtMs);
  if (m.logHandovers != null) { const since = w.written; encodeLogHandovers(w, m.logHandovers); w.nested(186, since); }
  if (m.time != null) { const since = w.written; encodeTimeResponse(w, m.time); w.nested(178, since); }
  if (m.logProof != null) { const since = w.written; encodeLogProof(w, m.logProof); w.nested(170, since); }
  if (m.logCheckpoint != null) { const since = w.written; encodeLogCheckpoint(w, m.logCheckpoint); w.nested(162, since); }
  if (m.crls != null) { const since = w.written; encodeCrls(w, m.crls); w.nested(90, since); }
  if (m.renew != null) { const since = w.written; encodeRenew(w, m.renew); w.nested(82, since); }
  if (m.shutdown != null) { const since = w.written; encodeShutdown(w, m.shutdown); w.nested(74, since); }
  if (m.instanceStatus != null) { const since = w.written; encodeInstanceStatus(w, m.instanceStatus); w.nested(66, since); }
  if (m.denied != null) { const since = w.written; encodeDenyUpdate(w, m.denied); w.nested(58, since); }
  if (m.bundle != null) { const since = w.written; encodeBundle(w, m.bundle); w.nested(50, since); }
  if (m.error != null) { const since = w.written; encodeErrorMessage(w, m.error); w.nested(42, since); }
  if (m.issued != null) { const since = w.written; encodeIssueResponse(w, m.issued); w.nested(34, since); }
  if (m.attached != null) { const since = w.written; encodeAttached(w, m.attached); w.nested(26, since); }
  if (m.challenge != null) { const since = w.written; encodeChallenge(w, m.challenge); w.nested(18, since); }
  if (m.id != null && m.id !== 0) w.uint64(8, m.id);
}

export function decodeAttachResponse(r: Reader, m: AttachResponse__Output = { id: 0, sentAtMs: 0 }): AttachResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.id = r.uint64(); break;
      case 18: { const outer = r.enter(); m.challenge = decodeChallenge(r, m.challenge ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "challenge") delete m[m.body]; m.body = "challenge"; break;
      case 26: { const outer = r.enter(); m.attached = decodeAttached(r, m.attached ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "attached") delete m[m.body]; m.body = "attached"; break;
      case 34: { const outer = r.enter(); m.issued = decodeIssueResponse(r, m.issued ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "issued") delete m[m.body]; m.body = "issued"; break;
      case 42: { const outer = r.enter(); m.error = decodeErrorMessage(r, m.error ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "error") delete m[m.body]; m.body = "error"; break;
      case 50: { const outer = r.enter(); m.bundle = decodeBundle(r, m.bundle ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "bundle") delete m[m.body]; m.body = "bundle"; break;
      case 58: { const outer = r.enter(); m.denied = decodeDenyUpdate(r, m.denied ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "denied") delete m[m.body]; m.body = "denied"; break;
      case 66: { const outer = r.enter(); m.instanceStatus = decodeInstanceStatus(r, m.instanceStatus ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "instanceStatus") delete m[m.body]; m.body = "instanceStatus"; break;
      case 74: { const outer = r.enter(); m.shutdown = decodeShutdown(r, m.shutdown ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "shutdown") delete m[m.body]; m.body = "shutdown"; break;
      case 162: { const outer = r.enter(); m.logCheckpoint = decodeLogCheckpoint(r, m.logCheckpoint ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "logCheckpoint") delete m[m.body]; m.body = "logCheckpoint"; break;
      case 170: { const outer = r.enter(); m.logProof = decodeLogProof(r, m.logProof ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "logProof") delete m[m.body]; m.body = "logProof"; break;
      case 186: { const outer = r.enter(); m.logHandovers = decodeLogHandovers(r, m.logHandovers ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "logHandovers") delete m[m.body]; m.body = "logHandovers"; break;
      case 322: { const outer = r.enter(); m.statement = decodeStatementProof(r, m.statement ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "statement") delete m[m.body]; m.body = "statement"; break;
      case 330: { const outer = r.enter(); m.usesTaken = decodeUsesTaken(r, m.usesTaken ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "usesTaken") delete m[m.body]; m.body = "usesTaken"; break;
      case 82: { const outer = r.enter(); m.renew = decodeRenew(r, m.renew ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "renew") delete m[m.body]; m.body = "renew"; break;
      case 90: { const outer = r.enter(); m.crls = decodeCrls(r, m.crls ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "crls") delete m[m.body]; m.body = "crls"; break;
      case 402: { const outer = r.enter(); m.callers = decodeCallersUpdate(r, m.callers ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "callers") delete m[m.body]; m.body = "callers"; break;
      case 178: { const outer = r.enter(); m.time = decodeTimeResponse(r, m.time ?? undefined); r.leave(outer); } if (m.body !== undefined && m.body !== "time") delete m[m.body]; m.body = "time"; break;
      case 240: m.sentAtMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AttachResponseCodec: MessageCodec<AttachResponse, AttachResponse__Output> = /* @__PURE__ */ codec(encodeAttachResponse, decodeAttachResponse);

export interface LogCheckpoint {
  note?: string;
  verifier?: string;
  previousSize?: number;
  consistency?: Uint8Array[];
}

export interface LogCheckpoint__Output {
  note: string;
  verifier: string;
  previousSize: number;
  consistency: Buffer[];
}

export function encodeLogCheckpoint(w: Writer, m: LogCheckpoint): void {
  if (m.consistency != null) for (let i = m.consistency.length - 1; i >= 0; i -= 1) { const each = m.consistency[i]!; w.bytes(34, each); }
  if (m.previousSize != null && m.previousSize !== 0) w.uint64(24, m.previousSize);
  if (m.verifier != null && m.verifier !== "") w.string(18, m.verifier);
  if (m.note != null && m.note !== "") w.string(10, m.note);
}

export function decodeLogCheckpoint(r: Reader, m: LogCheckpoint__Output = { note: "", verifier: "", previousSize: 0, consistency: [] }): LogCheckpoint__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.note = r.string(); break;
      case 18: m.verifier = r.string(); break;
      case 24: m.previousSize = r.uint64(); break;
      case 34: m.consistency.push(r.bytes()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const LogCheckpointCodec: MessageCodec<LogCheckpoint, LogCheckpoint__Output> = /* @__PURE__ */ codec(encodeLogCheckpoint, decodeLogCheckpoint);

export interface LogHandoversRequest {
  afterVerifier?: string;
}

export interface LogHandoversRequest__Output {
  afterVerifier: string;
}

export function encodeLogHandoversRequest(w: Writer, m: LogHandoversRequest): void {
  if (m.afterVerifier != null && m.afterVerifier !== "") w.string(10, m.afterVerifier);
}

export function decodeLogHandoversRequest(r: Reader, m: LogHandoversRequest__Output = { afterVerifier: "" }): LogHandoversRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.afterVerifier = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const LogHandoversRequestCodec: MessageCodec<LogHandoversRequest, LogHandoversRequest__Output> = /* @__PURE__ */ codec(encodeLogHandoversRequest, decodeLogHandoversRequest);

export interface LogHandovers {
  notes?: string[];
}

export interface LogHandovers__Output {
  notes: string[];
}

export function encodeLogHandovers(w: Writer, m: LogHandovers): void {
  if (m.notes != null) for (let i = m.notes.length - 1; i >= 0; i -= 1) { const each = m.notes[i]!; w.string(10, each); }
}

export function decodeLogHandovers(r: Reader, m: LogHandovers__Output = { notes: [] }): LogHandovers__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.notes.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const LogHandoversCodec: MessageCodec<LogHandovers, LogHandovers__Output> = /* @__PURE__ */ codec(encodeLogHandovers, decodeLogHandovers);

export interface LogProofRequest {
  fromSize?: number;
  toSize?: number;
}

export interface LogProofRequest__Output {
  fromSize: number;
  toSize: number;
}

export function encodeLogProofRequest(w: Writer, m: LogProofRequest): void {
  if (m.toSize != null && m.toSize !== 0) w.uint64(16, m.toSize);
  if (m.fromSize != null && m.fromSize !== 0) w.uint64(8, m.fromSize);
}

export function decodeLogProofRequest(r: Reader, m: LogProofRequest__Output = { fromSize: 0, toSize: 0 }): LogProofRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.fromSize = r.uint64(); break;
      case 16: m.toSize = r.uint64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const LogProofRequestCodec: MessageCodec<LogProofRequest, LogProofRequest__Output> = /* @__PURE__ */ codec(encodeLogProofRequest, decodeLogProofRequest);

export interface LogProof {
  hashes?: Uint8Array[];
}

export interface LogProof__Output {
  hashes: Buffer[];
}

export function encodeLogProof(w: Writer, m: LogProof): void {
  if (m.hashes != null) for (let i = m.hashes.length - 1; i >= 0; i -= 1) { const each = m.hashes[i]!; w.bytes(10, each); }
}

export function decodeLogProof(r: Reader, m: LogProof__Output = { hashes: [] }): LogProof__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.hashes.push(r.bytes()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const LogProofCodec: MessageCodec<LogProof, LogProof__Output> = /* @__PURE__ */ codec(encodeLogProof, decodeLogProof);

export const AttachService = {
  Attach: /* @__PURE__ */ method("/botpass.v1.AttachService/Attach", "attach", { request: true, response: true }, AttachRequestCodec, AttachResponseCodec),
  GetBundle: /* @__PURE__ */ method("/botpass.v1.AttachService/GetBundle", "getBundle", { request: false, response: false }, GetBundleRequestCodec, BundleCodec),
  GetCrls: /* @__PURE__ */ method("/botpass.v1.AttachService/GetCrls", "getCrls", { request: false, response: false }, GetCrlsRequestCodec, CrlsCodec),
  WatchTrust: /* @__PURE__ */ method("/botpass.v1.AttachService/WatchTrust", "watchTrust", { request: false, response: true }, WatchTrustRequestCodec, WatchTrustResponseCodec),
};
export type AttachServiceDefinition = typeof AttachService;

export interface AttachServiceClient extends Client {
  Attach: BidiCall<AttachRequest, AttachResponse__Output>;
  attach: BidiCall<AttachRequest, AttachResponse__Output>;
  GetBundle: UnaryCall<GetBundleRequest, Bundle__Output>;
  getBundle: UnaryCall<GetBundleRequest, Bundle__Output>;
  GetCrls: UnaryCall<GetCrlsRequest, Crls__Output>;
  getCrls: UnaryCall<GetCrlsRequest, Crls__Output>;
  WatchTrust: ServerStreamingCall<WatchTrustRequest, WatchTrustResponse__Output>;
  watchTrust: ServerStreamingCall<WatchTrustRequest, WatchTrustResponse__Output>;
}

export interface AttachServiceHandlers {
  Attach: handleBidiStreamingCall<AttachRequest__Output, AttachResponse>;
  GetBundle: handleUnaryCall<GetBundleRequest__Output, Bundle>;
  GetCrls: handleUnaryCall<GetCrlsRequest__Output, Crls>;
  WatchTrust: handleServerStreamingCall<WatchTrustRequest__Output, WatchTrustResponse>;
}

