// Written by scripts/generate.ts from proto/grpc/reflection/v1alpha/reflection.proto; not to be changed by hand.
import type { Client, handleBidiStreamingCall } from "@grpc/grpc-js";
import { type BidiCall, type MessageCodec, type Reader, type Writer, codec, method } from "../../../../codec.ts";

export interface ServerReflectionRequest {
  host?: string;
  fileByFilename?: string;
  fileContainingSymbol?: string;
  fileContainingExtension?: ExtensionRequest | null;
  allExtensionNumbersOfType?: string;
  listServices?: string;
  messageRequest?: "fileByFilename" | "fileContainingSymbol" | "fileContainingExtension" | "allExtensionNumbersOfType" | "listServices";
}

export interface ServerReflectionRequest__Output {
  host: string;
  fileByFilename?: string;
  fileContainingSymbol?: string;
  fileContainingExtension?: ExtensionRequest__Output | null;
  allExtensionNumbersOfType?: string;
  listServices?: string;
  messageRequest?: "fileByFilename" | "fileContainingSymbol" | "fileContainingExtension" | "allExtensionNumbersOfType" | "listServices";
}

export function encodeServerReflectionRequest(w: Writer, m: ServerReflectionRequest): void {
  if (m.listServices != null) w.string(58, m.listServices);
  if (m.allExtensionNumbersOfType != null) w.string(50, m.allExtensionNumbersOfType);
  if (m.fileContainingExtension != null) { const since = w.written; encodeExtensionRequest(w, m.fileContainingExtension); w.nested(42, since); }
  if (m.fileContainingSymbol != null) w.string(34, m.fileContainingSymbol);
  if (m.fileByFilename != null) w.string(26, m.fileByFilename);
  if (m.host != null && m.host !== "") w.string(10, m.host);
}

export function decodeServerReflectionRequest(r: Reader, m: ServerReflectionRequest__Output = { host: "" }): ServerReflectionRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.host = r.string(); break;
      case 26: m.fileByFilename = r.string(); if (m.messageRequest !== undefined && m.messageRequest !== "fileByFilename") delete m[m.messageRequest]; m.messageRequest = "fileByFilename"; break;
      case 34: m.fileContainingSymbol = r.string(); if (m.messageRequest !== undefined && m.messageRequest !== "fileContainingSymbol") delete m[m.messageRequest]; m.messageRequest = "fileContainingSymbol"; break;
      case 42: { const outer = r.enter(); m.fileContainingExtension = decodeExtensionRequest(r, m.fileContainingExtension ?? undefined); r.leave(outer); } if (m.messageRequest !== undefined && m.messageRequest !== "fileContainingExtension") delete m[m.messageRequest]; m.messageRequest = "fileContainingExtension"; break;
      case 50: m.allExtensionNumbersOfType = r.string(); if (m.messageRequest !== undefined && m.messageRequest !== "allExtensionNumbersOfType") delete m[m.messageRequest]; m.messageRequest = "allExtensionNumbersOfType"; break;
      case 58: m.listServices = r.string(); if (m.messageRequest !== undefined && m.messageRequest !== "listServices") delete m[m.messageRequest]; m.messageRequest = "listServices"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ServerReflectionRequestCodec: MessageCodec<ServerReflectionRequest, ServerReflectionRequest__Output> = /* @__PURE__ */ codec(encodeServerReflectionRequest, decodeServerReflectionRequest);

export interface ExtensionRequest {
  containingType?: string;
  extensionNumber?: number;
}

export interface ExtensionRequest__Output {
  containingType: string;
  extensionNumber: number;
}

export function encodeExtensionRequest(w: Writer, m: ExtensionRequest): void {
  if (m.extensionNumber != null && m.extensionNumber !== 0) w.int32(16, m.extensionNumber);
  if (m.containingType != null && m.containingType !== "") w.string(10, m.containingType);
}

export function decodeExtensionRequest(r: Reader, m: ExtensionRequest__Output = { containingType: "", extensionNumber: 0 }): ExtensionRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.containingType = r.string(); break;
      case 16: m.extensionNumber = r.int32(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExtensionRequestCodec: MessageCodec<ExtensionRequest, ExtensionRequest__Output> = /* @__PURE__ */ codec(encodeExtensionRequest, decodeExtensionRequest);

export interface ServerReflectionResponse {
  validHost?: string;
  originalRequest?: ServerReflectionRequest | null;
  fileDescriptorResponse?: FileDescriptorResponse | null;
  allExtensionNumbersResponse?: ExtensionNumberResponse | null;
  listServicesResponse?: ListServiceResponse | null;
  errorResponse?: ErrorResponse | null;
  messageResponse?: "fileDescriptorResponse" | "allExtensionNumbersResponse" | "listServicesResponse" | "errorResponse";
}

export interface ServerReflectionResponse__Output {
  validHost: string;
  originalRequest: ServerReflectionRequest__Output | null;
  fileDescriptorResponse?: FileDescriptorResponse__Output | null;
  allExtensionNumbersResponse?: ExtensionNumberResponse__Output | null;
  listServicesResponse?: ListServiceResponse__Output | null;
  errorResponse?: ErrorResponse__Output | null;
  messageResponse?: "fileDescriptorResponse" | "allExtensionNumbersResponse" | "listServicesResponse" | "errorResponse";
}

export function encodeServerReflectionResponse(w: Writer, m: ServerReflectionResponse): void {
  if (m.errorResponse != null) { const since = w.written; encodeErrorResponse(w, m.errorResponse); w.nested(58, since); }
  if (m.listServicesResponse != null) { const since = w.written; encodeListServiceResponse(w, m.listServicesResponse); w.nested(50, since); }
  if (m.allExtensionNumbersResponse != null) { const since = w.written; encodeExtensionNumberResponse(w, m.allExtensionNumbersResponse); w.nested(42, since); }
  if (m.fileDescriptorResponse != null) { const since = w.written; encodeFileDescriptorResponse(w, m.fileDescriptorResponse); w.nested(34, since); }
  if (m.originalRequest != null) { const since = w.written; encodeServerReflectionRequest(w, m.originalRequest); w.nested(18, since); }
  if (m.validHost != null && m.validHost !== "") w.string(10, m.validHost);
}

export function decodeServerReflectionResponse(r: Reader, m: ServerReflectionResponse__Output = { validHost: "", originalRequest: null }): ServerReflectionResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.validHost = r.string(); break;
      case 18: { const outer = r.enter(); m.originalRequest = decodeServerReflectionRequest(r, m.originalRequest ?? undefined); r.leave(outer); } break;
      case 34: { const outer = r.enter(); m.fileDescriptorResponse = decodeFileDescriptorResponse(r, m.fileDescriptorResponse ?? undefined); r.leave(outer); } if (m.messageResponse !== undefined && m.messageResponse !== "fileDescriptorResponse") delete m[m.messageResponse]; m.messageResponse = "fileDescriptorResponse"; break;
      case 42: { const outer = r.enter(); m.allExtensionNumbersResponse = decodeExtensionNumberResponse(r, m.allExtensionNumbersResponse ?? undefined); r.leave(outer); } if (m.messageResponse !== undefined && m.messageResponse !== "allExtensionNumbersResponse") delete m[m.messageResponse]; m.messageResponse = "allExtensionNumbersResponse"; break;
      case 50: { const outer = r.enter(); m.listServicesResponse = decodeListServiceResponse(r, m.listServicesResponse ?? undefined); r.leave(outer); } if (m.messageResponse !== undefined && m.messageResponse !== "listServicesResponse") delete m[m.messageResponse]; m.messageResponse = "listServicesResponse"; break;
      case 58: { const outer = r.enter(); m.errorResponse = decodeErrorResponse(r, m.errorResponse ?? undefined); r.leave(outer); } if (m.messageResponse !== undefined && m.messageResponse !== "errorResponse") delete m[m.messageResponse]; m.messageResponse = "errorResponse"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ServerReflectionResponseCodec: MessageCodec<ServerReflectionResponse, ServerReflectionResponse__Output> = /* @__PURE__ */ codec(encodeServerReflectionResponse, decodeServerReflectionResponse);

export interface FileDescriptorResponse {
  fileDescriptorProto?: Uint8Array[];
}

export interface FileDescriptorResponse__Output {
  fileDescriptorProto: Buffer[];
}

export function encodeFileDescriptorResponse(w: Writer, m: FileDescriptorResponse): void {
  if (m.fileDescriptorProto != null) for (let i = m.fileDescriptorProto.length - 1; i >= 0; i -= 1) { const each = m.fileDescriptorProto[i]!; w.bytes(10, each); }
}

export function decodeFileDescriptorResponse(r: Reader, m: FileDescriptorResponse__Output = { fileDescriptorProto: [] }): FileDescriptorResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.fileDescriptorProto.push(r.bytes()); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const FileDescriptorResponseCodec: MessageCodec<FileDescriptorResponse, FileDescriptorResponse__Output> = /* @__PURE__ */ codec(encodeFileDescriptorResponse, decodeFileDescriptorResponse);

export interface ExtensionNumberResponse {
  baseTypeName?: string;
  extensionNumber?: number[];
}

export interface ExtensionNumberResponse__Output {
  baseTypeName: string;
  extensionNumber: number[];
}

export function encodeExtensionNumberResponse(w: Writer, m: ExtensionNumberResponse): void {
  if (m.extensionNumber != null) for (let i = m.extensionNumber.length - 1; i >= 0; i -= 1) { const each = m.extensionNumber[i]!; w.int32(16, each); }
  if (m.baseTypeName != null && m.baseTypeName !== "") w.string(10, m.baseTypeName);
}

export function decodeExtensionNumberResponse(r: Reader, m: ExtensionNumberResponse__Output = { baseTypeName: "", extensionNumber: [] }): ExtensionNumberResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.baseTypeName = r.string(); break;
      case 16: m.extensionNumber.push(r.int32()); break;
      case 18: { const outer = r.enter(); while (r.more) m.extensionNumber.push(r.int32()); r.leave(outer); break; }
      default: r.skip(tag);
    }
  }
  return m;
}

export const ExtensionNumberResponseCodec: MessageCodec<ExtensionNumberResponse, ExtensionNumberResponse__Output> = /* @__PURE__ */ codec(encodeExtensionNumberResponse, decodeExtensionNumberResponse);

export interface ListServiceResponse {
  service?: ServiceResponse[];
}

export interface ListServiceResponse__Output {
  service: ServiceResponse__Output[];
}

export function encodeListServiceResponse(w: Writer, m: ListServiceResponse): void {
  if (m.service != null) for (let i = m.service.length - 1; i >= 0; i -= 1) { const each = m.service[i]!; { const since = w.written; encodeServiceResponse(w, each); w.nested(10, since); } }
}

export function decodeListServiceResponse(r: Reader, m: ListServiceResponse__Output = { service: [] }): ListServiceResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.service.push(decodeServiceResponse(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListServiceResponseCodec: MessageCodec<ListServiceResponse, ListServiceResponse__Output> = /* @__PURE__ */ codec(encodeListServiceResponse, decodeListServiceResponse);

export interface ServiceResponse {
  name?: string;
}

export interface ServiceResponse__Output {
  name: string;
}

export function encodeServiceResponse(w: Writer, m: ServiceResponse): void {
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeServiceResponse(r: Reader, m: ServiceResponse__Output = { name: "" }): ServiceResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ServiceResponseCodec: MessageCodec<ServiceResponse, ServiceResponse__Output> = /* @__PURE__ */ codec(encodeServiceResponse, decodeServiceResponse);

export interface ErrorResponse {
  errorCode?: number;
  errorMessage?: string;
}

export interface ErrorResponse__Output {
  errorCode: number;
  errorMessage: string;
}

export function encodeErrorResponse(w: Writer, m: ErrorResponse): void {
  if (m.errorMessage != null && m.errorMessage !== "") w.string(18, m.errorMessage);
  if (m.errorCode != null && m.errorCode !== 0) w.int32(8, m.errorCode);
}

export function decodeErrorResponse(r: Reader, m: ErrorResponse__Output = { errorCode: 0, errorMessage: "" }): ErrorResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.errorCode = r.int32(); break;
      case 18: m.errorMessage = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ErrorResponseCodec: MessageCodec<ErrorResponse, ErrorResponse__Output> = /* @__PURE__ */ codec(encodeErrorResponse, decodeErrorResponse);

export const ServerReflection = {
  ServerReflectionInfo: /* @__PURE__ */ method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "serverReflectionInfo", { request: true, response: true }, ServerReflectionRequestCodec, ServerReflectionResponseCodec),
};
export type ServerReflectionDefinition = typeof ServerReflection;

export interface ServerReflectionClient extends Client {
  ServerReflectionInfo: BidiCall<ServerReflectionRequest, ServerReflectionResponse__Output>;
  serverReflectionInfo: BidiCall<ServerReflectionRequest, ServerReflectionResponse__Output>;
}

export interface ServerReflectionHandlers {
  ServerReflectionInfo: handleBidiStreamingCall<ServerReflectionRequest__Output, ServerReflectionResponse>;
}

