import { EventEmitter } from "node:events";
import { Agent, type AttachChannel, type DeniedQuery } from "../../src/agent/index.ts";
import { Bot } from "../../src/bot.ts";
import type { Clock } from "../../src/clock.ts";
import { errorCodeOf, IssuerError } from "../../src/errors.ts";
import type { PeerIdentity } from "../../src/peer/index.ts";
import { type Cuttable, endWithIdentity } from "../../src/peer/lifetimes.ts";
import { verifyPeer } from "../../src/peer/verify.ts";
import { type Bundle, memberOf, type TrustDomain, type X509Svid } from "../../src/spiffe/index.ts";
import {
  type AttachRequest,
  type AttachRequest__Output,
  type AttachResponse,
  type AttachResponse__Output,
  loadAttachService,
} from "../../src/wire/index.ts";
import type { Guard } from "./guards.ts";
import { type Network, SLOWEST_MS } from "./network.ts";
import type { Random } from "./random.ts";
import { ProcessClock, type Scheduler } from "./scheduler.ts";
import { type SimulatedServer, TRUST_DOMAIN } from "./server.ts";

const { Attach } = loadAttachService().definition;

export interface ClientOptions {
  /** Also the host: each has one of its own. */
  readonly name: string;
  readonly token: string;
  /** undefined: it keeps nothing. */
  readonly stateDirectory: string | undefined;
  readonly skewMs: () => number;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly random: Random;
  readonly server: () => SimulatedServer;
  readonly without: Guard | undefined;
  readonly tell: (what: string) => void;
  /** The issuer's log does not continue what was known of it. */
  readonly onInconsistent: (reason: string) => void;
}

/** A connection to a service, open on a peer's SVID. */
export interface OpenConnection {
  readonly svid: X509Svid;
  readonly sinceMs: number;
}

/** An exchange with the issuer that took no longer than this tells the time well enough. */
const EXCHANGE_MS = 2 * SLOWEST_MS + 100;

/** A bot's or a service's process: the real bot and agent on a simulated line. */
export class SimulatedClient {
  readonly agent: Agent;
  readonly clock: ProcessClock;
  readonly startedMs: number;
  readonly open = new Map<Cuttable, OpenConnection>();
  readonly #options: ClientOptions;
  /** Since when each serial is denied: for a deny set that forgets. */
  readonly #deniedSince = new Map<string, number>();
  readonly #bot: Bot;
  readonly #identity: PeerIdentity;
  /** All authorities that were ever trusted: for a bundle that forgets none. */
  readonly #authorities = new Map<string, Buffer>();
  /** It could not begin, or is closed. */
  ended = false;
  /** Its open failed, with this code. */
  failure: string | undefined;
  /** Since when it knows who is denied, on the line that it has now. */
  knowsSinceMs: number | undefined;
  /** When the server said that it is attached, on the line that it has now. */
  attachedSinceMs: number | undefined;
  /** It has asked the issuer something in this life, and was answered soon: it knows what time it is. */
  knowsTime = false;
  #lines = 0;
  #shown: X509Svid | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    const { name, scheduler, skewMs, random, token, stateDirectory, without } = options;
    this.startedMs = scheduler.nowMs;
    this.clock = new ProcessClock(scheduler, name, skewMs);
    this.agent = new Agent({
      token,
      env: {},
      clock: without === "agent: SVIDs are rotated in time" ? forgetful(this.clock) : this.clock,
      randomBytes: (size) => random.bytes(size),
      openChannel: (resume) => this.#openLine(resume),
      ...(stateDirectory === undefined ? {} : { stateDirectory }),
    });
    for (const event of ["rotated", "suspended", "retired", "evicted", "locked"] as const) {
      this.agent.on(event, () => options.tell(event));
    }
    this.agent.on("disconnected", () => {
      this.attachedSinceMs = undefined;
    });
    for (const event of ["disconnected", "reconnected", "revoked", "stale", "fresh"] as const) {
      this.agent.on(event, () => options.tell(event));
    }
    this.agent.on("bundle", ({ sequence }) => options.tell(`bundle ${sequence}`));
    this.agent.on("clock_jumped", (aheadMs) => options.tell(`clock jumped, ${aheadMs} ms ahead`));
    this.agent.on("log_inconsistent", ({ reason }) => options.onInconsistent(reason));
    if (without === "agent: time is the issuer's") this.agent.clock.told = () => undefined;
    this.#bot = new Bot(this.agent);
    this.#identity = this.#weakened(this.#bot.peerIdentity);
  }

  #weakened(identity: PeerIdentity): PeerIdentity {
    switch (this.#options.without) {
      case "service: a deny set remembers": {
        const onDenied = (listener: () => void) => this.agent.onDenied(listener);
        return {
          ...identity,
          denied: { isDenied: (what) => this.#denialOf(what), onDenied },
        };
      }
      // The agent alone forgets.
      case "agent: SVIDs are rotated in time": {
        const { clock } = this.agent;
        const schedule: Clock["schedule"] = (...args) => this.clock.schedule(...args);
        const own = { now: () => clock.now(), monotonicMs: () => clock.monotonicMs(), schedule };
        return { ...identity, clock: own };
      }
      case "service: a revoked authority is trusted no more":
        return { ...identity, bundles: { bundleFor: (of) => this.#everTrusted(of) } };
      default:
        return identity;
    }
  }

  #everTrusted(trustDomain: TrustDomain): Bundle | undefined {
    const bundle = this.agent.bundleFor(trustDomain);
    if (bundle === undefined) return undefined;
    for (const der of bundle.x509Authorities) this.#authorities.set(der.toString("hex"), der);
    return { ...bundle, x509Authorities: [...this.#authorities.values()] };
  }

  get name(): string {
    return this.#options.name;
  }

  /** Begins; how it comes out is told later. */
  start(): void {
    this.agent.open().then(
      () => this.#options.tell("open"),
      (error: unknown) => {
        if (!(error instanceof IssuerError)) throw error;
        this.ended = true;
        this.failure = error.code;
        this.#options.tell(`failed ${error.code}`);
      },
    );
  }

  /** What it would show to a peer now. */
  present(): X509Svid | undefined {
    try {
      this.#shown = this.agent.x509Svid();
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error;
      const expired = errorCodeOf(error) === "SVID_EXPIRED";
      const guard = expired
        ? "agent: no expired SVID is presented"
        : "agent: what was taken away is not presented";
      if (this.#options.without !== guard) return undefined;
    }
    return this.#shown;
  }

  /** Decides on a peer as a listener does at the end of a handshake; accepted connections are watched. */
  accept(svid: X509Svid): boolean {
    const { without, scheduler } = this.#options;
    const own = this.present();
    if (own === undefined) return false;
    const still = without === "service: expiry is verified";
    const identity = still ? { ...this.#identity, clock: stopped(svid) } : this.#identity;
    try {
      const peer = verifyPeer(svid.certChainDer, identity, memberOf(TRUST_DOMAIN.name));
      if (without === "service: connections end with their identity") {
        const forever = connectionOf(() => undefined);
        this.open.set(forever, { svid, sinceMs: scheduler.nowMs });
        return true;
      }
      const connection = connectionOf(() => this.open.delete(connection));
      this.open.set(connection, { svid, sinceMs: scheduler.nowMs });
      endWithIdentity(connection, peer, own, this.#identity);
      return true;
    } catch (error) {
      if (error instanceof IssuerError) return false;
      throw error;
    }
  }

  #denialOf(what: DeniedQuery): string | undefined {
    const reason = this.agent.isDenied(what);
    if (reason === undefined) return undefined;
    const nowMs = this.clock.monotonicMs();
    const key = what.serialHex ?? "";
    const since = this.#deniedSince.get(key) ?? nowMs;
    this.#deniedSince.set(key, since);
    return nowMs - since > 5_000 ? undefined : reason;
  }

  kill(): void {
    this.ended = true;
    this.clock.kill();
    this.open.clear();
    this.#options.network.killClient(this.name);
    this.#options.tell("killed");
  }

  async #openLine(resume: X509Svid | undefined): Promise<AttachChannel> {
    const { network, name, without, tell, server } = this.#options;
    this.#lines += 1;
    if (without === "agent: a lost line is opened again" && this.#lines > 1) {
      return new Promise(() => undefined);
    }
    this.knowsSinceMs = undefined;
    this.attachedSinceMs = undefined;
    const again = this.#lines > 1;
    tell(resume === undefined ? "dials" : "dials to resume");
    const channel = await network.open<
      AttachRequest,
      AttachResponse,
      AttachResponse__Output,
      AttachRequest__Output
    >({
      host: name,
      toServer: (message) => Attach.requestDeserialize(Attach.requestSerialize(message)),
      toClient: (message) => {
        // What is sent now is there after the longest way.
        if (message.denied) this.knowsSinceMs ??= this.clock.monotonicMs() + SLOWEST_MS;
        if (message.attached) this.attachedSinceMs ??= this.clock.monotonicMs();
        const forgets = without === "server: who comes back hears what it has missed";
        const told =
          forgets && again && message.denied && message.id !== 0
            ? { ...message, denied: { ...message.denied, added: [] } }
            : message;
        return Attach.responseDeserialize(Attach.responseSerialize(told));
      },
      accept: (accepted) => server().accept(accepted, resume, name),
    });
    return this.#timed(channel);
  }

  /** Notes when the issuer has answered soon enough to tell the time by it. */
  #timed(channel: AttachChannel): AttachChannel {
    const asked = new Map<number, number>();
    return {
      send: (message) => {
        asked.set(message.id ?? 0, this.clock.monotonicMs());
        return channel.send(message);
      },
      onMessage: (listener) =>
        channel.onMessage((message) => {
          const askedMs = asked.get(message.id) ?? Number.NEGATIVE_INFINITY;
          asked.delete(message.id);
          if (this.clock.monotonicMs() - askedMs <= EXCHANGE_MS) this.knowsTime = true;
          listener(message);
        }),
      onClose: (listener) => channel.onClose(listener),
      close: (error) => channel.close(error),
    };
  }
}

function connectionOf(onDestroy: () => void): Cuttable {
  const events = new EventEmitter();
  return {
    destroy() {
      onDestroy();
      events.emit("close");
    },
    once: (event, listener) => events.once(event, listener),
  };
}

/** Forgets what was planned for the time of rotation: half of a life of 30 s, more or less. */
function forgetful(clock: ProcessClock): ProcessClock {
  return new Proxy(clock, {
    get(target, name) {
      if (name === "schedule") {
        return (delayMs: number, action: () => void) =>
          delayMs > 12_000 && delayMs < 19_000
            ? { cancel: () => undefined }
            : target.schedule(delayMs, action);
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function stopped(svid: X509Svid) {
  return {
    now: () => new Date(svid.notAfter.getTime() - 1000),
    monotonicMs: () => 0,
    schedule: () => ({ cancel: () => undefined }),
  };
}
