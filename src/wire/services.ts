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

const PROTO_DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), "../../proto");

const OPTIONS: Options = {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
  arrays: true,
  includeDirs: [PROTO_DIRECTORY],
};

function load(file: string): GrpcObject {
  return loadPackageDefinition(loadSync(file, OPTIONS));
}

/** What bots speak: client constructor and service definition. */
export function loadAttachService(): {
  readonly definition: AttachServiceDefinition;
  readonly Client: new (
    ...args: ConstructorParameters<typeof import("@grpc/grpc-js").Client>
  ) => AttachServiceClient;
} {
  const loaded = load("botpass/v1/attach.proto") as unknown as Pick<AdminTypes, never> & {
    botpass: { v1: { AttachService: ServiceClientConstructor } };
  };
  const service = loaded.botpass.v1.AttachService;
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

/** The standard health service. */
export function loadHealthService(): {
  readonly definition: ServiceDefinition;
  readonly Client: ServiceClientConstructor;
} {
  const loaded = load("grpc/health/v1/health.proto") as unknown as {
    grpc: { health: { v1: { Health: ServiceClientConstructor } } };
  };
  const service = loaded.grpc.health.v1.Health;
  return { definition: service.service, Client: service };
}
