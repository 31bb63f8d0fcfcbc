import { AsyncLocalStorage } from "node:async_hooks";
import type { Duplex } from "node:stream";
import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerOptions,
} from "@grpc/grpc-js";

/** Carries the facts of a connection to the calls that come over it. */
const current = new AsyncLocalStorage<object>();

/** The calls that are under way, by the facts of their connection. */
const open = new WeakMap<object, Set<ServerInterceptingCall>>();

type CallListener = Parameters<ServerInterceptingCall["start"]>[0];
type AuthContext = ReturnType<ServerInterceptingCall["getAuthContext"]>;

interface FactsContext extends AuthContext {
  readonly facts?: object;
}

/** What a server is made of in one copy of grpc-js. */
type Grpc = Pick<
  typeof import("@grpc/grpc-js"),
  "Server" | "ServerCredentials" | "ServerInterceptingCall"
>;

type CallClass = typeof ServerInterceptingCall;

const classes = new Map<CallClass, CallClass>();

function callClass(Base: CallClass): CallClass {
  const known = classes.get(Base);
  if (known !== undefined) return known;

  class CallWithFacts extends Base {
    readonly #facts: object | undefined;

    constructor(...args: ConstructorParameters<CallClass>) {
      super(...args);
      this.#facts = current.getStore();
    }

    override start(listener: CallListener): void {
      const facts = this.#facts;
      if (facts === undefined) {
        super.start(listener);
        return;
      }
      const calls = open.get(facts) ?? new Set();
      open.set(facts, calls.add(this));
      super.start({
        onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
        onReceiveMessage: (message) => listener.onReceiveMessage(message),
        onReceiveHalfClose: () => listener.onReceiveHalfClose(),
        // Called at the end of each call, however it ends.
        onCancel: () => {
          calls.delete(this);
          listener.onCancel();
        },
      });
    }

    override getAuthContext(): FactsContext {
      return { ...super.getAuthContext(), ...(this.#facts && { facts: this.#facts }) };
    }
  }
  classes.set(Base, CallWithFacts);
  return CallWithFacts;
}

/** A gRPC server that takes its connections from listeners of ours, each with what they know of it. */
export interface InjectedServer<Facts extends object> {
  readonly grpc: Server;
  inject(socket: Duplex, facts: Facts): void;
  /** The calls under way on the connection with these facts. */
  openCalls(facts: Facts): readonly ServerInterceptingCall[];
  /** Lets calls end within the time, then cuts what is left. */
  drain(graceMs: number): void;
}

/**
 * @param grpcOf the copy that the server is of.
 * @param onCall told of each call of a method that is served, with the facts of its connection.
 */
export function createInjectedServer<Facts extends object>(
  options: ServerOptions = {},
  grpcOf: Grpc = { Server, ServerCredentials, ServerInterceptingCall },
  onCall?: (path: string, facts: object) => void,
): InjectedServer<Facts> {
  const Call = callClass(grpcOf.ServerInterceptingCall);
  const interceptors: ServerOptions["interceptors"] = [
    ({ path }, call) => {
      const facts = onCall && current.getStore();
      if (facts !== undefined) onCall?.(path, facts);
      return new Call(call);
    },
    ...(options.interceptors ?? []),
  ];
  const grpc = new grpcOf.Server({ ...options, interceptors });
  let injector: ConnectionInjector | undefined;
  return {
    grpc,
    inject(socket, facts) {
      injector ??= grpc.createConnectionInjector(grpcOf.ServerCredentials.createInsecure());
      const into = injector;
      current.run(facts, () => into.injectConnection(socket));
    },
    openCalls: (facts) => [...(open.get(facts) ?? [])],
    drain: (graceMs) => injector?.drain(graceMs),
  };
}

/** The facts of the connection that a call came by; undefined when it came by none of ours. */
export function factsOf(call: { getAuthContext(): AuthContext }): object | undefined {
  return (call.getAuthContext() as FactsContext).facts;
}
