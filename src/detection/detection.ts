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

/** All detectors over one stream of observations. */
export class Detection {
  readonly #detectors: readonly Detector[];
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
    return this.#detectors.flatMap((detector) =>
      detector.observe(observation).filter((finding) => {
        const key = `${finding.detector} ${finding.subject}`;
        if (this.#told.get(key, finding.at) !== undefined) return false;
        this.#told.set(key, true, finding.at);
        return true;
      }),
    );
  }
}
