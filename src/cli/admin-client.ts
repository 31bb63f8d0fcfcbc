import { lstat } from "node:fs/promises";
import type { ChannelCredentials, Client, Metadata, ServiceError } from "@grpc/grpc-js";
import type { Clock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type { Bundle } from "../spiffe/index.ts";
import type { Bundle__Output } from "../wire/index.ts";
import { CliFailure, unreachable } from "./failure.ts";
import type { Login } from "./login.ts";

const GRPC_UNAVAILABLE = 14;
const CALL_TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 3_600_000;
/** A page of the largest records fits; grpc-js's own 4 MiB are too few. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

type Wire = typeof import("../wire/index.ts");
type Constructors = ReturnType<Wire["loadAdminServices"]>;

/** The definitions of the services for operators. */
interface Definitions {
  readonly AttachService: ReturnType<Wire["loadAttachService"]>["definition"];
  readonly BotService: Constructors["BotService"]["service"];
  readonly EntryService: Constructors["EntryService"]["service"];
  readonly TokenService: Constructors["TokenService"]["service"];
  readonly InstanceService: Constructors["InstanceService"]["service"];
  readonly RevocationService: Constructors["RevocationService"]["service"];
  readonly AuthorityService: Constructors["AuthorityService"]["service"];
  readonly MintService: Constructors["MintService"]["service"];
  readonly AuditService: Constructors["AuditService"]["service"];
  readonly ServerService: Constructors["ServerService"]["service"];
  readonly OperatorService: Constructors["OperatorService"]["service"];
  readonly StatusService: Constructors["StatusService"]["service"];
  readonly ExplainService: Constructors["ExplainService"]["service"];
  readonly GovernanceService: Constructors["GovernanceService"]["service"];
  readonly FindingService: Constructors["FindingService"]["service"];
  readonly ReportService: Constructors["ReportService"]["service"];
  readonly KeyService: Constructors["KeyService"]["service"];
  readonly StateService: Constructors["StateService"]["service"];
  readonly ReviewService: Constructors["ReviewService"]["service"];
}

type ServiceName = keyof Definitions;
/** The methods that the definition names; grpc-js adds an index signature that would allow any. */
type MethodName<S extends ServiceName> = keyof {
  [M in keyof Definitions[S] as string extends M ? never : number extends M ? never : M]: true;
} &
  string;
type Types<S extends ServiceName, M extends MethodName<S>> = Definitions[S][M] extends {
  readonly requestSerialize: (request: infer Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => infer Response;
}
  ? { request: Request; response: Response }
  : never;

/** The request of a method of the admin services. */
export type RequestOf<S extends ServiceName, M extends MethodName<S>> = Types<S, M>["request"];
/** What a method of the admin services answers. */
export type ResponseOf<S extends ServiceName, M extends MethodName<S>> = Types<S, M>["response"];

export interface CallOptions {
  /** Default 30 s. */
  readonly timeoutMs?: number;
}

/** A connection to the server, over its admin socket or TLS. */
export interface AdminClient {
  /**
   * Calls a method and waits for its answer.
   * @throws IssuerError as the server refused; CliFailure with exit code 3 when nothing answers.
   */
  call<S extends ServiceName, M extends MethodName<S>>(
    service: S,
    method: M,
    request: RequestOf<S, M>,
    options?: CallOptions,
  ): Promise<ResponseOf<S, M>>;
  /**
   * Calls a method that takes a stream of requests, and waits for its one answer. Writes as fast as the server reads.
   * @throws IssuerError as `call`; the rest of the requests is not sent then.
   */
  upload<S extends ServiceName, M extends MethodName<S>>(
    service: S,
    method: M,
    requests: Iterable<RequestOf<S, M>>,
    options?: CallOptions,
  ): Promise<ResponseOf<S, M>>;
  /** The trust domain's current bundle, as the server tells it. */
  bundle(): Promise<Bundle>;
  /** A bundle message as a value. */
  bundleOf(message: Bundle__Output): Bundle;
  /** What `grpc.health.v1` answers for the whole server: SERVING, NOT_SERVING, UNKNOWN. */
  health(): Promise<string>;
  close(): void;
}

export interface DialOptions {
  /** Absolute path. */
  readonly socket: string;
  /** The user that the server runs as, when it is neither root nor the caller. */
  readonly serverUid: number | undefined;
}

/**
 * Opens the admin socket after checking that no stranger could have put it there.
 * @throws CliFailure exit code 3 when there is no such socket; IssuerError SOCKET_NOT_TRUSTED.
 */
export async function dialAdmin(options: DialOptions): Promise<AdminClient> {
  const { socket } = options;
  await requireSocket(socket);
  // Loaded here, so that help and usage errors need not wait for gRPC.
  const [wire, grpc] = await Promise.all([import("../wire/index.ts"), import("@grpc/grpc-js")]);
  wire.checkSocketTrust(socket, { allowedUids: trustedUids(options.serverUid) });
  return clientOf(wire, grpc, {
    target: `unix:${socket}`,
    credentials: grpc.credentials.createInsecure(),
    failed: (error) => rebuilt(error, socket, wire.errorFromStatus),
  });
}

/**
 * Opens a TLS connection with an operator's SVID. The server must present exactly
 * `spiffe://<trust domain>/botpass/server`, vouched for by the bundle of the login.
 * @param address host:port.
 */
export async function dialRemote(
  address: string,
  { svid, bundle }: Login,
  clock: Clock,
): Promise<AdminClient> {
  const [wire, grpc, { verifyServer }] = await Promise.all([
    import("../wire/index.ts"),
    import("@grpc/grpc-js"),
    import("../agent/index.ts"),
  ]);
  let distrust: unknown;
  const credentials = wire.tlsClientCredentials({
    svid: () => svid,
    verify(chain) {
      try {
        verifyServer(chain, bundle, clock.now());
      } catch (error) {
        distrust = error;
        throw error;
      }
    },
  });
  return clientOf(wire, grpc, {
    target: address,
    credentials,
    failed: (error) => distrust ?? rebuiltRemote(error, address, wire.errorFromStatus),
  });
}

function clientOf(
  wire: Wire,
  grpc: typeof import("@grpc/grpc-js"),
  line: {
    readonly target: string;
    readonly credentials: ChannelCredentials;
    readonly failed: (error: ServiceError) => unknown;
  },
): AdminClient {
  const client = new grpc.Client(line.target, line.credentials, {
    "grpc.max_receive_message_length": MAX_ANSWER_BYTES,
    // Its own connection: a pooled one could have been opened with another SVID.
    "grpc.use_local_subchannel_pool": 1,
  });
  const services = wire.loadAdminServices();
  const definitionOf = (service: ServiceName) =>
    service === "AttachService" ? wire.loadAttachService().definition : services[service].service;

  const unary = <Request, Response>(
    definition: UnaryDefinition<Request, Response>,
    request: Request,
    timeoutMs: number,
  ): Promise<Response> =>
    unaryCall(client, definition, request, { metadata: new grpc.Metadata(), timeoutMs }).catch(
      (error: ServiceError) => {
        throw error instanceof IssuerError ? error : line.failed(error);
      },
    );

  const call: AdminClient["call"] = (service, method, request, { timeoutMs } = {}) => {
    const definition = definitionOf(service)[method] as UnaryDefinition<
      typeof request,
      ResponseOf<typeof service, typeof method>
    >;
    return unary(definition, request, timeoutMs ?? CALL_TIMEOUT_MS);
  };
  const upload: AdminClient["upload"] = (service, method, requests, { timeoutMs } = {}) => {
    const definition = definitionOf(service)[method] as UnaryDefinition<
      RequestOf<typeof service, typeof method>,
      ResponseOf<typeof service, typeof method>
    >;
    const options = { metadata: new grpc.Metadata(), timeoutMs: timeoutMs ?? UPLOAD_TIMEOUT_MS };
    return uploadCall(client, definition, requests, options).catch((error: ServiceError) => {
      throw error instanceof IssuerError ? error : line.failed(error);
    });
  };
  return {
    call,
    upload,
    bundleOf: wire.bundleFromMessage,
    bundle: async () => wire.bundleFromMessage(await call("AttachService", "GetBundle", {})),
    health: async () => {
      const check = wire.loadHealthService().definition.Check as HealthCheck;
      return (await unary(check, {}, CALL_TIMEOUT_MS)).status;
    },
    close: () => client.close(),
  };
}

interface UnaryDefinition<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

type HealthCheck = UnaryDefinition<object, { readonly status: string }>;

function unaryCall<Request, Response>(
  client: Client,
  definition: UnaryDefinition<Request, Response>,
  request: Request,
  { metadata, timeoutMs }: { metadata: Metadata; timeoutMs: number },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      request,
      metadata,
      { deadline: Date.now() + timeoutMs },
      (error, response) => {
        if (error !== null) reject(error);
        else if (response === undefined) reject(new IssuerError("INTERNAL", "the answer is empty"));
        else resolve(response);
      },
    );
  });
}

function uploadCall<Request, Response>(
  client: Client,
  definition: UnaryDefinition<Request, Response>,
  requests: Iterable<Request>,
  { metadata, timeoutMs }: { metadata: Metadata; timeoutMs: number },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let over = false;
    const call = client.makeClientStreamRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      metadata,
      { deadline: Date.now() + timeoutMs },
      (error: ServiceError | null, response?: Response) => {
        over = true;
        if (error !== null) reject(error);
        else if (response === undefined) reject(new IssuerError("INTERNAL", "the answer is empty"));
        else resolve(response);
      },
    );
    const left = requests[Symbol.iterator]();
    const write = (): void => {
      while (!over) {
        const next = left.next();
        if (next.done === true) {
          call.end();
          return;
        }
        if (!call.write(next.value)) {
          call.once("drain", write);
          return;
        }
      }
    };
    write();
  });
}

/**
 * The error as the server meant it. UNAVAILABLE without the server's own code comes from the client's side of the
 * socket: nobody listens, or the connection broke.
 */
function rebuilt(
  error: ServiceError,
  socket: string,
  fromStatus: (error: ServiceError) => IssuerError,
): IssuerError {
  if (!isLost(error)) return fromStatus(error);
  if (/\b(EACCES|EPERM)\b/.test(error.details)) return notPermitted(socket, error);
  const why = /\b(ECONNREFUSED|ENOENT)\b/.test(error.details)
    ? "nothing listens there"
    : error.details;
  return unreachable(socket, why, error);
}

function rebuiltRemote(
  error: ServiceError,
  address: string,
  fromStatus: (error: ServiceError) => IssuerError,
): IssuerError {
  if (!isLost(error)) return fromStatus(error);
  return unreachable(address, error.details, error, "see `botpass context list` for its address");
}

/** Whether the connection broke, or never was: the server itself has said nothing. */
function isLost({ code, metadata }: ServiceError): boolean {
  return code === GRPC_UNAVAILABLE && (metadata?.get("botpass-code").length ?? 0) === 0;
}

async function requireSocket(socket: string): Promise<void> {
  try {
    const found = await lstat(socket);
    if (!found.isSocket()) throw unreachable(socket, "it is not a socket");
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") throw notPermitted(socket, error);
    if (code === "ENOENT" || code === "ENOTDIR")
      throw unreachable(socket, "there is no such socket", error);
    throw error;
  }
}

function notPermitted(socket: string, cause: unknown): CliFailure {
  return new CliFailure("NOT_AUTHORIZED", `may not open the admin socket ${socket}`, { cause });
}

/** Root is always trusted (see checkSocketTrust); the caller's own user, and the one that the flags name. */
function trustedUids(serverUid: number | undefined): number[] {
  const own = process.getuid?.();
  return [own, serverUid].filter((uid): uid is number => uid !== undefined);
}
