import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { IssuerError } from "../../src/errors.ts";
import { errorToStatus, loadAdminServices, loadAttachService } from "../../src/wire/index.ts";

/** Answers a call, or throws the IssuerError that the server would refuse it with. */
export type Answer = (request: never) => object | Promise<object>;

/** What a fake server answers, by `Service/Method`. */
export type Script = Readonly<Record<string, Answer>>;

/** A call that a fake server got. */
export interface Call {
  readonly method: string;
  readonly request: Record<string, unknown>;
}

/**
 * A real gRPC server on a real Unix socket whose services are scripted: what the script does not name is refused as
 * UNIMPLEMENTED, which shows a command that calls more than it should.
 */
export class FakeServer implements AsyncDisposable {
  /** The admin socket. */
  readonly socket: string;
  /** The directory of the socket, for files of the test. */
  readonly directory: string;
  /** Every call so far. */
  readonly calls: readonly Call[];
  readonly #server: Server;

  constructor(parts: {
    directory: string;
    socket: string;
    calls: readonly Call[];
    server: Server;
  }) {
    this.directory = parts.directory;
    this.socket = parts.socket;
    this.calls = parts.calls;
    this.#server = parts.server;
  }

  /** The requests that a method got. */
  requestsTo(method: string): Record<string, unknown>[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Starts a fake server. `health` is the number that `grpc.health.v1` answers; 1 is SERVING. */
export async function startFakeServer(script: Script, health = 1): Promise<FakeServer> {
  const directory = await mkdtemp(join(tmpdir(), "botpass-fake-"));
  const socket = join(directory, "admin.sock");
  const calls: Call[] = [];
  const server = new Server();
  const services = { ...loadAdminServices(), AttachService: loadAttachService() };
  for (const [name, service] of Object.entries(services)) {
    if (!("service" in service)) continue;
    const definition: ServiceDefinition = service.service;
    server.addService(definition, implementation(name, definition, script, calls));
  }
  server.addService(HEALTH, { Check: healthCheck(health) });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return new FakeServer({ directory, socket, calls, server });
}

function implementation(
  service: string,
  definition: ServiceDefinition,
  script: Script,
  calls: Call[],
): UntypedServiceImplementation {
  const methods: UntypedServiceImplementation = {};
  for (const name of Object.keys(definition)) {
    const method = `${service}/${name}`;
    const handler: handleUnaryCall<Record<string, unknown>, object> = (call, callback) => {
      calls.push({ method, request: call.request });
      answer(script[method], method, call.request).then(
        (response) => callback(null, response),
        (error: unknown) => callback(errorToStatus(error, "request-1")),
      );
    };
    methods[name] = handler;
  }
  return methods;
}

async function answer(
  scripted: Answer | undefined,
  method: string,
  request: Record<string, unknown>,
): Promise<object> {
  if (scripted === undefined) throw new IssuerError("UNIMPLEMENTED", `${method} is not scripted`);
  return scripted(request as never);
}

const HEALTH: ServiceDefinition = {
  Check: {
    path: "/grpc.health.v1.Health/Check",
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};

/** HealthCheckResponse: its status is an enum in field 1. */
function healthCheck(status: number): handleUnaryCall<Buffer, Buffer> {
  return (_call, callback) => callback(null, Buffer.from([0x08, status]));
}
