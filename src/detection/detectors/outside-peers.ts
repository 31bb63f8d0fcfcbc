import type { Detector, Expectations } from "../finding.ts";

/** Reports are added up over a while: what came in so soon after a change may be of the time before it. */
const GRACE_MS = 10 * 60_000;

/** A service was called by a bot whose passport does not name it. */
export function outsidePeers(expectations: Expectations): Detector {
  return {
    name: "outside_peers",
    types: ["usage.reported"],
    observe({ at, type, bot, details }) {
      const { peer } = details;
      if (type !== "usage.reported" || bot === null || peer === undefined) return [];
      const peers = expectations.peersOf(bot);
      if (peers === undefined || peers.allowed.some((each) => isOf(each, peer))) return [];
      if (at.getTime() - peers.since.getTime() < GRACE_MS) return [];
      return [
        {
          detector: "outside_peers",
          severity: "high",
          at,
          bot,
          instance: null,
          subject: `${bot} ${peer}`,
          summary: `${bot} called ${peer}, which its passport does not name.`,
          facts: { peer, calls: details.calls ?? "1" },
          evidence: [],
        },
      ];
    },
  };
}

/** @param pattern a SPIFFE ID, or all below one: `spiffe://…/*`. */
function isOf(pattern: string, id: string): boolean {
  return pattern.endsWith("/*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}
