import type { Detector } from "../finding.ts";
import { networkOf } from "../network.ts";
import { Recent } from "../recent.ts";

const WINDOW_MS = 5 * 60_000;
const SCORE = 20;
/** A bot that is refused tries again, with the same evidence: that says no more than the first few times. */
const MOST_OF_ONE = 3;
/** After a restore, or the loss of an authority, whole fleets are refused what they hold. */
const AFTERMATH_MS = 3_600_000;
const AFTERMATH: ReadonlySet<string> = new Set(["backup.restored", "authority.lost"]);
/** Who is not known is most often a host whose entry is yet to be made. */
const NO_IDENTITY_WEIGHT = 0.2;

/** So many that count are kept: more than enough for the score. */
const MOST_KEPT = 200;

interface Refusal {
  readonly at: Date;
  readonly key: string;
  readonly code: string;
  readonly weight: number;
  readonly sequence: number;
}

/** Many refusals from one network (/24, /48) within five minutes, of ever other evidence: somebody tries what fits. */
export function refusalBurst(): Detector {
  const networks = new Recent<readonly Refusal[]>(WINDOW_MS, 10_000);
  let upset: Date | undefined;
  return {
    name: "refusal_burst",
    types: ["attestation.refused", ...AFTERMATH],
    observe({ at, type, bot, code, source, details, sequence }) {
      if (AFTERMATH.has(type)) upset = at;
      if (type !== "attestation.refused" || code === null) return [];
      const isAftermath = upset !== undefined && at.getTime() - upset.getTime() < AFTERMATH_MS;
      if (isAftermath && details.serial !== undefined) return [];
      const network = networkOf(source) ?? "local";
      const recent = (networks.get(network, at) ?? []).filter(
        (each) => at.getTime() - each.at.getTime() <= WINDOW_MS,
      );
      const key = `${bot} ${code}`;
      const times = recent.filter((each) => each.key === key).length;
      if (bot !== null && times >= MOST_OF_ONE) return [];
      const weight = code === "NO_IDENTITY" ? NO_IDENTITY_WEIGHT : 1;
      recent.push({ at, key, code, weight, sequence });
      if (recent.length > MOST_KEPT) recent.shift();
      networks.set(network, recent, at);
      if (recent.reduce((sum, each) => sum + each.weight, 0) < SCORE) return [];
      const codes = [...new Set(recent.map((each) => each.code))].join(", ");
      return [
        {
          detector: "refusal_burst",
          severity: "medium",
          at,
          bot: null,
          instance: null,
          subject: network,
          summary: `At least ${recent.length} different refusals from ${network} within five minutes: ${codes}.`,
          facts: { network, refusals: String(recent.length), codes },
          evidence: recent.slice(-20).map((each) => each.sequence),
        },
      ];
    },
  };
}
