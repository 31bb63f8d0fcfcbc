export {
  type Checkpoint,
  formatCheckpoint,
  openCheckpoint,
  readCheckpoint,
  splitCheckpoints,
} from "./checkpoint.ts";
export {
  type ExportCheck,
  type ExportHead,
  type ExportReport,
  ExportVerifier,
  type Finding,
  formatExportHead,
  formatExportRecord,
} from "./export.ts";
export {
  type Handover,
  isHandoverFrom,
  KeyHistory,
  MOST_PROVEN_HANDOVERS,
  readHandover,
  signHandover,
  verifyHandover,
} from "./handover.ts";
export {
  CompactRange,
  EMPTY_ROOT,
  HASH_BYTES,
  KEPT_LEVELS,
  type LogNode,
  leafHash,
  nodeHash,
  TILE_LEAVES,
} from "./merkle.ts";
export { type NoteSigner, type NoteVerifier, noteSigner, openNote, parseVerifier } from "./note.ts";
export {
  checkRecordProof,
  formatRecordProof,
  isRecordProof,
  type ProvenFacts,
  parseRecordProof,
  type RecordProof,
} from "./proof-file.ts";
export {
  consistencyProof,
  edgeHashes,
  type HashSource,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from "./proofs.ts";
