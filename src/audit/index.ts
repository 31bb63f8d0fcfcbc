export { canonicalJson, type JsonValue } from "./canonical-json.ts";
export { auditDraft } from "./draft.ts";
export {
  type AttestationEvent,
  AUDIT_EVENT_TYPES,
  type AuditEvent,
  type AuditEventType,
  type AuditEvidence,
  type AuditOutcome,
  type AuthorityEvent,
  type BanEvent,
  type BotEvent,
  type EntryEvent,
  type InstanceEvent,
  type ServerEvent,
  type SvidEvent,
  type SvidRefusedEvent,
  type TokenEvent,
} from "./event.ts";
export { type Append, createRecorder, type Recorder, type RecorderOptions } from "./recorder.ts";
