export { Detection } from "./detection.ts";
export {
  DETECTORS,
  type DetectorName,
  type Expectations,
  type Finding,
  type Severity,
} from "./finding.ts";
export {
  EVENT_FORMATS,
  type EventFormat,
  eventIdOf,
  type FindingEvent,
  formatFinding,
} from "./formats.ts";
export { networkOf } from "./network.ts";
export {
  type Observation,
  observationOf,
  type RecordedColumns,
  type UsageReport,
  usageObservation,
} from "./observation.ts";
