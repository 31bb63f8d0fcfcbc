// Written by scripts/generate.ts from proto/envoy/sds.proto; not to be changed by hand.
import type { Client, handleBidiStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import { type BidiCall, EMPTY, type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method, putEntry } from "../../codec.ts";

export interface DiscoveryRequest {
  versionInfo?: string;
  node?: Node | null;
  resourceNames?: string[];
  typeUrl?: string;
  responseNonce?: string;
  errorDetail?: Status | null;
}

export interface DiscoveryRequest__Output {
  versionInfo: string;
  node: Node__Output | null;
  resourceNames: string[];
  typeUrl: string;
  responseNonce: string;
  errorDetail: Status__Output | null;
}

export function encodeDiscoveryRequest(w: Writer, m: DiscoveryRequest): void {
  if (m.errorDetail != null) { const since = w.written; encodeStatus(w, m.errorDetail); w.nested(50, since); }
  if (m.responseNonce != null && m.responseNonce !== "") w.string(42, m.responseNonce);
  if (m.typeUrl != null && m.typeUrl !== "") w.string(34, m.typeUrl);
  if (m.resourceNames != null) for (let i = m.resourceNames.length - 1; i >= 0; i -= 1) { const each = m.resourceNames[i]!; w.string(26, each); }
  if (m.node != null) { const since = w.written; encodeNode(w, m.node); w.nested(18, since); }
  if (m.versionInfo != null && m.versionInfo !== "") w.string(10, m.versionInfo);
}

export function decodeDiscoveryRequest(r: Reader, m: DiscoveryRequest__Output = { versionInfo: "", node: null, resourceNames: [], typeUrl: "", responseNonce: "", errorDetail: null }): DiscoveryRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.versionInfo = r.string(); break;
      case 18: { const outer = r.enter(); m.node = decodeNode(r, m.node ?? undefined); r.leave(outer); } break;
      case 26: m.resourceNames.push(r.string()); break;
      case 34: m.typeUrl = r.string(); break;
      case 42: m.responseNonce = r.string(); break;
      case 50: { const outer = r.enter(); m.errorDetail = decodeStatus(r, m.errorDetail ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DiscoveryRequestCodec: MessageCodec<DiscoveryRequest, DiscoveryRequest__Output> = /* @__PURE__ */ codec(encodeDiscoveryRequest, decodeDiscoveryRequest);

export interface DiscoveryResponse {
  versionInfo?: string;
  resources?: Any[];
  typeUrl?: string;
  nonce?: string;
}

export interface DiscoveryResponse__Output {
  versionInfo: string;
  resources: Any__Output[];
  typeUrl: string;
  nonce: string;
}

export function encodeDiscoveryResponse(w: Writer, m: DiscoveryResponse): void {
  if (m.nonce != null && m.nonce !== "") w.string(42, m.nonce);
  if (m.typeUrl != null && m.typeUrl !== "") w.string(34, m.typeUrl);
  if (m.resources != null) for (let i = m.resources.length - 1; i >= 0; i -= 1) { const each = m.resources[i]!; { const since = w.written; encodeAny(w, each); w.nested(18, since); } }
  if (m.versionInfo != null && m.versionInfo !== "") w.string(10, m.versionInfo);
}

export function decodeDiscoveryResponse(r: Reader, m: DiscoveryResponse__Output = { versionInfo: "", resources: [], typeUrl: "", nonce: "" }): DiscoveryResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.versionInfo = r.string(); break;
      case 18: { const outer = r.enter(); m.resources.push(decodeAny(r)); r.leave(outer); } break;
      case 34: m.typeUrl = r.string(); break;
      case 42: m.nonce = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DiscoveryResponseCodec: MessageCodec<DiscoveryResponse, DiscoveryResponse__Output> = /* @__PURE__ */ codec(encodeDiscoveryResponse, decodeDiscoveryResponse);

export interface DeltaDiscoveryRequest {
  node?: Node | null;
  typeUrl?: string;
  resourceNamesSubscribe?: string[];
  resourceNamesUnsubscribe?: string[];
  initialResourceVersions?: { [key: string]: string };
  responseNonce?: string;
  errorDetail?: Status | null;
}

export interface DeltaDiscoveryRequest__Output {
  node: Node__Output | null;
  typeUrl: string;
  resourceNamesSubscribe: string[];
  resourceNamesUnsubscribe: string[];
  initialResourceVersions: { [key: string]: string };
  responseNonce: string;
  errorDetail: Status__Output | null;
}

export function encodeDeltaDiscoveryRequest(w: Writer, m: DeltaDiscoveryRequest): void {
  if (m.errorDetail != null) { const since = w.written; encodeStatus(w, m.errorDetail); w.nested(58, since); }
  if (m.responseNonce != null && m.responseNonce !== "") w.string(50, m.responseNonce);
  if (m.initialResourceVersions != null) for (const [key, value] of Object.entries(m.initialResourceVersions).reverse()) { const begin = w.written; w.string(18, value); w.string(10, key); w.nested(42, begin); }
  if (m.resourceNamesUnsubscribe != null) for (let i = m.resourceNamesUnsubscribe.length - 1; i >= 0; i -= 1) { const each = m.resourceNamesUnsubscribe[i]!; w.string(34, each); }
  if (m.resourceNamesSubscribe != null) for (let i = m.resourceNamesSubscribe.length - 1; i >= 0; i -= 1) { const each = m.resourceNamesSubscribe[i]!; w.string(26, each); }
  if (m.typeUrl != null && m.typeUrl !== "") w.string(18, m.typeUrl);
  if (m.node != null) { const since = w.written; encodeNode(w, m.node); w.nested(10, since); }
}

export function decodeDeltaDiscoveryRequest(r: Reader, m: DeltaDiscoveryRequest__Output = { node: null, typeUrl: "", resourceNamesSubscribe: [], resourceNamesUnsubscribe: [], initialResourceVersions: {}, responseNonce: "", errorDetail: null }): DeltaDiscoveryRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.node = decodeNode(r, m.node ?? undefined); r.leave(outer); } break;
      case 18: m.typeUrl = r.string(); break;
      case 26: m.resourceNamesSubscribe.push(r.string()); break;
      case 34: m.resourceNamesUnsubscribe.push(r.string()); break;
      case 42: { const outer = r.enter(); let key = ""; let value: string = ""; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === 18) value = r.string(); else r.skip(inner); } r.leave(outer); putEntry(m.initialResourceVersions, key, value); break; }
      case 50: m.responseNonce = r.string(); break;
      case 58: { const outer = r.enter(); m.errorDetail = decodeStatus(r, m.errorDetail ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DeltaDiscoveryRequestCodec: MessageCodec<DeltaDiscoveryRequest, DeltaDiscoveryRequest__Output> = /* @__PURE__ */ codec(encodeDeltaDiscoveryRequest, decodeDeltaDiscoveryRequest);

export interface DeltaDiscoveryResponse {
  systemVersionInfo?: string;
  resources?: Resource[];
  typeUrl?: string;
  nonce?: string;
  removedResources?: string[];
}

export interface DeltaDiscoveryResponse__Output {
  systemVersionInfo: string;
  resources: Resource__Output[];
  typeUrl: string;
  nonce: string;
  removedResources: string[];
}

export function encodeDeltaDiscoveryResponse(w: Writer, m: DeltaDiscoveryResponse): void {
  if (m.removedResources != null) for (let i = m.removedResources.length - 1; i >= 0; i -= 1) { const each = m.removedResources[i]!; w.string(50, each); }
  if (m.nonce != null && m.nonce !== "") w.string(42, m.nonce);
  if (m.typeUrl != null && m.typeUrl !== "") w.string(34, m.typeUrl);
  if (m.resources != null) for (let i = m.resources.length - 1; i >= 0; i -= 1) { const each = m.resources[i]!; { const since = w.written; encodeResource(w, each); w.nested(18, since); } }
  if (m.systemVersionInfo != null && m.systemVersionInfo !== "") w.string(10, m.systemVersionInfo);
}

export function decodeDeltaDiscoveryResponse(r: Reader, m: DeltaDiscoveryResponse__Output = { systemVersionInfo: "", resources: [], typeUrl: "", nonce: "", removedResources: [] }): DeltaDiscoveryResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.systemVersionInfo = r.string(); break;
      case 18: { const outer = r.enter(); m.resources.push(decodeResource(r)); r.leave(outer); } break;
      case 34: m.typeUrl = r.string(); break;
      case 42: m.nonce = r.string(); break;
      case 50: m.removedResources.push(r.string()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DeltaDiscoveryResponseCodec: MessageCodec<DeltaDiscoveryResponse, DeltaDiscoveryResponse__Output> = /* @__PURE__ */ codec(encodeDeltaDiscoveryResponse, decodeDeltaDiscoveryResponse);

export interface Resource {
  version?: string;
  resource?: Any | null;
  name?: string;
}

export interface Resource__Output {
  version: string;
  resource: Any__Output | null;
  name: string;
}

export function encodeResource(w: Writer, m: Resource): void {
  if (m.name != null && m.name !== "") w.string(26, m.name);
  if (m.resource != null) { const since = w.written; encodeAny(w, m.resource); w.nested(18, since); }
  if (m.version != null && m.version !== "") w.string(10, m.version);
}

export function decodeResource(r: Reader, m: Resource__Output = { version: "", resource: null, name: "" }): Resource__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.version = r.string(); break;
      case 18: { const outer = r.enter(); m.resource = decodeAny(r, m.resource ?? undefined); r.leave(outer); } break;
      case 26: m.name = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ResourceCodec: MessageCodec<Resource, Resource__Output> = /* @__PURE__ */ codec(encodeResource, decodeResource);

export interface Node {
  id?: string;
}

export interface Node__Output {
  id: string;
}

export function encodeNode(w: Writer, m: Node): void {
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeNode(r: Reader, m: Node__Output = { id: "" }): Node__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const NodeCodec: MessageCodec<Node, Node__Output> = /* @__PURE__ */ codec(encodeNode, decodeNode);

export interface Status {
  code?: number;
  message?: string;
}

export interface Status__Output {
  code: number;
  message: string;
}

export function encodeStatus(w: Writer, m: Status): void {
  if (m.message != null && m.message !== "") w.string(18, m.message);
  if (m.code != null && m.code !== 0) w.int32(8, m.code);
}

export function decodeStatus(r: Reader, m: Status__Output = { code: 0, message: "" }): Status__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.code = r.int32(); break;
      case 18: m.message = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const StatusCodec: MessageCodec<Status, Status__Output> = /* @__PURE__ */ codec(encodeStatus, decodeStatus);

export interface Any {
  typeUrl?: string;
  value?: Uint8Array;
}

export interface Any__Output {
  typeUrl: string;
  value: Buffer;
}

export function encodeAny(w: Writer, m: Any): void {
  if (m.value != null && m.value.length !== 0) w.bytes(18, m.value);
  if (m.typeUrl != null && m.typeUrl !== "") w.string(10, m.typeUrl);
}

export function decodeAny(r: Reader, m: Any__Output = { typeUrl: "", value: EMPTY }): Any__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.typeUrl = r.string(); break;
      case 18: m.value = r.bytes(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const AnyCodec: MessageCodec<Any, Any__Output> = /* @__PURE__ */ codec(encodeAny, decodeAny);

export interface Secret {
  name?: string;
  tlsCertificate?: TlsCertificate | null;
  validationContext?: CertificateValidationContext | null;
  type?: "tlsCertificate" | "validationContext";
}

export interface Secret__Output {
  name: string;
  tlsCertificate?: TlsCertificate__Output | null;
  validationContext?: CertificateValidationContext__Output | null;
  type?: "tlsCertificate" | "validationContext";
}

export function encodeSecret(w: Writer, m: Secret): void {
  if (m.validationContext != null) { const since = w.written; encodeCertificateValidationContext(w, m.validationContext); w.nested(34, since); }
  if (m.tlsCertificate != null) { const since = w.written; encodeTlsCertificate(w, m.tlsCertificate); w.nested(18, since); }
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeSecret(r: Reader, m: Secret__Output = { name: "" }): Secret__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: { const outer = r.enter(); m.tlsCertificate = decodeTlsCertificate(r, m.tlsCertificate ?? undefined); r.leave(outer); } if (m.type !== undefined && m.type !== "tlsCertificate") delete m[m.type]; m.type = "tlsCertificate"; break;
      case 34: { const outer = r.enter(); m.validationContext = decodeCertificateValidationContext(r, m.validationContext ?? undefined); r.leave(outer); } if (m.type !== undefined && m.type !== "validationContext") delete m[m.type]; m.type = "validationContext"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const SecretCodec: MessageCodec<Secret, Secret__Output> = /* @__PURE__ */ codec(encodeSecret, decodeSecret);

export interface TlsCertificate {
  certificateChain?: DataSource | null;
  privateKey?: DataSource | null;
}

export interface TlsCertificate__Output {
  certificateChain: DataSource__Output | null;
  privateKey: DataSource__Output | null;
}

export function encodeTlsCertificate(w: Writer, m: TlsCertificate): void {
  if (m.privateKey != null) { const since = w.written; encodeDataSource(w, m.privateKey); w.nested(18, since); }
  if (m.certificateChain != null) { const since = w.written; encodeDataSource(w, m.certificateChain); w.nested(10, since); }
}

export function decodeTlsCertificate(r: Reader, m: TlsCertificate__Output = { certificateChain: null, privateKey: null }): TlsCertificate__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.certificateChain = decodeDataSource(r, m.certificateChain ?? undefined); r.leave(outer); } break;
      case 18: { const outer = r.enter(); m.privateKey = decodeDataSource(r, m.privateKey ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const TlsCertificateCodec: MessageCodec<TlsCertificate, TlsCertificate__Output> = /* @__PURE__ */ codec(encodeTlsCertificate, decodeTlsCertificate);

export interface CertificateValidationContext {
  trustedCa?: DataSource | null;
  crl?: DataSource | null;
  customValidatorConfig?: TypedExtensionConfig | null;
}

export interface CertificateValidationContext__Output {
  trustedCa: DataSource__Output | null;
  crl: DataSource__Output | null;
  customValidatorConfig: TypedExtensionConfig__Output | null;
}

export function encodeCertificateValidationContext(w: Writer, m: CertificateValidationContext): void {
  if (m.customValidatorConfig != null) { const since = w.written; encodeTypedExtensionConfig(w, m.customValidatorConfig); w.nested(98, since); }
  if (m.crl != null) { const since = w.written; encodeDataSource(w, m.crl); w.nested(58, since); }
  if (m.trustedCa != null) { const since = w.written; encodeDataSource(w, m.trustedCa); w.nested(10, since); }
}

export function decodeCertificateValidationContext(r: Reader, m: CertificateValidationContext__Output = { trustedCa: null, crl: null, customValidatorConfig: null }): CertificateValidationContext__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.trustedCa = decodeDataSource(r, m.trustedCa ?? undefined); r.leave(outer); } break;
      case 58: { const outer = r.enter(); m.crl = decodeDataSource(r, m.crl ?? undefined); r.leave(outer); } break;
      case 98: { const outer = r.enter(); m.customValidatorConfig = decodeTypedExtensionConfig(r, m.customValidatorConfig ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const CertificateValidationContextCodec: MessageCodec<CertificateValidationContext, CertificateValidationContext__Output> = /* @__PURE__ */ codec(encodeCertificateValidationContext, decodeCertificateValidationContext);

export interface DataSource {
  inlineBytes?: Uint8Array;
  specifier?: "inlineBytes";
}

export interface DataSource__Output {
  inlineBytes?: Buffer;
  specifier?: "inlineBytes";
}

export function encodeDataSource(w: Writer, m: DataSource): void {
  if (m.inlineBytes != null) w.bytes(18, m.inlineBytes);
}

export function decodeDataSource(r: Reader, m: DataSource__Output = {}): DataSource__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 18: m.inlineBytes = r.bytes(); m.specifier = "inlineBytes"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DataSourceCodec: MessageCodec<DataSource, DataSource__Output> = /* @__PURE__ */ codec(encodeDataSource, decodeDataSource);

export interface TypedExtensionConfig {
  name?: string;
  typedConfig?: Any | null;
}

export interface TypedExtensionConfig__Output {
  name: string;
  typedConfig: Any__Output | null;
}

export function encodeTypedExtensionConfig(w: Writer, m: TypedExtensionConfig): void {
  if (m.typedConfig != null) { const since = w.written; encodeAny(w, m.typedConfig); w.nested(18, since); }
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeTypedExtensionConfig(r: Reader, m: TypedExtensionConfig__Output = { name: "", typedConfig: null }): TypedExtensionConfig__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: { const outer = r.enter(); m.typedConfig = decodeAny(r, m.typedConfig ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const TypedExtensionConfigCodec: MessageCodec<TypedExtensionConfig, TypedExtensionConfig__Output> = /* @__PURE__ */ codec(encodeTypedExtensionConfig, decodeTypedExtensionConfig);

export interface SPIFFECertValidatorConfig {
  trustDomains?: SPIFFECertValidatorConfig_TrustDomain[];
}

export interface SPIFFECertValidatorConfig__Output {
  trustDomains: SPIFFECertValidatorConfig_TrustDomain__Output[];
}

export function encodeSPIFFECertValidatorConfig(w: Writer, m: SPIFFECertValidatorConfig): void {
  if (m.trustDomains != null) for (let i = m.trustDomains.length - 1; i >= 0; i -= 1) { const each = m.trustDomains[i]!; { const since = w.written; encodeSPIFFECertValidatorConfig_TrustDomain(w, each); w.nested(10, since); } }
}

export function decodeSPIFFECertValidatorConfig(r: Reader, m: SPIFFECertValidatorConfig__Output = { trustDomains: [] }): SPIFFECertValidatorConfig__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.trustDomains.push(decodeSPIFFECertValidatorConfig_TrustDomain(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const SPIFFECertValidatorConfigCodec: MessageCodec<SPIFFECertValidatorConfig, SPIFFECertValidatorConfig__Output> = /* @__PURE__ */ codec(encodeSPIFFECertValidatorConfig, decodeSPIFFECertValidatorConfig);

export interface SPIFFECertValidatorConfig_TrustDomain {
  name?: string;
  trustBundle?: DataSource | null;
}

export interface SPIFFECertValidatorConfig_TrustDomain__Output {
  name: string;
  trustBundle: DataSource__Output | null;
}

export function encodeSPIFFECertValidatorConfig_TrustDomain(w: Writer, m: SPIFFECertValidatorConfig_TrustDomain): void {
  if (m.trustBundle != null) { const since = w.written; encodeDataSource(w, m.trustBundle); w.nested(18, since); }
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeSPIFFECertValidatorConfig_TrustDomain(r: Reader, m: SPIFFECertValidatorConfig_TrustDomain__Output = { name: "", trustBundle: null }): SPIFFECertValidatorConfig_TrustDomain__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: { const outer = r.enter(); m.trustBundle = decodeDataSource(r, m.trustBundle ?? undefined); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const SPIFFECertValidatorConfig_TrustDomainCodec: MessageCodec<SPIFFECertValidatorConfig_TrustDomain, SPIFFECertValidatorConfig_TrustDomain__Output> = /* @__PURE__ */ codec(encodeSPIFFECertValidatorConfig_TrustDomain, decodeSPIFFECertValidatorConfig_TrustDomain);

export const SecretDiscoveryService = {
  StreamSecrets: /* @__PURE__ */ method("/envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets", "streamSecrets", { request: true, response: true }, DiscoveryRequestCodec, DiscoveryResponseCodec),
  FetchSecrets: /* @__PURE__ */ method("/envoy.service.secret.v3.SecretDiscoveryService/FetchSecrets", "fetchSecrets", { request: false, response: false }, DiscoveryRequestCodec, DiscoveryResponseCodec),
  DeltaSecrets: /* @__PURE__ */ method("/envoy.service.secret.v3.SecretDiscoveryService/DeltaSecrets", "deltaSecrets", { request: true, response: true }, DeltaDiscoveryRequestCodec, DeltaDiscoveryResponseCodec),
};
export type SecretDiscoveryServiceDefinition = typeof SecretDiscoveryService;

export interface SecretDiscoveryServiceClient extends Client {
  StreamSecrets: BidiCall<DiscoveryRequest, DiscoveryResponse__Output>;
  streamSecrets: BidiCall<DiscoveryRequest, DiscoveryResponse__Output>;
  FetchSecrets: UnaryCall<DiscoveryRequest, DiscoveryResponse__Output>;
  fetchSecrets: UnaryCall<DiscoveryRequest, DiscoveryResponse__Output>;
  DeltaSecrets: BidiCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse__Output>;
  deltaSecrets: BidiCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse__Output>;
}

export interface SecretDiscoveryServiceHandlers {
  StreamSecrets: handleBidiStreamingCall<DiscoveryRequest__Output, DiscoveryResponse>;
  FetchSecrets: handleUnaryCall<DiscoveryRequest__Output, DiscoveryResponse>;
  DeltaSecrets: handleBidiStreamingCall<DeltaDiscoveryRequest__Output, DeltaDiscoveryResponse>;
}

