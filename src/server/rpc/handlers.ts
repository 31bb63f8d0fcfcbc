import { randomUUID } from "node:crypto";
import type {
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import { errorCodeOf, IssuerError } from "../../errors.ts";
import { errorToStatus, factsOf } from "../../wire/index.ts";
import type { Upload } from "../admin/state.ts";
import { type AuthorizerOptions, authorize, isForAnybody } from "./authorize.ts";
import type { Caller } from "./caller.ts";
import type { ConnectionFacts } from "./facts.ts";

/** What every handler is given beside its request. */
export interface RpcCall {
  readonly requestId: string;
  /** Who calls, and may; of methods for anybody it is nobody in particular. */
  readonly caller: Caller;
  readonly facts: ConnectionFacts;
}

/** What the wrapper needs to know. */
export interface RpcEnvironment extends AuthorizerOptions {
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
      const facts = arrived(factsOf(call) as ConnectionFacts | undefined);
      const caller = isForAnybody(path)
        ? ANYBODY
        : await authorize(environment, path, call.request, facts, requestId);
      return method(call.request as never, { requestId, facts, caller });
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

/** Wraps a bidirectional stream for anybody: `open` owns it from then on. */
export function duplexHandler<In, Out>(
  path: string,
  open: (call: ServerDuplexStream<In, Out>, facts: ConnectionFacts, requestId: string) => void,
  environment: RpcEnvironment,
): (call: ServerDuplexStream<In, Out>) => void {
  return (call) => {
    const requestId = randomUUID();
    try {
      open(call, anybody(path, factsOf(call) as ConnectionFacts | undefined), requestId);
    } catch (error) {
      environment.onRefused(error, requestId, path);
      call.emit("error", errorToStatus(error, requestId));
    }
  };
}

/** Wraps a stream in which each request has its answer, for those who may call it. */
export function conversationHandler<In, Out>(
  path: string,
  answerTo: (request: In) => Out,
  environment: RpcEnvironment,
): (call: ServerDuplexStream<In, Out>) => void {
  return (call) => {
    const requestId = randomUUID();
    const run = async (): Promise<void> => {
      const facts = arrived(factsOf(call) as ConnectionFacts | undefined);
      await authorize(environment, path, undefined, facts, requestId);
      call.on("data", (request: In) => {
        if (!call.write(answerTo(request))) call.pause();
      });
      call.on("drain", () => call.resume());
      call.on("end", () => call.end());
    };
    run().catch((error: unknown) => {
      environment.onRefused(error, requestId, path);
      call.emit("error", errorToStatus(error, requestId));
    });
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
      const facts = arrived(factsOf(call) as ConnectionFacts | undefined);
      const caller = await authorize(environment, path, undefined, facts, requestId);
      const fail = (error: IssuerError): void => void call.destroy(error);
      call.once("cancelled", () => fail(new IssuerError("CLOSED", "the caller hung up")));
      return take({ messages: call, fail }, { requestId, facts, caller });
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

/** Wraps a stream of answers for anybody. */
export function streamingHandler<Request, Response>(
  path: string,
  open: (
    call: ServerWritableStream<Request, Response>,
    facts: ConnectionFacts,
    requestId: string,
  ) => void,
  environment: RpcEnvironment,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    const requestId = randomUUID();
    try {
      open(call, anybody(path, factsOf(call) as ConnectionFacts | undefined), requestId);
    } catch (error) {
      environment.onRefused(error, requestId, path);
      call.emit("error", errorToStatus(error, requestId));
    }
  };
}

const ANYBODY: Caller = { name: "anybody", roles: [], source: "", actor: "anybody", known: false };

/** The facts of a call that has come in. */
function arrived(facts: ConnectionFacts | undefined): ConnectionFacts {
  if (facts === undefined) {
    throw new IssuerError("INTERNAL", "the call came by no listener of ours");
  }
  facts.onCall?.();
  return facts;
}

/** Streams are for anybody, or not served. @throws IssuerError NOT_AUTHORIZED. */
function anybody(path: string, facts: ConnectionFacts | undefined): ConnectionFacts {
  if (isForAnybody(path)) return arrived(facts);
  throw new IssuerError("NOT_AUTHORIZED", `${path} is not for anybody`);
}

/** Whether an error is a fault of ours, to be logged with its cause. */
export function isFault(error: unknown): boolean {
  return errorCodeOf(error) === "INTERNAL";
}
