// Written by scripts/generate.ts from proto/botpass/v1/reviews.proto; not to be changed by hand.
import type { Client, handleUnaryCall } from "@grpc/grpc-js";
import { type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";
import { decodeCallerOfBot, encodeCallerOfBot, type CallerOfBot, type CallerOfBot__Output } from "./explain.ts";
import { decodeBot, encodeBot, type Bot, type Bot__Output } from "./types.ts";

export interface ListReviewsRequest {
  withinSeconds?: number;
  owner?: string;
  days?: number;
  pageSize?: number;
  pageToken?: string;
}

export interface ListReviewsRequest__Output {
  withinSeconds: number;
  owner: string;
  days: number;
  pageSize: number;
  pageToken: string;
}

export function encodeListReviewsRequest(w: Writer, m: ListReviewsRequest): void {
  if (m.pageToken != null && m.pageToken !== "") w.string(42, m.pageToken);
  if (m.pageSize != null && m.pageSize !== 0) w.uint32(32, m.pageSize);
  if (m.days != null && m.days !== 0) w.uint32(24, m.days);
  if (m.owner != null && m.owner !== "") w.string(18, m.owner);
  if (m.withinSeconds != null && m.withinSeconds !== 0) w.uint64(8, m.withinSeconds);
}

export function decodeListReviewsRequest(r: Reader, m: ListReviewsRequest__Output = { withinSeconds: 0, owner: "", days: 0, pageSize: 0, pageToken: "" }): ListReviewsRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.withinSeconds = r.uint64(); break;
      case 18: m.owner = r.string(); break;
      case 24: m.days = r.uint32(); break;
      case 32: m.pageSize = r.uint32(); break;
      case 42: m.pageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListReviewsRequestCodec: MessageCodec<ListReviewsRequest, ListReviewsRequest__Output> = /* @__PURE__ */ codec(encodeListReviewsRequest, decodeListReviewsRequest);

export interface ListReviewsResponse {
  reviews?: DueReview[];
  nextPageToken?: string;
}

export interface ListReviewsResponse__Output {
  reviews: DueReview__Output[];
  nextPageToken: string;
}

export function encodeListReviewsResponse(w: Writer, m: ListReviewsResponse): void {
  if (m.nextPageToken != null && m.nextPageToken !== "") w.string(18, m.nextPageToken);
  if (m.reviews != null) for (let i = m.reviews.length - 1; i >= 0; i -= 1) { const each = m.reviews[i]!; { const since = w.written; encodeDueReview(w, each); w.nested(10, since); } }
}

export function decodeListReviewsResponse(r: Reader, m: ListReviewsResponse__Output = { reviews: [], nextPageToken: "" }): ListReviewsResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.reviews.push(decodeDueReview(r)); r.leave(outer); } break;
      case 18: m.nextPageToken = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListReviewsResponseCodec: MessageCodec<ListReviewsResponse, ListReviewsResponse__Output> = /* @__PURE__ */ codec(encodeListReviewsResponse, decodeListReviewsResponse);

export interface DueReview {
  bot?: string;
  owner?: string;
  environment?: string;
  state?: string;
  revision?: number;
  dueMs?: number;
  restrictAtMs?: number;
  suspendAtMs?: number;
  reviewedBy?: string;
  reviewedAtMs?: number;
  use?: string;
  lastUsedMs?: number;
  unused?: string[];
}

export interface DueReview__Output {
  bot: string;
  owner: string;
  environment: string;
  state: string;
  revision: number;
  dueMs: number;
  restrictAtMs: number;
  suspendAtMs: number;
  reviewedBy: string;
  reviewedAtMs: number;
  use: string;
  lastUsedMs: number;
  unused: string[];
}

export function encodeDueReview(w: Writer, m: DueReview): void {
  if (m.unused != null) for (let i = m.unused.length - 1; i >= 0; i -= 1) { const each = m.unused[i]!; w.string(106, each); }
  if (m.lastUsedMs != null && m.lastUsedMs !== 0) w.int64(96, m.lastUsedMs);
  if (m.use != null && m.use !== "") w.string(90, m.use);
  if (m.reviewedAtMs != null && m.reviewedAtMs !== 0) w.int64(80, m.reviewedAtMs);
  if (m.reviewedBy != null && m.reviewedBy !== "") w.string(74, m.reviewedBy);
  if (m.suspendAtMs != null && m.suspendAtMs !== 0) w.int64(64, m.suspendAtMs);
  if (m.restrictAtMs != null && m.restrictAtMs !== 0) w.int64(56, m.restrictAtMs);
  if (m.dueMs != null && m.dueMs !== 0) w.int64(48, m.dueMs);
  if (m.revision != null && m.revision !== 0) w.uint64(40, m.revision);
  if (m.state != null && m.state !== "") w.string(34, m.state);
  if (m.environment != null && m.environment !== "") w.string(26, m.environment);
  if (m.owner != null && m.owner !== "") w.string(18, m.owner);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeDueReview(r: Reader, m: DueReview__Output = { bot: "", owner: "", environment: "", state: "", revision: 0, dueMs: 0, restrictAtMs: 0, suspendAtMs: 0, reviewedBy: "", reviewedAtMs: 0, use: "", lastUsedMs: 0, unused: [] }): DueReview__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 18: m.owner = r.string(); break;
      case 26: m.environment = r.string(); break;
      case 34: m.state = r.string(); break;
      case 40: m.revision = r.uint64(); break;
      case 48: m.dueMs = r.int64(); break;
      case 56: m.restrictAtMs = r.int64(); break;
      case 64: m.suspendAtMs = r.int64(); break;
      case 74: m.reviewedBy = r.string(); break;
      case 80: m.reviewedAtMs = r.int64(); break;
      case 90: m.use = r.string(); break;
      case 96: m.lastUsedMs = r.int64(); break;
      case 106: m.unused.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DueReviewCodec: MessageCodec<DueReview, DueReview__Output> = /* @__PURE__ */ codec(encodeDueReview, decodeDueReview);

export interface GetReviewRequest {
  bot?: string;
  days?: number;
}

export interface GetReviewRequest__Output {
  bot: string;
  days: number;
}

export function encodeGetReviewRequest(w: Writer, m: GetReviewRequest): void {
  if (m.days != null && m.days !== 0) w.uint32(16, m.days);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeGetReviewRequest(r: Reader, m: GetReviewRequest__Output = { bot: "", days: 0 }): GetReviewRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 16: m.days = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetReviewRequestCodec: MessageCodec<GetReviewRequest, GetReviewRequest__Output> = /* @__PURE__ */ codec(encodeGetReviewRequest, decodeGetReviewRequest);

export interface Review {
  bot?: Bot | null;
  digest?: string;
  since?: string;
  use?: string;
  lastUsedMs?: number;
  lastIssuedMs?: number;
  used?: ReviewedUse[];
  sources?: UseSource[];
  callers?: CallerOfBot[];
  grants?: ReviewedGrant[];
  instances?: ReviewedInstance[];
  instanceCount?: number;
  incidents?: Incident[];
  proposals?: Narrowing[];
  advice?: string[];
}

export interface Review__Output {
  bot: Bot__Output | null;
  digest: string;
  since: string;
  use: string;
  lastUsedMs: number;
  lastIssuedMs: number;
  used: ReviewedUse__Output[];
  sources: UseSource__Output[];
  callers: CallerOfBot__Output[];
  grants: ReviewedGrant__Output[];
  instances: ReviewedInstance__Output[];
  instanceCount: number;
  incidents: Incident__Output[];
  proposals: Narrowing__Output[];
  advice: string[];
}

export function encodeReview(w: Writer, m: Review): void {
  if (m.advice != null) for (let i = m.advice.length - 1; i >= 0; i -= 1) { const each = m.advice[i]!; w.string(122, each); }
  if (m.proposals != null) for (let i = m.proposals.length - 1; i >= 0; i -= 1) { const each = m.proposals[i]!; { const since = w.written; encodeNarrowing(w, each); w.nested(114, since); } }
  if (m.incidents != null) for (let i = m.incidents.length - 1; i >= 0; i -= 1) { const each = m.incidents[i]!; { const since = w.written; encodeIncident(w, each); w.nested(106, since); } }
  if (m.instanceCount != null && m.instanceCount !== 0) w.uint32(96, m.instanceCount);
  if (m.instances != null) for (let i = m.instances.length - 1; i >= 0; i -= 1) { const each = m.instances[i]!; { const since = w.written; encodeReviewedInstance(w, each); w.nested(90, since); } }
  if (m.grants != null) for (let i = m.grants.length - 1; i >= 0; i -= 1) { const each = m.grants[i]!; { const since = w.written; encodeReviewedGrant(w, each); w.nested(82, since); } }
  if (m.callers != null) for (let i = m.callers.length - 1; i >= 0; i -= 1) { const each = m.callers[i]!; { const since = w.written; encodeCallerOfBot(w, each); w.nested(74, since); } }
  if (m.sources != null) for (let i = m.sources.length - 1; i >= 0; i -= 1) { const each = m.sources[i]!; { const since = w.written; encodeUseSource(w, each); w.nested(66, since); } }
  if (m.used != null) for (let i = m.used.length - 1; i >= 0; i -= 1) { const each = m.used[i]!; { const since = w.written; encodeReviewedUse(w, each); w.nested(58, since); } }
  if (m.lastIssuedMs != null && m.lastIssuedMs !== 0) w.int64(48, m.lastIssuedMs);
  if (m.lastUsedMs != null && m.lastUsedMs !== 0) w.int64(40, m.lastUsedMs);
  if (m.use != null && m.use !== "") w.string(34, m.use);
  if (m.since != null && m.since !== "") w.string(26, m.since);
  if (m.digest != null && m.digest !== "") w.string(18, m.digest);
  if (m.bot != null) { const since = w.written; encodeBot(w, m.bot); w.nested(10, since); }
}

export function decodeReview(r: Reader, m: Review__Output = { bot: null, digest: "", since: "", use: "", lastUsedMs: 0, lastIssuedMs: 0, used: [], sources: [], callers: [], grants: [], instances: [], instanceCount: 0, incidents: [], proposals: [], advice: [] }): Review__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bot = decodeBot(r, m.bot ?? undefined); r.leave(outer); } break;
      case 18: m.digest = r.string(); break;
      case 26: m.since = r.string(); break;
      case 34: m.use = r.string(); break;
      case 40: m.lastUsedMs = r.int64(); break;
      case 48: m.lastIssuedMs = r.int64(); break;
      case 58: { const outer = r.enter(); m.used.push(decodeReviewedUse(r)); r.leave(outer); } break;
      case 66: { const outer = r.enter(); m.sources.push(decodeUseSource(r)); r.leave(outer); } break;
      case 74: { const outer = r.enter(); m.callers.push(decodeCallerOfBot(r)); r.leave(outer); } break;
      case 82: { const outer = r.enter(); m.grants.push(decodeReviewedGrant(r)); r.leave(outer); } break;
      case 90: { const outer = r.enter(); m.instances.push(decodeReviewedInstance(r)); r.leave(outer); } break;
      case 96: m.instanceCount = r.uint32(); break;
      case 106: { const outer = r.enter(); m.incidents.push(decodeIncident(r)); r.leave(outer); } break;
      case 114: { const outer = r.enter(); m.proposals.push(decodeNarrowing(r)); r.leave(outer); } break;
      case 122: m.advice.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReviewCodec: MessageCodec<Review, Review__Output> = /* @__PURE__ */ codec(encodeReview, decodeReview);

export interface ReviewedUse {
  service?: string;
  audience?: string;
  operation?: string;
  refused?: string;
  count?: number;
  firstMs?: number;
  lastMs?: number;
  granted?: boolean;
  unbacked?: boolean;
}

export interface ReviewedUse__Output {
  service: string;
  audience: string;
  operation: string;
  refused: string;
  count: number;
  firstMs: number;
  lastMs: number;
  granted: boolean;
  unbacked: boolean;
}

export function encodeReviewedUse(w: Writer, m: ReviewedUse): void {
  if (m.unbacked != null && m.unbacked !== false) w.bool(72, m.unbacked);
  if (m.granted != null && m.granted !== false) w.bool(64, m.granted);
  if (m.lastMs != null && m.lastMs !== 0) w.int64(56, m.lastMs);
  if (m.firstMs != null && m.firstMs !== 0) w.int64(48, m.firstMs);
  if (m.count != null && m.count !== 0) w.uint64(40, m.count);
  if (m.refused != null && m.refused !== "") w.string(34, m.refused);
  if (m.operation != null && m.operation !== "") w.string(26, m.operation);
  if (m.audience != null && m.audience !== "") w.string(18, m.audience);
  if (m.service != null && m.service !== "") w.string(10, m.service);
}

export function decodeReviewedUse(r: Reader, m: ReviewedUse__Output = { service: "", audience: "", operation: "", refused: "", count: 0, firstMs: 0, lastMs: 0, granted: false, unbacked: false }): ReviewedUse__Output {
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
      case 72: m.unbacked = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReviewedUseCodec: MessageCodec<ReviewedUse, ReviewedUse__Output> = /* @__PURE__ */ codec(encodeReviewedUse, decodeReviewedUse);

export interface UseSource {
  service?: string;
  count?: number;
  lastMs?: number;
  alone?: boolean;
  unbacked?: boolean;
}

export interface UseSource__Output {
  service: string;
  count: number;
  lastMs: number;
  alone: boolean;
  unbacked: boolean;
}

export function encodeUseSource(w: Writer, m: UseSource): void {
  if (m.unbacked != null && m.unbacked !== false) w.bool(40, m.unbacked);
  if (m.alone != null && m.alone !== false) w.bool(32, m.alone);
  if (m.lastMs != null && m.lastMs !== 0) w.int64(24, m.lastMs);
  if (m.count != null && m.count !== 0) w.uint64(16, m.count);
  if (m.service != null && m.service !== "") w.string(10, m.service);
}

export function decodeUseSource(r: Reader, m: UseSource__Output = { service: "", count: 0, lastMs: 0, alone: false, unbacked: false }): UseSource__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.service = r.string(); break;
      case 16: m.count = r.uint64(); break;
      case 24: m.lastMs = r.int64(); break;
      case 32: m.alone = r.bool(); break;
      case 40: m.unbacked = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const UseSourceCodec: MessageCodec<UseSource, UseSource__Output> = /* @__PURE__ */ codec(encodeUseSource, decodeUseSource);

export interface ReviewedGrant {
  kind?: string;
  name?: string;
  state?: string;
  lastMs?: number;
  reportedBy?: string[];
}

export interface ReviewedGrant__Output {
  kind: string;
  name: string;
  state: string;
  lastMs: number;
  reportedBy: string[];
}

export function encodeReviewedGrant(w: Writer, m: ReviewedGrant): void {
  if (m.reportedBy != null) for (let i = m.reportedBy.length - 1; i >= 0; i -= 1) { const each = m.reportedBy[i]!; w.string(42, each); }
  if (m.lastMs != null && m.lastMs !== 0) w.int64(32, m.lastMs);
  if (m.state != null && m.state !== "") w.string(26, m.state);
  if (m.name != null && m.name !== "") w.string(18, m.name);
  if (m.kind != null && m.kind !== "") w.string(10, m.kind);
}

export function decodeReviewedGrant(r: Reader, m: ReviewedGrant__Output = { kind: "", name: "", state: "", lastMs: 0, reportedBy: [] }): ReviewedGrant__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.kind = r.string(); break;
      case 18: m.name = r.string(); break;
      case 26: m.state = r.string(); break;
      case 32: m.lastMs = r.int64(); break;
      case 42: m.reportedBy.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReviewedGrantCodec: MessageCodec<ReviewedGrant, ReviewedGrant__Output> = /* @__PURE__ */ codec(encodeReviewedGrant, decodeReviewedGrant);

export interface ReviewedInstance {
  id?: string;
  entry?: string;
  attestor?: string;
  remoteAddress?: string;
  attestedAtMs?: number;
  lastSeenMs?: number;
  connected?: boolean;
}

export interface ReviewedInstance__Output {
  id: string;
  entry: string;
  attestor: string;
  remoteAddress: string;
  attestedAtMs: number;
  lastSeenMs: number;
  connected: boolean;
}

export function encodeReviewedInstance(w: Writer, m: ReviewedInstance): void {
  if (m.connected != null && m.connected !== false) w.bool(56, m.connected);
  if (m.lastSeenMs != null && m.lastSeenMs !== 0) w.int64(48, m.lastSeenMs);
  if (m.attestedAtMs != null && m.attestedAtMs !== 0) w.int64(40, m.attestedAtMs);
  if (m.remoteAddress != null && m.remoteAddress !== "") w.string(34, m.remoteAddress);
  if (m.attestor != null && m.attestor !== "") w.string(26, m.attestor);
  if (m.entry != null && m.entry !== "") w.string(18, m.entry);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeReviewedInstance(r: Reader, m: ReviewedInstance__Output = { id: "", entry: "", attestor: "", remoteAddress: "", attestedAtMs: 0, lastSeenMs: 0, connected: false }): ReviewedInstance__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.entry = r.string(); break;
      case 26: m.attestor = r.string(); break;
      case 34: m.remoteAddress = r.string(); break;
      case 40: m.attestedAtMs = r.int64(); break;
      case 48: m.lastSeenMs = r.int64(); break;
      case 56: m.connected = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReviewedInstanceCodec: MessageCodec<ReviewedInstance, ReviewedInstance__Output> = /* @__PURE__ */ codec(encodeReviewedInstance, decodeReviewedInstance);

export interface Incident {
  atMs?: number;
  kind?: string;
  summary?: string;
  id?: number;
  open?: boolean;
}

export interface Incident__Output {
  atMs: number;
  kind: string;
  summary: string;
  id: number;
  open: boolean;
}

export function encodeIncident(w: Writer, m: Incident): void {
  if (m.open != null && m.open !== false) w.bool(40, m.open);
  if (m.id != null && m.id !== 0) w.uint64(32, m.id);
  if (m.summary != null && m.summary !== "") w.string(26, m.summary);
  if (m.kind != null && m.kind !== "") w.string(18, m.kind);
  if (m.atMs != null && m.atMs !== 0) w.int64(8, m.atMs);
}

export function decodeIncident(r: Reader, m: Incident__Output = { atMs: 0, kind: "", summary: "", id: 0, open: false }): Incident__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.atMs = r.int64(); break;
      case 18: m.kind = r.string(); break;
      case 26: m.summary = r.string(); break;
      case 32: m.id = r.uint64(); break;
      case 40: m.open = r.bool(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const IncidentCodec: MessageCodec<Incident, Incident__Output> = /* @__PURE__ */ codec(encodeIncident, decodeIncident);

export interface Narrowing {
  field?: string;
  entry?: string;
  before?: string[];
  after?: string[];
  why?: string;
}

export interface Narrowing__Output {
  field: string;
  entry: string;
  before: string[];
  after: string[];
  why: string;
}

export function encodeNarrowing(w: Writer, m: Narrowing): void {
  if (m.why != null && m.why !== "") w.string(42, m.why);
  if (m.after != null) for (let i = m.after.length - 1; i >= 0; i -= 1) { const each = m.after[i]!; w.string(34, each); }
  if (m.before != null) for (let i = m.before.length - 1; i >= 0; i -= 1) { const each = m.before[i]!; w.string(26, each); }
  if (m.entry != null && m.entry !== "") w.string(18, m.entry);
  if (m.field != null && m.field !== "") w.string(10, m.field);
}

export function decodeNarrowing(r: Reader, m: Narrowing__Output = { field: "", entry: "", before: [], after: [], why: "" }): Narrowing__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.field = r.string(); break;
      case 18: m.entry = r.string(); break;
      case 26: m.before.push(r.string()); break;
      case 34: m.after.push(r.string()); break;
      case 42: m.why = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const NarrowingCodec: MessageCodec<Narrowing, Narrowing__Output> = /* @__PURE__ */ codec(encodeNarrowing, decodeNarrowing);

export interface CompleteReviewRequest {
  bot?: string;
  revision?: number;
  note?: string;
  narrow?: boolean;
  days?: number;
  digest?: string;
}

export interface CompleteReviewRequest__Output {
  bot: string;
  revision: number;
  note: string;
  narrow: boolean;
  days: number;
  digest: string;
}

export function encodeCompleteReviewRequest(w: Writer, m: CompleteReviewRequest): void {
  if (m.digest != null && m.digest !== "") w.string(50, m.digest);
  if (m.days != null && m.days !== 0) w.uint32(40, m.days);
  if (m.narrow != null && m.narrow !== false) w.bool(32, m.narrow);
  if (m.note != null && m.note !== "") w.string(26, m.note);
  if (m.revision != null && m.revision !== 0) w.uint64(16, m.revision);
  if (m.bot != null && m.bot !== "") w.string(10, m.bot);
}

export function decodeCompleteReviewRequest(r: Reader, m: CompleteReviewRequest__Output = { bot: "", revision: 0, note: "", narrow: false, days: 0, digest: "" }): CompleteReviewRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.bot = r.string(); break;
      case 16: m.revision = r.uint64(); break;
      case 26: m.note = r.string(); break;
      case 32: m.narrow = r.bool(); break;
      case 40: m.days = r.uint32(); break;
      case 50: m.digest = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CompleteReviewRequestCodec: MessageCodec<CompleteReviewRequest, CompleteReviewRequest__Output> = /* @__PURE__ */ codec(encodeCompleteReviewRequest, decodeCompleteReviewRequest);

export interface CompleteReviewResponse {
  bot?: Bot | null;
  digest?: string;
  narrowed?: Narrowing[];
  denied?: number;
}

export interface CompleteReviewResponse__Output {
  bot: Bot__Output | null;
  digest: string;
  narrowed: Narrowing__Output[];
  denied: number;
}

export function encodeCompleteReviewResponse(w: Writer, m: CompleteReviewResponse): void {
  if (m.denied != null && m.denied !== 0) w.uint32(32, m.denied);
  if (m.narrowed != null) for (let i = m.narrowed.length - 1; i >= 0; i -= 1) { const each = m.narrowed[i]!; { const since = w.written; encodeNarrowing(w, each); w.nested(26, since); } }
  if (m.digest != null && m.digest !== "") w.string(18, m.digest);
  if (m.bot != null) { const since = w.written; encodeBot(w, m.bot); w.nested(10, since); }
}

export function decodeCompleteReviewResponse(r: Reader, m: CompleteReviewResponse__Output = { bot: null, digest: "", narrowed: [], denied: 0 }): CompleteReviewResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.bot = decodeBot(r, m.bot ?? undefined); r.leave(outer); } break;
      case 18: m.digest = r.string(); break;
      case 26: { const outer = r.enter(); m.narrowed.push(decodeNarrowing(r)); r.leave(outer); } break;
      case 32: m.denied = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CompleteReviewResponseCodec: MessageCodec<CompleteReviewResponse, CompleteReviewResponse__Output> = /* @__PURE__ */ codec(encodeCompleteReviewResponse, decodeCompleteReviewResponse);

export interface StartCampaignRequest {
  name?: string;
  environment?: string;
  owner?: string;
  kind?: string;
  untilMs?: number;
}

export interface StartCampaignRequest__Output {
  name: string;
  environment: string;
  owner: string;
  kind: string;
  untilMs: number;
}

export function encodeStartCampaignRequest(w: Writer, m: StartCampaignRequest): void {
  if (m.untilMs != null && m.untilMs !== 0) w.int64(40, m.untilMs);
  if (m.kind != null && m.kind !== "") w.string(34, m.kind);
  if (m.owner != null && m.owner !== "") w.string(26, m.owner);
  if (m.environment != null && m.environment !== "") w.string(18, m.environment);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeStartCampaignRequest(r: Reader, m: StartCampaignRequest__Output = { name: "", environment: "", owner: "", kind: "", untilMs: 0 }): StartCampaignRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.environment = r.string(); break;
      case 26: m.owner = r.string(); break;
      case 34: m.kind = r.string(); break;
      case 40: m.untilMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const StartCampaignRequestCodec: MessageCodec<StartCampaignRequest, StartCampaignRequest__Output> = /* @__PURE__ */ codec(encodeStartCampaignRequest, decodeStartCampaignRequest);

export interface GetCampaignRequest {
  name?: string;
}

export interface GetCampaignRequest__Output {
  name: string;
}

export function encodeGetCampaignRequest(w: Writer, m: GetCampaignRequest): void {
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeGetCampaignRequest(r: Reader, m: GetCampaignRequest__Output = { name: "" }): GetCampaignRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetCampaignRequestCodec: MessageCodec<GetCampaignRequest, GetCampaignRequest__Output> = /* @__PURE__ */ codec(encodeGetCampaignRequest, decodeGetCampaignRequest);

export interface ListCampaignsRequest {
}

export interface ListCampaignsRequest__Output {
}

export function encodeListCampaignsRequest(_w: Writer, _m: ListCampaignsRequest): void {
}

export function decodeListCampaignsRequest(r: Reader, m: ListCampaignsRequest__Output = {}): ListCampaignsRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListCampaignsRequestCodec: MessageCodec<ListCampaignsRequest, ListCampaignsRequest__Output> = /* @__PURE__ */ codec(encodeListCampaignsRequest, decodeListCampaignsRequest);

export interface ListCampaignsResponse {
  campaigns?: Campaign[];
}

export interface ListCampaignsResponse__Output {
  campaigns: Campaign__Output[];
}

export function encodeListCampaignsResponse(w: Writer, m: ListCampaignsResponse): void {
  if (m.campaigns != null) for (let i = m.campaigns.length - 1; i >= 0; i -= 1) { const each = m.campaigns[i]!; { const since = w.written; encodeCampaign(w, each); w.nested(10, since); } }
}

export function decodeListCampaignsResponse(r: Reader, m: ListCampaignsResponse__Output = { campaigns: [] }): ListCampaignsResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.campaigns.push(decodeCampaign(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListCampaignsResponseCodec: MessageCodec<ListCampaignsResponse, ListCampaignsResponse__Output> = /* @__PURE__ */ codec(encodeListCampaignsResponse, decodeListCampaignsResponse);

export interface Campaign {
  name?: string;
  startedAtMs?: number;
  startedBy?: string;
  untilMs?: number;
  environment?: string;
  owner?: string;
  kind?: string;
  total?: number;
  done?: number;
  state?: string;
  owners?: CampaignOwner[];
}

export interface Campaign__Output {
  name: string;
  startedAtMs: number;
  startedBy: string;
  untilMs: number;
  environment: string;
  owner: string;
  kind: string;
  total: number;
  done: number;
  state: string;
  owners: CampaignOwner__Output[];
}

export function encodeCampaign(w: Writer, m: Campaign): void {
  if (m.owners != null) for (let i = m.owners.length - 1; i >= 0; i -= 1) { const each = m.owners[i]!; { const since = w.written; encodeCampaignOwner(w, each); w.nested(90, since); } }
  if (m.state != null && m.state !== "") w.string(82, m.state);
  if (m.done != null && m.done !== 0) w.uint32(72, m.done);
  if (m.total != null && m.total !== 0) w.uint32(64, m.total);
  if (m.kind != null && m.kind !== "") w.string(58, m.kind);
  if (m.owner != null && m.owner !== "") w.string(50, m.owner);
  if (m.environment != null && m.environment !== "") w.string(42, m.environment);
  if (m.untilMs != null && m.untilMs !== 0) w.int64(32, m.untilMs);
  if (m.startedBy != null && m.startedBy !== "") w.string(26, m.startedBy);
  if (m.startedAtMs != null && m.startedAtMs !== 0) w.int64(16, m.startedAtMs);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeCampaign(r: Reader, m: Campaign__Output = { name: "", startedAtMs: 0, startedBy: "", untilMs: 0, environment: "", owner: "", kind: "", total: 0, done: 0, state: "", owners: [] }): Campaign__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 16: m.startedAtMs = r.int64(); break;
      case 26: m.startedBy = r.string(); break;
      case 32: m.untilMs = r.int64(); break;
      case 42: m.environment = r.string(); break;
      case 50: m.owner = r.string(); break;
      case 58: m.kind = r.string(); break;
      case 64: m.total = r.uint32(); break;
      case 72: m.done = r.uint32(); break;
      case 82: m.state = r.string(); break;
      case 90: { const outer = r.enter(); m.owners.push(decodeCampaignOwner(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CampaignCodec: MessageCodec<Campaign, Campaign__Output> = /* @__PURE__ */ codec(encodeCampaign, decodeCampaign);

export interface CampaignOwner {
  owner?: string;
  total?: number;
  done?: number;
  left?: string[];
}

export interface CampaignOwner__Output {
  owner: string;
  total: number;
  done: number;
  left: string[];
}

export function encodeCampaignOwner(w: Writer, m: CampaignOwner): void {
  if (m.left != null) for (let i = m.left.length - 1; i >= 0; i -= 1) { const each = m.left[i]!; w.string(34, each); }
  if (m.done != null && m.done !== 0) w.uint32(24, m.done);
  if (m.total != null && m.total !== 0) w.uint32(16, m.total);
  if (m.owner != null && m.owner !== "") w.string(10, m.owner);
}

export function decodeCampaignOwner(r: Reader, m: CampaignOwner__Output = { owner: "", total: 0, done: 0, left: [] }): CampaignOwner__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.owner = r.string(); break;
      case 16: m.total = r.uint32(); break;
      case 24: m.done = r.uint32(); break;
      case 34: m.left.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CampaignOwnerCodec: MessageCodec<CampaignOwner, CampaignOwner__Output> = /* @__PURE__ */ codec(encodeCampaignOwner, decodeCampaignOwner);

export const ReviewService = {
  ListReviews: /* @__PURE__ */ method("/botpass.v1.ReviewService/ListReviews", "listReviews", { request: false, response: false }, ListReviewsRequestCodec, ListReviewsResponseCodec),
  GetReview: /* @__PURE__ */ method("/botpass.v1.ReviewService/GetReview", "getReview", { request: false, response: false }, GetReviewRequestCodec, ReviewCodec),
  CompleteReview: /* @__PURE__ */ method("/botpass.v1.ReviewService/CompleteReview", "completeReview", { request: false, response: false }, CompleteReviewRequestCodec, CompleteReviewResponseCodec),
  StartCampaign: /* @__PURE__ */ method("/botpass.v1.ReviewService/StartCampaign", "startCampaign", { request: false, response: false }, StartCampaignRequestCodec, CampaignCodec),
  GetCampaign: /* @__PURE__ */ method("/botpass.v1.ReviewService/GetCampaign", "getCampaign", { request: false, response: false }, GetCampaignRequestCodec, CampaignCodec),
  ListCampaigns: /* @__PURE__ */ method("/botpass.v1.ReviewService/ListCampaigns", "listCampaigns", { request: false, response: false }, ListCampaignsRequestCodec, ListCampaignsResponseCodec),
};
export type ReviewServiceDefinition = typeof ReviewService;

export interface ReviewServiceClient extends Client {
  ListReviews: UnaryCall<ListReviewsRequest, ListReviewsResponse__Output>;
  listReviews: UnaryCall<ListReviewsRequest, ListReviewsResponse__Output>;
  GetReview: UnaryCall<GetReviewRequest, Review__Output>;
  getReview: UnaryCall<GetReviewRequest, Review__Output>;
  CompleteReview: UnaryCall<CompleteReviewRequest, CompleteReviewResponse__Output>;
  completeReview: UnaryCall<CompleteReviewRequest, CompleteReviewResponse__Output>;
  StartCampaign: UnaryCall<StartCampaignRequest, Campaign__Output>;
  startCampaign: UnaryCall<StartCampaignRequest, Campaign__Output>;
  GetCampaign: UnaryCall<GetCampaignRequest, Campaign__Output>;
  getCampaign: UnaryCall<GetCampaignRequest, Campaign__Output>;
  ListCampaigns: UnaryCall<ListCampaignsRequest, ListCampaignsResponse__Output>;
  listCampaigns: UnaryCall<ListCampaignsRequest, ListCampaignsResponse__Output>;
}

export interface ReviewServiceHandlers {
  ListReviews: handleUnaryCall<ListReviewsRequest__Output, ListReviewsResponse>;
  GetReview: handleUnaryCall<GetReviewRequest__Output, Review>;
  CompleteReview: handleUnaryCall<CompleteReviewRequest__Output, CompleteReviewResponse>;
  StartCampaign: handleUnaryCall<StartCampaignRequest__Output, Campaign>;
  GetCampaign: handleUnaryCall<GetCampaignRequest__Output, Campaign>;
  ListCampaigns: handleUnaryCall<ListCampaignsRequest__Output, ListCampaignsResponse>;
}

