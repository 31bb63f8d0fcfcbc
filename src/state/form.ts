import { z } from "zod";
import { DURATION, tryDuration } from "../duration.ts";
import { IssuerError } from "../errors.ts";
import { parseSelector, TrustDomain } from "../spiffe/index.ts";

/** What the JSON Schema of the form is called. */
export const STATE_SCHEMA_ID = "urn:botpass:schema:state:1";

const LABEL = /^[a-z0-9-]{1,63}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, "holds a control character");
const label = z.string().regex(LABEL, "is not 1 to 63 of a-z, 0-9 and -");
const ttl = (max: number) =>
  z
    .string()
    .regex(DURATION, "is not a duration such as 1h, 10m or 1h30m")
    .refine((value) => {
      const seconds = tryDuration(value) ?? 0;
      return seconds >= 1 && seconds <= max;
    }, `is not 1s to ${max}s`);
const instant = z
  .string()
  .regex(
    new RegExp(`${DATE.source}|${DATE_TIME.source}`),
    "is not a date (2030-12-31) or an instant in UTC (2030-12-31T18:00:00Z)",
  )
  .refine(isInstant, "is no day or time that there is");
const selector = z.string().min(3).max(1100).superRefine(refusing(parseSelector));
const list = <T extends z.ZodType<string>>(of: T) => z.array(of).max(64).superRefine(refuseTwice);

const entry = z.strictObject({
  selectors: z
    .array(selector)
    .min(1)
    .max(32)
    .superRefine(refuseTwice)
    .describe("What the caller must prove, `type:value`; all of them. An entry is known by them."),
  x509Ttl: ttl(86_400).optional().describe("Lifetime of X509-SVIDs; default: the server's."),
  jwtTtl: ttl(3600).optional().describe("Lifetime of JWT-SVIDs; default: the server's."),
  dnsNames: list(text(253)).optional().describe("DNS names in X509-SVIDs."),
  audiences: list(text(512)).optional().describe("Audiences that JWT-SVIDs may be asked for."),
  hint: text(1024).optional().describe("How a process with several identities tells this one."),
  expires: instant.optional().describe("From then on the entry allows nothing."),
  nodes: list(label).optional().describe("Node bots behind which a process may claim it."),
  nodeSelectors: z
    .array(selector)
    .max(32)
    .superRefine(refuseTwice)
    .optional()
    .describe("Or behind any node that proved all of these."),
});

const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u, "holds a control character");
/** A limit, or that there is none. */
const limit = <T extends z.ZodType>(of: T) => z.union([z.literal("none"), of]);
const YEARS_SECONDS = 10 * 365 * 86_400;

const terms = z.strictObject({
  deputy: line(256).optional().describe("Becomes the owner when the owner is gone; empty: nobody."),
  ticket: line(1024).optional().describe("Where it was asked for."),
  reviewEvery: limit(ttl(YEARS_SECONDS)).optional().describe("How often it is reviewed."),
  maxX509Ttl: limit(ttl(86_400)).optional().describe("Longest lifetime of X509-SVIDs."),
  maxJwtTtl: limit(ttl(3600)).optional().describe("Longest lifetime of JWT-SVIDs."),
  audiences: list(text(512)).optional().describe("Of its entries' audiences, only these."),
  mayCall: list(text(2048)).optional().describe("Bots, SPIFFE IDs or spiffe://…/* it may call."),
  calledBy: list(text(2048))
    .optional()
    .describe("Bots, SPIFFE IDs or spiffe://…/* that may call it."),
  attestors: list(z.enum(["join_token", "unix", "x509pop", "oidc", "workload"]))
    .optional()
    .describe("Only by these."),
  networks: list(text(64)).optional().describe("Only from these address ranges (CIDR)."),
  maxInstances: limit(z.int().min(1).max(1_000_000)).optional().describe("Most instances at once."),
  person: z
    .enum(["allowed", "forbidden"])
    .optional()
    .describe("Whether its SVIDs may be handed to a person."),
});

const bot = z.strictObject({
  name: label.describe("Unique for all time."),
  kind: z.enum(["bot", "service", "node"]).optional().describe("Default: bot. For life."),
  owner: text(256).describe("Who answers for it."),
  purpose: text(1024).describe("What it is for."),
  environment: label.optional().describe("Default: default. For life."),
  path: z
    .string()
    .regex(/^\//, "does not begin with /")
    .max(1900)
    .optional()
    .describe("Path of its SPIFFE ID; default: /bot/<environment>/<name>. For life."),
  ends: instant.optional().describe("From then on the bot gets nothing."),
  terms: terms
    .optional()
    .describe(
      "What its passport limits. What is not named is left as it is; an empty list, an empty text or `none` takes a limit away.",
    ),
  entries: z
    .array(entry)
    .optional()
    .describe(
      "How it proves itself. Absent: nothing is said of its entries; a new bot gets the one for its join tokens.",
    ),
});

/** One document of declared state. */
export const stateForm = z.strictObject({
  version: z.literal(1),
  trustDomain: z
    .string()
    .superRefine(refusing((value) => TrustDomain.parse(value)))
    .optional()
    .describe("When given, no server of another trust domain takes it."),
  bots: z.array(bot),
});

export type DeclaredEntry = z.infer<typeof entry>;
export type DeclaredTerms = z.infer<typeof terms>;
export type DeclaredBot = z.infer<typeof bot>;
export type DeclaredState = z.infer<typeof stateForm>;

/** The JSON Schema of the form. */
export function stateSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(stateForm, { io: "input" });
  return {
    $schema,
    $id: STATE_SCHEMA_ID,
    title: "Botpass declared state",
    description: "Bots and their entries, for botpass apply.",
    ...schema,
  };
}

/** Unix milliseconds of an instant of the form; midnight UTC of a date. */
export function msOfInstant(value: string): number {
  return Date.parse(DATE.test(value) ? `${value}T00:00:00Z` : value);
}

/** Unix milliseconds as an instant of the form. */
export function instantOfMs(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

function isInstant(value: string): boolean {
  const ms = msOfInstant(value);
  // 2030-02-31 is read as the third of March by some.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value.slice(0, 10));
}

function refusing(parse: (value: string) => unknown) {
  return (value: string, context: z.RefinementCtx): void => {
    try {
      parse(value);
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  };
}

function refuseTwice(values: readonly string[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (seen.has(value)) {
      const message = `${JSON.stringify(value)} is listed twice`;
      context.addIssue({ code: "custom", path: [index], message });
    }
    seen.add(value);
  }
}
