import { AsyncLocalStorage } from "node:async_hooks";
import type { Duplex } from "node:stream";
import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import type { ConnectionFacts } from "./facts.ts";

/** Largest message of a bot: 100 items with CSRs of 8 KiB and their frames. */
const MAX_REQUEST_BYTES = 1024 * 1024;
const MAX_STREAMS = 100;

/** Carries the facts of a connection to the calls that come over it. */
const current = new AsyncLocalStorage<ConnectionFacts>();

type AuthContext = ReturnType<ServerInterceptingCall["getAuthContext"]>;

interface FactsContext extends AuthContext {
  readonly facts?: ConnectionFacts;
}

class CallWithFacts extends ServerInterceptingCall {
  readonly #facts: ConnectionFacts | undefined;

  constructor(...args: ConstructorParameters<typeof ServerInterceptingCall>) {
    super(...args);
    this.#facts = current.getStore();
  }

  override getAuthContext(): FactsContext {
    return { ...super.getAuthContext(), ...(this.#facts && { facts: this.#facts }) };
  }
}

const interceptor: ServerInterceptor = (_method, call) => new CallWithFacts(call);

/** A gRPC server that takes its connections from listeners of ours, each with what they know of it. */
export interface InjectedServer {
  readonly grpc: Server;
  inject(socket: Duplex, facts: ConnectionFacts): void;
  /** Lets calls end within the time, then cuts what is left. */
  drain(graceMs: number): void;
}

export function createInjectedServer(): InjectedServer {
  const grpc = new Server({
    interceptors: [interceptor],
    "grpc.max_receive_message_length": MAX_REQUEST_BYTES,
    "grpc.max_concurrent_streams": MAX_STREAMS,
  });
  let injector: ConnectionInjector | undefined;
  return {
    grpc,
    inject(socket, facts) {
      injector ??= grpc.createConnectionInjector(ServerCredentials.createInsecure());
      const into = injector;
      current.run(facts, () => into.injectConnection(socket));
    },
    drain: (graceMs) => injector?.drain(graceMs),
  };
}

/** The facts of the connection that a call came by; undefined when it came by none of ours. */
export function factsOf(call: { getAuthContext(): AuthContext }): ConnectionFacts | undefined {
  return (call.getAuthContext() as FactsContext).facts;
}
