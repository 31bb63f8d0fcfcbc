// Written by scripts/generate.ts from proto/botpass/v1/types.proto; not to be changed by hand.
import { EMPTY, type MessageCodec, type Reader, type Writer, codec, putEntry } from "../../../codec.ts";

export interface Bundle {
  trustDomain?: string;
  x509Authorities?: Uint8Array[];
  jwtAuthorities?: JwtAuthority[];
  sequence?: number;
  refreshHintSeconds?: number;
}

export interface Bundle__Output {
  trustDomain: string;
  x509Authorities: Buffer[];
  jwtAuthorities: JwtAuthority__Output[];
  sequence: number;
  refreshHintSeconds: number;
}

export function encodeBundle(w: Writer, m: Bundle): void {
  if (m.refreshHintSeconds != null && m.refreshHintSeconds !== 0) w.uint32(40, m.refreshHintSeconds);
  if (m.sequence != null && m.sequence !== 0) w.uint64(32, m.sequence);
  if (m.jwtAuthorities != null) for (let i = m.jwtAuthorities.length - 1; i >= 0; i -= 1) { const each = m.jwtAuthorities[i]!; { const since = w.written; encodeJwtAuthority(w, each); w.nested(26, since); } }
  if (m.x509Authorities != null) for (let i = m.x509Authorities.length - 1; i >= 0; i -= 1) { const each = m.x509Authorities[i]!; w.bytes(18, each); }
  if (m.trustDomain != null && m.trustDomain !== "") w.string(10, m.trustDomain);
}

export function decodeBundle(r: Reader, m: Bundle__Output = { trustDomain: "", x509Authorities: [], jwtAuthorities: [], sequence: 0, refreshHintSeconds: 0 }): Bundle__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.trustDomain = r.string(); break;
      case 18: m.x509Authorities.push(r.bytes()); break;
      case 26: { const outer = r.enter(); m.jwtAuthorities.push(decodeJwtAuthority(r)); r.leave(outer); } break;
      case 32: m.sequence = r.uint64(); break;
      case 40: m.refreshHintSeconds = r.uint32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const BundleCodec: MessageCodec<Bundle, Bundle__Output> = /* @__PURE__ */ codec(encodeBundle, decodeBundle);

export interface JwtAuthority {
  keyId?: string;
  publicKey?: Uint8Array;
}

export interface JwtAuthority__Output {
  keyId: string;
  publicKey: Buffer;
}

export function encodeJwtAuthority(w: Writer, m: JwtAuthority): void {
  if (m.publicKey != null && m.publicKey.length !== 0) w.bytes(18, m.publicKey);
  if (m.keyId != null && m.keyId !== "") w.string(10, m.keyId);
}

export function decodeJwtAuthority(r: Reader, m: JwtAuthority__Output = { keyId: "", publicKey: EMPTY }): JwtAuthority__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.keyId = r.string(); break;
      case 18: m.publicKey = r.bytes(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const JwtAuthorityCodec: MessageCodec<JwtAuthority, JwtAuthority__Output> = /* @__PURE__ */ codec(encodeJwtAuthority, decodeJwtAuthority);

export interface X509SvidMessage {
  spiffeId?: string;
  certificates?: Uint8Array[];
  serial?: string;
  notBeforeMs?: number;
  notAfterMs?: number;
}

export interface X509SvidMessage__Output {
  spiffeId: string;
  certificates: Buffer[];
  serial: string;
  notBeforeMs: number;
  notAfterMs: number;
}

export function encodeX509SvidMessage(w: Writer, m: X509SvidMessage): void {
  if (m.notAfterMs != null && m.notAfterMs !== 0) w.int64(40, m.notAfterMs);
  if (m.notBeforeMs != null && m.notBeforeMs !== 0) w.int64(32, m.notBeforeMs);
  if (m.serial != null && m.serial !== "") w.string(26, m.serial);
  if (m.certificates != null) for (let i = m.certificates.length - 1; i >= 0; i -= 1) { const each = m.certificates[i]!; w.bytes(18, each); }
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeX509SvidMessage(r: Reader, m: X509SvidMessage__Output = { spiffeId: "", certificates: [], serial: "", notBeforeMs: 0, notAfterMs: 0 }): X509SvidMessage__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 18: m.certificates.push(r.bytes()); break;
      case 26: m.serial = r.string(); break;
      case 32: m.notBeforeMs = r.int64(); break;
      case 40: m.notAfterMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const X509SvidMessageCodec: MessageCodec<X509SvidMessage, X509SvidMessage__Output> = /* @__PURE__ */ codec(encodeX509SvidMessage, decodeX509SvidMessage);

export interface JwtSvidMessage {
  spiffeId?: string;
  token?: string;
  jti?: string;
  issuedAtMs?: number;
  expiresAtMs?: number;
}

export interface JwtSvidMessage__Output {
  spiffeId: string;
  token: string;
  jti: string;
  issuedAtMs: number;
  expiresAtMs: number;
}

export function encodeJwtSvidMessage(w: Writer, m: JwtSvidMessage): void {
  if (m.expiresAtMs != null && m.expiresAtMs !== 0) w.int64(40, m.expiresAtMs);
  if (m.issuedAtMs != null && m.issuedAtMs !== 0) w.int64(32, m.issuedAtMs);
  if (m.jti != null && m.jti !== "") w.string(26, m.jti);
  if (m.token != null && m.token !== "") w.string(18, m.token);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeJwtSvidMessage(r: Reader, m: JwtSvidMessage__Output = { spiffeId: "", token: "", jti: "", issuedAtMs: 0, expiresAtMs: 0 }): JwtSvidMessage__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 18: m.token = r.string(); break;
      case 26: m.jti = r.string(); break;
      case 32: m.issuedAtMs = r.int64(); break;
      case 40: m.expiresAtMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const JwtSvidMessageCodec: MessageCodec<JwtSvidMessage, JwtSvidMessage__Output> = /* @__PURE__ */ codec(encodeJwtSvidMessage, decodeJwtSvidMessage);

export interface ErrorMessage {
  code?: string;
  message?: string;
  retryAfterMs?: number;
  details?: { [key: string]: string };
  requestId?: string;
}

export interface ErrorMessage__Output {
  code: string;
  message: string;
  retryAfterMs: number;
  details: { [key: string]: string };
  requestId: string;
}

export function encodeErrorMessage(w: Writer, m: ErrorMessage): void {
  if (m.requestId != null && m.requestId !== "") w.string(42, m.requestId);
  if (m.details != null) for (const [key, value] of Object.entries(m.details).reverse()) { const begin = w.written; w.string(18, value); w.string(10, key); w.nested(34, begin); }
  if (m.retryAfterMs != null && m.retryAfterMs !== 0) w.uint32(24, m.retryAfterMs);
  if (m.message != null && m.message !== "") w.string(18, m.message);
  if (m.code != null && m.code !== "") w.string(10, m.code);
}

export function decodeErrorMessage(r: Reader, m: ErrorMessage__Output = { code: "", message: "", retryAfterMs: 0, details: {}, requestId: "" }): ErrorMessage__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.code = r.string(); break;
      case 18: m.message = r.string(); break;
      case 24: m.retryAfterMs = r.uint32(); break;
      case 34: { const outer = r.enter(); let key = ""; let value: string = ""; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === 18) value = r.string(); else r.skip(inner); } r.leave(outer); putEntry(m.details, key, value); break; }
      case 42: m.requestId = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ErrorMessageCodec: MessageCodec<ErrorMessage, ErrorMessage__Output> = /* @__PURE__ */ codec(encodeErrorMessage, decodeErrorMessage);

export interface Selector {
  type?: string;
  value?: string;
}

export interface Selector__Output {
  type: string;
  value: string;
}

export function encodeSelector(w: Writer, m: Selector): void {
  if (m.value != null && m.value !== "") w.string(18, m.value);
  if (m.type != null && m.type !== "") w.string(10, m.type);
}

export function decodeSelector(r: Reader, m: Selector__Output = { type: "", value: "" }): Selector__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.type = r.string(); break;
      case 18: m.value = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const SelectorCodec: MessageCodec<Selector, Selector__Output> = /* @__PURE__ */ codec(encodeSelector, decodeSelector);

export interface Bot {
  name?: string;
  kind?: string;
  owner?: string;
  purpose?: string;
  environment?: string;
  endsAtMs?: number;
  state?: string;
  spiffeId?: string;
  createdAtMs?: number;
  updatedAtMs?: number;
  revision?: number;
  terms?: PassportTerms | null;
  governance?: BotGovernance | null;
}

export interface Bot__Output {
  name: string;
  kind: string;
  owner: string;
  purpose: string;
  environment: string;
  endsAtMs: number;
  state: string;
  spiffeId: string;
  createdAtMs: number;
  updatedAtMs: number;
  revision: number;
  terms: PassportTerms__Output | null;
  governance: BotGovernance__Output | null;
}

export function encodeBot(w: Writer, m: Bot): void {
  if (m.governance != null) { const since = w.written; encodeBotGovernance(w, m.governance); w.nested(106, since); }
  if (m.terms != null) { const since = w.written; encodePassportTerms(w, m.terms); w.nested(98, since); }
  if (m.revision != null && m.revision !== 0) w.uint64(88, m.revision);
  if (m.updatedAtMs != null && m.updatedAtMs !== 0) w.int64(80, m.updatedAtMs);
  if (m.createdAtMs != null && m.createdAtMs !== 0) w.int64(72, m.createdAtMs);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(66, m.spiffeId);
  if (m.state != null && m.state !== "") w.string(58, m.state);
  if (m.endsAtMs != null && m.endsAtMs !== 0) w.int64(48, m.endsAtMs);
  if (m.environment != null && m.environment !== "") w.string(42, m.environment);
  if (m.purpose != null && m.purpose !== "") w.string(34, m.purpose);
  if (m.owner != null && m.owner !== "") w.string(26, m.owner);
  if (m.kind != null && m.kind !== "") w.string(18, m.kind);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeBot(r: Reader, m: Bot__Output = { name: "", kind: "", owner: "", purpose: "", environment: "", endsAtMs: 0, state: "", spiffeId: "", createdAtMs: 0, updatedAtMs: 0, revision: 0, terms: null, governance: null }): Bot__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.kind = r.string(); break;
      case 26: m.owner = r.string(); break;
      case 34: m.purpose = r.string(); break;
      case 42: m.environment = r.string(); break;
      case 48: m.endsAtMs = r.int64(); break;
      case 58: m.state = r.string(); break;
      case 66: m.spiffeId = r.string(); break;
      case 72: m.createdAtMs = r.int64(); break;
      case 80: m.updatedAtMs = r.int64(); break;
      case 88: m.revision = r.uint64(); break;
      case 98: { const outer = r.enter(); m.terms = decodePassportTerms(r, m.terms ?? undefined); r.leave(outer); } break;
      case 106: { const outer = r.enter(); m.governance = decodeBotGovernance(r, m.governance ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const BotCodec: MessageCodec<Bot, Bot__Output> = /* @__PURE__ */ codec(encodeBot, decodeBot);

export interface PassportTerms {
  deputy?: string;
  ticket?: string;
  reviewEverySeconds?: number;
  maxX509TtlSeconds?: number;
  maxJwtTtlSeconds?: number;
  audiences?: string[];
  mayCall?: string[];
  calledBy?: string[];
  attestors?: string[];
  networks?: string[];
  maxInstances?: number;
  personAllowed?: boolean;
  _personAllowed?: "personAllowed";
}

export interface PassportTerms__Output {
  deputy: string;
  ticket: string;
  reviewEverySeconds: number;
  maxX509TtlSeconds: number;
  maxJwtTtlSeconds: number;
  audiences: string[];
  mayCall: string[];
  calledBy: string[];
  attestors: string[];
  networks: string[];
  maxInstances: number;
  personAllowed?: boolean;
  _personAllowed?: "personAllowed";
}

export function encodePassportTerms(w: Writer, m: PassportTerms): void {
  if (m.personAllowed != null) w.bool(96, m.personAllowed);
  if (m.maxInstances != null && m.maxInstances !== 0) w.uint32(88, m.maxInstances);
  if (m.networks != null) for (let i = m.networks.length - 1; i >= 0; i -= 1) { const each = m.networks[i]!; w.string(82, each); }
  if (m.attestors != null) for (let i = m.attestors.length - 1; i >= 0; i -= 1) { const each = m.attestors[i]!; w.string(74, each); }
  if (m.calledBy != null) for (let i = m.calledBy.length - 1; i >= 0; i -= 1) { const each = m.calledBy[i]!; w.string(66, each); }
  if (m.mayCall != null) for (let i = m.mayCall.length - 1; i >= 0; i -= 1) { const each = m.mayCall[i]!; w.string(58, each); }
  if (m.audiences != null) for (let i = m.audiences.length - 1; i >= 0; i -= 1) { const each = m.audiences[i]!; w.string(50, each); }
  if (m.maxJwtTtlSeconds != null && m.maxJwtTtlSeconds !== 0) w.uint32(40, m.maxJwtTtlSeconds);
  if (m.maxX509TtlSeconds != null && m.maxX509TtlSeconds !== 0) w.uint32(32, m.maxX509TtlSeconds);
  if (m.reviewEverySeconds != null && m.reviewEverySeconds !== 0) w.uint32(24, m.reviewEverySeconds);
  if (m.ticket != null && m.ticket !== "") w.string(18, m.ticket);
  if (m.deputy != null && m.deputy !== "") w.string(10, m.deputy);
}

export function decodePassportTerms(r: Reader, m: PassportTerms__Output = { deputy: "", ticket: "", reviewEverySeconds: 0, maxX509TtlSeconds: 0, maxJwtTtlSeconds: 0, audiences: [], mayCall: [], calledBy: [], attestors: [], networks: [], maxInstances: 0 }): PassportTerms__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.deputy = r.string(); break;
      case 18: m.ticket = r.string(); break;
      case 24: m.reviewEverySeconds = r.uint32(); break;
      case 32: m.maxX509TtlSeconds = r.uint32(); break;
      case 40: m.maxJwtTtlSeconds = r.uint32(); break;
      case 50: m.audiences.push(r.string()); break;
      case 58: m.mayCall.push(r.string()); break;
      case 66: m.calledBy.push(r.string()); break;
      case 74: m.attestors.push(r.string()); break;
      case 82: m.networks.push(r.string()); break;
      case 88: m.maxInstances = r.uint32(); break;
      case 96: m.personAllowed = r.bool(); m._personAllowed = "personAllowed"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const PassportTermsCodec: MessageCodec<PassportTerms, PassportTerms__Output> = /* @__PURE__ */ codec(encodePassportTerms, decodePassportTerms);

export interface BotGovernance {
  authors?: string[];
  approvedBy?: string;
  approvedAtMs?: number;
  reviewedBy?: string;
  reviewedAtMs?: number;
  ownerGoneAtMs?: number;
  reviewDueMs?: number;
  restrictAtMs?: number;
  suspendAtMs?: number;
  proposal?: PassportProposal | null;
}

export interface BotGovernance__Output {
  authors: string[];
  approvedBy: string;
  approvedAtMs: number;
  reviewedBy: string;
  reviewedAtMs: number;
  ownerGoneAtMs: number;
  reviewDueMs: number;
  restrictAtMs: number;
  suspendAtMs: number;
  proposal: PassportProposal__Output | null;
}

export function encodeBotGovernance(w: Writer, m: BotGovernance): void {
  if (m.proposal != null) { const since = w.written; encodePassportProposal(w, m.proposal); w.nested(82, since); }
  if (m.suspendAtMs != null && m.suspendAtMs !== 0) w.int64(72, m.suspendAtMs);
  if (m.restrictAtMs != null && m.restrictAtMs !== 0) w.int64(64, m.restrictAtMs);
  if (m.reviewDueMs != null && m.reviewDueMs !== 0) w.int64(56, m.reviewDueMs);
  if (m.ownerGoneAtMs != null && m.ownerGoneAtMs !== 0) w.int64(48, m.ownerGoneAtMs);
  if (m.reviewedAtMs != null && m.reviewedAtMs !== 0) w.int64(40, m.reviewedAtMs);
  if (m.reviewedBy != null && m.reviewedBy !== "") w.string(34, m.reviewedBy);
  if (m.approvedAtMs != null && m.approvedAtMs !== 0) w.int64(24, m.approvedAtMs);
  if (m.approvedBy != null && m.approvedBy !== "") w.string(18, m.approvedBy);
  if (m.authors != null) for (let i = m.authors.length - 1; i >= 0; i -= 1) { const each = m.authors[i]!; w.string(10, each); }
}

export function decodeBotGovernance(r: Reader, m: BotGovernance__Output = { authors: [], approvedBy: "", approvedAtMs: 0, reviewedBy: "", reviewedAtMs: 0, ownerGoneAtMs: 0, reviewDueMs: 0, restrictAtMs: 0, suspendAtMs: 0, proposal: null }): BotGovernance__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.authors.push(r.string()); break;
      case 18: m.approvedBy = r.string(); break;
      case 24: m.approvedAtMs = r.int64(); break;
      case 34: m.reviewedBy = r.string(); break;
      case 40: m.reviewedAtMs = r.int64(); break;
      case 48: m.ownerGoneAtMs = r.int64(); break;
      case 56: m.reviewDueMs = r.int64(); break;
      case 64: m.restrictAtMs = r.int64(); break;
      case 72: m.suspendAtMs = r.int64(); break;
      case 82: { const outer = r.enter(); m.proposal = decodePassportProposal(r, m.proposal ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const BotGovernanceCodec: MessageCodec<BotGovernance, BotGovernance__Output> = /* @__PURE__ */ codec(encodeBotGovernance, decodeBotGovernance);

export interface PassportProposal {
  owner?: string;
  purpose?: string;
  endsAtMs?: number;
  terms?: PassportTerms | null;
  proposedAtMs?: number;
}

export interface PassportProposal__Output {
  owner: string;
  purpose: string;
  endsAtMs: number;
  terms: PassportTerms__Output | null;
  proposedAtMs: number;
}

export function encodePassportProposal(w: Writer, m: PassportProposal): void {
  if (m.proposedAtMs != null && m.proposedAtMs !== 0) w.int64(40, m.proposedAtMs);
  if (m.terms != null) { const since = w.written; encodePassportTerms(w, m.terms); w.nested(34, since); }
  if (m.endsAtMs != null && m.endsAtMs !== 0) w.int64(24, m.endsAtMs);
  if (m.purpose != null && m.purpose !== "") w.string(18, m.purpose);
  if (m.owner != null && m.owner !== "") w.string(10, m.owner);
}

export function decodePassportProposal(r: Reader, m: PassportProposal__Output = { owner: "", purpose: "", endsAtMs: 0, terms: null, proposedAtMs: 0 }): PassportProposal__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.owner = r.string(); break;
      case 18: m.purpose = r.string(); break;
      case 24: m.endsAtMs = r.int64(); break;
      case 34: { const outer = r.enter(); m.terms = decodePassportTerms(r, m.terms ?? undefined); r.leave(outer); } break;
      case 40: m.proposedAtMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const PassportProposalCodec: MessageCodec<PassportProposal, PassportProposal__Output> = /* @__PURE__ */ codec(encodePassportProposal, decodePassportProposal);

export interface Entry {
  id?: string;
  bot?: string;
  selectors?: Selector[];
  x509TtlSeconds?: number;
  jwtTtlSeconds?: number;
  dnsNames?: string[];
  audiences?: string[];
  hint?: string;
  expiresAtMs?: number;
  createdAtMs?: number;
  updatedAtMs?: number;
  revision?: number;
  nodes?: string[];
  nodeSelectors?: Selector[];
  governance?: EntryGovernance | null;
}

export interface Entry__Output {
  id: string;
  bot: string;
  selectors: Selector__Output[];
  x509TtlSeconds: number;
  jwtTtlSeconds: number;
  dnsNames: string[];
  audiences: string[];
  hint: string;
  expiresAtMs: number;
  createdAtMs: number;
  updatedAtMs: number;
  revision: number;
  nodes: string[];
  nodeSelectors: Selector__Output[];
  governance: EntryGovernance__Output | null;
}

export function encodeEntry(w: Writer, m: Entry): void {
  if (m.governance != null) { const since = w.written; encodeEntryGovernance(w, m.governance); w.nested(122, since); }
  if (m.nodeSelectors != null) for (let i = m.nodeSelectors.length - 1; i >= 0; i -= 1) { const each = m.nodeSelectors[i]!; { const since = w.written; encodeSelector(w, each); w.nested(114, since); } }
  if (m.nodes != null) for (let i = m.nodes.length - 1; i >= 0; i -= 1) { const each = m.nodes[i]!; w.string(106, each); }
  if (m.revision != null && m.revision !== 0) w.uint64(96, m.revision);
  if (m.updatedAtMs != null && m.updatedAtMs !== 0) w.int64(88, m.updatedAtMs);
  if (m.createdAtMs != null && m.createdAtMs !== 0) w.int64(80, m.createdAtMs);
  if (m.expiresAtMs != null && m.expiresAtMs !== 0) w.int64(72, m.expiresAtMs);
  if (m.hint != null && m.hint !== "") w.string(66, m.hint);
  if (m.audiences != null) for (let i = m.audiences.length - 1; i >= 0; i -= 1) { const each = m.audiences[i]!; w.string(58, each); }
  if (m.dnsNames != null) for (let i = m.dnsNames.length - 1; i >= 0; i -= 1) { const each = m.dnsNames[i]!; w.string(50, each); }
  if (m.jwtTtlSeconds != null && m.jwtTtlSeconds !== 0) w.uint32(40, m.jwtTtlSeconds);
  if (m.x509TtlSeconds != null && m.x509TtlSeconds !== 0) w.uint32(32, m.x509TtlSeconds);
  if (m.selectors != null) for (let i = m.selectors.length - 1; i >= 0; i -= 1) { const each = m.selectors[i]!; { const since = w.written; encodeSelector(w, each); w.nested(26, since); } }
  if (m.bot != null && m.bot !== "") w.string(18, m.bot);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeEntry(r: Reader, m: Entry__Output = { id: "", bot: "", selectors: [], x509TtlSeconds: 0, jwtTtlSeconds: 0, dnsNames: [], audiences: [], hint: "", expiresAtMs: 0, createdAtMs: 0, updatedAtMs: 0, revision: 0, nodes: [], nodeSelectors: [], governance: null }): Entry__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 18: m.bot = r.string(); break;
      case 26: { const outer = r.enter(); m.selectors.push(decodeSelector(r)); r.leave(outer); } break;
      case 32: m.x509TtlSeconds = r.uint32(); break;
      case 40: m.jwtTtlSeconds = r.uint32(); break;
      case 50: m.dnsNames.push(r.string()); break;
      case 58: m.audiences.push(r.string()); break;
      case 66: m.hint = r.string(); break;
      case 72: m.expiresAtMs = r.int64(); break;
      case 80: m.createdAtMs = r.int64(); break;
      case 88: m.updatedAtMs = r.int64(); break;
      case 96: m.revision = r.uint64(); break;
      case 106: m.nodes.push(r.string()); break;
      case 114: { const outer = r.enter(); m.nodeSelectors.push(decodeSelector(r)); r.leave(outer); } break;
      case 122: { const outer = r.enter(); m.governance = decodeEntryGovernance(r, m.governance ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const EntryCodec: MessageCodec<Entry, Entry__Output> = /* @__PURE__ */ codec(encodeEntry, decodeEntry);

export interface EntryGovernance {
  pending?: boolean;
  authors?: string[];
  approvedBy?: string;
  approvedAtMs?: number;
  proposal?: EntryProposal | null;
}

export interface EntryGovernance__Output {
  pending: boolean;
  authors: string[];
  approvedBy: string;
  approvedAtMs: number;
  proposal: EntryProposal__Output | null;
}

export function encodeEntryGovernance(w: Writer, m: EntryGovernance): void {
  if (m.proposal != null) { const since = w.written; encodeEntryProposal(w, m.proposal); w.nested(42, since); }
  if (m.approvedAtMs != null && m.approvedAtMs !== 0) w.int64(32, m.approvedAtMs);
  if (m.approvedBy != null && m.approvedBy !== "") w.string(26, m.approvedBy);
  if (m.authors != null) for (let i = m.authors.length - 1; i >= 0; i -= 1) { const each = m.authors[i]!; w.string(18, each); }
  if (m.pending != null && m.pending !== false) w.bool(8, m.pending);
}

export function decodeEntryGovernance(r: Reader, m: EntryGovernance__Output = { pending: false, authors: [], approvedBy: "", approvedAtMs: 0, proposal: null }): EntryGovernance__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.pending = r.bool(); break;
      case 18: m.authors.push(r.string()); break;
      case 26: m.approvedBy = r.string(); break;
      case 32: m.approvedAtMs = r.int64(); break;
      case 42: { const outer = r.enter(); m.proposal = decodeEntryProposal(r, m.proposal ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const EntryGovernanceCodec: MessageCodec<EntryGovernance, EntryGovernance__Output> = /* @__PURE__ */ codec(encodeEntryGovernance, decodeEntryGovernance);

export interface EntryProposal {
  selectors?: Selector[];
  x509TtlSeconds?: number;
  jwtTtlSeconds?: number;
  dnsNames?: string[];
  audiences?: string[];
  hint?: string;
  expiresAtMs?: number;
  nodes?: string[];
  nodeSelectors?: Selector[];
  proposedAtMs?: number;
}

export interface EntryProposal__Output {
  selectors: Selector__Output[];
  x509TtlSeconds: number;
  jwtTtlSeconds: number;
  dnsNames: string[];
  audiences: string[];
  hint: string;
  expiresAtMs: number;
  nodes: string[];
  nodeSelectors: Selector__Output[];
  proposedAtMs: number;
}

export function encodeEntryProposal(w: Writer, m: EntryProposal): void {
  if (m.proposedAtMs != null && m.proposedAtMs !== 0) w.int64(80, m.proposedAtMs);
  if (m.nodeSelectors != null) for (let i = m.nodeSelectors.length - 1; i >= 0; i -= 1) { const each = m.nodeSelectors[i]!; { const since = w.written; encodeSelector(w, each); w.nested(74, since); } }
  if (m.nodes != null) for (let i = m.nodes.length - 1; i >= 0; i -= 1) { const each = m.nodes[i]!; w.string(66, each); }
  if (m.expiresAtMs != null && m.expiresAtMs !== 0) w.int64(56, m.expiresAtMs);
  if (m.hint != null && m.hint !== "") w.string(50, m.hint);
  if (m.audiences != null) for (let i = m.audiences.length - 1; i >= 0; i -= 1) { const each = m.audiences[i]!; w.string(42, each); }
  if (m.dnsNames != null) for (let i = m.dnsNames.length - 1; i >= 0; i -= 1) { const each = m.dnsNames[i]!; w.string(34, each); }
  if (m.jwtTtlSeconds != null && m.jwtTtlSeconds !== 0) w.uint32(24, m.jwtTtlSeconds);
  if (m.x509TtlSeconds != null && m.x509TtlSeconds !== 0) w.uint32(16, m.x509TtlSeconds);
  if (m.selectors != null) for (let i = m.selectors.length - 1; i >= 0; i -= 1) { const each = m.selectors[i]!; { const since = w.written; encodeSelector(w, each); w.nested(10, since); } }
}

export function decodeEntryProposal(r: Reader, m: EntryProposal__Output = { selectors: [], x509TtlSeconds: 0, jwtTtlSeconds: 0, dnsNames: [], audiences: [], hint: "", expiresAtMs: 0, nodes: [], nodeSelectors: [], proposedAtMs: 0 }): EntryProposal__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.selectors.push(decodeSelector(r)); r.leave(outer); } break;
      case 16: m.x509TtlSeconds = r.uint32(); break;
      case 24: m.jwtTtlSeconds = r.uint32(); break;
      case 34: m.dnsNames.push(r.string()); break;
      case 42: m.audiences.push(r.string()); break;
      case 50: m.hint = r.string(); break;
      case 56: m.expiresAtMs = r.int64(); break;
      case 66: m.nodes.push(r.string()); break;
      case 74: { const outer = r.enter(); m.nodeSelectors.push(decodeSelector(r)); r.leave(outer); } break;
      case 80: m.proposedAtMs = r.int64(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const EntryProposalCodec: MessageCodec<EntryProposal, EntryProposal__Output> = /* @__PURE__ */ codec(encodeEntryProposal, decodeEntryProposal);

