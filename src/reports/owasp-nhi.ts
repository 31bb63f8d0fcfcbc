import {
  activeBots,
  askedBy,
  counted,
  isProduction,
  isTokenOnly,
  liveEntries,
  liveTokens,
  type ReportFacts,
  showSeconds,
} from "./facts.ts";
import type { Check, Seen } from "./form.ts";

const DAY_MS = 86_400_000;
const IDLE_DAYS = 90;
/** Longest life of an X509-SVID that is no long-lived secret. */
const LONG_X509_SECONDS = 12 * 3600;
const LONG_JWT_SECONDS = 1800;
const LONG_TOKEN_MS = 12 * 3_600_000;
const MANY_AUDIENCES = 10;

type Pair = ReturnType<typeof liveEntries>[number];

/** OWASP Non-Human Identities Top 10 of 2025, each by what an issuer can see of it. */
export const OWASP_NHI: readonly Check<ReportFacts>[] = [
  {
    id: "NHI1",
    title: "Improper offboarding",
    check: `Active bots have an owner in office, their end date is ahead, they were seen within ${IDLE_DAYS} days; those stopped hold no active instance.`,
    remedy: "Hand the bot over with `bot update --owner`, or `bot retire` it.",
    look(facts) {
      const { now, operators, instances, bots } = facts;
      const removed = new Set(
        operators.filter(({ removedAt }) => removedAt !== null).map(({ name }) => name),
      );
      const lastSeen = new Map<string, number>();
      for (const { bot, lastSeenAt } of instances) {
        lastSeen.set(bot, Math.max(lastSeen.get(bot) ?? 0, lastSeenAt.getTime()));
      }
      const faults = activeBots(facts).flatMap((bot) => {
        const seen = lastSeen.get(bot.name) ?? bot.createdAt.getTime();
        return [
          ...(removed.has(bot.owner)
            ? [`bot ${bot.name}: its owner, operator ${bot.owner}, was removed`]
            : []),
          ...(bot.endsAt !== null && bot.endsAt <= now
            ? [`bot ${bot.name}: its end date ${bot.endsAt.toISOString()} is past`]
            : []),
          ...(now.getTime() - seen > IDLE_DAYS * DAY_MS
            ? [`bot ${bot.name}: not seen since ${new Date(seen).toISOString()}`]
            : []),
        ];
      });
      const stopped = new Set(
        bots.filter(({ state }) => state !== "active").map(({ name }) => name),
      );
      for (const { id, bot, state } of instances) {
        if (state === "active" && stopped.has(bot)) {
          faults.push(`instance ${id} of ${bot}: active, and the bot is stopped`);
        }
      }
      const good = `${counted(activeBots(facts).length, "active bot")} with owners in office; ${counted(stopped.size, "bot")} stopped or retired, none of them with an active instance`;
      return { faults, good };
    },
  },
  {
    id: "NHI2",
    title: "Secret leakage",
    check:
      "No live join token was tried by a second key, and no copy of a state directory or a token is an open finding.",
    remedy:
      "Revoke the token or ban the instance, find out where it leaked, then `findings ack` with what was found.",
    look(facts) {
      const faults = liveTokens(facts)
        .filter(({ refused }) => refused > 0)
        .map(
          ({ id, bot, refused }) =>
            `token ${id} of ${bot}: tried by ${counted(refused, "further key")}`,
        );
      faults.push(...openFindings(facts, "token_second_key", "identity_in_two_places"));
      const good = `${counted(liveTokens(facts).length, "live token")}, only hashes of them stored, none tried by a second key; no open finding of a copy`;
      return { faults, good };
    },
  },
  {
    id: "NHI3",
    title: "Vulnerable third-party NHI",
    check:
      "Bots that come by a third party's platform (OIDC tokens) have an end date, so that the trust is looked at again.",
    remedy: "Set an end date with `bot update --ends`.",
    look(facts) {
      const third = thirdParty(facts);
      const bots = new Map(third.map(({ bot }) => [bot.name, bot]));
      return {
        faults: [...bots.values()]
          .filter(({ endsAt }) => endsAt === null)
          .map(({ name }) => `bot ${name}: trusted by a platform's word, without an end date`),
        good: `${counted(bots.size, "bot")} by platforms, each with an end date`,
        ...none(bots.size, "no bot comes by a platform"),
      };
    },
  },
  {
    id: "NHI4",
    title: "Insecure authentication",
    check: "In production no bot proves itself by a join token alone, and TLS is at least 1.3.",
    remedy:
      "Give the bot an entry by attested facts (unix, x509pop, oidc) and delete that of the token; set tls_min_version.",
    look(facts) {
      const production = activeBots(facts).filter(isProduction);
      const faults = production
        .filter(({ name }) => isTokenOnly(facts.entries.get(name) ?? []))
        .map(
          ({ name, environment }) => `bot ${name} (${environment}): a join token alone lets it in`,
        );
      const { tlsMinVersion } = facts.settings;
      if (tlsMinVersion !== "TLSv1.3") faults.push(`tls_min_version is ${tlsMinVersion}`);
      const good = `TLS 1.3; ${counted(production.length, "bot")} in production, each by attested facts`;
      return { faults, good };
    },
  },
  {
    id: "NHI5",
    title: "Overprivileged NHI",
    check: `No entry allows more than ${MANY_AUDIENCES} audiences, a wildcard name, or the user root; nobody both registers and approves.`,
    remedy: "Split the bot, name what it needs, run it as a user of its own; split the roles.",
    look(facts) {
      const pairs = liveEntries(facts);
      const faults = pairs.flatMap(({ bot, entry }) => [
        ...(entry.audiences.length > MANY_AUDIENCES
          ? [`entry ${entry.id} of ${bot.name}: ${entry.audiences.length} audiences`]
          : []),
        ...entry.dnsNames
          .filter((each) => each.startsWith("*"))
          .map((each) => `entry ${entry.id} of ${bot.name}: DNS name ${each}`),
        ...(entry.selectors.some(({ type, value }) => type === "unix" && value === "uid:0")
          ? [`entry ${entry.id} of ${bot.name}: for whatever runs as root`]
          : []),
      ]);
      for (const { name, roles, removedAt } of facts.operators) {
        if (removedAt !== null || roles.includes("admin")) continue;
        if (roles.includes("registrar") && roles.includes("approver")) {
          faults.push(`operator ${name}: registrar and approver`);
        }
      }
      const most = Math.max(0, ...pairs.map(({ entry }) => entry.audiences.length));
      return {
        faults,
        good: `${counted(pairs.length, "entry")}, the widest with ${counted(most, "audience")}`,
      };
    },
  },
  {
    id: "NHI6",
    title: "Insecure cloud deployment configurations",
    check:
      "Entries for pipelines bind who asks by an id that cannot change hands (repository_id, project_id, a service account, sub), not by names alone.",
    remedy: "Add the id's selector: `entry update --selector`.",
    look(facts) {
      const third = thirdParty(facts);
      return {
        faults: third
          .filter(({ entry }) => !bindsId(entry))
          .map(
            ({ bot, entry }) =>
              `entry ${entry.id} of ${bot.name}: names only, which others can take over: ${askedBy(entry)}`,
          ),
        good: `${counted(third.length, "entry")} for platforms' tokens, each bound to an id`,
        ...none(third.length, "no entry is for a platform's tokens"),
      };
    },
  },
  {
    id: "NHI7",
    title: "Long-lived secrets",
    check: `X509-SVIDs live ${showSeconds(LONG_X509_SECONDS)} at most, JWT-SVIDs ${showSeconds(LONG_JWT_SECONDS)}, join tokens ${LONG_TOKEN_MS / 3_600_000} h.`,
    remedy: "Shorten it with `entry update`, or revoke the token and make a shorter one.",
    look(facts) {
      const { settings } = facts;
      const faults = liveEntries(facts).flatMap(({ bot, entry }) => {
        const x509 = entry.x509TtlSeconds ?? settings.x509DefaultSeconds;
        const jwt = entry.jwtTtlSeconds ?? settings.jwtDefaultSeconds;
        return [
          ...(x509 > LONG_X509_SECONDS
            ? [`entry ${entry.id} of ${bot.name}: X509-SVIDs of ${showSeconds(x509)}`]
            : []),
          ...(jwt > LONG_JWT_SECONDS && entry.audiences.length > 0
            ? [`entry ${entry.id} of ${bot.name}: JWT-SVIDs of ${showSeconds(jwt)}`]
            : []),
        ];
      });
      for (const { id, bot, createdAt, expiresAt } of liveTokens(facts)) {
        const life = expiresAt.getTime() - createdAt.getTime();
        if (life > LONG_TOKEN_MS) {
          faults.push(`token ${id} of ${bot}: valid for ${showSeconds(Math.round(life / 1000))}`);
        }
      }
      const longest = Math.max(
        settings.x509DefaultSeconds,
        ...liveEntries(facts).map(({ entry }) => entry.x509TtlSeconds ?? 0),
      );
      return { faults, good: `the longest X509-SVID lives ${showSeconds(longest)}` };
    },
  },
  {
    id: "NHI8",
    title: "Environment isolation",
    check:
      "No two environments share what proves a bot, and no entry lets a node of another environment speak for it.",
    remedy: "Give each environment selectors and nodes of its own.",
    look(facts) {
      const environments = new Set(activeBots(facts).map(({ environment }) => environment));
      const faults = shared(facts, (a, b) => a.environment !== b.environment).map(
        ({ text, names }) => `${names} share: ${text}`,
      );
      const environmentOf = new Map(facts.bots.map(({ name, environment }) => [name, environment]));
      for (const { bot, entry } of liveEntries(facts)) {
        for (const node of entry.nodes) {
          const other = environmentOf.get(node);
          if (other !== undefined && other !== bot.environment) {
            faults.push(
              `entry ${entry.id} of ${bot.name} (${bot.environment}): by node ${node} (${other})`,
            );
          }
        }
      }
      return {
        faults,
        good: `${counted(environments.size, "environment")}, nothing shared: ${[...environments].sort().join(", ")}`,
        ...(environments.size < 2 ? { notApplicable: "there is one environment only" } : {}),
      };
    },
  },
  {
    id: "NHI9",
    title: "NHI reuse",
    check:
      "Within an environment no two bots are proven by the same, no live join token is for several keys, and no bot runs more often than it may.",
    remedy: "Give each program a bot, selectors and tokens of its own.",
    look(facts) {
      const faults = shared(facts, (a, b) => a.environment === b.environment).map(
        ({ text, names }) => `${names} share: ${text}`,
      );
      for (const { id, bot, uses } of liveTokens(facts)) {
        if (uses > 1) faults.push(`token ${id} of ${bot}: for ${uses} keys`);
      }
      faults.push(...openFindings(facts, "instance_count"));
      return {
        faults,
        good: `${counted(liveEntries(facts).length, "entry")}, each for one bot alone`,
      };
    },
  },
  {
    id: "NHI10",
    title: "Human use of NHI",
    check:
      "No operator has minted an SVID of a bot that is still live, and no person behind a bot is an open finding.",
    remedy: "`revoke` what was minted; let people use identities of their own (`operator invite`).",
    look(facts) {
      const faults = facts.minted.map(
        ({ kind, id, bot, notAfter }) =>
          `${kind === "x509" ? "X509-SVID" : "JWT-SVID"} ${id} of ${bot}: minted by an operator, live until ${notAfter.toISOString()}`,
      );
      faults.push(...openFindings(facts, "person_behind_bot"));
      return { faults, good: "no live SVID was minted; no open finding of a person behind a bot" };
    },
  },
];

function openFindings({ findings }: ReportFacts, ...detectors: readonly string[]): string[] {
  return findings
    .filter(({ detector }) => detectors.includes(detector))
    .map(({ id, summary }) => `finding ${id}: ${summary}`);
}

function none(count: number, why: string): Pick<Seen, "notApplicable"> {
  return count === 0 ? { notApplicable: why } : {};
}

function thirdParty(facts: ReportFacts): readonly Pair[] {
  return liveEntries(facts).filter(({ entry }) =>
    entry.selectors.some(({ type }) => type === "oidc"),
  );
}

/** `oidc:<issuer>:<claim>:<value>`. A subject of GitHub or GitLab is made of names. */
const ID_CLAIM =
  /^[^:]+:(repository_id|repository_owner_id|project_id|namespace_id|serviceaccount|serviceaccount_uid|instance_id|sub(?!:(repo|project_path):))(:|$)/;

function bindsId({ selectors }: Pair["entry"]): boolean {
  return selectors.some(({ type, value }) => type === "oidc" && ID_CLAIM.test(value));
}

/** Bots whose entries ask for the same. Join tokens name their bot, and are nobody else's. */
function shared(
  facts: ReportFacts,
  matters: (a: Pair["bot"], b: Pair["bot"]) => boolean,
): readonly { readonly text: string; readonly names: string }[] {
  const found: { text: string; names: string }[] = [];
  for (const [text, pairs] of Map.groupBy(liveEntries(facts), ({ entry }) => askedBy(entry))) {
    const bots = [...new Map(pairs.map(({ bot }) => [bot.name, bot])).values()];
    const wrong = bots.filter((bot) => bots.some((other) => other !== bot && matters(bot, other)));
    if (wrong.length === 0) continue;
    const names = wrong.map(({ name, environment }) => `${name} (${environment})`).join(", ");
    found.push({ text, names: `bots ${names}` });
  }
  return found;
}
