import type { Timer } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import type { X509Svid } from "../spiffe/index.ts";
import { type Cut, type CutCause, causeOf, causeOfLoss, cutBy, errorOf } from "./cut.ts";
import { drainSession, followSessions, sessionOn } from "./http2-session.ts";
import type { PeerIdentity } from "./identity.ts";
import { denialOf, isStillAccepted, isVouchedFor, type Peer, selfAsPeer } from "./verify.ts";

/** What can be ended at once. */
export interface Cuttable {
  destroy(error?: Error | undefined): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** How a protocol lets go of a connection. */
export interface Gentle {
  /** Takes nothing new, tells the other side why, and closes once nothing is under way. Called once. */
  drain(cut: Cut): void;
  /** Called when the grace is over, `LAST_WORD_MS` before the connection is destroyed. */
  lastWord?(cut: Cut): void;
}

/** Something that stands on an identity: a connection, or a request that a token authorised. */
export interface Standing {
  /** When it expires; undefined: never. */
  readonly endsAt: Date | undefined;
  /** Whose expiry that is. */
  readonly whose: Cut["whose"];
  readonly peer: Peer | undefined;
  /** True: the socket is destroyed with an error that says why. Whoever holds it must listen for errors. */
  readonly tellsOwner?: boolean;
  /** Ours, with which it was opened. */
  readonly own?: X509Svid;
  /** What ends it now, besides time; undefined: nothing does. */
  check(look: Look): Cut | undefined;
}

/** One look at all that stands on an identity, because of one event: what is the same for many is asked for once. */
export class Look {
  readonly #identity: PeerIdentity;
  readonly #denials = new Map<string, string | undefined>();
  #loss: { readonly cause: CutCause | undefined } | undefined;

  constructor(identity: PeerIdentity) {
    this.#identity = identity;
  }

  /** Why nothing is accepted any more by this identity of ours; undefined: it may. */
  get loss(): CutCause | undefined {
    this.#loss ??= { cause: lossOf(this.#identity) };
    return this.#loss.cause;
  }

  denialOf(peer: Peer): string | undefined {
    const key = `${peer.serialHex} ${peer.spiffeId}`;
    if (!this.#denials.has(key)) this.#denials.set(key, denialOf(peer, this.#identity));
    return this.#denials.get(key);
  }
}

/** How long requests under way may go on, unless the identity says otherwise. */
const DEFAULT_GRACE_MS = 200;
const LONGEST_GRACE_MS = 60_000;
/** How long a last word has to go out. */
const LAST_WORD_MS = 50;
/** Less is rounding. */
const TIME_LEARNED_MS = 500;
/** Of what is left of a life, the grace before its end takes no more than this part. */
const GRACE_PART = 0.25;

/** One thing that stands on an identity, until it closes. */
class Life {
  readonly #socket: Cuttable;
  readonly #standing: Standing;
  readonly #tracker: Lifetimes;
  #timer: Timer;
  /** The expiry that the timer was set for, in monotonic time. */
  #plannedMs = 0;
  #cut: { readonly cut: Cut; readonly sinceMs: number } | undefined;
  #reported = false;
  gentle: Gentle | undefined;

  constructor(tracker: Lifetimes, socket: Cuttable, standing: Standing) {
    this.#tracker = tracker;
    this.#socket = socket;
    this.#standing = standing;
    this.#timer = { cancel: () => undefined };
    this.#waitForEnd();
  }

  get cut(): Cut | undefined {
    return this.#cut?.cut;
  }

  get isReplaced(): boolean {
    const { own } = this.#standing;
    if (own === undefined) return false;
    try {
      return this.#tracker.identity.svid().serialHex !== own.serialHex;
    } catch (error) {
      // There is none at all: the check of its own says why.
      if (error instanceof IssuerError) return false;
      throw error;
    }
  }

  check(look: Look): void {
    if (this.#cut !== undefined) return;
    const cut = this.#standing.check(look);
    // No grace goes on past the expiry.
    if (cut !== undefined) this.#end(cut, Math.min(this.#tracker.graceMs, this.#leftMs));
    else if (this.#leftMs === 0) this.#end(cutBy("expired", this.#standing.whose), 0);
    else if (
      this.#standing.endsAt !== undefined &&
      Math.abs(this.#endsAtMs - this.#plannedMs) > TIME_LEARNED_MS
    ) {
      // Planned by a clock that has been set since, or has heard what time it is.
      this.#timer.cancel();
      this.#waitForEnd();
    }
  }

  /** Its expiry, in monotonic time. */
  get #endsAtMs(): number {
    return this.#tracker.identity.clock.monotonicMs() + this.#leftMs;
  }

  /** By the clock, which may have been set since the timer was. */
  get #leftMs(): number {
    const { endsAt } = this.#standing;
    if (endsAt === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(endsAt.getTime() - this.#tracker.identity.clock.now().getTime(), 0);
  }

  /** The connection is closed. */
  over(): void {
    this.#timer.cancel();
    if (this.#cut === undefined || this.#reported) return;
    this.#reported = true;
    const { cut, sinceMs } = this.#cut;
    const ms = this.#tracker.identity.clock.monotonicMs() - sinceMs;
    this.#tracker.identity.cutting?.onCut?.({ ...cut, peer: this.#standing.peer, ms });
  }

  #waitForEnd(): void {
    const { endsAt, whose } = this.#standing;
    if (endsAt === undefined) return;
    const { clock } = this.#tracker.identity;
    const leftMs = this.#leftMs;
    this.#plannedMs = this.#endsAtMs;
    const graceMs = Math.min(this.#tracker.graceMs + LAST_WORD_MS, leftMs * GRACE_PART);
    this.#timer = clock.schedule(leftMs - graceMs, () => {
      const cut = cutBy("expired", whose);
      if (this.#isGentle) this.#end(cut, graceMs);
      else this.#timer = clock.schedule(graceMs, () => this.#end(cut, 0));
    });
  }

  get #isGentle(): boolean {
    return this.gentle !== undefined || sessionOn(this.#socket) !== undefined;
  }

  #end(cut: Cut, graceMs: number): void {
    const { clock } = this.#tracker.identity;
    this.#timer.cancel();
    this.#cut = { cut, sinceMs: clock.monotonicMs() };
    const { gentle } = this;
    const session = sessionOn(this.#socket);
    if (graceMs === 0 || (gentle === undefined && session === undefined)) {
      this.#destroy(cut);
      return;
    }
    const wordMs = Math.min(LAST_WORD_MS, graceMs);
    const lastWord = (): void => {
      gentle?.lastWord?.(cut);
      this.#timer = clock.schedule(wordMs, () => this.#destroy(cut));
    };
    this.#timer = clock.schedule(graceMs - wordMs, lastWord);
    if (session !== undefined) drainSession(session, cut);
    gentle?.drain(cut);
  }

  #destroy(cut: Cut): void {
    // A session's streams fail by themselves, and a session without a listener for errors must not end the process.
    const quiet = this.#standing.tellsOwner !== true || sessionOn(this.#socket) !== undefined;
    this.#socket.destroy(quiet ? undefined : errorOf(cut));
  }
}

/** All that stands on one identity: it ends when what it was opened with does. */
class Lifetimes {
  readonly identity: PeerIdentity;
  readonly graceMs: number;
  readonly #open = new Set<Life>();

  constructor(identity: PeerIdentity) {
    this.identity = identity;
    followSessions();
    this.graceMs = graceOf(identity.cutting?.graceMs);
    const check = (): void => {
      const look = new Look(identity);
      for (const life of [...this.#open]) life.check(look);
    };
    identity.denied?.onDenied(check);
    identity.onChange(check);
    identity.calls?.onChange(check);
  }

  watch(socket: Cuttable, standing: Standing): Life {
    const life = new Life(this, socket, standing);
    this.#open.add(life);
    lives.set(socket, life);
    socket.once("close", () => {
      this.#open.delete(life);
      life.over();
    });
    // Denied between the check of the handshake and now.
    life.check(new Look(this.identity));
    return life;
  }
}

const lifetimes = new WeakMap<PeerIdentity, Lifetimes>();
const lives = new WeakMap<object, Life>();

function lifetimesOf(identity: PeerIdentity): Lifetimes {
  let found = lifetimes.get(identity);
  if (found === undefined) {
    found = new Lifetimes(identity);
    lifetimes.set(identity, found);
  }
  return found;
}

/**
 * The grace in milliseconds.
 * @throws IssuerError CONFIG_INVALID when it is out of bounds.
 */
export function graceOf(graceMs = DEFAULT_GRACE_MS): number {
  if (graceMs >= 0 && graceMs <= LONGEST_GRACE_MS) return graceMs;
  throw new IssuerError(
    "CONFIG_INVALID",
    `the grace of ${graceMs} ms is not 0 to ${LONGEST_GRACE_MS}`,
  );
}

/** As `endWithIdentity`, with an error for whoever holds the socket: some clients notice nothing else. */
export function failWithIdentity(
  socket: Cuttable,
  peer: Peer,
  own: X509Svid,
  identity: PeerIdentity,
): void {
  watch(socket, peer, own, identity, true);
}

/**
 * Ends the socket at the earliest of: the peer's expiry, the expiry of the SVID of ours that it was opened with, either of
 * them denied, either one's authority removed from the bundle, the call not allowed by passport any more, our own identity taken away, denials too stale to go on.
 * @param peer undefined when the other side has shown none.
 * @throws IssuerError CONFIG_INVALID when the grace is out of bounds.
 */
export function endWithIdentity(
  socket: Cuttable,
  peer: Peer | undefined,
  own: X509Svid,
  identity: PeerIdentity,
): void {
  watch(socket, peer, own, identity, false);
}

function watch(
  socket: Cuttable,
  peer: Peer | undefined,
  own: X509Svid,
  identity: PeerIdentity,
  tellsOwner: boolean,
): void {
  const ownFirst = peer === undefined || own.notAfter < peer.expiresAt;
  const self = selfAsPeer(own, identity);
  lifetimesOf(identity).watch(socket, {
    endsAt: ownFirst ? own.notAfter : peer.expiresAt,
    whose: ownFirst ? "own" : "peer",
    peer,
    tellsOwner,
    own,
    check(look) {
      const cause = peer && causeAgainst(peer, identity, look);
      if (cause !== undefined) return cutBy(cause, "peer");
      const ownCause = look.loss ?? causeAgainst(self, identity, look);
      // That little is known says nothing of ourselves.
      return ownCause === undefined || ownCause === "stale" ? undefined : cutBy(ownCause, "own");
    },
  });
}

/** Ends what stands on a token. */
export function endWithToken(socket: Cuttable, standing: Standing, identity: PeerIdentity): void {
  lifetimesOf(identity).watch(socket, standing);
}

/** Why nothing is accepted any more by this identity of ours; undefined: it may. */
export function lossOf(identity: PeerIdentity): CutCause | undefined {
  try {
    identity.svid();
    return undefined;
  } catch (error) {
    // Expiry is each connection's own, and a bot that is closed leaves what is open to its user.
    if (error instanceof IssuerError) return causeOfLoss(error.code);
    throw error;
  }
}

/** Gives a watched socket, or what stands for one, its own way to end. False: it is not watched. */
export function endGently(socket: object, gentle: Gentle | undefined): boolean {
  const life = lives.get(socket);
  if (life === undefined) return false;
  life.gentle = gentle;
  return true;
}

/** What is about to end this socket; undefined: nothing is. */
export function cutOf(socket: object): Cut | undefined {
  return lives.get(socket)?.cut;
}

/** Whether the SVID of ours that this socket was opened with has been replaced: it should be left when that costs nobody anything. */
export function isReplacedOn(socket: object): boolean {
  return lives.get(socket)?.isReplaced ?? false;
}

function causeAgainst(peer: Peer, identity: PeerIdentity, look: Look): CutCause | undefined {
  const reason = look.denialOf(peer);
  if (reason !== undefined) return causeOf(reason);
  if (!isVouchedFor(peer, identity)) return "authority_removed";
  return isStillAccepted(peer) ? undefined : "not_allowed";
}
