import type { BotRecord, New, OperatorRecord, PassportTerms, StoreReader } from "../store/index.ts";
import { PASSPORT_ATTESTORS, termsOf } from "./terms.ts";

/** What an environment asks of the passports of its bots. Times in seconds; null: nothing. */
export interface EnvironmentPolicy {
  /** Who must agree before a passport, or a wider version of it, holds. */
  readonly approval: "none" | "second_person";
  /** Every passport is reviewed at least so often. */
  readonly reviewEverySeconds: number | null;
  /** From the day that a review is due to the restriction, and from the restriction to the suspension. */
  readonly reviewGraceSeconds: number;
  readonly suspendAfterSeconds: number;
  /** From the loss of its owner to the restriction. */
  readonly ownerGraceSeconds: number;
  /** A join token proves nothing here. */
  readonly noJoinTokenAlone: boolean;
  /** Every passport ends within so long. */
  readonly maxEndSeconds: number | null;
  readonly maxX509TtlSeconds: number | null;
  readonly maxJwtTtlSeconds: number | null;
  readonly maxInstances: number | null;
  /** Whether SVIDs may be handed to people. */
  readonly personAllowed: boolean;
  readonly ticketRequired: boolean;
  readonly deputyRequired: boolean;
}

/** By environment. One that is not here has no policy. */
export type Policies = ReadonlyMap<string, EnvironmentPolicy>;

/** A policy that asks for an owner on record, and for nothing more. */
export const LENIENT_POLICY: EnvironmentPolicy = {
  approval: "none",
  reviewEverySeconds: null,
  reviewGraceSeconds: 7 * 86_400,
  suspendAfterSeconds: 7 * 86_400,
  ownerGraceSeconds: 7 * 86_400,
  noJoinTokenAlone: false,
  maxEndSeconds: null,
  maxX509TtlSeconds: null,
  maxJwtTtlSeconds: null,
  maxInstances: null,
  personAllowed: false,
  ticketRequired: false,
  deputyRequired: false,
};

/** Fills in what was not said. @param said what of the terms was given. */
export function withDefaults(
  terms: PassportTerms,
  said: boolean,
  policy: EnvironmentPolicy,
): PassportTerms {
  const noTokens = policy.noJoinTokenAlone && terms.attestors.length === 0;
  return {
    ...terms,
    reviewEverySeconds: terms.reviewEverySeconds ?? policy.reviewEverySeconds,
    maxX509TtlSeconds: terms.maxX509TtlSeconds ?? policy.maxX509TtlSeconds,
    maxJwtTtlSeconds: terms.maxJwtTtlSeconds ?? policy.maxJwtTtlSeconds,
    maxInstances: terms.maxInstances ?? policy.maxInstances,
    personAllowed: said ? terms.personAllowed : policy.personAllowed,
    attestors: noTokens
      ? PASSPORT_ATTESTORS.filter((each) => each !== "join_token").sort()
      : terms.attestors,
  };
}

/** All that the policy forbids of a passport, owners aside. Empty: nothing. */
export function policyViolations(
  bot: New<BotRecord>,
  policy: EnvironmentPolicy,
  now: Date,
): string[] {
  const terms = termsOf(bot);
  const broken: string[] = [];
  const atMost = (field: string, value: number | null, max: number | null): void => {
    if (max === null || (value !== null && value <= max)) return;
    broken.push(`${field} ${value ?? "(none)"} is above ${max}`);
  };
  atMost("review_every_seconds", terms.reviewEverySeconds, policy.reviewEverySeconds);
  atMost("max_x509_ttl_seconds", terms.maxX509TtlSeconds, policy.maxX509TtlSeconds);
  atMost("max_jwt_ttl_seconds", terms.maxJwtTtlSeconds, policy.maxJwtTtlSeconds);
  atMost("max_instances", terms.maxInstances, policy.maxInstances);
  if (policy.maxEndSeconds !== null) {
    const latest = new Date(now.getTime() + policy.maxEndSeconds * 1000);
    if (bot.endsAt === null) broken.push("it has no end date");
    else if (bot.endsAt > latest) {
      broken.push(`end date ${bot.endsAt.toISOString()} is after ${latest.toISOString()}`);
    }
  }
  if (policy.noJoinTokenAlone) {
    if (terms.attestors.length === 0) broken.push("attestors allow join_token");
    if (terms.attestors.includes("join_token")) broken.push("attestors name join_token");
  }
  if (terms.personAllowed && !policy.personAllowed) broken.push("a person is allowed");
  if (policy.ticketRequired && terms.ticket === "") broken.push("it has no ticket");
  if (policy.deputyRequired && terms.deputy === null) broken.push("it has no deputy");
  if (terms.deputy !== null && terms.deputy === bot.owner) broken.push("deputy is the owner");
  return broken;
}

/** What is wrong with who answers for it. */
export async function ownerViolations(
  store: StoreReader,
  { owner, terms }: Pick<BotRecord, "owner" | "terms">,
): Promise<string[]> {
  const broken: string[] = [];
  if (!isServing(await store.getOperator(owner))) broken.push(`owner ${owner} is no operator`);
  const deputy = terms?.deputy ?? null;
  if (deputy !== null && !isServing(await store.getOperator(deputy))) {
    broken.push(`deputy ${deputy} is no operator`);
  }
  return broken;
}

/** Whether the operator exists and was not removed. */
export function isServing(operator: OperatorRecord | undefined): boolean {
  return operator !== undefined && operator.removedAt === null;
}
