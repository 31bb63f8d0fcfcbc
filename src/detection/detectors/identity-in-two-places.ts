import type { Detector, Finding } from "../finding.ts";
import { networkOf } from "../network.ts";
import type { Observation } from "../observation.ts";
import { Recent } from "../recent.ts";

const HOUR_MS = 3_600_000;
/** How long what an instance did is held against what comes later. */
const LOOK_BACK_MS = 24 * HOUR_MS;
/** Two that hold one identity take it from each other, again and again. */
const SWITCH_WINDOW_MS = 15 * 60_000;
const SWITCHES = 4;
/** Of an instance that comes again and again the last comings are enough. */
const MOST_RESUMES = 50;

interface Seen {
  /** Network of the last time that the instance was accepted. */
  readonly network: string | undefined;
  readonly resumes: readonly { readonly at: Date; readonly source: string }[];
  /** Serials that were shown and refused, with where. */
  readonly refused: readonly { readonly serial: string; readonly source: string }[];
  readonly evidence: readonly number[];
}

const NOTHING: Seen = { network: undefined, resumes: [], refused: [], evidence: [] };

/**
 * A copy of a state directory is used. An old SVID that comes back locks the instance already; here it is told from a backup
 * of one's own that was put back: the holder is connected meanwhile, or the copy comes from another network, or both go on, each
 * with its own serial.
 * After a restore of the issuer all SVIDs are denied, and the two show themselves by being refused.
 */
export function identityInTwoPlaces(): Detector {
  const instances = new Recent<Seen>(LOOK_BACK_MS);
  return {
    name: "identity_in_two_places",
    types: ["instance.created", "instance.resumed", "instance.locked", "attestation.refused"],
    observe(observation) {
      const { at, type, source, sequence } = observation;
      const id = observation.instance;
      if (id === null) return [];
      const seen = instances.get(id, at) ?? NOTHING;
      const evidence = [...seen.evidence, sequence].slice(-20);
      if (type === "instance.created" || type === "instance.resumed") {
        const resumes = [...seen.resumes.slice(1 - MOST_RESUMES), { at, source }].filter(
          (each) => at.getTime() - each.at.getTime() <= SWITCH_WINDOW_MS,
        );
        const now = { ...seen, network: networkOf(source) ?? seen.network, resumes, evidence };
        instances.set(id, now, at);
        const switches = switchesOf(resumes.map((each) => each.source));
        if (switches < SWITCHES) return [];
        const places = [...new Set(resumes.map((each) => each.source))].join(", ");
        return [
          found(
            observation,
            evidence,
            "high",
            `was taken over ${switches} times within 15 minutes from ${places}`,
            { places },
          ),
        ];
      }
      if (type === "instance.locked" && observation.details.connected === "yes") {
        instances.set(id, { ...seen, evidence }, at);
        const text =
          "is held twice: an SVID that was replaced came back while its holder was connected";
        return [found(observation, evidence, "critical", text, {})];
      }
      if (type !== "attestation.refused" || !isHolderRefused(observation)) return [];
      const serial = observation.details.serial ?? "";
      const refused = [...seen.refused, { serial, source }].slice(-100);
      instances.set(id, { ...seen, refused, evidence }, at);
      const elsewhere =
        observation.code === "INSTANCE_LOCKED" &&
        seen.network !== undefined &&
        networkOf(source) !== undefined &&
        networkOf(source) !== seen.network;
      if (elsewhere) {
        const text = `was shown from ${source}; its own place is ${seen.network}`;
        return [
          found(observation, evidence, "critical", text, { source, usual: seen.network ?? "" }),
        ];
      }
      const serials = new Set(refused.map((each) => each.serial));
      if (serials.size < 2) return [];
      const text = `is held twice: ${serials.size} of its SVIDs are in use at the same time`;
      return [found(observation, evidence, "critical", text, { serials: [...serials].join(" ") })];
    },
  };
}

/** Whoever is refused so has proven to hold a key of the instance. */
function isHolderRefused({ code, details }: Observation): boolean {
  return (code === "INSTANCE_LOCKED" || code === "DENIED") && details.serial !== undefined;
}

function switchesOf(sources: readonly string[]): number {
  return sources.filter((source, index) => index > 0 && source !== sources[index - 1]).length;
}

function found(
  { at, bot, instance }: Observation,
  evidence: readonly number[],
  severity: Finding["severity"],
  text: string,
  facts: Finding["facts"],
): Finding {
  return {
    detector: "identity_in_two_places",
    severity,
    at,
    bot,
    instance,
    subject: instance ?? "",
    summary: `The identity of an instance of ${bot} ${text}.`,
    facts,
    evidence,
  };
}
