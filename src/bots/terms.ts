import { BlockList, isIP } from "node:net";
import { IssuerError } from "../errors.ts";
import { parseSpiffeId } from "../spiffe/index.ts";
import type { BotRecord, PassportContent, PassportTerms } from "../store/index.ts";
import { MAX_JWT_TTL_SECONDS, MAX_X509_TTL_SECONDS } from "./limits.ts";
import { validateText } from "./text.ts";

/** What proves a caller, as passports name it. */
export const PASSPORT_ATTESTORS = ["join_token", "unix", "x509pop", "oidc", "workload"] as const;

/** The terms of a passport that says nothing of them. */
export const NO_TERMS: PassportTerms = {
  deputy: null,
  ticket: "",
  reviewEverySeconds: null,
  maxX509TtlSeconds: null,
  maxJwtTtlSeconds: null,
  audiences: [],
  mayCall: [],
  calledBy: [],
  attestors: [],
  networks: [],
  maxInstances: null,
  personAllowed: true,
};

const MAX_LISTED = 64;
const YEARS_SECONDS = 10 * 365 * 86_400;
const LABEL = /^[a-z0-9-]{1,63}$/;

/** The terms of a passport. */
export function termsOf({ terms }: Pick<BotRecord, "terms">): PassportTerms {
  return terms ?? NO_TERMS;
}

/** All of a passport that can change. */
export function contentOf(bot: BotRecord): PassportContent {
  const { owner, purpose, endsAt } = bot;
  return { ...termsOf(bot), owner, purpose, endsAt };
}

/** The bot with other content. */
export function withContent<T extends Omit<BotRecord, "revision">>(
  bot: T,
  { owner, purpose, endsAt, ...terms }: PassportContent,
): T {
  const plain = JSON.stringify(terms) === JSON.stringify(NO_TERMS);
  const { terms: _, ...rest } = bot;
  return { ...rest, owner, purpose, endsAt, ...(plain ? {} : { terms }) } as T;
}

/**
 * Checks terms as they were written.
 * @throws IssuerError REQUEST_INVALID naming field and value.
 */
export function checkedTerms(terms: PassportTerms): PassportTerms {
  if (terms.deputy !== null) validateText("deputy", terms.deputy, 256);
  validateText("ticket", terms.ticket, 1024, 0);
  checkCount("review_every_seconds", terms.reviewEverySeconds, YEARS_SECONDS);
  checkCount("max_x509_ttl_seconds", terms.maxX509TtlSeconds, MAX_X509_TTL_SECONDS);
  checkCount("max_jwt_ttl_seconds", terms.maxJwtTtlSeconds, MAX_JWT_TTL_SECONDS);
  checkCount("max_instances", terms.maxInstances, 1_000_000);
  for (const each of listed("attestors", terms.attestors)) {
    if (PASSPORT_ATTESTORS.some((known) => known === each)) continue;
    throw invalid("attestors", each, `is not one of ${PASSPORT_ATTESTORS.join(", ")}`);
  }
  for (const each of listed("networks", terms.networks)) {
    if (rangeOf(each) === undefined) throw invalid("networks", each, "is not an address range");
  }
  for (const each of listed("audiences", terms.audiences)) validateText("audiences", each, 512);
  for (const field of ["mayCall", "calledBy"] as const) {
    const name = field === "mayCall" ? "may_call" : "called_by";
    for (const each of listed(name, terms[field])) checkPattern(name, each);
  }
  return {
    ...terms,
    audiences: [...terms.audiences],
    mayCall: [...terms.mayCall].sort(),
    calledBy: [...terms.calledBy].sort(),
    attestors: [...terms.attestors].sort(),
    networks: [...terms.networks].sort(),
  };
}

/** Which fields of `after` differ, and which of these allow more than before. */
export function differencesOf(
  before: PassportContent,
  after: PassportContent,
): { readonly wider: Partial<PassportContent>; readonly other: Partial<PassportContent> } {
  const wider: Record<string, unknown> = {};
  const other: Record<string, unknown> = {};
  for (const name of Object.keys(WIDENS) as (keyof PassportContent)[]) {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) continue;
    const widens = WIDENS[name] as (a: unknown, b: unknown) => boolean;
    (widens(before[name], after[name]) ? wider : other)[name] = after[name];
  }
  return { wider, other };
}

/** Whether a change of the field, which differs, allows more. Who answers, and what for, was approved with it. */
const WIDENS: {
  readonly [Name in keyof PassportContent]: (
    before: PassportContent[Name],
    after: PassportContent[Name],
  ) => boolean;
} = {
  owner: () => true,
  deputy: () => true,
  purpose: () => true,
  ticket: () => false,
  endsAt: (a, b) => more(a?.getTime() ?? null, b?.getTime() ?? null),
  reviewEverySeconds: more,
  maxX509TtlSeconds: more,
  maxJwtTtlSeconds: more,
  maxInstances: more,
  audiences: fewerLimits,
  attestors: fewerLimits,
  networks: fewerLimits,
  mayCall: further,
  calledBy: further,
  personAllowed: (_, after) => after,
};

/** Null: no limit. */
function more(before: number | null, after: number | null): boolean {
  return before !== null && (after === null || after > before);
}

/** Empty: no limit. */
function fewerLimits(before: readonly string[], after: readonly string[]): boolean {
  return before.length > 0 && (after.length === 0 || further(before, after));
}

function further(before: readonly string[], after: readonly string[]): boolean {
  return after.some((each) => !before.includes(each));
}

const ranges = new WeakMap<readonly string[], BlockList>();

/** Whether an address lies in one of the ranges. Who comes by a Unix socket comes from this machine: 127.0.0.1. */
export function isWithin(networks: readonly string[], address: string): boolean {
  let list = ranges.get(networks);
  if (list === undefined) {
    list = new BlockList();
    for (const each of networks) {
      const range = rangeOf(each);
      if (range !== undefined) list.addSubnet(range.address, range.prefix, range.family);
    }
    ranges.set(networks, list);
  }
  const plain = address === "" ? "127.0.0.1" : address.replace(/^::ffff:(?=\d+\.)/i, "");
  const family = isIP(plain);
  return family !== 0 && list.check(plain, family === 4 ? "ipv4" : "ipv6");
}

function rangeOf(text: string) {
  const [address = "", bits = "", ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  const prefix = Number(bits);
  if (prefix > (family === 4 ? 32 : 128)) return undefined;
  return { address, prefix, family: family === 4 ? ("ipv4" as const) : ("ipv6" as const) };
}

/** A peer of a passport as a SPIFFE ID or a prefix of some, `spiffe://…/*`; undefined: a bot of that name is not known. */
export function peerPattern(
  text: string,
  spiffeIdOf: (bot: string) => string | undefined,
): string | undefined {
  return text.startsWith("spiffe://") ? text : spiffeIdOf(text);
}

/** The patterns that are names of bots. */
export function namedBots(patterns: readonly string[]): readonly string[] {
  return patterns.filter((each) => !each.startsWith("spiffe://"));
}

function checkPattern(field: string, text: string): void {
  if (LABEL.test(text)) return;
  if (!text.startsWith("spiffe://")) {
    throw invalid(
      field,
      text,
      "is neither a bot's name nor a SPIFFE ID (… or one that ends in /*)",
    );
  }
  parseSpiffeId(text.endsWith("/*") ? text.slice(0, -2) : text);
}

function listed(field: string, values: readonly string[]): readonly string[] {
  if (values.length > MAX_LISTED) {
    throw new IssuerError("REQUEST_INVALID", `${field} lists ${values.length}, more than 64`);
  }
  const twice = values.find((each, index) => values.indexOf(each) !== index);
  if (twice !== undefined) throw invalid(field, twice, "is listed twice");
  return values;
}

function checkCount(field: string, value: number | null, max: number): void {
  if (value === null || (Number.isInteger(value) && value >= 1 && value <= max)) return;
  throw new IssuerError("REQUEST_INVALID", `${field} ${value} is not 1 to ${max}`);
}

function invalid(field: string, value: string, why: string): IssuerError {
  const shown = JSON.stringify(value.slice(0, 200));
  return new IssuerError("REQUEST_INVALID", `${field} ${shown} ${why}`);
}
