// Written by scripts/generate.ts from proto/botpass/v1/reports.proto; not to be changed by hand.
import { EMPTY, type MessageCodec, type Reader, type Writer, codec } from "../../../codec.ts";

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
}

export interface StatementProof__Output {
  record: string;
  index: number;
  hashes: Buffer[];
  checkpoint: string;
  verifier: string;
}

export function encodeStatementProof(w: Writer, m: StatementProof): void {
  if (m.verifier != null && m.verifier !== "") w.string(42, m.verifier);
  if (m.checkpoint != null && m.checkpoint !== "") w.string(34, m.checkpoint);
  if (m.hashes != null) for (let i = m.hashes.length - 1; i >= 0; i -= 1) { const each = m.hashes[i]!; w.bytes(26, each); }
  if (m.index != null && m.index !== 0) w.uint64(16, m.index);
  if (m.record != null && m.record !== "") w.string(10, m.record);
}

export function decodeStatementProof(r: Reader, m: StatementProof__Output = { record: "", index: 0, hashes: [], checkpoint: "", verifier: "" }): StatementProof__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: m.record = r.string(); break;
      case 16: m.index = r.uint64(); break;
      case 26: m.hashes.push(r.bytes()); break;
      case 34: m.checkpoint = r.string(); break;
      case 42: m.verifier = r.string(); break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const StatementProofCodec: MessageCodec<StatementProof, StatementProof__Output> = /* @__PURE__ */ codec(encodeStatementProof, decodeStatementProof);

