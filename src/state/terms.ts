import { formatDuration, tryDuration } from "../duration.ts";
import type { PassportTerms, PassportTerms__Output } from "../wire/index.ts";
import type { DeclaredTerms } from "./form.ts";

type TermName = keyof DeclaredTerms;
/** Terms by name, each as a text that says what it is; a term that limits nothing is absent. */
export type TermFields = Readonly<Partial<Record<TermName, string>>>;

const TERM_NAMES = [
  "deputy",
  "ticket",
  "reviewEvery",
  "maxX509Ttl",
  "maxJwtTtl",
  "audiences",
  "mayCall",
  "calledBy",
  "attestors",
  "networks",
  "maxInstances",
  "person",
] as const satisfies readonly TermName[];

/** The terms of a server, all of them. */
export function declaredTerms(terms: PassportTerms__Output): Required<DeclaredTerms> {
  const duration = (seconds: number): string => (seconds === 0 ? "none" : formatDuration(seconds));
  return {
    deputy: terms.deputy,
    ticket: terms.ticket,
    reviewEvery: duration(terms.reviewEverySeconds),
    maxX509Ttl: duration(terms.maxX509TtlSeconds),
    maxJwtTtl: duration(terms.maxJwtTtlSeconds),
    audiences: terms.audiences,
    mayCall: terms.mayCall,
    calledBy: terms.calledBy,
    attestors: terms.attestors as Required<DeclaredTerms>["attestors"],
    networks: terms.networks,
    maxInstances: terms.maxInstances === 0 ? "none" : terms.maxInstances,
    person: terms.personAllowed === false ? "forbidden" : "allowed",
  };
}

/** Of `wanted`, what limits something, there or in `held`: what an export must name. */
export function namedTerms(
  held: PassportTerms__Output,
  wanted: PassportTerms__Output,
): DeclaredTerms | undefined {
  const before = termFields(declaredTerms(held));
  const all = declaredTerms(wanted);
  const after = termFields(all);
  const named = TERM_NAMES.filter((name) => name in before || name in after);
  if (named.length === 0) return undefined;
  return Object.fromEntries(named.map((name) => [name, all[name]]));
}

/** As texts; lists count as sets but for audiences, whose order a program may see. */
export function termFields(terms: DeclaredTerms): TermFields {
  const fields: Partial<Record<TermName, string>> = {};
  for (const name of TERM_NAMES) {
    const said = textOf(name, terms[name]);
    if (said !== "") fields[name] = said;
  }
  return fields;
}

/** Names of the terms that a file says something of. */
export function termsSaid(terms: DeclaredTerms): readonly TermName[] {
  return TERM_NAMES.filter((name) => terms[name] !== undefined);
}

/** The message of these terms, over what there is; `names`: only of these. */
export function termsMessage(
  terms: DeclaredTerms,
  names: readonly TermName[],
  held?: PassportTerms__Output,
): PassportTerms {
  const { _personAllowed: _, ...base } = held ?? { _personAllowed: undefined };
  let message: PassportTerms = base;
  for (const name of names) message = { ...message, ...MESSAGES[name](terms) };
  return message;
}

const MESSAGES: Readonly<Record<TermName, (terms: DeclaredTerms) => PassportTerms>> = {
  deputy: ({ deputy = "" }) => ({ deputy }),
  ticket: ({ ticket = "" }) => ({ ticket }),
  reviewEvery: ({ reviewEvery }) => ({ reviewEverySeconds: seconds(reviewEvery) }),
  maxX509Ttl: ({ maxX509Ttl }) => ({ maxX509TtlSeconds: seconds(maxX509Ttl) }),
  maxJwtTtl: ({ maxJwtTtl }) => ({ maxJwtTtlSeconds: seconds(maxJwtTtl) }),
  audiences: ({ audiences = [] }) => ({ audiences }),
  mayCall: ({ mayCall = [] }) => ({ mayCall }),
  calledBy: ({ calledBy = [] }) => ({ calledBy }),
  attestors: ({ attestors = [] }) => ({ attestors }),
  networks: ({ networks = [] }) => ({ networks }),
  maxInstances: ({ maxInstances = "none" }) => ({
    maxInstances: maxInstances === "none" ? 0 : maxInstances,
  }),
  person: ({ person }) => ({ personAllowed: person !== "forbidden" }),
};

function seconds(duration: string | undefined): number {
  return duration === undefined ? 0 : (tryDuration(duration) ?? 0);
}

function textOf(name: TermName, value: string | number | readonly string[] | undefined): string {
  if (value === undefined || value === "none") return "";
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") {
    if (value.length === 0) return "";
    return name === "audiences" ? JSON.stringify(value) : [...value].sort().join(" ");
  }
  if (name === "person") return value === "forbidden" ? value : "";
  const isDuration = name === "reviewEvery" || name === "maxX509Ttl" || name === "maxJwtTtl";
  return isDuration ? formatDuration(tryDuration(value) ?? 0) : value;
}
