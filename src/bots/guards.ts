import { IssuerError } from "../errors.ts";
import type {
  BotGovernance,
  BotRecord,
  EntryContent,
  EntryRecord,
  New,
  PassportContent,
  PassportTerms,
} from "../store/index.ts";
import type { EnvironmentPolicy } from "./policy.ts";
import { isWithin, termsOf } from "./terms.ts";

// The rules that stand between a passport and a credential, one function each. The model test takes each away in turn, and
// must notice. Each answers with why not; undefined: no objection.

type Refusal = IssuerError | undefined;

/** X509- and JWT-SVIDs of a restricted bot live so long at most, in seconds. */
export const RESTRICTED_TTL_SECONDS = 300;

export function retirementRefusal({ state, name }: BotRecord): Refusal {
  if (state !== "retired") return undefined;
  return new IssuerError("BOT_RETIRED", `bot ${name} is retired`, by("state"));
}

export function endRefusal({ endsAt, name }: BotRecord, now: Date): Refusal {
  if (endsAt === null || endsAt > now) return undefined;
  return new IssuerError(
    "BOT_RETIRED",
    `bot ${name} ended at ${endsAt.toISOString()}`,
    by("ends_at"),
  );
}

export function approvalRefusal({ state, name }: BotRecord): Refusal {
  if (state === "draft") {
    const message = `bot ${name} is a draft that nobody has proposed`;
    return new IssuerError("BOT_NOT_APPROVED", message, by("approval"));
  }
  if (state === "proposed") {
    const message = `bot ${name} is proposed and not approved yet`;
    return new IssuerError("BOT_NOT_APPROVED", message, by("approval"));
  }
  return undefined;
}

export function suspensionRefusal({ state, name }: BotRecord): Refusal {
  if (state !== "suspended") return undefined;
  return new IssuerError("BOT_SUSPENDED", `bot ${name} is suspended`, by("state"));
}

/** The time for a suspension has come, whether or not anybody has carried it out yet. */
export function overdueRefusal({ governance, name }: BotRecord, now: Date): Refusal {
  const at = governance?.suspendAt ?? null;
  if (at === null || at > now) return undefined;
  const message = `bot ${name} is suspended since ${at.toISOString()}: ${causeOf(governance)}`;
  return new IssuerError("BOT_SUSPENDED", message, by(lapseOf(governance)));
}

/** Whether the bot is restricted at `now`, whether or not anybody has carried that out yet. */
export function isRestricted({ state, governance }: BotRecord, now: Date): boolean {
  const at = governance?.restrictAt ?? null;
  return state === "restricted" || (at !== null && at <= now);
}

/** Of a new instance. */
export function restrictionRefusal(bot: BotRecord, now: Date): Refusal {
  if (!isRestricted(bot, now)) return undefined;
  const message = `bot ${bot.name} is restricted and gets no new instance: ${causeOf(bot.governance)}`;
  return new IssuerError("BOT_RESTRICTED", message, by(lapseOf(bot.governance)));
}

function causeOf(governance: BotRecord["governance"]): string {
  return lapseOf(governance) === "review"
    ? "its review is overdue"
    : "neither its owner nor a deputy is an operator";
}

function lapseOf(governance: BotRecord["governance"]): "review" | "owner" {
  return governance?.ownerGoneAt === null || governance === undefined ? "review" : "owner";
}

export function attestorRefusal(bot: BotRecord, attestor: string): Refusal {
  const { attestors } = termsOf(bot);
  // A bot that resumes has proved itself before, by one of these.
  if (attestors.length === 0 || attestors.includes(attestor)) return undefined;
  return refused(bot, "attestors", `${attestor} is not among ${attestors.join(", ")}`);
}

/** @param address empty on Unix sockets. */
export function networkRefusal(bot: BotRecord, address: string): Refusal {
  const { networks } = termsOf(bot);
  if (networks.length === 0 || isWithin(networks, address)) return undefined;
  const from = address === "" ? "a socket of this machine" : address;
  return refused(bot, "networks", `${from} is not in ${networks.join(", ")}`);
}

/** Of one more than `active` instances. */
export function instanceCountRefusal(bot: BotRecord, active: number): Refusal {
  const { maxInstances } = termsOf(bot);
  if (maxInstances === null || active < maxInstances) return undefined;
  return refused(bot, "max_instances", `${active} of at most ${maxInstances} instances are active`);
}

export function audienceRefusal(bot: BotRecord, audience: string): Refusal {
  const { audiences } = termsOf(bot);
  if (audiences.length === 0 || audiences.includes(audience)) return undefined;
  const why = `${JSON.stringify(audience)} is not among them`;
  return refused(bot, "audiences", why, { audience });
}

/** Of an SVID that is handed to a person. */
export function personRefusal(bot: BotRecord): Refusal {
  if (termsOf(bot).personAllowed) return undefined;
  return refused(bot, "person", "none of its SVIDs may be handed to a person");
}

/** Instants that an SVID must not outlive, named for the audit. */
type Limits = readonly { readonly name: string; readonly at: Date }[];

/** The longest lifetime that the passport allows. */
export function termLimits(bot: BotRecord, kind: "x509" | "jwt", now: Date): Limits {
  const { maxX509TtlSeconds, maxJwtTtlSeconds } = termsOf(bot);
  const most = kind === "x509" ? maxX509TtlSeconds : maxJwtTtlSeconds;
  return most === null ? [] : [{ name: "passport", at: after(now, most) }];
}

export function restrictionLimits(bot: BotRecord, now: Date): Limits {
  if (!isRestricted(bot, now)) return [];
  return [{ name: "restriction", at: after(now, RESTRICTED_TTL_SECONDS) }];
}

/** What is issued before must not outlive it, even if nobody carries it out in time. */
export function suspensionLimits({ governance }: BotRecord): Limits {
  const at = governance?.suspendAt ?? null;
  return at === null ? [] : [{ name: "review", at }];
}

/** Nobody approves what they wrote. */
export function secondPersonRefusal(
  bot: BotRecord,
  approver: string,
  personOf: (actor: string) => string,
): Refusal {
  return ownWork(`bot ${bot.name}`, bot.governance, approver, personOf);
}

function ownWork(
  what: string,
  governance: { readonly authors: readonly string[] } | undefined,
  approver: string,
  personOf: (actor: string) => string,
): Refusal {
  const own = governance?.authors.find((author) => personOf(author) === personOf(approver));
  if (own === undefined) return undefined;
  const message = `${approver} wrote what is to be approved of ${what}${own === approver ? "" : `, as ${own}`}: another person must approve it`;
  return new IssuerError("NOT_AUTHORIZED", message);
}

/**
 * Whether a new entry of the bot lets nobody in until somebody else has approved it. As long as its passport lets nobody in
 * itself, its entries are approved with that.
 */
export function entryWaits(
  { state, governance }: New<BotRecord>,
  policy: EnvironmentPolicy | undefined,
): boolean {
  if (governance === undefined || policy?.approval !== "second_person") return false;
  return state !== "draft" && state !== "proposed";
}

/** Of what an entry would allow more, what must wait for another person's approval. */
export function entryMustWait(wider: Partial<EntryContent>): Partial<EntryContent> {
  return wider;
}

/** Of an entry that nobody has approved. */
export function pendingEntryRefusal({ id, bot, governance }: EntryRecord): Refusal {
  if (governance === undefined || governance.approvedBy !== null) return undefined;
  const message = `entry ${id} of bot ${bot} waits for approval`;
  return new IssuerError("NO_IDENTITY", message, { details: { rule: "entry.approval" } });
}

/** Nobody approves the entry that they wrote. */
export function entryAuthorRefusal(
  { id, bot, governance }: EntryRecord,
  approver: string,
  personOf: (actor: string) => string,
): Refusal {
  return ownWork(`entry ${id} of bot ${bot}`, governance, approver, personOf);
}

export function staleEntryRefusal({ id, revision }: EntryRecord, seen: number): Refusal {
  if (revision === seen) return undefined;
  const message = `entry ${id} is at revision ${revision}, not ${seen}: look at it again`;
  return new IssuerError("STALE_REVISION", message);
}

/**
 * Who writes an entry of a passport that nobody has approved yet is an author of that. Undefined: it was approved, and its new
 * entries are on their own.
 */
export function withEntryAuthor(
  { state, governance }: BotRecord,
  author: string,
): BotGovernance | undefined {
  if (governance === undefined || (state !== "draft" && state !== "proposed")) return undefined;
  return { ...governance, authors: [...new Set([...governance.authors, author])] };
}

/** What is approved is what was seen. */
export function staleRefusal(bot: BotRecord, seen: number): Refusal {
  if (bot.revision === seen) return undefined;
  const message = `bot ${bot.name} is at revision ${bot.revision}, not ${seen}: look at it again`;
  return new IssuerError("STALE_REVISION", message);
}

/** Why somebody must have a look before a suspended bot goes on. */
export function resumptionRefusal({ governance, name }: BotRecord, now: Date): Refusal {
  if (governance === undefined) return undefined;
  const { ownerGoneAt, suspendAt } = governance;
  if (ownerGoneAt !== null) {
    const message = `bot ${name} cannot resume: its owner is no operator; botpass bot update --owner`;
    return new IssuerError("WRONG_STATE", message);
  }
  if (suspendAt === null || suspendAt > now) return undefined;
  const message = `bot ${name} cannot resume: its review is overdue; botpass bot review ${name}`;
  return new IssuerError("WRONG_STATE", message);
}

function refused(
  bot: BotRecord,
  rule: keyof PassportRule,
  why: string,
  more: Readonly<Record<string, string>> = {},
): IssuerError {
  const message = `passport of bot ${bot.name} refuses by rule ${rule}: ${why}`;
  return new IssuerError("PASSPORT_REFUSED", message, {
    details: { bot: bot.name, ...by(rule).details, ...more },
  });
}

/** The rule by which a passport refuses, as records and answers name it. */
function by(rule: string): { readonly details: { readonly rule: string } } {
  return { details: { rule: `passport.${rule}` } };
}

type PassportRule = Pick<PassportTerms, "attestors" | "networks" | "audiences"> & {
  max_instances: unknown;
  person: unknown;
};

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}

/** Of what would be wider, what must wait for another person's approval. */
export function mustWait(
  wider: Partial<PassportContent>,
  { approval }: EnvironmentPolicy,
): Partial<PassportContent> {
  return approval === "second_person" ? wider : {};
}

/** What the environment forbids, as one error with a line for each reason; undefined: nothing. */
export function policyRefusal(
  { name, environment }: Pick<BotRecord, "name" | "environment">,
  broken: readonly string[],
): Refusal {
  if (broken.length === 0) return undefined;
  const message = `passport of bot ${name} is not one that environment ${environment} allows:\n${broken.join("\n")}`;
  return new IssuerError("REQUEST_INVALID", message, { details: { bot: name } });
}
