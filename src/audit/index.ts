export { canonicalJson, type JsonValue } from "./canonical-json.ts";
export {
  AUDIT_TYPES,
  type AuditEvent,
  type AuditEvidence,
  type AuditType,
  auditDraft,
} from "./event.ts";
export { createRecorder, type Recorder } from "./recorder.ts";
