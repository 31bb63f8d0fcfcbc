import { type Command, Option } from "commander";
import type { PassportTerms, PassportTerms__Output } from "../wire/index.ts";
import {
  checkChoice,
  checkLabel,
  checkOperatorName,
  checkText,
  MAX_JWT_TTL_SECONDS,
  MAX_X509_TTL_SECONDS,
  parseInteger,
  repeatable,
} from "./flags.ts";
import { parseTtlSeconds } from "./time.ts";

/** Flags that say what a passport limits. */
export interface TermsFlags {
  readonly deputy?: string;
  readonly ticket?: string;
  readonly reviewEvery?: string;
  readonly maxX509Ttl?: string;
  readonly maxJwtTtl?: string;
  readonly allowAudience?: string[];
  readonly mayCall?: string[];
  readonly calledBy?: string[];
  readonly allowAttestor?: string[];
  readonly allowNetwork?: string[];
  readonly maxInstances?: string;
  readonly person?: string;
}

const ATTESTORS = ["join_token", "unix", "x509pop", "oidc", "workload"] as const;
const PERSON = ["allowed", "forbidden"] as const;
const TEN_YEARS_SECONDS = 10 * 365 * 86_400;

/** Terms that `--clear` takes away, with what they are then. */
export const CLEARED_TERMS = {
  deputy: { deputy: "" },
  ticket: { ticket: "" },
  "review-every": { reviewEverySeconds: 0 },
  "max-x509-ttl": { maxX509TtlSeconds: 0 },
  "max-jwt-ttl": { maxJwtTtlSeconds: 0 },
  "allow-audience": { audiences: [] },
  "may-call": { mayCall: [] },
  "called-by": { calledBy: [] },
  "allow-attestor": { attestors: [] },
  "allow-network": { networks: [] },
  "max-instances": { maxInstances: 0 },
} as const satisfies Readonly<Record<string, Partial<PassportTerms>>>;

/** Adds the flags of a passport's terms. */
export function addTermsFlags(command: Command): Command {
  return command
    .option("--deputy <OPERATOR>", "who answers for it when the owner is gone")
    .option("--ticket <TEXT>", "where it was asked for")
    .option("--review-every <DURATION>", "how often it must be reviewed")
    .option("--max-x509-ttl <DURATION>", "longest lifetime of its X509-SVIDs, whatever entries say")
    .option("--max-jwt-ttl <DURATION>", "longest lifetime of its JWT-SVIDs, whatever entries say")
    .addOption(
      repeatable(
        "--allow-audience <AUDIENCE>",
        "of its entries' audiences, only these (default: all)",
      ),
    )
    .addOption(repeatable("--may-call <PEER>", "bot, SPIFFE ID or spiffe://…/* that it may call"))
    .addOption(repeatable("--called-by <PEER>", "bot, SPIFFE ID or spiffe://…/* that may call it"))
    .addOption(
      repeatable(
        "--allow-attestor <ATTESTOR>",
        `only these of ${ATTESTORS.join(", ")} (default: all)`,
      ),
    )
    .addOption(
      repeatable("--allow-network <CIDR>", "only from these address ranges (default: all)"),
    )
    .option("--max-instances <N>", "most instances at once")
    .addOption(
      new Option(
        "--person <RULE>",
        "whether its SVIDs may be handed to a person: allowed, forbidden",
      ),
    );
}

/** What the flags say of terms, checked; those that were not given are absent. Throws a usage error. */
export function termsParts(flags: TermsFlags): Partial<PassportTerms> {
  const { deputy, ticket, reviewEvery, maxX509Ttl, maxJwtTtl, maxInstances, person } = flags;
  const attestors = flags.allowAttestor?.map((each) =>
    checkChoice("--allow-attestor", each, ATTESTORS),
  );
  const texts = (flag: string, values: readonly string[]): string[] =>
    values.map((each) => checkText(flag, each, 2048));
  return {
    ...(deputy !== undefined && { deputy: checkOperatorName("--deputy", deputy) }),
    ...(ticket !== undefined && { ticket: checkText("--ticket", ticket, 1024) }),
    ...(reviewEvery !== undefined && {
      reviewEverySeconds: parseTtlSeconds("--review-every", reviewEvery, TEN_YEARS_SECONDS),
    }),
    ...(maxX509Ttl !== undefined && {
      maxX509TtlSeconds: parseTtlSeconds("--max-x509-ttl", maxX509Ttl, MAX_X509_TTL_SECONDS),
    }),
    ...(maxJwtTtl !== undefined && {
      maxJwtTtlSeconds: parseTtlSeconds("--max-jwt-ttl", maxJwtTtl, MAX_JWT_TTL_SECONDS),
    }),
    ...(flags.allowAudience && { audiences: texts("--allow-audience", flags.allowAudience) }),
    ...(flags.mayCall && { mayCall: peers("--may-call", flags.mayCall) }),
    ...(flags.calledBy && { calledBy: peers("--called-by", flags.calledBy) }),
    ...(attestors && { attestors }),
    ...(flags.allowNetwork && { networks: texts("--allow-network", flags.allowNetwork) }),
    ...(maxInstances !== undefined && {
      maxInstances: parseInteger("--max-instances", maxInstances, 1, 1_000_000),
    }),
    ...(person !== undefined && {
      personAllowed: checkChoice("--person", person, PERSON) === "allowed",
    }),
  };
}

/** Terms as they were, to be changed in part and sent whole. */
export function termsBase(terms: PassportTerms__Output | null | undefined): PassportTerms {
  if (terms === null || terms === undefined) return {};
  const { _personAllowed, ...base } = terms;
  return base as PassportTerms;
}

function peers(flag: string, values: readonly string[]): string[] {
  return values.map((each) =>
    each.startsWith("spiffe://") ? checkText(flag, each, 2048) : checkLabel(flag, each),
  );
}
