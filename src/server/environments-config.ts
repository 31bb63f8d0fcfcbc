import { z } from "zod";
import {
  type EnvironmentPolicy,
  LENIENT_POLICY,
  MAX_JWT_TTL_SECONDS,
  MAX_X509_TTL_SECONDS,
  type Policies,
} from "../bots/index.ts";

/** The policy of one environment as the file has it; docs/governance.md says what each key does. */
export function environmentSchema(duration: z.ZodType<number, string>) {
  return z.strictObject({
    approval: z.enum(["none", "second_person"]).default(LENIENT_POLICY.approval),
    review_every: duration.optional(),
    review_grace: duration.default(LENIENT_POLICY.reviewGraceSeconds),
    suspend_after: duration.default(LENIENT_POLICY.suspendAfterSeconds),
    owner_grace: duration.default(LENIENT_POLICY.ownerGraceSeconds),
    no_join_token_alone: z.boolean().default(false),
    max_end: duration.optional(),
    max_x509_ttl: duration.optional(),
    max_jwt_ttl: duration.optional(),
    max_instances: z.int().min(1).max(1_000_000).optional(),
    person_allowed: z.boolean().default(false),
    ticket_required: z.boolean().default(false),
    deputy_required: z.boolean().default(false),
  });
}

type EnvironmentFile = z.infer<ReturnType<typeof environmentSchema>>;

/** Policies by environment. What is wrong is added to `errors`, naming its key. */
export function readEnvironments(
  environments: Readonly<Record<string, EnvironmentFile>>,
  errors: string[],
): Policies {
  const policies = new Map<string, EnvironmentPolicy>();
  for (const [name, file] of Object.entries(environments)) {
    const key = `environments.${name}`;
    if (!/^[a-z0-9-]{1,63}$/.test(name)) errors.push(`${key}: is not 1 to 63 of a-z, 0-9 and -`);
    const { max_x509_ttl, max_jwt_ttl } = file;
    if ((max_x509_ttl ?? 0) > MAX_X509_TTL_SECONDS) {
      errors.push(`${key}.max_x509_ttl: ${max_x509_ttl} s is above ${MAX_X509_TTL_SECONDS} s`);
    }
    if ((max_jwt_ttl ?? 0) > MAX_JWT_TTL_SECONDS) {
      errors.push(`${key}.max_jwt_ttl: ${max_jwt_ttl} s is above ${MAX_JWT_TTL_SECONDS} s`);
    }
    policies.set(name, {
      approval: file.approval,
      reviewEverySeconds: file.review_every ?? null,
      reviewGraceSeconds: file.review_grace,
      suspendAfterSeconds: file.suspend_after,
      ownerGraceSeconds: file.owner_grace,
      noJoinTokenAlone: file.no_join_token_alone,
      maxEndSeconds: file.max_end ?? null,
      maxX509TtlSeconds: max_x509_ttl ?? null,
      maxJwtTtlSeconds: max_jwt_ttl ?? null,
      maxInstances: file.max_instances ?? null,
      personAllowed: file.person_allowed,
      ticketRequired: file.ticket_required,
      deputyRequired: file.deputy_required,
    });
  }
  return policies;
}
