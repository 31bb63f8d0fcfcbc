export { WorkloadLine, type WorkloadLineOptions } from "./workload-line.ts";
