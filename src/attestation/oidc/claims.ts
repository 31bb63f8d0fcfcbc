import { IssuerError } from "../../errors.ts";
import type { Selector } from "../../spiffe/index.ts";
import type { ClaimRule, OidcIssuer } from "./issuer.ts";

export type Claims = Readonly<Record<string, unknown>>;

const MAX_VALUE_BYTES = 512;
const MAX_LIST = 64;

/**
 * The selectors that the claims prove: `oidc:<issuer>:<name>:<value>`. A claim that is not there proves nothing.
 * @throws IssuerError ATTESTATION_REFUSED when one is not what its rule says, naming it.
 */
export function selectorsOf(issuer: OidcIssuer, claims: Claims): Selector[] {
  const prefix = `${issuer.name}:`;
  const selectors: Selector[] = [{ type: "oidc", value: `${prefix}sub:${subjectOf(claims)}` }];
  for (const rule of issuer.rules) {
    if (rule.as === "sub") continue;
    for (const text of valuesOf(rule, claims)) {
      selectors.push({ type: "oidc", value: `${prefix}${rule.as}:${text}` });
    }
  }
  return selectors;
}

/** @throws IssuerError ATTESTATION_REFUSED. */
export function subjectOf(claims: Claims): string {
  const { sub } = claims;
  if (typeof sub === "string") return checkedText("sub", sub);
  throw refused("claim sub is missing or not a text");
}

function valuesOf(rule: ClaimRule, claims: Claims): readonly string[] {
  const name = rule.path.join(".");
  const value = valueAt(claims, rule.path);
  if (value === undefined || value === null || value === "") return [];
  switch (rule.type) {
    case "string":
      if (typeof value === "string") return [checkedText(name, value)];
      break;
    case "boolean":
      if (typeof value === "boolean") return [String(value)];
      break;
    case "number":
      if (Number.isSafeInteger(value)) return [String(value)];
      break;
    case "list":
      if (Array.isArray(value)) return listOf(name, value);
      break;
  }
  const kind = Array.isArray(value) ? "list" : typeof value;
  throw refused(`claim ${name} is a ${kind}, not a ${rule.type}`);
}

/** Own members only: a claim's name is never that of a prototype's. */
function valueAt(claims: Claims, path: readonly string[]): unknown {
  let at: unknown = claims;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = Reflect.get(at, name);
  }
  return at;
}

function listOf(name: string, values: readonly unknown[]): readonly string[] {
  if (values.length > MAX_LIST) {
    throw refused(`claim ${name} lists ${values.length} values, at most ${MAX_LIST}`);
  }
  return values.map((each) => {
    if (typeof each === "string" && each !== "") return checkedText(name, each);
    throw refused(`claim ${name} lists something that is not a text`);
  });
}

/** A text that looks the same to everybody: no control or format characters, no half surrogates. It is taken as it is. */
function checkedText(name: string, text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes < 1 || bytes > MAX_VALUE_BYTES) {
    throw refused(`claim ${name} has ${bytes} bytes, not 1 to ${MAX_VALUE_BYTES}`);
  }
  if (!text.isWellFormed() || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) {
    throw refused(`claim ${name} holds a character that is not shown`);
  }
  return text;
}

export function refused(message: string): IssuerError {
  return new IssuerError("ATTESTATION_REFUSED", message);
}
