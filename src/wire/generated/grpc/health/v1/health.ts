// Written by scripts/generate.ts from proto/grpc/health/v1/health.proto; not to be changed by hand.
import type { Client, handleServerStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import { type MessageCodec, type Reader, type ServerStreamingCall, type UnaryCall, type Writer, codec, method } from "../../../../codec.ts";

export type HealthCheckResponse_ServingStatus = "UNKNOWN" | "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
export const HealthCheckResponse_ServingStatus_numbers: Readonly<Record<string, number>> = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 };
export const HealthCheckResponse_ServingStatus_names: Readonly<Record<number, HealthCheckResponse_ServingStatus>> = { 0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN" };

export interface HealthCheckRequest {
  service?: string;
}

export interface HealthCheckRequest__Output {
  service: string;
}

export function encodeHealthCheckRequest(w: Writer, m: HealthCheckRequest): void {
  if (m.service != null && m.service !== "") w.string(10, m.service);
}

export function decodeHealthCheckRequest(r: Reader, m: HealthCheckRequest__Output = { service: "" }): HealthCheckRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.service = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const HealthCheckRequestCodec: MessageCodec<HealthCheckRequest, HealthCheckRequest__Output> = /* @__PURE__ */ codec(encodeHealthCheckRequest, decodeHealthCheckRequest);

export interface HealthCheckResponse {
  status?: HealthCheckResponse_ServingStatus | number;
}

export interface HealthCheckResponse__Output {
  status: HealthCheckResponse_ServingStatus | number;
}

export function encodeHealthCheckResponse(w: Writer, m: HealthCheckResponse): void {
  if (m.status != null) w.enum(8, m.status, HealthCheckResponse_ServingStatus_numbers);
}

export function decodeHealthCheckResponse(r: Reader, m: HealthCheckResponse__Output = { status: "UNKNOWN" }): HealthCheckResponse__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.status = r.enum(HealthCheckResponse_ServingStatus_names); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const HealthCheckResponseCodec: MessageCodec<HealthCheckResponse, HealthCheckResponse__Output> = /* @__PURE__ */ codec(encodeHealthCheckResponse, decodeHealthCheckResponse);

export const Health = {
  Check: /* @__PURE__ */ method("/grpc.health.v1.Health/Check", "check", { request: false, response: false }, HealthCheckRequestCodec, HealthCheckResponseCodec),
  Watch: /* @__PURE__ */ method("/grpc.health.v1.Health/Watch", "watch", { request: false, response: true }, HealthCheckRequestCodec, HealthCheckResponseCodec),
};
export type HealthDefinition = typeof Health;

export interface HealthClient extends Client {
  Check: UnaryCall<HealthCheckRequest, HealthCheckResponse__Output>;
  check: UnaryCall<HealthCheckRequest, HealthCheckResponse__Output>;
  Watch: ServerStreamingCall<HealthCheckRequest, HealthCheckResponse__Output>;
  watch: ServerStreamingCall<HealthCheckRequest, HealthCheckResponse__Output>;
}

export interface HealthHandlers {
  Check: handleUnaryCall<HealthCheckRequest__Output, HealthCheckResponse>;
  Watch: handleServerStreamingCall<HealthCheckRequest__Output, HealthCheckResponse>;
}

