import { randomBytes as systemRandomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import type { ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { type Clock, holding, systemClock, type Timer } from "../clock.ts";
import { bundleFromJwks } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import { type Bundle, type BundleSource, TrustDomain } from "../spiffe/index.ts";
import {
  Backoff,
  bundleFromMessage,
  errorFromStatus,
  type WatchTrustResponse__Output,
} from "../wire/index.ts";
import {
  type DenialReason,
  type DeniedQuery,
  DenySet,
  type DenySetOptions,
  type DenySetState,
} from "./deny-set.ts";
import { dialTrust } from "./dial.ts";

/** How to follow a trust domain without an identity of its own. */
export interface TrustWatchOptions {
  /** host:port of servers, in the order to try. */
  readonly addresses: readonly string[];
  /** The trust domain's bundle, to know the server by: from `botpass bundle show --format jwks`, or kept from the event `bundle`. */
  readonly bundle: Bundle | { readonly trustDomain: string; readonly jwks: string };
  /** How old what is known of denied identities may be, and what is done then. Default: an event after 60 s. */
  readonly denySet?: DenySetOptions;
  /** How long to wait for the first answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly randomBytes?: (size: number) => Buffer;
}

/** What is told, by name. */
export interface TrustEvents {
  bundle: [bundle: Bundle];
  /** Nothing was heard for longer than the policy allows. */
  stale: [staleMs: number];
  fresh: [];
  disconnected: [reason: Error];
  reconnected: [];
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** The bundle and the denied identities of one trust domain, kept current over a stream that needs nobody's identity. */
export class TrustWatch extends EventEmitter<TrustEvents> implements BundleSource, AsyncDisposable {
  readonly clock: Clock;
  readonly #options: TrustWatchOptions;
  readonly #denied: DenySet;
  readonly #backoff: Backoff;
  #bundle: Bundle;
  #next = 0;
  #stream:
    | { readonly call: ClientReadableStream<WatchTrustResponse__Output>; close(): void }
    | undefined;
  #timer: Timer | undefined;
  #onFirst: ((error?: IssuerError) => void) | undefined;
  #wasDown = false;
  #closed = false;

  /** @throws IssuerError CONFIG_INVALID, BUNDLE_INVALID, TRUST_DOMAIN_INVALID. */
  constructor(options: TrustWatchOptions) {
    super();
    this.#options = options;
    this.#bundle = bundleOf(options.bundle);
    this.clock = options.clock ?? systemClock;
    if (options.addresses.length === 0) {
      throw new IssuerError("CONFIG_INVALID", "addresses: no server is named");
    }
    const random = options.randomBytes ?? systemRandomBytes;
    this.#backoff = new Backoff(() => random(4).readUInt32LE() / 2 ** 32);
    this.#denied = new DenySet(this.clock, options.denySet, (stale) => {
      if (stale) this.emit("stale", this.#denied.staleMs);
      else this.emit("fresh");
    });
  }

  /** Waits until all that is denied is known. Called once. @throws IssuerError as the last server said; DEADLINE_EXCEEDED. */
  async open(): Promise<void> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    let last: IssuerError | undefined;
    const note = (reason: Error): void => {
      if (reason instanceof IssuerError) last = reason;
    };
    this.on("disconnected", note);
    const first = new Promise<void>((resolve, reject) => {
      const timer = this.clock.schedule(timeoutMs, () => {
        const message = `no server told what is denied within ${timeoutMs} ms`;
        this.#onFirst?.(last ?? new IssuerError("DEADLINE_EXCEEDED", message));
      });
      this.#onFirst = (error) => {
        this.#onFirst = undefined;
        this.off("disconnected", note);
        timer.cancel();
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#dial();
    });
    await holding(() => first).catch((error: unknown) => {
      void this.close();
      throw error;
    });
  }

  get bundle(): Bundle {
    return this.#bundle;
  }

  bundleFor(trustDomain: TrustDomain): Bundle | undefined {
    return this.#bundle.trustDomain.equals(trustDomain) ? this.#bundle : undefined;
  }

  get denySet(): DenySetState {
    return this.#denied;
  }

  /** Why an identity is denied; undefined when it is not. */
  isDenied(what: DeniedQuery): DenialReason | undefined {
    return this.#denied.reasonFor(what);
  }

  /** Calls back when the denied identities change. @returns stops the calls. */
  onDenied(listener: () => void): () => void {
    return this.#denied.onChange(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    this.#denied.close();
    this.#hangUp();
    this.#onFirst?.(new IssuerError("CLOSED", "the verifier is closed"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #dial(): void {
    const { addresses } = this.#options;
    const address = addresses[this.#next % addresses.length] ?? "";
    this.#next += 1;
    this.#denied.follow();
    const stream = dialTrust(address, () => this.#bundle, this.clock, this.#denied.wish);
    this.#stream = stream;
    const mine = (): boolean => this.#stream === stream;
    stream.call.on("data", (message: WatchTrustResponse__Output) => {
      if (mine()) this.#receive(message);
    });
    const lost = (error: IssuerError): void => {
      if (mine()) this.#lost(error);
    };
    stream.call.on("error", (error: ServiceError) => lost(errorFromStatus(error)));
    stream.call.on("end", () =>
      lost(new IssuerError("UNAVAILABLE", "the server ended the stream")),
    );
  }

  #receive({ body, bundle, denied }: WatchTrustResponse__Output): void {
    if (body === "bundle" && bundle) {
      const told = bundleFromMessage(bundle);
      // The connection was vouched for by this very trust domain: it speaks of no other.
      if (!told.trustDomain.equals(this.#bundle.trustDomain)) return;
      const changed = told.sequence !== this.#bundle.sequence;
      this.#bundle = told;
      if (changed) this.emit("bundle", told);
      return;
    }
    if (body !== "denied" || !denied) return;
    if (!this.#denied.apply(denied)) {
      this.#lost(new IssuerError("UNAVAILABLE", "something is missing in what the server told"));
      return;
    }
    if (denied.more) return;
    this.#backoff.reset();
    if (this.#wasDown) this.emit("reconnected");
    this.#wasDown = false;
    this.#onFirst?.();
  }

  #lost(error: IssuerError): void {
    this.#hangUp();
    if (this.#closed) return;
    this.#denied.follow();
    this.#wasDown = true;
    this.emit("disconnected", error);
    this.#timer = this.clock.schedule(this.#backoff.next(error.retryAfterMs), () => this.#dial());
  }

  #hangUp(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.close();
  }
}

function bundleOf(given: TrustWatchOptions["bundle"]): Bundle {
  if (!("jwks" in given)) return given;
  return bundleFromJwks(TrustDomain.parse(given.trustDomain), given.jwks);
}
