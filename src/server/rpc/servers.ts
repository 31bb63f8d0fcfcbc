import type { ServiceDefinition } from "@grpc/grpc-js";
import type { Authorities, Crls } from "../../ca/index.ts";
import {
  type ApplyStateRequest__Output,
  type ApplyStateResponse,
  type AttachRequest__Output,
  type AttachResponse,
  bundleToMessage,
  createInjectedServer,
  type InjectedServer,
  loadAdminServices,
  loadAttachService,
  loadHealthService,
  loadReflectionServices,
  type ReflectionQuestion,
  reflectedApi,
  reflectionAnswer,
  serverChannel,
  type WatchTrustRequest__Output,
  type WatchTrustResponse,
} from "../../wire/index.ts";
import { authorityMethods } from "../admin/authorities.ts";
import { botMethods } from "../admin/bots.ts";
import { campaignMethods } from "../admin/campaigns.ts";
import type { AdminServices } from "../admin/context.ts";
import { entryMethods } from "../admin/entries.ts";
import { explainMethods } from "../admin/explain.ts";
import { findingMethods } from "../admin/findings.ts";
import { governanceMethods } from "../admin/governance.ts";
import { instanceMethods } from "../admin/instances.ts";
import { auditMethods, mintMethods, serverMethods } from "../admin/issuing.ts";
import { keyMethods } from "../admin/keys.ts";
import { operatorMethods } from "../admin/operators.ts";
import { reportMethods } from "../admin/reports.ts";
import { reviewMethods } from "../admin/reviews.ts";
import { revocationMethods } from "../admin/revocation.ts";
import type { StateApplies } from "../admin/state.ts";
import { statusMethods } from "../admin/status.ts";
import { tokenMethods } from "../admin/tokens.ts";
import { crlsMessage } from "../attach/messages.ts";
import { AttachSession, type SessionServices } from "../attach/session.ts";
import type { Watches } from "../attach/watches.ts";
import type { Health } from "../health.ts";
import type { ConnectionFacts } from "./facts.ts";
import {
  conversationHandler,
  duplexHandler,
  type RpcEnvironment,
  streamingHandler,
  unaryHandlers,
  uploadHandler,
} from "./handlers.ts";

/** A gRPC server whose calls know what its listener knows of their connection. */
export type BotpassServer = InjectedServer<ConnectionFacts>;

const LIMITS = {
  // Largest message of a bot: 100 items with CSRs of 8 KiB and their frames.
  "grpc.max_receive_message_length": 1024 * 1024,
  "grpc.max_concurrent_streams": 100,
};

interface SharedParts {
  readonly authorities: Authorities;
  readonly crls: Crls;
  readonly health: Health;
  readonly environment: RpcEnvironment;
  readonly services: AdminServices;
  /** The same at every door: one caller at a time. */
  readonly applies: StateApplies;
}

/** The gRPC server behind the TLS listener and the local bots' socket: for bots, and for operators with an SVID. */
export function buildBotsServer(
  parts: SharedParts & { readonly sessions: SessionServices; readonly watches: Watches },
): BotpassServer {
  const server = createInjectedServer<ConnectionFacts>(LIMITS);
  const { sessions, watches, environment } = parts;
  server.grpc.addService(loadAttachService().definition, {
    Attach: duplexHandler<AttachRequest__Output, AttachResponse>(
      "/botpass.v1.AttachService/Attach",
      (call, facts, requestId) => {
        const traceparent = call.metadata.get("traceparent")[0]?.toString();
        new AttachSession(sessions, serverChannel(call, requestId), facts, traceparent);
      },
      environment,
    ),
    WatchTrust: streamingHandler<WatchTrustRequest__Output, WatchTrustResponse>(
      "/botpass.v1.AttachService/WatchTrust",
      (call, facts, requestId) => watches.open(call, whoOf(facts), requestId),
      environment,
    ),
    ...bundleHandlers(parts),
  });
  addOperatorsServices(server, parts);
  addHealth(server, parts);
  return server;
}

/** The gRPC server behind the admin socket. */
export function buildAdminServer(parts: SharedParts): BotpassServer {
  const server = createInjectedServer<ConnectionFacts>(LIMITS);
  addOperatorsServices(server, parts);
  server.grpc.addService(
    {
      GetBundle: loadAttachService().definition.GetBundle,
      GetCrls: loadAttachService().definition.GetCrls,
    },
    bundleHandlers(parts),
  );
  addHealth(server, parts);
  return server;
}

/** What operators speak, wherever they come from: each call is asked who makes it. */
function addOperatorsServices(
  server: BotpassServer,
  { services, applies, environment }: SharedParts,
): void {
  const definitions = loadAdminServices();
  const add = (name: keyof typeof METHODS_OF): void => {
    const definition: ServiceDefinition = definitions[name].service;
    const methods = METHODS_OF[name](services);
    server.grpc.addService(definition, unaryHandlers(`botpass.v1.${name}`, methods, environment));
  };
  for (const name of Object.keys(METHODS_OF)) if (isServiceName(name)) add(name);
  const here = reflectedApi(Object.keys(definitions).map((name) => `botpass.v1.${name}`));
  for (const { definition } of loadReflectionServices()) {
    const path = definition.ServerReflectionInfo?.path ?? "";
    const answerTo = (question: ReflectionQuestion) => reflectionAnswer(question, here);
    server.grpc.addService(definition, {
      ServerReflectionInfo: conversationHandler(path, answerTo, environment),
    });
  }
  server.grpc.addService(definitions.StateService.service, {
    ApplyState: uploadHandler<ApplyStateRequest__Output, ApplyStateResponse>(
      "/botpass.v1.StateService/ApplyState",
      (upload, call) => applies.apply(upload, call),
      environment,
    ),
  });
}

const METHODS_OF = {
  BotService: botMethods,
  EntryService: entryMethods,
  TokenService: tokenMethods,
  InstanceService: instanceMethods,
  RevocationService: revocationMethods,
  AuthorityService: authorityMethods,
  MintService: mintMethods,
  AuditService: auditMethods,
  ServerService: serverMethods,
  OperatorService: operatorMethods,
  StatusService: statusMethods,
  ExplainService: explainMethods,
  GovernanceService: governanceMethods,
  FindingService: findingMethods,
  ReportService: reportMethods,
  KeyService: keyMethods,
  ReviewService: (services: AdminServices) =>
    Object.assign(reviewMethods(services), campaignMethods(services)),
};

function isServiceName(name: string): name is keyof typeof METHODS_OF {
  return Object.hasOwn(METHODS_OF, name);
}

function bundleHandlers({ authorities, crls, environment }: SharedParts) {
  const methods = {
    getBundle: () => bundleToMessage(authorities.bundle()),
    getCrls: () => crlsMessage(crls.current()),
  };
  return unaryHandlers("botpass.v1.AttachService", methods, environment);
}

/** Whom streams are counted for: an address, or a user of this machine. */
function whoOf({ remoteAddress, peerCredentials }: ConnectionFacts): string {
  return remoteAddress === "" ? `uid ${peerCredentials?.uid}` : `address ${remoteAddress}`;
}

function addHealth(server: BotpassServer, { health, environment }: SharedParts): void {
  server.grpc.addService(loadHealthService().definition, {
    ...unaryHandlers(
      "grpc.health.v1.Health",
      { check: (request: { service: string }) => health.check(request) },
      environment,
    ),
    Watch: streamingHandler(
      "/grpc.health.v1.Health/Watch",
      (call: Parameters<Health["watch"]>[0]) => health.watch(call),
      environment,
    ),
  });
}
