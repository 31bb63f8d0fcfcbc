// The entry point botpass/host: the Workload API for local processes. Needs koffi (docs/install.md).
export {
  HostAgent,
  type HostAgentOptions,
  type ServeChildrenOptions,
  serveChildren,
} from "./host-agent/index.ts";
export {
  type ServedSocket,
  type ServeOptions,
  serveWorkloadApi,
  type Workload,
  type WorkloadProvider,
} from "./workload-api/index.ts";
