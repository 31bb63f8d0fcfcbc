import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { loadSync, type Options } from "@grpc/proto-loader";
import type { ProtoGrpcType as AdminTypes } from "./generated/admin.ts";
import type {
  AttachServiceClient,
  AttachServiceDefinition,
} from "./generated/botpass/v1/AttachService.ts";

import type {
  SpiffeWorkloadAPIClient,
  SpiffeWorkloadAPIDefinition,
} from "./generated/SpiffeWorkloadAPI.ts";
import type { ProtoGrpcType as SdsTypes } from "./generated/sds.ts";
import type { ProtoGrpcType as WorkloadTypes } from "./generated/workload.ts";

const PROTO_DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), "../../proto");

const OPTIONS: Options = {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
  arrays: true,
  includeDirs: [PROTO_DIRECTORY],
};

const loaded = new Map<string, GrpcObject>();

/** Parsed at the first use, and once: it takes tens of milliseconds. */
function load(file: string): GrpcObject {
  const known = loaded.get(file) ?? loadPackageDefinition(loadSync(file, OPTIONS));
  loaded.set(file, known);
  return known;
}

/** What bots speak: client constructor and service definition. */
export function loadAttachService(): {
  readonly definition: AttachServiceDefinition;
  readonly Client: new (
    ...args: ConstructorParameters<typeof import("@grpc/grpc-js").Client>
  ) => AttachServiceClient;
} {
  const types = load("botpass/v1/attach.proto") as unknown as Pick<AdminTypes, never> & {
    botpass: { v1: { AttachService: ServiceClientConstructor } };
  };
  const service = types.botpass.v1.AttachService;
  return {
    definition: service.service as unknown as AttachServiceDefinition,
    Client: service as unknown as new (
      ...args: ConstructorParameters<typeof import("@grpc/grpc-js").Client>
    ) => AttachServiceClient,
  };
}

/** What operators speak: the constructors of all services' clients, each with its `service` definition. */
export function loadAdminServices(): AdminTypes["botpass"]["v1"] {
  return (load("botpass/v1/admin.proto") as unknown as AdminTypes).botpass.v1;
}

/** The SPIFFE Workload API. */
export function loadWorkloadApi(): {
  readonly definition: SpiffeWorkloadAPIDefinition;
  readonly Client: new (
    ...args: ConstructorParameters<typeof import("@grpc/grpc-js").Client>
  ) => SpiffeWorkloadAPIClient;
} {
  const types = load("spiffe/workload.proto") as unknown as WorkloadTypes;
  return { definition: types.SpiffeWorkloadAPI.service, Client: types.SpiffeWorkloadAPI };
}

/** Envoy's SDS v3: the service, and the messages that travel inside others in encoded form. */
export function loadSds(): SdsTypes["envoy"]["service"]["secret"]["v3"] {
  return (load("envoy/sds.proto") as unknown as SdsTypes).envoy.service.secret.v3;
}

/** The standard health service. */
export function loadHealthService(): {
  readonly definition: ServiceDefinition;
  readonly Client: ServiceClientConstructor;
} {
  const types = load("grpc/health/v1/health.proto") as unknown as {
    grpc: { health: { v1: { Health: ServiceClientConstructor } } };
  };
  const service = types.grpc.health.v1.Health;
  return { definition: service.service, Client: service };
}

/** The service by which gRPC tools ask what a server has, in the versions that are in use. */
export function loadReflectionServices(): readonly {
  readonly definition: ServiceDefinition;
  readonly Client: ServiceClientConstructor;
}[] {
  return (["v1", "v1alpha"] as const).map((version) => {
    const types = load(`grpc/reflection/${version}/reflection.proto`) as unknown as {
      grpc: { reflection: Record<string, { ServerReflection: ServiceClientConstructor }> };
    };
    const service = types.grpc.reflection[version]?.ServerReflection;
    if (service === undefined) throw new Error(`the proto of reflection ${version} has no service`);
    return { definition: service.service, Client: service };
  });
}

/** FileDescriptorProtos of the SPIFFE Workload API: its own file last, what it imports before it. */
export function workloadApiFiles(): readonly Buffer[] {
  const types = load("spiffe/workload.proto") as unknown as WorkloadTypes;
  return types.X509SVIDRequest.fileDescriptorProtos;
}
