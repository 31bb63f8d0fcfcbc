export { Detection } from "./detection.ts";
export {
  DETECTORS,
  type DetectorName,
  type Expectations,
  type Finding,
  type Severity,
} from "./finding.ts";
export { networkOf } from "./network.ts";
export {
  type Observation,
  observationOf,
  type UsageReport,
  usageObservation,
} from "./observation.ts";
