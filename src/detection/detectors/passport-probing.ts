import type { Detector } from "../finding.ts";
import { networkOf } from "../network.ts";
import { Recent } from "../recent.ts";

const WINDOW_MS = 15 * 60_000;
/** Different things that were asked for within the window, none of which the bot has had. */
const DIFFERENT = 4;
/** Or so few, asked for so often. */
const FEW = 2;
const OFTEN = 60;
/** What it had not so long ago and is refused now was taken away: whoever asks for it has not heard. */
const HAD_MS = 90 * 86_400_000;
/** After a change of passport or entry, bots and their configuration come together again. */
const SETTLES_MS = 30 * 60_000;
const MOST_BOTS = 20_000;
const MOST_AUDIENCES = 64;
const MOST_KEPT = 200;

/** By what a passport or its entry refuses what it never allowed. */
const RULES: ReadonlySet<string> = new Set([
  "entry.audiences",
  "passport.audiences",
  "passport.networks",
  "passport.attestors",
  "passport.person",
]);
const CHANGES: ReadonlySet<string> = new Set([
  "bot.registered",
  "bot.updated",
  "bot.approved",
  "entry.created",
  "entry.updated",
  "entry.approved",
]);

interface Asked {
  readonly at: Date;
  readonly what: string;
  readonly times: number;
  readonly sequence: number;
}

/**
 * An identity, or somebody who tries to be one, asks for ever other things that its passport never had: audiences, networks,
 * attestors. One that is configured wrong asks for the same again and again.
 */
export function passportProbing(): Detector {
  const asked = new Recent<readonly Asked[]>(WINDOW_MS, MOST_BOTS);
  const had = new Recent<Set<string>>(HAD_MS, MOST_BOTS);
  const changed = new Recent<true>(SETTLES_MS, MOST_BOTS);
  return {
    name: "passport_probing",
    types: ["svid.issued", "svid.refused", "attestation.refused", ...CHANGES],
    observe(observation) {
      const { at, type, bot, instance, sequence } = observation;
      if (bot === null) return [];
      if (CHANGES.has(type)) {
        changed.set(bot, true, at);
        return [];
      }
      // Only now: of what changes a passport the details need not be read.
      const { details } = observation;
      if (type === "svid.issued") {
        if (details.audience !== undefined) remember(had, bot, details.audience.split(" "), at);
        return [];
      }
      if (type !== "svid.refused" && type !== "attestation.refused") return [];
      const { rule = "" } = details;
      if (!RULES.has(rule)) return [];
      const what = whatOf(rule, details, observation.source);
      const wasHad = details.audience !== undefined && had.get(bot, at)?.has(details.audience);
      if (wasHad === true || changed.get(bot, at) === true) return [];
      // All instances of a bot are configured alike.
      const recent = (asked.get(bot, at) ?? []).filter(
        (each) => at.getTime() - each.at.getTime() <= WINDOW_MS,
      );
      const times = 1 + Number(details.notRecorded ?? 0);
      recent.push({ at, what, times, sequence });
      if (recent.length > MOST_KEPT) recent.shift();
      asked.set(bot, recent, at);
      const different = new Set(recent.map((each) => each.what));
      const total = recent.reduce((sum, each) => sum + each.times, 0);
      const isProbing = different.size >= DIFFERENT || (different.size >= FEW && total >= OFTEN);
      if (!isProbing) return [];
      const list = [...different].slice(0, 8).join(", ");
      return [
        {
          detector: "passport_probing",
          severity: "high",
          at,
          bot,
          instance,
          subject: bot,
          summary: `${bot} was refused ${different.size} different things that its passport never allowed, ${total} times within 15 minutes: ${list}.`,
          facts: { different: String(different.size), refusals: String(total), asked: list },
          evidence: recent.slice(-20).map((each) => each.sequence),
        },
      ];
    },
  };
}

function whatOf(rule: string, details: Readonly<Record<string, string>>, source: string): string {
  if (details.audience !== undefined) return `audience ${details.audience.slice(0, 100)}`;
  if (rule === "passport.networks") return `network ${networkOf(source) ?? "local"}`;
  return `${rule} ${details.attestor ?? details.kind ?? ""}`;
}

function remember(
  had: Recent<Set<string>>,
  bot: string,
  audiences: readonly string[],
  at: Date,
): void {
  const known = had.get(bot, at) ?? new Set<string>();
  for (const each of audiences) {
    known.delete(each);
    known.add(each);
    const [oldest] = known;
    if (known.size > MOST_AUDIENCES && oldest !== undefined) known.delete(oldest);
  }
  had.set(bot, known, at);
}
