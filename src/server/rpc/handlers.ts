import { randomUUID } from "node:crypto";
import type {
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerUnaryCall,
  sendUnaryData,
} from "@grpc/grpc-js";
import { errorCodeOf, IssuerError } from "../../errors.ts";
import { errorToStatus, factsOf } from "../../wire/index.ts";
import type { Upload } from "../admin/state.ts";
import type { ConnectionFacts } from "./facts.ts";
import { PERMISSIONS } from "./permissions.ts";

/** What every handler is given beside its request. */
export interface RpcCall {
  readonly requestId: string;
  readonly actor: string;
  readonly facts: ConnectionFacts;
}

/** What the wrapper needs to know. */
export interface RpcEnvironment {
  /** The server's own user. */
  readonly uid: number;
  /** Called for each refused call; INTERNAL ones with their cause, which the caller does not see. */
  readonly onRefused: (error: unknown, requestId: string, path: string) => void;
}

type Method = (request: never, call: RpcCall) => Promise<object> | object;
type Methods = Readonly<Record<string, Method>>;

/**
 * Wraps the methods of a service: who calls, may they, and an answer whatever happens; with grpc-js a handler that
 * rejects would never answer.
 * @param service full name, e.g. `botpass.v1.BotService`.
 */
export function unaryHandlers(
  service: string,
  methods: Methods,
  environment: RpcEnvironment,
): Record<string, handleUnaryCall<unknown, unknown>> {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => {
      const path = `/${service}/${name[0]?.toUpperCase()}${name.slice(1)}`;
      return [name, unaryHandler(path, method, environment)];
    }),
  );
}

function unaryHandler(path: string, method: Method, environment: RpcEnvironment) {
  return (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>): void => {
    const requestId = randomUUID();
    const run = async (): Promise<object> => {
      const facts = authorize(path, factsOf(call) as ConnectionFacts | undefined, environment.uid);
      return method(call.request as never, { requestId, facts, actor: actorOf(facts) });
    };
    run().then(
      (response) => answer(null, response),
      (error: unknown) => {
        environment.onRefused(error, requestId, path);
        answer({ ...errorToStatus(error, requestId), name: "Error", message: "" });
      },
    );
  };
}

/** Wraps a bidirectional stream: `open` owns it from then on. */
export function duplexHandler<In, Out>(
  path: string,
  open: (call: ServerDuplexStream<In, Out>, facts: ConnectionFacts, requestId: string) => void,
  environment: RpcEnvironment,
): (call: ServerDuplexStream<In, Out>) => void {
  return (call) => {
    const requestId = randomUUID();
    try {
      open(
        call,
        authorize(path, factsOf(call) as ConnectionFacts | undefined, environment.uid),
        requestId,
      );
    } catch (error) {
      environment.onRefused(error, requestId, path);
      call.emit("error", errorToStatus(error, requestId));
    }
  };
}

/** Wraps a stream of requests that ends with one answer. */
export function uploadHandler<Request, Response extends object>(
  path: string,
  take: (upload: Upload<Request>, call: RpcCall) => Promise<Response>,
  environment: RpcEnvironment,
): handleClientStreamingCall<Request, Response> {
  return (call, answer) => {
    const requestId = randomUUID();
    const run = async (): Promise<Response> => {
      const facts = authorize(path, factsOf(call) as ConnectionFacts | undefined, environment.uid);
      const fail = (error: IssuerError): void => void call.destroy(error);
      call.once("cancelled", () => fail(new IssuerError("CLOSED", "the caller hung up")));
      return take({ messages: call, fail }, { requestId, facts, actor: actorOf(facts) });
    };
    run().then(
      (response) => answer(null, response),
      (error: unknown) => {
        environment.onRefused(error, requestId, path);
        answer({ ...errorToStatus(error, requestId), name: "Error", message: "" });
      },
    );
  };
}

/** Wraps a stream of answers. */
export function streamingHandler<Request, Response>(
  path: string,
  open: handleServerStreamingCall<Request, Response>,
  environment: RpcEnvironment,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    const requestId = randomUUID();
    try {
      authorize(path, factsOf(call) as ConnectionFacts | undefined, environment.uid);
      open(call);
    } catch (error) {
      environment.onRefused(error, requestId, path);
      call.emit("error", errorToStatus(error, requestId));
    }
  };
}

/** @throws IssuerError NOT_AUTHORIZED. */
function authorize(path: string, facts: ConnectionFacts | undefined, uid: number): ConnectionFacts {
  if (facts === undefined)
    throw new IssuerError("INTERNAL", "the call came by no listener of ours");
  facts.onCall?.();
  const needed = PERMISSIONS[path];
  if (needed === "anybody") return facts;
  const peer = facts.peerCredentials?.uid;
  const operator = facts.transport === "admin" && (peer === 0 || peer === uid);
  if (needed === "operator" && operator) return facts;
  throw new IssuerError("NOT_AUTHORIZED", `${path} is for operators, on the admin socket`);
}

function actorOf(facts: ConnectionFacts): string {
  if (facts.peerCredentials !== undefined) return `uid:${facts.peerCredentials.uid}`;
  return facts.peerSvid?.spiffeId.toString() ?? "anonymous";
}

/** Whether an error is a fault of ours, to be logged with its cause. */
export function isFault(error: unknown): boolean {
  return errorCodeOf(error) === "INTERNAL";
}
