import type { Detector } from "../finding.ts";
import { networkOf } from "../network.ts";
import { Recent } from "../recent.ts";

const LEARN_MS = 24 * 3_600_000;
const LEARN_TIMES = 5;
/** A bot that was in more networks than these moves, and nothing can be said of it. */
const HOMES = 2;

interface Known {
  readonly sinceMs: number;
  readonly times: number;
  readonly networks: readonly string[];
}

/** A bot that was always in one or two networks (/16, /32) comes from another. */
export function sourceNetworkChanged(): Detector {
  const bots = new Recent<Known>(60 * LEARN_MS);
  return {
    name: "source_network_changed",
    types: ["instance.created", "instance.resumed"],
    observe({ at, type, bot, instance, source, sequence }) {
      if (bot === null || (type !== "instance.created" && type !== "instance.resumed")) return [];
      const network = networkOf(source, true);
      if (network === undefined) return [];
      const known = bots.get(bot, at) ?? { sinceMs: at.getTime(), times: 0, networks: [] };
      const isNew = !known.networks.includes(network);
      const networks = isNew ? [...known.networks, network].slice(-20) : known.networks;
      bots.set(bot, { ...known, times: known.times + 1, networks }, at);
      const learned = known.times >= LEARN_TIMES && at.getTime() - known.sinceMs >= LEARN_MS;
      if (!isNew || !learned || known.networks.length > HOMES) return [];
      const usual = known.networks.join(", ");
      return [
        {
          detector: "source_network_changed",
          severity: "medium",
          at,
          bot,
          instance,
          subject: `${bot} ${network}`,
          summary: `${bot} comes from ${source}; until now it was only in ${usual}.`,
          facts: { source, network, usual },
          evidence: [sequence],
        },
      ];
    },
  };
}
