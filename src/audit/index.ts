export {
  AuditLog,
  type AuditLogOptions,
  type ExportPage,
  type KeyTransact,
  type LogCheckpoint,
  type MadeCheckpoint,
  type ProvenRecord,
} from "./audit-log.ts";
export { canonicalJson, type JsonValue } from "./canonical-json.ts";
export {
  AUDIT_TYPES,
  type AuditEvent,
  type AuditEvidence,
  type AuditType,
  auditDraft,
} from "./event.ts";
export {
  findGrounds,
  type Ground,
  type Grounds,
  type IssuedFact,
  issuedAround,
  MOST_READ,
} from "./grounds.ts";
export { type Append, createRecorder, type Recorder, type RecorderOptions } from "./recorder.ts";
