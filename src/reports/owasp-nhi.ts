import { termsOf } from "../bots/index.ts";
import type { BotRecord, EntryRecord } from "../store/index.ts";
import {
  activeBots,
  askedBy,
  asksSecondPerson,
  byTokenAlone,
  counted,
  IDLE_DAYS,
  liveEntries,
  liveTokens,
  productionBots,
  type ReportFacts,
  showSeconds,
  stoppedBots,
} from "./facts.ts";
import type { Check, Seen } from "./form.ts";

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
    check: `Active bots have an owner who is an operator in office, their end date is ahead, they were seen within ${IDLE_DAYS} days; in production they have a deputy too, and are reviewed in time. Those stopped hold no active instance.`,
    remedy:
      "Hand the bot over with `bot update --owner` and `--deputy`, look at it with `bot review`, or `bot retire` it; a policy of the environment asks for reviews.",
    look(facts) {
      const names = new Set(facts.bots.map(({ name }) => name));
      const instances = facts.instances.filter(({ bot }) => names.has(bot));
      const active = activeBots(facts);
      const production = new Set(productionBots(facts));
      const faults = active.flatMap((bot) => [
        ...ownerFaults(bot, facts),
        ...(production.has(bot) ? answerFaults(bot, facts) : []),
      ]);
      const stopped = stoppedBots(facts);
      for (const { id, bot, state } of instances) {
        if (state === "active" && stopped.has(bot)) {
          faults.push(`instance ${id} of ${bot}: active, and the bot is stopped`);
        }
      }
      return {
        faults,
        good: `owners in office, end dates ahead, none idle; no stopped bot has an active instance`,
        lookedAt: `${counted(active.length, "active bot")} (${production.size} in production), ${counted(stopped.size, "bot")} not active, ${counted(instances.length, "instance")}`,
        ...none(facts.bots.length, "there is no bot"),
      };
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
      return {
        faults,
        good: "no live token was tried by a second key (only hashes of them are stored), and no finding of a copy is open",
        lookedAt: `${counted(liveTokens(facts).length, "live token")}, ${counted(facts.findings.length, "open finding")}`,
      };
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
        good: "each bot that comes by a platform has an end date",
        lookedAt: `${counted(bots.size, "bot")} by platforms`,
        ...none(bots.size, "no bot comes by a platform"),
      };
    },
  },
  {
    id: "NHI4",
    title: "Insecure authentication",
    check: "In production no bot proves itself by a join token alone, and TLS is at least 1.3.",
    remedy:
      "Give the bot an entry by attested facts (unix, x509pop, oidc) and delete that of the token, or name its attestors (`bot update --allow-attestor`); set tls_min_version.",
    look(facts) {
      const production = productionBots(facts);
      const faults = byTokenAlone(facts).map(
        ({ name, environment }) => `bot ${name} (${environment}): a join token alone lets it in`,
      );
      const { tlsMinVersion } = facts.settings;
      if (tlsMinVersion !== "TLSv1.3") faults.push(`tls_min_version is ${tlsMinVersion}`);
      return {
        faults,
        good: "TLS 1.3; in production every way in asks for attested facts",
        lookedAt: `the listener, ${counted(production.length, "bot")} in production`,
      };
    },
  },
  {
    id: "NHI5",
    title: "Overprivileged NHI",
    check: `Nothing allows more than ${MANY_AUDIENCES} audiences, a wildcard name, every peer, or the user root; in production a second person has approved what each bot may have; nobody both registers and approves; no call outside of the allowed peers is an open finding.`,
    remedy:
      "Split the bot, name what it needs, run it as a user of its own; give the environment a policy with approval: second_person; split the roles.",
    look(facts) {
      const pairs = liveEntries(facts);
      const production = productionBots(facts);
      const faults = [
        ...pairs.flatMap(({ bot, entry }) => entryFaults(bot, entry)),
        ...activeBots(facts).flatMap((bot) =>
          termsOf(bot)
            .mayCall.filter((each) => EVERYBODY.test(each))
            .map((each) => `bot ${bot.name}: may call ${each}`),
        ),
        ...approvalFaults(production, facts),
      ];
      for (const { name, roles, removedAt } of facts.operators) {
        if (removedAt !== null || roles.includes("admin")) continue;
        if (roles.includes("registrar") && roles.includes("approver")) {
          faults.push(`operator ${name}: registrar and approver`);
        }
      }
      faults.push(...openFindings(facts, "outside_peers"));
      const most = Math.max(0, ...pairs.map(({ entry }) => entry.audiences.length));
      return {
        faults,
        good: `the widest entry has ${counted(most, "audience")}; each bot in production was approved by a second person`,
        lookedAt: `${counted(pairs.length, "entry")}, ${counted(production.length, "bot")} in production, ${counted(facts.operators.length, "operator")}`,
        ...none(facts.bots.length, "there is no bot"),
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
        good: "each entry for a platform's tokens is bound to an id",
        lookedAt: `${counted(third.length, "entry")} for platforms' tokens`,
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
      const pairs = liveEntries(facts).map(({ bot, entry }) => {
        const terms = termsOf(bot);
        const least = (life: number, most: number | null): number => Math.min(life, most ?? life);
        return {
          of: `entry ${entry.id} of ${bot.name}`,
          hasJwts: entry.audiences.length > 0,
          x509: least(entry.x509TtlSeconds ?? settings.x509DefaultSeconds, terms.maxX509TtlSeconds),
          jwt: least(entry.jwtTtlSeconds ?? settings.jwtDefaultSeconds, terms.maxJwtTtlSeconds),
        };
      });
      const faults = pairs.flatMap(({ of, hasJwts, x509, jwt }) => [
        ...(x509 > LONG_X509_SECONDS ? [`${of}: X509-SVIDs of ${showSeconds(x509)}`] : []),
        ...(jwt > LONG_JWT_SECONDS && hasJwts ? [`${of}: JWT-SVIDs of ${showSeconds(jwt)}`] : []),
      ]);
      const tokens = liveTokens(facts);
      for (const { id, bot, createdAt, expiresAt } of tokens) {
        const life = expiresAt.getTime() - createdAt.getTime();
        if (life > LONG_TOKEN_MS) {
          faults.push(`token ${id} of ${bot}: valid for ${showSeconds(Math.round(life / 1000))}`);
        }
      }
      const longest = Math.max(0, ...pairs.map(({ x509 }) => x509));
      return {
        faults,
        good: `the longest X509-SVID of an entry lives ${showSeconds(longest)}`,
        lookedAt: `${counted(pairs.length, "entry")}, ${counted(tokens.length, "live token")}`,
        ...none(pairs.length + tokens.length, "there is no entry and no live token"),
      };
    },
  },
  {
    id: "NHI8",
    title: "Environment isolation",
    check:
      "What proves a bot of one environment proves none of another, and no entry lets a node of another environment speak for it.",
    remedy: "Give each environment selectors and nodes of its own.",
    look(facts) {
      const environments = new Set(activeBots(facts).map(({ environment }) => environment));
      const faults = shared(facts, (a, b) => a.environment !== b.environment).map(
        ({ text, names }) => `${names} share: ${text}`,
      );
      faults.push(...widerElsewhere(facts));
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
        good: `nothing is shared between ${[...environments].sort().join(", ")}`,
        lookedAt: `${counted(environments.size, "environment")}, ${counted(liveEntries(facts).length, "entry")}`,
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
      const entries = liveEntries(facts).length;
      const tokens = liveTokens(facts).length;
      return {
        faults,
        good: "each entry is for one bot alone, each live token for one key",
        lookedAt: `${counted(entries, "entry")}, ${counted(tokens, "live token")}`,
        ...none(entries + tokens, "there is no entry and no live token"),
      };
    },
  },
  {
    id: "NHI10",
    title: "Human use of NHI",
    check:
      "No operator has minted an SVID of a bot that is still live, no passport in production lets an SVID be handed to a person, and no person behind a bot is an open finding.",
    remedy:
      "`revoke` what was minted; give the environment a policy (person_allowed: false); let people use identities of their own (`operator invite`).",
    look(facts) {
      const production = productionBots(facts);
      const faults = facts.minted.map(
        ({ kind, id, bot, notAfter }) =>
          `${kind === "x509" ? "X509-SVID" : "JWT-SVID"} ${id} of ${bot}: minted by an operator, live until ${notAfter.toISOString()}`,
      );
      for (const bot of production) {
        if (!termsOf(bot).personAllowed) continue;
        faults.push(
          `bot ${bot.name} (${bot.environment}): an SVID of it may be handed to a person`,
        );
      }
      faults.push(...openFindings(facts, "person_behind_bot"));
      return {
        faults,
        good: "no live SVID was minted, none of a bot in production may be; no finding of a person behind a bot is open",
        lookedAt: `live SVIDs of ${counted(facts.bots.length, "bot")}, ${counted(production.length, "bot")} in production, ${counted(facts.findings.length, "open finding")}`,
      };
    },
  },
];

/** Who answers for the bot, until when, and whether anybody uses it. */
function ownerFaults(bot: BotRecord, { now, operators, lastSeen }: ReportFacts): string[] {
  const owner = operators.find(({ name }) => name === bot.owner);
  const faults: string[] = [];
  if (owner === undefined) faults.push(`its owner, ${bot.owner}, is no operator on record`);
  else if (owner.removedAt !== null) faults.push(`its owner, operator ${bot.owner}, was removed`);
  if (bot.endsAt !== null && bot.endsAt <= now) {
    faults.push(`its end date ${bot.endsAt.toISOString()} is past`);
  }
  const seen = lastSeen.get(bot.name);
  if (seen === undefined) faults.push(`not seen for ${IDLE_DAYS} days`);
  else if (now.getTime() - seen.getTime() > IDLE_DAYS * 86_400_000) {
    faults.push(`not seen since ${seen.toISOString()}`);
  }
  return faults.map((each) => `bot ${bot.name}: ${each}`);
}

/** What is asked of production besides: somebody in reserve, and a look from time to time. */
function answerFaults(bot: BotRecord, { now, operators, settings }: ReportFacts): string[] {
  const { deputy, reviewEverySeconds } = termsOf(bot);
  const inOffice = operators.some(({ name, removedAt }) => name === deputy && removedAt === null);
  const faults: string[] = [];
  if (deputy === null) faults.push("it has no deputy");
  else if (!inOffice) faults.push(`its deputy, ${deputy}, is no operator in office`);
  const policy = settings.policies.get(bot.environment);
  const due = bot.governance?.warnAt ?? null;
  if (due !== null && due <= now) faults.push(`its review is due since ${due.toISOString()}`);
  else if ((policy?.reviewEverySeconds ?? null) === null && reviewEverySeconds === null) {
    faults.push("it is never reviewed");
  }
  return faults.map((each) => `bot ${bot.name} (${bot.environment}): ${each}`);
}

function entryFaults(bot: BotRecord, entry: EntryRecord): string[] {
  const limited = termsOf(bot).audiences;
  const audiences = entry.audiences.filter(
    (each) => limited.length === 0 || limited.includes(each),
  );
  const faults = [
    ...(audiences.length > MANY_AUDIENCES ? [`${audiences.length} audiences`] : []),
    ...entry.dnsNames.filter((each) => each.startsWith("*")).map((each) => `DNS name ${each}`),
    ...(entry.selectors.some(({ type, value }) => type === "unix" && value === "uid:0")
      ? ["for whatever runs as root"]
      : []),
  ];
  return faults.map((each) => `entry ${entry.id} of ${bot.name}: ${each}`);
}

/** Everybody of a trust domain. */
const EVERYBODY = /^spiffe:\/\/[^/]+\/\*$/;

/** A passport that holds because it was there before the policy was approved by nobody, until somebody looks at it. */
function approvalFaults(production: readonly BotRecord[], facts: ReportFacts): string[] {
  const environments = new Set(production.map(({ environment }) => environment));
  const faults = [...environments]
    .filter((environment) => !asksSecondPerson(facts, environment))
    .map((environment) => `environment ${environment}: passports hold without a second person`);
  for (const { name, environment, governance } of production) {
    if (!asksSecondPerson(facts, environment)) continue;
    const { approvedBy = null, reviewedBy = null } = governance ?? {};
    if (approvedBy === null) faults.push(`bot ${name} (${environment}): nobody has approved it`);
    else if (approvedBy === ADOPTED && reviewedBy === ADOPTED) {
      faults.push(`bot ${name} (${environment}): older than the policy, and not looked at since`);
    }
  }
  return faults;
}

/** In place of who approved and reviewed a passport that was there before its policy. */
const ADOPTED = "adopted";

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

/**
 * What proves the narrower entry, which asks for more, proves the wider one of another environment too. Those that ask for the
 * same are told by `shared`.
 */
function widerElsewhere(facts: ReportFacts): string[] {
  const keyOf = ({ type, value }: EntryRecord["selectors"][number]): string => `${type}:${value}`;
  const placeOf = ({ nodes, nodeSelectors }: EntryRecord): string =>
    [...nodes, ...nodeSelectors.map(keyOf)].sort().join(", ");
  const found: string[] = [];
  const pairs = liveEntries(facts).map((pair) => {
    const keys = new Set(pair.entry.selectors.map(keyOf));
    return { ...pair, keys, place: placeOf(pair.entry) };
  });
  const byKey = new Map<string, typeof pairs>();
  for (const pair of pairs) {
    for (const key of pair.keys) {
      const others = byKey.get(key);
      if (others === undefined) byKey.set(key, [pair]);
      else others.push(pair);
    }
  }
  for (const wide of pairs) {
    const candidates = [...wide.keys]
      .map((key) => byKey.get(key) ?? [])
      .reduce((least, each) => (each.length < least.length ? each : least));
    const narrower = candidates.find(
      (each) =>
        each.bot.environment !== wide.bot.environment &&
        each.keys.size > wide.keys.size &&
        each.place === wide.place &&
        [...wide.keys].every((key) => each.keys.has(key)),
    );
    if (narrower === undefined) continue;
    const { bot } = narrower;
    found.push(
      `entry ${wide.entry.id} of ${wide.bot.name} (${wide.bot.environment}): whatever proves ${bot.name} (${bot.environment}) proves it too: ${askedBy(wide.entry)}`,
    );
  }
  return found;
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
