import { Agent, type AgentOptions } from "node:https";
import type { Duplex } from "node:stream";
import { IssuerError } from "../errors.ts";
import { connectTls } from "./client-tls.ts";
import type { PeerIdentity } from "./identity.ts";
import { cutOf, endGently } from "./lifetimes.ts";
import { type PeerRule, ruleOf } from "./verify.ts";

/** An agent for `https.request` that proves itself and verifies whom it reaches. */
export function httpsAgent(
  identity: PeerIdentity,
  options: { readonly peer: PeerRule } & AgentOptions,
): Agent {
  const { peer, ...rest } = options;
  return new PeerAgent(identity, peer, rest);
}

class PeerAgent extends Agent {
  readonly #identity: PeerIdentity;
  readonly #peer: PeerRule;

  constructor(identity: PeerIdentity, peer: PeerRule, options: AgentOptions) {
    // Sessions are never resumed: each connection is verified.
    super({ ...options, maxCachedSessions: 0 });
    this.#identity = identity;
    this.#peer = peer;
  }

  /** Kept connections are told apart by own serial and rule, too. */
  override getName(options?: Parameters<Agent["getName"]>[0]): string {
    // Node names a connection when it is made, freed and closed: it keeps its first name, whatever has rotated since.
    const first: unknown = options && Reflect.get(options, "_agentKey");
    if (typeof first === "string") return first;
    const serialHex = this.#serialHex() ?? "";
    return `${super.getName(options)}:${serialHex}:${ruleOf(this.#peer).description}`;
  }

  override createConnection(
    options: { host?: string; hostname?: string; port?: number | string; servername?: string },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    connectTls(this.#identity, {
      host: options.host ?? options.hostname ?? "localhost",
      port: Number(options.port ?? 443),
      peer: this.#peer,
      alpnProtocols: ["http/1.1"],
      ...(options.servername ? { servername: options.servername } : {}),
    }).then(
      (socket) => {
        endGently(socket, { drain: () => this.#dropIdle(socket) });
        callback?.(null, socket);
      },
      (error: Error) => callback?.(error, undefined as never),
    );
    return undefined;
  }

  /** One that is to be cut goes with its request. */
  override keepSocketAlive(socket: Duplex): boolean {
    const kept: unknown = super.keepSocketAlive(socket);
    return kept !== false && cutOf(socket) === undefined && this.#serialHex() !== undefined;
  }

  /** Undefined: there is no SVID. Thrown where Node calls, its error would end the process; the next connection tells it. */
  #serialHex(): string | undefined {
    try {
      return this.#identity.svid().serialHex;
    } catch (error) {
      if (error instanceof IssuerError) return undefined;
      throw error;
    }
  }

  #dropIdle(socket: Duplex): void {
    const idle: readonly Duplex[] = Object.values(this.freeSockets).flatMap((each) => each ?? []);
    if (idle.includes(socket)) socket.destroy();
  }
}
