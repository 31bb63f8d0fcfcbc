import type { Detector, Finding } from "../finding.ts";
import { networkOf } from "../network.ts";
import type { Observation } from "../observation.ts";
import { Recent } from "../recent.ts";

const LOOK_BACK_MS = 24 * 3_600_000;

interface Attempt {
  readonly token: string;
  readonly source: string;
  readonly sequence: number;
}

/**
 * A join token whose uses are taken is tried by a further key. A bot that has lost its state does so too: it comes from
 * where its instance was, and that instance is never heard of again.
 */
export function tokenSecondKey(): Detector {
  const networks = new Recent<string>(7 * LOOK_BACK_MS);
  const attempts = new Recent<Attempt>(LOOK_BACK_MS);
  return {
    name: "token_second_key",
    observe(observation) {
      const { at, type, instance, sequence } = observation;
      if (instance !== null && type !== "attestation.refused") {
        // Of an SVID it is not recorded where it went: that its instance came from somewhere is.
        const network = type === "svid.issued" ? undefined : networkOf(observation.source);
        if (network !== undefined) networks.set(instance, network, at);
        const attempt = attempts.get(instance, at);
        if (attempt === undefined || !isAlive(type)) return [];
        attempts.delete(instance);
        return [
          found(observation, attempt, "while the instance that holds it goes on", [sequence]),
        ];
      }
      if (type !== "attestation.refused") return [];
      const { source } = observation;
      const { token, heldBy } = observation.details;
      if (token === undefined || heldBy === undefined) return [];
      const attempt = { token, source, sequence };
      const holders = heldBy.split(" ").filter(Boolean);
      const known = holders.map((each) => networks.get(each, at)).filter(isText);
      const own = networkOf(source);
      if (own !== undefined && known.length > 0 && !known.includes(own)) {
        return [
          found(observation, attempt, `from ${source}; it was used from ${known.join(", ")}`),
        ];
      }
      for (const holder of holders) attempts.set(holder, attempt, at);
      return [];
    },
  };
}

function found(
  { at, bot, instance }: Observation,
  { token, source, sequence }: Attempt,
  how: string,
  more: readonly number[] = [],
): Finding {
  return {
    detector: "token_second_key",
    severity: "high",
    at,
    bot,
    instance,
    subject: token,
    summary: `Join token ${token} of ${bot} was tried by a second key ${how}.`,
    facts: { token, source },
    evidence: [sequence, ...more],
  };
}

function isAlive(type: string): boolean {
  return type === "svid.issued" || type === "instance.resumed";
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}
