import { Agent, type ConnectOptions, IDENTITY_ENDS } from "../agent/index.ts";
import { IssuerError } from "../errors.ts";
import type { SpiffeId } from "../spiffe/index.ts";
import { type ServeOptions, serveWorkloadApi } from "../workload-api/index.ts";
import { HostAgent } from "./host-agent.ts";

/** How to run the agent of a host. */
export interface StartOptions
  extends Pick<ServeOptions, "path" | "hashExecutables" | "maxStreamsPerUid"> {
  /** How the node itself gets in: a token, a device certificate, or a state directory. */
  readonly connect: ConnectOptions;
  /** Told when something failed that is tried again. */
  readonly onError: (error: unknown) => void;
  /** Told when the node's own identity is no more, with why. */
  readonly onEnd: (why: string) => void;
}

/** A host agent that runs. */
export interface RunningHostAgent {
  readonly spiffeId: SpiffeId;
  /** `unix:///…`, for SPIFFE_ENDPOINT_SOCKET. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Attaches as a node and serves the processes of this host.
 * @throws IssuerError as `connect`; NOT_AUTHORIZED when the identity is not a node's; CONFIG_INVALID naming the path.
 */
export async function startHostAgent(options: StartOptions): Promise<RunningHostAgent> {
  const { onError, onEnd } = options;
  const node = new Agent(options.connect);
  node.on("error", onError);
  for (const end of IDENTITY_ENDS) {
    node.on(end, ({ reason }) => onEnd(`${end}: ${reason}`));
  }
  await node.open();
  const host = new HostAgent({ node, onError });
  try {
    if (node.kind !== undefined && node.kind !== "node") {
      const message = `${node.spiffeId} is of kind ${node.kind}: register the host with --kind node`;
      throw new IssuerError("NOT_AUTHORIZED", message);
    }
    const door = await serveWorkloadApi({ ...options, provider: host, onFault: onError });
    return {
      spiffeId: node.spiffeId,
      endpoint: door.endpoint,
      async close() {
        await door.close();
        await host.close();
        await node.close();
      },
    };
  } catch (error) {
    await node.close();
    throw error;
  }
}
