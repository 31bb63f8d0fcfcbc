import type { Clock } from "../clock.ts";
import type { JwtSvid, SpiffeId } from "../spiffe/index.ts";
import { OTHER_OPERATIONS } from "./operation.ts";
import type { Peer } from "./verify.ts";

/** One caller on one operation of a service, since it was counted last. */
export interface CountedUse {
  /** The SPIFFE ID that was called. */
  readonly service: string;
  /** SPIFFE ID of the caller. */
  readonly caller: string;
  /** Of a JWT-SVID; empty: by X509-SVID. */
  readonly audience: string;
  /** Empty: a connection, or a token without a request. */
  readonly operation: string;
  /** Empty: it was accepted; else the code that refused it. */
  readonly refused: string;
  readonly count: number;
  /** The first and the last of them, to the second: Unix milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** An SVID that was accepted. */
export interface CountedSvid {
  readonly service: string;
  /** Serial or jti. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly lastMs: number;
}

/** What was counted between two reports. */
export interface Counted {
  readonly uses: readonly CountedUse[];
  readonly svids: readonly CountedSvid[];
  /** Uses for which there was no room. */
  readonly dropped: number;
}

/** Counts whom an identity has accepted and refused. It costs a request next to nothing, and never throws. */
export interface UseCounter {
  /** A connection was accepted. */
  connection(peer: Peer, own: SpiffeId): void;
  /** A connection was refused whose caller had proven who it is. */
  refusal(caller: SpiffeId, own: SpiffeId, code: string): void;
  /** A request came on a connection that was accepted. */
  request(peer: Peer, operation: string): void;
  /** A token was accepted; with a code: it was refused, and was good otherwise. */
  token(svid: JwtSvid, audience: string, operation: string, code?: string): void;
}

export interface UseTallyOptions {
  readonly clock: Pick<Clock, "now" | "schedule">;
  /** The identity that tokens are shown to; undefined: there is none now, and they are not counted. */
  readonly own: () => SpiffeId | undefined;
  /** False: requests are counted without saying which. Default true. */
  readonly operations?: boolean;
  /** Called with the first use after all was taken. */
  readonly onFirst: () => void;
}

interface Tally {
  readonly operation: string;
  readonly refused: string;
  count: number;
  readonly firstMs: number;
  lastMs: number;
}

/** What one caller did at one service by one kind of credential. */
interface Caller {
  readonly service: string;
  readonly caller: string;
  readonly audience: string;
  /** Of accepted ones, by operation. */
  readonly tallies: Map<string, Tally>;
  /** By code. */
  readonly refusals: Map<string, Tally>;
  readonly svids: Map<string, number>;
  /** Its counts were taken: there is another, or will be. */
  isTaken: boolean;
}

/** What is counted between two reports: more is only counted as dropped. */
const MOST_TALLIES = 2_000;
const MOST_OPERATIONS = 32;
const MOST_SVIDS = 8;
/** How old the time may be that uses are dated by: reading a clock costs more than all the rest. */
const TIME_IS_GOOD_MS = 1_000;

/** Counts uses in memory, until somebody takes them. Bounded. */
export class UseTally implements UseCounter {
  readonly #options: UseTallyOptions;
  #callers = new Map<string, Caller>();
  /** Of each peer the caller that it is: nothing is put together or looked up by text for a request. */
  readonly #ofPeer = new WeakMap<Peer, Caller>();
  #size = 0;
  #dropped = 0;
  #nowMs = 0;
  #isNowGood = false;

  constructor(options: UseTallyOptions) {
    this.#options = options;
  }

  connection(peer: Peer, own: SpiffeId): void {
    const caller = this.#caller(own.toString(), peer.spiffeId.toString(), "");
    this.#ofPeer.set(peer, caller);
    this.#see(caller, peer.serialHex, this.#now());
    this.#count(caller, "");
  }

  refusal(caller: SpiffeId, own: SpiffeId, code: string): void {
    this.#refuse(this.#caller(own.toString(), caller.toString(), ""), code);
  }

  request(peer: Peer, operation: string): void {
    let caller = this.#ofPeer.get(peer);
    if (caller === undefined) return;
    if (caller.isTaken) {
      caller = this.#caller(caller.service, caller.caller, caller.audience);
      this.#ofPeer.set(peer, caller);
      this.#see(caller, peer.serialHex, this.#now());
    }
    this.#count(caller, this.#options.operations === false ? OTHER_OPERATIONS : operation);
  }

  token({ spiffeId, jti }: JwtSvid, audience: string, operation: string, code?: string): void {
    const own = this.#options.own()?.toString();
    if (own === undefined) return;
    const caller = this.#caller(own, spiffeId.toString(), audience);
    if (code !== undefined) {
      this.#refuse(caller, code);
      return;
    }
    if (jti !== undefined) this.#see(caller, jti, this.#now());
    const told = operation === "" || this.#options.operations !== false;
    this.#count(caller, told ? operation : OTHER_OPERATIONS);
  }

  /** Takes what was counted: it is counted from nothing again. */
  take(): Counted {
    const callers = [...this.#callers.values()];
    const uses = callers.flatMap(({ service, caller, audience, tallies, refusals }) =>
      [...tallies.values(), ...refusals.values()].map((tally) => ({
        service,
        caller,
        audience,
        ...tally,
      })),
    );
    const svids = callers.flatMap(({ service, svids }) =>
      [...svids].map(([id, lastMs]) => ({ service, id, lastMs })),
    );
    for (const caller of callers) caller.isTaken = true;
    const dropped = this.#dropped;
    this.#callers = new Map();
    this.#size = 0;
    this.#dropped = 0;
    return { uses, svids, dropped };
  }

  /** Counts again what could not be reported. */
  putBack({ uses, svids, dropped }: Counted): void {
    this.#dropped += dropped;
    const serviceOf = new Map<string, Caller>();
    for (const use of uses) {
      const caller = this.#caller(use.service, use.caller, use.audience);
      serviceOf.set(use.service, caller);
      const where = use.refused === "" ? caller.tallies : caller.refusals;
      const key = use.refused === "" ? use.operation : use.refused;
      const known = where.get(key);
      if (known !== undefined) {
        where.set(key, {
          ...known,
          count: known.count + use.count,
          firstMs: Math.min(known.firstMs, use.firstMs),
          lastMs: Math.max(known.lastMs, use.lastMs),
        });
      } else if (this.#hasRoom(use.count)) {
        const { operation, refused, count, firstMs, lastMs } = use;
        where.set(key, { operation, refused, count, firstMs, lastMs });
      }
    }
    for (const { service, id, lastMs } of svids) {
      // Whichever caller it is of: it is only told for the service.
      const caller = serviceOf.get(service);
      if (caller !== undefined && !caller.svids.has(id)) this.#see(caller, id, lastMs);
    }
  }

  #count(caller: Caller, operation: string): void {
    const { tallies } = caller;
    const known = tallies.get(operation) ?? this.#tallyIn(tallies, operation);
    if (known === undefined) return;
    known.count += 1;
    known.lastMs = this.#now();
  }

  #tallyIn(tallies: Map<string, Tally>, operation: string): Tally | undefined {
    const name = tallies.size < MOST_OPERATIONS ? operation : OTHER_OPERATIONS;
    const known = tallies.get(name);
    if (known !== undefined) return known;
    if (!this.#hasRoom(1)) return undefined;
    const firstMs = this.#now();
    const tally = { operation: name, refused: "", count: 0, firstMs, lastMs: firstMs };
    tallies.set(name, tally);
    return tally;
  }

  #refuse({ refusals }: Caller, code: string): void {
    const now = this.#now();
    const known = refusals.get(code);
    if (known !== undefined) {
      known.count += 1;
      known.lastMs = now;
    } else if (this.#hasRoom(1)) {
      refusals.set(code, { operation: "", refused: code, count: 1, firstMs: now, lastMs: now });
    }
  }

  /** False: that many more are dropped. */
  #hasRoom(count: number): boolean {
    if (this.#size >= MOST_TALLIES) {
      this.#dropped += count;
      return false;
    }
    this.#size += 1;
    return true;
  }

  #caller(service: string, caller: string, audience: string): Caller {
    const key = `${service} ${caller} ${audience}`;
    const known = this.#callers.get(key);
    if (known !== undefined) return known;
    const made: Caller = {
      service,
      caller,
      audience,
      tallies: new Map(),
      refusals: new Map(),
      svids: new Map(),
      // Above the bound nothing can be counted for it, and nobody takes it.
      isTaken: this.#size >= MOST_TALLIES,
    };
    if (made.isTaken) return made;
    if (this.#callers.size === 0) this.#options.onFirst();
    this.#callers.set(key, made);
    return made;
  }

  #see({ svids }: Caller, id: string, at: number): void {
    svids.delete(id);
    if (svids.size >= MOST_SVIDS) {
      const [oldest = ""] = svids.keys();
      svids.delete(oldest);
    }
    svids.set(id, at);
  }

  #now(): number {
    if (this.#isNowGood) return this.#nowMs;
    const { clock } = this.#options;
    this.#nowMs = clock.now().getTime();
    this.#isNowGood = true;
    clock.schedule(TIME_IS_GOOD_MS, () => {
      this.#isNowGood = false;
    });
    return this.#nowMs;
  }
}
