import type { ServerWritableStream } from "@grpc/grpc-js";
import type { Clock, Timer } from "../../clock.ts";
import { IssuerError } from "../../errors.ts";
import type { Bundle } from "../../spiffe/index.ts";
import {
  bundleToMessage,
  type DenyUpdate,
  errorToStatus,
  type WatchTrustRequest__Output,
  type WatchTrustResponse,
} from "../../wire/index.ts";
import type { DenyFeed, DenySubscriber, DenyWish } from "./deny-feed.ts";

type Call = ServerWritableStream<WatchTrustRequest__Output, WatchTrustResponse>;

export interface WatchesOptions {
  readonly denyFeed: DenyFeed;
  readonly bundle: () => Bundle;
  readonly clock: Clock;
  readonly onFault: (error: unknown, requestId: string) => void;
}

/** Nobody has proven who he is: an address, or a local user, gets so many streams at once, and so many new ones. */
const MOST_OPEN = 10_000;
const MOST_OF_ONE = 100;
const BURST = 30;
const EVERY_MS = 1_000;
/** A caller who does not read for so long is cut off. */
const SLOW_READER_MS = 30_000;

interface Caller {
  open: number;
  /** New streams that it may open now; one more every `EVERY_MS`, up to `BURST`. */
  left: number;
  countedAtMs: number;
}

/** Streams of the bundle and the denied identities to those who have no identity. What they carry is public. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #open = new Set<Watch>();
  readonly #callers = new Map<string, Caller>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /**
   * @param who whom the stream is counted for, e.g. `address 10.0.0.7`.
   * @throws IssuerError LIMIT_EXCEEDED, before anything is sent.
   */
  open(call: Call, who: string, requestId: string): void {
    const caller = this.#admit(who);
    caller.open += 1;
    const watch = new Watch(this.#options, call, requestId, () => {
      caller.open -= 1;
      this.#open.delete(watch);
    });
    this.#open.add(watch);
    watch.start(call.request);
  }

  pushBundle(): void {
    for (const watch of this.#open) watch.sendBundle();
  }

  /** Ends all, to come back later. */
  shutdown(): void {
    const error = new IssuerError("UNAVAILABLE", "the server shuts down");
    for (const watch of [...this.#open]) watch.end(error);
  }

  #admit(who: string): Caller {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#callers.size > MOST_OPEN) this.#forget(nowMs);
    const caller = this.#callers.get(who) ?? { open: 0, left: BURST, countedAtMs: nowMs };
    this.#callers.set(who, caller);
    const earned = Math.floor((nowMs - caller.countedAtMs) / EVERY_MS);
    caller.left = Math.min(caller.left + earned, BURST);
    caller.countedAtMs += earned * EVERY_MS;
    if (this.#open.size >= MOST_OPEN) throw refusal(`${MOST_OPEN} streams are open`);
    if (caller.open >= MOST_OF_ONE) {
      throw refusal(`${who} has ${caller.open} streams open, the most there may be`);
    }
    if (caller.left < 1) throw refusal(`${who} opens streams too often`);
    caller.left -= 1;
    return caller;
  }

  #forget(nowMs: number): void {
    for (const [who, { open, countedAtMs }] of this.#callers) {
      if (open === 0 && nowMs - countedAtMs > BURST * EVERY_MS) this.#callers.delete(who);
    }
  }
}

function refusal(message: string): IssuerError {
  return new IssuerError("LIMIT_EXCEEDED", message, { retryAfterMs: EVERY_MS });
}

/** One stream. */
class Watch implements DenySubscriber {
  readonly #options: WatchesOptions;
  readonly #call: Call;
  readonly #requestId: string;
  readonly #onEnd: () => void;
  #ended = false;
  #blocked: Timer | undefined;

  constructor(options: WatchesOptions, call: Call, requestId: string, onEnd: () => void) {
    this.#options = options;
    this.#call = call;
    this.#requestId = requestId;
    this.#onEnd = onEnd;
    call.on("drain", () => {
      this.#blocked?.cancel();
      this.#blocked = undefined;
    });
    for (const event of ["cancelled", "close", "error"]) call.on(event, () => this.#over());
  }

  start(wish: DenyWish): void {
    this.sendBundle();
    this.#options.denyFeed.subscribe(this, wish, 0).catch((error: unknown) => {
      this.#options.onFault(error, this.#requestId);
      this.end(error);
    });
  }

  sendBundle(): void {
    this.#send({ bundle: bundleToMessage(this.#options.bundle()) });
  }

  sendDenied(denied: DenyUpdate): void {
    this.#send({ denied });
  }

  end(error: unknown): void {
    if (this.#ended) return;
    this.#over();
    this.#call.emit("error", errorToStatus(error, this.#requestId));
  }

  #send(message: WatchTrustResponse): void {
    if (this.#ended || this.#call.write(message)) return;
    this.#blocked ??= this.#options.clock.schedule(SLOW_READER_MS, () =>
      this.end(new IssuerError("LIMIT_EXCEEDED", "the stream is not read")),
    );
  }

  #over(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#blocked?.cancel();
    this.#options.denyFeed.unsubscribe(this);
    this.#onEnd();
  }
}
