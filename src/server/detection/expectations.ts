import { callsOf, termsOf } from "../../bots/index.ts";
import type { Expectations, Observation } from "../../detection/index.ts";
import type { BotRecord, Store } from "../../store/index.ts";

export interface ExpectationSettings {
  /** Most instances of a bot whose passport says nothing; undefined: any number. */
  readonly instanceLimit: number | undefined;
  /** Bots that a person may be behind, whatever their passport says. */
  readonly people: readonly string[];
}

/** Bots that are kept; those read first go first. */
const MOST_KEPT = 20_000;

interface Known {
  readonly bot: BotRecord;
  readonly mayCall: readonly string[];
}

/** What passports say as they stand, and else the configuration. */
export class PassportExpectations implements Expectations {
  readonly #store: Pick<Store, "getBot" | "onCommit">;
  readonly #settings: ExpectationSettings;
  readonly #people: ReadonlySet<string>;
  /** As the store has them: whatever changes a bot makes an end of all, since passports name others. undefined: there is no such bot. */
  readonly #known = new Map<string, Known | undefined>();
  #changes = 0;

  constructor(store: Pick<Store, "getBot" | "onCommit">, settings: ExpectationSettings) {
    this.#store = store;
    this.#settings = settings;
    this.#people = new Set(settings.people);
    store.onCommit((changed) => {
      if (!changed.some(({ kind }) => kind === "bot")) return;
      this.#changes += 1;
      this.#known.clear();
    });
  }

  /** Reads the passports that these observations are about, unless they are known. */
  async load(observations: readonly Pick<Observation, "bot">[]): Promise<void> {
    if (this.#known.size > MOST_KEPT) this.#known.clear();
    for (const { bot } of observations) {
      if (bot !== null && !this.#known.has(bot)) await this.#read(bot);
    }
  }

  async #read(name: string): Promise<void> {
    for (;;) {
      const changes = this.#changes;
      const bot = await this.#store.getBot(name);
      const known = bot && { bot, mayCall: (await callsOf(this.#store, bot)).mayCall };
      if (changes !== this.#changes) continue;
      this.#known.set(name, known);
      return;
    }
  }

  instanceLimit(bot: string): number | undefined {
    return this.#terms(bot)?.maxInstances ?? this.#settings.instanceLimit;
  }

  /** People have identities of their own, and bots that a passport or the configuration says. */
  personAllowed(bot: string): boolean {
    if (this.#known.get(bot)?.bot.kind === "operator" || this.#people.has(bot)) return true;
    return this.#terms(bot)?.personAllowed ?? false;
  }

  peersOf(bot: string) {
    const known = this.#known.get(bot);
    // A passport that names only bots that are not there names somebody all the same.
    if (known === undefined || termsOf(known.bot).mayCall.length === 0) return undefined;
    return { allowed: known.mayCall, since: known.bot.updatedAt };
  }

  /** undefined: the passport has none, and says nothing. */
  #terms(bot: string) {
    return this.#known.get(bot)?.bot.terms;
  }
}
