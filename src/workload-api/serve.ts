import { type Listener, listenUnix } from "../host/index.ts";
import {
  createInjectedServer,
  loadReflectionServices,
  loadSds,
  loadUseService,
  loadWorkloadApi,
} from "../wire/index.ts";
import { withPathAuthority } from "./path-authority.ts";
import { reflectionHandlers } from "./reflection.ts";
import { sdsHandlers } from "./sds/service.ts";
import {
  LocalCalls,
  type ServiceOptions,
  type SocketFacts,
  useHandlers,
  workloadApiHandlers,
} from "./service.ts";
import type { WorkloadProvider } from "./workload.ts";

/** How to serve local processes. */
export interface ServeOptions {
  /** Where the socket is made: absolute, at most 107 bytes. */
  readonly path: string;
  readonly provider: WorkloadProvider;
  /** Mode of the socket. Default 0o666: the kernel says who calls, so everybody may. */
  readonly mode?: number;
  /** Mode of its directory, when it is made. Default 0o755. */
  readonly directoryMode?: number;
  /** Whether executables are hashed for `unix:sha256` selectors. Default false. */
  readonly hashExecutables?: boolean;
  /** Open streams that one user may hold. Default 4,096. */
  readonly maxStreamsPerUid?: number;
  /** Told of what is no caller's fault. Default: nobody is. */
  readonly onFault?: (error: unknown) => void;
}

/** A socket that serves. */
export interface ServedSocket {
  /** `unix:///…`, as in SPIFFE_ENDPOINT_SOCKET. */
  readonly endpoint: string;
  /** Ends all calls and takes the socket away. */
  close(): Promise<void>;
}

const LIMITS = {
  // A full report of uses: 200 callers and 400 SVIDs.
  "grpc.max_receive_message_length": 256 * 1024,
  "grpc.max_concurrent_streams": 4096,
};
const CLOSE_GRACE_MS = 200;

/**
 * Serves the SPIFFE Workload API and Envoy's SDS v3 to the processes of this machine. Each caller is attested by the kernel at
 * each call.
 * @throws IssuerError CONFIG_INVALID naming the path; WRONG_STATE when somebody serves there.
 */
export async function serveWorkloadApi(options: ServeOptions): Promise<ServedSocket> {
  const { path, provider, mode = 0o666, directoryMode = 0o755 } = options;
  const onFault = options.onFault ?? (() => undefined);
  const service: ServiceOptions = {
    provider,
    hashExecutables: options.hashExecutables ?? false,
    maxStreamsPerUid: options.maxStreamsPerUid ?? 4096,
    onFault,
  };
  const server = createInjectedServer<SocketFacts>(LIMITS);
  const calls = new LocalCalls(service);
  server.grpc.addService(loadWorkloadApi().definition, workloadApiHandlers(service, calls));
  server.grpc.addService(loadUseService().definition, useHandlers(calls));
  server.grpc.addService(loadSds().SecretDiscoveryService.service, sdsHandlers(calls, onFault));
  for (const { definition } of loadReflectionServices()) {
    server.grpc.addService(definition, { ...reflectionHandlers(calls) });
  }
  const listener: Listener = await listenUnix({
    path,
    mode,
    directoryMode,
    onError: onFault,
    onConnection: (socket, peer) => server.inject(withPathAuthority(socket), { peer }),
  });
  return {
    endpoint: `unix://${path}`,
    async close() {
      listener.stop();
      server.drain(CLOSE_GRACE_MS);
      await listener.closed(CLOSE_GRACE_MS);
      server.grpc.forceShutdown();
    },
  };
}
