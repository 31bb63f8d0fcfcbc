import { readFile } from "node:fs/promises";
import { z } from "zod";
import {
  type ClaimRule,
  OIDC_ALGORITHMS,
  OIDC_PRESET_RULES,
  OIDC_PRESETS,
  type OidcIssuer,
} from "../attestation/index.ts";
import { parseCertificate, pemDecode } from "../crypto/index.ts";
import { messageOf } from "../errors.ts";

const LABEL = /^[a-z0-9-]{1,63}$/;
const CLAIM_NAME = /^[a-z0-9_-]{1,63}$/;
const claimName = z.string().min(1).max(200);

/** One issuer of the configuration file. @param duration reads a duration as seconds. */
export function oidcIssuerSchema(duration: z.ZodType<number, string>) {
  return z.strictObject({
    name: z.string().regex(LABEL, "is not 1 to 63 of a-z, 0-9 and -"),
    preset: z.enum(OIDC_PRESETS).optional(),
    url: z.string().max(512).optional(),
    audiences: z.array(z.string().min(1).max(512)).min(1).max(16).optional(),
    algorithms: z.array(z.enum(OIDC_ALGORITHMS)).min(1).default(["RS256"]),
    claims: z
      .array(
        z.strictObject({
          claim: z.union([claimName, z.array(claimName).min(1).max(8)]),
          as: z.string().regex(CLAIM_NAME, "is not 1 to 63 of a-z, 0-9, _ and -").optional(),
          type: z.enum(["string", "boolean", "number", "list"]).default("string"),
        }),
      )
      .max(64)
      .default([]),
    ca_file: z.string().min(1).max(4096).optional(),
    max_token_life: duration.default(3600),
    clock_skew: duration.default(30),
    evidence_life: duration.optional(),
    keys_max_age: duration.default(3600),
    keys_stale: duration.default(86_400),
    timeout: duration.default(5),
  });
}

type Told = z.output<ReturnType<typeof oidcIssuerSchema>>;

/** Longest that each may be, in seconds. */
const LIMITS = {
  max_token_life: 86_400,
  clock_skew: 300,
  evidence_life: 7 * 86_400,
  keys_max_age: 86_400,
  keys_stale: 7 * 86_400,
  // An attach must be through within 10 s.
  timeout: 8,
} as const;

/**
 * The issuers of the configuration, with what their presets add.
 * @param errors gets a line for each error, naming its key.
 */
export async function readOidcIssuers(
  told: readonly Told[],
  trustDomain: string,
  errors: string[],
): Promise<OidcIssuer[]> {
  const issuers: OidcIssuer[] = [];
  for (const each of told) {
    const key = `attestors.oidc.issuers.${each.name}`;
    const found: string[] = [];
    const preset = each.preset === undefined ? undefined : OIDC_PRESET_RULES[each.preset];
    const url = each.url ?? preset?.url ?? "";
    found.push(...urlErrors(url, each));
    for (const [name, most] of Object.entries(LIMITS)) {
      const seconds = each[name as keyof typeof LIMITS] ?? 0;
      if (seconds > most) found.push(`${name}: ${seconds} s is above ${most} s`);
    }
    const rules = rulesOf(each, preset?.rules ?? [], found);
    const caPem = await readCa(each.ca_file, found);
    if (issuers.some(({ name }) => name === each.name)) found.push("named twice");
    if (issuers.some((other) => other.url === url)) {
      found.push(`url: ${url} is that of another issuer, too`);
    }
    errors.push(...found.map((error) => `${key}: ${error}`));
    issuers.push({
      name: each.name,
      url,
      preset: each.preset,
      audiences: each.audiences ?? [`spiffe://${trustDomain}`],
      algorithms: each.algorithms,
      rules,
      caPem,
      maxTokenLifeSeconds: each.max_token_life,
      clockSkewSeconds: each.clock_skew,
      evidenceLifeSeconds: each.evidence_life,
      keysMaxAgeSeconds: each.keys_max_age,
      keysStaleSeconds: each.keys_stale,
      timeoutSeconds: each.timeout,
    });
  }
  return issuers;
}

function urlErrors(text: string, { preset }: Told): string[] {
  if (text === "") return ["url: is required"];
  if (!URL.canParse(text)) return [`url: ${JSON.stringify(text)} is not a URL`];
  const url = new URL(text);
  const plain = url.username + url.password + url.search + url.hash === "";
  if (url.protocol !== "https:" || !plain || /[?#@]/.test(text)) {
    return [`url: ${JSON.stringify(text)} is not an https URL without user, query and fragment`];
  }
  const platform = OIDC_PRESETS.find((each) => OIDC_PRESET_RULES[each].isUrl(url));
  if (platform === undefined || platform === preset) return [];
  return [
    `url: ${text} is that of ${platform}: without preset: ${platform} an entry could let in whom it should not`,
  ];
}

function rulesOf(told: Told, preset: readonly ClaimRule[], errors: string[]): ClaimRule[] {
  const rules = [...preset];
  for (const { claim, as, type } of told.claims) {
    const path = typeof claim === "string" ? [claim] : claim;
    const shown = path.join(".");
    const name = as ?? path.at(-1) ?? "";
    if (!CLAIM_NAME.test(name)) {
      errors.push(`claims: ${shown} needs an "as" of a-z, 0-9, _ and -`);
    } else if (name === "sub" && shown !== "sub") {
      errors.push(`claims: ${shown} cannot stand as sub`);
    } else if (preset.some((rule) => rule.as === name)) {
      // Else what a fork may choose could stand for what the preset's entries rely on.
      errors.push(`claims: ${shown} cannot stand as ${name}, which preset ${told.preset} binds`);
    } else if (rules.some((rule) => rule.as === name)) {
      errors.push(`claims: ${name} is there twice`);
    } else rules.push({ path, as: name, type });
  }
  return rules;
}

async function readCa(file: string | undefined, errors: string[]): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const pem = await readFile(file, "utf8");
    const certificates = pemDecode("CERTIFICATE", pem);
    certificates.forEach(parseCertificate);
    if (certificates.length > 0) return pem;
    errors.push(`ca_file: ${file} holds no certificate`);
  } catch (error) {
    errors.push(`ca_file: ${file}: ${messageOf(error)}`);
  }
  return undefined;
}
