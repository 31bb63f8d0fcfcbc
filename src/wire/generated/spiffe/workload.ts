// Written by scripts/generate.ts from proto/spiffe/workload.proto; not to be changed by hand.
import type { Client, handleServerStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import { EMPTY, type MessageCodec, type Reader, type ServerStreamingCall, type UnaryCall, type Writer, codec, method, putEntry } from "../../codec.ts";
import { decodeStruct, encodeStruct, type Struct, type Struct__Output } from "../google/protobuf/struct.ts";

export interface X509SVIDRequest {
}

export interface X509SVIDRequest__Output {
}

export function encodeX509SVIDRequest(_w: Writer, _m: X509SVIDRequest): void {
}

export function decodeX509SVIDRequest(r: Reader, m: X509SVIDRequest__Output = {}): X509SVIDRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const X509SVIDRequestCodec: MessageCodec<X509SVIDRequest, X509SVIDRequest__Output> = /* @__PURE__ */ codec(encodeX509SVIDRequest, decodeX509SVIDRequest);

export interface X509SVIDResponse {
  svids?: X509SVID[];
  crl?: Uint8Array[];
  federatedBundles?: { [key: string]: Uint8Array };
}

export interface X509SVIDResponse__Output {
  svids: X509SVID__Output[];
  crl: Buffer[];
  federatedBundles: { [key: string]: Buffer };
}

export function encodeX509SVIDResponse(w: Writer, m: X509SVIDResponse): void {
  if (m.federatedBundles != null) for (const [key, value] of Object.entries(m.federatedBundles).reverse()) { const begin = w.written; w.bytes(18, value); w.string(10, key); w.nested(26, begin); }
  if (m.crl != null) for (let i = m.crl.length - 1; i >= 0; i -= 1) { const each = m.crl[i]!; w.bytes(18, each); }
  if (m.svids != null) for (let i = m.svids.length - 1; i >= 0; i -= 1) { const each = m.svids[i]!; { const since = w.written; encodeX509SVID(w, each); w.nested(10, since); } }
}

export function decodeX509SVIDResponse(r: Reader, m: X509SVIDResponse__Output = { svids: [], crl: [], federatedBundles: {} }): X509SVIDResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.svids.push(decodeX509SVID(r)); r.leave(outer); } break;
      case 18: m.crl.push(r.bytes()); break;
      case 26: { const outer = r.enter(); let key = ""; let value: Buffer = EMPTY; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === 18) value = r.bytes(); else r.skip(inner); } r.leave(outer); putEntry(m.federatedBundles, key, value); break; }
      default: r.skip(tag);
    }
  }
  return m;
}

export const X509SVIDResponseCodec: MessageCodec<X509SVIDResponse, X509SVIDResponse__Output> = /* @__PURE__ */ codec(encodeX509SVIDResponse, decodeX509SVIDResponse);

export interface X509SVID {
  spiffeId?: string;
  x509Svid?: Uint8Array;
  x509SvidKey?: Uint8Array;
  bundle?: Uint8Array;
  hint?: string;
}

export interface X509SVID__Output {
  spiffeId: string;
  x509Svid: Buffer;
  x509SvidKey: Buffer;
  bundle: Buffer;
  hint: string;
}

export function encodeX509SVID(w: Writer, m: X509SVID): void {
  if (m.hint != null && m.hint !== "") w.string(42, m.hint);
  if (m.bundle != null && m.bundle.length !== 0) w.bytes(34, m.bundle);
  if (m.x509SvidKey != null && m.x509SvidKey.length !== 0) w.bytes(26, m.x509SvidKey);
  if (m.x509Svid != null && m.x509Svid.length !== 0) w.bytes(18, m.x509Svid);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeX509SVID(r: Reader, m: X509SVID__Output = { spiffeId: "", x509Svid: EMPTY, x509SvidKey: EMPTY, bundle: EMPTY, hint: "" }): X509SVID__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 18: m.x509Svid = r.bytes(); break;
      case 26: m.x509SvidKey = r.bytes(); break;
      case 34: m.bundle = r.bytes(); break;
      case 42: m.hint = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const X509SVIDCodec: MessageCodec<X509SVID, X509SVID__Output> = /* @__PURE__ */ codec(encodeX509SVID, decodeX509SVID);

export interface X509BundlesRequest {
}

export interface X509BundlesRequest__Output {
}

export function encodeX509BundlesRequest(_w: Writer, _m: X509BundlesRequest): void {
}

export function decodeX509BundlesRequest(r: Reader, m: X509BundlesRequest__Output = {}): X509BundlesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const X509BundlesRequestCodec: MessageCodec<X509BundlesRequest, X509BundlesRequest__Output> = /* @__PURE__ */ codec(encodeX509BundlesRequest, decodeX509BundlesRequest);

export interface X509BundlesResponse {
  crl?: Uint8Array[];
  bundles?: { [key: string]: Uint8Array };
}

export interface X509BundlesResponse__Output {
  crl: Buffer[];
  bundles: { [key: string]: Buffer };
}

export function encodeX509BundlesResponse(w: Writer, m: X509BundlesResponse): void {
  if (m.bundles != null) for (const [key, value] of Object.entries(m.bundles).reverse()) { const begin = w.written; w.bytes(18, value); w.string(10, key); w.nested(18, begin); }
  if (m.crl != null) for (let i = m.crl.length - 1; i >= 0; i -= 1) { const each = m.crl[i]!; w.bytes(10, each); }
}

export function decodeX509BundlesResponse(r: Reader, m: X509BundlesResponse__Output = { crl: [], bundles: {} }): X509BundlesResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.crl.push(r.bytes()); break;
      case 18: { const outer = r.enter(); let key = ""; let value: Buffer = EMPTY; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === 18) value = r.bytes(); else r.skip(inner); } r.leave(outer); putEntry(m.bundles, key, value); break; }
      default: r.skip(tag);
    }
  }
  return m;
}

export const X509BundlesResponseCodec: MessageCodec<X509BundlesResponse, X509BundlesResponse__Output> = /* @__PURE__ */ codec(encodeX509BundlesResponse, decodeX509BundlesResponse);

export interface JWTSVIDRequest {
  audience?: string[];
  spiffeId?: string;
}

export interface JWTSVIDRequest__Output {
  audience: string[];
  spiffeId: string;
}

export function encodeJWTSVIDRequest(w: Writer, m: JWTSVIDRequest): void {
  if (m.spiffeId != null && m.spiffeId !== "") w.string(18, m.spiffeId);
  if (m.audience != null) for (let i = m.audience.length - 1; i >= 0; i -= 1) { const each = m.audience[i]!; w.string(10, each); }
}

export function decodeJWTSVIDRequest(r: Reader, m: JWTSVIDRequest__Output = { audience: [], spiffeId: "" }): JWTSVIDRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.audience.push(r.string()); break;
      case 18: m.spiffeId = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const JWTSVIDRequestCodec: MessageCodec<JWTSVIDRequest, JWTSVIDRequest__Output> = /* @__PURE__ */ codec(encodeJWTSVIDRequest, decodeJWTSVIDRequest);

export interface JWTSVIDResponse {
  svids?: JWTSVID[];
}

export interface JWTSVIDResponse__Output {
  svids: JWTSVID__Output[];
}

export function encodeJWTSVIDResponse(w: Writer, m: JWTSVIDResponse): void {
  if (m.svids != null) for (let i = m.svids.length - 1; i >= 0; i -= 1) { const each = m.svids[i]!; { const since = w.written; encodeJWTSVID(w, each); w.nested(10, since); } }
}

export function decodeJWTSVIDResponse(r: Reader, m: JWTSVIDResponse__Output = { svids: [] }): JWTSVIDResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.svids.push(decodeJWTSVID(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const JWTSVIDResponseCodec: MessageCodec<JWTSVIDResponse, JWTSVIDResponse__Output> = /* @__PURE__ */ codec(encodeJWTSVIDResponse, decodeJWTSVIDResponse);

export interface JWTSVID {
  spiffeId?: string;
  svid?: string;
  hint?: string;
}

export interface JWTSVID__Output {
  spiffeId: string;
  svid: string;
  hint: string;
}

export function encodeJWTSVID(w: Writer, m: JWTSVID): void {
  if (m.hint != null && m.hint !== "") w.string(26, m.hint);
  if (m.svid != null && m.svid !== "") w.string(18, m.svid);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeJWTSVID(r: Reader, m: JWTSVID__Output = { spiffeId: "", svid: "", hint: "" }): JWTSVID__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 18: m.svid = r.string(); break;
      case 26: m.hint = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const JWTSVIDCodec: MessageCodec<JWTSVID, JWTSVID__Output> = /* @__PURE__ */ codec(encodeJWTSVID, decodeJWTSVID);

export interface JWTBundlesRequest {
}

export interface JWTBundlesRequest__Output {
}

export function encodeJWTBundlesRequest(_w: Writer, _m: JWTBundlesRequest): void {
}

export function decodeJWTBundlesRequest(r: Reader, m: JWTBundlesRequest__Output = {}): JWTBundlesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const JWTBundlesRequestCodec: MessageCodec<JWTBundlesRequest, JWTBundlesRequest__Output> = /* @__PURE__ */ codec(encodeJWTBundlesRequest, decodeJWTBundlesRequest);

export interface JWTBundlesResponse {
  bundles?: { [key: string]: Uint8Array };
}

export interface JWTBundlesResponse__Output {
  bundles: { [key: string]: Buffer };
}

export function encodeJWTBundlesResponse(w: Writer, m: JWTBundlesResponse): void {
  if (m.bundles != null) for (const [key, value] of Object.entries(m.bundles).reverse()) { const begin = w.written; w.bytes(18, value); w.string(10, key); w.nested(10, begin); }
}

export function decodeJWTBundlesResponse(r: Reader, m: JWTBundlesResponse__Output = { bundles: {} }): JWTBundlesResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); let key = ""; let value: Buffer = EMPTY; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === 18) value = r.bytes(); else r.skip(inner); } r.leave(outer); putEntry(m.bundles, key, value); break; }
      default: r.skip(tag);
    }
  }
  return m;
}

export const JWTBundlesResponseCodec: MessageCodec<JWTBundlesResponse, JWTBundlesResponse__Output> = /* @__PURE__ */ codec(encodeJWTBundlesResponse, decodeJWTBundlesResponse);

export interface ValidateJWTSVIDRequest {
  audience?: string;
  svid?: string;
}

export interface ValidateJWTSVIDRequest__Output {
  audience: string;
  svid: string;
}

export function encodeValidateJWTSVIDRequest(w: Writer, m: ValidateJWTSVIDRequest): void {
  if (m.svid != null && m.svid !== "") w.string(18, m.svid);
  if (m.audience != null && m.audience !== "") w.string(10, m.audience);
}

export function decodeValidateJWTSVIDRequest(r: Reader, m: ValidateJWTSVIDRequest__Output = { audience: "", svid: "" }): ValidateJWTSVIDRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.audience = r.string(); break;
      case 18: m.svid = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ValidateJWTSVIDRequestCodec: MessageCodec<ValidateJWTSVIDRequest, ValidateJWTSVIDRequest__Output> = /* @__PURE__ */ codec(encodeValidateJWTSVIDRequest, decodeValidateJWTSVIDRequest);

export interface ValidateJWTSVIDResponse {
  spiffeId?: string;
  claims?: Struct | null;
}

export interface ValidateJWTSVIDResponse__Output {
  spiffeId: string;
  claims: Struct__Output | null;
}

export function encodeValidateJWTSVIDResponse(w: Writer, m: ValidateJWTSVIDResponse): void {
  if (m.claims != null) { const since = w.written; encodeStruct(w, m.claims); w.nested(18, since); }
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeValidateJWTSVIDResponse(r: Reader, m: ValidateJWTSVIDResponse__Output = { spiffeId: "", claims: null }): ValidateJWTSVIDResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 18: { const outer = r.enter(); m.claims = decodeStruct(r, m.claims ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ValidateJWTSVIDResponseCodec: MessageCodec<ValidateJWTSVIDResponse, ValidateJWTSVIDResponse__Output> = /* @__PURE__ */ codec(encodeValidateJWTSVIDResponse, decodeValidateJWTSVIDResponse);

export interface WITSVIDRequest {
  spiffeId?: string;
}

export interface WITSVIDRequest__Output {
  spiffeId: string;
}

export function encodeWITSVIDRequest(w: Writer, m: WITSVIDRequest): void {
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeWITSVIDRequest(r: Reader, m: WITSVIDRequest__Output = { spiffeId: "" }): WITSVIDRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const WITSVIDRequestCodec: MessageCodec<WITSVIDRequest, WITSVIDRequest__Output> = /* @__PURE__ */ codec(encodeWITSVIDRequest, decodeWITSVIDRequest);

export interface WITSVIDResponse {
  svids?: WITSVID[];
}

export interface WITSVIDResponse__Output {
  svids: WITSVID__Output[];
}

export function encodeWITSVIDResponse(w: Writer, m: WITSVIDResponse): void {
  if (m.svids != null) for (let i = m.svids.length - 1; i >= 0; i -= 1) { const each = m.svids[i]!; { const since = w.written; encodeWITSVID(w, each); w.nested(10, since); } }
}

export function decodeWITSVIDResponse(r: Reader, m: WITSVIDResponse__Output = { svids: [] }): WITSVIDResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.svids.push(decodeWITSVID(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const WITSVIDResponseCodec: MessageCodec<WITSVIDResponse, WITSVIDResponse__Output> = /* @__PURE__ */ codec(encodeWITSVIDResponse, decodeWITSVIDResponse);

export interface WITSVID {
  spiffeId?: string;
  witSvid?: string;
  witSvidKey?: string;
  hint?: string;
}

export interface WITSVID__Output {
  spiffeId: string;
  witSvid: string;
  witSvidKey: string;
  hint: string;
}

export function encodeWITSVID(w: Writer, m: WITSVID): void {
  if (m.hint != null && m.hint !== "") w.string(34, m.hint);
  if (m.witSvidKey != null && m.witSvidKey !== "") w.string(26, m.witSvidKey);
  if (m.witSvid != null && m.witSvid !== "") w.string(18, m.witSvid);
  if (m.spiffeId != null && m.spiffeId !== "") w.string(10, m.spiffeId);
}

export function decodeWITSVID(r: Reader, m: WITSVID__Output = { spiffeId: "", witSvid: "", witSvidKey: "", hint: "" }): WITSVID__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.spiffeId = r.string(); break;
      case 18: m.witSvid = r.string(); break;
      case 26: m.witSvidKey = r.string(); break;
      case 34: m.hint = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const WITSVIDCodec: MessageCodec<WITSVID, WITSVID__Output> = /* @__PURE__ */ codec(encodeWITSVID, decodeWITSVID);

export interface WITBundlesRequest {
}

export interface WITBundlesRequest__Output {
}

export function encodeWITBundlesRequest(_w: Writer, _m: WITBundlesRequest): void {
}

export function decodeWITBundlesRequest(r: Reader, m: WITBundlesRequest__Output = {}): WITBundlesRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      default: r.skip(tag);
    }
  }
  return m;
}

export const WITBundlesRequestCodec: MessageCodec<WITBundlesRequest, WITBundlesRequest__Output> = /* @__PURE__ */ codec(encodeWITBundlesRequest, decodeWITBundlesRequest);

export interface WITBundlesResponse {
  bundles?: { [key: string]: string };
}

export interface WITBundlesResponse__Output {
  bundles: { [key: string]: string };
}

export function encodeWITBundlesResponse(w: Writer, m: WITBundlesResponse): void {
  if (m.bundles != null) for (const [key, value] of Object.entries(m.bundles).reverse()) { const begin = w.written; w.string(18, value); w.string(10, key); w.nested(10, begin); }
}

export function decodeWITBundlesResponse(r: Reader, m: WITBundlesResponse__Output = { bundles: {} }): WITBundlesResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); let key = ""; let value: string = ""; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === 18) value = r.string(); else r.skip(inner); } r.leave(outer); putEntry(m.bundles, key, value); break; }
      default: r.skip(tag);
    }
  }
  return m;
}

export const WITBundlesResponseCodec: MessageCodec<WITBundlesResponse, WITBundlesResponse__Output> = /* @__PURE__ */ codec(encodeWITBundlesResponse, decodeWITBundlesResponse);

export const SpiffeWorkloadAPI = {
  FetchX509SVID: /* @__PURE__ */ method("/SpiffeWorkloadAPI/FetchX509SVID", "fetchX509Svid", { request: false, response: true }, X509SVIDRequestCodec, X509SVIDResponseCodec),
  FetchX509Bundles: /* @__PURE__ */ method("/SpiffeWorkloadAPI/FetchX509Bundles", "fetchX509Bundles", { request: false, response: true }, X509BundlesRequestCodec, X509BundlesResponseCodec),
  FetchJWTSVID: /* @__PURE__ */ method("/SpiffeWorkloadAPI/FetchJWTSVID", "fetchJwtsvid", { request: false, response: false }, JWTSVIDRequestCodec, JWTSVIDResponseCodec),
  FetchJWTBundles: /* @__PURE__ */ method("/SpiffeWorkloadAPI/FetchJWTBundles", "fetchJwtBundles", { request: false, response: true }, JWTBundlesRequestCodec, JWTBundlesResponseCodec),
  ValidateJWTSVID: /* @__PURE__ */ method("/SpiffeWorkloadAPI/ValidateJWTSVID", "validateJwtsvid", { request: false, response: false }, ValidateJWTSVIDRequestCodec, ValidateJWTSVIDResponseCodec),
  FetchWITSVID: /* @__PURE__ */ method("/SpiffeWorkloadAPI/FetchWITSVID", "fetchWitsvid", { request: false, response: true }, WITSVIDRequestCodec, WITSVIDResponseCodec),
  FetchWITBundles: /* @__PURE__ */ method("/SpiffeWorkloadAPI/FetchWITBundles", "fetchWitBundles", { request: false, response: true }, WITBundlesRequestCodec, WITBundlesResponseCodec),
};
export type SpiffeWorkloadAPIDefinition = typeof SpiffeWorkloadAPI;

export interface SpiffeWorkloadAPIClient extends Client {
  FetchX509SVID: ServerStreamingCall<X509SVIDRequest, X509SVIDResponse__Output>;
  fetchX509Svid: ServerStreamingCall<X509SVIDRequest, X509SVIDResponse__Output>;
  FetchX509Bundles: ServerStreamingCall<X509BundlesRequest, X509BundlesResponse__Output>;
  fetchX509Bundles: ServerStreamingCall<X509BundlesRequest, X509BundlesResponse__Output>;
  FetchJWTSVID: UnaryCall<JWTSVIDRequest, JWTSVIDResponse__Output>;
  fetchJwtsvid: UnaryCall<JWTSVIDRequest, JWTSVIDResponse__Output>;
  FetchJWTBundles: ServerStreamingCall<JWTBundlesRequest, JWTBundlesResponse__Output>;
  fetchJwtBundles: ServerStreamingCall<JWTBundlesRequest, JWTBundlesResponse__Output>;
  ValidateJWTSVID: UnaryCall<ValidateJWTSVIDRequest, ValidateJWTSVIDResponse__Output>;
  validateJwtsvid: UnaryCall<ValidateJWTSVIDRequest, ValidateJWTSVIDResponse__Output>;
  FetchWITSVID: ServerStreamingCall<WITSVIDRequest, WITSVIDResponse__Output>;
  fetchWitsvid: ServerStreamingCall<WITSVIDRequest, WITSVIDResponse__Output>;
  FetchWITBundles: ServerStreamingCall<WITBundlesRequest, WITBundlesResponse__Output>;
  fetchWitBundles: ServerStreamingCall<WITBundlesRequest, WITBundlesResponse__Output>;
}

export interface SpiffeWorkloadAPIHandlers {
  FetchX509SVID: handleServerStreamingCall<X509SVIDRequest__Output, X509SVIDResponse>;
  FetchX509Bundles: handleServerStreamingCall<X509BundlesRequest__Output, X509BundlesResponse>;
  FetchJWTSVID: handleUnaryCall<JWTSVIDRequest__Output, JWTSVIDResponse>;
  FetchJWTBundles: handleServerStreamingCall<JWTBundlesRequest__Output, JWTBundlesResponse>;
  ValidateJWTSVID: handleUnaryCall<ValidateJWTSVIDRequest__Output, ValidateJWTSVIDResponse>;
  FetchWITSVID: handleServerStreamingCall<WITSVIDRequest__Output, WITSVIDResponse>;
  FetchWITBundles: handleServerStreamingCall<WITBundlesRequest__Output, WITBundlesResponse>;
}

