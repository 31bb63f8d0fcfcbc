export { type ServedSocket, type ServeOptions, serveWorkloadApi } from "./serve.ts";
export type { Workload, WorkloadProvider } from "./workload.ts";
