import {
  type Client,
  makeClientConstructor,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import * as admin from "./generated/botpass/v1/admin.ts";
import { AttachService, type AttachServiceClient } from "./generated/botpass/v1/attach.ts";
import { FindingService, ReportService } from "./generated/botpass/v1/detection.ts";
import { ExplainService } from "./generated/botpass/v1/explain.ts";
import { GovernanceService } from "./generated/botpass/v1/governance.ts";
import { KeyService } from "./generated/botpass/v1/keys.ts";
import { OperatorService } from "./generated/botpass/v1/operators.ts";
import { UseService, type UseServiceClient } from "./generated/botpass/v1/reports.ts";
import { ReviewService } from "./generated/botpass/v1/reviews.ts";
import { StatusService } from "./generated/botpass/v1/status.ts";
import {
  SecretCodec,
  SecretDiscoveryService,
  type SecretDiscoveryServiceClient,
  SPIFFECertValidatorConfigCodec,
} from "./generated/envoy/sds.ts";
import { Health } from "./generated/grpc/health/v1/health.ts";
import { ServerReflection } from "./generated/grpc/reflection/v1/reflection.ts";
import { ServerReflection as ServerReflectionV1Alpha } from "./generated/grpc/reflection/v1alpha/reflection.ts";
import { SpiffeWorkloadAPI, type SpiffeWorkloadAPIClient } from "./generated/spiffe/workload.ts";

/** A service: what a server adds, and what a client is made of. */
export interface Service<Definition extends ServiceDefinition, Calls extends Client> {
  readonly definition: Definition;
  readonly Client: new (...args: ConstructorParameters<typeof Client>) => Calls;
}

const made = new Map<ServiceDefinition, ServiceClientConstructor>();

function constructorOf(definition: ServiceDefinition, name: string): ServiceClientConstructor {
  const known = made.get(definition) ?? makeClientConstructor(definition, name);
  made.set(definition, known);
  return known;
}

/** What bots speak. */
export function loadAttachService(): Service<typeof AttachService, AttachServiceClient> {
  const Client = constructorOf(AttachService, "AttachService");
  return {
    definition: AttachService,
    Client: Client as unknown as Service<typeof AttachService, AttachServiceClient>["Client"],
  };
}

/** What operators speak: the definitions of all services. */
export function loadAdminServices() {
  return {
    BotService: { service: admin.BotService },
    EntryService: { service: admin.EntryService },
    TokenService: { service: admin.TokenService },
    InstanceService: { service: admin.InstanceService },
    AuthorityService: { service: admin.AuthorityService },
    MintService: { service: admin.MintService },
    RevocationService: { service: admin.RevocationService },
    AuditService: { service: admin.AuditService },
    StateService: { service: admin.StateService },
    ServerService: { service: admin.ServerService },
    OperatorService: { service: OperatorService },
    StatusService: { service: StatusService },
    ExplainService: { service: ExplainService },
    GovernanceService: { service: GovernanceService },
    FindingService: { service: FindingService },
    ReportService: { service: ReportService },
    KeyService: { service: KeyService },
    ReviewService: { service: ReviewService },
  };
}

/** The SPIFFE Workload API. */
export function loadWorkloadApi(): Service<typeof SpiffeWorkloadAPI, SpiffeWorkloadAPIClient> {
  const Client = constructorOf(SpiffeWorkloadAPI, "SpiffeWorkloadAPI");
  return {
    definition: SpiffeWorkloadAPI,
    Client: Client as unknown as Service<
      typeof SpiffeWorkloadAPI,
      SpiffeWorkloadAPIClient
    >["Client"],
  };
}

/** What processes behind a host's agent report by, on the same socket. */
export function loadUseService(): Service<typeof UseService, UseServiceClient> {
  const Client = constructorOf(UseService, "UseService");
  return {
    definition: UseService,
    Client: Client as unknown as Service<typeof UseService, UseServiceClient>["Client"],
  };
}

/** Envoy's SDS v3: the service, and the messages that travel inside others in encoded form. */
export function loadSds() {
  const Client = constructorOf(SecretDiscoveryService, "SecretDiscoveryService");
  return {
    SecretDiscoveryService: Client as unknown as Service<
      typeof SecretDiscoveryService,
      SecretDiscoveryServiceClient
    >["Client"] & { readonly service: typeof SecretDiscoveryService },
    Secret: SecretCodec,
    SPIFFECertValidatorConfig: SPIFFECertValidatorConfigCodec,
  };
}

/** The standard health service. */
export function loadHealthService(): {
  readonly definition: typeof Health;
  readonly Client: ServiceClientConstructor;
} {
  return { definition: Health, Client: constructorOf(Health, "Health") };
}

/** The service by which gRPC tools ask what a server has, in the versions that are in use. */
export function loadReflectionServices(): readonly {
  readonly definition: ServiceDefinition;
  readonly Client: ServiceClientConstructor;
}[] {
  return [ServerReflection, ServerReflectionV1Alpha].map((definition) => ({
    definition,
    Client: constructorOf(definition, "ServerReflection"),
  }));
}
