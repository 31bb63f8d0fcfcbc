import type { Clock } from "../../clock.ts";
import { errorCodeOf } from "../../errors.ts";
import type { Bundle } from "../../spiffe/index.ts";
import type { ChangeRecord } from "../../store/index.ts";
import type { Callers } from "./caller.ts";
import type { ConnectionFacts } from "./facts.ts";

/** Kinds of changes after which an operator may be none any more. */
const CONCERNING: ReadonlySet<string> = new Set(["operator", "bot", "denial"]);

/** Connections of operators: none outlives the record or the SVID that it was opened with. */
export class OperatorConnections {
  readonly #callers: Callers;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  /** With the operator's name. */
  readonly #open = new Map<ConnectionFacts, string>();

  constructor(options: {
    readonly callers: Callers;
    readonly clock: Clock;
    readonly onError: (error: unknown) => void;
  }) {
    this.#callers = options.callers;
    this.#clock = options.clock;
    this.#onError = options.onError;
  }

  /** Takes a connection that was just accepted; those that are no operator's are let go again. */
  add(facts: ConnectionFacts): void {
    if (!this.#callers.concerns(facts)) return;
    this.#callers.identify(facts).then(
      (caller) => {
        if (caller.record !== undefined) this.#keep(facts, caller.record.name);
      },
      (error: unknown) => this.#refused(facts, error),
    );
  }

  /** Connections of operators that are open now. */
  get size(): number {
    return this.#open.size;
  }

  /** How many are open now. */
  countOf(operator: string): number {
    let count = 0;
    for (const name of this.#open.values()) if (name === operator) count += 1;
    return count;
  }

  /** A handler of the change follower: whoever is none any more is cut. */
  async onChanges(changes: readonly ChangeRecord[] | undefined): Promise<void> {
    if (changes?.some(({ kind }) => CONCERNING.has(kind)) === false) return;
    for (const facts of [...this.#open.keys()]) await this.#check(facts);
  }

  /** Ends those opened with an SVID whose authority has left the bundle. */
  dropUnvouched({ x509Authorities }: Bundle): void {
    for (const facts of [...this.#open.keys()]) {
      const authority = facts.peerSvid?.authorityDer;
      if (authority === undefined || x509Authorities.some((der) => authority.equals(der))) continue;
      facts.close();
    }
  }

  #keep(facts: ConnectionFacts, name: string): void {
    const left =
      facts.peerSvid === undefined
        ? undefined
        : facts.peerSvid.notAfter.getTime() - this.#clock.now().getTime();
    const timer =
      left === undefined ? undefined : this.#clock.schedule(Math.max(left, 0), facts.close);
    this.#open.set(facts, name);
    facts.onEnd?.(() => {
      timer?.cancel();
      this.#open.delete(facts);
    });
    // It may have changed since it was asked.
    this.#check(facts).catch(this.#onError);
  }

  async #check(facts: ConnectionFacts): Promise<void> {
    try {
      const caller = await this.#callers.identify(facts);
      if (caller.record === undefined) facts.close();
    } catch (error) {
      this.#refused(facts, error);
    }
  }

  /** A store that fails is no reason to cut; the next call asks it again. */
  #refused(facts: ConnectionFacts, error: unknown): void {
    const code = errorCodeOf(error);
    if (code === "STORE_UNAVAILABLE" || code === "INTERNAL") this.#onError(error);
    else if (this.#open.has(facts)) facts.close();
  }
}
