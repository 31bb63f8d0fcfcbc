export {
  type Watch,
  type Watcher,
  WorkloadApiClient,
  type WorkloadApiOptions,
} from "./client.ts";
export { ENDPOINT_VARIABLE, parseEndpoint } from "./endpoint.ts";
export type { X509Context } from "./messages.ts";
export {
  JwtSource,
  type SourceOptions,
  X509BundleSource,
  X509Source,
  type X509SourceOptions,
} from "./sources.ts";
