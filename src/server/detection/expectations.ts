import { namedBots, peerPattern, termsOf } from "../../bots/index.ts";
import type { Expectations, Observation } from "../../detection/index.ts";
import type { BotRecord, StoreReader } from "../../store/index.ts";

export interface ExpectationSettings {
  /** Most instances of a bot whose passport says nothing; undefined: any number. */
  readonly instanceLimit: number | undefined;
  /** Bots that a person may be behind, whatever their passport says. */
  readonly people: readonly string[];
}

interface Known {
  readonly bot: BotRecord;
  readonly mayCall: readonly string[];
}

/** What passports say as they stand, and else the configuration. */
export class PassportExpectations implements Expectations {
  readonly #store: StoreReader;
  readonly #settings: ExpectationSettings;
  readonly #people: ReadonlySet<string>;
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(store: StoreReader, settings: ExpectationSettings) {
    this.#store = store;
    this.#settings = settings;
    this.#people = new Set(settings.people);
  }

  /** Reads the passports that these observations are about, in place of those of before. */
  async load(observations: readonly Observation[]): Promise<void> {
    const known = new Map<string, Known>();
    for (const { bot: name } of observations) {
      if (name === null || known.has(name)) continue;
      const bot = await this.#store.getBot(name);
      if (bot !== undefined) known.set(name, { bot, mayCall: await this.#patterns(bot) });
    }
    this.#known = known;
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
    if (known === undefined || known.mayCall.length === 0) return undefined;
    return { allowed: known.mayCall, since: known.bot.updatedAt };
  }

  /** undefined: the passport has none, and says nothing. */
  #terms(bot: string) {
    return this.#known.get(bot)?.bot.terms;
  }

  async #patterns(bot: BotRecord): Promise<readonly string[]> {
    const { mayCall } = termsOf(bot);
    const ids = new Map<string, string>();
    for (const name of namedBots(mayCall)) {
      const peer = await this.#store.getBot(name);
      if (peer !== undefined) ids.set(name, peer.spiffeId);
    }
    // A bot that is not there cannot be called; the pattern stays, so that the list is not taken for none.
    return mayCall.map((each) => peerPattern(each, (name) => ids.get(name)) ?? each);
  }
}
