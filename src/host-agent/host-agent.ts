import { setImmediate as nextTurn } from "node:timers/promises";
import { Agent, IDENTITY_ENDS, type Line } from "../agent/index.ts";
import type { Timer } from "../clock.ts";
import { errorCodeOf, IssuerError } from "../errors.ts";
import { type Caller, isAlive } from "../host/index.ts";
import { compareSelectors, formatSelector, type JwtSvid } from "../spiffe/index.ts";
import type { Workload, WorkloadProvider } from "../workload-api/index.ts";
import { validateBy, workloadOf } from "./agent-workload.ts";
import { Keepsakes, StandIn } from "./stand-in.ts";

/** How a node serves the processes of its host. */
export interface HostAgentOptions {
  /** The node's own identity: a bot of kind node, attached over TLS. */
  readonly node: Line;
  /** How long a process's first identity may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** Told when something failed that is tried again. */
  readonly onError?: (error: unknown) => void;
}

/** A process, with the identity that is its own. */
interface Kept {
  readonly caller: Caller;
  readonly agent: Agent;
  readonly ready: Promise<void>;
  /** Calls that are open. */
  users: number;
  idleSinceMs: number;
}

/** Processes are looked after at this pace: whoever has ended loses what it had. */
const SWEEP_MS = 2_000;
const SWEEP_AT_ONCE = 64;
/** A process that asks for nothing for so long is forgotten until it asks again. */
const IDLE_MS = 300_000;

/**
 * The agent of a host: each local process gets its own key, instance and SVIDs, for which the node speaks to the server.
 * What it holds it serves to the end while the server is away, also to a process that was started again.
 */
export class HostAgent implements WorkloadProvider {
  readonly #options: HostAgentOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #keepsakes: Keepsakes;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: HostAgentOptions) {
    this.#options = options;
    const { node } = options;
    // A listener for each call that is open.
    node.setMaxListeners(0);
    // Known before the first process asks.
    node.crls();
    this.#keepsakes = new Keepsakes(node.clock);
    // From then on nothing that the node holds for others counts.
    for (const end of IDENTITY_ENDS) {
      node.on(end, () => this.#keepsakes.clear());
    }
  }

  /** How many processes have an identity. */
  get size(): number {
    return this.#kept.size;
  }

  async open(caller: Caller): Promise<Workload> {
    if (this.#closed) throw new IssuerError("UNAVAILABLE", "the agent stops");
    const kept = this.#keep(caller);
    kept.users += 1;
    const release = (): void => {
      kept.users -= 1;
      kept.idleSinceMs = this.#options.node.clock.monotonicMs();
    };
    try {
      await kept.ready;
      return workloadOf(kept.agent, this.#options.node, release);
    } catch (error) {
      release();
      const held = this.#keepsakes.find(selectorsKey(caller));
      if (held === undefined || errorCodeOf(error) !== "NO_WAY_IN") throw unwrapped(error);
      return new StandIn(held, this.#options.node.clock, () => this.open(caller));
    }
  }

  validateJwt(token: string, audience: string): JwtSvid {
    return validateBy(this.#options.node, token, audience);
  }

  /** Ends all identities; the node's own stays. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await Promise.all([...this.#kept.keys()].map((key) => this.#forget(key)));
  }

  #keep(caller: Caller): Kept {
    const key = `${caller.pid}:${caller.startTicks}:${selectorsKey(caller)}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const { node, timeoutMs = 10_000 } = this.#options;
    const agent = new Agent({
      openChannel: async () => node.openBeside(),
      workload: caller.selectors,
      clock: node.clock,
      timeoutMs: this.#keepsakes.find(selectorsKey(caller)) === undefined ? timeoutMs : 500,
      env: {},
    });
    agent.setMaxListeners(0);
    agent.on("rotated", () => this.#remember(kept));
    const ready = agent.open();
    const kept: Kept = { caller, agent, ready, users: 0, idleSinceMs: 0 };
    this.#kept.set(key, kept);
    // Whoever asks next tries again.
    ready.catch(() => this.#kept.get(key) === kept && this.#kept.delete(key));
    this.#sweepLater();
    return kept;
  }

  #remember({ caller, agent }: Kept): void {
    try {
      this.#keepsakes.put(selectorsKey(caller), {
        svids: agent.x509Svids(),
        bundles: agent.bundles(),
      });
    } catch (error) {
      // Nothing is held at the moment: nothing is remembered.
      if (!(error instanceof IssuerError)) throw error;
    }
  }

  #sweepLater(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = this.#options.node.clock.schedule(SWEEP_MS, () => {
      this.#timer = undefined;
      this.#sweep()
        .catch((error: unknown) => this.#options.onError?.(error))
        .finally(() => {
          if (this.#kept.size > 0) this.#sweepLater();
        });
    });
  }

  async #sweep(): Promise<void> {
    const now = this.#options.node.clock.monotonicMs();
    for (const [index, [key, kept]] of [...this.#kept].entries()) {
      // Calls come first.
      if (index % SWEEP_AT_ONCE === SWEEP_AT_ONCE - 1) await nextTurn();
      const idle = kept.users === 0 && now - kept.idleSinceMs > IDLE_MS;
      if (idle || !isAlive(kept.caller)) await this.#forget(key);
    }
  }

  async #forget(key: string): Promise<void> {
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    await kept?.agent.close();
  }
}

/** Processes that the kernel says the same of. */
function selectorsKey({ selectors }: Caller): string {
  return [...selectors].sort(compareSelectors).map(formatSelector).join("\n");
}

/** What was tried matters to who configures the agent; a process is told why. */
function unwrapped(error: unknown): unknown {
  if (!(error instanceof IssuerError) || error.code !== "NO_WAY_IN") return error;
  return error.cause instanceof IssuerError ? error.cause : error;
}
