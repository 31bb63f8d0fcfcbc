import { identityInTwoPlaces } from "./detectors/identity-in-two-places.ts";
import { instanceCount } from "./detectors/instance-count.ts";
import { issuanceRise } from "./detectors/issuance-rise.ts";
import { outsidePeers } from "./detectors/outside-peers.ts";
import { passportProbing } from "./detectors/passport-probing.ts";
import { personBehindBot } from "./detectors/person-behind-bot.ts";
import { refusalBurst } from "./detectors/refusal-burst.ts";
import { sourceNetworkChanged } from "./detectors/source-network-changed.ts";
import { tokenSecondKey } from "./detectors/token-second-key.ts";
import type { Detector, Expectations, Finding } from "./finding.ts";
import type { Observation } from "./observation.ts";
import { Recent } from "./recent.ts";

/** Of what goes on for hours, one finding an hour is enough. */
const QUIET_MS = 3_600_000;

/** There are fewer; whoever can write records can make up others. */
const MOST_TYPES = 1000;

const NOTHING: readonly Finding[] = [];

/** All detectors over one stream of observations. */
export class Detection {
  readonly #detectors: readonly Detector[];
  /** Those that look at a type. */
  readonly #byType = new Map<string, readonly Detector[]>();
  readonly #told = new Recent<true>(QUIET_MS);

  constructor(expectations: Expectations) {
    this.#detectors = [
      identityInTwoPlaces(),
      tokenSecondKey(),
      instanceCount(expectations),
      sourceNetworkChanged(),
      personBehindBot(expectations),
      outsidePeers(expectations),
      issuanceRise(),
      refusalBurst(),
      passportProbing(),
    ];
  }

  /** What the observation, after all those before it, gives reason to say. In the order of time, please. */
  observe(observation: Observation): readonly Finding[] {
    let news: readonly Finding[] = NOTHING;
    for (const detector of this.#detectorsOf(observation.type)) {
      const found = detector.observe(observation);
      if (found.length > 0) news = [...news, ...found.filter((each) => this.#isNews(each))];
    }
    return news;
  }

  #detectorsOf(type: string): readonly Detector[] {
    const known = this.#byType.get(type);
    if (known !== undefined) return known;
    const those = this.#detectors.filter(({ types }) => types?.includes(type) ?? true);
    if (this.#byType.size < MOST_TYPES) this.#byType.set(type, those);
    return those;
  }

  #isNews({ detector, subject, at }: Finding): boolean {
    const key = `${detector} ${subject}`;
    if (this.#told.get(key, at) !== undefined) return false;
    this.#told.set(key, true, at);
    return true;
  }
}
