import type { SpiffeId } from "../spiffe/index.ts";
import type { CallersUpdate__Output, Calls__Output } from "../wire/index.ts";

/** A call as passports see it: ours, or one that comes to us. */
export interface PassportCall {
  readonly own: SpiffeId;
  readonly peer: SpiffeId;
  /** `caller`: it calls us; `service`: we call it. */
  readonly peerIs: "caller" | "service";
}

/** Why passports do not allow a call. */
export interface CallRefusal {
  /** `called_by` of the service, `may_call` of the caller, `called_by, may_call`: both; `untold`: nobody has told what they say. */
  readonly rule: string;
  /** Lower case, no final period. */
  readonly why: string;
}

/** Who tells whom passports let call whom. */
export interface PassportCalls {
  /** Undefined: the call is allowed. */
  refusal(call: PassportCall): CallRefusal | undefined;
  /** Asks to be told who may call, from now on. Services do so by themselves. */
  follow(): void;
  /** Resolves when that is known, or cannot be. */
  ready(): Promise<void>;
  /** Calls back when it changes. @returns stops the calls. */
  onChange(listener: () => void): () => void;
}

/** SPIFFE IDs, and prefixes of some. */
class Patterns {
  readonly #exact: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  constructor(patterns: readonly string[]) {
    this.#exact = new Set(patterns.filter((each) => !each.endsWith("/*")));
    this.#prefixes = patterns
      .filter((each) => each.endsWith("/*"))
      .map((each) => each.slice(0, -1));
  }

  name(id: string): boolean {
    return this.#exact.has(id) || this.#prefixes.some((each) => id.startsWith(each));
  }
}

/** What is known of one identity's calls. */
class Identity {
  /** To see whether it has changed. */
  text = "";
  mayCall: Patterns | undefined;
  calledBy: Patterns | undefined;
  callers: Set<string> | undefined;
  /** The parts of a snapshot that is not whole yet. */
  next: Set<string> | undefined;
  /** The feed position up to which `callers` is current; 0: they are not known. */
  sequence = 0;
}

/** What passports say of the calls of a bot's identities, as far as the server has told. To ask takes as long among many callers as among few. */
export class CallRules {
  readonly #identities = new Map<string, Identity>();
  readonly #listeners = new Set<() => void>();

  /** Takes what the server says of an identity's own passport. @param calls null: the server does not tell. */
  setOwn(spiffeId: string, calls: Calls__Output | null): void {
    const identity = this.#of(spiffeId);
    const text = JSON.stringify(calls);
    if (text === identity.text) return;
    identity.text = text;
    identity.mayCall = calls === null ? undefined : new Patterns(calls.mayCall);
    identity.calledBy = calls === null ? undefined : new Patterns(calls.calledBy);
    this.#tell();
  }

  /** The identity is not held any more. */
  drop(spiffeId: string): void {
    if (this.#identities.delete(spiffeId)) this.#tell();
  }

  /** What to subscribe with, for those identities of which the server tells. */
  positions(spiffeIds: readonly string[]) {
    return spiffeIds.flatMap((spiffeId) => {
      const { calledBy, sequence } = this.#of(spiffeId);
      return calledBy === undefined ? [] : [{ spiffeId, afterSequence: sequence }];
    });
  }

  /** A new stream: what came in part on the one before is dropped. */
  restart(): void {
    for (const identity of this.#identities.values()) identity.next = undefined;
  }

  /**
   * Takes in a snapshot, a delta, or a part of one.
   * @returns false: something between what is known and this delta is missing; ask again.
   */
  apply(update: CallersUpdate__Output): boolean {
    const identity = this.#identities.get(update.spiffeId);
    if (identity === undefined) return true;
    if (update.snapshot) identity.next ??= new Set();
    else if (identity.callers === undefined || update.afterSequence !== identity.sequence) {
      return false;
    }
    const callers = identity.next ?? identity.callers ?? new Set();
    for (const each of update.removed) callers.delete(each);
    for (const each of update.added) callers.add(each);
    if (update.more) return true;
    identity.callers = callers;
    identity.next = undefined;
    identity.sequence = update.sequence;
    if (update.snapshot || update.added.length + update.removed.length > 0) this.#tell();
    return true;
  }

  /** How many may call, as far as their own passports are concerned. */
  callersOf(spiffeId: string): number {
    return this.#identities.get(spiffeId)?.callers?.size ?? 0;
  }

  refusal({ own, peer, peerIs }: PassportCall): CallRefusal | undefined {
    const ownId = own.toString();
    const peerId = peer.toString();
    const identity = this.#identities.get(ownId) ?? new Identity();
    const { mayCall, calledBy, callers } = identity;
    if (mayCall === undefined || calledBy === undefined) {
      return untold(
        identity.text === ""
          ? "the issuer was not reached yet, and has not told what passports allow"
          : "the issuer does not tell what passports allow: it is of an older version",
      );
    }
    if (peerIs === "service") {
      if (mayCall.name(peerId)) return undefined;
      return { rule: "may_call", why: `may_call in the passport of ${ownId} does not name it` };
    }
    const named = calledBy.name(peerId);
    // Its passport, if it has one, is another issuer's: only ours can speak.
    if (!peer.memberOf(own.trustDomain)) {
      return named ? undefined : { rule: "called_by", why: notCalledBy(ownId) };
    }
    if (callers === undefined) return untold("the issuer has not told yet who may call");
    const names = callers.has(peerId);
    if (named && names) return undefined;
    if (named) return { rule: "may_call", why: `may_call in its passport does not name ${ownId}` };
    if (names) return { rule: "called_by", why: notCalledBy(ownId) };
    return { rule: "called_by, may_call", why: "no passport names this call" };
  }

  /** @returns stops the calls. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #of(spiffeId: string): Identity {
    const identity = this.#identities.get(spiffeId) ?? new Identity();
    this.#identities.set(spiffeId, identity);
    return identity;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function notCalledBy(own: string): string {
  return `called_by in the passport of ${own} does not name it`;
}

/** Nobody has told what passports say. */
export function untold(why: string): CallRefusal {
  return { rule: "untold", why };
}
