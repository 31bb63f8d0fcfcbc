import type { Clock } from "../clock.ts";
import type { AttachResponse__Output } from "../wire/index.ts";
import { CallRules, type PassportCalls } from "./call-rules.ts";
import type { DenySet } from "./deny-set.ts";
import type { AttachLink } from "./link.ts";

/** Identities that a server tells of who may call them. */
const MOST_POSITIONS = 1_000;
/** After the server could not tell who may call. */
const CALLERS_AGAIN_MS = 5_000;

export interface SubscriptionsOptions {
  readonly clock: Clock;
  readonly denied: DenySet;
  /** SPIFFE IDs that are held now, the closest match first. */
  readonly ids: () => readonly string[];
  /** One of them is a service's: it follows by itself. */
  readonly isService: () => boolean;
  readonly onCrls: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * What a line follows from the moment that somebody asks for it: denied identities, who may call whom, revocation lists. It outlives
 * the streams: each is asked again for what the one before was.
 */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly rules = new CallRules();
  #link: AttachLink | undefined;
  #wantsDenied: boolean;
  #deniedReady: Promise<void> = Promise.resolve();
  #wantsCallers = false;
  #callersReady: Promise<void> = Promise.resolve();
  /** Identities that the stream was asked for, as one text. */
  #askedCallers = "";
  #wantsCrls = false;
  #crls: readonly Buffer[] = [];
  #crlsReady: Promise<void> = Promise.resolve();

  /** Whom passports let call whom: `byPassport` asks it. */
  readonly calls: PassportCalls = {
    refusal: (call) => {
      if (call.peerIs === "caller") this.#followCallers();
      return this.rules.refusal(call);
    },
    follow: () => this.#followCallers(),
    ready: () => {
      this.#followCallers();
      return this.#callersReady;
    },
    onChange: (listener) => this.rules.onChange(listener),
  };

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    // Whoever refuses when it knows nothing must know from the start.
    this.#wantsDenied = options.denied.refuses;
  }

  /** A stream is up. Resolves when what must be known is, or cannot be. */
  async attached(link: AttachLink): Promise<void> {
    this.#link = link;
    const isService = this.#options.isService();
    if (this.#wantsCrls) this.#subscribeCrls(link);
    if (this.#wantsDenied || isService) this.#subscribeDenied(link);
    this.rules.restart();
    this.#askedCallers = "";
    if (this.#wantsCallers || isService) this.#subscribeCallers(link);
    await this.#deniedReady;
    await this.#callersReady;
  }

  /** The stream is gone; what is known grows old from now on. */
  detached(): void {
    this.#link = undefined;
    if (this.#wantsDenied) this.#options.denied.follow();
  }

  /** The stream came to nothing: there was none. */
  dropped(): void {
    this.#link = undefined;
  }

  /** The server has said what is held now: it may have let go of what was asked for, though the list reads the same. */
  identitiesChanged(): void {
    if (this.#link === undefined) return;
    this.#askedCallers = "";
    if (this.#wantsCallers || this.#options.isService()) this.#subscribeCallers(this.#link);
  }

  /** Takes a part of a list that the stream has sent. */
  take(push: AttachResponse__Output): void {
    const link = this.#link;
    if (push.denied && !this.#options.denied.apply(push.denied) && link !== undefined) {
      this.#subscribeDenied(link);
    }
    if (push.callers && !this.rules.apply(push.callers) && link !== undefined) {
      this.#askedCallers = "";
      this.#subscribeCallers(link);
    }
    if (push.crls) {
      this.#crls = push.crls.crls.map(({ der }) => der);
      this.#options.onCrls();
    }
  }

  /** The denied identities; followed from the first call on. */
  denied(): DenySet {
    if (!this.#wantsDenied) this.#followDenied();
    return this.#options.denied;
  }

  /** Resolves when the denied identities are known, or the line is down. */
  deniedReady(): Promise<void> {
    this.denied();
    return this.#deniedReady;
  }

  /** Revocation lists, in DER; followed from the first call on. */
  crls(): readonly Buffer[] {
    this.#followCrls();
    return this.#crls;
  }

  /** Resolves when the lists are known, or the line is down. */
  crlsReady(): Promise<void> {
    this.#followCrls();
    return this.#crlsReady;
  }

  close(): void {
    this.#link = undefined;
    this.#options.denied.close();
  }

  #followDenied(): void {
    const { denied } = this.#options;
    this.#wantsDenied = true;
    if (this.#link !== undefined && denied.sequence === 0) this.#subscribeDenied(this.#link);
    else denied.follow();
  }

  #subscribeDenied(link: AttachLink): void {
    const { denied, onError } = this.#options;
    this.#wantsDenied = true;
    denied.follow();
    // The answer comes in parts, and each as a push.
    this.#deniedReady = link.request({ denySubscribe: denied.wish }).then(
      () => denied.whole(),
      (error: unknown) => onError(error),
    );
  }

  #followCrls(): void {
    if (this.#wantsCrls) return;
    this.#wantsCrls = true;
    if (this.#link !== undefined) this.#subscribeCrls(this.#link);
  }

  #subscribeCrls(link: AttachLink): void {
    // The answer comes as a push.
    this.#crlsReady = link.request({ crlSubscribe: {} }).then(
      () => undefined,
      (error: unknown) => this.#options.onError(error),
    );
  }

  #followCallers(): void {
    if (this.#wantsCallers) return;
    this.#wantsCallers = true;
    if (this.#link !== undefined) this.#subscribeCallers(this.#link);
  }

  /** For the identities that are held now, unless they are what was asked for already. */
  #subscribeCallers(link: AttachLink): void {
    const { clock, ids, onError } = this.#options;
    this.#wantsCallers = true;
    const positions = this.rules.positions(ids().slice(0, MOST_POSITIONS));
    const asked = positions.map(({ spiffeId }) => spiffeId).join(" ");
    // None: the server does not tell, and says so by that.
    if (asked === this.#askedCallers) return;
    this.#askedCallers = asked;
    // The answer comes after all that it asks for, and each part of that as a push.
    this.#callersReady = link.request({ callersSubscribe: { positions } }).then(
      () => undefined,
      (error: unknown) => {
        onError(error);
        clock.schedule(CALLERS_AGAIN_MS, () => {
          if (this.#link !== link) return;
          this.#askedCallers = "";
          this.#subscribeCallers(link);
        });
      },
    );
  }
}
