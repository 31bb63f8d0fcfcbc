// Written by scripts/generate.ts from proto/botpass/v1/governance.proto; not to be changed by hand.
import type { Client, handleUnaryCall } from "@grpc/grpc-js";
import { type MessageCodec, type Reader, type UnaryCall, type Writer, codec, method } from "../../../codec.ts";
import { BotCodec, EntryCodec, type Bot, type Bot__Output, type Entry, type Entry__Output } from "./types.ts";

export interface ProposeBotRequest {
  name?: string;
}

export interface ProposeBotRequest__Output {
  name: string;
}

export function encodeProposeBotRequest(w: Writer, m: ProposeBotRequest): void {
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeProposeBotRequest(r: Reader, m: ProposeBotRequest__Output = { name: "" }): ProposeBotRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ProposeBotRequestCodec: MessageCodec<ProposeBotRequest, ProposeBotRequest__Output> = /* @__PURE__ */ codec(encodeProposeBotRequest, decodeProposeBotRequest);

export interface DecideBotRequest {
  name?: string;
  revision?: number;
  reason?: string;
}

export interface DecideBotRequest__Output {
  name: string;
  revision: number;
  reason: string;
}

export function encodeDecideBotRequest(w: Writer, m: DecideBotRequest): void {
  if (m.reason != null && m.reason !== "") w.string(26, m.reason);
  if (m.revision != null && m.revision !== 0) w.uint64(16, m.revision);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeDecideBotRequest(r: Reader, m: DecideBotRequest__Output = { name: "", revision: 0, reason: "" }): DecideBotRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 16: m.revision = r.uint64(); break;
      case 26: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DecideBotRequestCodec: MessageCodec<DecideBotRequest, DecideBotRequest__Output> = /* @__PURE__ */ codec(encodeDecideBotRequest, decodeDecideBotRequest);

export interface DecideEntryRequest {
  id?: string;
  revision?: number;
  reason?: string;
}

export interface DecideEntryRequest__Output {
  id: string;
  revision: number;
  reason: string;
}

export function encodeDecideEntryRequest(w: Writer, m: DecideEntryRequest): void {
  if (m.reason != null && m.reason !== "") w.string(26, m.reason);
  if (m.revision != null && m.revision !== 0) w.uint64(16, m.revision);
  if (m.id != null && m.id !== "") w.string(10, m.id);
}

export function decodeDecideEntryRequest(r: Reader, m: DecideEntryRequest__Output = { id: "", revision: 0, reason: "" }): DecideEntryRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.id = r.string(); break;
      case 16: m.revision = r.uint64(); break;
      case 26: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const DecideEntryRequestCodec: MessageCodec<DecideEntryRequest, DecideEntryRequest__Output> = /* @__PURE__ */ codec(encodeDecideEntryRequest, decodeDecideEntryRequest);

export interface ReviewBotRequest {
  name?: string;
  reason?: string;
}

export interface ReviewBotRequest__Output {
  name: string;
  reason: string;
}

export function encodeReviewBotRequest(w: Writer, m: ReviewBotRequest): void {
  if (m.reason != null && m.reason !== "") w.string(18, m.reason);
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeReviewBotRequest(r: Reader, m: ReviewBotRequest__Output = { name: "", reason: "" }): ReviewBotRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      case 18: m.reason = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReviewBotRequestCodec: MessageCodec<ReviewBotRequest, ReviewBotRequest__Output> = /* @__PURE__ */ codec(encodeReviewBotRequest, decodeReviewBotRequest);

export interface GetReceiptRequest {
  name?: string;
}

export interface GetReceiptRequest__Output {
  name: string;
}

export function encodeGetReceiptRequest(w: Writer, m: GetReceiptRequest): void {
  if (m.name != null && m.name !== "") w.string(10, m.name);
}

export function decodeGetReceiptRequest(r: Reader, m: GetReceiptRequest__Output = { name: "" }): GetReceiptRequest__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.name = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const GetReceiptRequestCodec: MessageCodec<GetReceiptRequest, GetReceiptRequest__Output> = /* @__PURE__ */ codec(encodeGetReceiptRequest, decodeGetReceiptRequest);

export interface Receipt {
  jws?: string;
}

export interface Receipt__Output {
  jws: string;
}

export function encodeReceipt(w: Writer, m: Receipt): void {
  if (m.jws != null && m.jws !== "") w.string(10, m.jws);
}

export function decodeReceipt(r: Reader, m: Receipt__Output = { jws: "" }): Receipt__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.jws = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ReceiptCodec: MessageCodec<Receipt, Receipt__Output> = /* @__PURE__ */ codec(encodeReceipt, decodeReceipt);

export const GovernanceService = {
  ProposeBot: /* @__PURE__ */ method("/botpass.v1.GovernanceService/ProposeBot", "proposeBot", { request: false, response: false }, ProposeBotRequestCodec, BotCodec),
  ApproveBot: /* @__PURE__ */ method("/botpass.v1.GovernanceService/ApproveBot", "approveBot", { request: false, response: false }, DecideBotRequestCodec, BotCodec),
  RejectBot: /* @__PURE__ */ method("/botpass.v1.GovernanceService/RejectBot", "rejectBot", { request: false, response: false }, DecideBotRequestCodec, BotCodec),
  ReviewBot: /* @__PURE__ */ method("/botpass.v1.GovernanceService/ReviewBot", "reviewBot", { request: false, response: false }, ReviewBotRequestCodec, BotCodec),
  ApproveEntry: /* @__PURE__ */ method("/botpass.v1.GovernanceService/ApproveEntry", "approveEntry", { request: false, response: false }, DecideEntryRequestCodec, EntryCodec),
  RejectEntry: /* @__PURE__ */ method("/botpass.v1.GovernanceService/RejectEntry", "rejectEntry", { request: false, response: false }, DecideEntryRequestCodec, EntryCodec),
  GetReceipt: /* @__PURE__ */ method("/botpass.v1.GovernanceService/GetReceipt", "getReceipt", { request: false, response: false }, GetReceiptRequestCodec, ReceiptCodec),
};
export type GovernanceServiceDefinition = typeof GovernanceService;

export interface GovernanceServiceClient extends Client {
  ProposeBot: UnaryCall<ProposeBotRequest, Bot__Output>;
  proposeBot: UnaryCall<ProposeBotRequest, Bot__Output>;
  ApproveBot: UnaryCall<DecideBotRequest, Bot__Output>;
  approveBot: UnaryCall<DecideBotRequest, Bot__Output>;
  RejectBot: UnaryCall<DecideBotRequest, Bot__Output>;
  rejectBot: UnaryCall<DecideBotRequest, Bot__Output>;
  ReviewBot: UnaryCall<ReviewBotRequest, Bot__Output>;
  reviewBot: UnaryCall<ReviewBotRequest, Bot__Output>;
  ApproveEntry: UnaryCall<DecideEntryRequest, Entry__Output>;
  approveEntry: UnaryCall<DecideEntryRequest, Entry__Output>;
  RejectEntry: UnaryCall<DecideEntryRequest, Entry__Output>;
  rejectEntry: UnaryCall<DecideEntryRequest, Entry__Output>;
  GetReceipt: UnaryCall<GetReceiptRequest, Receipt__Output>;
  getReceipt: UnaryCall<GetReceiptRequest, Receipt__Output>;
}

export interface GovernanceServiceHandlers {
  ProposeBot: handleUnaryCall<ProposeBotRequest__Output, Bot>;
  ApproveBot: handleUnaryCall<DecideBotRequest__Output, Bot>;
  RejectBot: handleUnaryCall<DecideBotRequest__Output, Bot>;
  ReviewBot: handleUnaryCall<ReviewBotRequest__Output, Bot>;
  ApproveEntry: handleUnaryCall<DecideEntryRequest__Output, Entry>;
  RejectEntry: handleUnaryCall<DecideEntryRequest__Output, Entry>;
  GetReceipt: handleUnaryCall<GetReceiptRequest__Output, Receipt>;
}

