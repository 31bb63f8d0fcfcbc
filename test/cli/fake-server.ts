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
import {
  errorToStatus,
  loadAdminServices,
  loadAttachService,
  loadHealthService,
} from "../../src/wire/index.ts";

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

/** Starts a fake server. */
export async function startFakeServer(script: Script): Promise<FakeServer> {
  const directory = await mkdtemp(join(tmpdir(), "botpass-fake-"));
  const socket = join(directory, "admin.sock");
  const calls: Call[] = [];
  const server = new Server();
  const add = (name: string, definition: ServiceDefinition): void =>
    server.addService(definition, implementation(name, definition, script, calls));
  for (const [name, service] of Object.entries(loadAdminServices())) {
    if ("service" in service) add(name, service.service);
  }
  add("AttachService", loadAttachService().definition);
  add("Health", loadHealthService().definition);
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
